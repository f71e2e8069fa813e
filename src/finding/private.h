/*
 * Private to the finding layer.
 *
 *   evidence     what of a search bears on a proposition; evidence_bytes: as bytes
 *   standing     what each function of the evidence says, and for whom
 *   piece        functions that call each other or lie together: one piece
 *   score        what the pieces of each family come to
 *   fixed        logarithms and binomial bounds, in integers
 *   curve        from scores of known cases to ratios
 *   calibration  the known cases; calibration_bytes: as bytes; measure: error rates
 *   plan         which programs of a corpus are left out together
 *   planted      how code that was put in lies, and how genuine code does
 *   look         what a case comes to, all exhibits together and each by itself
 *   bench        the trials that a case is judged by
 *   weigh        propositions, grounds and what would change them
 *   posterior    what a reader's prior becomes
 *   forgery      facts anyone can write, held against the code
 *   words        of the scales
 */
#ifndef FINDING_PRIVATE_H
#define FINDING_PRIVATE_H

#include <inquiry/finding.h>
#include <inquiry/integer.h>

#define NO_LABEL INQ_NO_LABEL

enum { OCCURRENCES_MOST = 1024 }; /* looked at for the samples that have a function */

/* How a case is looked at: what is left out of account, and since when. */
struct view {
	uint32_t without_label; /* this family is not there; NO_LABEL: all are */
	uint32_t day; /* of the exhibits; 0: not known */
	const bool *dropped; /* of the case's functions, those not to be counted; NULL: none */
};

/* The functions of a case, exhibit after exhibit. */
struct evidence_case {
	const struct inq_evidence *const *exhibits;
	uint32_t exhibit_count;
	uint32_t *first; /* of each exhibit: its first function among those of the case, and the end */
	const struct inq_corpus *corpus;
	bool *is_common; /* of each label */
	uint32_t *label_functions; /* of each label: occurrences of functions under it */
};

INQ_MUST bool case_init(struct evidence_case *k, const struct inq_evidence *const *exhibits, uint32_t count,
        const struct inq_corpus *c, struct inq_arena *a);

enum what {
	WHAT_NOTHING = 0, /* nothing is like it */
	WHAT_LIBRARY,
	WHAT_PUBLISHED, /* anyone could have had it */
	WHAT_WIDESPREAD,
	WHAT_DISTINCTIVE,
};

/* What one function of a case says. */
struct saying {
	enum what what;
	uint32_t label; /* for whom: NO_LABEL where for nobody */
	uint32_t candidate; /* of its exhibit's candidates */
	uint32_t weight; /* in sixteenths of a bit */
	uint32_t piece; /* number among the pieces */
	bool again; /* the same code is counted elsewhere in the case */
};

/* Functions of one exhibit that call each other or lie together, of one family. */
struct piece {
	uint32_t exhibit, label;
	uint32_t first; /* its first function, of the case's */
	uint32_t functions, bytes;
	uint32_t sum; /* of its functions' weights */
	uint32_t weight; /* what it counts: see piece.c */
};

struct sayings {
	struct saying *at; /* of each function of the case */
	uint32_t count;
	struct piece *pieces; /* by exhibit, label, first */
	uint32_t piece_count;
};

/* Works out what each function says, and the pieces. Everything lives in `a`. */
INQ_MUST bool sayings_make(
        const struct evidence_case *k, const struct view *v, struct inq_arena *a, struct sayings *ret);

/* Fills the pieces of `s`, whose functions have all but their piece. */
INQ_MUST bool pieces_make(const struct evidence_case *k, struct sayings *s, struct inq_arena *a);

/* A family's score in a case. */
struct score {
	uint32_t label;
	uint32_t functions, pieces;
	uint64_t weight; /* of its pieces */
	int32_t score; /* 256ths of a doubling of what chance gives */
};

/* Every label's; those of common labels and of `without_label` stay 0. `background`: see calibration. */
INQ_MUST bool scores_make(const struct evidence_case *k, const struct sayings *s, const uint32_t *background,
        struct inq_arena *a, struct score **ret);

/* INQ_PROGRAM_LANGUAGES of all of them. */
uint32_t languages_of(const struct inq_evidence *const *evidence, uint32_t count);

/* Functions in which code of a family could be found: those that are no library's. */
uint32_t case_left(const struct evidence_case *k, const struct sayings *s);

/* Functions of all exhibits that are large enough to be looked for. */
uint64_t case_searchable(const struct evidence_case *k);

/* What so much weight is for a label with this background, among so many functions that were looked for. */
int32_t score_of(uint64_t weight, uint64_t searchable, uint32_t background);

