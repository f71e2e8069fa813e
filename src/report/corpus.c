#include "report/label.h"
#include "report/table.h"
#include <inquiry/finding.h>
#include <stdio.h>
#include <string.h>

/* Functions of a label's samples, each occurrence counted. */
static uint64_t occurrences(const struct inq_corpus *c, const struct inq_label *l)
{
	struct inq_sample s;
	uint64_t count = 0;

	for (uint32_t i = 0; i < l->sample_count; i++)
		if (inq_corpus_sample(c, l->sample_first + i, &s))
			count += s.occurrence_count;
	return count;
}

/* Whether attribute can use what was measured, which another method's is not. */
static void calibration_put(const struct inq_corpus *c, const struct inq_report_style *style,
        struct inq_arena *a, struct inq_sink *out)
{
	struct inq_calibration unused;
	struct inq_error why = { 0, "" };
	char line[300];

	if (!c->calibration.len)
		snprintf(line, sizeof line,
		        "not calibrated: attribute names no family until inquiry corpus calibrate has "
		        "measured it");
	else if (inq_calibration_read(c->calibration, c, a, &unused, &why) == INQ_OK)
		snprintf(line, sizeof line, "calibrated: attribute can weigh what it finds");
	else
		snprintf(line, sizeof line,
		        "to be calibrated again (%s): attribute names no family until then", why.text);
	paragraph_put(line, style, 2, out);
}

/* Samples of a label that have a day of their own, and the earliest of these days. */
static uint32_t published_samples(const struct inq_corpus *c, const struct inq_label *l, uint32_t *ret_first)
{
	struct inq_sample s;
	uint32_t count = 0, first = 0;

	for (uint32_t i = 0; i < l->sample_count; i++) {
		if (!inq_corpus_sample(c, l->sample_first + i, &s) || !s.published)
			continue;
		count++;
		if (!first || s.published < first)
			first = s.published;
	}
	*ret_first = first;
	return count;
}

/* "2014-04-07"; "3 from 2014-04-07" of samples that have days of their own. */
static const char *published_text(const struct inq_corpus *c, const struct inq_label *l, char text[64])
{
	uint32_t first, count = published_samples(c, l, &first);
	char of_label[16], of_samples[16];

	day_text(l->published, of_label);
	if (!count)
		return strcpy(text, of_label);
	snprintf(text, 64, "%s%s%u from %s", l->published ? of_label : "", l->published ? ", " : "", count,
	        day_text(first, of_samples));
	return text;
}

void inq_report_corpus_text(const char *name, const struct inq_corpus *c,
        const struct inq_report_style *style, struct inq_arena *a, struct inq_sink *out)
{
	static const struct table_column columns[] = { { "label", false, 12 }, { "kind", false, 0 },
		{ "samples", true, 0 }, { "functions", true, 0 }, { "published", false, 0 } };
	char hex[65], bytes[64], functions[64], occurrence[64], samples[64], line[500], day[64];
	struct inq_label l;
	struct table t;

	inq_hex(c->digest.byte, sizeof c->digest.byte, hex);
	paint_put(style, PAINT_BOLD, out);
	inq_put_inert(out, inq_bytes_of(name), 4096);
	paint_end(style, PAINT_BOLD, out);
	inq_put(out, "\n");
	snprintf(line, sizeof line, "corpus %s", hex);
	paragraph_put(line, style, 2, out);
	snprintf(line, sizeof line, "%s: %s, %s, %s", count_text(c->bytes.len, "byte", "bytes", bytes),
	        count_text(c->sample_count, "sample", "samples", samples),
	        count_text(c->function_count, "different function", "different functions", functions),
	        count_text(c->occurrence_count, "function in all", "functions in all", occurrence));
	paragraph_put(line, style, 2, out);
	calibration_put(c, style, a, out);
	if (c->family_count && c->label_count == c->family_count)
		paragraph_put("without library code (corpus add --common): what everybody links counts as "
		              "code of a family",
		        style, 2, out);
	table_init(&t, a, columns, sizeof columns / sizeof *columns);
	for (uint32_t i = 0; i < c->label_count; i++) {
		if (!inq_corpus_label(c, i, &l))
			continue;
		table_cell(&t, l.name);
		table_cell(&t, l.kind == INQ_LABEL_COMMON ? "common" : "family");
		table_number(&t, l.sample_count);
		table_number(&t, occurrences(c, &l));
		table_cell(&t, published_text(c, &l, day));
	}
	inq_put(out, "\n");
	table_put(&t, style, 2, out);
}

void inq_report_corpus_json(const char *name, const struct inq_corpus *c, struct inq_json *j)
{
	struct inq_label l;
	char hex[65], day[16];
	uint32_t dated, first;

	inq_hex(c->digest.byte, sizeof c->digest.byte, hex);
	inq_json_text(j, "file", name);
	inq_json_text(j, "digest", hex);
	inq_json_u64(j, "bytes", c->bytes.len);
	inq_json_u64(j, "features_version", c->features_version);
	inq_json_u64(j, "families", c->family_count);
	inq_json_u64(j, "libraries", c->label_count - c->family_count);
	inq_json_u64(j, "samples", c->sample_count);
	inq_json_u64(j, "functions", c->function_count);
	inq_json_u64(j, "occurrences", c->occurrence_count);
	inq_json_u64(j, "features", c->feature_count);
	inq_json_u64(j, "terms", c->term_count);
	inq_json_u64(j, "postings", c->posting_count);
	inq_json_bool(j, "calibrated", c->calibration.len != 0);
	inq_json_array(j, "labels");
	for (uint32_t i = 0; i < c->label_count; i++) {
		if (!inq_corpus_label(c, i, &l))
			continue;
		inq_json_row(j);
		inq_json_text(j, "label", l.name);
		inq_json_text(j, "kind", l.kind == INQ_LABEL_COMMON ? "common" : "family");
		inq_json_u64(j, "samples", l.sample_count);
		inq_json_u64(j, "functions", occurrences(c, &l));
		if (l.published)
			inq_json_text(j, "published", day_text(l.published, day));
		dated = published_samples(c, &l, &first);
		if (dated) {
			inq_json_u64(j, "published_samples", dated);
			inq_json_text(j, "first_published", day_text(first, day));
		}
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
}
