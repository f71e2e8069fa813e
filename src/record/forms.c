#include "record/forms.h"
#include <string.h>

#define AT(member) offsetof(struct inq_entry, member)
#define FORM(fields) fields, sizeof fields / sizeof *fields

static const struct inq_field charter[] = {
	{ "title", FIELD_LABEL, AT(title) },
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
	{ "entry", FIELD_VKEY, AT(keys) + INQ_ROLE_ENTRY * sizeof(struct inq_bytes) },
	{ "log", FIELD_VKEY, AT(keys) + INQ_ROLE_LOG * sizeof(struct inq_bytes) },
	{ "cosigner", FIELD_VKEY, AT(keys) + INQ_ROLE_COSIGNER * sizeof(struct inq_bytes) },
	{ "joins", FIELD_DIGEST_OR_NULL, AT(joins) },
};

static const struct inq_field key_rotate[] = {
	{ "role", FIELD_ROLE, AT(role) },
	{ "old", FIELD_VKEY, AT(old_key) },
	{ "new", FIELD_VKEY, AT(new_key) },
	{ "possession", FIELD_SIGNATURE, AT(possession) },
	{ "reason", FIELD_TEXT, AT(reason) },
};

static const struct inq_field key_revoke[] = {
	{ "role", FIELD_ROLE, AT(role) },
	{ "old", FIELD_VKEY, AT(old_key) },
	{ "reason", FIELD_TEXT, AT(reason) },
};

static const struct inq_field exhibit_open[] = {
	{ "size", FIELD_NUMBER, AT(size) },
	{ "source", FIELD_LABEL_OR_NULL, AT(source) },
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
};

static const struct inq_field exhibit_sealed[] = {
	{ "size", FIELD_NUMBER, AT(size) },
	{ "source", FIELD_LABEL_OR_NULL, AT(source) },
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
	{ "sealed", FIELD_DIGEST, AT(sealed) },
	{ "recipients", FIELD_RECIPIENTS, AT(recipients) },
};

static const struct inq_field exhibit_withheld[] = {
	{ "size", FIELD_NUMBER, AT(size) },
	{ "reason", FIELD_TEXT, AT(reason) },
};

static const struct inq_field exhibit_share[] = {
	{ "of", FIELD_DIGEST, AT(of) },
	{ "size", FIELD_NUMBER, AT(size) },
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
	{ "sealed", FIELD_DIGEST, AT(sealed) },
	{ "recipients", FIELD_RECIPIENTS, AT(recipients) },
};

static const struct inq_field exhibit_unseal[] = {
	{ "of", FIELD_DIGEST, AT(of) },
	{ "size", FIELD_NUMBER, AT(size) },
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
};

/* clang-format off */
#define MADE \
	{ "kind", FIELD_WORD, AT(kind) }, \
	{ "program", FIELD_LABEL, AT(program) }, \
	{ "version", FIELD_LABEL, AT(version) }, \
	{ "program_digest", FIELD_DIGEST, AT(program_digest) }, \
	{ "model", FIELD_DIGEST_OR_NULL, AT(model) }, \
	{ "corpus", FIELD_DIGEST_OR_NULL, AT(corpus) }, \
	{ "rules", FIELD_DIGEST_OR_NULL, AT(rules) }, \
	{ "options", FIELD_OPTIONS, AT(options) }, \
	{ "result", FIELD_DIGEST, AT(result) }, \
	{ "size", FIELD_NUMBER, AT(size) }, \
	{ "schema", FIELD_LABEL, AT(schema) }
/* clang-format on */

static const struct inq_field examination[] = {
	MADE,
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
	{ "cites", FIELD_CITES, AT(cites) },
};

static const struct inq_field rerun[] = {
	{ "of", FIELD_DIGEST, AT(of) },
	{ "outcome", FIELD_OUTCOME, AT(outcome) },
	{ "difference", FIELD_DIFFERENCE, AT(difference) },
	MADE,
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
};

static const struct inq_field claim[] = {
	{ "text", FIELD_TEXT, AT(text) },
	{ "cites", FIELD_GROUNDS, AT(cites) },
};

static const struct inq_field statement[] = {
	{ "text", FIELD_TEXT, AT(text) },
};

