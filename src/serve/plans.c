#include "serve/plans.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
/* With what is searched of it. */
#define SEARCHED(where, names, ...)                                                                          \
	{                                                                                                    \
		.path = (where), .columns = (names), .column_count = COUNT(names),                           \
		.searched = { __VA_ARGS__ }, .searched_count = COUNT(((const unsigned[]){ __VA_ARGS__ }))    \
	}
#define TABLE(where, names)                                                                                  \
	{                                                                                                    \
		.path = (where), .columns = (names), .column_count = COUNT(names)                            \
	}

static const char *const case_columns[] = { "case", "title", "failure_total" };

/* An entry's members, as seen from where it stands. */
static const char *const entry_columns[] = {
	[E_NAME] = "entry",
	[E_TYPE] = "type",
	[E_TIME] = "time",
	[E_STATUS] = "status",
	[E_HOLDS] = "holds",
	[E_WITHDRAWN] = "withdrawn",
	[E_SUBJECT] = "subjects.0.name",
	[E_SHA256] = "subjects.0.sha256",
	[E_SUBJECTS] = "#subjects",
	[E_TITLE] = "title",
	[E_TEXT] = "text",
	[E_SIZE] = "size",
	[E_SOURCE] = "source",
	[E_REASON] = "reason",
	[E_KIND] = "made.kind",
	[E_SCHEMA] = "made.schema",
	[E_RESULT] = "made.result",
	[E_CORPUS] = "made.corpus",
	[E_OF] = "of",
	[E_DISPUTE] = "dispute",
	[E_OUTCOME] = "outcome",
	[E_CITES] = "cites",
	[E_SUPPORTED] = "supported_by",
	[E_DISPUTED] = "disputed_by",
	[E_RESTS] = "rests_on",
	[E_REPRODUCED] = "reproduced_by",
	[E_DIGEST] = "digest",
	[E_NAMED_BY] = "named_by",
	[E_PROOF] = "proof",
};

static const char *const log_columns[] = { "party", "origin", "size", "root", "forked", "keys.entry",
	"keys.log", "keys.cosigner" };
static const char *const cosigner_columns[] = { "^party", "party", "size" };

static const struct rows_table log_tables[] = {
	[LOG_CASE] = TABLE("", case_columns),
	[LOG_ENTRIES] = { .path = "entries",
	        .columns = entry_columns,
	        .column_count = COUNT(entry_columns),
	        .orders = { [E_BY_EXHIBIT] = { E_SHA256, ROWS_TEXT } },
	        .order_count = 1 },
	[LOG_LOGS] = TABLE("logs", log_columns),
	[LOG_COSIGNERS] = TABLE("logs.cosigned_by", cosigner_columns),
};
const struct rows_plan plan_log = { "inquiry.log/1", log_tables, COUNT(log_tables) };

static const char *const subject_columns[] = { "name", "sha256" };
static const char *const made_columns[] = {
	[M_PROGRAM] = "made.program",
	[M_VERSION] = "made.version",
	[M_PROGRAM_DIGEST] = "made.program_digest",
	[M_MODEL] = "made.model",
	[M_CORPUS] = "made.corpus",
	[M_RULES] = "made.rules",
	[M_OPTIONS] = "made.options",
	[M_RESULT] = "made.result",
	[M_OUTCOME] = "outcome",
	[M_DIFFERENCE] = "difference",
	[M_ROLE] = "role",
	[M_OLD_KEY] = "old_key",
	[M_NEW_KEY] = "new_key",
	[M_ORIGIN] = "origin",
	[M_KEY] = "keys.entry",
	[M_LOG_KEY] = "keys.log",
	[M_COSIGNER_KEY] = "keys.cosigner",
	[M_UNSEALED_BY] = "unsealed_by",
	[M_SEALED_TO] = "sealed_to",
};
static const char *const seen_columns[] = { "origin", "size", "root" };

