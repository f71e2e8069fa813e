/*
 * What a request asks for, out of its target and its form. Strict: what is not
 * plainly well-formed is refused, not guessed at.
 */
#ifndef SERVE_REQUEST_H
#define SERVE_REQUEST_H

#include <inquiry/text.h>

enum { REQUEST_PARTS = 8, REQUEST_FIELDS = 32, REQUEST_TARGET_MOST = 8192, REQUEST_VALUE_MOST = 256 << 10 };

struct request_field {
	const char *name;
	const char *value; /* UTF-8 without NULs */
};

struct request {
	const char *parts[REQUEST_PARTS]; /* of the path, decoded; "/" has none */
	unsigned part_count;
	struct request_field fields[REQUEST_FIELDS]; /* of the query, then of the form */
	unsigned field_count;
};

/*
 * Reads "/a/b?c=d" into an empty request.
 *
 * INQ_BAD_ARGUMENT  no such path: an empty part, "." or "..", a control byte, a "/" that is written as %2F, bytes
 *                   that are not UTF-8, a "%" without two digits; a name that is no name
 * INQ_OVER_LIMIT    too long, or too many parts or fields
 */
INQ_MUST enum inq_status request_target(const char *target, struct inq_arena *a, struct request *ret);

/* Adds the fields of "a=b&c=d" (application/x-www-form-urlencoded). */
INQ_MUST enum inq_status request_form(struct inq_bytes form, struct inq_arena *a, struct request *ret);

/* One field more; for those that come another way. */
INQ_MUST enum inq_status request_add(
        const char *name, struct inq_bytes value, struct inq_arena *a, struct request *ret);

/* The first of that name, or NULL. */
const char *request_value(const struct request *r, const char *name);
/* The same as a number, `otherwise` where there is none. */
uint64_t request_number(const struct request *r, const char *name, uint64_t otherwise);

/* Writes a part of a path, or a value of a query, so that the above reads it again; from `a`. */
const char *request_encode(struct inq_bytes text, struct inq_arena *a);

#endif
