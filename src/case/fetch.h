/*
 * A bundle at an http or https address. Another process fetches it (servant.h),
 * with GET alone and never more than is asked for; certificates are verified.
 * To be opened before the process knows anything that is not for the net.
 */
#ifndef CASE_FETCH_H
#define CASE_FETCH_H

#include "os/servant.h"
#include <inquiry/bundle.h>

/* Bytes in all that one opened bundle gives, and redirections that one file may take. */
#define INQ_FETCH_MOST ((uint64_t)16 << 30)
enum { INQ_FETCH_REDIRECTS = 3, INQ_FETCH_CONNECT_SECONDS = 30, INQ_FETCH_STALL_SECONDS = 60 };

struct inq_fetch {
	struct inq_servant servant;
	uint64_t got; /* bytes so far */
	unsigned seconds; /* for one file */
};

/* Whether it begins with http:// or https://. */
bool inq_fetch_is_address(const char *text);

/*
 * Opens the bundle at `address`, an address for which that holds.
 *
 * INQ_BAD_ARGUMENT  it is too long, or has a query or a fragment
 * INQ_IO            no process to be had
 */
INQ_MUST enum inq_status inq_fetch_open(
        const char *address, unsigned seconds, struct inq_fetch *ret, struct inq_error *err);
void inq_fetch_close(struct inq_fetch *f);

/* Its files; a server that fails is INQ_IO, a file that it has not INQ_UNREADABLE. It cannot list them. */
void inq_fetch_bundle(struct inq_fetch *f, struct inq_bundle_source *ret);

#endif
