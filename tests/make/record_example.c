#include "record.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * record_example [FILE]: prints the example with which formats/record.md opens;
 * with FILE, checks that it stands there, byte for byte.
 */

enum { PAGE = 100 };

/* Indented as in the document; lines that are too long go on in the next, where the document says so. */
static void put_block(struct inq_sink *out, struct inq_bytes b)
{
	size_t column = 0;

	for (size_t i = 0; i < b.len; i++) {
		if (column == 0 && b.at[i] != '\n')
			inq_put(out, "    ");
		inq_put_bytes(out, (struct inq_bytes){ b.at + i, 1 });
		column = b.at[i] == '\n' ? 0 : column + 1;
		if (column == PAGE && i + 1 < b.len && b.at[i + 1] != '\n') {
			inq_put(out, "\n");
			column = 0;
		}
	}
	if (column)
		inq_put(out, "\n");
	inq_put(out, "\n");
}

static void put_example(struct inq_sink *out, struct make_record *m)
{
	struct inq_entry e;
	struct inq_error err;
	char hex[65];

	if (inq_entry_read(m->party[0].entries[1], m->a, &e, &err) != INQ_OK)
		abort();
	inq_put(out, "The statement:\n\n");
	put_block(out, e.payload);
	inq_put(out, "The entry:\n\n");
	put_block(out, m->party[0].entries[1]);
	inq_hex(e.digest.byte, 32, hex);
	inq_put(out, "Its digest:\n\n");
	put_block(out, inq_bytes_of(hex));
	inq_put(out, "The head of the log, `logs/alma/checkpoint`:\n\n");
	put_block(out, make_file_find(m, "logs/alma/checkpoint")->bytes);
	inq_put(out, "The proof that the entry is in it:\n\n");
	put_block(out, make_proof(m, 0, 1, 2));
	inq_put(out, "The policy, `policy`:\n\n");
	put_block(out, make_file_find(m, INQ_BUNDLE_POLICY)->bytes);
}

static int check(const char *path, struct inq_bytes example)
{
	FILE *f = fopen(path, "rb");
	static char text[1 << 20];
	size_t len;

	if (!f) {
		perror(path);
		return 1;
	}
	len = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[len] = 0;
	if (memmem(text, len, example.at, example.len))
		return 0;
	fprintf(stderr, "%s: does not open with what record_example prints\n", path);
	return 1;
}

int main(int argc, char **argv)
{
	struct inq_arena *a = inq_arena_open((size_t)64 << 20);
	struct inq_memory_sink memory = { .arena = a };
	static struct make_record m;
	struct inq_sink out;
	int failed;

	make_example(&m, a);
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	put_example(&out, &m);
	if (!inq_sink_flush(&out))
		return 1;
	if (argc > 1)
		failed = check(argv[1], (struct inq_bytes){ (const uint8_t *)memory.at, memory.len });
	else
		failed = fwrite(memory.at, 1, memory.len, stdout) != memory.len;
	inq_arena_close(a);
	return failed;
}
