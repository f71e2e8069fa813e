#include "os/folder.h"
#include "os/os.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)where;
	return kind == FTW_DP ? rmdir(path) : unlink(path);
}

static bool tree_remove(const char *path)
{
	enum { OPEN_MOST = 16 };

	return nftw(path, remove_one, OPEN_MOST, FTW_DEPTH | FTW_PHYS) == 0;
}

/* Whether all that stands in the folder has a name in `own`; else `*ret` is the first that has not. */
static bool holds_only(const char *path, const char *const *own, char ret[256])
{
	DIR *d = opendir(path);
	struct dirent *e;
	bool only = true;

	if (!d) {
		snprintf(ret, 256, "%s", strerror(errno));
		return false;
	}
	while (only && (e = readdir(d))) {
		bool found = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;

		for (const char *const *o = own; *o && !found; o++)
			found = strcmp(e->d_name, *o) == 0;
		if (!found)
			snprintf(ret, 256, "%.255s", e->d_name);
		only = found;
	}
	closedir(d);
	return only;
}

static enum inq_status taken(const char *path, const char *const *own, bool *ret, struct inq_error *err)
{
	char other[256];
	struct stat st;

	*ret = lstat(path, &st) == 0;
	if (!*ret)
		return INQ_OK;
	if (!S_ISDIR(st.st_mode))
		return inq_fail(err, INQ_CONFLICT, 0, "is there already, and no folder");
	if (!holds_only(path, own, other))
		return inq_fail(err, INQ_CONFLICT, 0,
		        "is there already and holds \"%.100s\", which was not written by this program",
		        other);
	return INQ_OK;
}

enum inq_status inq_folder_open(
        const char *path, const char *const *own, struct inq_folder *ret, struct inq_error *err)
{
	struct inq_folder f = { .fd = -1 };
	size_t len = strlen(path);
	const char *slash;
	enum inq_status status;
	int wrote;

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 0 || len + 32 > sizeof f.path)
		return inq_fail(err, INQ_IO, 0, "cannot be written: its name is empty or too long");
	memcpy(f.path, path, len);
	slash = strrchr(f.path, '/');
	wrote = snprintf(f.temporary, sizeof f.temporary, "%.*s.%s.part",
	        slash ? (int)(slash + 1 - f.path) : 0, f.path, slash ? slash + 1 : f.path);
	if (wrote < 0 || (size_t)wrote >= sizeof f.temporary)
		return inq_fail(err, INQ_IO, 0, "cannot be written: its name is too long");
	status = taken(f.path, own, &f.there, err);
	if (status != INQ_OK)
		return status;
	for (int tries = 0; tries < 2; tries++) {
		bool made = mkdir(f.temporary, 0777) == 0;

		if (!made && errno != EEXIST)
			return inq_fail(err, INQ_IO, 0, "cannot be written: %s", strerror(errno));
		f.fd = open(f.temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (f.fd < 0)
			return inq_fail(err, INQ_IO, 0, "cannot be written: %s", strerror(errno));
		if (flock(f.fd, LOCK_EX | LOCK_NB) != 0) {
			close(f.fd);
			return inq_fail(err, INQ_IO, 0, "another run is writing it");
		}
		if (made) {
			*ret = f;
			return INQ_OK;
		}
		/* Somebody was interrupted: nobody holds the lock. */
		if (!tree_remove(f.temporary)) {
			close(f.fd);
			return inq_fail(err, INQ_IO, 0, "what an interrupted run left cannot be removed: %s",
			        strerror(errno));
		}
		close(f.fd);
	}
	return inq_fail(err, INQ_IO, 0, "another run is writing it");
}

static enum inq_status failed(struct inq_error *err)
{
	return inq_fail(err, INQ_IO, 0, "cannot be written: %s", strerror(errno));
}

static bool all_write(int fd, struct inq_bytes b)
{
	while (b.len) {
		ssize_t put = write(fd, b.at, b.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		b.at += put;
		b.len -= (size_t)put;
	}
	return true;
}

enum inq_status inq_folder_put(
        struct inq_folder *f, const char *name, struct inq_bytes b, struct inq_error *err)
{
	char above[4096];
	size_t len = strlen(name);
	int fd;

	if (len == 0 || len >= sizeof above)
		return inq_fail(err, INQ_IO, 0, "cannot be written: a name of no use");
	fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0 && errno == ENOENT) {
		for (size_t i = 0; i < len; i++) {
			above[i] = name[i];
			if (name[i] != '/')
				continue;
			above[i] = 0;
			if (mkdirat(f->fd, above, 0777) != 0 && errno != EEXIST)
				return failed(err);
			above[i] = '/';
		}
		fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	}
	if (fd < 0)
		return failed(err);
	if (!all_write(fd, b)) {
		enum inq_status status = failed(err);

		close(fd);
		return status;
	}
	if (close(fd) != 0)
		return failed(err);
	f->files++;
	f->bytes += b.len;
	return INQ_OK;
}

