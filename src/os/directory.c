#include "os/os.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_MOST = 10000000, LEVELS_MOST = 64 };

struct pending {
	const char *path;
	unsigned level;
};

struct walk {
	struct inq_arena *a;
	struct inq_directory found;
	size_t found_capacity;
	struct pending *pending; /* directories still to list */
	size_t pending_count, pending_capacity;
	bool too_deep;
};

static bool keep(struct walk *w, const char *path)
{
	const char **paths =
	        inq_arena_extend(w->a, w->found.paths, w->found.count, &w->found_capacity, sizeof *paths);

	if (!paths)
		return false;
	w->found.paths = paths;
	paths[w->found.count++] = path;
	return true;
}

static bool visit_later(struct walk *w, const char *path, unsigned level)
{
	struct pending *pending =
	        inq_arena_extend(w->a, w->pending, w->pending_count, &w->pending_capacity, sizeof *pending);

	if (!pending)
		return false;
	w->pending = pending;
	pending[w->pending_count++] = (struct pending){ path, level };
	return true;
}

/* What the entry is: a file (also behind a link), a directory, or neither. */
static mode_t kind_of(int directory, const char *name)
{
	struct stat st;

	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	if (S_ISLNK(st.st_mode) && (fstatat(directory, name, &st, 0) != 0 || !S_ISREG(st.st_mode)))
		return 0;
	return st.st_mode & S_IFMT;
}

static enum inq_status list_one(struct walk *w, const char *path, unsigned level, struct inq_error *err)
{
	size_t path_len = strlen(path);
	const char *between = path_len && path[path_len - 1] == '/' ? "" : "/";
	struct dirent *entry;
	DIR *directory = opendir(path);
	bool room = true;

	if (!directory) {
		if (level == 0)
			return inq_fail(err, INQ_UNREADABLE, 0, "cannot be listed: %s", strerror(errno));
		w->found.unreadable++;
		return INQ_OK;
	}
	while (room && w->found.count < FILES_MOST && (entry = readdir(directory))) {
		mode_t kind;
		char *name;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		kind = kind_of(dirfd(directory), entry->d_name);
		if (kind != S_IFREG && kind != S_IFDIR)
			continue;
		name = inq_arena_printf(w->a, "%s%s%s", path, between, entry->d_name);
		if (!name)
			room = false;
		else if (kind == S_IFREG)
			room = keep(w, name);
		else if (level + 1 < LEVELS_MOST)
			room = visit_later(w, name, level + 1);
		else
			w->too_deep = true;
	}
	closedir(directory);
	if (!room)
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the list of its files");
	return INQ_OK;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum inq_status inq_directory_list(
        const char *path, struct inq_arena *a, struct inq_directory *ret, struct inq_error *err)
{
	struct walk w = { .a = a };
	enum inq_status status;

	if (!visit_later(&w, path, 0))
		return inq_fail(err, INQ_NO_MEMORY, 0, "no memory for the list of its files");
	while (w.pending_count) {
		struct pending next = w.pending[--w.pending_count];

		status = list_one(&w, next.path, next.level, err);
		if (status != INQ_OK)
			return status;
	}
	if (w.found.count >= FILES_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "holds more than %d files", FILES_MOST);
	if (w.too_deep)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "is deeper than %d levels", LEVELS_MOST);
	if (w.found.count)
		qsort(w.found.paths, w.found.count, sizeof *w.found.paths, by_bytes);
	*ret = w.found;
	return INQ_OK;
}
