/*
 * A finding for people. First what may be said and what not, then what anyone
 * could have had, then the propositions, and last how much hangs on what.
 */
#include "report/label.h"
#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FAMILIES_SHOWN = 12, PIECES_SHOWN = 8, LANGUAGES_TEXT = 32 };

struct page {
	const struct inq_report_finding *r;
	const struct inq_finding *f;
	const struct inq_report_style *style;
	struct inq_arena *a;
	struct inq_sink *out;
};

/* "+1.23" of thousandths of a decade. */
static const char *decades(int32_t log10, char ret[16])
{
	int32_t hundredths = (log10 + (log10 < 0 ? -5 : 5)) / 10;
	int32_t size = hundredths < 0 ? -hundredths : hundredths;

	snprintf(ret, 16, "%s%d.%02d", hundredths < 0 ? "-" : "+", size / 100, size % 100);
	return ret;
}

static const char *ratio_text(const struct inq_ratio *r, char ret[64])
{
	char point[16], least[16], most[16];

	snprintf(ret, 64, "%s (%s to %s)", decades(r->log10, point), decades(r->least, least),
	        decades(r->most, most));
	return ret;
}

static void INQ_PRINTF(3, 4) say(const struct page *p, unsigned indent, const char *fmt, ...)
{
	char line[1600];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	paragraph_put(line, p->style, indent, p->out);
}

static void heading(const struct page *p, const char *text)
{
	inq_put(p->out, "\n");
	paint_put(p->style, PAINT_BOLD, p->out);
	inq_put(p->out, text);
	paint_end(p->style, PAINT_BOLD, p->out);
	inq_put(p->out, "\n");
}

static const char *family_name(const struct page *p, uint32_t label)
{
	return label_name(p->r->corpus, label);
}

/* Which side of 1 a ratio is on, in the words of the scale. */
static const char *support_text(const struct inq_ratio *r, char ret[96])
{
	enum inq_support s = inq_ratio_support(r);

	if (s == INQ_SUPPORT_NONE)
		return "no support for either";
	snprintf(ret, 96, "%s for %s", inq_support_name(s), r->least > 0 ? "it" : "H_none against it");
	return ret;
}

static void conclusion(const struct page *p)
{
	const struct inq_finding *f = p->f;
	char words[96], ratio[64];

	paint_put(p->style, PAINT_BOLD, p->out);
	switch (f->conclusion) {
	case INQ_CONCLUSION_INSUFFICIENT:
		say(p, 0, "Insufficient grounds: no family is named.");
		break;
	case INQ_CONCLUSION_NONE:
		say(p, 0, "None of the families of this corpus: %s.",
		        inq_support_name(inq_ratio_support(&f->none)));
		break;
	case INQ_CONCLUSION_FAMILY:
	case INQ_CONCLUSION_SEVERAL:
		for (uint32_t i = 0; i < f->family_count; i++) {
			const struct inq_finding_family *y = &f->families[i];

			if (!y->named)
				continue;
			say(p, 0,
			        "%s code that is not generally available and that the makers of %.255s had: "
			        "%s; log10 LR %s.%s%s",
			        i                      ? "Also holds"
			        : f->exhibit_count > 1 ? "They hold"
			                               : "It holds",
			        family_name(p, y->label), support_text(&y->ratio, words),
			        ratio_text(&y->ratio, ratio),
			        y->one_piece ? " It lies in one piece: shared tooling or planting would look "
			                       "the same, so this alone is no authorship."
			                     : "",
			        y->one_program
			                ? " One of that family's programs alone has nearly all of it: a "
			                  "library inside "
			                  "that one would look the same, so this alone is no authorship."
			                : "");
		}
		break;
	}
	paint_end(p->style, PAINT_BOLD, p->out);
	say(p, 0, "A family is not a culprit: nothing here says who a person or a state is.");
}

/* The accused's first question. */
static void published(const struct page *p)
{
	const struct inq_finding *f = p->f;
	char day[16], count[64];
	bool any = false;

	heading(p, "Could anyone have had this code?");
	for (uint32_t i = 0; i < f->family_count; i++) {
		const struct inq_finding_family *y = &f->families[i];

		if (!y->published)
			continue;
		any = true;
		say(p, 2, "Yes: %s found in %.255s had been published %s, and count nothing.",
		        count_text(y->published, "function", "functions", count), family_name(p, y->label),
		        f->day ? "before that day" : "one day, and no day of the exhibits is given (--date)");
	}
	if (any)
		return;
	if (f->published_families)
		say(p, 2,
		        "Not what counts below. Code of %s is known to have been published; none of what is "
		        "counted is of it%s%s.",
		        count_text(f->published_families, "family", "families", count),
		        f->day ? " before " : "", f->day ? day_text(f->day, day) : "");
	else
		say(p, 2,
		        "Not that this corpus knows: no family's code is marked as published (--published).");
}

