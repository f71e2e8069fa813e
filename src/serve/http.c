/*
 * The server: one thread, one loop. libmicrohttpd reads requests and sends
 * answers without ever blocking; between its turns the loop takes in what
 * children wrote. A visit whose page waits for a child is set aside until that
 * has ended, and then made again.
 *
 * A page is there at once: where it would have to wait for longer than one
 * notices, it comes with what there is, and asks again in a moment.
 *
 * Whoever is slow, or says nothing, is cut off after a while: a connection is
 * given so much time for the head of a request, and a body or an answer must
 * get on at some rate. Where connections become few, the slowest makes way for
 * the next to come, however short it has been here.
 */
#include "os/terminal.h"
#include "serve/private.h"
#include "serve/upload.h"
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	HEAD_MS = 20000, /* for the head of a request, and between requests */
	GRACE_MS = 20000, /* before a rate is asked for */
	RATE = 1024, /* bytes a second, least, of a body or an answer */
	WAIT_MS = 600000, /* for a child */
	PATIENCE_MS = 40, /* the same, of a page that can be shown without */
	AGAIN_MS = 250, /* such a page is asked for again */
	TURN_MS = 500,
	POLLS = 64,
};

static struct wire wires[VISITS_MOST + 8];
static unsigned open_wires;

static const char policy[] =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'";

