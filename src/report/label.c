#include "report/label.h"
#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>

const char *label_name(const struct inq_corpus *c, uint32_t label)
{
	struct inq_label l;

	return inq_corpus_label(c, label, &l) ? l.name : "";
}

const char *sample_name(const struct inq_corpus *c, uint32_t sample)
{
	struct inq_sample s;

	return inq_corpus_sample(c, sample, &s) ? s.name : "";
}

const char *day_text(uint32_t day, char ret[16])
{
	*ret = 0;
	if (day)
		snprintf(ret, 16, "%04u-%02u-%02u", day / 10000 % 10000, day / 100 % 100, day % 100);
	return ret;
}

const char *how_name(enum inq_match_how how)
{
	static const char *const names[] = { [INQ_MATCH_EXACT] = "exact",
		[INQ_MATCH_FEATURES] = "features",
		[INQ_MATCH_CONTEXT] = "context" };

	return (size_t)how < sizeof names / sizeof *names ? names[how] : "unknown";
}

const char *program_kind(const struct inq_program *p, char *ret)
{
	snprintf(ret, 96, "%s %s%s %s", inq_format_name((enum inq_format)p->format),
	        inq_arch_name((enum inq_arch)p->arch), p->big_endian ? " big-endian" : "",
	        inq_kind_name((enum inq_kind)p->kind));
	return ret;
}

const char *milli_text(uint32_t thousandths, char ret[16])
{
	snprintf(ret, 16, "%" PRIu32 ".%" PRIu32 " %%", thousandths / 10 % 100000, thousandths % 10);
	return ret;
}

const char *count_text(uint64_t count, const char *one, const char *many, char *ret)
{
	char number[27];

	snprintf(ret, 64, "%s %s", number_text(count, number), count == 1 ? one : many);
	return ret;
}

void sha256_json(struct inq_json *j, const char *key, const struct inq_sha256 *sum)
{
	char hex[65];

	inq_hex(sum->byte, sizeof sum->byte, hex);
	inq_json_text(j, key, hex);
}