static void exhibits(const struct page *p)
{
	static const struct table_column columns[] = { { "exhibit", false, 10 }, { "functions", true, 0 },
		{ "small", true, 0 }, { "library", true, 0 }, { "public", true, 0 }, { "several", true, 0 },
		{ "one", true, 0 }, { "none", true, 0 } };
	struct table t;
	char words[96], ratio[64];

	heading(p, "Exhibits");
	table_init(&t, p->a, columns, sizeof columns / sizeof *columns);
	for (uint32_t i = 0; i < p->f->exhibit_count; i++) {
		const struct inq_finding_exhibit *x = &p->f->exhibits[i];

		table_cell(&t, x->evidence->label);
		table_number(&t, x->evidence->function_count);
		table_number(&t, x->evidence->standing[INQ_STANDING_SMALL]);
		table_number(&t, x->what[1]);
		table_number(&t, x->what[2]);
		table_number(&t, x->what[3]);
		table_number(&t, x->what[4]);
		table_number(&t, x->what[0]);
	}
	table_put(&t, p->style, 2, p->out);
	say(p, 2,
	        "public: published before; several, one, none: found in so many families. Only those in one "
	        "count. Looked for by code alone, as search --content-only does: no string, datum or name "
	        "counts.");
	for (uint32_t i = 0; i < p->f->exhibit_count; i++) {
		const struct inq_finding_exhibit *x = &p->f->exhibits[i];

		if (x->alone_label != INQ_NO_LABEL)
			say(p, 2, "%.255s by itself: %.255s, %s, log10 LR %s%s.", x->evidence->label,
			        family_name(p, x->alone_label), support_text(&x->alone, words),
			        ratio_text(&x->alone, ratio), x->alone_named ? "; it would be named" : "");
		if (x->known_label != INQ_NO_LABEL)
			say(p, 2,
			        "%.255s: the corpus holds this very file under %.255s. What it shares with "
			        "itself "
			        "says nothing, and it is left out.",
			        x->evidence->label, family_name(p, x->known_label));
	}
}

/* "C++", "C++ and Go"; "" for what needs no word. */
static const char *languages_text(uint32_t languages, char ret[LANGUAGES_TEXT])
{
	ret[0] = 0;
	for (unsigned i = 0; i < 3; i++) {
		const char *name = inq_language_name(languages & (uint32_t)INQ_PROGRAM_CXX << i);

		if (!name)
			continue;
		if (ret[0])
			strcat(ret, " and ");
		strcat(ret, name);
	}
	return ret;
}

static void lacks(const struct page *p)
{
	const struct inq_finding *f = p->f;
	char a[64], b[64], words[LANGUAGES_TEXT];

	if (f->conclusion != INQ_CONCLUSION_INSUFFICIENT)
		return;
	heading(p, "What is missing");
	if (f->lacks[INQ_LACK_KNOWN])
		say(p, 2, "- an exhibit that the corpus does not hold itself");
	if (f->lacks[INQ_LACK_UNCALIBRATED])
		say(p, 2,
		        "- a calibration of this corpus by this program: nobody has measured how often it "
		        "errs "
		        "(inquiry corpus calibrate)");
	if (f->lacks[INQ_LACK_TRIALS])
		say(p, 2,
		        "- a larger corpus: %s of right and %s of wrong families%s%s cannot support a ratio "
		        "of "
		        "ten",
		        count_text(f->trials_right, "trial", "trials", a),
		        count_text(f->trials_wrong, "trial", "trials", b), f->languages ? " in " : "",
		        languages_text(f->languages, words));
	if (f->lacks[INQ_LACK_PACKED])
		say(p, 2, "- the code: it is packed, or for a machine this build does not read");
	if (f->lacks[INQ_LACK_CUT])
		say(p, 2, "- the rest of it: a limit of the analysis was hit");
	if (f->lacks[INQ_LACK_CODE])
		say(p, 2,
		        "- code: of %s, fewer than three are left once small, library and published ones are "
		        "out",
		        count_text(f->functions, "function", "functions", a));
	if (f->lacks[INQ_LACK_PUBLISHED])
		say(p, 2, "- code that not anyone could have had");
	if (f->lacks[INQ_LACK_DATE])
		say(p, 2, "- the day by which the exhibits existed (--date)");
	if (f->lacks[INQ_LACK_EVIDENCE])
		say(p, 2,
		        "- evidence: %s shared with one family alone, which is no more than programs of "
		        "other "
		        "makers have too often",
		        count_text(f->distinctive, "function", "functions", a));
}