static const char *const always[][2] = {
	{ "Content-Security-Policy", policy },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	/* Not "no-referrer": with that, browsers no longer say where a form comes from. */
	{ "Referrer-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
};

void visit_wait(struct visit *v, struct work *w)
{
	v->waits = w;
}

void visit_redirect(struct visit *v, const char *location)
{
	v->status = MHD_HTTP_SEE_OTHER;
	v->location = location;
}

static void out_init(struct visit *v)
{
	v->memory.arena = v->a;
	v->memory.len = 0;
	inq_sink_init(&v->out, inq_memory_sink_write, &v->memory);
	inq_html_init(&v->h, &v->out);
	v->status = MHD_HTTP_OK;
	v->type = "text/html; charset=utf-8";
	v->location = v->download = NULL;
	v->waits = v->raw = NULL;
	v->raw_bytes = (struct inq_bytes){ NULL, 0 };
	v->live = 0;
}

void visit_fail(struct visit *v, unsigned status, const char *why)
{
	out_init(v);
	v->status = status;
	page_begin(v, status == 404 ? "Not here" : status >= 500 ? "That did not work" : "Refused", "");
	inq_html_element(&v->h, "p", why);
	page_end(v);
}

static enum MHD_Result deliver(struct visit *v)
{
	struct inq_bytes body = { NULL, 0 };
	struct MHD_Response *response;
	enum MHD_Result done;

	if (v->raw) {
		body = v->raw_bytes.at ? v->raw_bytes : v->raw->file.bytes;
		v->raw->held++;
	} else if (inq_sink_flush(&v->out)) {
		body = (struct inq_bytes){ (const uint8_t *)v->memory.at, v->memory.len };
	} else {
		v->status = MHD_HTTP_INTERNAL_SERVER_ERROR;
		v->type = "text/plain; charset=utf-8";
		body = inq_bytes_of("The page is too long to be made.\n");
	}
	/* Neither is changed or freed before the request has been completed. */
	response = MHD_create_response_from_buffer(body.len,
	        (void *)(uintptr_t)(body.at ? body.at : (const uint8_t *)""), MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		MHD_add_response_header(response, always[i][0], always[i][1]);
	MHD_add_response_header(response, "Content-Type", v->type);
	MHD_add_response_header(response, "Cache-Control",
	        v->request.part_count && strcmp(v->request.parts[0], "assets") == 0 &&
	                        v->status == MHD_HTTP_OK
	                ? "private, max-age=31536000, immutable"
	                : "no-store");
	if (v->location)
		MHD_add_response_header(response, "Location", v->location);
	if (v->cookie)
		MHD_add_response_header(response, "Set-Cookie", v->cookie);
	if (v->download)
		MHD_add_response_header(response, "Content-Disposition", v->download);
	if (v->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, "Allow", "GET, HEAD, POST");
	if (v->status == MHD_HTTP_UNAUTHORIZED)
		MHD_add_response_header(response, "WWW-Authenticate", "Bearer realm=\"inquiry\"");
	done = MHD_queue_response(v->connection, v->status, response);
	MHD_destroy_response(response);
	v->state = VISIT_ANSWERED;
	v->began = inq_os_clock();
	v->form_len = body.len;
	return done;
}

bool visit_goes_on(struct visit *v)
{
	if (!v->waits || !v->hurries)
		return false;
	/* That is made all the same, and before what nobody waits for. */
	v->waits->wanted = true;
	v->waits = NULL;
	v->live = AGAIN_MS;
	return true;
}

/* Instead of a page of which nothing can be shown yet. */
static void promise(struct visit *v)
{
	out_init(v);
	v->status = MHD_HTTP_ACCEPTED;
	v->live = AGAIN_MS;
	page_begin(v, "One moment", "");
	inq_html_element(&v->h, "p", "This page is being prepared, and comes by itself.");
	page_end(v);
}

static enum MHD_Result make(struct visit *v)
{
	out_init(v);
	route(v);
	if (visit_goes_on(v))
		promise(v);
	if (v->waits) {
		v->state = VISIT_WAITS;
		v->waits->wanted = true;
		v->waits->held++;
		MHD_suspend_connection(v->connection);
		return MHD_YES;
	}
	return deliver(v);
}

static enum MHD_Result begin(struct visit *v, const char *method)
{
	enum inq_status status;

	out_init(v);
	v->post = strcmp(method, "POST") == 0;
	if (!v->post && strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		visit_fail(v, MHD_HTTP_METHOD_NOT_ALLOWED, "There is nothing here to do that with.");
		return deliver(v);
	}
	status = v->target ? request_target(v->target, v->a, &v->request) : INQ_OVER_LIMIT;
	if (status != INQ_OK) {
		v->request.part_count = v->request.field_count = 0;
		visit_fail(v, status == INQ_BAD_ARGUMENT ? 400 : 414,
		        status == INQ_BAD_ARGUMENT ? "That is no address of a page."
		                                   : "That address is too long.");
		return deliver(v);
	}
	if (!guard_admit(v) || (v->post && (!guard_origin(v) || !upload_begin(v))))
		return deliver(v);
	v->state = v->post ? VISIT_BODY : VISIT_READY;
	return MHD_YES;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
        const char *method, const char *version, const char *upload, size_t *upload_size, void **con_cls)
{
	struct visit *v = *con_cls;

	(void)context;
	(void)connection;
	(void)url;
	(void)version;
	if (!v)
		return MHD_NO;
	if (v->state == VISIT_BEGINS)
		return begin(v, method);
	if (*upload_size) {
		if (v->state == VISIT_BODY)
			upload_take(v, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	if (v->state == VISIT_ANSWERED)
		return MHD_YES;
	if (v->state == VISIT_LATE)
		return deliver(v);
	if (v->state == VISIT_BODY) {
		upload_end(v);
		if (v->refused) {
			visit_fail(v, v->refused, v->why);
			return deliver(v);
		}
	}
	return make(v);
}

/* A request has begun: its target, as it came. */
static void *visit_open(void *context, const char *target, struct MHD_Connection *connection)
{
	struct inq_arena *a = inq_arena_open(VISIT_MEMORY);
	struct visit *v = a ? inq_arena_new(a, 1, sizeof *v) : NULL;
	const union MHD_ConnectionInfo *info =
	        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	if (!v) {
		inq_arena_close(a);
		return NULL;
	}
	v->s = context;
	v->a = a;
	v->connection = connection;
	v->file = -1;
	v->began = inq_os_clock();
	v->wire = info ? info->socket_context : NULL;
	if (strlen(target) <= REQUEST_TARGET_MOST)
		v->target = inq_arena_string(a, inq_bytes_of(target));
	if (v->wire)
		v->wire->visit = v;
	return v;
}

static void visit_close(
        void *context, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode why)
{
	struct visit *v = *con_cls;

	(void)context;
	(void)connection;
	(void)why;
	if (!v)
		return;
	if (v->wire) {
		v->wire->visit = NULL;
		v->wire->since = inq_os_clock();
	}
	if (v->raw && v->state == VISIT_ANSWERED)
		v->raw->held--;
	if (v->state == VISIT_WAITS && v->waits)
		v->waits->held--;
	upload_close(v);
	inq_arena_close(v->a);
	*con_cls = NULL;
}

/* Bytes a second so far, of what gets on at all. */
static uint64_t rate(const struct wire *w, uint64_t now)
{
	const struct visit *v = w->visit;

	if (!v || v->state == VISIT_BEGINS)
		return 0;
	return (v->form_len + v->file_size) * 1000 / (now - v->began + 1);
}

static uint64_t age(const struct wire *w, uint64_t now)
{
	return now - (w->visit ? w->visit->began : w->since);
}

/* The slowest makes way; of those who said nothing yet, the oldest. Who waits for this server is not slow. */
static void make_way(uint64_t now)
{
	struct wire *slowest = NULL;

	for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
		struct wire *w = &wires[i];

		if (!w->connection || w->fd < 0 ||
		        (w->visit && w->visit->state != VISIT_BEGINS && w->visit->state != VISIT_BODY &&
		                w->visit->state != VISIT_ANSWERED))
			continue;
		if (!slowest || rate(w, now) < rate(slowest, now) ||
		        (rate(w, now) == rate(slowest, now) && age(w, now) > age(slowest, now)))
			slowest = w;
	}
	if (!slowest)
		return;
	inq_connection_cut(slowest->fd);
	slowest->fd = -1;
}

static void wire_change(void *context, struct MHD_Connection *connection, void **socket_context,
        enum MHD_ConnectionNotificationCode what)
{
	const union MHD_ConnectionInfo *info;

	(void)context;
	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (*socket_context) {
			((struct wire *)*socket_context)->connection = NULL;
			open_wires--;
		}
		*socket_context = NULL;
		return;
	}
	for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
		if (wires[i].connection)
			continue;
		if (++open_wires > VISITS_MOST - VISITS_SPARE)
			make_way(inq_os_clock());
		info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		wires[i] = (struct wire){
			.connection = connection, .since = inq_os_clock(), .fd = info ? info->connect_fd : -1
		};
		*socket_context = &wires[i];
		return;
	}
}

/* Cuts off those who are too slow. */
static void wires_check(void)
{
	uint64_t now = inq_os_clock(), took;

	for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
		struct wire *w = &wires[i];
		const struct visit *v = w->visit;
		bool late;

		if (!w->connection || w->fd < 0)
			continue;
		took = age(w, now);
		if (!v || v->state == VISIT_BEGINS)
			late = took > HEAD_MS;
		else if (v->state == VISIT_BODY)
			late = took > GRACE_MS &&
			       (v->form_len + v->file_size) / RATE < (took - GRACE_MS) / 1000;
		else if (v->state == VISIT_ANSWERED)
			late = took > GRACE_MS && v->form_len / RATE < (took - GRACE_MS) / 1000;
		else
			late = took > WAIT_MS;
		if (late && v && v->state == VISIT_WAITS) {
			struct visit *waits = w->visit;

			waits->waits->held--;
			visit_fail(waits, 503, "This takes too long. It goes on; come back in a while.");
			waits->state = VISIT_LATE;
			MHD_resume_connection(waits->connection);
		} else if (late) {
			inq_connection_cut(w->fd);
		}
	}
}

