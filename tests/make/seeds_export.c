/*
 * Writes documents of which exports are made, for the fuzz target to begin with.
 *
 * usage: seeds_export export DIRECTORY
 */
#include "export_documents.h"
#include <stdio.h>
#include <string.h>

static int save(const char *directory, const char *name, const char *text, size_t len)
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
	written = fwrite(text, 1, len, file) == len;
	return fclose(file) || !written;
}

int main(int argc, char **argv)
{
	static const char case_of[] = MAKE_SEARCH "\0" MAKE_LOG,
	                  found[] = MAKE_EXAMINATION "\0" MAKE_ATTRIBUTION;

	if (argc != 3 || strcmp(argv[1], "export")) {
		fputs("usage: seeds_export export DIRECTORY\n", stderr);
		return 2;
	}
	return save(argv[2], "search", MAKE_SEARCH, strlen(MAKE_SEARCH)) |
	       save(argv[2], "hostile", MAKE_HOSTILE_SEARCH, strlen(MAKE_HOSTILE_SEARCH)) |
	       save(argv[2], "examination", MAKE_EXAMINATION, strlen(MAKE_EXAMINATION)) |
	       save(argv[2], "found", found, sizeof found - 1) |
	       save(argv[2], "case", case_of, sizeof case_of - 1);
}
