#include "match/private.h"

const struct inq_search_limits inq_search_limits_default = {
	.candidates = 5,
	.compared = 96,
	.postings = 1 << 24,
	.nearest = 32,
	.scanned = 400000,
	.samples = 16,
	.distinctive = 4,
	.information = 400,
};

/*
 * Chosen so that a function of a program that has nothing to do with a corpus
 * of 286,000 different functions is held to be one of them about once in a
 * hundred times, whatever it tells (bench/matching.md has the measurement). The
 * less a function tells, the more alike must be what it is found in.
 */
uint32_t inq_match_threshold(uint32_t information)
{
	static const struct {
		uint32_t below, least;
	} steps[] = { { 60, 1001 }, { 120, 850 }, { 240, 750 }, { 400, 700 }, { 800, 600 } };

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (information < steps[i].below)
			return steps[i].least;
	return 500;
}

bool is_small(const struct inq_fingerprint *f, uint32_t information)
{
	return (f->block_count < 5 && f->insn_count < 20) || f->insn_count < 12 ||
	       inq_match_threshold(information) > 1000;
}

bool is_found(const struct hit *h)
{
	return !h->lost && (h->how == INQ_MATCH_EXACT || h->probability >= INQ_MATCH_FOUND);
}