static const struct rows_table entry_tables[] = {
	[ENTRY_CASE] = TABLE("", case_columns),
	[ENTRY_ENTRY] = TABLE("", entry_columns),
	[ENTRY_SUBJECTS] = TABLE("subjects", subject_columns),
	[ENTRY_MADE] = TABLE("", made_columns),
	[ENTRY_SEEN] = TABLE("seen", seen_columns),
};
const struct rows_plan plan_entry = { "inquiry.entry/1", entry_tables, COUNT(entry_tables) };

static const char *const exhibit_columns[] = {
	[X_MEMBER] = "member",
	[X_MD5] = "md5",
	[X_FORMAT] = "format",
	[X_ARCH] = "arch",
	[X_BITS] = "bits",
	[X_KIND] = "kind",
	[X_BASE] = "base",
	[X_ENTRY] = "entry",
	[X_ENTROPY] = "entropy",
	[X_LIBRARIES] = "libraries",
	[X_CODE] = "code.bytes",
	[X_IN_FUNCTIONS] = "code.in_functions",
	[X_FUNCTIONS] = "#functions",
	[X_IMPORTS] = "#imports",
	[X_STRINGS_DROPPED] = "strings_dropped",
	[X_ERROR] = "error.text",
};
static const char *const section_columns[] = { "name", "va", "size", "offset", "file_size", "access",
	"entropy" };
static const char *const function_columns[] = {
	[F_VA] = "va",
	[F_SIZE] = "size",
	[F_BLOCKS] = "blocks",
	[F_INSTRUCTIONS] = "instructions",
	[F_NAME] = "name",
	[F_SOURCE] = "source",
	[F_FLAGS] = "flags",
	[F_CALLEES] = "callees",
	[F_IMPORTS] = "imports",
	[F_STRINGS] = "strings",
};
static const char *const import_columns[] = { "library", "name", "ordinal", "slot" };
static const char *const export_columns[] = { "name", "ordinal", "va", "forward" };
static const char *const fact_columns[] = { "kind", "name", "text", "value", "offset", "forgeable" };
static const char *const suspicion_columns[] = { "text", "measure" };
static const char *const anomaly_columns[] = { "offset", "text" };
static const char *const string_columns[] = { "va", "offset", "encoding", "text" };

static const struct rows_table examination_tables[] = {
	[EXAM_EXHIBITS] = TABLE("exhibits", exhibit_columns),
	[EXAM_SECTIONS] = TABLE("exhibits.sections", section_columns),
	[EXAM_FUNCTIONS] = { .path = "exhibits.functions",
	        .columns = function_columns,
	        .column_count = COUNT(function_columns),
	        .orders = { [F_BY_SIZE] = { F_SIZE, ROWS_LARGEST },
	                [F_BY_NAME] = { F_NAME, ROWS_TEXT },
	                [F_BY_BLOCKS] = { F_BLOCKS, ROWS_LARGEST } },
	        .order_count = 3,
	        .searched = { F_NAME, F_VA },
	        .searched_count = 2 },
	[EXAM_IMPORTS] = SEARCHED("exhibits.imports", import_columns, I_NAME, I_LIBRARY),
	[EXAM_EXPORTS] = SEARCHED("exhibits.exports", export_columns, EX_NAME),
	[EXAM_FACTS] = SEARCHED("exhibits.facts", fact_columns, FACT_TEXT),
	[EXAM_SUSPICIONS] = TABLE("exhibits.suspicions", suspicion_columns),
	[EXAM_ANOMALIES] = TABLE("exhibits.anomalies", anomaly_columns),
	[EXAM_STRINGS] = SEARCHED("exhibits.strings", string_columns, STR_TEXT),
};
const struct rows_plan plan_examination = { "inquiry.examination/1", examination_tables,
	COUNT(examination_tables) };

