#include "cli/admission.h"
#include "base/utf8.h"
#include <inttypes.h>
#include <string.h>

enum { PIECE = 1 << 16 };

static bool is_utf8(struct inq_bytes b)
{
	uint32_t point;
	unsigned len;

	for (size_t at = 0; at < b.len; at += len) {
		len = b.at[at] < 0x80 ? 1 : inq_utf8((struct inq_bytes){ b.at + at, b.len - at }, &point);
		if (len == 0)
			return false;
	}
	return true;
}

/* The last part of the path; where it is no UTF-8, in its inert form. */
struct inq_bytes cli_admission_name(const char *path, struct inq_arena *a)
{
	const char *slash = strrchr(path, '/');
	struct inq_memory_sink memory = { .arena = a };
	struct inq_bytes name = inq_bytes_of(slash && slash[1] ? slash + 1 : path);
	struct inq_sink out;

	if (is_utf8(name) && name.len <= INQ_LABEL_MOST)
		return name;
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_put_inert(&out, name, INQ_LABEL_MOST);
	return inq_sink_flush(&out) ? (struct inq_bytes){ (const uint8_t *)memory.at, memory.len }
	                            : inq_bytes_of("unnamed");
}

static enum inq_status changed(struct inq_error *err)
{
	return inq_fail(err, INQ_CONFLICT, 0, "changed while it was read: nothing of it was entered");
}

static enum inq_status digest_stream(struct cli_admission *x, struct inq_error *err)
{
	struct inq_sha256_state s;
	enum inq_status status;
	uint8_t piece[PIECE];
	size_t got;

	inq_sha256_init(&s);
	for (;;) {
		status = inq_pieces_read(&x->pieces, piece, PIECE, &got, err);
		if (status != INQ_OK)
			return status;
		if (got == 0)
			break;
		x->size += got;
		if (x->size > INQ_CASE_OBJECT_MOST)
			return inq_fail(err, INQ_OVER_LIMIT, INQ_CASE_OBJECT_MOST,
			        "is longer than %" PRIu64
			        " bytes, more than an exhibit may be; --withheld enters its digest alone",
			        INQ_CASE_OBJECT_MOST);
		inq_sha256_update(&s, piece, got);
	}
	inq_sha256_final(&s, &x->digest);
	if (!inq_pieces_unchanged(&x->pieces))
		return changed(err);
	return inq_pieces_rewind(&x->pieces, err);
}

enum inq_status cli_admission_open(
        const char *path, struct inq_arena *a, struct cli_admission *ret, struct inq_error *err)
{
	bool from_stdin = strcmp(path, "-") == 0;
	struct cli_admission x = { .path = from_stdin ? "standard input" : path, .from_stdin = from_stdin };
	enum inq_status status;

	x.name = from_stdin ? inq_bytes_of(x.path) : cli_admission_name(path, a);
	if (from_stdin) {
		status = inq_file_stdin(INQ_CASE_OBJECT_MOST, &x.input, err);
		if (status != INQ_OK)
			return status;
		x.is_open = true;
		x.size = x.input.bytes.len;
		status = inq_sha256(x.input.bytes, &x.digest);
	} else {
		status = inq_pieces_open(path, &x.pieces, err);
		if (status != INQ_OK)
			return status;
		x.is_open = true;
		status = digest_stream(&x, err);
	}
	if (status == INQ_OK)
		*ret = x;
	else
		cli_admission_close(&x);
	return status;
}

void cli_admission_close(struct cli_admission *x)
{
	if (x->is_open && x->from_stdin)
		inq_file_close(&x->input);
	else if (x->is_open)
		inq_pieces_close(&x->pieces);
	x->is_open = false;
}

enum inq_status cli_admission_keep(struct cli_admission *x, struct inq_store *store, struct inq_error *err)
{
	enum inq_status status;

	if (x->from_stdin)
		return inq_store_object_put_bytes(store, x->input.bytes, NULL, err);
	status = inq_pieces_rewind(&x->pieces, err);
	if (status == INQ_OK)
		status = inq_store_object_put(store, &x->digest, x->size,
		        (struct inq_store_source){ inq_pieces_read, &x->pieces }, err);
	if (status == INQ_CONFLICT || (status == INQ_OK && !inq_pieces_unchanged(&x->pieces)))
		return changed(err);
	return status;
}

/* Standard input is in memory. */
static enum inq_status input_read(void *context, uint8_t *at, size_t len, size_t *got, struct inq_error *err)
{
	struct inq_bytes *left = context;

	(void)err;
	*got = left->len < len ? left->len : len;
	if (*got)
		memcpy(at, left->at, *got);
	*left = inq_bytes_from(*left, *got);
	return INQ_OK;
}

enum inq_status cli_admission_seal(struct cli_admission *x, struct inq_case *c,
        const struct inq_bytes *recipients, size_t count, struct inq_sha256 *ret, struct inq_error *err)
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct inq_bytes object, left = x->input.bytes;
	enum inq_status status = INQ_OK;

	if (!a)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to seal it");
	if (!x->from_stdin)
		status = inq_pieces_rewind(&x->pieces, err);
	if (status == INQ_OK)
		status = inq_case_seal(c, &x->digest, x->size, recipients, count,
		        x->from_stdin ? input_read : inq_pieces_read,
		        x->from_stdin ? (void *)&left : &x->pieces, a, &object, err);
	if (status == INQ_CONFLICT ||
	        (status == INQ_OK && !x->from_stdin && !inq_pieces_unchanged(&x->pieces)))
		status = changed(err);
	if (status == INQ_OK)
		status = inq_store_object_put_bytes(inq_case_store(c), object, ret, err);
	inq_arena_close(a);
	return status;
}

/* The own party can always open what it seals: naming it adds nobody. */
static bool recipient_add(
        struct cli *cli, const struct inq_case *c, struct inq_bytes name, struct cli_recipients *to)
{
	bool known = false;

	if (inq_bytes_equal(name, inq_case_party(c)))
		return true;
	for (size_t i = 0; i < to->count; i++)
		if (inq_bytes_equal(name, (const char *)to->names[i].at))
			return true;
	for (uint32_t i = 0; i < inq_case_log_count(c); i++)
		known |= inq_bytes_equal(name, inq_case_log_name(c, i));
	if (!known) {
		cli_error(cli, CLI_USAGE, "there is no party %.*s in this case", (int)name.len,
		        (const char *)name.at);
		return false;
	}
	if (to->count == INQ_OPTIONS_MOST) {
		cli_error(cli, CLI_USAGE, "an exhibit is sealed to at most %d parties", INQ_OPTIONS_MOST);
		return false;
	}
	name.at = (const uint8_t *)inq_arena_string(cli->arena, name);
	to->names[to->count++] = name;
	return name.at != NULL;
}

bool cli_recipients_read(struct cli *cli, const struct inq_case *c, struct cli_recipients *ret)
{
	ret->count = 0;
	for (size_t i = 0; i < cli->given_count; i++) {
		const char *list = cli->given[i].value;

		while (cli->given[i].id == CLI_SEALED_TO && *list) {
			size_t len = strcspn(list, ",");

			if (!recipient_add(cli, c, (struct inq_bytes){ (const uint8_t *)list, len }, ret))
				return false;
			list += len + (list[len] == ',');
		}
	}
	if (cli->set[CLI_SEALED_TO] && ret->count == 0) {
		cli_error(cli, CLI_USAGE,
		        "sealed to nobody else: --withheld keeps a file back, and enters its digest");
		return false;
	}
	return true;
}
