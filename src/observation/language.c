/*
 * Tool chains that sign their work in any container: Go's build information
 * (debug/buildinfo of the Go standard library), the paths of Rust's own source
 * that its library code carries, and what C++ programs need of their run-time
 * or leave of it (Itanium C++ ABI: names begin with _Z, type information with
 * N10__cxxabiv1; Microsoft's names begin with ?, type descriptors with .?AV).
 */
#include "observation/private.h"
#include <string.h>

enum { GO_HEADER = 32, GO_POINTER_SIZE_AT = 14, GO_FLAGS_AT = 15, GO_TEXT_MOST = 256, RUST_COMMIT = 40 };

static const uint8_t go_magic[14] = "\xff Go buildinf:";
static const char rust_path[] = "/rustc/";

/* Where `needle` first stands at or after `off`; false where it does not. */
static bool find(struct inq_bytes b, uint64_t off, const void *needle, size_t len, uint64_t *ret)
{
	struct inq_bytes rest = inq_bytes_from(b, off);
	const uint8_t *at = rest.len ? memmem(rest.at, rest.len, needle, len) : NULL;

	if (!at)
		return false;
	*ret = (uint64_t)(at - b.at);
	return true;
}

static void fact(struct inq_observer *w, enum inq_fact_kind kind, struct inq_bytes text)
{
	struct inq_fact f = { .kind = kind, .forgeable = true, .off = inq_observer_off(w, text) };

	if (text.len)
		inq_observer_fact_bytes(w, f, text, GO_TEXT_MOST);
}

/* A length and so many bytes; moves `*off` behind them. */
static bool go_string(struct inq_bytes b, uint64_t *off, struct inq_bytes *ret)
{
	uint64_t len;

	if (!inq_bytes_uleb(b, off, &len) || !inq_bytes_cut(b, *off, len, ret))
		return false;
	*off += len;
	return true;
}

/* Before Go 1.18 the header held the address of a string: of a pointer and a length. */
static bool go_pointer(const struct inq_exhibit *x, struct inq_bytes info, unsigned index, unsigned size,
        bool big, struct inq_bytes *ret)
{
	uint64_t header, at, len;
	uint32_t low[3] = { 0 };
	struct inq_bytes string;

	if (size == 8) {
		if (!inq_bytes_u64(info, 16 + 8 * (uint64_t)index, big, &header))
			return false;
		string = inq_exhibit_at(x, header);
		if (!inq_bytes_u64(string, 0, big, &at) || !inq_bytes_u64(string, 8, big, &len))
			return false;
	} else {
		if (!inq_bytes_u32(info, 16 + 4 * (uint64_t)index, big, &low[0]))
			return false;
		string = inq_exhibit_at(x, low[0]);
		if (!inq_bytes_u32(string, 0, big, &low[1]) || !inq_bytes_u32(string, 4, big, &low[2]))
			return false;
		at = low[1];
		len = low[2];
	}
	return inq_bytes_cut(inq_exhibit_at(x, at), 0, len, ret);
}

static bool is_go_version(struct inq_bytes version)
{
	return inq_bytes_begin(version, "go", 2) || inq_bytes_begin(version, "devel", 5);
}

static void go(struct inq_observer *w)
{
	enum { INLINE = 2, BIG = 1, TRIES_MOST = 64 };
	struct inq_bytes b = w->x->bytes, info, version, module = { NULL, 0 };
	uint64_t at = 0, off;
	bool found = false;

	/* The magic also stands in the code of programs that read such information. */
	for (unsigned i = 0; i < TRIES_MOST && !found; i++, at++) {
		uint8_t flags, size;

		if (!find(b, at, go_magic, sizeof go_magic, &at))
			return;
		info = inq_bytes_from(b, at);
		if (!inq_bytes_u8(info, GO_POINTER_SIZE_AT, &size) ||
		        !inq_bytes_u8(info, GO_FLAGS_AT, &flags))
			return;
		off = GO_HEADER;
		if (flags & INLINE)
			found = go_string(info, &off, &version) && is_go_version(version) &&
			        go_string(info, &off, &module);
		else
			found = go_pointer(w->x, info, 0, size, flags & BIG, &version) &&
			        is_go_version(version) &&
			        go_pointer(w->x, info, 1, size, flags & BIG, &module);
	}
	if (!found)
		return;
	fact(w, INQ_FACT_GO, version);
	/* Sixteen bytes that only mark the place, and then lines of a word, a tab and the rest. */
	module = inq_bytes_from(module, 16);
	if (inq_bytes_begin(module, "path\t", 5)) {
		const uint8_t *end = memchr(module.at, '\n', module.len);

		fact(w, INQ_FACT_GO_PATH,
		        (struct inq_bytes){
		                module.at + 5, (end ? (size_t)(end - module.at) : module.len) - 5 });
	}
}

