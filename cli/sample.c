#include "cli/sample.h"
#include "os/task.h"
#include <string.h>

enum inq_status cli_sample_name(
        struct cli *cli, const char *operand, struct cli_sample *ret, struct inq_error *err)
{
	struct cli_sample s = { .operand = operand, .path = operand };
	const char *bang = strchr(operand, '!');
	enum inq_status status;

	if (!strcmp(operand, "-")) {
		s.operand = s.path = "standard input";
		if (inq_os_is_terminal(INQ_STREAM_IN))
			return inq_fail(err, INQ_UNREADABLE, 0, "is a terminal, not a program");
		status = inq_file_stdin(cli->limits.memory / 4, &s.file, err);
		if (status != INQ_OK)
			return status;
	} else if (bang && bang != operand && !inq_file_exists(operand)) {
		s.path = inq_arena_string(
		        cli->arena, (struct inq_bytes){ (const uint8_t *)operand, (size_t)(bang - operand) });
		s.member = bang + 1;
		if (!s.path)
			return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for its name");
	}
	*ret = s;
	return INQ_OK;
}

enum inq_status cli_sample_open(struct cli_sample *s, struct inq_error *err)
{
	struct inq_sha256 unused;

	/* libcrypto reads its configuration at first use, which the sandbox would not let it. */
	if (inq_sha256((struct inq_bytes){ (const uint8_t *)"", 0 }, &unused) != INQ_OK)
		return inq_fail(err, INQ_NO_MEMORY, 0, "libcrypto gives no SHA-256");
	if (s->is_passed)
		return inq_scratch_map(INQ_CHILD_FILE, &s->file, err);
	return s->file.map ? INQ_OK : inq_file_open(s->path, &s->file, err);
}

enum inq_status cli_sample_members(struct cli_sample *s, struct inq_arena *a, struct inq_error *err)
{
	enum inq_status status =
	        inq_member_read(s->file.bytes, &inq_member_limits_default, a, &s->members, err);
	size_t kept = 0;

	if (status != INQ_OK || !s->member)
		return status;
	for (size_t i = 0; i < s->members.count; i++)
		if (!strcmp(s->members.members[i].name, s->member))
			s->members.members[kept++] = s->members.members[i];
	s->members.count = kept;
	if (!kept)
		return inq_fail(err, INQ_UNREADABLE, 0, "has no member of that name");
	return INQ_OK;
}

const char *cli_sample_label(const struct cli_sample *s, const struct inq_member *m, struct inq_arena *a)
{
	const char *label = *m->name ? inq_arena_printf(a, "%s!%s", s->path, m->name) : s->path;

	return label ? label : s->path;
}

enum inq_status cli_sample_exhibit(const struct cli *cli, const struct inq_member *m, struct inq_arena *a,
        struct inq_exhibit *ret, struct inq_error *err)
{
	enum inq_arch arch;
	uint64_t base_va;
	bool big;

	if (!cli->set[CLI_RAW])
		return inq_exhibit_read(m->bytes, a, ret, err);
	if (!cli_raw(cli->value[CLI_RAW], &arch, &big, &base_va))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "--raw is not ARCH@BASE");
	return inq_exhibit_raw(m->bytes, arch, big, base_va, a, ret, err);
}

enum inq_status cli_sample_only(const struct cli *cli, struct cli_sample *s, struct inq_arena *a,
        struct inq_exhibit *ret, struct inq_error *err)
{
	struct inq_error first = { 0 };
	enum inq_status status = cli_sample_members(s, a, err), why = INQ_UNRECOGNISED;
	size_t programs = 0;

	if (status != INQ_OK)
		return status;
	for (size_t i = 0; i < s->members.count; i++) {
		struct inq_exhibit x;

		status = cli_sample_exhibit(cli, &s->members.members[i], a, &x, err);
		if (status == INQ_NO_MEMORY)
			return status;
		if (status != INQ_OK) {
			if (i == 0) {
				first = *err;
				why = status;
			}
			continue;
		}
		if (programs++ == 0)
			*ret = x;
		else
			return inq_fail(err, INQ_BAD_ARGUMENT, 0,
			        "holds several programs; name one as FILE!MEMBER (inquiry examine lists "
			        "them)");
	}
	if (programs)
		return INQ_OK;
	if (s->members.count == 1)
		return inq_fail(err, why, first.at, "%s", first.text);
	return inq_fail(err, INQ_UNRECOGNISED, 0, "holds no program");
}

/*
 * Whether little can be said of it because its code does not lie there to be
 * read: something speaks for packing, and most of what should be code is in
 * no function.
 */
static bool packed(const struct inq_observation *o, const struct inq_program *p)
{
	return o->suspicion_count && p->function_bytes < p->code_bytes / 2;
}

static uint32_t languages(const struct inq_observation *o)
{
	static const uint32_t flags[INQ_FACT_COUNT] = {
		[INQ_FACT_GO] = INQ_PROGRAM_GO,
		[INQ_FACT_RUST] = INQ_PROGRAM_RUST,
		[INQ_FACT_CXX] = INQ_PROGRAM_CXX,
	};
	uint32_t ret = 0;

	for (size_t i = 0; i < o->fact_count; i++)
		ret |= flags[o->facts[i].kind];
	return ret;
}

enum inq_status cli_sample_program(const struct inq_exhibit *x, const char *name, struct inq_arena *a,
        struct inq_code *ret_code, struct inq_program *ret, struct inq_error *err)
{
	const struct inq_observation_limits no_strings = { .string_least = 1, .string_most = 1 };
	struct inq_observation o;
	enum inq_status status = inq_code_recover(x, a, ret_code, err);

	if (status == INQ_OK)
		status = inq_program_make(ret_code, name, a, ret, err);
	if (status == INQ_OK)
		status = inq_observation_read(x, &no_strings, a, &o, err);
	if (status == INQ_OK)
		ret->flags |= (packed(&o, ret) ? INQ_PROGRAM_PACKED : 0) | languages(&o);
	return status;
}

enum inq_status cli_sample_put(const struct cli *cli, const struct inq_member *m, const char *name,
        struct inq_arena *a, struct inq_sink *out, struct inq_error *err)
{
	struct inq_memory_sink memory = { .arena = a };
	struct inq_sink *held = inq_arena_new(a, 1, sizeof *held);
	struct inq_program program;
	struct inq_exhibit x;
	struct inq_code code;
	enum inq_status status = cli_sample_exhibit(cli, m, a, &x, err);

	if (status == INQ_OK)
		status = cli_sample_program(&x, name, a, &code, &program, err);
	if (status != INQ_OK)
		return status;
	if (!held)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for its fingerprint");
	inq_sink_init(held, inq_memory_sink_write, &memory);
	inq_program_write(&program, held);
	if (!inq_sink_flush(held))
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for its fingerprint");
	inq_put_le(out, memory.len, 8);
	inq_put_bytes(out, (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
	return INQ_OK;
}

size_t cli_arena_limit(const struct cli *cli)
{
	return (size_t)(cli->limits.memory - cli->limits.memory / 8);
}
