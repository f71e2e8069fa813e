#include <inquiry/report.h>
#include <inttypes.h>

void inq_report_strings(const struct inq_observation *o, struct inq_sink *out)
{
	for (size_t i = 0; i < o->string_count; i++) {
		const struct inq_string *s = &o->strings[i];

		if (s->va)
			inq_putf(out, "0x%" PRIx64, s->va);
		else
			inq_putf(out, "+0x%" PRIx64, s->off);
		inq_put(out, s->wide ? "\tutf-16\t" : "\tascii\t");
		inq_put_inert(out, s->text, SIZE_MAX);
		inq_put(out, "\n");
	}
}
