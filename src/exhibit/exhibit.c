#include "exhibit/private.h"
#include <inquiry/text.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	bool (*is)(struct inq_bytes b);
	enum inq_status (*read)(
	        struct inq_bytes b, struct inq_arena *a, struct inq_exhibit *x, struct inq_error *err);
} readers[] = {
	{ inq_elf_is, inq_elf_read }, { inq_pe_is, inq_pe_read }, { inq_macho_is, inq_macho_read },
	{ inq_coff_is, inq_coff_read }, /* last: it has the weakest magic */
};

enum inq_status inq_exhibit_read(
        struct inq_bytes bytes, struct inq_arena *a, struct inq_exhibit *ret, struct inq_error *err)
{
	if (!bytes.len)
		return inq_fail(err, INQ_TRUNCATED, 0, "the file is empty");
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		struct inq_exhibit x = { .bytes = bytes };
		enum inq_status status;

		if (!readers[i].is(bytes))
			continue;
		status = readers[i].read(bytes, a, &x, err);
		if (!status)
			status = inq_sha256(bytes, &x.sha256);
		if (!status)
			*ret = x;
		return status;
	}
	return inq_fail(err, INQ_UNRECOGNISED, 0, "not an ELF, PE or Mach-O file");
}

enum inq_status inq_exhibit_raw(struct inq_bytes bytes, enum inq_arch arch, bool big_endian, uint64_t base_va,
        struct inq_arena *a, struct inq_exhibit *ret, struct inq_error *err)
{
	struct inq_exhibit x = { .bytes = bytes };
	struct inq_draft d;
	enum inq_status status;
	bool wide = arch == INQ_ARCH_X86_64 || arch == INQ_ARCH_A64;

	if (arch == INQ_ARCH_NONE)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "bare code needs its machine to be named");
	if (!bytes.len)
		return inq_fail(err, INQ_TRUNCATED, 0, "the file is empty");
	if (base_va > (wide ? UINT64_MAX : UINT32_MAX) - bytes.len)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the code would run past the last address");
	x.format = INQ_FORMAT_RAW;
	x.arch = arch;
	x.bits = wide ? 64 : 32;
	x.big_endian = big_endian;
	x.base_va = base_va;
	inq_draft_begin(&d, &x, a);
	inq_draft_region(&d, &(struct inq_region){ .va = base_va,
	                             .size = bytes.len,
	                             .bytes = bytes,
	                             .kind = INQ_REGION_CODE,
	                             .access = INQ_READ | INQ_EXECUTE });
	x.overlay_off = bytes.len;
	status = inq_draft_finish(&d, err);
	if (!status)
		status = inq_sha256(bytes, &x.sha256);
	if (!status)
		*ret = x;
	return status;
}

const struct inq_region *inq_exhibit_region(const struct inq_exhibit *x, uint64_t va)
{
	size_t low = 0, high = x->region_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct inq_region *r = &x->regions[middle];

		if (va < r->va)
			high = middle;
		else if (va - r->va < r->size)
			return r;
		else
			low = middle + 1;
	}
	return NULL;
}

struct inq_bytes inq_exhibit_at(const struct inq_exhibit *x, uint64_t va)
{
	const struct inq_region *r = inq_exhibit_region(x, va);

	if (!r)
		return (struct inq_bytes){ NULL, 0 };
	return inq_bytes_from(r->bytes, va - r->va);
}

enum { ANOMALIES_MOST = 200, ANOMALY_TEXT_MOST = 200 };

void inq_exhibit_notev(
        struct inq_exhibit *x, struct inq_arena *a, uint64_t off, const char *fmt, va_list args)
{
	struct inq_anomaly *grown = NULL;
	char text[ANOMALY_TEXT_MOST];
	char *copy = NULL;

	if (x->anomaly_count < ANOMALIES_MOST && vsnprintf(text, sizeof text, fmt, args) >= 0)
		copy = inq_arena_string(a, inq_bytes_of(text));
	if (copy)
		grown = inq_arena_extend(
		        a, x->anomalies, x->anomaly_count, &x->anomaly_capacity, sizeof *x->anomalies);
	if (!grown) {
		x->anomaly_dropped++;
		return;
	}
	x->anomalies = grown;
	x->anomalies[x->anomaly_count++] = (struct inq_anomaly){ off, copy };
}

void inq_exhibit_note(struct inq_exhibit *x, struct inq_arena *a, uint64_t off, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	inq_exhibit_notev(x, a, off, fmt, args);
	va_end(args);
}

const char *inq_format_name(enum inq_format format)
{
	static const char *const names[] = {
		[INQ_FORMAT_NONE] = "none",
		[INQ_FORMAT_ELF] = "ELF",
		[INQ_FORMAT_PE] = "PE",
		[INQ_FORMAT_MACHO] = "Mach-O",
		[INQ_FORMAT_RAW] = "raw",
	};

	return (size_t)format < sizeof names / sizeof *names ? names[format] : "unknown";
}

static const char *const arch_names[] = {
	[INQ_ARCH_NONE] = "other",
	[INQ_ARCH_X86_64] = "x86-64",
	[INQ_ARCH_X86_32] = "x86-32",
	[INQ_ARCH_A64] = "aarch64",
	[INQ_ARCH_ARM] = "arm",
	[INQ_ARCH_MIPS] = "mips",
};
enum { ARCH_COUNT = sizeof arch_names / sizeof *arch_names };

const char *inq_arch_name(enum inq_arch arch)
{
	return (size_t)arch < ARCH_COUNT ? arch_names[arch] : "unknown";
}

enum inq_arch inq_arch_of_name(const char *name)
{
	for (size_t i = INQ_ARCH_NONE + 1; i < ARCH_COUNT; i++)
		if (!strcmp(name, arch_names[i]))
			return (enum inq_arch)i;
	return INQ_ARCH_NONE;
}

const char *inq_kind_name(enum inq_kind kind)
{
	static const char *const names[] = {
		[INQ_KIND_OTHER] = "other",
		[INQ_KIND_EXECUTABLE] = "executable",
		[INQ_KIND_SHARED] = "shared object",
		[INQ_KIND_OBJECT] = "relocatable object",
		[INQ_KIND_CORE] = "core dump",
	};

	return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}

const char *inq_source_name(enum inq_source source)
{
	static const char *const names[] = {
		[INQ_SOURCE_NONE] = "none",
		[INQ_SOURCE_SYMBOL] = "symbol",
		[INQ_SOURCE_ENTRY] = "entry",
		[INQ_SOURCE_EXPORT] = "export",
		[INQ_SOURCE_UNWIND] = "unwind",
		[INQ_SOURCE_STARTS] = "starts",
		[INQ_SOURCE_INIT] = "init",
		[INQ_SOURCE_CALL] = "call",
		[INQ_SOURCE_TAIL_CALL] = "tail call",
		[INQ_SOURCE_POINTER] = "pointer",
		[INQ_SOURCE_GAP] = "gap",
	};

	return (size_t)source < sizeof names / sizeof *names ? names[source] : "unknown";
}
