/*
 * Matching: this function is that one, how surely, and how rare that one is.
 *
 * `inq_match_compare` pairs the functions of two programs; `inq_match_search`
 * finds the functions of a program in a corpus and says what they tell about
 * each family; `inq_match_align` lays two functions side by side.
 *
 * Similarities are thousandths: what two functions' features have in common, by
 * weight, over the geometric mean of what each has, rare features weighing
 * more; 1000 stands only for equal exact hashes, all else is at most 999. Integers throughout: the same inputs give the same result on every
 * machine. Results live in the arena they were given.
 */
#ifndef INQUIRY_MATCH_H
#define INQUIRY_MATCH_H

#include <inquiry/corpus.h>

#define INQ_NO_FUNCTION UINT32_MAX
#define INQ_NO_LABEL UINT32_MAX
#define INQ_NO_SAMPLE UINT32_MAX

/* How a pair was found. */
enum inq_match_how {
	INQ_MATCH_EXACT = 0, /* equal exact hashes */
	INQ_MATCH_FEATURES, /* alike by themselves */
	INQ_MATCH_CONTEXT, /* alike, and joined by the calls of matched functions */
};

/*
 * A function paired with another. `support` says in thousandths how much of
 * what it calls and is called by is paired with what the other calls and is
 * called by; 0 also where it calls nothing.
 */
struct inq_match {
	uint32_t a, b; /* function numbers: of both programs, or of the program and its sample */
	uint16_t similarity, support;
	enum inq_match_how how;
};

/* Two programs. */
struct inq_comparison {
	struct inq_match *matches; /* ascending by `a`; no function is in two */
	uint32_t match_count;
	uint32_t identical; /* matches with equal exact hashes */
	uint32_t *only_a, *only_b; /* the other functions, ascending */
	uint32_t only_a_count, only_b_count;
	uint64_t identical_bytes, changed_bytes, only_a_bytes, only_b_bytes; /* changed: of A */
	uint32_t
	        similarity; /* thousandths: what of both programs' bytes is matched, each times its similarity */
};

/*
 * Pairs the functions of `pa` and `pb` one to one: equal ones, then alike
 * ones, then those that calls among pairs lead to.
 *
 * INQ_NO_MEMORY  the arena's limit
 */
INQ_MUST enum inq_status inq_match_compare(const struct inq_program *pa, const struct inq_program *pb,
        struct inq_arena *a, struct inq_comparison *ret, struct inq_error *err);

/* What a function of the program is, after search. */
enum inq_standing {
	INQ_STANDING_SMALL = 0, /* too small to be told from others: carries no weight, whatever it equals */
	INQ_STANDING_UNMATCHED, /* nothing in the corpus is like it */
	INQ_STANDING_LIBRARY, /* in a common label as surely as in any family */
	INQ_STANDING_WIDESPREAD, /* in several families, so it says nothing for one */
	INQ_STANDING_DISTINCTIVE, /* in exactly one family, and in no common label */
	INQ_STANDING_COUNT,
};
const char *inq_standing_name(enum inq_standing s);

/* A function of the corpus that one of the program may be. */
struct inq_candidate {
	uint32_t occurrence; /* inq_corpus_occurrence */
	uint32_t sample, label;
	uint16_t similarity, support;
	uint16_t
	        probability; /* thousandths: that it is the same source function; model/README.md says measured on what */
	enum inq_match_how how;
};

/* What search found for one function of the program. */
struct inq_search_function {
	enum inq_standing standing;
	uint32_t candidate_first, candidate_count; /* inq_search.candidates: best first, one for each label */
	uint32_t family_count; /* families in which it is found */
	uint32_t
	        label; /* library: the common label; distinctive: the family; widespread: the best; else INQ_NO_LABEL */
	uint32_t
	        information; /* the weight of its features against the corpus, in bits; they overlap, so no probability */
	uint16_t
	        reach; /* whatever in the corpus is at least so similar was looked at: see inq_match_search */
	bool candidates_cut; /* a limit was hit: what is alike may have been left out */
};

/* How much of a family's code the program has. */
enum inq_sharing {
	INQ_SHARING_NOTHING = 0, /* no function that is this family's alone */
	INQ_SHARING_SLIGHT, /* some, but so few that chance gives as many */
	INQ_SHARING_CODE, /* shares code */
};
const char *inq_sharing_name(enum inq_sharing s);

struct inq_search_family {
	uint32_t label;
	enum inq_sharing sharing;
	uint32_t functions, bytes; /* found in it, of whatever standing but SMALL */
	uint32_t distinctive, distinctive_bytes;
	uint32_t identical; /* of the distinctive ones, equal exact hashes */
	uint32_t widespread, widespread_bytes;
	uint32_t library, library_bytes; /* in its samples too, but library code */
	uint32_t information; /* bits, of the distinctive ones */
	uint32_t
	        sample; /* the sample that most of the program's functions pair with; INQ_NO_SAMPLE: none was paired */
	uint32_t
	        sample_functions; /* how many of the program's functions pair with that sample's, one to one */
};

