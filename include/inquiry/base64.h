/*
 * Base64 (RFC 4648, section 4): one text for one value. Padding is required,
 * the unused bits of the last digit are zero, and there are no line breaks.
 */
#ifndef INQUIRY_BASE64_H
#define INQUIRY_BASE64_H

#include <inquiry/text.h>

/* Digits, with padding, that `len` bytes take. */
size_t inq_base64_length(size_t len);

void inq_base64_write(struct inq_sink *s, struct inq_bytes b);

/* inq_base64_length(`len`) digits and a NUL into `ret`. */
void inq_base64(const uint8_t *at, size_t len, char *ret);

/*
 * Decodes `text` into `ret`, which has room for `most` bytes, and gives their
 * number in `*ret_len`. False where `text` is not the base64 of anything, or
 * of more than `most` bytes; then `*ret_len` is untouched and `ret` undefined.
 */
INQ_MUST bool inq_base64_read(struct inq_bytes text, uint8_t *ret, size_t most, size_t *ret_len);

/* The same for the URL-safe alphabet (section 5), padding required. */
INQ_MUST bool inq_base64_read_url(struct inq_bytes text, uint8_t *ret, size_t most, size_t *ret_len);

#endif
