#include "report/fact.h"
#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>

const char *fact_text(const struct inq_fact *f, char *ret)
{
	char number[27];

	if (f->text && f->kind != INQ_FACT_RESOURCE)
		return f->text;
	if (f->kind == INQ_FACT_RICH_CHECKSUM)
		return f->value ? "its own checksum holds" : "its own checksum does not hold";
	if (f->kind == INQ_FACT_CHECKSUM)
		return f->value == 1   ? "matches the file"
		       : f->value == 2 ? "not set"
		                       : "does not match the file";
	if (f->kind == INQ_FACT_SIGNATURE)
		snprintf(ret, 64, "%s bytes, not verified", number_text(f->value, number));
	else if (f->kind == INQ_FACT_RESOURCE)
		snprintf(ret, 64, "%s of language %.30s", number_text(f->value, number),
		        f->text ? f->text : "none");
	else
		snprintf(ret, 64, "%" PRIu64, f->value);
	return ret;
}

const char *access_text(uint8_t access, char *ret)
{
	ret[0] = access & INQ_READ ? 'r' : '-';
	ret[1] = access & INQ_WRITE ? 'w' : '-';
	ret[2] = access & INQ_EXECUTE ? 'x' : '-';
	ret[3] = 0;
	return ret;
}

const char *import_text(const struct inq_import *i, struct inq_arena *a)
{
	const char *library = i->library ? i->library : "", *bang = i->library ? "!" : "";

	if (i->name && !i->library)
		return i->name;
	if (i->name)
		return inq_arena_printf(a, "%s%s%s", library, bang, i->name);
	return inq_arena_printf(a, "%s%s#%" PRIu32, library, bang, i->ordinal);
}
