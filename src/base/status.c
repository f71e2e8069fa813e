#include <inquiry/status.h>
#include <stdarg.h>
#include <stdio.h>

enum inq_status inq_fail(struct inq_error *err, enum inq_status status, uint64_t at, const char *fmt, ...)
{
	va_list args;

	if (err) {
		err->at = at;
		va_start(args, fmt);
		vsnprintf(err->text, sizeof err->text, fmt, args);
		va_end(args);
	}
	return status;
}

int inq_status_exit(enum inq_status status)
{
	switch (status) {
	case INQ_OK:
		return 0;
	case INQ_CORRUPT:
	case INQ_TAMPERED:
	case INQ_BAD_SIGNATURE:
	case INQ_FORKED:
	case INQ_UNRESOLVED:
		return 1;
	case INQ_BAD_ARGUMENT:
		return 2;
	case INQ_OVER_LIMIT:
	case INQ_TIMED_OUT:
	case INQ_INTERRUPTED:
		return 4;
	case INQ_NO_MEMORY:
	case INQ_IO:
	case INQ_CRASHED:
	case INQ_TRUNCATED:
	case INQ_UNRECOGNISED:
	case INQ_UNREADABLE:
	case INQ_CONFLICT:
	case INQ_BUSY:
	case INQ_NOT_FOUND:
	case INQ_LOCKED:
		break;
	}
	return 3;
}