static const struct inq_field support[] = {
	{ "of", FIELD_DIGEST, AT(of) },
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
	{ "cites", FIELD_CITES, AT(cites) },
};

static const struct inq_field dispute[] = {
	{ "of", FIELD_DIGEST, AT(of) },
	{ "reason", FIELD_REASON, AT(dispute) },
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
	{ "cites", FIELD_CITES, AT(cites) },
};

static const struct inq_field withdraw[] = {
	{ "of", FIELD_DIGEST, AT(of) },
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
};

static const struct inq_field conclusion[] = {
	MADE,
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
	{ "cites", FIELD_GROUNDS, AT(cites) },
};

static const struct inq_field fork[] = {
	{ "origin", FIELD_LABEL, AT(origin) },
	{ "log_key", FIELD_VKEY, AT(log_key) },
	{ "first", FIELD_DIGEST, AT(proofs) },
	{ "second", FIELD_DIGEST, AT(proofs) + sizeof(struct inq_sha256) },
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
};

/* What was left out of a set is the library code of a corpus, named by its digest. */
/* clang-format off */
#define COMMITMENT \
	{ "session", FIELD_DIGEST, AT(session) }, \
	{ "with", FIELD_PARTY, AT(with) }, \
	{ "kinds", FIELD_OPTIONS, AT(options) }, \
	{ "limit", FIELD_NUMBER, AT(limit) }, \
	{ "excluded", FIELD_DIGEST_OR_NULL, AT(corpus) }, \
	{ "count", FIELD_NUMBER, AT(count) }, \
	{ "masked_by", FIELD_DIGEST, AT(masked_by) }, \
	{ "root", FIELD_DIGEST, AT(root) }
/* clang-format on */

static const struct inq_field blind_offer[] = {
	COMMITMENT,
};

static const struct inq_field blind_answer[] = {
	{ "of", FIELD_DIGEST, AT(of) },
	COMMITMENT,
};

static const struct inq_field blind_run[] = {
	{ "of", FIELD_DIGEST, AT(of) },
	{ "peer", FIELD_DIGEST, AT(peer) },
	{ "evaluated", FIELD_DIGEST, AT(evaluated) },
};

static const struct inq_field blind_result[] = {
	{ "of", FIELD_DIGEST, AT(of) },
	{ "peer", FIELD_DIGEST, AT(peer) },
	{ "count", FIELD_NUMBER, AT(count) },
	{ "result", FIELD_DIGEST, AT(result) },
	{ "size", FIELD_NUMBER, AT(size) },
	{ "text", FIELD_TEXT_OR_NULL, AT(text) },
};

