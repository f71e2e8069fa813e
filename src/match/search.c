#include "match/private.h"

void search_touch(struct search *s, uint32_t stretches)
{
	enum { MOST = 3 << 10 };

	s->touched += stretches;
	if (s->touched < MOST)
		return;
	s->touched = 0;
	if (s->c->forget)
		s->c->forget(s->c->forget_context, s->c->bytes);
}

/* Numbers the program's features and weighs them by the corpus. */
static bool weigh_program(struct search *s)
{
	const struct inq_program *p = s->p;
	const struct inq_corpus *c = s->c;

	s->ids = inq_arena_new(s->a, p->feature_count, sizeof *s->ids);
	s->terms = inq_arena_new(s->a, p->feature_count, sizeof *s->terms);
	s->weights = inq_arena_new(s->a, p->function_count, sizeof *s->weights);
	s->hit_first = inq_arena_new(s->a, (size_t)p->function_count + 1, sizeof *s->hit_first);
	s->is_common = inq_arena_new(s->a, c->label_count, sizeof *s->is_common);
	if (!s->ids || !s->terms || !s->weights || !s->hit_first || !s->is_common ||
	        !vocabulary_init(&s->vocabulary, p->feature_count, s->a))
		return false;
	for (uint32_t i = 0; i < p->feature_count; i++) {
		uint32_t before = s->vocabulary.count,
		         id = vocabulary_add(&s->vocabulary, p->features[i].key);

		s->ids[i] = id;
		if (s->vocabulary.count == before)
			continue;
		if (!inq_corpus_term(c, p->features[i].key, &s->terms[id]))
			s->terms[id] = NO_ID;
		s->vocabulary.having[id] = inq_corpus_term_functions(c, s->terms[id]);
		search_touch(s, 5);
		if (s->limits->content_only &&
		        inq_channel_is_context(inq_feature_channel(p->features[i].key)))
			continue;
		s->vocabulary.base[id] = (uint16_t)inq_feature_weight(
		        p->features[i].key, 1, c->function_count, s->vocabulary.having[id]);
	}
	for (uint32_t i = 0; i < p->function_count; i++) {
		const struct inq_fingerprint *f = &p->functions[i];

		for (uint32_t j = f->feature_first; j < f->feature_first + f->feature_count; j++)
			s->weights[i] += weight_of(s->vocabulary.base[s->ids[j]], p->features[j].count);
		s->result->functions[i].information = s->weights[i] / 16;
	}
	return true;
}

static bool read_labels(struct search *s)
{
	for (uint32_t i = 0; i < s->c->label_count; i++) {
		struct inq_label l;

		if (!inq_corpus_label(s->c, i, &l))
			return false;
		s->is_common[i] = l.kind == INQ_LABEL_COMMON;
	}
	return true;
}

enum inq_status search_init(struct search *s, struct inq_error *err)
{
	s->result->function_count = s->p->function_count;
	s->result->functions = inq_arena_new(s->a, s->p->function_count, sizeof *s->result->functions);
	if (!s->result->functions || !weigh_program(s))
		return inq_fail(err, INQ_NO_MEMORY, 0, "the search needs more memory than it may have");
	if (!read_labels(s))
		return inq_fail(err, INQ_CORRUPT, 0, "a label of the corpus is damaged");
	return INQ_OK;
}

enum inq_status inq_match_search(const struct inq_program *p, const struct inq_corpus *c,
        const struct inq_search_limits *limits, struct inq_arena *a, struct inq_search *ret,
        struct inq_error *err)
{
	struct inq_search result = { 0 };
	struct search s = { .p = p,
		.c = c,
		.limits = limits ? limits : &inq_search_limits_default,
		.a = a,
		.result = &result };
	enum inq_status status = search_init(&s, err);

	if (status != INQ_OK)
		return status;
	if (!search_candidates(&s) || !search_judge(&s) || !search_context(&s) || !search_settle(&s) ||
	        !search_standing(&s))
		return inq_fail(err, INQ_NO_MEMORY, 0, "the search needs more memory than it may have");
	*ret = result;
	return INQ_OK;
}
