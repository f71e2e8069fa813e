/* Which address is which page. */
#include "serve/private.h"
#include <string.h>

enum { GET = 1, POST = 2, WRITES = 4, PLAIN = 8 /* no page: made whole */ };

static void give_asset(struct visit *v)
{
	for (unsigned i = 0; i < asset_count; i++) {
		if (!strcmp(v->target, assets[i].path)) {
			v->type = assets[i].type;
			inq_put_bytes(&v->out, assets[i].bytes);
			return;
		}
	}
	visit_fail(v, 404, "There is no such file.");
}

static void give(struct visit *v, const char *key, const char *const *argv, bool changes, const char *name)
{
	struct work *w = fetch_document(v, key, argv, changes);

	if (!w)
		return;
	v->raw = w;
	v->type = "application/json";
	v->download = textf(v, "inline; filename=\"%s\"", name);
}

static void log_json(struct visit *v)
{
	const char *const argv[] = { "log", "--json", "--", v->s->o->address, NULL };

	give(v, "log", argv, true, "log.json");
}

/* The report is a file of its own, with a policy of its own: it is handed out to be kept, not shown here. */
static void report_html(struct visit *v)
{
	const char *known = v->s->o->known;
	const char *const argv[] = { "report", "--", v->s->o->address, NULL };
	const char *const beside[] = { "report", "--known", known, "--", v->s->o->address, NULL };
	struct work *w = fetch_document(v, "report", known ? beside : argv, true);

	if (!w)
		return;
	v->raw = w;
	v->download = "attachment; filename=\"report.html\"";
}

/* The parts "entries", PARTY, INDEX as a name; NULL where they are none. */
static const char *entry_name(struct visit *v)
{
	return v->request.part_count == 3 ? textf(v, "%s/%s", v->request.parts[1], v->request.parts[2])
	                                  : NULL;
}

static void entry_json(struct visit *v)
{
	const char *name = entry_name(v);
	const char *const argv[] = { "show", "--json", "--", v->s->o->address, name, NULL };

	give(v, textf(v, "entry %s", name), argv, true, "entry.json");
}

/* The result of the entry, as it was entered. */
static void result_json(struct visit *v)
{
	const char *name = entry_name(v);
	const char *const argv[] = { "show", "--result", "--", v->s->o->address, name, NULL };

	give(v, textf(v, "result %s", name), argv, false, "result.json");
}

static const struct {
	const char *first;
	unsigned least, most; /* parts, with the first */
	unsigned does;
	void (*page)(struct visit *v);
} routes[] = {
	{ "", 0, 0, GET, show_inquiry },
	{ "assets", 3, 3, GET, give_asset },
	{ "exhibits", 1, 1, GET, show_exhibits },
	{ "exhibits", 2, 3, GET, show_exhibit },
	{ "exhibits", 4, 4, GET, show_function },
	{ "families", 1, 1, GET, show_families },
	{ "families", 2, 2, GET, show_family },
	{ "conclusions", 1, 1, GET, show_conclusions },
	{ "conclusions", 3, 3, GET, show_conclusion },
	{ "record", 1, 1, GET, show_record },
	{ "entries", 3, 3, GET, show_entry },
	{ "verification", 1, 1, GET, show_verification },
	{ "search", 1, 1, GET, show_search },
	{ "jobs", 1, 1, GET, show_jobs },
	{ "jobs", 2, 2, GET, show_job },
	{ "act", 1, 1, GET | WRITES, show_act },
	{ "log.json", 1, 1, GET | PLAIN, log_json },
	{ "report.html", 1, 1, GET | PLAIN, report_html },
	{ "entry.json", 3, 3, GET | PLAIN, entry_json },
	{ "result.json", 3, 3, GET | PLAIN, result_json },
	{ "comparisons", 1, 1, GET, show_comparisons },
	{ "corpus", 1, 1, GET, show_corpus },
	{ "keys", 1, 1, GET, show_keys },
	{ "exports", 1, 1, GET, show_exports },
	{ "exports", 2, 2, GET | PLAIN, give_export },
	{ "messages", 2, 2, GET | PLAIN | WRITES, give_message },
	{ "token", 1, 1, GET, show_token },
	{ "token", 1, 1, POST, post_token },
	{ "admit", 1, 1, POST | WRITES, post_admit },
	{ "investigate", 1, 1, POST | WRITES, post_investigate },
	{ "unseal", 1, 1, POST | WRITES, post_unseal },
	{ "say", 1, 1, POST | WRITES, post_say },
	{ "publish", 1, 1, POST | WRITES, post_publish },
	{ "pull", 1, 1, POST | WRITES, post_pull },
	{ "rerun", 1, 1, POST | WRITES, post_rerun },
	{ "comparisons", 2, 2, POST | WRITES, post_comparison },
	{ "corpus", 2, 2, POST | WRITES, post_corpus },
	{ "keys", 2, 2, POST | WRITES, post_revoke },
	{ "open", 1, 1, POST | WRITES, post_open },
	{ "verify", 1, 1, POST, post_verify },
	{ "jobs", 3, 3, POST, post_cancel },
};

/* The pages that there are before there is a case. */
static bool works_without(const char *first)
{
	static const char *const pages[] = { "assets", "token", "jobs", "open", "corpus" };

	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (strcmp(first, pages[i]) == 0)
			return true;
	return false;
}

void route(struct visit *v)
{
	const char *first = v->request.part_count ? v->request.parts[0] : "";
	bool other = false;

	if (!case_is_there(v->s) && !works_without(first)) {
		show_opening(v);
		return;
	}
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		if (strcmp(first, routes[i].first) || v->request.part_count < routes[i].least ||
		        v->request.part_count > routes[i].most)
			continue;
		if (!(routes[i].does & (v->post ? POST : GET))) {
			other = true;
			continue;
		}
		if (routes[i].does & WRITES && !v->s->o->write) {
			visit_fail(v, 403, "This view only shows: it was not started with --write.");
			return;
		}
		v->plain = routes[i].does & PLAIN;
		routes[i].page(v);
		return;
	}
	if (other)
		visit_fail(v, MHD_HTTP_METHOD_NOT_ALLOWED, "There is nothing here to do that with.");
	else
		visit_fail(v, 404, "There is no such page.");
}
