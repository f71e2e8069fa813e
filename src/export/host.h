/* Which words of a string are hosts: domains and addresses. Pure. */
#ifndef EXPORT_HOST_H
#define EXPORT_HOST_H

#include <inquiry/bytes.h>

enum { DOMAIN_MOST = 253, DOMAIN_LABEL_MOST = 63 };

bool host_letter(uint8_t c);
bool host_digit(uint8_t c);

/* Two labels or more (RFC 1123), the last of letters or of another script ("xn--"). */
bool host_domain(struct inq_bytes b);

/* Neither of this host nor of none. */
bool host_ipv4(struct inq_bytes b);

/*
 * Unicast beyond the link: what is assigned (2000::/3), local (fc00::/7) and translated (64:ff9b::/96), without
 * the addresses of documents (RFC 3849, 9637). The last two groups may be an IPv4 address.
 */
bool host_ipv6(struct inq_bytes b, uint8_t ret[16]);

/*
 * Whether the word of `len` bytes at `at`, which nothing continues that a host can hold, is a domain that stands
 * alone; formats/export.md says by which rule. `*ret` is what of it is the domain.
 */
bool host_bare(struct inq_bytes s, size_t at, size_t len, struct inq_bytes *ret);

#endif
