/* A bundle in a folder. */
#include "os/folder.h"
#include "case/private.h"
#include "os/os.h"
#include <string.h>

static enum inq_status folder_read(void *context, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	const struct inq_case_folder *f = context;
	struct inq_arena *scratch = inq_arena_open(1 << 20);
	char *path = scratch ? inq_arena_printf(scratch, "%s/%s", f->path, name) : NULL;
	enum inq_status status = path ? inq_file_copy(path, most, a, ret, err) : case_no_memory(err);

	inq_arena_close(scratch);
	return status;
}

static enum inq_status folder_list(
        void *context, bool (*name)(void *to, const char *name), void *to, struct inq_error *err)
{
	const struct inq_case_folder *f = context;
	struct inq_directory found;
	size_t len = strlen(f->path);
	enum inq_status status = inq_directory_list(f->path, f->a, &found, err);

	if (status != INQ_OK)
		return status;
	/* The paths begin with the folder's, and a slash where it has none. */
	len += len && f->path[len - 1] != '/';
	for (size_t i = 0; i < found.count; i++)
		if (!name(to, found.paths[i] + len))
			break;
	return INQ_OK;
}

void inq_case_folder_bundle(struct inq_case_folder *folder, struct inq_bundle_source *ret)
{
	*ret = (struct inq_bundle_source){ folder_read, folder_list, folder };
}
