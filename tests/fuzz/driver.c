/*
 * Replays inputs through a fuzz target in builds without libFuzzer: every file
 * given, and every file in the directories given, once and in full, then each
 * cut short at a few places. What the fuzzer once found is so tried in every
 * test run, by every compiler.
 *
 * usage: fuzz_NAME FILE-or-DIRECTORY...
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

static unsigned replayed;

static _Noreturn void fail(const char *path, const char *why)
{
	fprintf(stderr, "%s: %s\n", path, why);
	exit(1);
}

static uint8_t *content(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *at = NULL;
	long len;

	if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		fail(path, strerror(errno));
	at = malloc((size_t)len + 1);
	if (!at || fread(at, 1, (size_t)len, f) != (size_t)len)
		fail(path, "cannot be read");
	fclose(f);
	*ret_len = (size_t)len;
	return at;
}

/* The input stands in memory of exactly its size, so that a sanitizer sees one byte too many. */
static void run(const uint8_t *at, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		fail("memory", "is short");
	if (len)
		memcpy(copy, at, len);
	if (LLVMFuzzerTestOneInput(copy, len))
		fail("target", "gave other than 0");
	free(copy);
}

static void replay_file(const char *path)
{
	static const unsigned sixteenths[] = { 1, 4, 8, 12, 15 };
	size_t len;
	uint8_t *at = content(path, &len);

	run(at, len);
	for (size_t i = 0; i < sizeof sixteenths / sizeof *sixteenths; i++)
		run(at, len * sixteenths[i] / 16);
	free(at);
	replayed++;
}

static int by_name(const struct dirent **l, const struct dirent **r)
{
	return strcmp((*l)->d_name, (*r)->d_name);
}

static int shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void replay(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, shown, by_name);

	if (count < 0 && errno == ENOTDIR) {
		replay_file(path);
		return;
	}
	if (count < 0)
		fail(path, strerror(errno));
	for (int i = 0; i < count; i++) {
		char name[4096];

		if (snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name) >= (int)sizeof name)
			fail(path, "is too long a name");
		replay_file(name);
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	run(NULL, 0);
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%u inputs replayed\n", replayed);
	/* A corpus that got lost must not pass for one that was replayed. */
	return replayed ? 0 : 1;
}
