#include "report/label.h"
#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FUNCTIONS_SHOWN = 20, FAMILIES_SHOWN = 20, FEW_SHOWN = 5, BAR = 30 };

/* What of the program's code was put down to each common label, every function once. */
struct taken_out {
	uint32_t label, functions;
	uint64_t bytes;
};

static struct taken_out *take_out(const struct inq_report_search *r, struct inq_arena *a)
{
	const struct inq_search *s = r->search;
	struct taken_out *all = inq_arena_new(a, s->common_count + 1, sizeof *all);

	if (!all)
		return NULL;
	for (uint32_t i = 0; i < s->common_count; i++)
		all[i].label = s->families[s->family_count + i].label;
	for (uint32_t f = 0; f < s->function_count; f++) {
		if (s->functions[f].standing != INQ_STANDING_LIBRARY)
			continue;
		for (uint32_t i = 0; i < s->common_count; i++) {
			if (all[i].label == s->functions[f].label) {
				all[i].functions++;
				all[i].bytes += r->program->functions[f].size;
				break;
			}
		}
	}
	return all;
}

static void heading(
        const struct inq_report_search *r, const struct inq_report_style *style, struct inq_sink *out)
{
	char kind[96], functions[64], bytes[64], families[64], libraries[64], samples[64], known[64],
	        line[900];
	const struct inq_corpus *c = r->corpus;

	paint_put(style, PAINT_BOLD, out);
	inq_put_inert(out, inq_bytes_of(r->label), 4096);
	paint_end(style, PAINT_BOLD, out);
	inq_put(out, "\n");
	snprintf(line, sizeof line, "%s, %s, %s of code", program_kind(r->program, kind),
	        count_text(r->program->function_count, "function", "functions", functions),
	        count_text(r->program->code_bytes, "byte", "bytes", bytes));
	paragraph_put(line, style, 2, out);
	snprintf(line, sizeof line, "searched in %.300s: %s, %s, %s, %s", r->corpus_name,
	        count_text(c->family_count, "family", "families", families),
	        count_text(c->label_count - c->family_count, "library", "libraries", libraries),
	        count_text(c->sample_count, "sample", "samples", samples),
	        count_text(c->function_count, "different function", "different functions", known));
	paragraph_put(line, style, 2, out);
	if (c->label_count == c->family_count)
		paragraph_put("This corpus holds no library code (corpus add --common): what everybody links "
		              "counts as code of a family.",
		        style, 2, out);
	if (r->program->flags & INQ_PROGRAM_PACKED)
		paragraph_put(
		        "It looks packed: most of its code cannot be read as it lies in the file, so what "
		        "is not found means little.",
		        style, 2, out);
	if (r->program->flags & INQ_PROGRAM_NO_DECODER)
		paragraph_put("Its code is for a machine that this build does not read.", style, 2, out);
}

/* The answer, in a sentence or two. */
static void verdict(
        const struct inq_report_search *r, const struct inq_report_style *style, struct inq_sink *out)
{
	const struct inq_search *s = r->search;
	char functions[64], bytes[64], line[900];
	uint32_t sharing = 0, slight = 0;

	inq_put(out, "\n");
	for (uint32_t i = 0; i < s->family_count; i++) {
		const struct inq_search_family *f = &s->families[i];

		slight += f->sharing == INQ_SHARING_SLIGHT;
		if (f->sharing != INQ_SHARING_CODE)
			continue;
		if (sharing++ == FAMILIES_SHOWN)
			break;
		snprintf(line, sizeof line,
		        "Shares code with %.255s: %s (%s) found in no other family and in no library, "
		        "%" PRIu32 " of them identical.",
		        label_name(r->corpus, f->label),
		        count_text(f->distinctive, "function", "functions", functions),
		        count_text(f->distinctive_bytes, "byte", "bytes", bytes), f->identical);
		paint_put(style, PAINT_BOLD, out);
		paragraph_put(line, style, 0, out);
		paint_end(style, PAINT_BOLD, out);
	}
	if (sharing)
		return;
	paint_put(style, PAINT_BOLD, out);
	if (!s->coverage.code)
		paragraph_put("No code was found in it, so nothing can be said of whom it shares code with.",
		        style, 0, out);
	else if (slight)
		paragraph_put(
		        "Shares nothing with any family of the corpus beyond what chance and library code "
		        "give: insufficient grounds.",
		        style, 0, out);
	else if (s->coverage.library)
		paragraph_put(
		        "Shares nothing but library code with the families of the corpus.", style, 0, out);
	else
		paragraph_put("Shares no code with any family of the corpus.", style, 0, out);
	paint_end(style, PAINT_BOLD, out);
}