static void go_on(struct visit *v)
{
	v->waits->held--;
	v->waits = NULL;
	v->state = VISIT_READY;
	MHD_resume_connection(v->connection);
}

/* Work has ended: whoever waits for it goes on. */
static void work_ended(void *context, struct work *w)
{
	struct server *s = context;

	fetch_ended(s, w);
	for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
		struct visit *v = wires[i].connection ? wires[i].visit : NULL;

		if (v && v->state == VISIT_WAITS && v->waits == w)
			go_on(v);
	}
}

/* Pages that have waited long enough go on without; gives the time until the next will have, at most `most`. */
static int patience_end(int most)
{
	uint64_t now = inq_os_clock();

	for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
		struct visit *v = wires[i].connection ? wires[i].visit : NULL;
		uint64_t waited = v ? now - v->began : 0;

		if (!v || v->state != VISIT_WAITS || v->post || v->plain)
			continue;
		if (waited >= PATIENCE_MS) {
			v->hurries = true;
			go_on(v);
			most = 0;
		} else if (PATIENCE_MS - (int)waited < most) {
			most = PATIENCE_MS - (int)waited;
		}
	}
	return most;
}

static size_t as_it_is(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strlen(text);
}

static void unsaid(void *context, const char *fmt, va_list args)
{
	(void)context;
	(void)fmt;
	(void)args;
}

