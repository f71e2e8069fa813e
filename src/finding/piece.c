#include "finding/private.h"

#define NONE UINT32_MAX

enum { APART_MOST = 2 }; /* functions whose numbers differ by no more lie together */

/* The root of a union; paths are halved on the way. */
static uint32_t root(uint32_t *up, uint32_t i)
{
	while (up[i] != i) {
		up[i] = up[up[i]];
		i = up[i];
	}
	return i;
}

/* The lower number becomes the root, so that a piece is known by its first function. */
static void join(uint32_t *up, uint32_t i, uint32_t j)
{
	uint32_t a = root(up, i), b = root(up, j);

	if (a < b)
		up[b] = a;
	else
		up[a] = b;
}

static bool counts(const struct saying *s)
{
	return s->what == WHAT_DISTINCTIVE;
}

/* Joins what calls each other and what lies together, each of one family. */
static void join_exhibit(
        const struct evidence_case *k, const struct sayings *s, uint32_t exhibit, uint32_t *up)
{
	const struct inq_evidence *e = k->exhibits[exhibit];
	uint32_t first = k->first[exhibit];

	for (uint32_t i = 0; i < e->function_listed; i++) {
		const struct inq_evidence_function *f = &e->functions[i];

		if (!counts(&s->at[first + i]))
			continue;
		for (uint32_t j = i + 1; j < e->function_listed; j++) {
			if (e->functions[j].number - f->number > APART_MOST)
				break;
			if (counts(&s->at[first + j]) && s->at[first + j].label == s->at[first + i].label)
				join(up, first + i, first + j);
		}
		for (uint32_t j = f->callee_first; j < f->callee_first + f->callee_count; j++) {
			uint32_t callee = first + e->callees[j];

			if (counts(&s->at[callee]) && s->at[callee].label == s->at[first + i].label)
				join(up, first + i, callee);
		}
	}
}

/*
 * What a piece counts: nearly its sum while that is small, and never more than
 * MOST however much lies together, so that no one library carries a conclusion.
 */
static uint32_t piece_weight(uint32_t sum)
{
	enum { MOST = 4000 * 16 };

	return (uint32_t)((uint64_t)sum * MOST / ((uint64_t)sum + MOST));
}

bool pieces_make(const struct evidence_case *k, struct sayings *s, struct inq_arena *a)
{
	uint32_t *up = inq_arena_new(a, s->count, sizeof *up);
	uint32_t *number = inq_arena_new(a, s->count, sizeof *number);

	s->pieces = inq_arena_new(a, s->count, sizeof *s->pieces);
	if (!up || !number || !s->pieces)
		return false;
	for (uint32_t i = 0; i < s->count; i++)
		up[i] = i;
	for (uint32_t i = 0; i < k->exhibit_count; i++)
		join_exhibit(k, s, i, up);
	for (uint32_t i = 0; i < k->exhibit_count; i++) {
		const struct inq_evidence *e = k->exhibits[i];

		for (uint32_t j = k->first[i]; j < k->first[i + 1]; j++) {
			uint32_t top = root(up, j);
			struct piece *p;

			s->at[j].piece = NONE;
			if (!counts(&s->at[j]))
				continue;
			if (top == j) {
				number[j] = s->piece_count++;
				s->pieces[number[j]] =
				        (struct piece){ .exhibit = i, .label = s->at[j].label, .first = j };
			}
			s->at[j].piece = number[top];
			p = &s->pieces[number[top]];
			if (s->at[j].again)
				continue;
			p->functions++;
			p->bytes += e->functions[j - k->first[i]].size;
			p->sum += s->at[j].weight;
		}
	}
	for (uint32_t i = 0; i < s->piece_count; i++)
		s->pieces[i].weight = piece_weight(s->pieces[i].sum);
	return true;
}
