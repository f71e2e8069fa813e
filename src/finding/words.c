#include "finding/private.h"

enum inq_support inq_ratio_support(const struct inq_ratio *r)
{
	static const int32_t above[] = { 301, 1000, 2000, 3000, 4000 };
	int32_t near = r->least > 0 ? r->least : r->most < 0 ? -r->most : 0;
	unsigned s = INQ_SUPPORT_NONE;

	while (s < INQ_SUPPORT_VERY_STRONG && near >= above[s])
		s++;
	return (enum inq_support)s;
}

const char *inq_support_name(enum inq_support s)
{
	static const char *const name[] = { "no support for either", "weak support", "moderate support",
		"moderately strong support", "strong support", "very strong support" };

	return (unsigned)s < INQ_SUPPORT_COUNT ? name[s] : "";
}

const char *inq_likelihood_name(uint32_t p)
{
	static const struct {
		uint32_t below;
		const char *name;
	} bands[] = { { 500, "almost no chance" }, { 2000, "very unlikely" }, { 4500, "unlikely" },
		{ 5500, "roughly even chance" }, { 8000, "likely" }, { 9500, "very likely" } };

	for (size_t i = 0; i < sizeof bands / sizeof *bands; i++)
		if (p < bands[i].below)
			return bands[i].name;
	return "almost certain";
}

const char *inq_conclusion_name(enum inq_conclusion c)
{
	static const char *const name[] = { "insufficient-grounds", "family", "several-families", "none" };

	return (unsigned)c <= INQ_CONCLUSION_NONE ? name[c] : "";
}

const char *inq_lack_name(enum inq_lack l)
{
	static const char *const name[] = { "uncalibrated", "little-code", "packed", "cut", "few-trials",
		"published", "no-date", "known", "little-evidence" };

	return (unsigned)l < INQ_LACK_COUNT ? name[l] : "";
}

const char *inq_sign_name(enum inq_sign s)
{
	static const char *const name[] = { "toolchain", "rich-checksum", "times", "one-piece", "one-program",
		"several-families" };

	return (unsigned)s < INQ_SIGN_COUNT ? name[s] : "";
}

const char *inq_language_name(uint32_t language)
{
	return language == INQ_PROGRAM_CXX    ? "C++"
	       : language == INQ_PROGRAM_GO   ? "Go"
	       : language == INQ_PROGRAM_RUST ? "Rust"
	                                      : NULL;
}
