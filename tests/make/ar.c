#include "ar.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

void make_ar_begin(struct make_ar *f, const char *magic)
{
	memset(f, 0, sizeof *f);
	f->len = strlen(magic);
	memcpy(f->bytes, magic, f->len);
}

void make_ar_member(struct make_ar *f, const char *name, const char *size, const void *data, size_t len)
{
	char header[61];

	assert(f->len + 60 + len + 1 <= sizeof f->bytes);
	snprintf(header, sizeof header, "%-16.16s%-12s%-6s%-6s%-8s%-10.10s`\n", name, "0", "0", "0", "644",
	        size);
	memcpy(f->bytes + f->len, header, 60);
	f->len += 60;
	if (len)
		memcpy(f->bytes + f->len, data, len);
	f->len += len;
	if (len & 1)
		f->bytes[f->len++] = '\n';
}

void make_ar_add(struct make_ar *f, const char *name, const void *data, size_t len)
{
	char size[24];

	snprintf(size, sizeof size, "%zu", len);
	make_ar_member(f, name, size, data, len);
}
