/*
 * A64: floating point, Advanced SIMD, cryptography, and SVE as far as general
 * registers and memory go. A vector instruction is told by its group, opcode
 * and element size; vector registers are not told.
 *
 * The tables say which sizes an opcode has: bits 0 to 3 are sizes 0 to 3 of
 * 64-bit vectors (and of scalars), bits 4 to 7 those of 128-bit vectors.
 */
#include "code/decode_a64.h"

/* Sizes of both widths: B, H, S, D; F is the two bits of floating point, whose D needs 128 bits. */
#define ALL 0xff
#define BHS 0x77
#define BHSD 0xf7
#define HS 0x66
#define B 0x11
#define F 0xf5
#define FLOW 0x31 /* floating point with the upper size bit clear */
#define FHIGH 0xc4 /* and with it set */

static const uint8_t same[2][32] = {
	{ BHS, BHSD, BHS, ALL, BHS, BHSD, BHSD, BHSD, BHSD, BHSD, BHSD, BHSD, BHS, BHS, BHS, BHS, BHSD, BHSD,
	        BHS, BHS, BHS, BHS, HS, BHSD, F, F, F, FLOW, FLOW, 0x55, F, F },
	{ BHS, BHSD, BHS, ALL, BHS, BHSD, BHSD, BHSD, BHSD, BHSD, BHSD, BHSD, BHS, BHS, BHS, BHS, BHSD, BHSD,
	        BHS, B, BHS, BHS, HS, 0, F, 0x55, F, FLOW, F, F, F, FLOW },
};

static const uint8_t different[2][16] = {
	{ BHS, BHS, BHS, BHS, BHS, BHS, BHS, BHS, BHS, HS, BHS, HS, BHS, HS, 0x99, 0 },
	{ BHS, BHS, BHS, BHS, BHS, BHS, BHS, BHS, BHS, 0, BHS, 0, BHS, 0, 0, 0 },
};

static const uint8_t misc[2][32] = {
	{ BHS, B, BHS, BHSD, BHS, B, BHS, BHSD, BHSD, BHSD, BHSD, BHSD, FHIGH, FHIGH, FHIGH, FHIGH, 0, 0, BHS,
	        0, BHS, 0, BHS, 0x33, F, F, F, F, 0x75, F, FLOW, FLOW },
	{ 0x33, 0, BHS, BHSD, BHS, 0x33, BHS, BHSD, BHSD, BHSD, 0, BHSD, FHIGH, FHIGH, 0, FHIGH, 0, 0, BHS,
	        BHS, BHS, 0, 0x22, 0, FLOW, F, F, F, 0x75, F, FLOW, F },
};

static const uint8_t across[2][32] = {
	{ [3] = 0x73, [10] = 0x73, [12] = 0x55, [15] = 0x55, [26] = 0x73, [27] = 0x73 },
	{ [3] = 0x73, [10] = 0x73, [12] = 0x50, [15] = 0x50, [26] = 0x73 },
};

static const uint8_t one_same[2][32] = {
	{ [1] = 15,
	        [5] = 15,
	        [6] = 8,
	        [7] = 8,
	        [8] = 8,
	        [9] = 15,
	        [10] = 8,
	        [11] = 15,
	        [16] = 8,
	        [17] = 8,
	        [22] = 6,
	        [27] = 3,
	        [28] = 3,
	        [31] = 15 },
	{ [1] = 15,
	        [5] = 15,
	        [6] = 8,
	        [7] = 8,
	        [8] = 8,
	        [9] = 15,
	        [10] = 8,
	        [11] = 15,
	        [16] = 8,
	        [17] = 8,
	        [22] = 6,
	        [26] = 12,
	        [28] = 15,
	        [29] = 15 },
};

static const uint8_t one_misc[2][32] = {
	{ [3] = 15,
	        [7] = 15,
	        [8] = 8,
	        [9] = 8,
	        [10] = 8,
	        [11] = 8,
	        [12] = 12,
	        [13] = 12,
	        [14] = 12,
	        [20] = 7,
	        [26] = 15,
	        [27] = 15,
	        [28] = 3,
	        [29] = 15,
	        [31] = 12 },
	{ [3] = 15,
	        [7] = 15,
	        [8] = 8,
	        [9] = 8,
	        [11] = 8,
	        [12] = 12,
	        [13] = 12,
	        [18] = 7,
	        [20] = 7,
	        [22] = 2,
	        [26] = 15,
	        [27] = 15,
	        [28] = 3,
	        [29] = 15 },
};

