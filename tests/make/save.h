/*
 * What makes the files that a fuzz target begins with: each seeds_*.c defines
 * the kinds that it makes, and save.c the program around them:
 *
 *     seeds_X TARGET DIRECTORY
 *
 * A target that it does not make is bad usage, and leaves the directory as it was.
 */
#ifndef MAKE_SAVE_H
#define MAKE_SAVE_H

#include <stddef.h>
#include <stdio.h>

struct make_seeds {
	const char *target;
	void (*make)(const char *directory);
};

/* Up to one without a target. */
extern const struct make_seeds make_seeds[];

/* Ends the program, and says why on standard error. */
_Noreturn void make_fail(const char *name, const char *why);

/* Writes one file whole; what cannot be written ends the program. */
void make_save(const char *directory, const char *name, const void *at, size_t len);

/* The same of a file in parts. */
FILE *make_save_begin(const char *directory, const char *name);
void make_save_end(FILE *file, const char *name);

#endif
