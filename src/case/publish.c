#include "case/private.h"
#include "os/folder.h"

/* All that publish makes: a folder with anything else in it is not replaced. */
static const char *const own_names[] = { "policy", "charter.json", "logs", "objects", "proofs",
	INQ_CASE_REPORT, INQ_CASE_ALIGNMENTS, NULL };

struct publishing {
	struct inq_bundle_source source;
	struct inq_folder folder;
	enum inq_status status;
	struct inq_error *err;
};

static bool write_one(void *to, const char *name)
{
	struct publishing *p = to;
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	struct inq_bytes bytes;

	p->status = scratch ? p->source.read(p->source.context, name, 2 * INQ_CASE_OBJECT_MOST, scratch,
	                              &bytes, p->err)
	                    : case_no_memory(p->err);
	if (p->status == INQ_OK)
		p->status = inq_folder_put(&p->folder, name, bytes, p->err);
	inq_arena_close(scratch);
	return p->status == INQ_OK;
}

/* Objects that entries name and this case has not: those of other parties that were never sent. */
static enum inq_status missing_count(struct inq_case *c, uint64_t *ret, struct inq_error *err)
{
	for (size_t i = 0; i < c->objects.room; i++) {
		struct inq_arena *scratch;
		struct inq_store_object about;
		enum inq_status status;

		if (!c->objects.slots[i].value)
			continue;
		scratch = inq_arena_open(SIZE_MAX);
		status = scratch ? inq_store_object(c->store, &c->objects.slots[i].key, scratch, &about, err)
		                 : case_no_memory(err);
		inq_arena_close(scratch);
		if (status == INQ_NOT_FOUND)
			++*ret;
		else if (status != INQ_OK)
			return status;
	}
	return INQ_OK;
}

static enum inq_status publish(struct inq_case *c, const char *path, const struct inq_case_extra *extras,
        size_t extra_count, struct inq_case_published *ret, struct inq_error *err)
{
	struct publishing p = { .err = err };
	struct inq_case_published published = { 0 };
	enum inq_status status = missing_count(c, &published.missing, err);

	if (status == INQ_OK)
		status = inq_folder_open(path, own_names, &p.folder, err);
	if (status != INQ_OK)
		return status;
	inq_case_bundle(c, &p.source);
	status = p.source.list(p.source.context, write_one, &p, err);
	if (status == INQ_OK)
		status = p.status;
	for (size_t i = 0; i < extra_count && status == INQ_OK; i++)
		status = inq_folder_put(&p.folder, extras[i].name, extras[i].bytes, err);
	if (status != INQ_OK) {
		inq_folder_abandon(&p.folder);
		return status;
	}
	published.files = p.folder.files;
	published.bytes = p.folder.bytes;
	status = inq_folder_commit(&p.folder, err);
	if (status == INQ_OK)
		*ret = published;
	return status;
}

enum inq_status inq_case_publish(struct inq_case *c, const char *path, const struct inq_case_extra *extras,
        size_t extra_count, struct inq_case_published *ret, struct inq_error *err)
{
	bool frozen = c->frozen;
	enum inq_status status = frozen ? INQ_OK : inq_case_freeze(c, err);

	if (status != INQ_OK)
		return status;
	status = publish(c, path, extras, extra_count, ret, err);
	if (!frozen)
		inq_case_thaw(c);
	return status;
}
