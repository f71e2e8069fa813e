/*
 * Findings: what the code that programs share with known families says for and
 * against each proposition about them, how much, and what would change it.
 *
 *   search of each exhibit -> evidence -> (all exhibits of a case, a corpus and
 *   its calibration) -> finding
 *
 * Evidence is what of one exhibit's search can bear on a proposition, in bytes
 * that are small, sorted and read with suspicion. A calibration is what the
 * same weighing gave on programs of the corpus whose answer is known, each
 * searched in the corpus without it. A finding is made from both alone: whoever
 * has them gets the same bytes.
 *
 * Ratios are base-10 logarithms in thousandths: 2000 is a hundred to one.
 * Integers throughout; results live in the arena they were given.
 */
#ifndef INQUIRY_FINDING_H
#define INQUIRY_FINDING_H

#include <inquiry/match.h>
#include <inquiry/observation.h>

/* A function of the corpus that one of the exhibit is like, under one label. */
struct inq_evidence_candidate {
	uint32_t label, sample, function; /* of the corpus; function: among the different ones */
	uint16_t similarity, support, probability; /* thousandths, as of struct inq_candidate */
	enum inq_match_how how;
	/*
	 * The day from which anyone could have it, as YYYYMMDD: of the label, or
	 * of the earliest sample that has the very function. 0: not known to be.
	 */
	uint32_t published;
};

/* A function of the exhibit that something in the corpus is like. */
struct inq_evidence_function {
	uint64_t va;
	uint64_t exact[2];
	uint32_t number; /* in the program; those with neighbouring numbers lie together */
	uint32_t size, block_count, information;
	uint32_t candidate_first, candidate_count; /* best first, one for each label */
	uint32_t callee_first, callee_count; /* functions of this evidence that it calls, ascending */
};

/* A fact of the exhibit that anyone can write into it, and what it says. */
struct inq_evidence_fact {
	enum inq_fact_kind kind;
	uint64_t value;
	const char *name, *text; /* NULL: none; at most INQ_EVIDENCE_TEXT_MOST bytes */
};
enum { INQ_EVIDENCE_TEXT_MOST = 255, INQ_EVIDENCE_FACTS_MOST = 256 };

/* How the gaps between functions are filled, which compilers do each in its way. */
struct inq_evidence_idioms {
	uint32_t breakpoints; /* gaps of int3 alone */
	uint32_t nops; /* of nops alone, of whatever length */
	uint32_t zeroes;
};

/* What of one exhibit bears on a proposition. */
struct inq_evidence {
	struct inq_sha256 sha256;
	const char *label; /* what the user calls it */
	uint8_t format, arch, bits, kind;
	uint32_t flags; /* INQ_PROGRAM_* */
	uint32_t function_count; /* of the program; of these, */
	uint32_t standing[INQ_STANDING_COUNT];
	struct inq_coverage coverage;
	uint32_t candidates_cut; /* functions at which a limit of the search was hit */
	struct inq_evidence_function *functions; /* ascending by number; not the small ones */
	uint32_t function_listed;
	struct inq_evidence_candidate *candidates;
	uint32_t candidate_count;
	uint32_t *callees;
	uint32_t callee_count;
	struct inq_evidence_fact *facts;
	uint32_t fact_count;
	struct inq_evidence_idioms idioms;
};

/* A day from which anyone could have had a family's code, or that of samples whose name begins so. */
struct inq_publication {
	uint32_t label;
	const char *prefix; /* of names of samples; "": all */
	uint32_t day; /* YYYYMMDD */
};

/* The limits with which evidence is searched for: more candidates than a reader wants to see. */
extern const struct inq_search_limits inq_finding_search_limits;

/*
 * What a search by inq_finding_search_limits found, as evidence. `o` may be
 * NULL: no facts. `publications` are added to what the corpus says.
 *
 * INQ_NO_MEMORY  the arena's limit
 */
INQ_MUST enum inq_status inq_evidence_make(const struct inq_program *p, const struct inq_search *s,
        const struct inq_corpus *c, const struct inq_observation *o,
        const struct inq_publication *publications, size_t publication_count, struct inq_arena *a,
        struct inq_evidence *ret, struct inq_error *err);

/* How the gaps between the functions of `c` are filled; none of code that is not x86. */
struct inq_evidence_idioms inq_evidence_idioms(const struct inq_code *c);

/* Writes `e`, but for its label: who asked for it knows that. The same evidence gives the same bytes. */
void inq_evidence_write(const struct inq_evidence *e, struct inq_sink *out);

/*
 * Reads what inq_evidence_write wrote from `b` into `*ret`, against the corpus
 * that was searched. Nothing is taken on trust: numbers are within the corpus
 * and each other, and orders are kept.
 *
 * INQ_CORRUPT    anything else; `err->at` is where
 * INQ_NO_MEMORY  the arena's limit
 */