static const uint8_t one_pair[2][32] = {
	{ [12] = 5, [13] = 1, [15] = 5, [27] = 8 },
	{ [12] = 15, [13] = 3, [15] = 15 },
};

/* By element; 1 << size. A double needs 128 bits and an even index. */
static const uint8_t element[2][16] = {
	{ 4, 13, 6, 6, 4, 13, 6, 6, 6, 13, 6, 6, 6, 6, 4, 15 },
	{ 6, 6, 6, 6, 6, 6, 6, 6, 4, 13, 6, 0, 4, 6, 4, 6 },
};

static const uint8_t one_element[2][16] = {
	{ [1] = 13, [3] = 6, [5] = 13, [7] = 6, [9] = 13, [11] = 6, [12] = 6, [13] = 6 },
	{ [9] = 13, [13] = 6, [15] = 6 },
};

/* Half precision: a bit for each opcode, [scalar][U][a]. */
static const uint32_t half_misc[2][2][2] = {
	{ { 0x3f000000, 0x2f00f000 }, { 0x3f000000, 0xae00b000 } },
	{ { 0x3c000000, 0xac007000 }, { 0x3c000000, 0x2c003000 } },
};
static const uint8_t half_same[2][2][2] = {
	{ { 0xdf, 0xc7 }, { 0xfd, 0x75 } },
	{ { 0x98, 0x80 }, { 0x30, 0x34 } },
};

/* Shifts by a constant: a bit for each opcode, [scalar][U]. */
static const uint32_t shifts[2][2] = {
	{ 0x901f4455, 0x901f5555 },
	{ 0x900c4455, 0x900f5555 },
};

/* Whether the size is one that the table has for this opcode and vector length. */
static bool sized(uint8_t sizes, uint32_t w)
{
	return sizes >> (bits(w, 23, 22) + (bit(w, 30) ? 4 : 0)) & 1;
}

static bool sized_one(uint8_t sizes, uint32_t w)
{
	return sizes >> bits(w, 23, 22) & 1;
}

static void vector_name(struct draft *d, uint32_t w, enum page page, uint32_t opcode)
{
	name(d, MNEMONIC(page, bits(w, 29, 29) << 7 | opcode << 2 | bits(w, 23, 22)), INQ_OP_VECTOR);
}

/* Whether an opcode of the two-register miscellaneous group converts from or to integers. */
static bool converts(uint32_t opcode, bool upper)
{
	return opcode == 26 || opcode == 27 || (!upper && (opcode == 28 || opcode == 29));
}

static bool permute(struct draft *d, uint32_t w)
{
	uint32_t opcode = bits(w, 14, 12);

	if (bits(w, 11, 10) == 2 && !bit(w, 29)) {
		/* uzp, trn, zip */
		name(d, MNEMONIC(PAGE_PERMUTE, opcode << 2 | bits(w, 23, 22)), INQ_OP_VECTOR);
		return (opcode & 3) && (bits(w, 23, 22) != 3 || bit(w, 30));
	}
	if (bit(w, 10) || bits(w, 23, 22))
		return false;
	if (bit(w, 29)) {
		name(d, MNEMONIC(PAGE_PERMUTE, 64), INQ_OP_VECTOR);
		return bit(w, 30) || !bit(w, 14);
	}
	/* tbl, tbx */
	name(d, MNEMONIC(PAGE_PERMUTE, 32 | opcode), INQ_OP_VECTOR);
	return !bit(w, 11);
}

static bool copy(struct draft *d, uint32_t w, bool scalar)
{
	uint32_t imm4 = bits(w, 14, 11), imm5 = bits(w, 20, 16), rn = bits(w, 9, 5);
	unsigned size = imm5 ? (unsigned)__builtin_ctz(imm5) : 4;
	bool full = bit(w, 30);

	if (size > 3)
		return false;
	name(d, MNEMONIC(PAGE_PERMUTE, 128 | bits(w, 29, 29) << 6 | imm4 << 2 | size), INQ_OP_VECTOR);
	if (scalar)
		return !bit(w, 29) && imm4 == 0;
	if (bit(w, 29))
		return full;
	switch (imm4) {
	case 0: /* dup (element) */
		return size < 3 || full;
	case 1: /* dup (general) */
		src(d, rn);
		return size < 3 || full;
	case 3: /* ins (general) */
		src(d, rn);
		return full;
	case 5: /* smov */
		dst(d, bits(w, 4, 0));
		d->i->width = (uint8_t)(1u << size);
		return size < 2 || (full && size == 2);
	case 7: /* umov */
		dst(d, bits(w, 4, 0));
		d->i->width = (uint8_t)(1u << size);
		return full == (size == 3);
	default:
		return false;
	}
}

