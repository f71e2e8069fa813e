/*
 * Reads one JSON document (RFC 8259), strictly: two readers that disagree
 * about a signed document would have signed two documents.
 *
 * Refused: anything after the document but white space; members of one object
 * with the same key; numbers with a fraction or an exponent, -0, and integers
 * beyond 2^53 - 1 either way (I-JSON, RFC 7493, section 2.2); bytes that are
 * not UTF-8, halves of surrogate pairs, control characters inside strings; a
 * byte order mark; more than 32 levels of nesting or INQ_JSON_MOST bytes. The
 * time it takes is linear in the document, but for a logarithm of the members
 * of its largest object.
 *
 * A value lives as long as the arena it was read into and the bytes it was read
 * from. Each knows where it stood, so that whoever finds fault with it later
 * can name the byte.
 */
#ifndef INQUIRY_JSON_READ_H
#define INQUIRY_JSON_READ_H

#include <inquiry/arena.h>

enum { INQ_JSON_MOST = 64 << 20, INQ_JSON_DEPTH = 32 };

enum inq_json_kind {
	INQ_JSON_NULL,
	INQ_JSON_BOOL,
	INQ_JSON_INTEGER,
	INQ_JSON_MILLI, /* of inq_json_read_milli alone */
	INQ_JSON_STRING,
	INQ_JSON_ARRAY,
	INQ_JSON_OBJECT,
};

struct inq_json_value {
	enum inq_json_kind kind;
	bool truth; /* of BOOL */
	uint64_t at, end; /* offsets of its first byte and of the one after its last */
	int64_t integer; /* of INTEGER; of MILLI, its thousandths */
	struct inq_bytes string; /* decoded: UTF-8, may hold NULs */
	size_t count; /* of an array or object: values in it */
	const struct inq_json_value *first; /* of an array or object, else NULL */
	const struct inq_json_value *next; /* after this one in its array or object */
	struct inq_bytes key; /* of a member of an object, decoded */
	uint64_t key_at;
};

/*
 * INQ_UNRECOGNISED  not JSON as above; `err->at` is the byte that is wrong
 * INQ_TRUNCATED     it ends too early
 * INQ_OVER_LIMIT    too deep, too long, or an integer too large
 * INQ_NO_MEMORY     the arena is full
 */
INQ_MUST enum inq_status inq_json_read(struct inq_bytes document, struct inq_arena *a,
        const struct inq_json_value **ret, struct inq_error *err);

/*
 * The same for documents in which shares stand (formats/): numbers with exactly
 * three decimal places, as inq_json_milli writes them, are read, too.
 */
INQ_MUST enum inq_status inq_json_read_milli(struct inq_bytes document, struct inq_arena *a,
        const struct inq_json_value **ret, struct inq_error *err);

/* The member of `object` with that key, or NULL; NULL also where `object` is no object. */
const struct inq_json_value *inq_json_member(const struct inq_json_value *object, const char *key);

/* What people call a value of that kind: "an object", "a string", ... */
const char *inq_json_kind_name(enum inq_json_kind kind);

#endif
