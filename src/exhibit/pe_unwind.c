/*
 * Functions of the exception directory. Its form is the machine's: "The .pdata
 * Section" of the specification, "x64 exception handling", "ARM exception
 * handling" and "ARM64 exception handling" of Microsoft's documentation.
 */
#include "exhibit/pe.h"
#include <string.h>

enum { UNWIND_HANDLERS = 3, UNWIND_CHAINED = 4 };

/* A handler stands behind the unwind codes of many functions: each is one hint only while it repeats. */
static void handler(struct inq_pe *p, struct inq_bytes info, uint64_t off, uint32_t *last)
{
	uint32_t rva;

	if (!inq_bytes_u32(info, off, false, &rva) || rva == *last || !inq_pe_is_code(p, rva & ~1u))
		return;
	*last = rva;
	inq_pe_hint(p, rva, 0, NULL, INQ_SOURCE_UNWIND);
}

static void odd(struct inq_pe *p, struct inq_bytes table, uint64_t off)
{
	inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table) + off,
	        "an entry of the exception directory does not describe code");
}

/* Chained entries describe a further part of a function, not another function. */
static void amd64(struct inq_pe *p, struct inq_bytes table)
{
	uint32_t begin, end, info_rva, last = 0;
	uint8_t head, codes;
	struct inq_bytes info;

	for (uint64_t off = 0; inq_bytes_u32(table, off, false, &begin) && !p->d->full; off += 12) {
		if (!inq_bytes_u32(table, off + 4, false, &end) ||
		        !inq_bytes_u32(table, off + 8, false, &info_rva))
			return;
		if (!begin && !end)
			continue;
		if (begin >= end || !inq_pe_is_code(p, begin)) {
			odd(p, table, off);
			continue;
		}
		if (info_rva & 1)
			continue;
		info = inq_pe_at(p, info_rva);
		if (!inq_bytes_u8(info, 0, &head) || !inq_bytes_u8(info, 2, &codes)) {
			odd(p, table, off);
			continue;
		}
		if (head >> 3 & UNWIND_CHAINED)
			continue;
		inq_pe_hint(p, begin, end - begin, NULL, INQ_SOURCE_UNWIND);
		if (head >> 3 & UNWIND_HANDLERS)
			handler(p, info, 4 + 2 * (uint64_t)((codes + 1) & ~1), &last);
	}
}

/*
 * ARM (Thumb-2) and ARM64: a start, and either the unwind data packed into
 * one word or where it lies. Fragments of a function have no prologue: flag 2,
 * bit 22 of an ARM header, or "end_c" as first code on ARM64.
 */
static void arm(struct inq_pe *p, struct inq_bytes table)
{
	bool wide = p->x->machine == INQ_PE_ARM64;
	unsigned unit = wide ? 4 : 2;
	uint32_t begin, data, header, size, epilogs, words, extra, last = 0;
	struct inq_bytes info;
	uint64_t codes;
	uint8_t code;

	for (uint64_t off = 0; inq_bytes_u32(table, off, false, &begin) && !p->d->full; off += 8) {
		if (!inq_bytes_u32(table, off + 4, false, &data))
			return;
		if (!begin)
			continue;
		if (!inq_pe_is_code(p, begin & ~1u)) {
			odd(p, table, off);
			continue;
		}
		if (data & 3) {
			if ((data & 3) == 1)
				inq_pe_hint(p, begin, (data >> 2 & 0x7ff) * unit, NULL, INQ_SOURCE_UNWIND);
			continue;
		}
		info = inq_pe_at(p, data);
		if (!inq_bytes_u32(info, 0, false, &header)) {
			odd(p, table, off);
			continue;
		}
		size = (header & 0x3ffff) * unit;
		epilogs = wide ? header >> 22 & 31 : header >> 23 & 31;
		words = wide ? header >> 27 : header >> 28;
		codes = 4;
		if (!epilogs && !words && inq_bytes_u32(info, 4, false, &extra)) {
			epilogs = extra & 0xffff;
			words = extra >> 16 & 0xff;
			codes = 8;
		}
		/* With bit 21 there is one epilogue, and the field is an index instead of a count. */
		if (!(header >> 21 & 1))
			codes += 4 * (uint64_t)epilogs;
		if (wide ? inq_bytes_u8(info, codes, &code) && code == 0xe5 : header >> 22 & 1)
			continue;
		inq_pe_hint(p, begin, size, NULL, INQ_SOURCE_UNWIND);
		if (header >> 20 & 1)
			handler(p, info, codes + 4 * (uint64_t)words, &last);
	}
}

/* Windows CE ARM: a start address, then prologue:8, length:22, 32-bit:1, handler:1. */
static void arm_ce(struct inq_pe *p, struct inq_bytes table)
{
	uint32_t begin, data;
	uint64_t rva;

	for (uint64_t off = 0; inq_bytes_u32(table, off, false, &begin) && !p->d->full; off += 8) {
		if (!inq_bytes_u32(table, off + 4, false, &data))
			return;
		if (!begin)
			continue;
		rva = begin - p->stated_base;
		if (begin < p->stated_base || !inq_pe_is_code(p, rva & ~(uint64_t)1)) {
			odd(p, table, off);
			continue;
		}
		if (!(data >> 30 & 1))
			rva |= 1;
		inq_pe_hint(p, rva, (uint64_t)(data >> 8 & 0x3fffff) * (data >> 30 & 1 ? 4 : 2), NULL,
		        INQ_SOURCE_UNWIND);
	}
}

/* 32-bit MIPS: start, end, handler, its data, end of the prologue; all are addresses. */
static void mips(struct inq_pe *p, struct inq_bytes table)
{
	uint32_t begin, end;

	for (uint64_t off = 0; inq_bytes_u32(table, off, false, &begin) && !p->d->full; off += 20) {
		if (!inq_bytes_u32(table, off + 4, false, &end))
			return;
		if (!begin)
			continue;
		if (begin < p->stated_base || end <= begin || !inq_pe_is_code(p, begin - p->stated_base)) {
			odd(p, table, off);
			continue;
		}
		inq_pe_hint(p, begin - p->stated_base, end - begin, NULL, INQ_SOURCE_UNWIND);
	}
}

void inq_pe_unwind_table(struct inq_pe *p, struct inq_bytes table)
{
	switch (p->x->machine) {
	case INQ_PE_AMD64:
		amd64(p, table);
		break;
	case INQ_PE_ARMNT:
	case INQ_PE_ARM64:
		arm(p, table);
		break;
	case INQ_PE_ARM:
	case INQ_PE_THUMB:
		arm_ce(p, table);
		break;
	default:
		if (p->x->arch == INQ_ARCH_MIPS)
			mips(p, table);
	}
}

void inq_pe_unwind(struct inq_pe *p)
{
	struct inq_bytes table;

	if (p->x->machine != INQ_PE_I386 &&
	        inq_pe_directory(p, INQ_PE_EXCEPTION, "exception directory", &table))
		inq_pe_unwind_table(p, table);
	for (size_t i = 0; i < p->x->section_count; i++)
		if (!strcmp(p->x->sections[i].name, ".eh_frame")) {
			table = inq_exhibit_at(p->x, p->x->sections[i].va);
			inq_pe_eh_frame(p, table, p->x->sections[i].va - p->base);
			return;
		}
}
