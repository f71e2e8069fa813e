/*
 * Facts that anyone can write into a file, held against its code. None of them
 * speaks for a family; where they contradict the code, or each other, somebody
 * may have written them to be found.
 */
#include "finding/forgery.h"
#include <string.h>

enum { GAPS_LEAST = 8, GAPS_SHARE = 4, GAP_MOST = 64 };

static bool all_are(struct inq_bytes b, uint8_t byte)
{
	for (size_t i = 0; i < b.len; i++)
		if (b.at[i] != byte)
			return false;
	return true;
}

/* The nops that assemblers fill with: 90, and 0F 1F /0 behind prefixes. */
static bool is_nops(struct inq_bytes b)
{
	size_t i = 0;

	while (i < b.len && (b.at[i] == 0x90 || b.at[i] == 0x66 || b.at[i] == 0x2e))
		i++;
	return i == b.len || (i + 1 < b.len && b.at[i] == 0x0f && b.at[i + 1] == 0x1f);
}

struct inq_evidence_idioms inq_evidence_idioms(const struct inq_code *c)
{
	struct inq_evidence_idioms r = { 0 };

	if (c->exhibit->arch != INQ_ARCH_X86_32 && c->exhibit->arch != INQ_ARCH_X86_64)
		return r;
	for (size_t i = 0; i + 1 < c->function_count; i++) {
		uint64_t end = c->functions[i].va + c->functions[i].size, next = c->functions[i + 1].va;
		struct inq_bytes b;

		if (next <= end || next - end > GAP_MOST ||
		        !inq_bytes_cut(inq_exhibit_at(c->exhibit, end), 0, next - end, &b))
			continue;
		if (all_are(b, 0xcc))
			r.breakpoints++;
		else if (all_are(b, 0))
			r.zeroes++;
		else if (is_nops(b))
			r.nops++;
	}
	return r;
}

static bool add(struct signs *s, enum inq_sign sign, uint32_t exhibit, const char *text)
{
	struct inq_finding_sign *at = inq_arena_extend(s->a, s->at, s->count, &s->capacity, sizeof *at);

	if (!at || !text)
		return false;
	s->at = at;
	at[s->count++] = (struct inq_finding_sign){ sign, exhibit, NO_LABEL, text };
	return true;
}

bool signs_add(struct signs *s, enum inq_sign sign, uint32_t exhibit, uint32_t label, const char *text)
{
	if (!add(s, sign, exhibit, text))
		return false;
	s->at[s->count - 1].label = label;
	return true;
}

/*
 * The compiler that the file names against the one that filled its gaps:
 * Microsoft's fills them with int3, GNU's and LLVM's for ELF and MinGW with nops.
 */
static bool toolchain(struct signs *s, uint32_t exhibit, const struct inq_evidence *e)
{
	uint32_t rich = 0, objects = 0;
	const struct inq_evidence_idioms *i = &e->idioms;

	for (uint32_t j = 0; j < e->fact_count; j++) {
		rich += e->facts[j].kind == INQ_FACT_RICH_ENTRY;
		objects +=
		        e->facts[j].kind == INQ_FACT_RICH_ENTRY ? (uint32_t)(e->facts[j].value & 0xffff) : 0;
	}
	if (rich && i->nops >= GAPS_LEAST && i->nops > GAPS_SHARE * i->breakpoints &&
	        !add(s, INQ_SIGN_TOOLCHAIN, exhibit,
	                inq_arena_printf(s->a,
	                        "its Rich header says that Microsoft's linker made it of %u objects, yet %u "
	                        "gaps "
	                        "between its functions are filled with nops and %u with int3, as GNU's and "
	                        "LLVM's "
	                        "tools do",
	                        objects, i->nops, i->breakpoints)))
		return false;
	for (uint32_t j = 0; j < e->fact_count; j++) {
		const struct inq_evidence_fact *f = &e->facts[j];

		if (f->kind != INQ_FACT_COMMENT || !f->text || i->breakpoints < GAPS_LEAST ||
		        i->breakpoints <= GAPS_SHARE * i->nops || strncmp(f->text, "GCC", 3))
			continue;
		return add(s, INQ_SIGN_TOOLCHAIN, exhibit,
		        inq_arena_printf(s->a,
		                "it names GCC as its compiler, yet %u gaps between its functions are filled "
		                "with "
		                "int3 and %u with nops",
		                i->breakpoints, i->nops));
	}
	return true;
}

/* Days since 1970 of a day YYYYMMDD, by the civil calendar. */
static int64_t days_of(uint32_t day)
{
	int64_t y = day / 10000, m = day / 100 % 100, d = day % 100;

	y -= m <= 2;
	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1 - 719468;
}

static bool times(struct signs *s, uint32_t exhibit, const struct inq_evidence *e, uint32_t day)
{
	const struct inq_evidence_fact *compiled = NULL, *debugged = NULL;

	for (uint32_t j = 0; j < e->fact_count; j++) {
		const struct inq_evidence_fact *f = &e->facts[j];

		if (f->kind == INQ_FACT_RICH_CHECKSUM && !f->value &&
		        !add(s, INQ_SIGN_RICH_CHECKSUM, exhibit,
		                "its Rich header's own checksum does not hold: it was changed, or comes from "
		                "another file"))
			return false;
		if (f->kind == INQ_FACT_COMPILE_TIME && f->text && strncmp(f->text, "none", 4))
			compiled = f;
		if (f->kind == INQ_FACT_DEBUG_TIME)
			debugged = f;
	}
	if (compiled && debugged &&
	        !add(s, INQ_SIGN_TIMES, exhibit,
	                inq_arena_printf(s->a, "its header says it was made %s, its debug entry %s",
	                        compiled->text, debugged->text ? debugged->text : "at another time")))
		return false;
	if (compiled && day && (int64_t)(compiled->value / 86400) > days_of(day))
		return add(s, INQ_SIGN_TIMES, exhibit,
		        inq_arena_printf(
		                s->a, "its header says it was made %s, after it was had", compiled->text));
	return true;
}

bool signs_of_facts(struct signs *s, uint32_t exhibit, const struct inq_evidence *e, uint32_t day)
{
	return toolchain(s, exhibit, e) && times(s, exhibit, e, day);
}
