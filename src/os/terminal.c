#include "os/terminal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static enum inq_status type_in(int fd, uint8_t *at, size_t most, size_t *ret_len, struct inq_error *err)
{
	size_t len = 0;
	uint8_t key;

	for (;;) {
		ssize_t got = read(fd, &key, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || key == 3 || (key == 4 && len == 0))
			return inq_fail(err, INQ_INTERRUPTED, 0, "no passphrase was given");
		if (key == '\n' || key == '\r' || key == 4)
			break;
		if (key == 0x7f || key == 8) {
			/* A character is all its bytes. */
			while (len && (at[len - 1] & 0xc0) == 0x80)
				len--;
			len -= len > 0;
		} else if (key == 21) {
			len = 0;
		} else if (len < most) {
			at[len++] = key;
		} else {
			return inq_fail(
			        err, INQ_OVER_LIMIT, most, "a passphrase has at most %zu bytes", most);
		}
	}
	*ret_len = len;
	return INQ_OK;
}

enum inq_status inq_terminal_secret(
        const char *prompt, uint8_t *at, size_t most, size_t *ret_len, struct inq_error *err)
{
	struct termios before, silent;
	enum inq_status status;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || tcgetattr(fd, &before) != 0) {
		if (fd >= 0)
			close(fd);
		return inq_fail(err, INQ_NOT_FOUND, 0, "there is no terminal to ask for the passphrase at");
	}
	silent = before;
	/* Keys that end programs are read like others: the terminal must not be left without its echo. */
	silent.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | ISIG);
	silent.c_cc[VMIN] = 1;
	silent.c_cc[VTIME] = 0;
	(void)tcsetattr(fd, TCSAFLUSH, &silent);
	(void)!write(fd, prompt, strlen(prompt));
	status = type_in(fd, at, most, ret_len, err);
	(void)!write(fd, "\n", 1);
	(void)tcsetattr(fd, TCSAFLUSH, &before);
	close(fd);
	return status;
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

enum inq_status inq_file_private(const char *path, struct inq_bytes b, struct inq_error *err)
{
	char temporary[4096];
	int fd, wrote = snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
	bool done;

	if (wrote < 0 || (size_t)wrote >= sizeof temporary)
		return inq_fail(err, INQ_IO, 0, "cannot be written: its name is too long");
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return inq_fail(err, INQ_IO, 0, "cannot be written: %s", strerror(errno));
	errno = 0;
	done = all_write(fd, b) && fsync(fd) == 0;
	if (close(fd) != 0)
		done = false;
	/* Unlike a rename, a link never takes the place of what is there. */
	if (done && link(temporary, path) != 0)
		done = false;
	wrote = errno;
	unlink(temporary);
	if (done)
		return INQ_OK;
	if (wrote == EEXIST)
		return inq_fail(err, INQ_CONFLICT, 0, "is there already: a key is never overwritten");
	return inq_fail(err, INQ_IO, 0, "cannot be written: %s", strerror(wrote ? wrote : EIO));
}

bool inq_file_is_open_to_others(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077);
}

bool inq_os_random(uint8_t ret[16])
{
	return getrandom(ret, 16, 0) == 16;
}

uint64_t inq_os_time(void)
{
	time_t now = time(NULL);

	return now > 0 ? (uint64_t)now : 0;
}
