#include "os/os.h"
#include "os/private.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool inq_write_all(int fd, const void *at, size_t len)
{
	const char *from = at;

	while (len) {
		ssize_t put = write(fd, from, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		from += put;
		len -= (size_t)put;
	}
	return true;
}

bool inq_stdout_write(void *unused, const void *at, size_t len)
{
	(void)unused;
	return inq_write_all(STDOUT_FILENO, at, len);
}

bool inq_stderr_write(void *unused, const void *at, size_t len)
{
	(void)unused;
	return inq_write_all(STDERR_FILENO, at, len);
}

/* The temporary name: hidden, in the same directory, of this process alone. */
static bool temporary_name(const char *path, char *ret, size_t size)
{
	static unsigned serial;
	const char *slash = strrchr(path, '/');
	int directory_len = slash ? (int)(slash + 1 - path) : 0;
	int len = snprintf(ret, size, "%.*s.%s.%ld-%u.tmp", directory_len, path, slash ? slash + 1 : path,
	        (long)getpid(), serial++);

	return len > 0 && (size_t)len < size;
}

enum inq_status inq_output_open(const char *path, struct inq_output *ret, struct inq_error *err)
{
	char resolved[PATH_MAX];
	struct stat st;
	bool exists = stat(path, &st) == 0, direct = exists && !S_ISREG(st.st_mode);
	struct inq_output o = { .slot = -1 };

	if (exists && S_ISDIR(st.st_mode))
		return inq_fail(err, INQ_IO, 0, "cannot be written: it is a directory");
	/* Renaming onto a link would replace the link, not the file it stands for. */
	if (exists && realpath(path, resolved))
		path = resolved;
	if (strlen(path) >= sizeof o.path || !temporary_name(path, o.temporary, sizeof o.temporary))
		return inq_fail(err, INQ_IO, 0, "cannot be written: the name is too long");
	strcpy(o.path, path);
	if (direct) {
		*o.temporary = 0;
		o.fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	} else {
		o.slot = inq_guard_file(o.temporary);
		o.fd = open(o.temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	}
	if (o.fd < 0) {
		inq_guard_file_done(o.slot);
		return inq_fail(err, INQ_IO, 0, "cannot be written: %s", strerror(errno));
	}
	if (exists && !direct)
		(void)!fchmod(o.fd, st.st_mode & 07777);
	*ret = o;
	return INQ_OK;
}

void inq_output_close_to_others(struct inq_output *o)
{
	if (*o->temporary)
		(void)!fchmod(o->fd, 0600);
}

bool inq_output_write(void *output, const void *at, size_t len)
{
	struct inq_output *o = output;

	if (!o->error && !inq_write_all(o->fd, at, len))
		o->error = errno ? errno : EIO;
	o->written += len;
	return !o->error;
}

/* A rename is only on the disk once its directory is. */
static bool directory_sync(const char *path)
{
	char directory[4096];
	char *slash;
	int fd;
	bool done;

	strcpy(directory, path);
	slash = strrchr(directory, '/');
	if (!slash)
		strcpy(directory, ".");
	else
		slash[slash == directory] = 0;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	/* Some file systems cannot sync a directory and need not. */
	done = fsync(fd) == 0 || errno == EINVAL;
	close(fd);
	return done;
}

enum inq_status inq_output_commit(struct inq_output *o, struct inq_error *err)
{
	bool direct = !*o->temporary;

	if (!o->error && !direct && fsync(o->fd) != 0)
		o->error = errno;
	if (close(o->fd) != 0 && !o->error)
		o->error = errno;
	if (!direct) {
		if (!o->error && rename(o->temporary, o->path) != 0)
			o->error = errno;
		if (o->error)
			unlink(o->temporary);
		inq_guard_file_done(o->slot);
		if (!o->error && !directory_sync(o->path))
			o->error = errno;
	}
	if (o->error)
		return inq_fail(err, INQ_IO, 0, "cannot be written: %s", strerror(o->error));
	return INQ_OK;
}

void inq_output_abandon(struct inq_output *o)
{
	close(o->fd);
	if (*o->temporary)
		unlink(o->temporary);
	inq_guard_file_done(o->slot);
}
