/*
 * The fingerprint of a program: what of each of its functions survives another
 * address, another build and, as far as can be, another compiler.
 *
 * A function has an exact hash, equal for the same instructions in the same
 * shape wherever they lie, and a weighted set of features for what is alike
 * without being the same. Neither depends on names of symbols, on addresses or
 * on the order of functions; names of imports count, for programs cannot do
 * without them. Names of functions are carried for display alone.
 *
 * Corpus and match know of a feature only what stands here: a 32-bit key whose
 * top four bits are its channel, a count, and the channel's weight.
 *
 * A program is not changed once made and may be shared between threads. The
 * same code gives the same program, on every machine.
 */
#ifndef INQUIRY_FINGERPRINT_H
#define INQUIRY_FINGERPRINT_H

#include <inquiry/code.h>
#include <inquiry/model.h>
#include <inquiry/text.h>

/* Changes whenever the same function would get other features. Corpora of another version are not read. */
enum { INQ_FEATURES_VERSION = 2 };

enum { INQ_CHANNEL_COUNT = 16 };

static inline unsigned inq_feature_channel(uint32_t key)
{
	return key >> 28;
}

/*
 * What a channel counts in similarity, in sixteenths: a feature weighs this
 * times its rarity times the logarithm of its count. 0: not used.
 */
extern const uint8_t inq_channel_weight[INQ_CHANNEL_COUNT];

/* Whether it tells what surrounds a function (strings, data, imports, callees), not what it does by itself. */
bool inq_channel_is_context(unsigned channel);

/* For people; "" where the channel is not used. */
const char *inq_channel_name(unsigned channel);

struct inq_fingerprint {
	uint64_t va; /* without the Thumb bit */
	uint64_t exact[2]; /* equal: the same code but for addresses and the identity of callees */
	uint32_t size; /* bytes, of all its blocks */
	uint32_t block_count, insn_count; /* instructions that do something: padding is not counted */
	uint32_t feature_first, feature_count; /* inq_program.features, ascending by key, at most 1,024 */
	uint32_t callee_first, callee_count; /* inq_program.callees, ascending, no repeats */
	uint8_t flags; /* INQ_FUNCTION_* of code.h */
	const char *name; /* NULL: none. For display. */
};

enum {
	INQ_PROGRAM_PACKED =
	        1, /* most of its code cannot be read as it lies in the file; set by the caller */
	INQ_PROGRAM_CUT = 2, /* a limit stopped the recovery: functions are missing; set by the caller */
	INQ_PROGRAM_NO_DECODER = 4, /* has code, of an architecture this build does not read */
	/* Languages whose run-time or templates are in every program's own code; set by the caller. */
	INQ_PROGRAM_CXX = 8,
	INQ_PROGRAM_GO = 16,
	INQ_PROGRAM_RUST = 32,
	INQ_PROGRAM_LANGUAGES = INQ_PROGRAM_CXX | INQ_PROGRAM_GO | INQ_PROGRAM_RUST,
	INQ_PROGRAM_FLAGS = 63, /* all there are */
};

/* The fingerprint of one exhibit. */
struct inq_program {
	struct inq_sha256 sha256;
	const char *name; /* for display: where it was found */
	uint8_t format, arch, bits, kind; /* enum inq_format, inq_arch, 32 or 64, enum inq_kind */
	bool big_endian;
	uint32_t flags; /* INQ_PROGRAM_* */
	uint64_t file_bytes;
	uint64_t code_bytes; /* in executable regions of code */
	uint64_t function_bytes; /* of these, in functions */
	uint64_t padding_bytes; /* of these, padding between functions */
	uint32_t unresolved_jumps;
	struct inq_fingerprint
	        *functions; /* ascending by address; import stubs and thunks to imports are left out */
	uint32_t function_count;
	struct inq_feature *features;
	uint32_t feature_count;
	struct inq_vector *vectors; /* of each function, from its features by inq_model() */
	uint32_t *callees; /* indices into functions */
	uint32_t callee_count;
};

/* What a program may hold, made or read; 2 GiB when written. */
enum {
	INQ_PROGRAM_FUNCTIONS_MOST = 1 << 22,
	INQ_FINGERPRINT_FEATURES_MOST = 1024,
	INQ_FINGERPRINT_CALLEES_MOST = 4096, /* of one function; the rest are left out */
	INQ_FINGERPRINT_NAME_MOST = 1024, /* bytes of a name; a longer one is cut */
};

/*
 * Makes the fingerprint of `c` into `*ret`. `name` is kept as the program's
 * name. Everything lives in `a`; nothing of `c` is kept.
 *
 * INQ_NO_MEMORY   the arena's limit
 * INQ_OVER_LIMIT  more functions than a program may hold
 */
INQ_MUST enum inq_status inq_program_make(const struct inq_code *c, const char *name, struct inq_arena *a,
        struct inq_program *ret, struct inq_error *err);

/*
 * Writes `p` to `out` in the form that inq_program_read reads and that a
 * corpus is built from (formats/corpus.md). The same program gives the same
 * bytes. Whether they were written, inq_sink_flush says.
 */
void inq_program_write(const struct inq_program *p, struct inq_sink *out);

/*
 * Reads what inq_program_write wrote, and takes nothing on trust: whoever made
 * `b` may be hostile. What is accepted holds every promise above (order,
 * bounds, counts, callees that exist) and writes back to the same bytes.
 * Everything lives in `a`.
 *
 * INQ_CORRUPT       anything else; `err->at` is where
 * INQ_UNRECOGNISED  not a program, or of another features version or model
 * INQ_NO_MEMORY     the arena's limit
 */
INQ_MUST enum inq_status inq_program_read(
        struct inq_bytes b, struct inq_arena *a, struct inq_program *ret, struct inq_error *err);

#endif
