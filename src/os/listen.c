/* Sockets: one to listen at, and pairs of them. */
#include "os/task.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool port_read(const char *text, unsigned *ret)
{
	unsigned port = 0;

	if (!*text || strlen(text) > 5)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		port = 10 * port + (unsigned)(*text - '0');
	}
	*ret = port;
	return port <= 65535;
}

/* The address before the port, without brackets; "localhost" is the one that it always means. */
static bool host_read(const char *where, const char *end, char host[64])
{
	size_t len = (size_t)(end - where);

	if (len >= 2 && where[0] == '[' && end[-1] == ']') {
		where++;
		len -= 2;
	}
	if (len == 0 || len >= 64)
		return false;
	memcpy(host, where, len);
	host[len] = 0;
	if (strcmp(host, "localhost") == 0)
		strcpy(host, "127.0.0.1");
	return true;
}

static bool address_read(const char *where, union address *ret, socklen_t *ret_len)
{
	const char *colon = strrchr(where, ':');
	char host[64] = "127.0.0.1";
	unsigned port;

	memset(ret, 0, sizeof *ret);
	if (!port_read(colon ? colon + 1 : where, &port) || (colon && !host_read(where, colon, host)))
		return false;
	if (inet_pton(AF_INET, host, &ret->v4.sin_addr) == 1) {
		ret->v4.sin_family = AF_INET;
		ret->v4.sin_port = htons((uint16_t)port);
		*ret_len = sizeof ret->v4;
		return true;
	}
	if (inet_pton(AF_INET6, host, &ret->v6.sin6_addr) != 1)
		return false;
	ret->v6.sin6_family = AF_INET6;
	ret->v6.sin6_port = htons((uint16_t)port);
	*ret_len = sizeof ret->v6;
	return true;
}

/* What it is bound to, once that is certain. */
static void describe(int fd, struct inq_listener *ret)
{
	union address is = { 0 };
	socklen_t len = sizeof is;
	char text[INET6_ADDRSTRLEN] = "";

	(void)!getsockname(fd, &is.any, &len);
	if (is.any.sa_family == AF_INET) {
		ret->port = ntohs(is.v4.sin_port);
		ret->loopback = (ntohl(is.v4.sin_addr.s_addr) >> 24) == 127;
		inet_ntop(AF_INET, &is.v4.sin_addr, text, sizeof text);
		snprintf(ret->host, sizeof ret->host, "%s", text);
	} else {
		ret->port = ntohs(is.v6.sin6_port);
		ret->loopback = IN6_IS_ADDR_LOOPBACK(&is.v6.sin6_addr);
		inet_ntop(AF_INET6, &is.v6.sin6_addr, text, sizeof text);
		snprintf(ret->host, sizeof ret->host, "[%s]", text);
	}
}

enum inq_status inq_listener_open(const char *where, struct inq_listener *ret, struct inq_error *err)
{
	struct inq_listener l = { .fd = -1 };
	union address at;
	socklen_t len;
	int on = 1;

	if (!address_read(where, &at, &len))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "%.80s is no address to listen at: PORT, ADDRESS:PORT or [ADDRESS]:PORT, in numbers",
		        where);
	l.fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l.fd < 0)
		return inq_fail(err, INQ_IO, 0, "no socket to be had: %s", strerror(errno));
	setsockopt(l.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (at.any.sa_family == AF_INET6)
		setsockopt(l.fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (bind(l.fd, &at.any, len) != 0 || listen(l.fd, SOMAXCONN) != 0) {
		enum inq_status status =
		        inq_fail(err, INQ_IO, 0, "cannot listen at %.80s: %s", where, strerror(errno));

		close(l.fd);
		return status;
	}
	describe(l.fd, &l);
	*ret = l;
	return INQ_OK;
}

void inq_connection_cut(int fd)
{
	shutdown(fd, SHUT_RDWR);
}

enum inq_status inq_socket_pair(int ret[2], struct inq_error *err)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return inq_fail(err, INQ_IO, 0, "no socket to be had: %s", strerror(errno));
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	ret[0] = ends[0];
	ret[1] = ends[1];
	return INQ_OK;
}
