/*
 * What holds of every observation that was made, whatever the file: the
 * promises of <inquiry/observation.h>.
 */
#ifndef MAKE_OBSERVATION_HOLDS_H
#define MAKE_OBSERVATION_HOLDS_H

#include <inquiry/observation.h>
#include <string.h>

static inline const char *strings_hold(const struct inq_exhibit *x, const struct inq_observation *o,
        const struct inq_observation_limits *limits)
{
	if (o->string_count > limits->strings)
		return "more strings than asked for";
	for (size_t i = 0; i < o->string_count; i++) {
		const struct inq_string *s = &o->strings[i];
		uint64_t step = s->wide ? 2 : 1;
		struct inq_bytes raw;

		if (s->text.len < limits->string_least || s->text.len > limits->string_most)
			return "a string is of a length not asked for";
		if (!inq_bytes_cut(x->bytes, s->off, s->text.len * step, &raw))
			return "a string lies outside the file";
		for (size_t k = 0; k < s->text.len; k++)
			if (raw.at[k * step] != s->text.at[k] || (s->wide && raw.at[k * step + 1]))
				return "a string is not what the file holds";
		if (i && (s[-1].off > s->off || (s[-1].off == s->off && s[-1].wide >= s->wide)))
			return "strings are not in order";
		if (s->va && x->kind != INQ_KIND_OBJECT) {
			struct inq_bytes there = inq_exhibit_at(x, s->va);

			if (!there.len || there.at != x->bytes.at + s->off)
				return "a string is not at its address";
		}
	}
	return NULL;
}

/* What does not hold, or NULL. */
static inline const char *observation_holds(const struct inq_exhibit *x, const struct inq_observation *o,
        const struct inq_observation_limits *limits)
{
	size_t sum = 0;

	for (size_t i = 0; i < x->section_count; i++)
		if (o->section_entropy[i] > 8000 && o->section_entropy[i] != INQ_NO_ENTROPY)
			return "a section has more than eight bits a byte";
	if (o->file_entropy > 8000 && x->bytes.len)
		return "the file has more than eight bits a byte";
	for (size_t i = 0; i < o->fact_count; i++) {
		const struct inq_fact *f = &o->facts[i];

		if (f->kind >= INQ_FACT_COUNT || !strcmp(inq_fact_name(f->kind), "unknown"))
			return "a fact is of no kind";
		sum += (f->name ? strlen(f->name) : 0) + (f->text ? strlen(f->text) : 0);
	}
	for (size_t i = 0; i < o->suspicion_count; i++)
		sum += strlen(o->suspicions[i].text);
	return sum == SIZE_MAX ? "an unlikely sum" : strings_hold(x, o, limits);
}

#endif
