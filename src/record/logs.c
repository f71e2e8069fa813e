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

void inq_verify_logs(struct verifier *v)
{
	const struct inq_policy *p = v->policy;
	const struct inq_record_known *known = v->trust->known;
	struct place place = { INQ_BUNDLE_POLICY, NULL, INQ_NOWHERE, INQ_NOWHERE };
	size_t known_count = known ? known->log_count : 0, most = p->log_count + known_count;
	struct log *logs = inq_arena_new(v->a, most, sizeof *logs);
	uint32_t order[INQ_POLICY_MOST + INQ_PARTIES_MOST];

	v->logs = inq_arena_new(v->a, most, sizeof *v->logs);
	if (!logs || !v->logs) {
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
