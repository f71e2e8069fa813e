#include "page_documents.h"
#include "save.h"

static void save_documents(const char *directory, const char *name, size_t first, size_t count)
{
	FILE *file = make_save_begin(directory, name);
	char text[PAGE_DOCUMENT_MOST];

	for (size_t i = first; i < first + count; i++) {
		size_t len = make_page_document(i, text);

		if (page_entries[i])
			fputs("@ ", file);
		fwrite(text, 1, len, file);
		fputc('\n', file);
	}
	make_save_end(file, name);
}

/* Each document alone, and all of them. */
static void seeds_page(const char *directory)
{
	save_documents(directory, "all", 0, PAGE_DOCUMENTS);
	for (size_t i = 0; i < PAGE_DOCUMENTS; i++) {
		char name[32];

		snprintf(name, sizeof name, "document-%zu", i);
		save_documents(directory, name, i, 1);
	}
}

const struct make_seeds make_seeds[] = {
	{ "page", seeds_page },
	{ NULL, NULL },
};