static void propositions(const struct page *p)
{
	const struct inq_finding *f = p->f;
	static const struct table_column columns[] = { { "family F", false, 10 }, { "functions", true, 0 },
		{ "pieces", true, 0 }, { "log10 LR", false, 0 }, { "words", false, 10 },
		{ "with prior", false, 10 } };
	struct table t;
	char text[96], count[64], words[LANGUAGES_TEXT];

	heading(p, "Propositions");
	say(p, 2,
	        "H_F: these programs contain code that is not generally available and that family F's makers "
	        "had.");
	say(p, 2, "H_none: their code comes from none of the %s in this corpus.",
	        count_text(f->families_of_corpus, "family", "families", count));
	say(p, 2, "H_planted: the likeness to F was put there to be found.");
	inq_put(p->out, "\n");
	if (!f->family_count) {
		say(p, 2, "No function counts for any family.");
	} else {
		table_init(&t, p->a, columns, sizeof columns / sizeof *columns);
		for (uint32_t i = 0; i < f->family_count && i < FAMILIES_SHOWN; i++) {
			const struct inq_finding_family *y = &f->families[i];

			table_paint(&t, y->named ? PAINT_BOLD : PAINT_NONE);
			table_cell(&t, family_name(p, y->label));
			table_number(&t, y->functions);
			table_number(&t, y->piece_count);
			table_cell(&t, f->calibrated ? ratio_text(&y->ratio, text) : "");
			table_cell(&t, f->calibrated ? support_text(&y->ratio, text) : "not calibrated");
			if (y->posterior != UINT32_MAX)
				table_cellf(&t, "%u.%02u %%: %s", y->posterior / 100, y->posterior % 100,
				        inq_likelihood_name(y->posterior));
			else
				table_cell(&t, "");
		}
		table_put(&t, p->style, 2, p->out);
		if (f->family_count > FAMILIES_SHOWN)
			say(p, 2, "and %s more",
			        count_text(f->family_count - FAMILIES_SHOWN, "family", "families", count));
	}
	if (!f->calibrated)
		return;
	inq_put(p->out, "\n");
	say(p, 2,
	        "A ratio compares H_F with H_none, as the logarithm to base 10 with the bounds of 95 in a "
	        "hundred; the words are for the bound nearest to 1. It rests on %" PRIu32
	        " trials with a known family and %" PRIu32 " with an absent one, of %" PRIu32
	        " families, %" PRIu32 " programs at a time%s%s, and cannot pass %s.",
	        f->trials_right, f->trials_wrong, f->trial_families, f->trial_exhibits,
	        f->languages ? ", in " : "", languages_text(f->languages, words),
	        decades(f->bound.most, text));
	if (f->prior)
		say(p, 2,
		        "With your prior of %u.%02u %% that it is one of these families, evenly among them, "
		        "H_none has %u.%02u %%: %s.",
		        f->prior / 100, f->prior % 100, f->posterior_none / 100, f->posterior_none % 100,
		        inq_likelihood_name(f->posterior_none));
}

/* That its code was put in, against its being their own. */
static void planted_ratio(const struct page *p, const struct inq_finding_family *y)
{
	const struct inq_ratio *r = &y->planted;
	enum inq_support s = inq_ratio_support(r);
	char ratio[64], words[96];

	if (s == INQ_SUPPORT_NONE)
		snprintf(words, sizeof words, "no support for either");
	else
		snprintf(words, sizeof words, "%s for %s", inq_support_name(s),
		        r->least > 0 ? "it" : "H_F against it");
	say(p, 2,
	        "%.255s: that its code was put in as one block, against H_F: log10 LR %s, %s. It %s. The "
	        "same "
	        "is "
	        "seen in %" PRIu32 " of %" PRIu32
	        " trials with a block of another family put in, and in %" PRIu32 " of %" PRIu32 " with none.",
	        family_name(p, y->label), ratio_text(r, ratio), words,
	        y->one_piece ? "lies in one piece, apart from the rest"
	                     : "does not lie in one piece apart from the rest",
	        r->right, p->f->planted_trials, r->wrong, p->f->genuine_trials);
}