static const char *const search_columns[] = {
	[Q_CORPUS] = "corpus.file",
	[Q_CORPUS_DIGEST] = "corpus.digest",
	[Q_CODE] = "coverage.code",
	[Q_LIBRARY] = "coverage.library",
	[Q_DISTINCTIVE] = "coverage.distinctive",
	[Q_WIDESPREAD] = "coverage.widespread",
	[Q_UNMATCHED] = "coverage.unmatched",
	[Q_SMALL] = "coverage.small",
	[Q_PADDING] = "coverage.padding",
	[Q_UNREADABLE] = "coverage.unreadable",
	[Q_PACKED] = "packed",
};
static const char *const family_columns[] = {
	[FAM_LABEL] = "label",
	[FAM_SHARING] = "sharing",
	[FAM_DISTINCTIVE] = "distinctive",
	[FAM_IDENTICAL] = "identical",
	[FAM_WIDESPREAD] = "widespread",
	[FAM_LIBRARY] = "library",
	[FAM_INFORMATION] = "information",
	[FAM_PUBLISHED] = "published",
	[FAM_NEAREST] = "nearest_sample",
};
static const char *const searched_columns[] = {
	[SF_VA] = "va",
	[SF_SIZE] = "size",
	[SF_BLOCKS] = "blocks",
	[SF_INSTRUCTIONS] = "instructions",
	[SF_NAME] = "name",
	[SF_STANDING] = "standing",
	[SF_LABEL] = "label",
	[SF_FAMILIES] = "families",
	[SF_INFORMATION] = "information",
	[SF_CANDIDATES] = "#candidates",
};
static const char *const candidate_columns[] = {
	[CA_FUNCTION] = "^va",
	[CA_LABEL] = "label",
	[CA_SAMPLE] = "sample",
	[CA_SHA256] = "sample_sha256",
	[CA_VA] = "va",
	[CA_NAME] = "name",
	[CA_PROBABILITY] = "probability",
	[CA_SIMILARITY] = "similarity",
	[CA_SUPPORT] = "support",
	[CA_HOW] = "how",
};

static const struct rows_table search_tables[] = {
	[SEARCH_SEARCHES] = TABLE("searches", search_columns),
	[SEARCH_FAMILIES] = SEARCHED("searches.families", family_columns, FAM_LABEL),
	[SEARCH_LIBRARIES] = TABLE("searches.libraries", family_columns),
	[SEARCH_FUNCTIONS] = { .path = "searches.functions",
	        .columns = searched_columns,
	        .column_count = COUNT(searched_columns),
	        .orders = { [SF_BY_INFORMATION] = { SF_INFORMATION, ROWS_LARGEST },
	                [SF_BY_SIZE] = { SF_SIZE, ROWS_LARGEST },
	                [SF_BY_NAME] = { SF_NAME, ROWS_TEXT } },
	        .order_count = 3 },
	[SEARCH_CANDIDATES] = TABLE("searches.functions.candidates", candidate_columns),
};
const struct rows_plan plan_search = { "inquiry.search/1", search_tables, COUNT(search_tables) };

static const char *const finding_columns[] = {
	[A_CONCLUSION] = "conclusion",
	[A_LACKS] = "lacks",
	[A_FAMILY] = "propositions.family",
	[A_NONE] = "propositions.none",
	[A_PLANTED] = "propositions.planted",
	[A_CORPUS] = "corpus.file",
	[A_CORPUS_DIGEST] = "corpus.digest",
	[A_CORPUS_FAMILIES] = "corpus.families",
	[A_APPLIES] = "calibration.applies",
	[A_TRIALS_RIGHT] = "calibration.trials_right",
	[A_TRIALS_WRONG] = "calibration.trials_wrong",
	[A_SILENT] = "silent.log10",
	[A_NONE_LOG10] = "none.log10",
	[A_NONE_LEAST] = "none.least",
	[A_NONE_MOST] = "none.most",
	[A_NONE_SUPPORT] = "none.support",
	[A_DATE] = "date",
};
static const char *const weighed_columns[] = {
	[AX_SHA256] = "sha256",
	[AX_FUNCTIONS] = "functions",
	[AX_SMALL] = "small",
	[AX_UNMATCHED] = "unmatched",
	[AX_LIBRARY] = "library",
	[AX_PUBLISHED] = "published",
	[AX_WIDESPREAD] = "widespread",
	[AX_DISTINCTIVE] = "distinctive",
	[AX_PACKED] = "packed",
};
static const char *const hypothesis_columns[] = {
	[AF_LABEL] = "label",
	[AF_NAMED] = "named",
	[AF_LOG10] = "ratio.log10",
	[AF_LEAST] = "ratio.least",
	[AF_MOST] = "ratio.most",
	[AF_RIGHT] = "ratio.trials_right",
	[AF_WRONG] = "ratio.trials_wrong",
	[AF_SUPPORT] = "ratio.support",
	[AF_PLANTED_LOG10] = "planted.log10",
	[AF_PLANTED_LEAST] = "planted.least",
	[AF_PLANTED_MOST] = "planted.most",
	[AF_PLANTED_SUPPORT] = "planted.support",
	[AF_FUNCTIONS] = "functions",
};
static const char *const piece_columns[] = {
	[AP_FAMILY] = "^label",
	[AP_EXHIBIT] = "exhibit",
	[AP_VA] = "va",
	[AP_FUNCTIONS] = "functions",
	[AP_BYTES] = "bytes",
	[AP_BITS] = "bits",
	[AP_SAMPLE] = "sample",
};
static const char *const planted_columns[] = { "sign", "text", "label" };

