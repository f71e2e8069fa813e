/* UTF-8 (RFC 3629): what may stand in a document, and what may be shown. */
#ifndef INQUIRY_BASE_UTF8_H
#define INQUIRY_BASE_UTF8_H

#include <inquiry/bytes.h>

/*
 * The length of the valid sequence that `b` begins with and its code point,
 * or 0 where it begins with none (overlong, surrogate, past U+10FFFF, cut).
 */
unsigned inq_utf8(struct inq_bytes b, uint32_t *ret);

/* False for what a terminal may obey, or what hides or reorders text: controls, bidi marks, zero widths. */
bool inq_utf8_shows(uint32_t point);

#endif
