#include "record/private.h"
#include <inquiry/bundle.h>
#include <string.h>

struct reader {
	struct inq_policy *p;
	uint64_t at; /* of the line */
	struct inq_error *err;
	bool quorum;
};

static enum inq_status wrong(const struct reader *r, const char *what)
{
	return inq_fail(r->err, INQ_UNRECOGNISED, r->at, "not a policy: %s", what);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The next word of the line, which is moved past it; empty at the end. */
static struct inq_bytes word(struct inq_bytes *line)
{
	size_t start = 0, end;

	while (start < line->len && is_blank(line->at[start]))
		start++;
	for (end = start; end < line->len && !is_blank(line->at[end]);)
		end++;
	*line = (struct inq_bytes){ line->at + end, line->len - end };
	return (struct inq_bytes){ line->at - (end - start), end - start };
}

static int find(const struct inq_policy *p, struct inq_bytes name)
{
	for (size_t i = 0; i < p->member_count; i++)
		if (inq_bytes_equal(name, p->members[i].name))
			return (int)i;
	return -1;
}

/* A new member under a name that nobody has yet. */
static enum inq_status member_new(struct reader *r, struct inq_bytes name, struct inq_policy_member **ret)
{
	struct inq_policy_member *m;

	if (name.len == 0 || name.len > INQ_NAME_MOST || inq_bytes_equal(name, "none") ||
	        find(r->p, name) >= 0)
		return wrong(r, "a name is missing, too long, \"none\", or there already");
	if (r->p->member_count == sizeof r->p->members / sizeof *r->p->members)
		return inq_fail(r->err, INQ_OVER_LIMIT, r->at, "a policy with too many names");
	m = &r->p->members[r->p->member_count];
	memset(m, 0, sizeof *m);
	memcpy(m->name, name.at, name.len);
	*ret = m;
	return INQ_OK;
}

static enum inq_status key_read(
        struct reader *r, struct inq_bytes text, enum inq_key_type type, struct inq_vkey *ret)
{
	struct inq_error why;
	struct inq_vkey key;

	if (inq_vkey_read(text, &key, &why) != INQ_OK)
		return inq_fail(r->err, INQ_UNRECOGNISED, r->at, "not a policy: %.150s", why.text);
	if (key.type != type)
		return wrong(r, type == INQ_KEY_COSIGNER ? "a witness whose key is not of type 04"
		                                         : "a log whose key is not of type 01");
	*ret = key;
	return INQ_OK;
}

static enum inq_status log_line(struct reader *r, struct inq_bytes line)
{
	struct inq_policy *p = r->p;
	struct inq_vkey key;
	enum inq_status status = key_read(r, word(&line), INQ_KEY_ED25519, &key);

	if (status != INQ_OK)
		return status;
	for (size_t i = 0; i < p->log_count; i++)
		if (inq_vkey_same(&p->logs[i], &key) || strcmp(p->logs[i].name, key.name) == 0)
			return wrong(r, "a log twice");
	(void)word(&line); /* its URL */
	if (word(&line).len)
		return wrong(r, "something after the URL of a log");
	if (p->log_count == INQ_POLICY_MOST)
		return inq_fail(
		        r->err, INQ_OVER_LIMIT, r->at, "a policy with more than %d logs", INQ_POLICY_MOST);
	p->logs[p->log_count++] = key;
	return INQ_OK;
}

static enum inq_status witness_line(struct reader *r, struct inq_bytes line)
{
	struct inq_policy *p = r->p;
	struct inq_policy_member *m;
	struct inq_vkey key;
	enum inq_status status = member_new(r, word(&line), &m);

	if (status == INQ_OK)
		status = key_read(r, word(&line), INQ_KEY_COSIGNER, &key);
	if (status != INQ_OK)
		return status;
	for (size_t i = 0; i < p->member_count; i++)
		if (!p->members[i].group && inq_vkey_same(&p->members[i].key, &key))
			return wrong(r, "a witness twice");
	(void)word(&line); /* its URL */
	if (word(&line).len)
		return wrong(r, "something after the URL of a witness");
	m->key = key;
	p->member_count++;
	return INQ_OK;
}

static bool in_a_group(const struct inq_policy *p, unsigned member)
{
	for (size_t i = 0; i < p->member_count; i++)
		for (unsigned k = 0; p->members[i].group && k < p->members[i].member_count; k++)
			if (p->members[i].members[k] == member)
				return true;
	return false;
}

static enum inq_status group_line(struct reader *r, struct inq_bytes line)
{
	struct inq_policy *p = r->p;
	struct inq_policy_member *m;
	struct inq_bytes threshold, name;
	uint64_t k = 0;
	enum inq_status status = member_new(r, word(&line), &m);