static void planted(const struct page *p)
{
	const struct inq_finding *f = p->f;
	bool any = false;

	heading(p, "H_planted");
	for (uint32_t i = 0; i < f->family_count; i++) {
		if (f->families[i].planted_weighed)
			planted_ratio(p, &f->families[i]);
		any |= f->families[i].planted_weighed;
	}
	for (uint32_t i = 0; i < f->sign_count; i++) {
		const struct inq_finding_sign *s = &f->signs[i];

		if (s->sign == INQ_SIGN_SEVERAL)
			say(p, 2, "- %s", s->text);
		else
			say(p, 2, "- %.255s: %s", f->exhibits[s->exhibit].evidence->label, s->text);
	}
	if (!f->sign_count)
		say(p, 2, "Nothing speaks for it that this program looks at.");
	say(p, 2,
	        "%s What anyone can write into a file (Rich header, time stamps, languages, paths, strings) "
	        "counts "
	        "nothing for any family above.",
	        any ? "Code that was put in function by function, among the program's own, lies as genuine "
	              "code "
	              "does: for that there is no ratio."
	            : "It has no ratio: trials are of single programs in which a family is named.");
}

static void sensitivity(const struct page *p)
{
	const struct inq_finding *f = p->f;
	const struct inq_finding_family *y = f->families;
	static const struct table_column columns[] = { { "piece", false, 0 }, { "exhibit", false, 8 },
		{ "functions", true, 0 }, { "bytes", true, 0 }, { "bits", true, 0 },
		{ "found in", false, 10 }, { "log10 LR without", false, 16 } };
	struct table t;
	char text[96], words[96];

	if (!f->family_count || !y->piece_count)
		return;
	heading(p, "What would change this");
	say(p, 2,
	        "The first place, %.255s, leans on these pieces: functions that call each other or lie "
	        "together count as one.%s",
	        family_name(p, y->label),
	        f->calibrated ? " The ratio without it is given for those that weigh most." : "");
	table_init(&t, p->a, columns, sizeof columns / sizeof *columns);
	for (uint32_t i = 0; i < y->piece_count && i < PIECES_SHOWN; i++) {
		const struct inq_finding_piece *e = &y->pieces[i];

		/* All of it is code that another piece has, too: it weighs nothing. */
		if (!e->functions)
			continue;
		table_cellf(&t, "0x%" PRIx64, e->va);
		table_cell(&t, f->exhibit_count > 1 ? f->exhibits[e->exhibit].evidence->label : "");
		table_number(&t, e->functions);
		table_number(&t, e->bytes);
		table_number(&t, e->bits);
		table_cell(&t, sample_name(p->r->corpus, e->sample));
		table_cell(&t, e->weighed ? ratio_text(&e->without, text) : "");
	}
	table_put(&t, p->style, 2, p->out);
	for (uint32_t i = 0; i < f->exhibit_count; i++) {
		const struct inq_finding_exhibit *x = &f->exhibits[i];

		if (x->weighed)
			say(p, 2, "Without %.255s: %s, %s.", x->evidence->label,
			        ratio_text(&x->without, text), support_text(&x->without, words));
	}
	if (f->repeated)
		say(p, 2, "%" PRIu32 " more functions are code that is counted already, and count once.",
		        f->repeated);
	if (f->left_out)
		say(p, 2, "%" PRIu32 " functions are left out as you asked (--without).", f->left_out);
}

static void provenance(const struct page *p)
{
	const struct inq_finding *f = p->f;
	char hex[65], day[16];

	heading(p, "Made from");
	say(p, 2, "%s, method %d", p->r->program, INQ_FINDING_METHOD);
	inq_hex(f->corpus.byte, sizeof f->corpus.byte, hex);
	say(p, 2, "corpus %s (%.255s)", hex, p->r->corpus_name);
	if (f->calibrated) {
		inq_hex(f->calibration.byte, sizeof f->calibration.byte, hex);
		say(p, 2, "calibration %s", hex);
	}
	inq_hex(f->model.byte, sizeof f->model.byte, hex);
	say(p, 2, "model %s", hex);
	for (uint32_t i = 0; i < f->exhibit_count; i++) {
		inq_hex(f->exhibits[i].evidence->sha256.byte, sizeof f->exhibits[i].evidence->sha256.byte,
		        hex);
		say(p, 2, "exhibit %s", hex);
	}
	if (f->day)
		say(p, 2, "the exhibits existed on %s", day_text(f->day, day));
}

void inq_report_finding_text(const struct inq_report_finding *r, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	const struct page p = { r, r->finding, style, a, out };

	conclusion(&p);
	published(&p);
	lacks(&p);
	exhibits(&p);
	propositions(&p);
	planted(&p);
	sensitivity(&p);
	provenance(&p);
}