/* How the code of one family lies in a case. */
struct spread {
	uint32_t functions;
	uint64_t sum, weight; /* of its pieces */
	struct piece largest; /* the one with the most bits */
};
struct spread spread_of(const struct sayings *s, uint32_t label);
void spread_add(struct spread *s, const struct piece *block);
/* Thousandths of its bits that lie in the largest piece. */
uint32_t spread_largest(const struct spread *s);
/* In one piece, with much else that is not of it, among so many functions: so a library that was linked in lies. */
bool is_one_piece(const struct spread *s, uint64_t searchable);
/* Whether it is large enough to be called one. */
bool is_block(const struct piece *p);

/* 2^-x in 2^-32ths, of x in 2^-24ths. */
uint64_t exp2_minus(uint64_t x);
/*
 * The bounds, in 2^-24ths, between which lies the rate of which k of n were
 * seen, by Clopper and Pearson (Biometrika 26, 1934): with 95 in a hundred.
 */
uint32_t binomial_least(uint32_t k, uint32_t n);
uint32_t binomial_most(uint32_t k, uint32_t n);
/* 1000 log10(a / b), rounded; neither is 0. */
int32_t log10_of_ratio(uint64_t a, uint64_t b);

/*
 * From scores to ratios: steps, each of scores from `least` up to the next
 * one's, with the right and the wrong trials that fell in it.
 */
struct curve_step {
	int32_t least;
	uint32_t right, wrong;
};
enum { CURVE_SILENCES = 4 }; /* up to 7, 31, 127 functions, and more */
struct curve {
	struct curve_step *steps; /* ascending; the first is of all that is lower */
	uint32_t step_count;
	uint32_t right, wrong; /* trials */
	int32_t *wrong_scores; /* ascending */
	/*
	 * Below `loud` nothing speaks for a family, and how much that says depends on
	 * how much there was to find: by classes of that, filled by curve_hush.
	 */
	int32_t loud;
	struct curve_silence {
		uint32_t right, wrong; /* trials of the class, */
		uint32_t right_silent, wrong_silent; /* and those below */
	} silence[CURVE_SILENCES];
};

/*
 * The steps by which the share of right trials never falls as the score rises
 * (Ayer and others, 1955: pool adjacent violators). One right trial more is put
 * below all and one wrong trial above all, so that no ratio is larger than the
 * trials there are; and steps that the trials cannot tell apart are one.
 */
INQ_MUST bool curve_make(const int32_t *right, uint32_t right_count, const int32_t *wrong,
        uint32_t wrong_count, struct inq_arena *a, struct curve *ret);
/* What one trial says about silence: the score of a right or a wrong family, and the functions left to find it in. */
struct curve_trial {
	int32_t score;
	uint32_t left;
	bool right;
};
/* With more to find, nothing found says no less: classes that violate that are pooled, too. */
void curve_hush(struct curve *c, const struct curve_trial *trials, uint32_t count);
/* The ratio of a score in a case with so many functions left. */
struct inq_ratio curve_ratio(const struct curve *c, int32_t score, uint32_t left);
/*
 * The ratio of two rates, k of n, with the bounds of Clopper and Pearson for
 * both; one trial more of either answer is added to each, and no end lies beyond
 * what the number of trials supports.
 */
struct inq_ratio ratio_of_rates(uint32_t over, uint32_t over_of, uint32_t under, uint32_t under_of);
/* Of the wrong trials, in thousandths rounded up, those that reached this very score. */
uint32_t curve_wrong_share(const struct curve *c, int32_t score);

/* What a conclusion needs: the bound of its ratio nearest to 1 is at least 10, in thousandths of log10. */
enum { CONCLUDES_LEAST = 1000 };

/*
 * Whether a family of this score is named: the bound of its ratio nearest to 1
 * is at least 10, and at most one wrong trial in two hundred weighed as much; both
 * `of` / `best` times over where so many of so many exhibits scored that high.
 */
bool is_named(const struct curve *c, int32_t score, uint32_t best, uint32_t of);

/* Trials of single programs in which the family was named, its code being their own or put in as a block. */
struct planted_counts {
	uint32_t genuine, genuine_one_piece;
	uint32_t planted, planted_one_piece;
};
void planted_count(const struct inq_calibration *cal, const struct curve *one, uint32_t languages,
        struct planted_counts *ret);
/* For a block that was put in against genuine code, where the family's code lies in one piece, or does not. */
struct inq_ratio planted_ratio(const struct planted_counts *n, bool one_piece);

/* The order in which trials are kept: by exhibits, label, sample. */
int trial_compare(const void *a, const void *b);
/* The exhibits of the trials by which so many are judged: the next size that was tried, for fewer weigh less. */
uint32_t calibration_class(uint32_t exhibits);

/*
 * The curve of trials with so many exhibits, or the next number tried, in these
 * languages; those of `without_label` left out. What programs of one language
 * have by chance, those of others do not: its run-time and its templates. Where
 * one family alone has programs in these languages there are no wrong trials.
 */
INQ_MUST enum inq_status calibration_curve(const struct inq_calibration *cal, uint32_t exhibits,
        uint32_t languages, uint32_t without_label, struct inq_arena *a, struct curve *ret,
        struct inq_error *err);

#endif
