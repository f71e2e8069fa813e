/* Private to the finding layer: what a case comes to, and the trials it is judged by. */
#ifndef FINDING_LOOK_H
#define FINDING_LOOK_H

#include "finding/private.h"

/* The trials that a case of so many exhibits is judged by. */
struct bench {
	struct curve many, one; /* of as many exhibits, of a single one */
	bool has_many; /* there are such trials, */
	bool names_many; /* and enough to see how seldom they err */
	uint32_t exhibits;
};

/* What a case comes to. */
struct looked {
	struct sayings sayings;
	struct score *scores; /* of each label, all exhibits together */
	uint32_t left; /* functions that code of a family could be found in */
	struct alone {
		uint32_t label;
		int32_t score;
	} * alone; /* what single exhibits have with labels, by label, the best first; of several alone */
	size_t alone_count;
	struct first {
		uint32_t label;
		int32_t score;
		uint32_t left, functions;
	} * first; /* of each exhibit by itself */
};

/* With what a case is looked at. */
struct looking {
	const struct inq_corpus *c;
	const uint32_t *background; /* of each label, see scores_make; NULL: not known */
	uint32_t day; /* of the exhibits; 0: not known */
};

/* Works out what all exhibits of `k` say together, and each by itself; `dropped`: see struct view. */
INQ_MUST bool look(const struct looking *w, const struct evidence_case *k, const bool *dropped,
        struct inq_arena *a, struct looked *ret);

/* What so few functions of a family can say: fewer than six name none, and speak for none. */
struct inq_ratio of_functions(struct inq_ratio r, uint32_t functions, bool *named);

INQ_MUST enum inq_status bench_read(const struct inq_calibration *cal, uint32_t exhibits, uint32_t languages,
        struct inq_arena *a, struct bench *ret, struct inq_error *err);

/*
 * The ratio of a score of all exhibits together. Where no trial had so many
 * programs, silence is that of one, and a score says nothing.
 */
struct inq_ratio together(const struct bench *b, int32_t score, uint32_t left);

/*
 * Two ratios hold for several exhibits: that of all their code together, by
 * trials of as many programs, of which there are few; and that of the k-th best
 * of n by itself, by trials of one, divided by n / k, for that k by which it is
 * largest (Simes, Biometrika 73, 1986: valid where exhibits of one hand err
 * together). The one whose nearer bound says more is taken.
 */
struct inq_ratio judged(const struct bench *b, const struct looked *l, uint32_t label, bool *ret_named);

#endif