static void families(const struct inq_report_search *r, const struct inq_report_search_view *view,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column columns[] = { { "family", false, 12 }, { "only here", true, 0 },
		{ "bytes", true, 0 }, { "exact", true, 0 }, { "several", true, 0 }, { "library", true, 0 },
		{ "bits", true, 0 }, { "nearest sample", false, 10 } };
	const struct inq_search *s = r->search;
	uint32_t shown = 0, rest = 0, most = view->all ? UINT32_MAX : view->top ? view->top : FAMILIES_SHOWN;
	char more[64];
	struct table t;

	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (uint32_t i = 0; i < s->family_count; i++) {
		const struct inq_search_family *f = &s->families[i];

		/* Where only library code was found there is nothing to show of the family; and what is in
		   several tells of none, so that a few of these do where there are no others. */
		if (!view->all && !f->distinctive && !f->widespread)
			continue;
		if (shown == most || (!view->all && !f->distinctive && shown >= FEW_SHOWN)) {
			rest++;
			continue;
		}
		shown++;
		table_paint(&t, f->sharing == INQ_SHARING_CODE ? PAINT_GREEN : PAINT_NONE);
		table_cell(&t, label_name(r->corpus, f->label));
		table_number(&t, f->distinctive);
		table_number(&t, f->distinctive_bytes);
		table_number(&t, f->identical);
		table_number(&t, f->widespread);
		table_number(&t, f->library);
		table_number(&t, f->information);
		table_cell(&t, sample_name(r->corpus, f->sample));
	}
	if (!shown)
		return;
	inq_put(out, "\n");
	table_put(&t, style, 0, out);
	if (rest)
		inq_putf(out, "  and %s; --all shows them\n",
		        count_text(rest, "family more", "families more", more));
	paint_put(style, PAINT_DIM, out);
	paragraph_put(
	        "only here: functions in no other family and no library, with their bytes, how many are "
	        "exact, and what they tell in bits; several: in more than one family; library: taken out.",
	        style, 2, out);
	paint_end(style, PAINT_DIM, out);
}

static void libraries(const struct inq_report_search *r, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column columns[] = { { "library code taken out", false, 12 },
		{ "functions", true, 0 }, { "bytes", true, 0 } };
	struct taken_out *taken = take_out(r, a);
	struct table t;
	bool any = false;

	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (uint32_t i = 0; taken && i < r->search->common_count; i++) {
		if (!taken[i].functions)
			continue;
		any = true;
		table_cell(&t, label_name(r->corpus, taken[i].label));
		table_number(&t, taken[i].functions);
		table_number(&t, taken[i].bytes);
	}
	if (!any)
		return;
	inq_put(out, "\n");
	table_put(&t, style, 0, out);
}

static void coverage(
        const struct inq_report_search *r, const struct inq_report_style *style, struct inq_sink *out)
{
	const struct inq_coverage *c = &r->search->coverage;
	const struct {
		const char *what;
		uint64_t bytes;
	} parts[] = {
		{ "library code", c->library },
		{ "in one family only", c->distinctive },
		{ "in several families", c->widespread },
		{ "matches nothing", c->unmatched },
		{ "too small to tell", c->small },
		{ "padding", c->padding },
		{ "in no function", c->unreadable },
	};
	char share[16], bytes[27];

	if (!c->code)
		return;
	inq_putf(out, "\nOf %s bytes of code\n", number_text(c->code, bytes));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		inq_putf(out, "  %-20s", parts[i].what);
		if (style->columns >= 20 + BAR + 26) {
			bar_put(parts[i].bytes, c->code, BAR, out);
			inq_put(out, "  ");
		}
		inq_putf(out, "%8s  %12s\n", share_text(parts[i].bytes, c->code, share),
		        number_text(parts[i].bytes, bytes));
	}
}

/* Weightier first: what tells of one family, then what is in several, then library; the larger first. */
struct ranked {
	uint32_t function, rank, size;
};

static int by_rank(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	return a->function < b->function ? -1 : a->function > b->function;
}

static uint32_t rank_of(enum inq_standing s)
{
	static const uint32_t ranks[] = { [INQ_STANDING_DISTINCTIVE] = 0,
		[INQ_STANDING_WIDESPREAD] = 1,
		[INQ_STANDING_LIBRARY] = 2,
		[INQ_STANDING_UNMATCHED] = 3,
		[INQ_STANDING_SMALL] = 4 };

	return (size_t)s < sizeof ranks / sizeof *ranks ? ranks[s] : 5;
}

static void candidate_cells(const struct inq_report_search *r, const struct inq_candidate *k, struct table *t)
{
	struct inq_occurrence o;
	char alike[16], likely[16];

	table_cellf(t, "%s/%s", label_name(r->corpus, k->label), sample_name(r->corpus, k->sample));
	table_cell(t, inq_corpus_occurrence(r->corpus, k->occurrence, &o) ? o.name : NULL);
	table_cell(t, milli_text(k->probability, likely));
	table_cell(t, k->how == INQ_MATCH_EXACT ? "exact" : milli_text(k->similarity, alike));
}

