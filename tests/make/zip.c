#include "zip.h"
#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <string.h>

bool make_zip_begin(struct make_zip *z, uint8_t *at, size_t room, bool deflate, const char *encryption,
        const char *password)
{
	struct archive *w = archive_write_new();
	bool good;

	*z = (struct make_zip){ .at = at, .room = room, .archive = w };
	assert(w);
	good = archive_write_set_format_zip(w) == ARCHIVE_OK &&
	       (deflate ? archive_write_zip_set_compression_deflate(w)
	                : archive_write_zip_set_compression_store(w)) == ARCHIVE_OK;
	if (good && encryption)
		good = archive_write_set_format_option(w, "zip", "encryption", encryption) == ARCHIVE_OK &&
		       archive_write_set_passphrase(w, password) == ARCHIVE_OK;
	good = good && archive_write_open_memory(w, at, room, &z->len) == ARCHIVE_OK;
	if (!good)
		archive_write_free(w);
	return good;
}

static void header(struct make_zip *z, const char *name, unsigned type, size_t len)
{
	struct archive_entry *e = archive_entry_new();
	int result;

	assert(e);
	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, type);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)len);
	archive_entry_set_mtime(e, 1000000000, 0);
	result = archive_write_header(z->archive, e);
	assert(result == ARCHIVE_OK);
	(void)result;
	archive_entry_free(e);
}

static void data(struct make_zip *z, const void *at, size_t len)
{
	la_ssize_t written = archive_write_data(z->archive, at, len);

	assert(written == (la_ssize_t)len);
	(void)written;
}

void make_zip_add(struct make_zip *z, const char *name, const void *at, size_t len)
{
	header(z, name, AE_IFREG, len);
	data(z, at, len);
}

void make_zip_add_zeros(struct make_zip *z, const char *name, size_t len)
{
	static const uint8_t zeros[1 << 16];

	header(z, name, AE_IFREG, len);
	for (size_t piece; len; len -= piece) {
		piece = len < sizeof zeros ? len : sizeof zeros;
		data(z, zeros, piece);
	}
}

void make_zip_add_directory(struct make_zip *z, const char *name)
{
	header(z, name, AE_IFDIR, 0);
}

void make_zip_end(struct make_zip *z)
{
	int result = archive_write_close(z->archive);

	assert(result == ARCHIVE_OK);
	(void)result;
	archive_write_free(z->archive);
}
