#include "page_documents.h"
#include <stdio.h>

/* seeds_page page DIRECTORY: each document alone, and all of them. */

static int save(const char *directory, const char *name, size_t first, size_t count)
{
	char path[4096], text[PAGE_DOCUMENT_MOST];
	int failed = 0;
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return 1;
	}
	for (size_t i = first; i < first + count; i++) {
		size_t len = make_page_document(i, text);

		failed |= page_entries[i] && fputs("@ ", file) < 0;
		failed |= fwrite(text, 1, len, file) != len || fputc('\n', file) < 0;
	}
	return fclose(file) || failed;
}

int main(int argc, char **argv)
{
	int failed;

	if (argc != 3 || strcmp(argv[1], "page") != 0)
		return 2;
	failed = save(argv[2], "all", 0, PAGE_DOCUMENTS);
	for (size_t i = 0; i < PAGE_DOCUMENTS; i++) {
		char name[32];

		snprintf(name, sizeof name, "document-%zu", i);
		failed |= save(argv[2], name, i, 1);
	}
	return failed;
}