static void functions(const struct inq_report_search *r, const struct inq_report_search_view *view,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column columns[] = { { "function", false, 0 }, { "bytes", true, 0 },
		{ "standing", false, 0 }, { "in", true, 0 }, { "best match", false, 12 },
		{ "named there", false, 8 }, { "likely", true, 0 }, { "alike", true, 0 } };
	const struct inq_search *s = r->search;
	struct ranked *order = inq_arena_new(a, s->function_count, sizeof *order);
	uint32_t count = 0, shown, most = view->all ? UINT32_MAX : view->top ? view->top : FUNCTIONS_SHOWN;
	struct table t;

	for (uint32_t i = 0; order && i < s->function_count; i++) {
		uint32_t rank = rank_of(s->functions[i].standing);

		if (view->all || rank <= 1)
			order[count++] = (struct ranked){ i, view->all ? 0 : rank,
				view->all ? 0 : r->program->functions[i].size };
	}
	if (!count)
		return;
	qsort(order, count, sizeof *order, by_rank);
	shown = count < most ? count : most;
	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (uint32_t i = 0; i < shown; i++) {
		const struct inq_search_function *f = &s->functions[order[i].function];
		const struct inq_fingerprint *p = &r->program->functions[order[i].function];

		table_paint(&t, f->standing == INQ_STANDING_DISTINCTIVE ? PAINT_GREEN
		                : f->standing == INQ_STANDING_LIBRARY   ? PAINT_DIM
		                                                        : PAINT_NONE);
		table_cellf(&t, "0x%" PRIx64, p->va);
		table_number(&t, p->size);
		table_cell(&t, inq_standing_name(f->standing));
		table_number(&t, f->family_count);
		if (f->candidate_count && f->candidate_first < s->candidate_count) {
			candidate_cells(r, &s->candidates[f->candidate_first], &t);
		} else {
			for (unsigned j = 0; j < 4; j++)
				table_cell(&t, NULL);
		}
	}
	inq_put(out, "\n");
	table_put(&t, style, 0, out);
	if (shown < count) {
		char more[64];

		inq_putf(out, "  and %s; --all shows them\n",
		        count_text(count - shown, "function more", "functions more", more));
	}
	paint_put(style, PAINT_DIM, out);
	paragraph_put(
	        "in: how many families have it; likely: how likely it is the best match's code; alike: how "
	        "much of it is the same. --function ADDRESS shows one.",
	        style, 2, out);
	paint_end(style, PAINT_DIM, out);
}

/* One function and all that it may be. */
static void one_function(const struct inq_report_search *r, uint32_t number,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out)
{
	enum { UNLIKELY = 10 }; /* thousandths: below, a candidate is but counted */
	static const struct table_column columns[] = { { "it may be", false, 12 },
		{ "named there", false, 8 }, { "likely", true, 0 }, { "alike", true, 0 },
		{ "calls agree", true, 0 }, { "at", true, 0 } };
	const struct inq_search_function *f = &r->search->functions[number];
	const struct inq_fingerprint *p = &r->program->functions[number];
	char support[16], line[900], others[64];
	uint32_t hidden = 0;
	struct table t;

	snprintf(line, sizeof line,
	        "Function 0x%" PRIx64 ": %" PRIu32 " bytes, %" PRIu32 " blocks, %" PRIu32
	        " instructions; it tells %" PRIu32 " bits; %s; found in %" PRIu32 " of %" PRIu32 " families.",
	        p->va, p->size, p->block_count, p->insn_count, f->information, inq_standing_name(f->standing),
	        f->family_count, r->corpus->family_count);
	inq_put(out, "\n");
	paragraph_put(line, style, 0, out);
	if (!f->candidate_count) {
		paragraph_put("Nothing in the corpus is like it.", style, 0, out);
		return;
	}
	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (uint32_t i = 0; i < f->candidate_count; i++) {
		const struct inq_candidate *k = &r->search->candidates[f->candidate_first + i];
		struct inq_occurrence o;

		if (i && k->probability < UNLIKELY) {
			hidden++;
			continue;
		}
		candidate_cells(r, k, &t);
		table_cell(&t, milli_text(k->support, support));
		if (inq_corpus_occurrence(r->corpus, k->occurrence, &o))
			table_cellf(&t, "0x%" PRIx64, o.va);
		else
			table_cell(&t, NULL);
	}
	inq_put(out, "\n");
	table_put(&t, style, 0, out);
	if (hidden)
		inq_putf(out, "  and %s, below 1 %%\n", count_text(hidden, "other", "others", others));
}

void inq_report_search_text(const struct inq_report_search *r, const struct inq_report_search_view *view,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out)
{
	heading(r, style, out);
	if (view->function != INQ_NO_FUNCTION) {
		one_function(r, view->function, style, a, out);
		return;
	}
	verdict(r, style, out);
	families(r, view, style, a, out);
	libraries(r, style, a, out);
	coverage(r, style, out);
	functions(r, view, style, a, out);
}
