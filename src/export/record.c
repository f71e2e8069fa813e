#include "export/record.h"
#include <inttypes.h>
#include <string.h>

enum entry_kind entry_kind_of(const struct inq_json_value *entry)
{
	static const struct {
		const char *type;
		enum entry_kind kind;
	} kinds[] = {
		{ "examination", ENTRY_EXAMINATION },
		{ "conclusion", ENTRY_CONCLUSION },
		{ "claim", ENTRY_WORDS },
		{ "statement", ENTRY_WORDS },
		{ "support", ENTRY_RESPONSE },
		{ "dispute", ENTRY_RESPONSE },
		{ "rerun", ENTRY_RESPONSE },
		{ "withdraw", ENTRY_WITHDRAWAL },
	};
	struct inq_bytes type = doc_text(entry, "type");

	if (inq_bytes_begin(type, "exhibit ", 8))
		return ENTRY_EXHIBIT;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (inq_bytes_equal(type, kinds[i].type))
			return kinds[i].kind;
	return ENTRY_PARTY;
}

struct inq_bytes entry_party(const struct inq_json_value *entry)
{
	struct inq_bytes name = doc_text(entry, "entry");
	const uint8_t *slash = name.len ? memchr(name.at, '/', name.len) : NULL;

	if (slash)
		name.len = (size_t)(slash - name.at);
	return name;
}

void export_space(const struct export *x, struct uuid *ret)
{
	uuid_of(&uuid_inquiry, x->log ? doc_text(x->log, "case") : inq_bytes_of("documents"), ret);
}

uint64_t export_time(const struct export *x, const struct inq_json_value *entry)
{
	int64_t time = entry ? doc_number(entry, "time") : 0;

	if (!entry && x->log)
		time = doc_number(doc_list(x->log, "entries"), "time");
	else if (!entry)
		return x->choice->time;
	return time > 0 ? (uint64_t)time : 0;
}

uint64_t export_latest(const struct export *x)
{
	return x->log ? x->latest : x->choice->time;
}

void export_digest(const struct export *x, char ret[65])
{
	struct inq_sha256_state state;
	struct inq_sha256 digest;

	inq_sha256_init(&state);
	for (size_t i = 0; i < x->count; i++) {
		if (inq_sha256(x->documents[i], &digest) == INQ_OK)
			inq_sha256_update(&state, digest.byte, sizeof digest.byte);
	}
	inq_sha256_final(&state, &digest);
	inq_hex(digest.byte, sizeof digest.byte, ret);
}

const char *document_word(enum document_kind kind)
{
	static const char *const words[DOCUMENT_KINDS] = { "examine", "search", "attribute", "log" };

	return words[kind];
}

void words_begin(struct words *w, struct inq_arena *a)
{
	w->memory = (struct inq_memory_sink){ .arena = a };
	inq_sink_init(&w->out, inq_memory_sink_write, &w->memory);
}

struct inq_bytes words_end(struct words *w)
{
	if (!inq_sink_flush(&w->out))
		return inq_bytes_of("(no memory)");
	return (struct inq_bytes){ (const uint8_t *)w->memory.at, w->memory.len };
}

static void put(
        struct inq_sink *out, const struct inq_json_value *object, const char *key, struct inq_arena *a)
{
	inq_put_bytes(out, doc_shown(doc_text(object, key), a));
}

void family_words(const struct inq_json_value *family, struct inq_bytes corpus, struct inq_arena *a,
        struct inq_sink *out)
{
	inq_putf(out,
	        "%" PRId64 " functions (%" PRId64
	        " bytes) are found in no other family of the corpus and in no library, %" PRId64
	        " of them equal but for addresses. Family: ",
	        doc_number(family, "distinctive"), doc_number(family, "distinctive_bytes"),
	        doc_number(family, "identical"));
	put(out, family, "label", a);
	inq_put(out, "; corpus: ");
	inq_put_bytes(out, doc_shown(corpus, a));
	inq_put(out, ". Library code is left out. Shared code is a fact about code, not about who wrote or "
	             "used it.");
}

static void milli_put(struct inq_sink *out, const struct inq_json_value *object, const char *key)
{
	char text[DOC_MILLI];

	doc_milli(doc_number(object, key), text);
	inq_put(out, text);
}

static void per_10000_put(struct inq_sink *out, int64_t value)
{
	inq_putf(out, "%" PRId64 ".%02" PRId64 " %%", value / 100, value % 100);
}

static void ratio_words(const struct inq_json_value *ratio, struct inq_arena *a, struct inq_sink *out)
{
	inq_put(out, "log10 of the likelihood ratio ");
	milli_put(out, ratio, "log10");
	inq_put(out, " (");
	milli_put(out, ratio, "least");
	inq_put(out, " to ");
	milli_put(out, ratio, "most");
	inq_put(out, "): ");
	put(out, ratio, "support", a);
}

void attribution_words(const struct inq_json_value *attribution, struct inq_arena *a, struct inq_sink *out)
{
	bool first = true;

	inq_put(out, "Conclusion: ");
	put(out, attribution, "conclusion", a);
	inq_put(out, ".\n");
	for (const struct inq_json_value *f = doc_list(attribution, "families"); f; f = f->next) {
		const struct inq_json_value *ratio = inq_json_member(f, "ratio");
		int64_t posterior = doc_number(f, "posterior_per_10000");

		inq_put(out, "Family ");
		put(out, f, "label", a);
		inq_put(out, doc_truth(f, "named") ? ", named: " : ", not named: ");
		if (ratio)
			ratio_words(ratio, a, out);
		else
			inq_put(out, "no ratio, for the corpus is not calibrated");
		if (posterior > 0) {
			inq_put(out, "; under the declared prior ");
			per_10000_put(out, posterior);
			inq_put(out, ", ");
			put(out, f, "posterior_words", a);
		}
		inq_put(out, ".\n");
	}
	if (inq_json_member(attribution, "none")) {
		inq_put(out, "None of the families: ");
		ratio_words(inq_json_member(attribution, "none"), a, out);
		inq_put(out, ".\n");
	}
	for (const struct inq_json_value *s = doc_list(attribution, "planted"); s; s = s->next) {
		inq_put(out, "For a planted likeness: ");
		put(out, s, "text", a);
		inq_put(out, "\n");
	}
	for (const struct inq_json_value *l = doc_list(attribution, "lacks"); l; l = l->next) {
		inq_put(out, first ? "Missing: " : ", ");
		if (l->kind == INQ_JSON_STRING)
			inq_put_bytes(out, doc_shown(l->string, a));
		first = false;
	}
	inq_put(out, first ? "" : ".\n");
	inq_put(out, "The family proposition is that these programs contain code that is not generally "
	             "available and "
	             "that the family's makers had. It says nothing of who wrote or used them.");
}

void response_words(const struct inq_json_value *entry, struct inq_arena *a, struct inq_sink *out)
{
	static const char *const members[] = { "dispute", "outcome", "text" };
	bool first = true;

	for (unsigned i = 0; i < 3; i++) {
		struct inq_bytes text = doc_text(entry, members[i]);

		if (!text.len)
			continue;
		inq_put(out, first ? "" : ": ");
		inq_put_bytes(out, doc_shown(text, a));
		first = false;
	}
}

int64_t attribution_posterior(const struct inq_json_value *attribution)
{
	for (const struct inq_json_value *f = doc_list(attribution, "families"); f; f = f->next)
		if (doc_truth(f, "named") && inq_json_member(f, "ratio") &&
		        inq_json_member(f, "posterior_per_10000"))
			return doc_number(f, "posterior_per_10000");
	return -1;
}