/* Dot products, matrix and complex arithmetic. */
static bool extra(struct draft *d, uint32_t w, bool scalar)
{
	uint32_t opcode = bits(w, 14, 11), size = bits(w, 23, 22);
	bool full = bit(w, 30);

	vector_name(d, w, PAGE_DIFFERENT, 16 + opcode);
	if (opcode < 2)
		return bit(w, 29) && (size == 1 || size == 2);
	if (scalar)
		return false;
	if (!bit(w, 29)) {
		if (opcode == 2 || opcode == 3)
			return size == 2;
		return (opcode == 4 || opcode == 5) && size == 2 && full;
	}
	if (opcode == 2)
		return size == 2;
	if (opcode == 4)
		return size == 2 && full;
	if (opcode >= 8 && opcode != 13 && opcode != 15)
		return size && (size < 3 || full);
	if (opcode == 13)
		return size == 1 && full;
	return opcode == 15 && size & 1;
}

static bool by_element(struct draft *d, uint32_t w, bool scalar)
{
	uint32_t opcode = bits(w, 15, 12), size = bits(w, 23, 22), u = bits(w, 29, 29);
	bool high = bit(w, 21), full = bit(w, 30);

	name(d, MNEMONIC(scalar ? PAGE_ONE_ELEMENT : PAGE_ELEMENT, u << 7 | opcode << 2 | size),
	        INQ_OP_VECTOR);
	if (!((scalar ? one_element : element)[u][opcode] >> size & 1))
		return false;
	if ((opcode == 9 || (!u && (opcode == 1 || opcode == 5))) && size == 3)
		return !high && (scalar || full);
	if (!scalar && u && opcode < 8 && opcode & 1) {
		/* fcmla: two elements make a number */
		return size == 1 ? full || !bit(w, 11) : !high && full;
	}
	return true;
}

static bool shift_immediate(struct draft *d, uint32_t w, bool scalar)
{
	uint32_t opcode = bits(w, 15, 11), immh = bits(w, 22, 19), u = bits(w, 29, 29);
	bool narrow = opcode >= 16 && opcode <= 20, convert = opcode == 28 || opcode == 31;
	unsigned size;

	if (bit(w, 23))
		return false;
	if (!immh) {
		/* movi, mvni, fmov, orr, bic with an immediate */
		name(d, MNEMONIC(PAGE_IMMEDIATE, bits(w, 15, 11) << 1 | u), INQ_OP_VECTOR);
		immediate(d, bits(w, 18, 16) << 5 | bits(w, 9, 5));
		if (scalar)
			return false;
		if (bit(w, 11))
			return bits(w, 15, 12) == 15 && !u;
		return bits(w, 15, 12) != 15 || !u || bit(w, 30);
	}
	size = 31 - (unsigned)__builtin_clz(immh);
	name(d, MNEMONIC(scalar ? PAGE_ONE_SHIFT : PAGE_SHIFT, u << 7 | opcode << 2 | size),
	        convert ? INQ_OP_CONVERT : INQ_OP_VECTOR);
	immediate(d, (int64_t)(immh << 3 | bits(w, 18, 16)));
	if (!(shifts[scalar][u] >> opcode & 1))
		return false;
	if (narrow)
		return size < 3;
	if (convert)
		return size && (scalar || size < 3 || bit(w, 30));
	if (scalar)
		return size == 3 || opcode == 12 || opcode == 14;
	return size < 3 || bit(w, 30);
}

