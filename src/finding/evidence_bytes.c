#include "finding/bytes.h"
#include "finding/private.h"
#include <string.h>

/*
 * Evidence as bytes: a head, then its functions, each with its candidates and
 * callees, then its facts. It goes from a child to its parent, and is not kept.
 */
enum { MAGIC = 0x45514e49, FUNCTION_LEAST = 48 };

static void put_text(struct inq_sink *out, const char *text)
{
	struct inq_bytes b = inq_bytes_of(text ? text : "");

	inq_put_le(out, text ? b.len + 1 : 0, 2);
	inq_put_bytes(out, b);
}

static void put_function(
        struct inq_sink *out, const struct inq_evidence *e, const struct inq_evidence_function *f)
{
	inq_put_le(out, f->va, 8);
	inq_put_le(out, f->exact[0], 8);
	inq_put_le(out, f->exact[1], 8);
	inq_put_le(out, f->number, 4);
	inq_put_le(out, f->size, 4);
	inq_put_le(out, f->block_count, 4);
	inq_put_le(out, f->information, 4);
	inq_put_le(out, f->candidate_count, 4);
	inq_put_le(out, f->callee_count, 4);
	for (uint32_t i = f->candidate_first; i < f->candidate_first + f->candidate_count; i++) {
		const struct inq_evidence_candidate *c = &e->candidates[i];

		inq_put_le(out, c->label, 4);
		inq_put_le(out, c->sample, 4);
		inq_put_le(out, c->function, 4);
		inq_put_le(out, c->similarity, 2);
		inq_put_le(out, c->support, 2);
		inq_put_le(out, c->probability, 2);
		inq_put_le(out, c->how, 1);
		inq_put_le(out, c->published, 4);
	}
	for (uint32_t i = f->callee_first; i < f->callee_first + f->callee_count; i++)
		inq_put_le(out, e->callees[i], 4);
}

void inq_evidence_write(const struct inq_evidence *e, struct inq_sink *out)
{
	const struct inq_coverage *v = &e->coverage;
	const uint64_t bytes[] = { v->code, v->library, v->distinctive, v->widespread, v->unmatched, v->small,
		v->padding, v->unreadable };

	inq_put_le(out, MAGIC, 4);
	inq_put_bytes(out, (struct inq_bytes){ e->sha256.byte, sizeof e->sha256.byte });
	inq_put_le(out, e->format, 1);
	inq_put_le(out, e->arch, 1);
	inq_put_le(out, e->bits, 1);
	inq_put_le(out, e->kind, 1);
	inq_put_le(out, e->flags, 4);
	inq_put_le(out, e->candidates_cut, 4);
	inq_put_le(out, e->function_count, 4);
	for (unsigned i = 0; i < INQ_STANDING_COUNT; i++)
		inq_put_le(out, e->standing[i], 4);
	for (unsigned i = 0; i < sizeof bytes / sizeof *bytes; i++)
		inq_put_le(out, bytes[i], 8);
	inq_put_le(out, e->idioms.breakpoints, 4);
	inq_put_le(out, e->idioms.nops, 4);
	inq_put_le(out, e->idioms.zeroes, 4);
	inq_put_le(out, e->function_listed, 4);
	inq_put_le(out, e->candidate_count, 4);
	inq_put_le(out, e->callee_count, 4);
	inq_put_le(out, e->fact_count, 4);
	for (uint32_t i = 0; i < e->function_listed; i++)
		put_function(out, e, &e->functions[i]);
	for (uint32_t i = 0; i < e->fact_count; i++) {
		inq_put_le(out, e->facts[i].kind, 1);
		inq_put_le(out, e->facts[i].value, 8);
		put_text(out, e->facts[i].name);
		put_text(out, e->facts[i].text);
	}
}

static const char *take_text(struct reader *r, struct inq_arena *a)
{
	uint64_t len = take_number(r, 2, INQ_EVIDENCE_TEXT_MOST + 1);
	struct inq_bytes b;
	const char *text;

	if (r->bad || !len)
		return NULL;
	if (!inq_bytes_cut(r->bytes, r->at, len - 1, &b) || memchr(b.at, 0, b.len)) {
		r->bad = true;
		return NULL;
	}
	r->at += len - 1;
	text = inq_arena_string(a, b);
	r->bad |= !text;
	return text;
}

static void take_head(struct reader *r, struct inq_evidence *e)
{
	struct inq_coverage *v = &e->coverage;
	uint64_t *const bytes[] = { &v->code, &v->library, &v->distinctive, &v->widespread, &v->unmatched,
		&v->small, &v->padding, &v->unreadable };

	take_bytes(r, e->sha256.byte, sizeof e->sha256.byte);
	e->format = (uint8_t)take_number(r, 1, UINT8_MAX);
	e->arch = (uint8_t)take_number(r, 1, UINT8_MAX);
	e->bits = (uint8_t)take_number(r, 1, 64);
	e->kind = (uint8_t)take_number(r, 1, UINT8_MAX);
	e->flags = (uint32_t)take_number(r, 4, UINT32_MAX);
	e->candidates_cut = (uint32_t)take_number(r, 4, INQ_PROGRAM_FUNCTIONS_MOST);
	e->function_count = (uint32_t)take_number(r, 4, INQ_PROGRAM_FUNCTIONS_MOST);
	for (unsigned i = 0; i < INQ_STANDING_COUNT; i++)
		e->standing[i] = (uint32_t)take_number(r, 4, e->function_count);
	for (unsigned i = 0; i < sizeof bytes / sizeof *bytes; i++)
		*bytes[i] = take_number(r, 8, UINT64_MAX);
	e->idioms.breakpoints = (uint32_t)take_number(r, 4, UINT32_MAX);
	e->idioms.nops = (uint32_t)take_number(r, 4, UINT32_MAX);
	e->idioms.zeroes = (uint32_t)take_number(r, 4, UINT32_MAX);
}