INQ_MUST enum inq_status inq_evidence_read(struct inq_bytes b, const struct inq_corpus *c,
        struct inq_arena *a, struct inq_evidence *ret, struct inq_error *err);

/*
 * A case of the corpus whose answer is known: programs of one family, searched
 * in the corpus without them and without all that was left out with them.
 * Scores are in 256ths of a doubling of what chance gives.
 */
struct inq_trial {
	uint32_t label; /* the family they are of */
	uint32_t sample; /* the first of them */
	uint16_t exhibits; /* how many, 1, 2, 4 or 8 */
	bool by_version; /* a whole version was left out with each, not the program alone */
	uint32_t siblings; /* programs of the family that stayed in; 0: the right answer was not there */
	uint32_t languages; /* INQ_PROGRAM_LANGUAGES of its programs */
	uint32_t left; /* functions in which a family's code could be found: small and library ones are out */
	int32_t right; /* the family's own score */
	int32_t beaten; /* the best of another family, its own being there, */
	uint32_t beaten_label; /* and which; INQ_NO_LABEL: none */
	int32_t absent; /* the best of another family, its own being left out, */
	uint32_t absent_label;
	/* Of single programs alone: */
	bool one_piece; /* its own family's code lay in it as a library does that was linked in */
	int32_t planted; /* another family's score, a block of whose code was put in; 0: none was, */
	bool planted_one_piece; /* and whether that family's code lay so then */
};

/* What a corpus has measured of itself. */
struct inq_calibration {
	struct inq_sha256 corpus; /* what was measured: the corpus's digest, as it is without a calibration */
	struct inq_sha256 digest; /* its own, once read */
	struct inq_sha256 model;
	uint32_t method; /* INQ_FINDING_METHOD */
	uint32_t label_count; /* of the corpus */
	uint32_t families; /* that have trials */
	uint32_t *
	        background; /* of each label: 256ths of a sixteenth of a bit that programs of others have with it, a function */
	struct inq_trial *trials; /* by exhibits, label, sample */
	uint32_t trial_count;
};
/* Changes whenever the same evidence would weigh differently. Calibrations of another method are not used. */
enum { INQ_FINDING_METHOD = 6, INQ_TRIAL_EXHIBITS_MOST = 8 };

/* Which samples are tried, and with which of them each is left out. */
struct inq_calibration_plan {
	uint32_t folds; /* times that a part of the corpus is left out */
	uint32_t *fold; /* of each sample; samples of common labels are never left out: INQ_NO_FOLD */
	bool *tried; /* of each sample */
	bool *by_version; /* of each label: its samples lie in several directories, left out whole */
	uint32_t tried_count;
};
#define INQ_NO_FOLD UINT32_MAX

/*
 * Plans the calibration of `c`: families of several directories (versions,
 * packages) lose whole directories, others single programs; at most `most`
 * programs of a family are tried, evenly from all of it, so that one large
 * family does not stand for all. Programs of a family with the same functions
 * are tried once, and left out together.
 */
INQ_MUST enum inq_status inq_calibration_plan(const struct inq_corpus *c, uint32_t folds, uint32_t most,
        struct inq_arena *a, struct inq_calibration_plan *ret, struct inq_error *err);

/*
 * Makes a calibration of `c` from the evidence of each tried sample
 * (`evidence[sample]`; NULL: could not be had), found in the corpus that
 * inq_calibration_part gives for its fold.
 */
INQ_MUST enum inq_status inq_calibration_make(const struct inq_corpus *c,
        const struct inq_calibration_plan *plan, const struct inq_evidence *const *evidence,
        struct inq_arena *a, struct inq_calibration *ret, struct inq_error *err);

/* Fills `b` with all samples of `c` but those of `fold`; labels keep their numbers. */
INQ_MUST enum inq_status inq_calibration_part(const struct inq_corpus *c,
        const struct inq_calibration_plan *plan, uint32_t fold, struct inq_corpus_builder *b,
        struct inq_error *err);

void inq_calibration_write(const struct inq_calibration *cal, struct inq_sink *out);
/*
 * INQ_CORRUPT       anything that inq_calibration_write does not write
 * INQ_UNRECOGNISED  no calibration, or one of another method
 * INQ_BAD_ARGUMENT  it was made with another model
 */
INQ_MUST enum inq_status inq_calibration_read(struct inq_bytes b, const struct inq_corpus *c,
        struct inq_arena *a, struct inq_calibration *ret, struct inq_error *err);

/* A likelihood ratio: base-10 logarithm in thousandths, with the bounds of 95 in a hundred. */
struct inq_ratio {
	int32_t log10, least, most;
	uint32_t right, wrong; /* trials of known cases that weighed about as much */
};

