/* What verify found, as text and as JSON (formats/case.md). */
#include "cli/batch.h"
#include "cli/verify.h"
#include "cli/view.h"
#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LEVELS = 5 };

static const char *const level_names[LEVELS] = { "bytes and roots", "signatures", "citations and custody",
	"the analysis run again", "conclusions" };

static bool failed_at(const struct cli_verified *v, unsigned level)
{
	for (size_t i = 0; i < v->record->failure_count; i++)
		if (v->record->failures[i].level == level)
			return true;
	for (size_t i = 0; i < v->repeated.difference_total && i < CLI_DIFFERENCES_MOST; i++)
		if (v->repeated.differences[i].level == level)
			return true;
	return false;
}

static const char *word_of(const struct cli_verified *v, unsigned level)
{
	if ((int)level > v->asked)
		return "not asked for";
	if (failed_at(v, level))
		return "FAILS";
	if ((int)level <= v->level)
		return "holds";
	return level > 2 && v->level >= 2 ? "not all of it was compared" : "not reached";
}

static void levels_put(const struct cli_verified *v, struct inq_sink *out)
{
	const struct cli_repeated *r = &v->repeated;

	for (unsigned level = 0; level < LEVELS; level++) {
		const char *word = word_of(v, level);
		enum paint paint = strcmp(word, "FAILS") == 0   ? PAINT_RED
		                   : strcmp(word, "holds") == 0 ? PAINT_GREEN
		                                                : PAINT_DIM;

		inq_putf(out, "V%u  %-24s", level, level_names[level]);
		paint_put(&v->cli->style, paint, out);
		inq_put(out, word);
		paint_end(&v->cli->style, paint, out);
		if (level == 3 && r->asked)
			inq_putf(out, ", %" PRIu64 " of %" PRIu64 " the same bytes", r->reproduced,
			        r->results);
		if (level == 4 && r->asked && !r->conclusions)
			inq_put(out, ", there are none");
		else if (level == 4 && r->asked)
			inq_putf(out, ", %" PRIu64 " of %" PRIu64 " the same bytes", r->conclusions_same,
			        r->conclusions);
		inq_put(out, "\n");
	}
}

static const char *const report_words[] = { [CLI_REPORT_SAME] = "same",
	[CLI_REPORT_DIFFERS] = "differs",
	[CLI_REPORT_OTHER_PROGRAM] = "other-program",
	[CLI_REPORT_NOT_LOOKED_AT] = "not-looked-at" };

static void report_put(const struct cli_verified *v, struct inq_sink *out)
{
	static const char *const says[] = {
		[CLI_REPORT_SAME] = "what this program makes of the record and the alignments, byte for byte",
		[CLI_REPORT_DIFFERS] = "FAILS",
		[CLI_REPORT_OTHER_PROGRAM] =
		        "of another program, or version of it: not compared; inquiry report "
		        "makes one to read instead",
		[CLI_REPORT_NOT_LOOKED_AT] = "not compared",
	};

	if (v->report == CLI_REPORT_NONE)
		return;
	inq_putf(out, "%-28s", INQ_CASE_REPORT);
	paint_put(&v->cli->style,
	        v->report == CLI_REPORT_SAME      ? PAINT_GREEN
	        : v->report == CLI_REPORT_DIFFERS ? PAINT_RED
	                                          : PAINT_DIM,
	        out);
	inq_put(out, says[v->report]);
	paint_end(&v->cli->style, PAINT_DIM, out);
	inq_put(out, "\n");
}

static void forks_put(const struct cli_verified *v, struct inq_sink *out)
{
	for (size_t i = 0; i < v->record->log_count; i++) {
		const struct inq_record_log *log = &v->record->logs[i];

		if (!log->forked)
			continue;
		inq_putf(out, "\n%s signed two histories%s: the first %" PRIu64 " of its entries count\n",
		        log->party, log->fork_revoked ? ", with a key that was revoked" : "", log->stands);
	}
}

static void absent_put(const struct cli_verified *v, struct inq_sink *out)
{
	if (v->record->absent_count)
		inq_put(out, "\n");
	for (size_t i = 0; i < v->record->absent_count; i++)
		inq_record_absent_put(out, v->record, &v->record->absent[i]);
}

