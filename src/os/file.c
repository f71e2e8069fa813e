#include "os/os.h"
#include <errno.h>
#include <fcntl.h>
#include <inquiry/hash.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *kind_of(mode_t mode)
{
	return S_ISDIR(mode)    ? "a directory"
	       : S_ISCHR(mode)  ? "a device"
	       : S_ISBLK(mode)  ? "a device"
	       : S_ISFIFO(mode) ? "a pipe"
	       : S_ISSOCK(mode) ? "a socket"
	                        : "not a regular file";
}

enum inq_status inq_file_open(const char *path, struct inq_file *ret, struct inq_error *err)
{
	struct stat st;
	void *map = NULL;
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
		return inq_fail(err, INQ_UNREADABLE, 0, "is %s", kind_of(st.st_mode));
	}
	if (st.st_size) {
		map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (map == MAP_FAILED) {
			close(fd);
			return inq_fail(err, INQ_UNREADABLE, 0, "cannot be mapped: %s", strerror(errno));
		}
	}
	close(fd);
	ret->map = map;
	ret->map_len = (size_t)st.st_size;
	ret->bytes = (struct inq_bytes){ map, (size_t)st.st_size };
	return INQ_OK;
}

/* A file without a name that is read from its start: nobody else can change it, and it need not be copied. */
static bool stdin_map(uint64_t limit, struct inq_file *ret)
{
	struct stat st;
	void *map;

	if (fstat(STDIN_FILENO, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink || st.st_size <= 0 ||
	        (uint64_t)st.st_size > limit || lseek(STDIN_FILENO, 0, SEEK_CUR) != 0)
		return false;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
	if (map == MAP_FAILED)
		return false;
	*ret = (struct inq_file){ { map, (size_t)st.st_size }, map, (size_t)st.st_size };
	return true;
}

enum inq_status inq_file_stdin(uint64_t limit, struct inq_file *ret, struct inq_error *err)
{
	size_t room = 1 << 20, len = 0;
	void *more;
	ssize_t got;
	uint8_t *at;

	if (stdin_map(limit, ret))
		return INQ_OK;
	at = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory to read it");
	for (;;) {
		got = read(STDIN_FILENO, at + len, room - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			munmap(at, room);
			return inq_fail(err, INQ_UNREADABLE, len, "cannot be read: %s", strerror(errno));
		}
		if (got == 0)
			break;
		len += (size_t)got;
		if (len > limit) {
			munmap(at, room);
			return inq_fail(err, INQ_OVER_LIMIT, limit, "is longer than the limit of %llu bytes",
			        (unsigned long long)limit);
		}
		if (len < room)
			continue;
		more = mremap(at, room, 2 * room, MREMAP_MAYMOVE);
		if (more == MAP_FAILED) {
			munmap(at, room);
			return inq_fail(err, INQ_NO_MEMORY, len, "no memory to read it");
		}
		at = more;
		room *= 2;
	}
	ret->map = at;
	ret->map_len = room;
	ret->bytes = (struct inq_bytes){ at, len };
	return INQ_OK;
}

void inq_file_forget(void *file, struct inq_bytes b)
{
	const struct inq_file *f = file;
	const uint8_t *map = f->map;
	size_t page = (size_t)sysconf(_SC_PAGESIZE), before;

	if (!f->map || b.at < map || b.len > f->map_len || (size_t)(b.at - map) > f->map_len - b.len)
		return;
	before = (size_t)(b.at - map) % page;
	(void)madvise((uint8_t *)f->map + (b.at - map) - before, b.len + before, MADV_DONTNEED);
}

void inq_file_close(struct inq_file *f)
{
	if (f->map)
		munmap(f->map, f->map_len);
	*f = (struct inq_file){ 0 };
}

bool inq_file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool inq_file_is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

uint64_t inq_file_stamp(const char *path)
{
	struct stat st;
	int64_t facts[5];

	if (stat(path, &st) != 0)
		return 0;
	facts[0] = (int64_t)st.st_size;
	facts[1] = (int64_t)st.st_ino;
	facts[2] = (int64_t)st.st_mtim.tv_sec;
	facts[3] = (int64_t)st.st_mtim.tv_nsec;
	facts[4] = (int64_t)st.st_dev;
	return inq_hash64(facts, sizeof facts, inq_hash64(path, strlen(path), 0));
}
