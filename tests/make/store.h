/* Stores for tests: somewhere to keep one, and things to keep in it. */
#ifndef TESTS_MAKE_STORE_H
#define TESTS_MAKE_STORE_H

#include <inquiry/store.h>

enum make_store_kind { MAKE_MEMORY, MAKE_SQLITE, MAKE_POSTGRES, MAKE_STORE_KINDS };
extern const char *const make_store_kinds[MAKE_STORE_KINDS];

/* False for POSTGRES where there is no server: tests/postgres starts one and says where. */
bool make_store_can(enum make_store_kind kind);

/* The address of a store that does not exist yet. */
struct make_store {
	enum make_store_kind kind;
	char address[512];
};
void make_store(struct make_store *m, enum make_store_kind kind);

/* The directory that files of stores are in; all of it goes at the end of the program. */
const char *make_store_directory(void);

/* Numbers that look random and are the same in every run: splitmix64. */
uint64_t make_next(uint64_t *state);

/* `len` bytes that depend on `seed` alone, half of them easy to compress. */
void make_bytes_into(uint8_t *at, size_t len, uint64_t seed);

#endif
