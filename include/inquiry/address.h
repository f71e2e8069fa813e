/*
 * Addresses of the internet as text. Pure; nothing is ever looked up.
 */
#ifndef INQUIRY_ADDRESS_H
#define INQUIRY_ADDRESS_H

#include <inquiry/bytes.h>
#include <inquiry/text.h>

/* Four numbers up to 255 without leading zeros. Leaves `ret` alone where `text` is anything else. */
INQ_MUST bool inq_ipv4_read(struct inq_bytes text, uint8_t ret[4]);

/* Groups of up to four hexadecimal digits, "::" once (RFC 4291, 2.2, 1 and 2). Without an IPv4 address at the end. */
INQ_MUST bool inq_ipv6_read(struct inq_bytes text, uint8_t ret[16]);

/* The one form that RFC 5952, section 4, leaves. */
void inq_put_ipv6(struct inq_sink *out, const uint8_t address[16]);

#endif