static bool above_sync(const char *path)
{
	char above[4096];
	char *slash;
	int fd;
	bool done;

	snprintf(above, sizeof above, "%s", path);
	slash = strrchr(above, '/');
	if (!slash)
		strcpy(above, ".");
	else
		slash[slash == above] = 0;
	fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	/* Some file systems cannot sync a directory and need not. */
	done = fsync(fd) == 0 || errno == EINVAL;
	close(fd);
	return done;
}

enum inq_status inq_folder_commit(struct inq_folder *f, struct inq_error *err)
{
	enum inq_status status = INQ_OK;

	if (syncfs(f->fd) != 0)
		status = failed(err);
	/* One step for who looks at it: the old one and the new one change places. */
	if (status == INQ_OK && renameat2(AT_FDCWD, f->temporary, AT_FDCWD, f->path,
	                                f->there ? RENAME_EXCHANGE : RENAME_NOREPLACE) != 0)
		status = failed(err);
	if (status != INQ_OK) {
		inq_folder_abandon(f);
		return status;
	}
	if (!above_sync(f->path))
		status = failed(err);
	if (f->there && !tree_remove(f->temporary) && status == INQ_OK)
		status = inq_fail(err, INQ_IO, 0,
		        "is written, but what was there before cannot be removed: %s", strerror(errno));
	close(f->fd);
	return status;
}

void inq_folder_abandon(struct inq_folder *f)
{
	(void)tree_remove(f->temporary);
	close(f->fd);
}

static void facts_of(const struct stat *st, int64_t facts[5])
{
	facts[0] = (int64_t)st->st_size;
	facts[1] = (int64_t)st->st_mtim.tv_sec;
	facts[2] = (int64_t)st->st_mtim.tv_nsec;
	facts[3] = (int64_t)st->st_ctim.tv_sec;
	facts[4] = (int64_t)st->st_ctim.tv_nsec;
}

enum inq_status inq_pieces_open(const char *path, struct inq_pieces *ret, struct inq_error *err)
{
	struct stat st;
	/* Without O_NONBLOCK the opening of a pipe would wait for a writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return inq_fail(err, INQ_UNREADABLE, 0, "cannot be opened: %s", strerror(errno));
	if (fstat(fd, &st) != 0) {
		close(fd);
		return inq_fail(err, INQ_UNREADABLE, 0, "cannot be read: %s", strerror(errno));
	}
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return inq_fail(err, INQ_UNREADABLE, 0, "is %s",
		        S_ISDIR(st.st_mode) ? "a directory" : "not a regular file");
	}
	ret->fd = fd;
	ret->size = (uint64_t)st.st_size;
	facts_of(&st, ret->facts);
	return INQ_OK;
}

enum inq_status inq_pieces_read(void *stream, uint8_t *at, size_t len, size_t *got, struct inq_error *err)
{
	const struct inq_pieces *s = stream;
	ssize_t count;

	do
		count = read(s->fd, at, len);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return inq_fail(err, INQ_UNREADABLE, 0, "cannot be read: %s", strerror(errno));
	*got = (size_t)count;
	return INQ_OK;
}

enum inq_status inq_pieces_rewind(struct inq_pieces *s, struct inq_error *err)
{
	if (lseek(s->fd, 0, SEEK_SET) != 0)
		return inq_fail(err, INQ_IO, 0, "cannot be read again: %s", strerror(errno));
	return INQ_OK;
}

bool inq_pieces_unchanged(const struct inq_pieces *s)
{
	int64_t facts[5];
	struct stat st;

	if (fstat(s->fd, &st) != 0)
		return false;
	facts_of(&st, facts);
	return memcmp(facts, s->facts, sizeof facts) == 0;
}

void inq_pieces_close(struct inq_pieces *s)
{
	close(s->fd);
}

enum inq_status inq_file_copy(
        const char *path, uint64_t most, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_pieces s;
	enum inq_status status = inq_pieces_open(path, &s, err);
	size_t len = 0, got = 0, room;
	uint8_t *at;

	if (status != INQ_OK)
		return status;
	room = s.size < SIZE_MAX ? (size_t)s.size + 1 : SIZE_MAX;
	if (s.size > most)
		status = inq_fail(
		        err, INQ_OVER_LIMIT, most, "is longer than %llu bytes", (unsigned long long)most);
	at = status == INQ_OK ? inq_arena_new(a, room, 1) : NULL;
	if (status == INQ_OK && !at)
		status = inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
	while (status == INQ_OK && len < room) {
		status = inq_pieces_read(&s, at + len, room - len, &got, err);
		if (status != INQ_OK || got == 0)
			break;
		len += got;
	}
	inq_pieces_close(&s);
	if (status == INQ_OK && len == room)
		status = inq_fail(err, INQ_UNREADABLE, 0, "has grown while it was read");
	if (status == INQ_OK)
		*ret = (struct inq_bytes){ at, len };
	return status;
}
