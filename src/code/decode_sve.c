/*
 * A64: SVE and SVE2. Known by the group in which they lie, with their memory
 * operands and general registers where these are of the common kinds; what
 * compilers emit of them is a few loops in a few libraries.
 */
#include "code/decode_a64.h"

/*
 * Which groups are allocated at all: rows by bits 31 to 29 and 24 to 21, in a
 * row a bit for each value of bits 15 to 13. Within a group some encodings are
 * unallocated; one word in six is taken that should not be.
 */
static const uint8_t allocated[8][16] = {
	{ 0xff, 0xbf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe },
	{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x31, 0xff, 0xdf, 0x73, 0xdf, 0xf3, 0xdf, 0xf3, 0xdf, 0xf3 },
	{ 0x3a, 0x81, 0x3f, 0x81, 0x3f, 0xff, 0x3f, 0xff, 0xf8, 0xb7, 0xff, 0x1f, 0xff, 0x48, 0xff, 0x48 },
	{ 0x20, 0x03, 0x1f, 0x97, 0x3f, 0xbf, 0x3f, 0x97, 0x20, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xec, 0xcc, 0xfc, 0xfc, 0xc5, 0x05, 0xff, 0xff },
	{ 0xef, 0xef, 0xec, 0xec, 0xef, 0xef, 0xec, 0xec, 0xef, 0xef, 0xec, 0xec, 0xef, 0xef, 0xec, 0xec },
	{ 0xdf, 0xff, 0xff, 0xff, 0xdf, 0xff, 0xff, 0xff, 0xdf, 0xff, 0xff, 0xff, 0xcc, 0xcc, 0xcc, 0xcc },
	{ 0xfe, 0x8c, 0xfe, 0xac, 0xfa, 0xfc, 0xfe, 0xfc, 0xfa, 0xf8, 0xfe, 0xfc, 0xff, 0xfd, 0xa8, 0x8c },
};

/* Instructions with general registers, and where these are. */
enum {
	RN = 1, /* read, bits 9 to 5 */
	RN_SP = 2,
	RM = 4, /* read, bits 20 to 16 */
	RM_SP = 8,
	RD = 16, /* written, bits 4 to 0 */
	RD_SP = 32,
	RDN = 64, /* read and written, bits 4 to 0 */
};

static const struct {
	uint32_t mask, value, registers;
} general[] = {
	{ 0xfffff800, 0x04bf5000, RD }, /* rdvl */
	{ 0xffe0f800, 0x04205000, RD_SP | RM_SP }, /* addvl */
	{ 0xffe0f800, 0x04605000, RD_SP | RM_SP }, /* addpl */
	{ 0xff30fc00, 0x0420e000, RD }, /* cntb to cntd */
	{ 0xff30f800, 0x0430e000, RDN }, /* incb, decb to incd, decd */
	{ 0xff20f000, 0x0420f000, RDN }, /* and saturating */
	{ 0xff20fc00, 0x04204400, RN }, /* index */
	{ 0xff20fc00, 0x04204800, RM }, { 0xff20fc00, 0x04204c00, RN | RM },
	{ 0xff3ffc00, 0x05203800, RN_SP }, /* dup */
	{ 0xff3ffc00, 0x05243800, RN }, /* insr */
	{ 0xff3ee000, 0x0520a000, RD }, /* lasta, lastb */
	{ 0xff3fe000, 0x0528a000, RN_SP }, /* cpy */
	{ 0xff3ee000, 0x0530a000, RDN }, /* clasta, clastb */
	{ 0xff20e000, 0x25200000, RN | RM }, /* while */
	{ 0xffa0fc0f, 0x25a02000, RN | RM }, /* ctermeq, ctermne */
	{ 0xff3fc200, 0x25208000, RD }, /* cntp */
	{ 0xff3ef800, 0x252c8800, RDN }, /* incp, decp */
};

static void general_registers(struct draft *d, uint32_t w)
{
	uint32_t r = 0;

	for (size_t k = 0; k < sizeof general / sizeof *general; k++)
		if ((w & general[k].mask) == general[k].value)
			r = general[k].registers;
	if (r & RN)
		src(d, bits(w, 9, 5));
	if (r & RN_SP)
		src_sp(d, bits(w, 9, 5));
	if (r & RM)
		second(d, bits(w, 20, 16));
	if (r & RM_SP)
		src_sp(d, bits(w, 20, 16));
	if (r & RDN)
		src(d, bits(w, 4, 0));
	if (r & (RD | RDN))
		dst(d, bits(w, 4, 0));
	if (r & RD_SP)
		dst_sp(d, bits(w, 4, 0));
}

/* Loads (100 to 110) and stores (111). Gathers from a vector of addresses have no base to tell. */
static void memory_operand(struct draft *d, uint32_t w)
{
	uint32_t top = bits(w, 31, 29), form = bits(w, 15, 13);
	bool spill = (top == 4 || top == 7) && bits(w, 24, 22) == 6 && (form == 0 || form == 2);
	bool two = top == 5 ? form == 0 || form == 2 || form == 3 || form == 6
	                    : top == 7 && (form == 2 || form == 3);

	set(d->i, top == 7 ? INQ_INSN_WRITES_MEMORY : INQ_INSN_READS_MEMORY);
	if (!spill && top != 5 && !(top == 7 && (two || form == 7)))
		return;
	memory(d, bits(w, 9, 5), 0, 0);
	if (spill) {
		/* ldr, str: the offset counts vector lengths, which are not known */
		d->i->op = top == 7 ? INQ_OP_STORE : INQ_OP_LOAD;
		return;
	}
	if (two) {
		second(d, bits(w, 20, 16));
		d->i->shift = (uint8_t)bits(w, 24, 23);
	}
}

bool inq_a64_scalable(struct draft *d, uint32_t w)
{
	uint32_t top = bits(w, 31, 29), row = bits(w, 24, 21), column = bits(w, 15, 13);

	if (!(allocated[top][row] >> column & 1))
		return false;
	name(d, MNEMONIC(PAGE_SCALABLE, top << 7 | row << 3 | column), INQ_OP_VECTOR);
	if (top >= 4)
		memory_operand(d, w);
	else
		general_registers(d, w);
	return true;
}