/* Advanced SIMD on vectors (bit 28 clear) and on single elements. */
static bool simd(struct draft *d, uint32_t w)
{
	uint32_t u = bits(w, 29, 29), a = bits(w, 23, 23), scalar = bits(w, 28, 28), opcode;

	d->i->width = scalar ? (uint8_t)(1u << bits(w, 23, 22)) : bit(w, 30) ? 16 : 8;
	if (bit(w, 24))
		return bit(w, 10) ? shift_immediate(d, w, scalar) : by_element(d, w, scalar);
	if (!bit(w, 21)) {
		if (bit(w, 15)) {
			return bit(w, 10) && extra(d, w, scalar);
		}
		if (!bit(w, 10)) {
			if (!scalar)
				return permute(d, w);
			/* sha1c to sha256su1 */
			name(d, MNEMONIC(PAGE_CRYPTO, bits(w, 14, 12)), INQ_OP_CRYPTO);
			return !u && !bits(w, 23, 22) && !bit(w, 11) && bits(w, 14, 12) < 7;
		}
		if (bit(w, 22)) {
			opcode = bits(w, 13, 11);
			name(d, MNEMONIC(PAGE_SAME_HALF, scalar << 5 | u << 4 | a << 3 | opcode),
			        INQ_OP_VECTOR);
			return !bit(w, 14) && half_same[scalar][u][a] >> opcode & 1;
		}
		return !a && copy(d, w, scalar);
	}
	if (bit(w, 10)) {
		opcode = bits(w, 15, 11);
		vector_name(d, w, scalar ? PAGE_ONE_SAME : PAGE_SAME, opcode);
		return scalar ? sized_one(one_same[u][opcode], w) : sized(same[u][opcode], w);
	}
	if (!bit(w, 11)) {
		opcode = bits(w, 15, 12);
		vector_name(d, w, scalar ? PAGE_ONE_DIFFERENT : PAGE_DIFFERENT, opcode);
		if (scalar)
			return !u && (opcode == 9 || opcode == 11 || opcode == 13) && sized_one(6, w);
		if (!u && opcode == 14 && bits(w, 23, 22) == 3)
			d->i->op = INQ_OP_CRYPTO;
		return sized(different[u][opcode], w);
	}
	opcode = bits(w, 16, 12);
	switch (bits(w, 20, 17)) {
	case 0:
		vector_name(d, w, scalar ? PAGE_ONE_MISC : PAGE_MISC, opcode);
		if (converts(opcode, a))
			d->i->op = INQ_OP_CONVERT;
		return scalar ? sized_one(one_misc[u][opcode], w) : sized(misc[u][opcode], w);
	case 4:
		/* aes, and on one element sha */
		name(d, MNEMONIC(PAGE_CRYPTO, 16 | scalar << 3 | (opcode & 7)), INQ_OP_CRYPTO);
		if (u || bits(w, 23, 22))
			return false;
		return scalar ? opcode < 3 : bit(w, 30) && opcode >= 4 && opcode < 8;
	case 8:
		vector_name(d, w, scalar ? PAGE_ONE_PAIR : PAGE_ACROSS, opcode);
		return scalar ? sized_one(one_pair[u][opcode], w) : sized(across[u][opcode], w);
	case 12:
		vector_name(d, w, scalar ? PAGE_ONE_MISC : PAGE_MISC, opcode);
		d->i->mnemonic =
		        (uint16_t)MNEMONIC(PAGE_SAME_HALF, 64 | scalar << 7 | (opcode & 0x1f) | (u ^ a) << 5);
		if (converts(opcode, a))
			d->i->op = INQ_OP_CONVERT;
		return bit(w, 22) && half_misc[scalar][u][a] >> opcode & 1;
	default:
		return false;
	}
}

/* Conversions between floating point and general registers, integer and fixed point. */
static bool convert(struct draft *d, uint32_t w)
{
	uint32_t type = bits(w, 23, 22), mode = bits(w, 20, 19), opcode = bits(w, 18, 16);
	uint32_t fixed = !bit(w, 21);
	bool wide = bit(w, 31), from_general;

	name(d, MNEMONIC(PAGE_FLOAT_CONVERT, fixed << 7 | mode << 3 | opcode | bits(w, 22, 22) << 5),
	        INQ_OP_CONVERT);
	d->i->width = wide ? 8 : 4;
	if (fixed) {
		if (type == 2 || (!wide && !bit(w, 15)))
			return false;
		immediate(d, 64 - bits(w, 15, 10));
		if (mode == 0 && (opcode == 2 || opcode == 3))
			src(d, bits(w, 9, 5));
		else if (mode == 3 && opcode < 2)
			dst(d, bits(w, 4, 0));
		else
			return false;
		return true;
	}
	from_general = opcode == 2 || opcode == 3 || opcode == 7;
	if (from_general)
		src(d, bits(w, 9, 5));
	else
		dst(d, bits(w, 4, 0));
	if (opcode >= 6) {
		d->i->op = INQ_OP_FLOAT;
		if (mode == 3) {
			/* fjcvtzs */
			d->i->op = INQ_OP_CONVERT;
			return opcode == 6 && type == 1 && !wide;
		}
		if (mode == 1)
			return wide && type == 2;
		return mode == 0 && (type == 3 || (wide ? type == 1 : type == 0));
	}
	return type != 2 && (opcode < 2 || mode == 0);
}

