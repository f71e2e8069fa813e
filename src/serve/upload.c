#include "serve/upload.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PARTS_BUFFER = 64 << 10 };

static void refuse(struct visit *v, unsigned status, const char *why)
{
	if (!v->refused) {
		v->refused = status;
		v->why = why;
	}
}

/* A field of a form in parts, which may come in pieces. */
static void field_take(struct visit *v, const char *name, const char *at, size_t len, uint64_t off)
{
	static const char *const names[] = { "form", "note", "source", "withheld", "seal", "entry", "text",
		"exhibit" };
	struct request *r = &v->request;
	struct inq_memory_sink whole = { .arena = v->a };
	struct inq_sink out;

	if (off && r->field_count && strcmp(r->fields[r->field_count - 1].name, name) == 0) {
		inq_sink_init(&out, inq_memory_sink_write, &whole);
		inq_put(&out, r->fields[--r->field_count].value);
		inq_put_bytes(&out, (struct inq_bytes){ (const uint8_t *)at, len });
		if (!inq_sink_flush(&out) ||
		        request_add(name, (struct inq_bytes){ (const uint8_t *)whole.at, whole.len }, v->a,
		                r) != INQ_OK)
			refuse(v, 400, "A field of the form is no text, or too long.");
		return;
	}
	/* The name must outlive the processor of the parts. */
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		if (request_add(names[i], (struct inq_bytes){ (const uint8_t *)at, len }, v->a, r) != INQ_OK)
			refuse(v, 400, "A field of the form is no text, or too long.");
		return;
	}
	refuse(v, 400, "The form has a field that it should not have.");
}

/* A piece of the file. */
static void file_take(struct visit *v, const char *name, const char *at, size_t len, uint64_t off)
{
	struct inq_error err;

	/* Where none was chosen browsers send one without a name and without bytes. */
	if (!*name && !len)
		return;
	if (off == 0) {
		if (v->file >= 0) {
			refuse(v, 400, "One file at a time.");
			return;
		}
		if (!guard_form(v, request_value(&v->request, "form"))) {
			refuse(v, 403, "The form is an old one: reload its page.");
			return;
		}
		v->file_name = inq_arena_string(v->a, inq_bytes_of(name));
		if (inq_scratch_open(&v->file, &err) != INQ_OK)
			refuse(v, 500, "There is no room for it.");
	}
	v->file_size += len;
	if (v->file_size > SERVE_UPLOAD_MOST)
		refuse(v, 413, "The file is longer than an exhibit may be.");
	if (!v->refused && !inq_scratch_write(v->file, at, len))
		refuse(v, 507, "There is no room for it.");
}

static enum MHD_Result part(void *context, enum MHD_ValueKind kind, const char *key, const char *filename,
        const char *type, const char *encoding, const char *data, uint64_t off, size_t size)
{
	struct visit *v = context;

	(void)kind;
	(void)type;
	(void)encoding;
	/* A part without a name has no key. */
	if (!key)
		refuse(v, 400, "The form has a field that it should not have.");
	if (!v->refused && strcmp(key, "file") == 0 && filename)
		file_take(v, filename, data, size, off);
	else if (!v->refused)
		field_take(v, key, data, size, off);
	return v->refused ? MHD_NO : MHD_YES;
}

static bool begins(const char *text, const char *with)
{
	return strncasecmp(text, with, strlen(with)) == 0;
}

/* Whether the form of that address has a file in it. */
static bool brings_file(const struct request *r)
{
	const char *first = r->part_count ? r->parts[0] : "", *second = r->part_count == 2 ? r->parts[1] : "";

	return (r->part_count == 1 && (strcmp(first, "admit") == 0 || strcmp(first, "unseal") == 0)) ||
	       (strcmp(first, "comparisons") == 0 &&
	               (strcmp(second, "answer") == 0 || strcmp(second, "message") == 0));
}

bool upload_begin(struct visit *v)
{
	const char *type = MHD_lookup_connection_value(v->connection, MHD_HEADER_KIND, "Content-Type");
	const char *length = MHD_lookup_connection_value(v->connection, MHD_HEADER_KIND, "Content-Length");
	bool file = brings_file(&v->request);
	uint64_t most = file ? (uint64_t)SERVE_UPLOAD_MOST + PARTS_BUFFER : FORM_MOST;

	if (file && !v->s->o->write) {
		visit_fail(v, 403, "This view only shows: it was not started with --write.");
		return false;
	}
	if (length && (strlen(length) > 12 || strtoull(length, NULL, 10) > most)) {
		visit_fail(v, 413, "That is longer than it may be.");
		return false;
	}
	if (!type || !begins(type, file ? "multipart/form-data" : "application/x-www-form-urlencoded")) {
		visit_fail(v, 415, "That is not what the form sends.");
		return false;
	}
	if (file) {
		v->parts = MHD_create_post_processor(v->connection, PARTS_BUFFER, part, v);
		if (!v->parts) {
			visit_fail(v, 400, "The form cannot be read.");
			return false;
		}
	}
	return true;
}

void upload_take(struct visit *v, const char *at, size_t len)
{
	uint8_t *more;

	if (v->refused)
		return;
	if (v->parts) {
		if (MHD_post_process(v->parts, at, len) != MHD_YES)
			refuse(v, 400, "The form cannot be read.");
		return;
	}
	if (v->form_len + len > FORM_MOST) {
		refuse(v, 413, "That is longer than it may be.");
		return;
	}
	if (!v->form) {
		v->form = inq_arena_new(v->a, FORM_MOST, 1);
	}
	more = v->form;
	if (!more) {
		refuse(v, 500, "There is no memory for it.");
		return;
	}
	memcpy(more + v->form_len, at, len);
	v->form_len += len;
}

void upload_end(struct visit *v)
{
	if (v->parts) {
		if (MHD_destroy_post_processor(v->parts) != MHD_YES)
			refuse(v, 400, "The form ends too early.");
		v->parts = NULL;
	} else if (!v->refused &&
	           request_form((struct inq_bytes){ v->form, v->form_len }, v->a, &v->request) != INQ_OK) {
		refuse(v, 400, "The form cannot be read.");
	}
	if (!v->refused && strcmp(v->request.part_count ? v->request.parts[0] : "", "token") != 0 &&
	        !guard_form(v, request_value(&v->request, "form")))
		refuse(v, 403, "The form is an old one: reload its page.");
}

void upload_close(struct visit *v)
{
	if (v->parts)
		MHD_destroy_post_processor(v->parts);
	v->parts = NULL;
	inq_scratch_close(v->file);
	v->file = -1;
}
