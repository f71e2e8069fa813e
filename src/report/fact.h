/* Facts in words. */
#ifndef REPORT_FACT_H
#define REPORT_FACT_H

#include <inquiry/observation.h>

/* What the fact says; `ret` has room for 64 bytes and may be what is returned. */
const char *fact_text(const struct inq_fact *f, char *ret);

/* "r-x"; `ret` has room for 4 bytes. */
const char *access_text(uint8_t access, char *ret);

/* "LIBRARY!name", "name" or "LIBRARY!#12"; from the arena, NULL on its limit. */
const char *import_text(const struct inq_import *i, struct inq_arena *a);

#endif