static bool secret_make(char ret[SECRET])
{
	uint8_t random[16];

	if (!inq_os_random(random))
		return false;
	for (unsigned i = 0; i < sizeof random; i++)
		snprintf(ret + (size_t)2 * i, 3, "%02x", random[i]);
	return true;
}

static void loop(struct server *s)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	uint64_t checked = inq_os_clock();

	for (;;) {
		struct pollfd polls[POLLS];
		MHD_UNSIGNED_LONG_LONG most;
		int wait = TURN_MS;
		nfds_t count;

		if (MHD_run(s->daemon) != MHD_YES)
			return;
		works_turn(&s->works);
		/* What has just been resumed is answered, or asks for more, before anything is waited for. */
		if (MHD_run(s->daemon) != MHD_YES)
			return;
		works_start(&s->works);
		polls[0] = (struct pollfd){ info->listen_fd, POLLIN, 0 };
		count = 1 + works_polls(&s->works, polls + 1, POLLS - 1);
		if (MHD_get_timeout(s->daemon, &most) == MHD_YES && most < TURN_MS)
			wait = (int)most;
		if (works_ending(&s->works) && wait)
			wait = 1;
		wait = patience_end(wait);
		if (poll(polls, count, wait) < 0)
			continue;
		if (inq_os_clock() - checked > TURN_MS) {
			checked = inq_os_clock();
			wires_check();
			fetch_all(s);
		}
	}
}

enum inq_status serve_run(const struct serve_options *options, struct inq_error *err)
{
	static struct server s;

	s.o = options;
	s.works = (struct works){ .options = options, .ended = work_ended, .context = &s };
	if (!secret_make(s.form_secret) || !secret_make(s.session) || !assets_init())
		return inq_fail(err, INQ_IO, 0, "no randomness to be had");
	/* A reader that goes away is an error of one answer, not the end of the program. */
	signal(SIGPIPE, SIG_IGN);
	s.daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
	        NULL, answer, &s, MHD_OPTION_EXTERNAL_LOGGER, unsaid, NULL, MHD_OPTION_LISTEN_SOCKET,
	        options->listener->fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)VISITS_MOST,
	        MHD_OPTION_CONNECTION_TIMEOUT, 60U, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)64 << 10,
	        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, visit_open, &s,
	        MHD_OPTION_UNESCAPE_CALLBACK, as_it_is, NULL, MHD_OPTION_NOTIFY_COMPLETED, visit_close, NULL,
	        MHD_OPTION_NOTIFY_CONNECTION, wire_change, NULL, MHD_OPTION_END);
	if (!s.daemon)
		return inq_fail(err, INQ_IO, 0, "the server cannot begin");
	fetch_all(&s);
	loop(&s);
	MHD_stop_daemon(s.daemon);
	works_close(&s.works);
	return inq_fail(err, INQ_IO, 0, "the server cannot go on");
}
