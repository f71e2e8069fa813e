/*
 * The instruction decoders behind inq_insn_decode, one per instruction set.
 *
 * Each is a pure function of its arguments: no state, no allocation, safe from
 * any thread. All return false where the bytes are no instruction, as far as
 * fixed bits and reserved fields tell, and then leave the outputs undefined.
 *
 * The fixed-width sets are read straight from their bits; Capstone takes some
 * 400 ns for what takes 10 here, and knows fewer instructions. It remains the
 * oracle of tests/unit/test_insn.c and the source of inq_insn_text.
 *
 * Sources: Arm Architecture Reference Manual for A-profile (DDI 0487), the
 * same for Armv7-A (DDI 0406), MIPS32 Architecture For Programmers volume II.
 */
#ifndef INQUIRY_CODE_DECODE_H
#define INQUIRY_CODE_DECODE_H

#include <Zydis/Zydis.h>
#include <inquiry/insn.h>

struct inq_decoder {
	enum inq_arch arch;
	bool big_endian; /* of the code: A64 and ARM "BE8" code is little-endian in big-endian programs */
	ZydisDecoder zydis; /* x86 only */
};

INQ_MUST bool inq_x86_decode(
        const struct inq_decoder *d, uint64_t va, struct inq_bytes bytes, struct inq_insn *ret);
INQ_MUST bool inq_a64_decode(uint64_t va, uint32_t word, struct inq_insn *ret);
INQ_MUST bool inq_a32_decode(uint64_t va, uint32_t word, struct inq_insn *ret);
INQ_MUST bool inq_mips_decode(uint64_t va, uint32_t word, struct inq_insn *ret);

/*
 * `bytes` are code as it lies in memory: one or two halfwords of the given
 * byte order. The state of an IT block is not carried: IT itself is a NOP
 * whose `imm` is its low byte (first condition and mask), and the up to four
 * instructions after it are decoded as if they were unconditional. Who walks
 * the code marks them INQ_INSN_CONDITIONAL (and a branch among them a BRANCH).
 */
INQ_MUST bool inq_thumb_decode(uint64_t va, struct inq_bytes bytes, bool big_endian, struct inq_insn *ret);

/*
 * The general registers that the instruction reads and writes, a bit each,
 * hidden operands and all: the lists of push and ldm, the link register that
 * bl writes, the base that write-back changes. Registers that a callee may
 * change are not counted, nor are the program counter and zero registers.
 * Bit 31 of A64 is sp.
 */
INQ_MUST bool inq_x86_registers(
        const struct inq_decoder *d, struct inq_bytes bytes, uint32_t *ret_reads, uint32_t *ret_writes);
INQ_MUST bool inq_a64_registers(uint32_t word, uint32_t *ret_reads, uint32_t *ret_writes);
INQ_MUST bool inq_a32_registers(uint32_t word, uint32_t *ret_reads, uint32_t *ret_writes);
INQ_MUST bool inq_mips_registers(uint32_t word, uint32_t *ret_reads, uint32_t *ret_writes);
INQ_MUST bool inq_thumb_registers(
        struct inq_bytes bytes, bool big_endian, uint32_t *ret_reads, uint32_t *ret_writes);

#endif
