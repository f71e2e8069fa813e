/*
 * A folder that appears whole or not at all: it is written beside its place
 * under another name, and renamed when all of it is on the disk. Private to
 * the project.
 */
#ifndef OS_FOLDER_H
#define OS_FOLDER_H

#include <inquiry/text.h>

struct inq_folder {
	char path[4096], temporary[4096];
	int fd; /* of the temporary one, locked */
	bool there; /* one of that name is to be replaced */
	uint64_t files, bytes; /* written so far */
};

/*
 * Begins a folder. One that is there already is replaced on commit, but only
 * where it is empty or all that stands in it has a name in `own` (ended by
 * NULL): what others have put there is not this program's to remove. What an
 * interrupted run left under the temporary name is removed.
 *
 * INQ_IO        it cannot be made, or another run is writing it
 * INQ_CONFLICT  there is something of that name that is not to be replaced
 */
INQ_MUST enum inq_status inq_folder_open(
        const char *path, const char *const *own, struct inq_folder *ret, struct inq_error *err);

/* Writes the file `name`, a relative path without dots, and the folders above it. INQ_IO */
INQ_MUST enum inq_status inq_folder_put(
        struct inq_folder *f, const char *name, struct inq_bytes b, struct inq_error *err);

/* Makes it appear. After a failure what was there before stays. Always ends the folder. */
INQ_MUST enum inq_status inq_folder_commit(struct inq_folder *f, struct inq_error *err);

/* Drops what was written. */
void inq_folder_abandon(struct inq_folder *f);

/*
 * The bytes of the regular file `path`, at most `most`, copied into `a`: whoever
 * shortens the file meanwhile changes nothing of them.
 *
 * INQ_UNREADABLE  there is none, it is no regular file, or it may not be read
 * INQ_OVER_LIMIT  it is longer
 */
INQ_MUST enum inq_status inq_file_copy(
        const char *path, uint64_t most, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/*
 * A regular file read piece by piece, so that one of any length can be read,
 * and one that changes meanwhile is noticed.
 */
struct inq_pieces {
	int fd;
	uint64_t size; /* when it was opened */
	int64_t facts[5];
};

/* INQ_UNREADABLE as above */
INQ_MUST enum inq_status inq_pieces_open(const char *path, struct inq_pieces *ret, struct inq_error *err);

/* The next bytes, up to `len`; 0 at the end. `stream` is a struct inq_pieces: fits struct inq_store_source. */
INQ_MUST enum inq_status inq_pieces_read(
        void *stream, uint8_t *at, size_t len, size_t *got, struct inq_error *err);

/* Back to its first byte. INQ_IO */
INQ_MUST enum inq_status inq_pieces_rewind(struct inq_pieces *s, struct inq_error *err);

/* Whether it is the file it was when it was opened, by size and times. */
bool inq_pieces_unchanged(const struct inq_pieces *s);
void inq_pieces_close(struct inq_pieces *s);

#endif