/* Bytes of the program's code, each counted once; they add up to `code`. */
struct inq_coverage {
	uint64_t code;
	uint64_t library, distinctive, widespread, unmatched, small;
	uint64_t padding;
	uint64_t unreadable; /* in code, yet in no function */
};

/* What a whole program's search found. */
struct inq_search {
	struct inq_search_function *functions; /* one for each function of the program */
	uint32_t function_count;
	struct inq_candidate *candidates;
	uint32_t candidate_count;
	/*
	 * Labels in which anything was found: families first, by distinctive
	 * bytes, then widespread ones, then name; then common labels by bytes.
	 */
	struct inq_search_family *families;
	uint32_t family_count; /* families */
	uint32_t common_count; /* common labels, after them */
	struct inq_coverage coverage;
	uint32_t standing[INQ_STANDING_COUNT]; /* functions of each */
	uint64_t postings_read, functions_compared; /* work done */
};

/*
 * What a search may cost and when a match counts. The defaults were chosen on
 * programs that have nothing in common; bench/matching.md has the rates.
 */
struct inq_search_limits {
	uint32_t candidates; /* kept for each function, one a label: 5 */
	bool every; /* as many of a label as there are among the best: false */
	uint32_t compared; /* the best corpus functions that each function is held to be like: 96 */
	uint32_t postings; /* index entries read for each function: 16,777,216 */
	uint32_t nearest; /* corpus functions looked at for their vectors, for each function: 32 */
	uint32_t scanned; /* vectors compared with each function's: 400,000 */
	uint32_t samples; /* samples whose calls are looked at, at most four of a label: 16 */
	uint32_t distinctive; /* functions a family needs for INQ_SHARING_CODE: 4 */
	uint32_t information; /* bits of distinctive functions it needs as well: 400 */
	bool content_only; /* features of context (inq_channel_is_context) and calls count nothing: false */
};
extern const struct inq_search_limits inq_search_limits_default;

/*
 * Searches `p` in `c`. `limits` NULL: the defaults. Scratch memory, too, is
 * taken from `a`: at most some 60 MB, and the program's own size again. Up to
 * 1 GiB more is held, and freed, while a sample is paired. Where the corpus is
 * told of it (inq_corpus.forget), its pages are let go of as the search passes.
 *
 * What is looked at for a function of the program is what comparing it with
 * every function of the corpus would find: those of equal code, and of those
 * whose similarity is at least its `reach`, the `compared` most similar, at most
 * 24 under one label (the first label of each). The reach is 300 where few
 * enough functions of the corpus come into question, else up to 150 below what
 * a match needs (inq_match_threshold), and more only where `postings` is hit:
 * then candidates_cut says so. To these are added the functions with the
 * `nearest` vectors: exactly those where the corpus has no more than `scanned`
 * functions, else those of the nearest cells, which misses some
 * (bench/matching.md has the rate).
 *
 * INQ_NO_MEMORY  the arena's limit
 * INQ_CORRUPT    the corpus is damaged
 */
INQ_MUST enum inq_status inq_match_search(const struct inq_program *p, const struct inq_corpus *c,
        const struct inq_search_limits *limits, struct inq_arena *a, struct inq_search *ret,
        struct inq_error *err);

/*
 * What a candidate's probability must be, in thousandths, for a function to
 * count as found in its label; equal code counts whatever it is. Of functions
 * that are not in a corpus about one in a hundred reaches it (bench/matching.md).
 */
enum { INQ_MATCH_FOUND = 500 };

/* The smallest similarity at which a match counts for a function that tells so many bits; 1001: none does. */
uint32_t inq_match_threshold(uint32_t information);

/* One line of two functions side by side. */
enum inq_align_kind {
	INQ_ALIGN_SAME = 0, /* equal but for addresses */
	INQ_ALIGN_CHANGED, /* the same operation, other operands */
	INQ_ALIGN_ONLY_A,
	INQ_ALIGN_ONLY_B,
};
struct inq_align_row {
	uint32_t insn_a, insn_b; /* inq_code.insns of each; INQ_NO_BLOCK where there is none */
	uint32_t block_a, block_b; /* within the function; INQ_NO_BLOCK where there is none */
	enum inq_align_kind kind;
};

struct inq_alignment {
	struct inq_align_row
	        *rows; /* A's blocks in order, each with its pair; B's unpaired ones where they belong */
	uint32_t row_count;
	uint32_t block_pairs;
	uint32_t same, changed, only_a, only_b; /* rows of each kind */
	uint32_t
	        similarity; /* thousandths: rows that are the same, and half of the changed, of all instructions */
};

/*
 * Lays function `fa` of `ca` and `fb` of `cb` side by side: blocks are paired
 * one to one by content, position and paired neighbours, and the instructions
 * of paired blocks by their longest common run.
 *
 * INQ_BAD_ARGUMENT  the architectures differ
 * INQ_NO_MEMORY     the arena's limit
 */
INQ_MUST enum inq_status inq_match_align(const struct inq_code *ca, const struct inq_function *fa,
        const struct inq_code *cb, const struct inq_function *fb, struct inq_arena *a,
        struct inq_alignment *ret, struct inq_error *err);

#endif
