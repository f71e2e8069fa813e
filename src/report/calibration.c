/*
 * The error rates of a corpus: text, JSON and one SVG image without scripts,
 * whose numbers are integers in an inner scale, so that it has the same bytes
 * anywhere.
 */
#include "report/label.h"
#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *decades(int32_t log10, char ret[16])
{
	int32_t size = log10 < 0 ? -log10 : log10;

	snprintf(ret, 16, "%s%d.%02d", log10 < 0 ? "-" : "+", size / 1000, size % 1000 / 10);
	return ret;
}

static void INQ_PRINTF(4, 5)
        say(const struct inq_report_style *style, struct inq_sink *out, unsigned indent, const char *fmt, ...)
{
	char line[1200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	paragraph_put(line, style, indent, out);
}

static void measure_text(const struct inq_measure *m, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column words[] = { { "said of a family", false, 20 }, { "times", true, 0 },
		{ "wrongly", true, 0 } };
	static const struct table_column sizes[] = { { "programs left in the family", false, 20 },
		{ "trials", true, 0 }, { "named", true, 0 }, { "rightly", true, 0 },
		{ "rightly of named", true, 0 } };
	static const struct table_column bins[] = { { "log10 LR", false, 0 }, { "right", true, 0 },
		{ "wrong", true, 0 } };
	char programs[64], share[16], from[16], to[16];
	struct table t;

	inq_put(out, "\n");
	paint_put(style, PAINT_BOLD, out);
	inq_putf(out, "%s at a time", count_text(m->exhibits, "program", "programs", programs));
	paint_end(style, PAINT_BOLD, out);
	inq_put(out, "\n");
	say(style, out, 2,
	        "%" PRIu32 " trials whose family was there, %" PRIu32
	        " whose family was left out, of %" PRIu32 " families. Cllr %u.%03u (0 is perfect, 1 says "
	        "nothing); with the best possible scale %u.%03u.",
	        m->right, m->wrong, m->families, m->cllr / 1000, m->cllr % 1000, m->cllr_least / 1000,
	        m->cllr_least % 1000);
	say(style, out, 2,
	        "A family was named in %s of the trials whose family was there, rightly in %s of these; and "
	        "in %" PRIu32 " of %" PRIu32 " (%s) whose family was left out.",
	        share_text(m->named, m->right, share), share_text(m->named_rightly, m->named, from),
	        m->named_absent, m->wrong, share_text(m->named_absent, m->wrong, to));
	table_init(&t, a, words, 3);
	for (unsigned i = 0; i < INQ_SUPPORT_COUNT; i++) {
		if (!m->said[i])
			continue;
		table_cell(&t, inq_support_name((enum inq_support)i));
		table_number(&t, m->said[i]);
		table_number(&t, m->said_wrongly[i]);
	}
	table_put(&t, style, 2, out);
	table_init(&t, a, sizes, 5);
	for (unsigned i = 0; i < INQ_MEASURE_SIZES; i++) {
		if (!m->sizes[i].trials)
			continue;
		table_cellf(&t, "%" PRIu32 "%s", m->sizes[i].least,
		        i + 1 == INQ_MEASURE_SIZES ? " and more" : "");
		if (i + 1 < INQ_MEASURE_SIZES && m->sizes[i + 1].least - 1 > m->sizes[i].least) {
			t.cell_count--;
			table_cellf(
			        &t, "%" PRIu32 " to %" PRIu32, m->sizes[i].least, m->sizes[i + 1].least - 1);
		}
		table_number(&t, m->sizes[i].trials);
		table_number(&t, m->sizes[i].named);
		table_number(&t, m->sizes[i].named_rightly);
		table_cell(&t, share_text(m->sizes[i].named_rightly, m->sizes[i].named, share));
	}
	table_put(&t, style, 2, out);
	table_init(&t, a, bins, 3);
	for (unsigned i = 0; i < INQ_MEASURE_BINS; i++) {
		if (!m->bins[i].right && !m->bins[i].wrong)
			continue;
		table_cellf(&t, "%s to %s", decades(m->bins[i].from, from), decades(m->bins[i].to, to));
		table_number(&t, m->bins[i].right);
		table_number(&t, m->bins[i].wrong);
	}
	table_put(&t, style, 2, out);
}

void inq_report_calibration_text(const struct inq_report_calibration *r, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	paint_put(style, PAINT_BOLD, out);
	inq_put_inert(out, inq_bytes_of(r->corpus_name), 4096);
	paint_end(style, PAINT_BOLD, out);
	inq_put(out, "\n");
	say(style, out, 2,
	        "Each program was searched in the corpus without its version (where its family has several; "
	        "else without itself), and once more without its family. Each trial is judged by the other "
	        "families' trials alone.");
	for (size_t i = 0; i < r->measure_count; i++)
		if (r->measures[i].right || r->measures[i].wrong)
			measure_text(&r->measures[i], style, a, out);
}

void rates_json(const struct inq_measure *m, struct inq_json *j)
{
	inq_json_u64(j, "right", m->right);
	inq_json_u64(j, "wrong", m->wrong);
	inq_json_milli(j, "cllr", m->cllr);
	inq_json_milli(j, "cllr_least", m->cllr_least);
	inq_json_u64(j, "named", m->named);
	inq_json_u64(j, "named_rightly", m->named_rightly);
	inq_json_u64(j, "named_absent", m->named_absent);
	inq_json_array(j, "words");
	for (unsigned i = 0; i < INQ_SUPPORT_COUNT; i++) {
		inq_json_row(j);
		inq_json_text(j, "support", inq_support_name((enum inq_support)i));
		inq_json_u64(j, "said", m->said[i]);
		inq_json_u64(j, "wrongly", m->said_wrongly[i]);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_array(j, "bins");
	for (unsigned i = 0; i < INQ_MEASURE_BINS; i++) {
		inq_json_row(j);
		inq_json_milli(j, "from", m->bins[i].from);
		inq_json_milli(j, "to", m->bins[i].to);
		inq_json_u64(j, "right", m->bins[i].right);
		inq_json_u64(j, "wrong", m->bins[i].wrong);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}

static void measure_json(const struct inq_measure *m, struct inq_json *j)
{
	inq_json_object(j, NULL);
	inq_json_u64(j, "exhibits", m->exhibits);
	inq_json_u64(j, "families", m->families);
	rates_json(m, j);
	inq_json_array(j, "sizes");
	for (unsigned i = 0; i < INQ_MEASURE_SIZES; i++) {
		inq_json_row(j);
		inq_json_u64(j, "programs", m->sizes[i].least);
		inq_json_u64(j, "trials", m->sizes[i].trials);
		inq_json_u64(j, "named", m->sizes[i].named);
		inq_json_u64(j, "named_rightly", m->sizes[i].named_rightly);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_array(j, "abstention");
	for (uint32_t i = 0; i < m->point_count; i++) {
		inq_json_row(j);
		inq_json_i64(j, "score", m->points[i].score);
		inq_json_u64(j, "known", m->points[i].known);
		inq_json_u64(j, "known_right", m->points[i].known_right);
		inq_json_u64(j, "unknown", m->points[i].unknown);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_end_object(j);
}

void inq_report_calibration_json(const struct inq_report_calibration *r, struct inq_json *j)
{
	inq_json_text(j, "corpus", r->corpus_name);
	sha256_json(j, "measured", &r->calibration->corpus);
	sha256_json(j, "model", &r->calibration->model);
	inq_json_u64(j, "method", r->calibration->method);
	inq_json_array(j, "measures");
	for (size_t i = 0; i < r->measure_count; i++)
		measure_json(&r->measures[i], j);
	inq_json_end_array(j);
	inq_json_array(j, "trials");
	for (uint32_t i = 0; i < r->calibration->trial_count; i++) {
		const struct inq_trial *t = &r->calibration->trials[i];

		inq_json_row(j);
		inq_json_text(j, "family", label_name(r->corpus, t->label));
		inq_json_text(j, "sample", sample_name(r->corpus, t->sample));
		inq_json_u64(j, "exhibits", t->exhibits);
		inq_json_bool(j, "by_version", t->by_version);
		inq_json_u64(j, "siblings", t->siblings);
		inq_json_u64(j, "left", t->left);
		inq_json_i64(j, "right", t->right);
		inq_json_i64(j, "beaten", t->beaten);
		if (t->beaten_label != INQ_NO_LABEL)
			inq_json_text(j, "beaten_family", label_name(r->corpus, t->beaten_label));
		inq_json_i64(j, "absent", t->absent);
		if (t->absent_label != INQ_NO_LABEL)
			inq_json_text(j, "absent_family", label_name(r->corpus, t->absent_label));
		if (t->exhibits == 1) {
			inq_json_bool(j, "one_piece", t->one_piece);
			inq_json_i64(j, "planted", t->planted);
			inq_json_bool(j, "planted_one_piece", t->planted_one_piece);
		}
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}
