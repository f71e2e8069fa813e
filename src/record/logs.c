/* Which logs a record has: those that its policy names, and those that are known. */
#include "record/load.h"
#include <string.h>

/* PARTY of PARTY "/" CASE, or false. */
static bool origin_split(const char *origin, struct inq_bytes *ret_party, struct inq_bytes *ret_case)
{
	const char *slash = strchr(origin, '/');
	uint8_t id[INQ_CASE_ID / 2];

	if (!slash)
		return false;
	*ret_party = (struct inq_bytes){ (const uint8_t *)origin, (size_t)(slash - origin) };
	*ret_case = inq_bytes_of(slash + 1);
	return inq_party_name_holds(*ret_party) && inq_unhex(*ret_case, id, sizeof id);
}

static int by_party(const void *of, uint32_t l, uint32_t r)
{
	const struct log *logs = of;

	return strcmp(logs[l].party, logs[r].party);
}

static void log_know(struct log *log, const struct inq_record_known_log *known)
{
	log->party = known->party;
	log->origin = known->origin;
	log->known = known;
	log->known_size = known->size;
	log->forked = known->forked;
}

struct inq_record_absent *inq_verifier_absent(struct verifier *v, struct inq_bytes origin)
{
	const char *name = inq_arena_string(v->a, origin), *copy;
	struct inq_bytes party, case_id;
	size_t at = 0;

	if (!name) {
		v->no_memory = true;
		return NULL;
	}
	while (at < v->absent_count && strcmp(v->absent[at].origin, name) != 0)
		at++;
	if (at < v->absent_count)
		return &v->absent[at];
	if (!origin_split(name, &party, &case_id) || !inq_bytes_equal(case_id, v->result->case_id))
		return NULL;
	if (at == INQ_PARTIES_MOST) {
		inq_verifier_unchecked(v, "heads of further logs that are not in the record", 1);
		return NULL;
	}
	copy = inq_arena_string(v->a, party);
	if (!copy) {
		v->no_memory = true;
		return NULL;
	}
	v->absent[v->absent_count] = (struct inq_record_absent){ .party = copy, .origin = name };
	return &v->absent[v->absent_count++];
}

static bool is_accepted(const struct inq_record_consent *consent, struct inq_bytes party)
{
	for (size_t i = 0; i < consent->party_count; i++)
		if (inq_bytes_equal(party, consent->parties[i]))
			return true;
	return false;
}

static bool is_known(const struct inq_record_known *known, const char *origin)
{
	for (size_t i = 0; known && i < known->log_count; i++)
		if (strcmp(known->logs[i].origin, origin) == 0)
			return true;
	return false;
}

/* Whether parties come in that nobody named: all that the bundle brings, where these are few enough. */
static bool others_come(const struct verifier *v)
{
	const struct inq_record_consent *consent = v->trust->consent;
	size_t count = 0;

	for (size_t i = 0; consent && i < v->policy->log_count; i++) {
		const char *origin = v->policy->logs[i].name;
		struct inq_bytes party = { (const uint8_t *)origin, strcspn(origin, "/") };

		count += !is_known(v->trust->known, origin) && !is_accepted(consent, party);
	}
	return !consent || count <= consent->others;
}

void inq_verify_logs(struct verifier *v)
{
	const struct inq_policy *p = v->policy;
	const struct inq_record_known *known = v->trust->known;
	struct place place = { INQ_BUNDLE_POLICY, NULL, INQ_NOWHERE, INQ_NOWHERE };
	bool others = others_come(v);
	size_t known_count = known ? known->log_count : 0, most = p->log_count + known_count;
	struct log *logs = inq_arena_new(v->a, most, sizeof *logs);
	uint32_t order[INQ_POLICY_MOST + INQ_PARTIES_MOST];

	v->logs = inq_arena_new(v->a, most, sizeof *v->logs);
	v->absent = inq_arena_new(v->a, INQ_PARTIES_MOST, sizeof *v->absent);
	if (!logs || !v->logs || !v->absent) {
		v->no_memory = true;
		return;
	}
	for (size_t i = 0; i < known_count && i < INQ_PARTIES_MOST; i++) {
		struct inq_bytes party, case_id;

		order[i] = (uint32_t)v->log_count;
		log_know(&logs[v->log_count++], &known->logs[i]);
		if (origin_split(known->logs[i].origin, &party, &case_id))
			memcpy(v->result->case_id, case_id.at, INQ_CASE_ID);
	}
	for (size_t i = 0; i < p->log_count; i++) {
		struct inq_bytes party, case_id;
		struct log *log = &logs[v->log_count];
		size_t at = 0;

		if (!origin_split(p->logs[i].name, &party, &case_id)) {
			inq_verifier_fail(v, 0, INQ_UNRECOGNISED, place, NULL, NULL,
			        "the policy names a log that is not PARTY/CASE");
			continue;
		}
		if (!v->result->case_id[0])
			memcpy(v->result->case_id, case_id.at, INQ_CASE_ID);
		if (!inq_bytes_equal(case_id, v->result->case_id)) {
			inq_verifier_fail(v, 0, INQ_UNRECOGNISED, place, v->result->case_id, p->logs[i].name,
			        known ? "is of another case" : "the policy names logs of different cases");
			continue;
		}
		while (at < v->log_count && strcmp(logs[at].origin, p->logs[i].name) != 0)
			at++;
		if (at < v->log_count) {
			if (logs[at].is_here)
				inq_verifier_fail(v, 0, INQ_UNRECOGNISED, place, NULL, logs[at].origin,
				        "the policy names a log twice");
			/* Nothing more is read of a log that was proved forked. */
			logs[at].is_here = !logs[at].forked;
			logs[at].policy_key = p->logs[i];
			continue;
		}
		if (!others && !is_accepted(v->trust->consent, party)) {
			struct inq_record_absent *absent =
			        inq_verifier_absent(v, inq_bytes_of(p->logs[i].name));

			if (absent) {
				absent->is_here = true;
				absent->log_key = p->logs[i];
			}
			continue;
		}
		if (v->log_count == INQ_PARTIES_MOST) {
			inq_verifier_fail(v, 0, INQ_OVER_LIMIT, place, NULL, NULL, "more than %d parties",
			        INQ_PARTIES_MOST);
			break;
		}
		log->is_here = true;
		log->party = inq_arena_string(v->a, party);
		log->origin = inq_arena_string(v->a, inq_bytes_of(p->logs[i].name));
		log->policy_key = p->logs[i];
		if (!log->party || !log->origin) {
			v->no_memory = true;
			return;
		}
		order[v->log_count] = (uint32_t)v->log_count;
		v->log_count++;
	}
	inq_sort_indices(order, v->log_count, by_party, logs);
	for (size_t i = 0; i < v->log_count; i++)
		v->logs[i] = logs[order[i]];
	if (v->log_count == 0)
		inq_verifier_fail(
		        v, 0, INQ_UNRESOLVED, place, NULL, NULL, "the policy names no log of a case");
}

struct log *inq_verifier_log(const struct verifier *v, struct inq_bytes origin)
{
	for (size_t i = 0; i < v->log_count; i++)
		if (inq_bytes_equal(origin, v->logs[i].origin))
			return &v->logs[i];
	return NULL;
}