static bool is_digits(struct inq_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (!(b.at[i] >= '0' && b.at[i] <= '9') && !(b.at[i] >= 'a' && b.at[i] <= 'f'))
			return false;
	return true;
}

/* The folder that the source lay in whose path goes on at `at`: "rustc-1.63.0". Empty where there is none. */
static struct inq_bytes folder(struct inq_bytes b, uint64_t at)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+~_-";
	enum { MOST = 64 };
	uint64_t end = at && b.at[at - 1] == '/' ? at - 1 : at, from = end;

	while (from > 0 && end - from < MOST && memchr(allowed, b.at[from - 1], sizeof allowed - 1))
		from--;
	return (struct inq_bytes){ b.at + from, end == at ? 0 : (size_t)(end - from) };
}

/* The commit of the compiler, which paths of its library tell; those of a distribution's tell a version. */
static void rust(struct inq_observer *w)
{
	static const char *const sources[] = { "library/core/src/", "library/std/src/" };
	enum { TRIES_MOST = 64 };
	struct inq_bytes b = w->x->bytes, text;
	uint64_t at = 0;

	for (unsigned i = 0; i < TRIES_MOST; i++, at++) {
		if (!find(b, at, rust_path, sizeof rust_path - 1, &at) ||
		        !inq_bytes_cut(b, at + sizeof rust_path - 1, RUST_COMMIT, &text))
			break;
		if (is_digits(text)) {
			fact(w, INQ_FACT_RUST, text);
			return;
		}
	}
	text = (struct inq_bytes){ NULL, 0 };
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		size_t len = strlen(sources[i]);

		at = 0;
		for (unsigned tries = 0; tries < TRIES_MOST && find(b, at, sources[i], len, &at);
		        tries++, at++) {
			struct inq_bytes named = folder(b, at);

			if (named.len) {
				fact(w, INQ_FACT_RUST, named);
				return;
			}
			if (!text.len)
				text = (struct inq_bytes){ b.at + at, len };
		}
	}
	fact(w, INQ_FACT_RUST, text);
}

/* `text`, where it begins as one of `with` does. */
static const char *begins(const char *text, const char *const *with, size_t count)
{
	for (size_t i = 0; i < count && text; i++)
		if (strncmp(text, with[i], strlen(with[i])) == 0)
			return text;
	return NULL;
}

/* By what it needs, by its mangled names, or by the names of types that a linked-in run-time leaves. */
static void cxx(struct inq_observer *w)
{
	static const char *const libraries[] = { "libstdc++", "libc++", "/usr/lib/libc++", "MSVCP", "msvcp" };
	static const char *const mangled[] = { "_Z", "__Z", "?" };
	static const char itanium[] = "N10__cxxabiv1", microsoft[] = ".?AV";
	const struct inq_exhibit *x = w->x;
	const char *by = NULL;
	uint64_t at = 0;

	for (size_t i = 0; i < x->library_count && !by; i++)
		by = begins(x->libraries[i], libraries, sizeof libraries / sizeof *libraries);
	for (size_t i = 0; i < x->import_count && !by; i++)
		by = begins(x->imports[i].name, mangled, sizeof mangled / sizeof *mangled);
	if (!by && find(x->bytes, 0, itanium, sizeof itanium - 1, &at))
		by = itanium;
	if (!by && x->format == INQ_FORMAT_PE && find(x->bytes, 0, microsoft, sizeof microsoft - 1, &at))
		by = microsoft;
	if (by)
		inq_observer_fact(w,
		        &(struct inq_fact){ .kind = INQ_FACT_CXX, .forgeable = true, .text = by, .off = at });
}

void inq_observe_languages(struct inq_observer *w)
{
	go(w);
	rust(w);
	cxx(w);
}
