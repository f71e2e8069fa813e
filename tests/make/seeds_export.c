/* Documents of which exports are made. */
#include "export_documents.h"
#include "save.h"

static void seeds_export(const char *directory)
{
	static const char search[] = MAKE_SEARCH, hostile[] = MAKE_HOSTILE_SEARCH,
	                  examination[] = MAKE_EXAMINATION, found[] = MAKE_EXAMINATION "\0" MAKE_ATTRIBUTION,
	                  case_of[] = MAKE_SEARCH "\0" MAKE_LOG;

	make_save(directory, "search", search, sizeof search - 1);
	make_save(directory, "hostile", hostile, sizeof hostile - 1);
	make_save(directory, "examination", examination, sizeof examination - 1);
	make_save(directory, "found", found, sizeof found - 1);
	make_save(directory, "case", case_of, sizeof case_of - 1);
}

const struct make_seeds make_seeds[] = {
	{ "export", seeds_export },
	{ NULL, NULL },
};
