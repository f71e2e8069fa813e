/*
 * Countersignatures as they are kept: of each log and each other party the last
 * head that the party cosigned, a setting with the bytes of the bundle's
 * file; and, where that head is one of the store's, its line there.
 */
#include "case/wire.h"
#include <string.h>

/* `origin` begins with the party's name. */
static const char *setting_name(const char *origin, const char *by, struct inq_arena *a)
{
	return inq_arena_printf(a, "cosigned/%.*s/%s", (int)strcspn(origin, "/"), origin, by);
}

enum inq_status case_cosigned(struct inq_case *c, const char *origin, const char *by, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	const char *name = setting_name(origin, by, a);

	return name ? inq_store_setting(c->store, name, a, ret, err) : case_no_memory(err);
}

/* The cosignature of `by` in a note. */
static const struct inq_note_signature *line_of(const struct inq_note *note, const char *by)
{
	for (size_t i = 0; i < note->count; i++)
		if (inq_bytes_equal(note->signatures[i].name, by))
			return &note->signatures[i];
	return NULL;
}

/* A line by itself, read as it would be in a note. */
static bool line_read(struct inq_bytes line, struct inq_arena *a, struct inq_note_signature *ret)
{
	char *whole = inq_arena_printf(a, "x\n\n%.*s", (int)line.len, (const char *)line.at);
	struct inq_note note;

	if (!whole || inq_note_read(inq_bytes_of(whole), a, &note, NULL) != INQ_OK || note.count != 1)
		return false;
	*ret = note.signatures[0];
	return true;
}

static bool is_there(
        const struct inq_store_head *head, const struct inq_note_signature *line, struct inq_arena *a)
{
	struct inq_note_signature s;

	for (size_t i = 0; i < head->cosignature_count; i++)
		if (line_read(head->cosignatures[i], a, &s) && s.id == line->id &&
		        s.name.len == line->name.len && memcmp(s.name.at, line->name.at, s.name.len) == 0)
			return true;
	return false;
}

/* Puts the line to the heads of that text, unless one of the same key is there. */
static enum inq_status line_keep(struct inq_case *c, uint32_t log, uint64_t size, struct inq_bytes text,
        const struct inq_note_signature *line, bool *ret_new, struct inq_arena *a, struct inq_error *err)
{
	struct inq_store_head head;
	enum inq_status status = inq_store_head_from(c->store, log, size, a, &head, err);

	while (status == INQ_OK && head.size == size) {
		if (inq_bytes_begin(head.note, text.at, text.len) && !is_there(&head, line, a) &&
		        head.cosignature_count < INQ_NOTE_SIGNATURES - 1) {
			*ret_new = true;
			status = inq_store_cosign(c->store, log, head.number, line->line, err);
		}
		if (status == INQ_OK)
			status = inq_store_head(c->store, log, head.number + 1, a, &head, err);
	}
	return status == INQ_NOT_FOUND ? INQ_OK : status;
}

enum inq_status case_cosigned_keep(struct inq_case *c, uint32_t log, const char *origin, const char *by,
        struct inq_bytes bytes, bool *ret_new, struct inq_error *err)
{
	struct inq_arena *a = inq_arena_open(64 << 20);
	const struct inq_note_signature *line = NULL;
	struct inq_checkpoint head, kept;
	struct inq_bytes before;
	struct inq_note note, old;
	enum inq_status status = a ? inq_note_read(bytes, a, &note, err) : case_no_memory(err);

	if (status == INQ_OK)
		status = inq_checkpoint_read(note.text, &head, err);
	if (status == INQ_OK && !inq_bytes_equal(head.origin, origin))
		status = inq_fail(err, INQ_TAMPERED, 0, "a cosignature of another log");
	if (status == INQ_OK && !(line = line_of(&note, by)))
		status = inq_fail(err, INQ_TAMPERED, 0, "a head without the cosignature that it should have");
	if (status == INQ_OK)
		status = line_keep(c, log, head.size, note.text, line, ret_new, a, err);
	if (status == INQ_OK) {
		status = case_cosigned(c, origin, by, a, &before, err);
		if (status == INQ_OK && (inq_note_read(before, a, &old, err) != INQ_OK ||
		                                inq_checkpoint_read(old.text, &kept, err) != INQ_OK))
			kept.size = 0;
		if (status == INQ_NOT_FOUND)
			kept.size = 0;
		if (status == INQ_NOT_FOUND || (status == INQ_OK && head.size > kept.size)) {
			const char *name = setting_name(origin, by, a);

			*ret_new = true;
			status = name ? inq_store_set(c->store, name, bytes, err) : case_no_memory(err);
		}
	}
	inq_arena_close(a);
	return status;
}