/* What the scale of ENFSI (2015) calls a ratio; of support, either way. */
enum inq_support {
	INQ_SUPPORT_NONE = 0, /* between 1/2 and 2 */
	INQ_SUPPORT_WEAK, /* to 10 */
	INQ_SUPPORT_MODERATE, /* to 100 */
	INQ_SUPPORT_MODERATELY_STRONG, /* to 1,000 */
	INQ_SUPPORT_STRONG, /* to 10,000 */
	INQ_SUPPORT_VERY_STRONG,
	INQ_SUPPORT_COUNT,
};
/* By the bound nearest to 1: what the trials can carry. */
enum inq_support inq_ratio_support(const struct inq_ratio *r);
const char *inq_support_name(enum inq_support s);
/* The words of ICD 203 for a probability in ten-thousandths. */
const char *inq_likelihood_name(uint32_t p);

/* How good a calibration is, each trial weighed by the others' families alone. */
struct inq_measure_bin {
	int32_t from, to; /* of log10 ratios, thousandths */
	uint32_t right, wrong;
};
struct inq_measure_point { /* of the abstention curve */
	int32_t score; /* families are named from here up */
	uint32_t known, known_right; /* programs of known families on which it concludes, and rightly */
	uint32_t unknown; /* programs whose family is absent, on which it concludes */
};
enum { INQ_MEASURE_BINS = 16, INQ_MEASURE_SIZES = 6 };
struct inq_measure {
	uint32_t exhibits;
	uint32_t families, right, wrong; /* trials */
	uint32_t cllr, cllr_least; /* thousandths; least: of the best possible calibration */
	struct inq_measure_bin bins[INQ_MEASURE_BINS];
	struct inq_measure_point *points; /* from the highest score down */
	uint32_t point_count;
	uint32_t said[INQ_SUPPORT_COUNT], said_wrongly[INQ_SUPPORT_COUNT]; /* for a family, by word */
	struct inq_measure_size { /* by how many programs the family kept */
		uint32_t least; /* programs */
		uint32_t trials, named, named_rightly;
	} sizes[INQ_MEASURE_SIZES];
	uint32_t named, named_rightly, named_absent; /* at the point where families are named */
};
INQ_MUST enum inq_status inq_measure_make(const struct inq_calibration *cal, uint32_t exhibits,
        struct inq_arena *a, struct inq_measure *ret, struct inq_error *err);

/* "C++", "Go", "Rust" of one of INQ_PROGRAM_LANGUAGES; NULL of anything else. */
const char *inq_language_name(uint32_t language);

/* Why no family is named. */
enum inq_lack {
	INQ_LACK_UNCALIBRATED = 0, /* the corpus has no calibration that applies */
	INQ_LACK_CODE, /* too few functions are left after small, library and published ones */
	INQ_LACK_PACKED, /* its code cannot be read as it lies */
	INQ_LACK_CUT, /* a limit was hit */
	INQ_LACK_TRIALS, /* too few trials for the ratio that naming needs */
	INQ_LACK_PUBLISHED, /* what speaks for a family anyone could have had */
	INQ_LACK_DATE, /* a family's code was published, and the exhibits have no date */
	INQ_LACK_KNOWN, /* the corpus has the very file, which says nothing beyond its label there */
	INQ_LACK_EVIDENCE, /* what is shared is no more than chance gives */
	INQ_LACK_COUNT,
};
const char *inq_lack_name(enum inq_lack l);

enum inq_conclusion {
	INQ_CONCLUSION_INSUFFICIENT = 0,
	INQ_CONCLUSION_FAMILY, /* the first family is named */
	INQ_CONCLUSION_SEVERAL, /* several are: code of each is in it */
	INQ_CONCLUSION_NONE, /* of none of the families */
};
const char *inq_conclusion_name(enum inq_conclusion c);

/* Functions that call each other or lie together, and count as one. */
struct inq_finding_piece {
	uint32_t exhibit; /* of the finding's */
	uint64_t va; /* of its first function: its name, with the exhibit */
	uint64_t end_va; /* of the last byte of its last function */
	uint32_t label, functions, bytes, bits;
	uint32_t sample; /* in which most of it is; INQ_NO_SAMPLE: unknown */
	struct inq_ratio without; /* of its family, were it not there */
	bool weighed; /* `without` is filled: of the heaviest alone */
};

struct inq_finding_family {
	uint32_t label;
	int32_t score;
	struct inq_ratio ratio; /* for H_F against H_none */
	bool named;
	uint32_t functions, bytes, piece_count;
	uint32_t largest; /* thousandths of its bits that lie in one piece */
	bool one_piece; /* nearly all of it: a library linked in would look so */
	/* It is named, and one of its programs, of three or more, alone has nine tenths: so does a library in that one. */
	bool one_program;
	bool planted_weighed; /* `planted` is filled: where it is named, for the only exhibit that counts */
	struct inq_ratio planted; /* that its code was put in as one block, against H_F */
	uint32_t published; /* functions that count nothing because anyone could have had them */
	uint32_t posterior; /* ten-thousandths, with a prior; else UINT32_MAX */
	struct inq_finding_piece *pieces; /* the heaviest first */
};

