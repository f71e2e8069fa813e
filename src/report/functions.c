#include <inquiry/report.h>
#include <inttypes.h>

void inq_report_functions(const struct inq_code *c, struct inq_sink *out)
{
	for (size_t i = 0; i < c->function_count; i++) {
		const struct inq_function *f = &c->functions[i];

		inq_putf(out, "0x%" PRIx64 "\t%" PRIu64 "\t%" PRIu32 "\t", f->va, f->size, f->block_count);
		if (f->name)
			inq_put_inert(out, inq_bytes_of(f->name), SIZE_MAX);
		inq_put(out, "\n");
	}
}
