#include "os/os.h"
#include "os/private.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum inq_status inq_journal_open(const char *path, struct inq_journal *ret, struct inq_error *err)
{
	struct inq_journal j = { .fd = open(
		                         path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666) };
	enum inq_status status;

	if (j.fd < 0)
		return inq_fail(err, INQ_IO, 0, "cannot be written: %s", strerror(errno));
	if (flock(j.fd, LOCK_EX | LOCK_NB) != 0) {
		close(j.fd);
		return inq_fail(err, INQ_IO, 0, "another run is writing it");
	}
	status = inq_file_open(path, &j.before, err);
	if (status != INQ_OK) {
		close(j.fd);
		return status;
	}
	*ret = j;
	return INQ_OK;
}

enum inq_status inq_journal_cut(struct inq_journal *j, uint64_t len, struct inq_error *err)
{
	if (len > j->before.bytes.len)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "is shorter than that");
	if (ftruncate(j->fd, (off_t)len) != 0)
		return inq_fail(err, INQ_IO, 0, "cannot be cut: %s", strerror(errno));
	j->before.bytes.len = (size_t)len;
	return INQ_OK;
}

bool inq_journal_write(void *journal, const void *at, size_t len)
{
	const struct inq_journal *j = journal;

	return inq_write_all(j->fd, at, len);
}

void inq_journal_close(struct inq_journal *j, const char *path)
{
	/* Removed before the lock goes, or a run that waits for it would write to a file without a name. */
	if (path)
		unlink(path);
	inq_file_close(&j->before);
	close(j->fd);
}