	if (status != INQ_OK)
		return status;
	threshold = word(&line);
	m->group = true;
	for (name = word(&line); name.len; name = word(&line)) {
		int found = find(p, name);

		if (found < 0)
			return wrong(r, "a group of somebody not named before");
		if (in_a_group(p, (unsigned)found))
			return wrong(r, "somebody in two groups");
		for (unsigned i = 0; i < m->member_count; i++)
			if (m->members[i] == found)
				return wrong(r, "somebody in a group twice");
		if (m->member_count == INQ_POLICY_MOST)
			return inq_fail(
			        r->err, INQ_OVER_LIMIT, r->at, "a group of more than %d", INQ_POLICY_MOST);
		m->members[m->member_count++] = (uint8_t)found;
	}
	if (inq_bytes_equal(threshold, "all"))
		k = m->member_count;
	else if (inq_bytes_equal(threshold, "any"))
		k = 1;
	else if (!inq_decimal(threshold, &k))
		k = 0;
	if (m->member_count == 0 || k == 0 || k > m->member_count)
		return wrong(r, "a group wants all, any or a number of those it names");
	m->threshold = (unsigned)k;
	p->member_count++;
	return INQ_OK;
}

static enum inq_status quorum_line(struct reader *r, struct inq_bytes line)
{
	struct inq_bytes name = word(&line);

	if (r->quorum)
		return wrong(r, "two quorums");
	r->quorum = true;
	r->p->quorum = find(r->p, name);
	if (word(&line).len || (r->p->quorum < 0 && !inq_bytes_equal(name, "none")))
		return wrong(r, "a quorum of somebody not named before");
	return INQ_OK;
}

enum inq_status inq_policy_read(
        struct inq_bytes text, struct inq_arena *a, const struct inq_policy **ret, struct inq_error *err)
{
	struct inq_policy *p = inq_arena_new(a, 1, sizeof *p);
	struct reader r = { .p = p, .err = err };
	struct inq_bytes line;
	uint64_t at = 0;

	if (!p)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for a policy");
	p->quorum = -1;
	while (at < text.len) {
		enum inq_status status = INQ_OK;
		struct inq_bytes first;

		r.at = at;
		if (!inq_line(text, &at, &line))
			return wrong(&r, "its last line does not end");
		for (size_t i = 0; i < line.len; i++)
			if ((line.at[i] < 0x20 && line.at[i] != '\t') || line.at[i] == 0x7f)
				return inq_fail(
				        err, INQ_UNRECOGNISED, r.at + i, "not a policy: a control character");
		first = word(&line);
		if (first.len == 0 || first.at[0] == '#')
			continue;
		if (inq_bytes_equal(first, "log"))
			status = log_line(&r, line);
		else if (inq_bytes_equal(first, "witness"))
			status = witness_line(&r, line);
		else if (inq_bytes_equal(first, "group"))
			status = group_line(&r, line);
		else if (inq_bytes_equal(first, "quorum"))
			status = quorum_line(&r, line);
		else
			status = wrong(&r, "a line that this build does not know");
		if (status != INQ_OK)
			return status;
	}
	if (!r.quorum) {
		r.at = text.len;
		return wrong(&r, "it names no quorum");
	}
	*ret = p;
	return INQ_OK;
}

bool inq_policy_quorum(const struct inq_policy *policy, const bool cosigned[2 * INQ_POLICY_MOST])
{
	bool holds[2 * INQ_POLICY_MOST];

	if (policy->quorum < 0)
		return true;
	/* Groups name only those before them. */
	for (size_t i = 0; i < policy->member_count; i++) {
		const struct inq_policy_member *m = &policy->members[i];
		unsigned count = 0;

		for (unsigned k = 0; k < m->member_count; k++)
			count += holds[m->members[k]];
		holds[i] = m->group ? count >= m->threshold : cosigned[i];
	}
	return holds[policy->quorum];
}

void inq_policy_put_log(struct inq_sink *out, const struct inq_vkey *log)
{
	char text[INQ_VKEY_MOST];

	inq_vkey_write(log, text);
	inq_putf(out, "log %s\n", text);
}

void inq_policy_put_witness(struct inq_sink *out, const char *name, const struct inq_vkey *cosigner)
{
	char text[INQ_VKEY_MOST];

	inq_vkey_write(cosigner, text);
	inq_putf(out, "witness %s %s\n", name, text);
}
