/*
 * A long list of calls that a seed decides, good ones and bad ones, and all
 * that a store answers to them in a transcript. Two stores that are alike
 * give the same transcript.
 */
#ifndef TESTS_MAKE_STORE_SCRIPT_H
#define TESTS_MAKE_STORE_SCRIPT_H

#include "store.h"

/*
 * Runs `steps` calls on a store within a transaction, or none; commits at
 * the end. Where `reopen` is set the handle is closed and opened at `address` now and
 * then. Gives the handle that is open in the end.
 */
struct inq_store *make_store_script(struct inq_store *s, const char *address, bool reopen, uint64_t seed,
        unsigned steps, struct inq_arena *a, struct inq_sink *transcript);

#endif