static void take_function(struct reader *r, const struct inq_corpus *c, struct inq_evidence *e,
        struct inq_evidence_function *f, uint32_t candidates, uint32_t callees)
{
	uint32_t last = 0;

	f->va = take_number(r, 8, UINT64_MAX);
	f->exact[0] = take_number(r, 8, UINT64_MAX);
	f->exact[1] = take_number(r, 8, UINT64_MAX);
	f->number = (uint32_t)take_number(r, 4, e->function_count ? e->function_count - 1 : 0);
	r->bad |= f > e->functions && f->number <= f[-1].number;
	f->size = (uint32_t)take_number(r, 4, UINT32_MAX);
	f->block_count = (uint32_t)take_number(r, 4, UINT32_MAX);
	f->information = (uint32_t)take_number(r, 4, 1 << 26);
	f->candidate_first = e->candidate_count;
	f->candidate_count = (uint32_t)take_number(r, 4, candidates - e->candidate_count);
	f->callee_first = e->callee_count;
	f->callee_count = (uint32_t)take_number(r, 4, callees - e->callee_count);
	for (uint32_t i = 0; i < f->candidate_count && !r->bad; i++) {
		struct inq_evidence_candidate *to = &e->candidates[e->candidate_count++];

		to->label = (uint32_t)take_number(r, 4, c->label_count - 1);
		to->sample = (uint32_t)take_number(r, 4, c->sample_count - 1);
		to->function = (uint32_t)take_number(r, 4, c->function_count - 1);
		to->similarity = (uint16_t)take_number(r, 2, 1000);
		to->support = (uint16_t)take_number(r, 2, 1000);
		to->probability = (uint16_t)take_number(r, 2, 1000);
		to->how = (enum inq_match_how)take_number(r, 1, INQ_MATCH_CONTEXT);
		to->published = (uint32_t)take_number(r, 4, 99991231);
	}
	for (uint32_t i = 0; i < f->callee_count && !r->bad; i++) {
		uint32_t callee = (uint32_t)take_number(r, 4, e->function_listed - 1);

		r->bad |= i && callee <= last;
		e->callees[e->callee_count++] = last = callee;
	}
}

enum inq_status inq_evidence_read(struct inq_bytes b, const struct inq_corpus *c, struct inq_arena *a,
        struct inq_evidence *ret, struct inq_error *err)
{
	struct reader r = { .bytes = b };
	struct inq_evidence e = { .label = "" };
	uint32_t candidates, callees, facts;

	if (take_number(&r, 4, UINT32_MAX) != MAGIC)
		return inq_fail(err, INQ_CORRUPT, 0, "is no evidence");
	take_head(&r, &e);
	e.function_listed = (uint32_t)take_number(&r, 4, e.function_count);
	candidates = (uint32_t)take_number(&r, 4, c->label_count && c->sample_count ? UINT32_MAX : 0);
	callees = (uint32_t)take_number(&r, 4, UINT32_MAX);
	facts = (uint32_t)take_number(&r, 4, INQ_EVIDENCE_FACTS_MOST);
	/* What is announced must be there, before room is made for it. */
	if (r.bad || e.function_listed > b.len / FUNCTION_LEAST || candidates > b.len / 23 ||
	        callees > b.len / 4)
		return inq_fail(err, INQ_CORRUPT, r.at, "the evidence breaks off");
	e.functions = inq_arena_new(a, e.function_listed, sizeof *e.functions);
	e.candidates = inq_arena_new(a, candidates, sizeof *e.candidates);
	e.callees = inq_arena_new(a, callees, sizeof *e.callees);
	e.facts = inq_arena_new(a, facts, sizeof *e.facts);
	if (!e.functions || !e.candidates || !e.callees || !e.facts)
		return inq_fail(err, INQ_NO_MEMORY, 0, "the evidence needs more memory than it may have");
	for (uint32_t i = 0; i < e.function_listed && !r.bad; i++)
		take_function(&r, c, &e, &e.functions[i], candidates, callees);
	for (; e.fact_count < facts && !r.bad; e.fact_count++) {
		struct inq_evidence_fact *f = &e.facts[e.fact_count];

		f->kind = (enum inq_fact_kind)take_number(&r, 1, INQ_FACT_COUNT - 1);
		f->value = take_number(&r, 8, UINT64_MAX);
		f->name = take_text(&r, a);
		f->text = take_text(&r, a);
	}
	if (r.bad || r.at != b.len || e.candidate_count != candidates || e.callee_count != callees)
		return inq_fail(err, INQ_CORRUPT, r.at, "the evidence is not as it is written");
	*ret = e;
	return INQ_OK;
}