static bool scalar_float(struct draft *d, uint32_t w)
{
	static const uint32_t one_source[4] = { 0x000fdfafu, 0x000fdfdfu, 0, 0x0000df3fu };
	uint32_t type = bits(w, 23, 22), opcode;

	if (bit(w, 29))
		return false;
	d->i->width = type == 3 ? 2 : type == 1 ? 8 : 4;
	if (bit(w, 24)) {
		name(d, MNEMONIC(PAGE_SCALAR, 128 + bits(w, 21, 21) * 2 + bits(w, 15, 15)), INQ_OP_FLOAT);
		return !bit(w, 31) && type != 2;
	}
	if (!bit(w, 21) || bits(w, 15, 10) == 0)
		return convert(d, w);
	if (bit(w, 31) || type == 2)
		return false;
	if (bits(w, 14, 10) == 16) {
		opcode = bits(w, 20, 15);
		name(d, MNEMONIC(PAGE_SCALAR, opcode), INQ_OP_FLOAT);
		return opcode < 32 && one_source[type] >> opcode & 1;
	}
	switch (bits(w, 11, 10)) {
	case 0:
		if (bit(w, 12)) {
			name(d, MNEMONIC(PAGE_SCALAR, 64), INQ_OP_FLOAT);
			immediate(d, bits(w, 20, 13));
			return bits(w, 9, 5) == 0;
		}
		name(d, MNEMONIC(PAGE_SCALAR, 65 + bits(w, 4, 3)), INQ_OP_FLOAT);
		return bits(w, 15, 13) == 1 && bits(w, 2, 0) == 0;
	case 1:
		name(d, MNEMONIC(PAGE_SCALAR, 70 + bits(w, 4, 4)), INQ_OP_FLOAT);
		return true;
	case 2:
		name(d, MNEMONIC(PAGE_SCALAR, 80 + bits(w, 15, 12)), INQ_OP_FLOAT);
		return bits(w, 15, 12) < 9;
	default:
		name(d, MNEMONIC(PAGE_SCALAR, 72), INQ_OP_FLOAT);
		return true;
	}
}

/* Cryptographic three- and four-register instructions: 0xce. */
static bool crypto(struct draft *d, uint32_t w)
{
	uint32_t op0 = bits(w, 23, 21), low = bits(w, 15, 10);

	name(d, MNEMONIC(PAGE_CRYPTO, 64 + op0 * 8), INQ_OP_CRYPTO);
	d->i->width = 16;
	switch (op0) {
	case 0: /* eor3 */
	case 1: /* bcax */
		return !bit(w, 15);
	case 2: /* sm3ss1, sm3tt */
		if (!bit(w, 15))
			return true;
		d->i->mnemonic = (uint16_t)(d->i->mnemonic + 1 + (low & 3));
		return !bit(w, 14);
	case 3: /* sha512h, sha512h2, sha512su1, rax1, sm3partw, sm4ekey */
		d->i->mnemonic = (uint16_t)(d->i->mnemonic + (low & 3) + bits(w, 14, 14) * 4);
		return bit(w, 15) && !(low & 12) && (!bit(w, 14) || (low & 3) != 3);
	case 4: /* xar */
		return true;
	case 6: /* sha512su0, sm4e */
		d->i->mnemonic = (uint16_t)(d->i->mnemonic + (low & 1));
		return bits(w, 20, 16) == 0 && (low == 32 || low == 33);
	default:
		return false;
	}
}

bool inq_a64_vector(struct draft *d, uint32_t w)
{
	if (bits(w, 31, 24) == 0xce)
		return crypto(d, w);
	if (bit(w, 28) && !bit(w, 30))
		return scalar_float(d, w);
	return !bit(w, 31) && simd(d, w);
}
