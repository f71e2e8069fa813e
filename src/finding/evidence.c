#include "finding/private.h"
#include <stdlib.h>
#include <string.h>

/*
 * Content alone: strings, data and names of imports count nothing in how alike
 * two functions are held to be, for whoever wants to be taken for another
 * writes these first.
 */
const struct inq_search_limits inq_finding_search_limits = {
	.candidates = 32,
	.compared = 96,
	.postings = 1 << 24,
	.nearest = 32,
	.scanned = 400000,
	.samples = 16,
	.distinctive = 4,
	.information = 400,
	.content_only = true,
};

static bool begins(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* The day from which anyone could have this sample; 0: not known. */
static uint32_t sample_published(
        const struct inq_corpus *c, uint32_t number, const struct inq_publication *publications, size_t count)
{
	struct inq_sample sample;
	struct inq_label label;
	uint32_t day;

	if (!inq_corpus_sample(c, number, &sample) || !inq_corpus_label(c, sample.label, &label))
		return 0;
	day = inq_day_earlier(label.published, sample.published);
	for (size_t i = 0; i < count; i++)
		if (publications[i].label == sample.label && begins(sample.name, publications[i].prefix))
			day = inq_day_earlier(day, publications[i].day);
	return day;
}

/* The day from which anyone could have this very function, from whichever sample. */
static uint32_t function_published(const struct inq_corpus *c, uint32_t function,
        const struct inq_publication *publications, size_t count)
{
	struct inq_corpus_list l = inq_corpus_occurrences_of(c, function);
	uint32_t occurrence, last = INQ_NO_SAMPLE, day = 0, left = OCCURRENCES_MOST;
	struct inq_occurrence o;

	while (left-- && inq_corpus_next(&l, &occurrence)) {
		if (!inq_corpus_occurrence(c, occurrence, &o) || o.sample == last)
			continue;
		last = o.sample;
		day = inq_day_earlier(day, sample_published(c, o.sample, publications, count));
	}
	return day;
}

struct making {
	const struct inq_program *p;
	const struct inq_search *s;
	const struct inq_corpus *c;
	const struct inq_publication *publications;
	size_t publication_count;
	bool dated; /* any day is known at all */
	struct inq_arena *a;
	struct inq_evidence *e;
};

static bool is_dated(const struct making *m)
{
	if (m->publication_count)
		return true;
	for (uint32_t i = 0; i < m->c->label_count; i++) {
		struct inq_label l;

		if (inq_corpus_label(m->c, i, &l) && l.published)
			return true;
	}
	for (uint32_t i = 0; i < m->c->sample_count; i++) {
		struct inq_sample s;

		if (inq_corpus_sample(m->c, i, &s) && s.published)
			return true;
	}
	return false;
}

static void list_candidates(struct making *m, const struct inq_search_function *f)
{
	for (uint32_t i = 0; i < f->candidate_count; i++) {
		const struct inq_candidate *from = &m->s->candidates[f->candidate_first + i];
		struct inq_evidence_candidate *to = &m->e->candidates[m->e->candidate_count];
		struct inq_occurrence o;

		if (!inq_corpus_occurrence(m->c, from->occurrence, &o))
			continue;
		*to = (struct inq_evidence_candidate){ .label = from->label,
			.sample = from->sample,
			.function = o.function,
			.similarity = from->similarity,
			.support = from->support,
			.probability = from->probability,
			.how = from->how };
		if (m->dated)
			to->published =
			        function_published(m->c, o.function, m->publications, m->publication_count);
		m->e->candidate_count++;
	}
}

/* The functions that something is like, and what they call among themselves. */
static bool list_functions(struct making *m)
{
	const struct inq_program *p = m->p;
	struct inq_evidence *e = m->e;
	uint32_t *place = inq_arena_new(m->a, p->function_count, sizeof *place); /* plus one; 0: not listed */
	uint32_t count = 0, callees = 0;

	for (uint32_t i = 0; place && i < p->function_count; i++) {
		const struct inq_search_function *f = &m->s->functions[i];

		if (f->standing == INQ_STANDING_SMALL || !f->candidate_count)
			continue;
		place[i] = ++count;
		callees += p->functions[i].callee_count;
	}
	e->functions = inq_arena_new(m->a, count, sizeof *e->functions);
	e->candidates = inq_arena_new(m->a, m->s->candidate_count, sizeof *e->candidates);
	e->callees = inq_arena_new(m->a, callees, sizeof *e->callees);
	if (!place || !e->functions || !e->candidates || !e->callees)
		return false;
	for (uint32_t i = 0; i < p->function_count; i++) {
		const struct inq_fingerprint *from = &p->functions[i];
		struct inq_evidence_function *to;

		if (!place[i])
			continue;
		to = &e->functions[e->function_listed++];
		*to = (struct inq_evidence_function){ .va = from->va,
			.exact = { from->exact[0], from->exact[1] },
			.number = i,
			.size = from->size,
			.block_count = from->block_count,
			.information = m->s->functions[i].information,
			.candidate_first = e->candidate_count,
			.callee_first = e->callee_count };
		list_candidates(m, &m->s->functions[i]);
		to->candidate_count = e->candidate_count - to->candidate_first;
		for (uint32_t j = from->callee_first; j < from->callee_first + from->callee_count; j++)
			if (place[p->callees[j]])
				e->callees[e->callee_count++] = place[p->callees[j]] - 1;
		to->callee_count = e->callee_count - to->callee_first;
	}
	return true;
}

static const char *text_kept(const char *text, struct inq_arena *a)
{
	struct inq_bytes b;

	if (!text)
		return NULL;
	b = inq_bytes_of(text);
	if (b.len > INQ_EVIDENCE_TEXT_MOST)
		b.len = INQ_EVIDENCE_TEXT_MOST;
	return inq_arena_string(a, b);
}

static bool list_facts(struct making *m, const struct inq_observation *o)
{
	struct inq_evidence *e = m->e;
	size_t most = o->fact_count < INQ_EVIDENCE_FACTS_MOST ? o->fact_count : INQ_EVIDENCE_FACTS_MOST;

	e->facts = inq_arena_new(m->a, most, sizeof *e->facts);
	if (!e->facts)
		return false;
	for (size_t i = 0; i < o->fact_count && e->fact_count < most; i++) {
		const struct inq_fact *f = &o->facts[i];
		struct inq_evidence_fact *to = &e->facts[e->fact_count];

		if (!f->forgeable || f->kind == INQ_FACT_RESOURCE)
			continue;
		to->kind = f->kind;
		to->value = f->value;
		to->name = text_kept(f->name, m->a);
		to->text = text_kept(f->text, m->a);
		if ((f->name && !to->name) || (f->text && !to->text))
			return false;
		e->fact_count++;
	}
	return true;
}

enum inq_status inq_evidence_make(const struct inq_program *p, const struct inq_search *s,
        const struct inq_corpus *c, const struct inq_observation *o,
        const struct inq_publication *publications, size_t publication_count, struct inq_arena *a,
        struct inq_evidence *ret, struct inq_error *err)
{
	struct inq_evidence e = { .sha256 = p->sha256,
		.label = p->name,
		.format = p->format,
		.arch = p->arch,
		.bits = p->bits,
		.kind = p->kind,
		.flags = p->flags,
		.function_count = p->function_count,
		.coverage = s->coverage };
	struct making m = { p, s, c, publications, publication_count, false, a, &e };

	memcpy(e.standing, s->standing, sizeof e.standing);
	for (uint32_t i = 0; i < s->function_count; i++)
		e.candidates_cut += s->functions[i].candidates_cut;
	m.dated = is_dated(&m);
	if (!list_functions(&m) || (o && !list_facts(&m, o)))
		return inq_fail(err, INQ_NO_MEMORY, 0, "the evidence needs more memory than it may have");
	*ret = e;
	return INQ_OK;
}
