#include "finding/look.h"
#include <stdlib.h>

static int compare_alone(const void *a, const void *b)
{
	const struct alone *x = a, *y = b;

	if (x->label != y->label)
		return x->label < y->label ? -1 : 1;
	return x->score > y->score ? -1 : x->score < y->score;
}

/* What each exhibit says by itself, for every label. */
static bool look_alone(const struct looking *w, const struct evidence_case *k, const struct view *all,
        struct inq_arena *a, struct looked *l)
{
	size_t room = 0;

	for (uint32_t i = 0; i < k->exhibit_count; i++) {
		struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
		struct view v = *all;
		struct evidence_case own;
		struct sayings s;
		struct score *scores;
		bool ok;

		if (v.dropped)
			v.dropped += k->first[i];
		ok = scratch && case_init(&own, &k->exhibits[i], 1, w->c, scratch) &&
		     sayings_make(&own, &v, scratch, &s) &&
		     scores_make(&own, &s, w->background, scratch, &scores);
		l->first[i] = (struct first){ NO_LABEL, 0, ok ? case_left(&own, &s) : 0, 0 };
		for (uint32_t j = 0; ok && j < w->c->label_count; j++) {
			int32_t score = scores[j].score;
			struct alone *more;

			if (!score)
				continue;
			more = inq_arena_extend(a, l->alone, l->alone_count, &room, sizeof *more);
			ok = more != NULL;
			if (!ok)
				break;
			l->alone = more;
			more[l->alone_count++] = (struct alone){ j, score };
			if (score > l->first[i].score)
				l->first[i] =
				        (struct first){ j, score, l->first[i].left, scores[j].functions };
		}
		inq_arena_close(scratch);
		if (!ok)
			return false;
	}
	if (l->alone_count)
		qsort(l->alone, l->alone_count, sizeof *l->alone, compare_alone);
	return true;
}

bool look(const struct looking *w, const struct evidence_case *k, const bool *dropped, struct inq_arena *a,
        struct looked *ret)
{
	struct view v = { .without_label = NO_LABEL, .day = w->day, .dropped = dropped };
	struct looked l = { 0 };

	l.first = inq_arena_new(a, k->exhibit_count, sizeof *l.first);
	if (!l.first || !sayings_make(k, &v, a, &l.sayings) ||
	        !scores_make(k, &l.sayings, w->background, a, &l.scores) ||
	        (k->exhibit_count > 1 && !look_alone(w, k, &v, a, &l)))
		return false;
	l.left = case_left(k, &l.sayings);
	*ret = l;
	return true;
}
