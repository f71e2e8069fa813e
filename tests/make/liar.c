/*
 * A party that lies: enters an examination again with a result that the
 * analysis did not give, signed and cited as it should be. Only running the
 * analysis again shows it.
 *
 * usage: liar CASE KEY ENTRY OFFSET [other]
 *   KEY     a key file without a passphrase
 *   ENTRY   the examination to repeat falsely
 *   OFFSET  the byte of its result that becomes another one
 *   other   say that another build of the program made it
 */
#include "os/folder.h"
#include <inquiry/case.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct inq_error err;

static void want(enum inq_status status)
{
	if (status == INQ_OK)
		return;
	fprintf(stderr, "liar: %s\n", err.text);
	exit(1);
}

static enum inq_status ask(void *context, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *why)
{
	return inq_secret_answer(context, request, reply, most, ret_len, why);
}

int main(int argc, char **argv)
{
	struct inq_arena *a = inq_arena_open((size_t)1 << 30);
	struct inq_case_writer writer = { .time = 1700000000 };
	const struct inq_case_entry *found;
	struct inq_case_entered entered;
	struct inq_bytes file, result, none = { NULL, 0 };
	struct inq_secret *secret;
	struct inq_case *c;
	struct inq_entry e;
	size_t at;
	uint8_t *lie;

	if (argc < 5) {
		fprintf(stderr, "usage: liar CASE KEY ENTRY OFFSET [other]\n");
		return 2;
	}
	at = strtoul(argv[4], NULL, 10);
	want(inq_file_copy(argv[2], 65536, a, &file, &err));
	want(inq_secret_read(file, none, &secret, &err));
	inq_secret_public(secret, &writer.keys);
	writer.asker = (struct inq_asker){ ask, secret };
	want(inq_case_open(argv[1], true, a, &c, &err));
	want(inq_case_find(c, argv[3], &found, &err));
	want(inq_case_read(c, found, a, &e, NULL, &err));
	want(inq_store_object_bytes(inq_case_store(c), &e.result, INQ_CASE_OBJECT_MOST, a, &result, &err));
	lie = inq_arena_new(a, result.len, 1);
	if (!lie || at >= result.len)
		return 1;
	memcpy(lie, result.at, result.len);
	lie[at] ^= 1;
	if (argc > 5)
		e.program_digest.byte[0] ^= 1;
	want(inq_case_begin(c, &writer, &err));
	want(inq_store_object_put_bytes(
	        inq_case_store(c), (struct inq_bytes){ lie, result.len }, &e.result, &err));
	want(inq_case_enter(c, &e, &entered, &err));
	want(inq_case_commit(c, &err));
	printf("%s/%llu\n", inq_case_party(c), (unsigned long long)entered.index);
	inq_case_close(c);
	inq_secret_close(secret);
	inq_arena_close(a);
	return 0;
}
