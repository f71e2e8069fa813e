/* Builds ZIP files in memory with libarchive. */
#ifndef MAKE_ZIP_H
#define MAKE_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct make_zip {
	uint8_t *at; /* `room` bytes of the caller */
	size_t room, len;
	void *archive;
};

/* `encryption`: NULL, "traditional" or "aes256", with `password`. False where this libarchive cannot. */
bool make_zip_begin(struct make_zip *z, uint8_t *at, size_t room, bool deflate, const char *encryption,
        const char *password);
void make_zip_add(struct make_zip *z, const char *name, const void *data, size_t len);
/* Adds `len` zero bytes. */
void make_zip_add_zeros(struct make_zip *z, const char *name, size_t len);
void make_zip_add_directory(struct make_zip *z, const char *name);
void make_zip_end(struct make_zip *z);

#endif
