/*
 * DWARF frames in PE files ("Exception Frames" of the Linux Standard Base,
 * Core 5.0, section 10.6): MinGW describes the functions of i386 by them.
 */
#include "exhibit/pe.h"
#include <string.h>

enum { ENCODING_ABSOLUTE = 0, ENCODING_PC_RELATIVE = 0x10 };

/* How frames of the CIE at `off` write their addresses. False where it is not known. */
static bool pointer_encoding(struct inq_bytes table, uint64_t off, uint8_t *ret)
{
	struct inq_bytes cie, augmentation;
	uint32_t len, id;
	uint64_t at, skip;
	int64_t align;
	uint8_t encoding;

	if (!inq_bytes_u32(table, off, false, &len) || !inq_bytes_cut(table, off + 4, len, &cie) ||
	        !inq_bytes_u32(cie, 0, false, &id) || id || !inq_bytes_string(cie, 5, 16, &augmentation))
		return false;
	*ret = ENCODING_ABSOLUTE;
	if (!augmentation.len)
		return true;
	at = 5 + augmentation.len + 1;
	/* Alignment factors, return register, length of the augmentation. */
	if (augmentation.at[0] != 'z' || !inq_bytes_uleb(cie, &at, &skip) ||
	        !inq_bytes_sleb(cie, &at, &align) || !inq_bytes_uleb(cie, &at, &skip) ||
	        !inq_bytes_uleb(cie, &at, &skip))
		return false;
	for (size_t i = 1; i < augmentation.len; i++) {
		switch (augmentation.at[i]) {
		case 'R':
			return inq_bytes_u8(cie, at, ret);
		case 'L':
			at++;
			break;
		case 'P':
			/* Only four-byte personalities are written here. */
			if (!inq_bytes_u8(cie, at, &encoding) || ((encoding & 7) != 0 && (encoding & 7) != 3))
				return false;
			at += 5;
			break;
		case 'S':
			break;
		default:
			return false;
		}
	}
	return true;
}

void inq_pe_eh_frame(struct inq_pe *p, struct inq_bytes table, uint64_t rva)
{
	uint32_t len, id, begin, size;
	uint64_t cie_known = UINT64_MAX, cie, start;
	uint8_t encoding = 0;
	bool good = false;

	if (p->plus)
		return;
	for (uint64_t off = 0; inq_bytes_u32(table, off, false, &len) && len && !p->d->full;
	        off += 4 + (uint64_t)len) {
		if (len < 4 || len > table.len - off - 4) {
			inq_exhibit_note(p->x, p->d->a, inq_pe_off(p, table) + off,
			        "an exception frame states a length of %u bytes; the rest is left out", len);
			return;
		}
		if (!inq_bytes_u32(table, off + 4, false, &id) || !id || id > off + 4)
			continue;
		cie = off + 4 - id;
		if (cie != cie_known) {
			cie_known = cie;
			good = pointer_encoding(table, cie, &encoding);
		}
		/* Both a plain address and a signed word are four bytes here. */
		if (!good || len < 12 || ((encoding & 0xf) != 0 && (encoding & 7) != 3) ||
		        !inq_bytes_u32(table, off + 8, false, &begin) ||
		        !inq_bytes_u32(table, off + 12, false, &size))
			continue;
		if ((encoding & 0x70) == ENCODING_PC_RELATIVE)
			start = (begin + (uint32_t)rva + (uint32_t)off + 8) & UINT32_MAX;
		else if ((encoding & 0x70) == ENCODING_ABSOLUTE)
			start = (begin - p->stated_base) & UINT32_MAX;
		else
			continue;
		if (size && inq_pe_is_code(p, start))
			inq_pe_hint(p, start, size, NULL, INQ_SOURCE_UNWIND);
	}
}