const struct inq_form inq_forms[INQ_ENTRY_TYPES] = {
	[INQ_ENTRY_CHARTER] = { "charter", "charter/v1", NULL, SUBJECT_CASE, FORM(charter) },
	[INQ_ENTRY_KEY_ROTATE] = { "key rotate", "key/v1", "rotate", SUBJECT_CASE, FORM(key_rotate) },
	[INQ_ENTRY_KEY_REVOKE] = { "key revoke", "key/v1", "revoke", SUBJECT_CASE, FORM(key_revoke) },
	[INQ_ENTRY_EXHIBIT_OPEN] = { "exhibit open", "exhibit/v1", "open", SUBJECT_EXHIBIT,
	        FORM(exhibit_open) },
	[INQ_ENTRY_EXHIBIT_SEALED] = { "exhibit sealed", "exhibit/v1", "sealed", SUBJECT_EXHIBIT,
	        FORM(exhibit_sealed) },
	[INQ_ENTRY_EXHIBIT_WITHHELD] = { "exhibit withheld", "exhibit/v1", "withheld", SUBJECT_EXHIBIT,
	        FORM(exhibit_withheld) },
	[INQ_ENTRY_EXHIBIT_SHARE] = { "exhibit share", "exhibit/v1", "share", SUBJECT_EXHIBIT,
	        FORM(exhibit_share) },
	[INQ_ENTRY_EXHIBIT_UNSEAL] = { "exhibit unseal", "exhibit/v1", "unseal", SUBJECT_EXHIBIT,
	        FORM(exhibit_unseal) },
	[INQ_ENTRY_EXAMINATION] = { "examination", "examination/v1", NULL, SUBJECT_EXHIBITS,
	        FORM(examination) },
	[INQ_ENTRY_RERUN] = { "rerun", "rerun/v1", NULL, SUBJECT_ANY, FORM(rerun) },
	[INQ_ENTRY_CLAIM] = { "claim", "claim/v1", NULL, SUBJECT_ANY, FORM(claim) },
	[INQ_ENTRY_STATEMENT] = { "statement", "statement/v1", NULL, SUBJECT_ANY, FORM(statement) },
	[INQ_ENTRY_SUPPORT] = { "support", "response/v1", "support", SUBJECT_ANY, FORM(support) },
	[INQ_ENTRY_DISPUTE] = { "dispute", "response/v1", "dispute", SUBJECT_ANY, FORM(dispute) },
	[INQ_ENTRY_WITHDRAW] = { "withdraw", "response/v1", "withdraw", SUBJECT_CASE, FORM(withdraw) },
	[INQ_ENTRY_CONCLUSION] = { "conclusion", "conclusion/v1", NULL, SUBJECT_ANY, FORM(conclusion) },
	[INQ_ENTRY_FORK] = { "fork", "fork/v1", NULL, SUBJECT_CASE, FORM(fork) },
	[INQ_ENTRY_BLIND_OFFER] = { "blind offer", "blind.commit/v1", "offer", SUBJECT_CASE,
	        FORM(blind_offer) },
	[INQ_ENTRY_BLIND_ANSWER] = { "blind answer", "blind.commit/v1", "answer", SUBJECT_CASE,
	        FORM(blind_answer) },
	[INQ_ENTRY_BLIND_RUN] = { "blind run", "blind.run/v1", NULL, SUBJECT_CASE, FORM(blind_run) },
	[INQ_ENTRY_BLIND_RESULT] = { "blind result", "blind.result/v1", NULL, SUBJECT_CASE,
	        FORM(blind_result) },
};

const char *inq_entry_type_name(enum inq_entry_type type)
{
	return type < INQ_ENTRY_TYPES ? inq_forms[type].name : "unreadable";
}

static bool has(enum inq_entry_type type, size_t at)
{
	if (type >= INQ_ENTRY_TYPES)
		return false;
	for (size_t i = 0; i < inq_forms[type].field_count; i++)
		if (inq_forms[type].fields[i].at == at)
			return true;
	return false;
}

bool inq_entry_seals(enum inq_entry_type type)
{
	return has(type, AT(sealed));
}

bool inq_entry_has_of(enum inq_entry_type type)
{
	return has(type, AT(of));
}

bool inq_entry_has_cites(enum inq_entry_type type)
{
	return has(type, AT(cites));
}

bool inq_entry_has_result(enum inq_entry_type type)
{
	return has(type, AT(result));
}

static const char *const reasons[] = {
	[INQ_DISPUTE_NOT_REPRODUCED] = "not-reproduced",
	[INQ_DISPUTE_NOT_AUTHENTIC] = "exhibit-not-authentic",
	[INQ_DISPUTE_GENERALLY_AVAILABLE] = "code-generally-available",
	[INQ_DISPUTE_LIBRARY_CODE] = "library-code",
	[INQ_DISPUTE_CALIBRATION] = "calibration-not-applicable",
	[INQ_DISPUTE_CUSTODY] = "chain-of-custody",
	[INQ_DISPUTE_OTHER] = "other",
};

const char *inq_dispute_reason_name(enum inq_dispute_reason reason)
{
	return reason < INQ_DISPUTE_REASONS ? reasons[reason] : "?";
}

bool inq_dispute_reason_read(const char *name, enum inq_dispute_reason *ret)
{
	for (unsigned i = 0; i < INQ_DISPUTE_REASONS; i++) {
		if (strcmp(reasons[i], name) == 0) {
			*ret = (enum inq_dispute_reason)i;
			return true;
		}
	}
	return false;
}

const char *inq_rerun_outcome_name(enum inq_rerun_outcome outcome)
{
	static const char *const names[] = {
		[INQ_RERUN_REPRODUCED] = "reproduced",
		[INQ_RERUN_DIFFERS] = "differs",
		[INQ_RERUN_OTHER_PROGRAM] = "other-program",
	};

	return outcome < INQ_RERUN_OUTCOMES ? names[outcome] : "?";
}