static const struct rows_table attribution_tables[] = {
	[ATT_FINDING] = TABLE("", finding_columns),
	[ATT_EXHIBITS] = TABLE("exhibits", weighed_columns),
	[ATT_FAMILIES] = TABLE("families", hypothesis_columns),
	[ATT_PIECES] = TABLE("families.pieces", piece_columns),
	[ATT_PLANTED] = TABLE("planted", planted_columns),
};
const struct rows_plan plan_attribution = { "inquiry.attribution/1", attribution_tables,
	COUNT(attribution_tables) };

static const char *const sides_columns[] = { "similarity", "same", "changed", "only_a", "only_b", "a.va",
	"a.name", "b.va", "b.name", "b.sha256" };
static const char *const line_columns[] = { "kind", "a.va", "a.block", "a.text", "b.va", "b.block",
	"b.text" };

static const struct rows_table alignment_tables[] = {
	[AL_SIDES] = TABLE("", sides_columns),
	[AL_ROWS] = TABLE("rows", line_columns),
};
const struct rows_plan plan_alignment = { "inquiry.alignment/1", alignment_tables, COUNT(alignment_tables) };

static const char *const verified_columns[] = { "level", "asked", "entries", "objects", "objects_checked",
	"failure_total", "repeated.results", "repeated.reproduced", "repeated.conclusions",
	"repeated.conclusions_same" };
static const char *const failure_columns[] = { "level", "entry", "party", "file", "at", "what", "expected",
	"found" };
static const char *const unchecked_columns[] = { "what", "count" };

static const struct rows_table verification_tables[] = {
	[VER_ALL] = TABLE("", verified_columns),
	[VER_LOGS] = TABLE("logs", log_columns),
	[VER_COSIGNERS] = TABLE("logs.cosigned_by", cosigner_columns),
	[VER_FAILURES] = TABLE("failures", failure_columns),
	[VER_UNCHECKED] = TABLE("unchecked", unchecked_columns),
};
const struct rows_plan plan_verification = { "inquiry.verification/1", verification_tables,
	COUNT(verification_tables) };

static const char *const comparison_columns[] = {
	[CM_SESSION] = "session",
	[CM_STATE] = "state",
	[CM_KINDS] = "kinds",
	[CM_OFFERS] = "offer.party",
	[CM_OFFER] = "offer.entry",
	[CM_OFFER_SHOWN] = "offer.shown",
	[CM_ANSWERS] = "answer.party",
	[CM_ANSWER] = "answer.entry",
	[CM_ANSWER_SHOWN] = "answer.shown",
	[CM_COMMON] = "#common",
};
static const char *const common_columns[] = { "^session", "kind", "value" };
static const char *const pair_columns[] = { "^session", "offer.va", "answer.va", "jaccard" };

static const struct rows_table comparison_tables[] = {
	[CMP_ALL] = TABLE("comparisons", comparison_columns),
	[CMP_COMMON] = TABLE("comparisons.common", common_columns),
	[CMP_FUNCTIONS] = TABLE("comparisons.functions", pair_columns),
};
const struct rows_plan plan_comparisons = { "inquiry.blind-result/1", comparison_tables,
	COUNT(comparison_tables) };