/* Something that speaks for H_planted. */
enum inq_sign {
	INQ_SIGN_TOOLCHAIN = 0, /* names a compiler whose idioms the code does not show */
	INQ_SIGN_RICH_CHECKSUM,
	INQ_SIGN_TIMES, /* two times of making that differ, or one after the exhibit was had */
	INQ_SIGN_ONE_PIECE, /* code of a family in one piece, apart from the rest */
	INQ_SIGN_ONE_PROGRAM, /* code that one program of the family has, and no other of it */
	INQ_SIGN_SEVERAL, /* code of several families */
	INQ_SIGN_COUNT,
};
const char *inq_sign_name(enum inq_sign s);
struct inq_finding_sign {
	enum inq_sign sign;
	uint32_t exhibit, label; /* label: INQ_NO_LABEL where it is of none */
	const char *text; /* a sentence */
};

struct inq_finding_exhibit {
	const struct inq_evidence *evidence;
	struct inq_ratio without; /* of the first family, without this exhibit */
	bool weighed;
	uint32_t
	        alone_label; /* whose code it has most of by itself; INQ_NO_LABEL: nobody's, or it is the only one */
	struct inq_ratio alone; /* for that family, by trials of single programs */
	bool alone_named; /* it would be named, were this the only exhibit */
	uint32_t known_label; /* the corpus has the very file under this label; INQ_NO_LABEL: it has not */
	uint32_t what[5]; /* functions: unmatched, library, published, widespread, distinctive */
};

struct inq_finding_question {
	uint32_t day; /* the exhibits are of this day or before, YYYYMMDD; 0: not known */
	const struct inq_publication *publications;
	size_t publication_count;
	uint32_t
	        prior; /* that any one of the families is theirs, all together, in ten-thousandths; 0: not given */
	struct inq_finding_left_out { /* pieces left out of account, by an address in them */
		const struct inq_sha256 *sha256; /* NULL: the only exhibit */
		uint64_t va;
	} * left_out;
	size_t left_out_count;
};

struct inq_finding {
	struct inq_sha256 corpus, model, calibration; /* calibration: zeroes where there is none */
	uint32_t day;
	struct inq_finding_exhibit *exhibits; /* by SHA-256 */
	uint32_t exhibit_count;
	enum inq_conclusion conclusion;
	struct inq_finding_family *families; /* all with any evidence, the first place first */
	uint32_t family_count;
	uint32_t families_of_corpus;
	bool lacks[INQ_LACK_COUNT];
	struct inq_finding_sign *signs;
	uint32_t sign_count;
	uint32_t functions, searchable, distinctive,
	        repeated; /* of all exhibits; repeated: counted elsewhere */
	uint32_t published_families; /* labels whose code counts nothing, or would without a day */
	bool calibrated;
	uint32_t trials_right, trials_wrong, trial_families, trial_exhibits; /* behind the ratios, */
	uint32_t languages; /* and the languages (INQ_PROGRAM_LANGUAGES) that their programs are in, too */
	struct inq_ratio bound; /* the most that they can support, for and against */
	uint32_t planted_trials, genuine_trials; /* behind the families' `planted` */
	struct inq_ratio none; /* for H_none against the best family */
	struct inq_ratio silent; /* for any family that no function counts for */
	uint32_t prior, posterior_none; /* ten-thousandths */
	uint32_t left_out; /* functions left out as asked */
};

/*
 * What a prior becomes by the ratios: in ten-thousandths, of each of the
 * `count` families whose ratios are `log10` (thousandths of the logarithm), and
 * of H_none. The prior, from 1 to 9,999, is that of all `families` of the
 * corpus together, at most 2^20, and lies evenly on them; those without
 * evidence, at least none of them, have the ratio `silent`.
 */
void inq_finding_posteriors(uint32_t prior, uint32_t families, const int32_t *log10, uint32_t count,
        int32_t silent, uint32_t *ret, uint32_t *ret_none);

/*
 * Weighs the evidence of all exhibits of a case. `cal` NULL: the corpus has
 * none. The same exhibit twice counts once. Everything lives in `a`, evidence
 * and corpus are borrowed.
 *
 * INQ_BAD_ARGUMENT  what is to be left out is not there
 * INQ_NO_MEMORY     the arena's limit
 */
INQ_MUST enum inq_status inq_finding_make(const struct inq_evidence *const *evidence, uint32_t count,
        const struct inq_corpus *c, const struct inq_calibration *cal,
        const struct inq_finding_question *question, struct inq_arena *a, struct inq_finding *ret,
        struct inq_error *err);

#endif