static void logs_put(const struct cli_verified *v, struct inq_sink *out)
{
	static const struct table_column columns[] = {
		{ "party", false, 8 },
		{ "entries", true, 0 },
		{ "root", false, 0 },
		{ "keys", false, 0 },
		{ "countersigned by", false, 10 },
	};
	bool word = false;
	struct table t;

	table_init(&t, v->cli->arena, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < v->record->log_count; i++) {
		const struct inq_record_log *log = &v->record->logs[i];
		struct inq_memory_sink memory = { .arena = v->cli->arena };
		struct inq_sink cosigners;
		char root[CLI_SHORT];

		cli_short(&log->root, root);
		inq_sink_init(&cosigners, inq_memory_sink_write, &memory);
		for (size_t k = 0; k < log->cosigner_count; k++) {
			const struct inq_record_cosigner *c = &log->cosigners[k];

			inq_putf(&cosigners, "%s%s", k ? ", " : "", v->record->logs[c->party].party);
			if (c->size >= log->size)
				continue;
			inq_put(&cosigners, " (");
			inq_record_cosigner_put(&cosigners, log, c);
			inq_put(&cosigners, ")");
		}
		(void)!inq_sink_flush(&cosigners);
		word |= log->keys == INQ_KEYS_FROM_BUNDLE;
		table_cell(&t, log->party);
		table_number(&t, log->size);
		table_cell(&t, root);
		table_cell(&t, log->forked                       ? "FORKED"
		               : log->keys == INQ_KEYS_FROM_USER ? "as you say"
		                                                 : "its own word");
		table_cellf(&t, "%.*s", (int)memory.len, memory.at ? memory.at : "");
	}
	inq_put(out, "\n");
	table_put(&t, &v->cli->style, 0, out);
	forks_put(v, out);
	absent_put(v, out);
	if (word) {
		inq_put(out, "\n");
		paragraph_put("That these keys are the parties' is the record's own word: --key or --policy "
		              "names keys that you have from elsewhere.",
		        &v->cli->style, 0, out);
	}
}

static void failures_put(const struct cli_verified *v, struct inq_sink *out)
{
	const struct inq_record_result *record = v->record;

	if (record->failure_total || v->repeated.difference_total || v->report == CLI_REPORT_DIFFERS)
		inq_put(out, "\nFailures\n");
	if (v->report == CLI_REPORT_DIFFERS)
		inq_putf(out,
		        "    %s byte %" PRIu64
		        ": this is not what the record gives; inquiry report makes one to read "
		        "instead\n",
		        INQ_CASE_REPORT, v->report_at);
	for (size_t i = 0; i < record->failure_count; i++) {
		const struct inq_record_failure *f = &record->failures[i];

		inq_putf(out, "V%u ", f->level);
		if (f->party && f->index != INQ_NOWHERE)
			inq_putf(out, " %s/%" PRIu64, f->party, f->index);
		else if (f->party)
			inq_putf(out, " %s", f->party);
		if (f->file)
			inq_putf(out, " %s", f->file);
		if (f->at != INQ_NOWHERE)
			inq_putf(out, " byte %" PRIu64, f->at);
		inq_putf(out, ": %s", f->what);
		if (f->expected)
			inq_putf(out, "; expected %s", f->expected);
		if (f->found)
			inq_putf(out, "%s found %s", f->expected ? "," : ";", f->found);
		inq_put(out, "\n");
	}
	if (record->failure_total > record->failure_count)
		inq_putf(out, "and %" PRIu64 " more\n", record->failure_total - record->failure_count);
	for (size_t i = 0; i < v->repeated.difference_total && i < CLI_DIFFERENCES_MOST; i++) {
		const struct cli_difference *d = &v->repeated.differences[i];

		inq_putf(out,
		        "V%u  %s/%" PRIu64 " byte %" PRIu64
		        " of the result: the same program gives other bytes\n",
		        d->level, record->logs[d->entry->party].party, d->entry->index, d->at);
	}
	if (v->repeated.difference_total > CLI_DIFFERENCES_MOST)
		inq_putf(out, "and %" PRIu64 " more\n", v->repeated.difference_total - CLI_DIFFERENCES_MOST);
}

static void unchecked_put(const struct cli_verified *v, struct inq_sink *out)
{
	if (v->record->unchecked_count || v->repeated.skipped_count)
		inq_put(out, "\nNot checked\n");
	for (size_t i = 0; i < v->record->unchecked_count; i++)
		inq_putf(out, "    %" PRIu64 " %s\n", v->record->unchecked[i].count,
		        v->record->unchecked[i].what);
	for (size_t i = 0; i < v->repeated.skipped_count; i++)
		inq_putf(out, "    %" PRIu64 " %s\n", v->repeated.skipped[i].count,
		        v->repeated.skipped[i].what);
}

