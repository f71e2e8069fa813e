/*
 * One instruction in the form every later stage reads: the same fields for
 * every architecture. It is not a full decode: it holds what the
 * recovery of functions and the fingerprints need, and `inq_insn_text` shows
 * the rest to people.
 *
 * Decoding is a pure function of (architecture, address, bytes).
 */
#ifndef INQUIRY_INSN_H
#define INQUIRY_INSN_H

#include <inquiry/exhibit.h>

/* What it does with the instruction pointer. */
enum inq_flow {
	INQ_FLOW_NEXT = 0,
	INQ_FLOW_BRANCH, /* conditional, to `ref` */
	INQ_FLOW_JUMP, /* to `ref` */
	INQ_FLOW_JUMP_INDIRECT,
	INQ_FLOW_CALL, /* to `ref`, and back */
	INQ_FLOW_CALL_INDIRECT,
	INQ_FLOW_RETURN,
	INQ_FLOW_STOP, /* trap, halt: nothing follows */
};

/* What it does, the same on every architecture. */
enum inq_op {
	INQ_OP_OTHER = 0,
	INQ_OP_NOP,
	INQ_OP_MOVE, /* register or constant to register */
	INQ_OP_LOAD,
	INQ_OP_STORE,
	INQ_OP_ADDRESS, /* lea, adr, adrp, lui, add rd, pc: forms an address */
	INQ_OP_ADD,
	INQ_OP_SUB,
	INQ_OP_MULTIPLY,
	INQ_OP_DIVIDE,
	INQ_OP_AND,
	INQ_OP_OR,
	INQ_OP_XOR,
	INQ_OP_NOT,
	INQ_OP_NEGATE,
	INQ_OP_SHIFT_LEFT,
	INQ_OP_SHIFT_RIGHT,
	INQ_OP_SHIFT_SIGNED,
	INQ_OP_ROTATE, /* a constant one is told as to the right */
	INQ_OP_BITFIELD, /* ubfx, bfi, ext, ins */
	INQ_OP_BITS, /* clz, rbit, bsf, popcnt, bswap, rev */
	INQ_OP_EXTEND, /* movzx, movsx, uxtb, sxth, seb */
	INQ_OP_COMPARE,
	INQ_OP_TEST,
	INQ_OP_SELECT, /* cmov, csel, setcc, movz, slt */
	INQ_OP_PUSH,
	INQ_OP_POP,
	INQ_OP_BRANCH, /* conditional */
	INQ_OP_JUMP,
	INQ_OP_CALL,
	INQ_OP_RETURN,
	INQ_OP_TRAP,
	INQ_OP_SYSTEM,
	INQ_OP_ATOMIC,
	INQ_OP_STRING, /* rep movs and kin */
	INQ_OP_FLOAT, /* scalar floating point */
	INQ_OP_CONVERT, /* between integer and floating point */
	INQ_OP_VECTOR,
	INQ_OP_CRYPTO, /* aes, sha, crc, pmull */
	INQ_OP_COUNT,
};

enum {
	INQ_INSN_HAS_REF = 1, /* `ref` is an address of the image (or would be) */
	/*
	 * `imm` is a constant operand, sign-extended. An x86 instruction with a
	 * memory operand, too, then has its displacement in `ref`, unless that is
	 * an address.
	 */
	INQ_INSN_HAS_IMM = 2,
	INQ_INSN_READS_MEMORY = 4,
	INQ_INSN_WRITES_MEMORY = 8,
	INQ_INSN_CONDITIONAL = 16, /* A32 condition or Thumb IT block: may not take place */
	INQ_INSN_DELAY = 32, /* MIPS: the next instruction belongs before the jump */
	INQ_INSN_THUMB = 64,
	INQ_INSN_BASE_DISP =
	        128, /* memory operand, or `lea`: [rn + rm << shift + imm]; `imm` is the displacement */
};

/* Registers are numbered as the architecture encodes them; the program counter has its own number. */
enum { INQ_REG_NONE = 0xff, INQ_REG_PC = 0xfe };

/*
 * rd  the general register it writes (of several, the first), NONE where none
 * rn  the first register it reads; of a memory operand or `lea`, the base
 * rm  the second; of a memory operand or `lea`, the index, scaled by 1 << shift
 *
 * `x86: add rd, imm` has rd == rn. Stores have rd NONE and the stored
 * register in `rs`. Vector and flag registers are not told.
 */
struct inq_insn {
	uint64_t va; /* without the Thumb bit */
	uint64_t ref; /* a code address on ARM carries the Thumb bit; x86: see INQ_INSN_HAS_IMM */
	int64_t imm;
	uint16_t mnemonic; /* of the architecture; the same operation has the same, whatever its operands */
	uint8_t len;
	uint8_t flow;
	uint8_t op;
	uint8_t flags;
	uint8_t rd, rn, rm, rs;
	uint8_t shift;
	uint8_t width; /* bytes of the memory operand or, without one, of the operation; 0: not told */
	uint8_t condition; /* of BRANCH, SELECT and kin: enum inq_condition; of an operation on a fixed-width set: OTHER where it sets flags */
	uint8_t address_at; /* x86: where in the instruction the bytes that depend on addresses lie, */
	uint8_t address_len; /* and how many there are (0: none); fixed-width sets are masked by mnemonic */
};

enum inq_condition {
	INQ_CONDITION_NONE = 0,
	INQ_CONDITION_EQUAL,
	INQ_CONDITION_NOT_EQUAL,
	INQ_CONDITION_ABOVE, /* unsigned > */
	INQ_CONDITION_ABOVE_EQUAL,
	INQ_CONDITION_BELOW,
	INQ_CONDITION_BELOW_EQUAL,
	INQ_CONDITION_GREATER, /* signed > */
	INQ_CONDITION_GREATER_EQUAL,
	INQ_CONDITION_LESS,
	INQ_CONDITION_LESS_EQUAL,
	INQ_CONDITION_OTHER,
};

struct inq_decoder; /* what decoding one architecture needs; not changed by decoding */

/* NULL where the arena's limit is reached or `arch` is none. Lives as long as `a`. */
const struct inq_decoder *inq_decoder_new(enum inq_arch arch, bool big_endian, struct inq_arena *a);

/*
 * Decodes the instruction that `bytes` begin with, at `va` (on ARM, bit 0 says
 * Thumb). False, with `*ret` undefined, where they begin with none.
 */
INQ_MUST bool inq_insn_decode(
        const struct inq_decoder *d, uint64_t va, struct inq_bytes bytes, struct inq_insn *ret);

/*
 * The general registers it reads and writes, a bit each (x86: 0 = ax … 15 =
 * r15; others as encoded; the program counter is left out), hidden operands
 * and all. Decodes anew: for the few places that ask.
 * False where the bytes are no instruction.
 */
INQ_MUST bool inq_insn_registers(const struct inq_decoder *d, uint64_t va, struct inq_bytes bytes,
        uint32_t *ret_reads, uint32_t *ret_writes);

/*
 * A 64-bit digest of the instruction without what depends on where it or its
 * targets lie: branch and call displacements, addresses, literal offsets.
 */
uint64_t inq_insn_hash(const struct inq_decoder *d, const struct inq_insn *i, struct inq_bytes bytes);

/* The instruction as assembler text, NUL-terminated and cut to `size`. False where it is none. */
bool inq_insn_text(const struct inq_decoder *d, uint64_t va, struct inq_bytes bytes, char *ret, size_t size);

const char *inq_op_name(enum inq_op op);

#endif
