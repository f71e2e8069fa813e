#include "blind.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/*
 * seeds_blind blind_message|blind_take DIRECTORY: writes the messages of a
 * session, or their bodies and the result behind the byte that says which, for
 * the fuzzer of that name.
 */

static int save(const char *directory, const char *name, int first, struct inq_bytes b)
{
	char path[4096];
	FILE *file;
	int written;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return 1;
	}
	written = (first < 0 || fputc(first, file) == first) && fwrite(b.at, 1, b.len, file) == b.len;
	return fclose(file) || !written;
}

int main(int argc, char **argv)
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct make_blind *m = a ? inq_arena_new(a, 1, sizeof *m) : NULL;
	struct inq_blind_message message;
	struct inq_blind_set sets[2];
	struct inq_bytes bytes;
	struct inq_error err;
	int failed = 0;
	bool whole;

	if (argc != 3 || !m || sodium_init() < 0)
		return 2;
	whole = strcmp(argv[1], "blind_message") == 0;
	make_blind_init(m, a, 1);
	sets[0] = make_blind_set(m, INQ_BLIND_DOMAIN, "a.example\nb.example\n");
	sets[1] = make_blind_set(m, INQ_BLIND_DOMAIN, "b.example\nc.example\n");
	make_blind_commit(m, sets, 1);
	for (unsigned step = 1; step <= 6; step++) {
		char name[32];

		bytes = make_blind_step(m);
		snprintf(name, sizeof name, "step-%u", step);
		if (inq_blind_message_read(bytes, &message, &err) != INQ_OK)
			return 1;
		if (whole)
			failed |= save(argv[2], name, -1, bytes);
		else if (step >= 3)
			failed |= save(argv[2], name, (int)step - 3, message.body);
	}
	if (inq_blind_result_write(&m->session[0], &m->asker[0], a, &bytes, &err) != INQ_OK)
		return 1;
	if (!whole)
		failed |= save(argv[2], "result", 4, bytes);
	else
		failed |= save(argv[2], "url", -1, inq_bytes_of("HTTP://u@Evil.Example:080/%aF?q#x")) |
		          save(argv[2], "ipv6", -1, inq_bytes_of("2001:db8::1"));
	inq_arena_close(a);
	return failed;
}
