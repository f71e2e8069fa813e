/* What the corpus commands and search share. */
#ifndef CLI_CORPUS_H
#define CLI_CORPUS_H

#include "cli/batch.h"
#include <inquiry/corpus.h>

/* A corpus file, mapped and opened. It stays where it is: the corpus points into it. */
struct cli_corpus {
	const char *path;
	struct inq_file file;
	struct inq_corpus corpus;
};

/* INQ_UNREADABLE and what inq_corpus_open says; the error begins with the corpus's path. */
INQ_MUST enum inq_status cli_corpus_map(const char *path, struct cli_corpus *ret, struct inq_error *err);
void cli_corpus_unmap(struct cli_corpus *c);

/*
 * Fingerprints all samples below the directories that `cli` names (operands
 * from `first`, and --common) into `b`. What an interrupted run did is in the
 * journal `journal_path`, and this run adds to it; on success it is handed
 * back open, to be removed once the corpus is whole. Samples that cannot be
 * read are said and passed over. False where nothing can be made of it.
 */
bool cli_corpus_gather(struct cli *cli, size_t first, const char *journal_path, struct inq_corpus_builder *b,
        struct inq_journal *ret_journal);

#endif