void cli_verified_text(const struct cli_verified *v, struct inq_sink *out)
{
	const struct inq_record_result *record = v->record;

	inq_putf(out, "case %s  ", *record->case_id ? record->case_id : "unnamed");
	if (record->title)
		inq_put_inert(out, inq_bytes_of(record->title), 120);
	inq_put(out, "\n\n");
	levels_put(v, out);
	report_put(v, out);
	logs_put(v, out);
	failures_put(v, out);
	unchecked_put(v, out);
}

static void failures_json(const struct cli_verified *v, struct inq_json *j)
{
	char name[INQ_CASE_NAME];

	inq_json_array(j, "failures");
	for (size_t i = 0; i < v->record->failure_count; i++) {
		const struct inq_record_failure *f = &v->record->failures[i];

		inq_json_object(j, NULL);
		inq_json_u64(j, "level", f->level);
		inq_json_text(j, "status", cli_status_name(f->status));
		if (f->party && f->index != INQ_NOWHERE) {
			snprintf(name, sizeof name, "%s/%" PRIu64, f->party, f->index);
			inq_json_text(j, "entry", name);
		} else if (f->party) {
			inq_json_text(j, "party", f->party);
		}
		if (f->file)
			inq_json_text(j, "file", f->file);
		if (f->at != INQ_NOWHERE)
			inq_json_u64(j, "at", f->at);
		inq_json_text(j, "what", f->what);
		if (f->expected)
			inq_json_text(j, "expected", f->expected);
		if (f->found)
			inq_json_text(j, "found", f->found);
		inq_json_end_object(j);
	}
	for (size_t i = 0; i < v->repeated.difference_total && i < CLI_DIFFERENCES_MOST; i++) {
		const struct cli_difference *d = &v->repeated.differences[i];

		snprintf(name, sizeof name, "%s/%" PRIu64, v->record->logs[d->entry->party].party,
		        d->entry->index);
		inq_json_object(j, NULL);
		inq_json_u64(j, "level", d->level);
		inq_json_text(j, "status", cli_status_name(INQ_TAMPERED));
		inq_json_text(j, "entry", name);
		inq_json_u64(j, "at", d->at);
		inq_json_text(j, "what", "the same program gives other bytes");
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_u64(j, "failure_total", v->record->failure_total + v->repeated.difference_total);
}

static void reasons_json(struct inq_json *j, const struct inq_record_unchecked *at, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		inq_json_object(j, NULL);
		inq_json_text(j, "what", at[i].what);
		inq_json_u64(j, "count", at[i].count);
		inq_json_end_object(j);
	}
}

void cli_verified_json(const struct cli_verified *v, struct inq_sink *out)
{
	const struct inq_record_result *record = v->record;
	struct inq_json j;

	inq_json_init(&j, out, true);
	inq_json_object(&j, NULL);
	inq_json_text(&j, "schema", "inquiry.verification/1");
	inq_json_text(&j, "program", CLI_PROGRAM);
	inq_json_text(&j, "case", record->case_id);
	inq_json_text(&j, "title", record->title);
	inq_json_i64(&j, "level", v->level);
	inq_json_i64(&j, "asked", v->asked);
	inq_json_u64(&j, "entries", record->entry_count);
	inq_json_u64(&j, "objects", record->objects);
	inq_json_u64(&j, "objects_checked", record->objects_checked);
	cli_logs_json(record, &j);
	failures_json(v, &j);
	inq_json_array(&j, "unchecked");
	reasons_json(&j, record->unchecked, record->unchecked_count);
	reasons_json(&j, v->repeated.skipped, v->repeated.skipped_count);
	inq_json_end_array(&j);
	if (v->report != CLI_REPORT_NONE)
		inq_json_text(&j, "report", report_words[v->report]);
	if (v->report == CLI_REPORT_DIFFERS)
		inq_json_u64(&j, "report_at", v->report_at);
	if (v->repeated.asked) {
		inq_json_object(&j, "repeated");
		inq_json_u64(&j, "results", v->repeated.results);
		inq_json_u64(&j, "reproduced", v->repeated.reproduced);
		inq_json_u64(&j, "differing", v->repeated.difference_total);
		inq_json_u64(&j, "conclusions", v->repeated.conclusions);
		inq_json_u64(&j, "conclusions_same", v->repeated.conclusions_same);
		inq_json_end_object(&j);
	}
	inq_json_end_object(&j);
}
