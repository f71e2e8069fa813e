/*
 * Reports: what a stage found, as text for people at a given width and as JSON
 * for programs (formats/). Nothing is computed here that a stage did not find,
 * and everything that comes out of a sample is written inertly.
 *
 * All calls write to a sink; whether it took everything, inq_sink_flush says.
 */
#ifndef INQUIRY_REPORT_H
#define INQUIRY_REPORT_H

#include <inquiry/code.h>
#include <inquiry/finding.h>
#include <inquiry/json.h>
#include <inquiry/match.h>
#include <inquiry/observation.h>

struct inq_report_style {
	unsigned columns; /* lines stay within, down to 40 */
	bool colour; /* with terminal colours */
};

/*
 * The functions as tab-separated lines: start (0x…), size in bytes, blocks,
 * name (empty where it has none).
 */
void inq_report_functions(const struct inq_code *c, struct inq_sink *out);

/* The strings as tab-separated lines: address (0x…, or +0x… in the file where it is not mapped), kind, text. */
void inq_report_strings(const struct inq_observation *o, struct inq_sink *out);

/* One exhibit and all that was found in it. All is borrowed. */
struct inq_report_examination {
	const char *label; /* what was examined, as the user knows it */
	const struct inq_exhibit *exhibit;
	const struct inq_code *code;
	const struct inq_observation *observation;
};

/*
 * What it is, for people; the long tables are cut unless `all`. Scratch memory
 * comes from `a`; where it runs out the text says that rows are missing.
 */
void inq_report_examination_text(const struct inq_report_examination *r, bool all,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out);

/* Everything, as members of the object open in `j` (formats/examination.md). */
void inq_report_examination_json(
        const struct inq_report_examination *r, struct inq_arena *a, struct inq_json *j);

/* A search and what it was made on. All is borrowed. */
struct inq_report_search {
	const char *label; /* what was searched, as the user knows it */
	const char *corpus_name;
	const struct inq_program *program;
	const struct inq_corpus *corpus;
	const struct inq_search *search;
	uint64_t base_va; /* of the exhibit: where it is loaded by its own account */
};

/* How much of it the text shows; JSON has everything. */
struct inq_report_search_view {
	bool all; /* every function, by address; else the weightiest */
	uint32_t top; /* so many functions, and families; 0: as many as are worth it */
	uint32_t function; /* only this one of the program, with all its candidates; INQ_NO_FUNCTION: all */
};

/*
 * The families whose code the program shares, the library code taken out, the
 * coverage, the functions. Scratch memory comes from `a`; where it runs out
 * the text says that rows are missing.
 */
void inq_report_search_text(const struct inq_report_search *r, const struct inq_report_search_view *view,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out);

/* The same as members of the object open in `j` (formats/search.md). */
void inq_report_search_json(
        const struct inq_report_search *r, const struct inq_report_search_view *view, struct inq_json *j);

/* Two programs and the comparison made on them. All is borrowed. */
struct inq_report_comparison {
	const char *label_a, *label_b;
	const struct inq_program *a, *b;
	const struct inq_comparison *comparison;
};

/* `top`: so many lines of each table; 0: all. */
void inq_report_comparison_text(const struct inq_report_comparison *r, uint32_t top,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out);
/* Members of the object open in `j` (formats/comparison.md). */
void inq_report_comparison_json(const struct inq_report_comparison *r, struct inq_json *j);

/* Two functions side by side. */
struct inq_report_alignment {
	const char *label_a, *label_b;
	const struct inq_code *code_a, *code_b;
	const struct inq_function *function_a, *function_b;
	const struct inq_alignment *alignment;
};

void inq_report_alignment_text(
        const struct inq_report_alignment *r, const struct inq_report_style *style, struct inq_sink *out);
/* Members of the object open in `j` (formats/comparison.md). */
void inq_report_alignment_json(const struct inq_report_alignment *r, struct inq_json *j);

/* A corpus: its labels, how much they hold. */
void inq_report_corpus_text(const char *name, const struct inq_corpus *c,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out);
void inq_report_corpus_json(const char *name, const struct inq_corpus *c, struct inq_json *j);

/* A finding and the corpus it was made on. All is borrowed. */
struct inq_report_finding {
	const char *program; /* name and version of what made it */
	const char *corpus_name;
	const struct inq_corpus *corpus;
	const struct inq_finding *finding;
	const struct inq_measure *measure; /* for as many exhibits at a time as it rests on; NULL: none */
};

/* The propositions, what speaks for each, what is missing, what would change it. */
void inq_report_finding_text(const struct inq_report_finding *r, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out);
/* Members of the object open in `j` (formats/finding.md). */
void inq_report_finding_json(const struct inq_report_finding *r, struct inq_json *j);

/* The error rates of a corpus, one measure for each number of exhibits that was tried. All is borrowed. */
struct inq_report_calibration {
	const char *corpus_name;
	const struct inq_corpus *corpus;
	const struct inq_calibration *calibration;
	const struct inq_measure *measures;
	size_t measure_count;
};

void inq_report_calibration_text(const struct inq_report_calibration *r, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out);
/* Members of the object open in `j` (formats/calibration.md). */
void inq_report_calibration_json(const struct inq_report_calibration *r, struct inq_json *j);
/* One SVG image: reliability, abstention, scores of right and wrong families. */
void inq_report_calibration_svg(const struct inq_report_calibration *r, struct inq_sink *out);

#endif
