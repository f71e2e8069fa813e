/* Files without a name. */
#include "os/private.h"
#include "os/task.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int unnamed_in(const char *folder)
{
	char path[4096];
	int fd;

	if (!folder || !*folder)
		return -1;
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || snprintf(path, sizeof path, "%s/.inquiry-XXXXXX", folder) >= (int)sizeof path)
		return fd;
	/* A file system without such files: it has a name for as long as it takes to remove it. */
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

enum inq_status inq_scratch_open(int *ret_fd, struct inq_error *err)
{
	int fd = unnamed_in(getenv("TMPDIR"));

	if (fd < 0)
		fd = unnamed_in("/var/tmp");
	if (fd < 0)
		fd = unnamed_in("/tmp");
	if (fd < 0)
		return inq_fail(err, INQ_IO, 0, "no temporary file to be had: %s", strerror(errno));
	*ret_fd = fd;
	return INQ_OK;
}

enum inq_status inq_scratch_move(struct inq_bytes bytes, int *ret_fd, struct inq_error *err)
{
	int fd = memfd_create("inquiry", MFD_CLOEXEC);
	bool whole = fd >= 0 && (bytes.len == 0 || inq_write_all(fd, bytes.at, bytes.len));
	int error = errno;

	if (bytes.len)
		explicit_bzero((void *)(uintptr_t)bytes.at, bytes.len);
	if (!whole) {
		inq_scratch_close(fd);
		return inq_fail(err, INQ_IO, 0, "no memory for an exhibit: %s", strerror(error));
	}
	*ret_fd = fd;
	return INQ_OK;
}

bool inq_scratch_write(int fd, const void *at, size_t len)
{
	return inq_write_all(fd, at, len);
}

enum inq_status inq_scratch_map(int fd, struct inq_file *ret, struct inq_error *err)
{
	struct stat st;
	void *map;

	if (fstat(fd, &st) != 0)
		return inq_fail(err, INQ_IO, 0, "a temporary file is not to be seen: %s", strerror(errno));
	if (st.st_size == 0) {
		*ret = (struct inq_file){ 0 };
		return INQ_OK;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return inq_fail(err, INQ_IO, 0, "a temporary file is not to be read: %s", strerror(errno));
	*ret = (struct inq_file){ { map, (size_t)st.st_size }, map, (size_t)st.st_size };
	return INQ_OK;
}

void inq_scratch_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

bool inq_scratch_as_stdout(int fd)
{
	return dup2(fd, STDOUT_FILENO) == STDOUT_FILENO;
}

void inq_scratch_path(int fd, char ret[INQ_SCRATCH_PATH])
{
	snprintf(ret, INQ_SCRATCH_PATH, "/proc/%ld/fd/%d", (long)getpid(), fd);
}
