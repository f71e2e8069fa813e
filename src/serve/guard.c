/*
 * Who is let in. The name in Host must be one that this server goes by: else a
 * foreign site could have its own name resolved to this address (DNS
 * rebinding) and read with its visitor's eyes. What writes must come from these
 * pages, as the browser says in Origin (RFC 6454) or Sec-Fetch-Site, and carry
 * the secret of their forms.
 *
 * A token, where there is one, comes as a bearer token; from the form that asks
 * for it, or in the address that was printed ("/?token=..."), it becomes a cookie,
 * and the browser is sent on: no page has an address with the token, so that none
 * can tell it in Referer. A cookie goes to all ports of its host, whoever listens
 * there: so where the listener is of this machine alone, it is given at a name
 * that nobody else knows. It is named after the port, so that several views do
 * not take each other's.
 */
#include "serve/private.h"
#include <inquiry/hash.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *header(const struct visit *v, const char *name)
{
	return MHD_lookup_connection_value(v->connection, MHD_HEADER_KIND, name);
}

/* In a time that does not depend on where they differ. */
static bool same_secret(const char *l, const char *r)
{
	struct inq_sha256 a, b;
	volatile uint8_t differs = 0;

	if (inq_sha256(inq_bytes_of(l), &a) != INQ_OK || inq_sha256(inq_bytes_of(r), &b) != INQ_OK)
		return false;
	for (unsigned i = 0; i < sizeof a.byte; i++)
		differs = (uint8_t)(differs | (a.byte[i] ^ b.byte[i]));
	return differs == 0;
}

/* Whether `host`, as a browser says it, is that name at the listener's port. */
static bool is_host(const struct inq_listener *l, const char *host, const char *name)
{
	char whole[96];

	snprintf(whole, sizeof whole, "%s:%u", name, l->port);
	return strcasecmp(host, whole) == 0 || (l->port == 80 && strcasecmp(host, name) == 0);
}

/* Whether `host` is a name of the listener: its address, and for the loopback "localhost" and that of this run. */
static bool is_own_host(const struct serve_options *o, const char *host)
{
	const struct inq_listener *l = o->listener;

	if (is_host(l, host, l->host) || (l->loopback && is_host(l, host, "localhost")) ||
	        (o->name && is_host(l, host, o->name)))
		return true;
	for (unsigned i = 0; i < SERVE_ORIGINS && o->origins[i]; i++)
		if (strcasecmp(host, strstr(o->origins[i], "://") + 3) == 0)
			return true;
	return false;
}

static bool is_own_origin(const struct serve_options *o, const char *origin)
{
	for (unsigned i = 0; i < SERVE_ORIGINS && o->origins[i]; i++)
		if (strcasecmp(origin, o->origins[i]) == 0)
			return true;
	return strncasecmp(origin, "http://", 7) == 0 &&
	       is_own_host(&(struct serve_options){ .listener = o->listener, .name = o->name }, origin + 7);
}

struct counting {
	const char *name;
	unsigned count;
};

static enum MHD_Result count_one(void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct counting *c = context;

	(void)kind;
	(void)value;
	c->count += strcasecmp(key, c->name) == 0;
	return MHD_YES;
}

static unsigned count_of(const struct visit *v, const char *name)
{
	struct counting c = { name, 0 };

	MHD_get_connection_values(v->connection, MHD_HEADER_KIND, count_one, &c);
	return c.count;
}

static const char *cookie_name(struct visit *v)
{
	return textf(v, "inquiry-%u", v->s->o->listener->port);
}

static bool has_token(struct visit *v)
{
	const char *cookie = MHD_lookup_connection_value(v->connection, MHD_COOKIE_KIND, cookie_name(v));
	const char *bearer = header(v, "Authorization");

	if (cookie && same_secret(cookie, v->s->session))
		return true;
	return bearer && strncasecmp(bearer, "Bearer ", 7) == 0 && same_secret(bearer + 7, v->s->o->token);
}

bool guard_keeps(const struct visit *v)
{
	const char *host = header(v, "Host");

	return !v->s->o->name || (host && is_host(v->s->o->listener, host, v->s->o->name));
}

bool guard_enter(struct visit *v, const char *token)
{
	bool secure = v->s->o->origins[0] && strncmp(v->s->o->origins[0], "https://", 8) == 0;

	if (!guard_keeps(v) || !token || !same_secret(token, v->s->o->token))
		return false;
	v->cookie = textf(v, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s", cookie_name(v), v->s->session,
	        secure ? "; Secure" : "");
	visit_redirect(v, "/");
	return true;
}

bool guard_admit(struct visit *v)
{
	const char *host = header(v, "Host"), *token = request_value(&v->request, "token");
	bool asks = v->request.part_count == 1 && strcmp(v->request.parts[0], "token") == 0;
	bool asset = v->request.part_count && strcmp(v->request.parts[0], "assets") == 0;

	if (!host || count_of(v, "Host") != 1) {
		visit_fail(v, 400, "A request names one host.");
		return false;
	}
	if (!is_own_host(v->s->o, host)) {
		visit_fail(v, 421, "This server does not go by that name.");
		return false;
	}
	/* What the body's length is must not be open to two readings on the way here. */
	if (count_of(v, "Content-Length") > 1 ||
	        (header(v, "Content-Length") && header(v, "Transfer-Encoding"))) {
		visit_fail(v, 400, "The length of the request is said twice.");
		return false;
	}
	if (v->s->o->token && token && !v->post && v->request.part_count == 0) {
		if (!guard_enter(v, token))
			show_token(v);
		return false;
	}
	v->known = !v->s->o->token || has_token(v);
	if (v->known || asks || asset)
		return true;
	if (v->post)
		visit_fail(v, 401, "This needs the token.");
	else
		show_token(v);
	return false;
}

bool guard_origin(struct visit *v)
{
	const char *origin = header(v, "Origin"), *site = header(v, "Sec-Fetch-Site");
	bool own = origin ? count_of(v, "Origin") == 1 && is_own_origin(v->s->o, origin)
	                  : site && strcmp(site, "same-origin") == 0;

	if (own && (!site || strcmp(site, "same-origin") == 0))
		return true;
	visit_fail(v, 403, "Only forms of these pages write.");
	return false;
}

bool guard_form(const struct visit *v, const char *secret)
{
	return secret && same_secret(secret, v->s->form_secret);
}
