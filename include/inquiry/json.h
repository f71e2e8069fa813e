/*
 * Writes one JSON document (RFC 8259) into a sink. Strings may hold any bytes:
 * what is not valid UTF-8 is written as U+FFFD, so that the document always
 * loads, and what a terminal might obey, or not show, as an escape. The order of members is the order of calls: the same calls give the
 * same bytes. No floating point: numbers are integers.
 *
 * `key` is NULL inside an array and at the top.
 */
#ifndef INQUIRY_JSON_H
#define INQUIRY_JSON_H

#include <inquiry/text.h>

struct inq_json {
	struct inq_sink *out;
	bool pretty; /* a line per member, two spaces a level */
	unsigned depth; /* at most 32 */
	unsigned row; /* the depth inside the object that stands on one line; 0: none does */
	uint32_t not_first; /* a bit per level */
};

void inq_json_init(struct inq_json *j, struct inq_sink *out, bool pretty);
void inq_json_object(struct inq_json *j, const char *key);
void inq_json_array(struct inq_json *j, const char *key);
/* Opens an object of an array that stands on one line with all that is in it, a row of a table. */
void inq_json_row(struct inq_json *j);
/* Closes the innermost object, row or array. */
void inq_json_end_object(struct inq_json *j);
void inq_json_end_array(struct inq_json *j);

void inq_json_string(struct inq_json *j, const char *key, struct inq_bytes value);
void inq_json_text(struct inq_json *j, const char *key, const char *value); /* NULL writes null */
void inq_json_u64(struct inq_json *j, const char *key, uint64_t value);
void inq_json_i64(struct inq_json *j, const char *key, int64_t value);
/* An address as the string "0x…": JSON numbers lose bits past 2^53. */
void inq_json_va(struct inq_json *j, const char *key, uint64_t value);
void inq_json_bool(struct inq_json *j, const char *key, bool value);
/* `thousandths` / 1000 as a decimal number with three places. */
void inq_json_milli(struct inq_json *j, const char *key, int64_t thousandths);

#endif
