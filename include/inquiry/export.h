/*
 * Exports: what the documents of the other commands say, in the formats of
 * other programs (formats/export.md).
 *
 * An export is a function of the documents alone (formats/): nothing is looked
 * at anew, no clock is asked, and whoever has the documents makes the same
 * bytes of them. Documents may be anybody's: each is read within bounds, and
 * what they carry of samples is written inertly for the format's readers.
 */
#ifndef INQUIRY_EXPORT_H
#define INQUIRY_EXPORT_H

#include <inquiry/json_read.h>
#include <inquiry/text.h>

enum inq_export_format {
	INQ_EXPORT_MATCHES, /* CSV, a line for each function that was found */
	INQ_EXPORT_NAMES, /* CSV or JSON, a line for each function that a name is known for */
	INQ_EXPORT_IDA, /* the same as a script for IDA */
	INQ_EXPORT_GHIDRA, /* and for Ghidra */
	INQ_EXPORT_INDICATORS, /* CSV of the network indicators in strings */
	INQ_EXPORT_STIX, /* a STIX 2.1 bundle */
	INQ_EXPORT_MISP, /* a MISP event */
	INQ_EXPORT_FORMATS,
};

enum {
	INQ_EXPORT_FOUND = 500, /* thousandths: from here on a function counts as found (formats/search.md) */
	INQ_EXPORT_TEXT_MOST =
	        1000, /* bytes of a name or string that are written; of longer ones, how long */
	INQ_EXPORT_INDICATORS_MOST = 200, /* of one exhibit */
};

enum inq_tlp { INQ_TLP_NONE, INQ_TLP_CLEAR, INQ_TLP_GREEN, INQ_TLP_AMBER, INQ_TLP_RED };

/* Which functions, and how. */
struct inq_export_choice {
	enum inq_export_format format;
	const char *program; /* name and version of who exports */
	const char *label; /* only what is found under it; NULL: under any */
	bool families, libraries; /* only functions of families, of libraries; neither: of both */
	bool every; /* of matches: every function, with all candidates */
	bool json; /* of names */
	bool defanged; /* of indicators */
	enum inq_tlp tlp; /* of STIX and MISP */
	uint64_t time; /* of STIX and MISP: where no record says when, seconds since 1970 */
};

/* "matches", "names", "ida", "ghidra", "indicators", "stix", "misp" */
const char *inq_export_format_name(enum inq_export_format format);
INQ_MUST bool inq_export_format_read(const char *name, enum inq_export_format *ret);

/* "clear", "green", "amber", "red"; "white" is read as "clear". */
INQ_MUST bool inq_tlp_read(const char *name, enum inq_tlp *ret);

/*
 * Writes the export of `count` documents to `out`; `a` is for scratch. A
 * document that cannot be read is passed over, and the first such failure
 * returned when the rest is written. `*ret_document` is the number of the
 * document that is to blame for a failure, `count` where none is.
 *
 * Documents of which the format has no use (an examination, for names) are
 * passed over. One of them may be a log (formats/case.md): it gives names to
 * exhibits whose analysis knew none, times and parties.
 *
 * INQ_UNRECOGNISED  no JSON, no document of this program, or a second log
 * INQ_NOT_FOUND     no document of those that the format is made of; nothing is written
 * INQ_OVER_LIMIT    everything was written but what goes beyond a limit, which `err` names
 */
INQ_MUST enum inq_status inq_export(const struct inq_export_choice *choice, const struct inq_bytes *documents,
        size_t count, struct inq_arena *a, struct inq_sink *out, size_t *ret_document, struct inq_error *err);

/* A network indicator, for people. */
struct inq_export_indicator {
	const char *kind; /* "url", "domain", "email", "ipv4", "ipv6" */
	struct inq_bytes defanged; /* printable ASCII that no program takes for a link */
	uint64_t offset; /* of the string that it stands in */
};

/*
 * The network indicators in the strings of an examination's exhibit, each once,
 * by kind and value, at most INQ_EXPORT_INDICATORS_MOST; how many more there are
 * in `*ret_left_out`. They live in `a`.
 *
 * INQ_NO_MEMORY  the arena is full
 */
INQ_MUST enum inq_status inq_export_indicators(const struct inq_json_value *exhibit, struct inq_arena *a,
        const struct inq_export_indicator **ret, size_t *ret_count, uint64_t *ret_left_out,
        struct inq_error *err);

#endif
