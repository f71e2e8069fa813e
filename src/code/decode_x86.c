/*
 * x86 instructions through Zydis. The operands are read off the raw fields
 * (ModRM, SIB, displacement, immediate) of the instruction-only decode, which
 * costs half of what Zydis' own operand decode does; inq_insn_registers pays
 * for the latter where it is asked.
 */
#include "code/decode.h"
#include <Zydis/Zydis.h>

static enum inq_op op_of_integer(ZydisMnemonic m)
{
	/* The mnemonics that count; all others are told by their category. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
	switch (m) {
	case ZYDIS_MNEMONIC_ADD:
	case ZYDIS_MNEMONIC_ADC:
	case ZYDIS_MNEMONIC_INC:
	case ZYDIS_MNEMONIC_XADD:
	case ZYDIS_MNEMONIC_ADCX:
	case ZYDIS_MNEMONIC_ADOX:
		return INQ_OP_ADD;
	case ZYDIS_MNEMONIC_SUB:
	case ZYDIS_MNEMONIC_SBB:
	case ZYDIS_MNEMONIC_DEC:
		return INQ_OP_SUB;
	case ZYDIS_MNEMONIC_MUL:
	case ZYDIS_MNEMONIC_IMUL:
	case ZYDIS_MNEMONIC_MULX:
		return INQ_OP_MULTIPLY;
	case ZYDIS_MNEMONIC_DIV:
	case ZYDIS_MNEMONIC_IDIV:
		return INQ_OP_DIVIDE;
	case ZYDIS_MNEMONIC_CMP:
	case ZYDIS_MNEMONIC_CMPXCHG:
		return INQ_OP_COMPARE;
	case ZYDIS_MNEMONIC_TEST:
	case ZYDIS_MNEMONIC_BT:
		return INQ_OP_TEST;
	case ZYDIS_MNEMONIC_AND:
	case ZYDIS_MNEMONIC_ANDN:
		return INQ_OP_AND;
	case ZYDIS_MNEMONIC_OR:
		return INQ_OP_OR;
	case ZYDIS_MNEMONIC_XOR:
		return INQ_OP_XOR;
	case ZYDIS_MNEMONIC_NOT:
		return INQ_OP_NOT;
	case ZYDIS_MNEMONIC_NEG:
		return INQ_OP_NEGATE;
	case ZYDIS_MNEMONIC_SHL:
	case ZYDIS_MNEMONIC_SHLX:
	case ZYDIS_MNEMONIC_SHLD:
		return INQ_OP_SHIFT_LEFT;
	case ZYDIS_MNEMONIC_SHR:
	case ZYDIS_MNEMONIC_SHRX:
	case ZYDIS_MNEMONIC_SHRD:
		return INQ_OP_SHIFT_RIGHT;
	case ZYDIS_MNEMONIC_SAR:
	case ZYDIS_MNEMONIC_SARX:
		return INQ_OP_SHIFT_SIGNED;
	case ZYDIS_MNEMONIC_ROL:
	case ZYDIS_MNEMONIC_ROR:
	case ZYDIS_MNEMONIC_RORX:
	case ZYDIS_MNEMONIC_RCL:
	case ZYDIS_MNEMONIC_RCR:
		return INQ_OP_ROTATE;
	case ZYDIS_MNEMONIC_LEA:
		return INQ_OP_ADDRESS;
	case ZYDIS_MNEMONIC_MOVZX:
	case ZYDIS_MNEMONIC_MOVSX:
	case ZYDIS_MNEMONIC_MOVSXD:
	case ZYDIS_MNEMONIC_CBW:
	case ZYDIS_MNEMONIC_CWDE:
	case ZYDIS_MNEMONIC_CDQE:
	case ZYDIS_MNEMONIC_CWD:
	case ZYDIS_MNEMONIC_CDQ:
	case ZYDIS_MNEMONIC_CQO:
		return INQ_OP_EXTEND;
	case ZYDIS_MNEMONIC_BSF:
	case ZYDIS_MNEMONIC_BSR:
	case ZYDIS_MNEMONIC_BSWAP:
	case ZYDIS_MNEMONIC_POPCNT:
	case ZYDIS_MNEMONIC_TZCNT:
	case ZYDIS_MNEMONIC_LZCNT:
		return INQ_OP_BITS;
	case ZYDIS_MNEMONIC_BEXTR:
	case ZYDIS_MNEMONIC_PDEP:
	case ZYDIS_MNEMONIC_PEXT:
	case ZYDIS_MNEMONIC_BZHI:
		return INQ_OP_BITFIELD;
	case ZYDIS_MNEMONIC_MOV:
	case ZYDIS_MNEMONIC_XCHG:
	case ZYDIS_MNEMONIC_MOVBE:
		return INQ_OP_MOVE;
	case ZYDIS_MNEMONIC_CRC32:
		return INQ_OP_CRYPTO;
	case ZYDIS_MNEMONIC_LEAVE:
		return INQ_OP_POP;
	case ZYDIS_MNEMONIC_HLT:
	case ZYDIS_MNEMONIC_UD0:
	case ZYDIS_MNEMONIC_UD1:
	case ZYDIS_MNEMONIC_UD2:
		return INQ_OP_TRAP;
	default:
		return INQ_OP_OTHER;
	}
#pragma GCC diagnostic pop
}

/* Scalar floating point of SSE: its mnemonics end in SS or SD (AVX: the same behind a V). */
static enum inq_op op_of_sse(ZydisMnemonic m)
{
	const ZydisShortString *name = ZydisMnemonicGetStringWrapped(m);
	const char *end;

	if (!name || name->size < 4)
		return INQ_OP_VECTOR;
	end = name->data + name->size - 2;
	return end[0] == 's' && (end[1] == 's' || end[1] == 'd') ? INQ_OP_FLOAT : INQ_OP_VECTOR;
}

static enum inq_op op_of_category(const ZydisDecodedInstruction *z)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
	switch (z->meta.category) {
	case ZYDIS_CATEGORY_NOP:
	case ZYDIS_CATEGORY_WIDENOP:
	case ZYDIS_CATEGORY_PREFETCH:
	case ZYDIS_CATEGORY_CET:
		return INQ_OP_NOP;
	case ZYDIS_CATEGORY_CALL:
		return INQ_OP_CALL;
	case ZYDIS_CATEGORY_RET:
		return INQ_OP_RETURN;
	case ZYDIS_CATEGORY_COND_BR:
		return INQ_OP_BRANCH;
	case ZYDIS_CATEGORY_UNCOND_BR:
		return INQ_OP_JUMP;
	case ZYDIS_CATEGORY_PUSH:
		return INQ_OP_PUSH;
	case ZYDIS_CATEGORY_POP:
		return INQ_OP_POP;
	case ZYDIS_CATEGORY_CMOV:
	case ZYDIS_CATEGORY_SETCC:
		return INQ_OP_SELECT;
	case ZYDIS_CATEGORY_STRINGOP:
	case ZYDIS_CATEGORY_IOSTRINGOP:
		return INQ_OP_STRING;
	case ZYDIS_CATEGORY_SEMAPHORE:
		return INQ_OP_ATOMIC;
	case ZYDIS_CATEGORY_SYSCALL:
	case ZYDIS_CATEGORY_SYSRET:
	case ZYDIS_CATEGORY_SYSTEM:
	case ZYDIS_CATEGORY_INTERRUPT:
	case ZYDIS_CATEGORY_IO:
	case ZYDIS_CATEGORY_SEGOP:
		return INQ_OP_SYSTEM;
	case ZYDIS_CATEGORY_X87_ALU:
	case ZYDIS_CATEGORY_FCMOV:
		return INQ_OP_FLOAT;
	case ZYDIS_CATEGORY_CONVERT:
		return z->encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY &&
		                       z->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT
		               ? INQ_OP_EXTEND
		               : INQ_OP_CONVERT;
	case ZYDIS_CATEGORY_AES:
	case ZYDIS_CATEGORY_VAES:
	case ZYDIS_CATEGORY_SHA:
	case ZYDIS_CATEGORY_PCLMULQDQ:
	case ZYDIS_CATEGORY_VPCLMULQDQ:
	case ZYDIS_CATEGORY_GFNI:
		return INQ_OP_CRYPTO;
	case ZYDIS_CATEGORY_SSE:
	case ZYDIS_CATEGORY_AVX:
	case ZYDIS_CATEGORY_VFMA:
		return op_of_sse(z->mnemonic);
	case ZYDIS_CATEGORY_DATAXFER:
		return z->encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY &&
		                       z->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT
		               ? INQ_OP_MOVE
		               : op_of_sse(z->mnemonic);
	case ZYDIS_CATEGORY_BINARY:
	case ZYDIS_CATEGORY_LOGICAL:
	case ZYDIS_CATEGORY_FLAGOP:
	case ZYDIS_CATEGORY_MISC:
	case ZYDIS_CATEGORY_DECIMAL:
	case ZYDIS_CATEGORY_BITBYTE:
		return INQ_OP_OTHER;
	default:
		return INQ_OP_VECTOR;
	}
#pragma GCC diagnostic pop
}

static enum inq_op op_of(const ZydisDecodedInstruction *z)
{
	enum inq_op op;

	if (z->attributes & ZYDIS_ATTRIB_HAS_LOCK)
		return INQ_OP_ATOMIC;
	if (z->meta.category == ZYDIS_CATEGORY_STRINGOP)
		return INQ_OP_STRING;
	op = op_of_integer(z->mnemonic);
	if (op != INQ_OP_OTHER && op != INQ_OP_MOVE)
		return op;
	return op_of_category(z);
}

static enum inq_condition condition_of(ZydisMnemonic m)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
	switch (m) {
	case ZYDIS_MNEMONIC_JZ:
	case ZYDIS_MNEMONIC_SETZ:
	case ZYDIS_MNEMONIC_CMOVZ:
		return INQ_CONDITION_EQUAL;
	case ZYDIS_MNEMONIC_JNZ:
	case ZYDIS_MNEMONIC_SETNZ:
	case ZYDIS_MNEMONIC_CMOVNZ:
		return INQ_CONDITION_NOT_EQUAL;
	case ZYDIS_MNEMONIC_JNBE:
	case ZYDIS_MNEMONIC_SETNBE:
	case ZYDIS_MNEMONIC_CMOVNBE:
		return INQ_CONDITION_ABOVE;
	case ZYDIS_MNEMONIC_JNB:
	case ZYDIS_MNEMONIC_SETNB:
	case ZYDIS_MNEMONIC_CMOVNB:
		return INQ_CONDITION_ABOVE_EQUAL;
	case ZYDIS_MNEMONIC_JB:
	case ZYDIS_MNEMONIC_SETB:
	case ZYDIS_MNEMONIC_CMOVB:
		return INQ_CONDITION_BELOW;
	case ZYDIS_MNEMONIC_JBE:
	case ZYDIS_MNEMONIC_SETBE:
	case ZYDIS_MNEMONIC_CMOVBE:
		return INQ_CONDITION_BELOW_EQUAL;
	case ZYDIS_MNEMONIC_JNLE:
	case ZYDIS_MNEMONIC_SETNLE:
	case ZYDIS_MNEMONIC_CMOVNLE:
		return INQ_CONDITION_GREATER;
	case ZYDIS_MNEMONIC_JNL:
	case ZYDIS_MNEMONIC_SETNL:
	case ZYDIS_MNEMONIC_CMOVNL:
		return INQ_CONDITION_GREATER_EQUAL;
	case ZYDIS_MNEMONIC_JL:
	case ZYDIS_MNEMONIC_SETL:
	case ZYDIS_MNEMONIC_CMOVL:
		return INQ_CONDITION_LESS;
	case ZYDIS_MNEMONIC_JLE:
	case ZYDIS_MNEMONIC_SETLE:
	case ZYDIS_MNEMONIC_CMOVLE:
		return INQ_CONDITION_LESS_EQUAL;
	default:
		return INQ_CONDITION_OTHER;
	}
#pragma GCC diagnostic pop
}

/* How the ModRM operands of a legacy integer instruction take part. */
enum form {
	FORM_NONE, /* no general registers are told */
	FORM_TO_REG, /* reg is written (and read, unless a move), r/m is read */
	FORM_TO_RM, /* r/m is written (and read, unless a move), reg is read */
	FORM_READS, /* both are read */
	FORM_RM, /* r/m is written, there is no reg */
	FORM_RM_READ,
};

static enum form form_of(const ZydisDecodedInstruction *z)
{
	uint8_t opcode = z->opcode;

	if (z->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY)
		return FORM_NONE;
	if (z->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT) {
		if (opcode < 0x40 && (opcode & 7) < 4)
			return opcode >= 0x38 ? FORM_READS : opcode & 2 ? FORM_TO_REG : FORM_TO_RM;
		switch (opcode) {
		case 0x63:
		case 0x69:
		case 0x6b:
		case 0x8a:
		case 0x8b:
		case 0x8d:
			return FORM_TO_REG;
		case 0x84:
		case 0x85:
			return FORM_READS;
		case 0x86:
		case 0x87:
		case 0x88:
		case 0x89:
			return FORM_TO_RM;
		case 0x80:
		case 0x81:
		case 0x83:
			return z->raw.modrm.reg == 7 ? FORM_RM_READ : FORM_RM;
		case 0xf6:
		case 0xf7:
			return z->raw.modrm.reg == 2 || z->raw.modrm.reg == 3 ? FORM_RM : FORM_RM_READ;
		case 0xc0:
		case 0xc1:
		case 0xc6:
		case 0xc7:
		case 0xd0:
		case 0xd1:
		case 0xd2:
		case 0xd3:
		case 0x8f:
			return FORM_RM;
		case 0xfe:
		case 0xff:
			return z->raw.modrm.reg <= 1 ? FORM_RM : FORM_RM_READ;
		default:
			return FORM_NONE;
		}
	}
	if (z->opcode_map == ZYDIS_OPCODE_MAP_0F) {
		if (opcode >= 0x40 && opcode <= 0x4f)
			return FORM_TO_REG;
		if (opcode >= 0x90 && opcode <= 0x9f)
			return FORM_RM;
		switch (opcode) {
		case 0xaf:
		case 0xb6:
		case 0xb7:
		case 0xb8:
		case 0xbc:
		case 0xbd:
		case 0xbe:
		case 0xbf:
			return FORM_TO_REG;
		default:
			return FORM_NONE;
		}
	}
	return FORM_NONE;
}

static void memory_operand(const struct inq_decoder *d, const ZydisDecodedInstruction *z, struct inq_insn *i)
{
	bool x64 = d->arch == INQ_ARCH_X86_64;
	uint8_t extend_b = x64 && z->raw.rex.B ? 8 : 0, extend_x = x64 && z->raw.rex.X ? 8 : 0;
	bool sib = z->attributes & ZYDIS_ATTRIB_HAS_SIB && z->raw.modrm.rm == 4;
	uint8_t base = sib ? z->raw.sib.base : z->raw.modrm.rm;
	int64_t disp = z->raw.disp.size ? z->raw.disp.value : 0;

	if (z->encoding == ZYDIS_INSTRUCTION_ENCODING_VEX) {
		extend_b = x64 && z->raw.vex.B == 0 ? 8 : 0;
		extend_x = x64 && z->raw.vex.X == 0 ? 8 : 0;
	}
	if (sib && (z->raw.sib.index != 4 || extend_x)) {
		i->rm = (uint8_t)(z->raw.sib.index + extend_x);
		i->shift = z->raw.sib.scale & 7;
	}
	if (base == 5 && z->raw.modrm.mod == 0) {
		if (!sib && x64) {
			i->ref = i->va + i->len + (uint64_t)disp;
			i->flags |= INQ_INSN_HAS_REF;
		} else {
			i->ref = x64 ? (uint64_t)disp : (uint32_t)disp;
			if (i->rm == INQ_REG_NONE)
				i->flags |= INQ_INSN_HAS_REF;
		}
	} else {
		i->rn = (uint8_t)(base + extend_b);
	}
	if (!(i->flags & (INQ_INSN_HAS_IMM | INQ_INSN_HAS_REF))) {
		i->imm = disp;
		i->flags |= INQ_INSN_BASE_DISP;
	} else if (!(i->flags & INQ_INSN_HAS_REF)) {
		i->ref = (uint64_t)disp;
	}
	if (i->flags & INQ_INSN_HAS_REF || z->raw.disp.size == 32) {
		i->address_at = z->raw.disp.offset;
		i->address_len = i->flags & INQ_INSN_HAS_REF ? z->raw.disp.size / 8 : 0;
	}
}

static void modrm_operands(const struct inq_decoder *d, const ZydisDecodedInstruction *z, struct inq_insn *i)
{
	bool x64 = d->arch == INQ_ARCH_X86_64, legacy = z->encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY;
	uint8_t reg = (uint8_t)(z->raw.modrm.reg + (legacy && x64 && z->raw.rex.R ? 8 : 0));
	uint8_t rm = (uint8_t)(z->raw.modrm.rm + (legacy && x64 && z->raw.rex.B ? 8 : 0));
	bool move = i->op == INQ_OP_MOVE || i->op == INQ_OP_EXTEND || i->op == INQ_OP_SELECT;
	enum form form = form_of(z);

	if (z->raw.modrm.mod == 3) {
		switch (form) {
		case FORM_TO_REG:
			i->rd = reg;
			i->rn = move ? rm : reg;
			i->rm = move ? INQ_REG_NONE : rm;
			break;
		case FORM_TO_RM:
			i->rd = rm;
			i->rn = move ? reg : rm;
			i->rm = move ? INQ_REG_NONE : reg;
			break;
		case FORM_READS:
			i->rn = rm;
			i->rm = reg;
			break;
		case FORM_RM:
			i->rd = rm;
			i->rn = move && i->flags & INQ_INSN_HAS_IMM ? INQ_REG_NONE : rm;
			break;
		case FORM_RM_READ:
			i->rn = rm;
			break;
		case FORM_NONE:
			break;
		}
		return;
	}
	memory_operand(d, z, i);
	switch (form) {
	case FORM_TO_REG:
		i->rd = reg;
		if (i->op != INQ_OP_ADDRESS)
			i->flags |= INQ_INSN_READS_MEMORY;
		if (i->op == INQ_OP_MOVE)
			i->op = INQ_OP_LOAD;
		break;
	case FORM_TO_RM:
		i->rs = reg;
		i->flags |= INQ_INSN_WRITES_MEMORY;
		if (i->op == INQ_OP_MOVE)
			i->op = INQ_OP_STORE;
		else
			i->flags |= INQ_INSN_READS_MEMORY;
		break;
	case FORM_READS:
		i->rs = reg;
		i->flags |= INQ_INSN_READS_MEMORY;
		break;
	case FORM_RM:
		i->flags |= INQ_INSN_WRITES_MEMORY;
		if (i->op == INQ_OP_MOVE)
			i->op = INQ_OP_STORE;
		else if (i->op != INQ_OP_SELECT)
			i->flags |= INQ_INSN_READS_MEMORY;
		break;
	case FORM_RM_READ:
	case FORM_NONE:
		if (i->op != INQ_OP_NOP)
			i->flags |= INQ_INSN_READS_MEMORY;
		break;
	}
}

/* The register that the low three bits of the opcode name: push, pop, bswap, mov r, imm. */
static uint8_t opcode_register(const struct inq_decoder *d, const ZydisDecodedInstruction *z)
{
	return (uint8_t)((z->opcode & 7) + (d->arch == INQ_ARCH_X86_64 && z->raw.rex.B ? 8 : 0));
}

static void plain_operands(const struct inq_decoder *d, const ZydisDecodedInstruction *z, struct inq_insn *i)
{
	if (z->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY || z->opcode_map != ZYDIS_OPCODE_MAP_DEFAULT)
		return;
	if (z->opcode >= 0xb0 && z->opcode <= 0xbf) {
		i->rd = opcode_register(d, z);
	} else if (z->opcode >= 0x50 && z->opcode <= 0x57) {
		i->rs = opcode_register(d, z);
	} else if (z->opcode >= 0x58 && z->opcode <= 0x5f) {
		i->rd = opcode_register(d, z);
	} else if (z->opcode < 0x40 && (z->opcode & 7) >= 4 && (z->opcode & 7) <= 5) {
		i->rn = 0;
		if (i->op != INQ_OP_COMPARE)
			i->rd = 0;
	} else if (z->opcode == 0x98) {
		i->rd = 0;
		i->rn = 0;
	} else if (d->arch == INQ_ARCH_X86_32 && z->opcode >= 0x40 && z->opcode <= 0x4f) {
		i->rd = z->opcode & 7;
		i->rn = i->rd;
		i->imm = 1;
		i->flags |= INQ_INSN_HAS_IMM;
	} else if (z->opcode >= 0xa0 && z->opcode <= 0xa3) {
		i->ref = (uint64_t)z->raw.disp.value;
		if (d->arch == INQ_ARCH_X86_32)
			i->ref = (uint32_t)i->ref;
		i->flags |= INQ_INSN_HAS_REF;
		i->address_at = z->raw.disp.offset;
		i->address_len = z->raw.disp.size / 8;
		if (z->opcode < 0xa2) {
			i->rd = 0;
			i->op = INQ_OP_LOAD;
			i->flags |= INQ_INSN_READS_MEMORY;
		} else {
			i->rs = 0;
			i->op = INQ_OP_STORE;
			i->flags |= INQ_INSN_WRITES_MEMORY;
		}
	}
}

static void set_flow(const struct inq_decoder *d, const ZydisDecodedInstruction *z, struct inq_insn *i)
{
	bool direct = z->raw.imm[0].size && z->raw.imm[0].is_relative;

	if (direct) {
		i->ref = i->va + i->len + (uint64_t)z->raw.imm[0].value.s;
		if (d->arch == INQ_ARCH_X86_32)
			i->ref = (uint32_t)i->ref;
		i->flags |= INQ_INSN_HAS_REF;
		i->address_at = z->raw.imm[0].offset;
		i->address_len = z->raw.imm[0].size / 8;
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"
	switch (z->meta.category) {
	case ZYDIS_CATEGORY_COND_BR:
		i->flow = direct ? INQ_FLOW_BRANCH : INQ_FLOW_NEXT;
		i->condition = (uint8_t)condition_of(z->mnemonic);
		break;
	case ZYDIS_CATEGORY_UNCOND_BR:
		i->flow = direct ? INQ_FLOW_JUMP : INQ_FLOW_JUMP_INDIRECT;
		break;
	case ZYDIS_CATEGORY_CALL:
		i->flow = direct ? INQ_FLOW_CALL : INQ_FLOW_CALL_INDIRECT;
		break;
	case ZYDIS_CATEGORY_RET:
	case ZYDIS_CATEGORY_SYSRET:
		i->flow = INQ_FLOW_RETURN;
		break;
	case ZYDIS_CATEGORY_INTERRUPT:
		/* int3 and int 0x29 (the fast fail of Windows) come back to nothing. */
		if (z->mnemonic == ZYDIS_MNEMONIC_INT3 ||
		        (z->opcode == 0xcd && z->raw.imm[0].value.u == 0x29)) {
			i->flow = INQ_FLOW_STOP;
			i->op = INQ_OP_TRAP;
		}
		break;
	default:
		if (i->op == INQ_OP_TRAP)
			i->flow = INQ_FLOW_STOP;
		break;
	}
#pragma GCC diagnostic pop
}

bool inq_x86_decode(const struct inq_decoder *d, uint64_t va, struct inq_bytes bytes, struct inq_insn *ret)
{
	ZydisDecoderContext context;
	ZydisDecodedInstruction z;

	if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(
	            &d->zydis, &context, bytes.at, bytes.len > 15 ? 15 : bytes.len, &z)))
		return false;
	*ret = (struct inq_insn){ .va = va,
		.mnemonic = (uint16_t)z.mnemonic,
		.len = z.length,
		.rd = INQ_REG_NONE,
		.rn = INQ_REG_NONE,
		.rm = INQ_REG_NONE,
		.rs = INQ_REG_NONE,
		.width = z.operand_width / 8 };
	ret->op = (uint8_t)op_of(&z);
	if (z.raw.imm[0].size && !z.raw.imm[0].is_relative) {
		ret->imm = z.raw.imm[0].value.s;
		ret->flags |= INQ_INSN_HAS_IMM;
	}
	if (z.encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY && z.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT &&
	        (z.opcode == 0xd0 || z.opcode == 0xd1)) {
		ret->imm = 1;
		ret->flags |= INQ_INSN_HAS_IMM;
	}
	if (ret->op == INQ_OP_ROTATE && ret->flags & INQ_INSN_HAS_IMM && z.mnemonic == ZYDIS_MNEMONIC_ROL)
		ret->imm = z.operand_width - ret->imm;
	if (ret->op == INQ_OP_SELECT)
		ret->condition = (uint8_t)condition_of(z.mnemonic);
	if (z.attributes & ZYDIS_ATTRIB_HAS_MODRM)
		modrm_operands(d, &z, ret);
	else
		plain_operands(d, &z, ret);
	if (ret->op == INQ_OP_PUSH || ret->op == INQ_OP_POP)
		ret->flags |= ret->op == INQ_OP_PUSH ? INQ_INSN_WRITES_MEMORY : INQ_INSN_READS_MEMORY;
	set_flow(d, &z, ret);
	return true;
}

static uint32_t register_bit(const struct inq_decoder *d, ZydisRegister reg)
{
	ZydisRegister whole;
	ZyanI8 id;

	if (reg == ZYDIS_REGISTER_NONE)
		return 0;
	whole = ZydisRegisterGetLargestEnclosing(
	        d->arch == INQ_ARCH_X86_64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32, reg);
	if (ZydisRegisterGetClass(whole) != ZYDIS_REGCLASS_GPR64 &&
	        ZydisRegisterGetClass(whole) != ZYDIS_REGCLASS_GPR32)
		return 0;
	id = ZydisRegisterGetId(whole);
	return id >= 0 && id < 16 ? 1U << id : 0;
}

bool inq_x86_registers(
        const struct inq_decoder *d, struct inq_bytes bytes, uint32_t *ret_reads, uint32_t *ret_writes)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction z;
	uint32_t reads = 0, writes = 0;

	if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(
	            &d->zydis, bytes.at, bytes.len > 15 ? 15 : bytes.len, &z, operands)))
		return false;
	for (unsigned i = 0; i < z.operand_count; i++) {
		const ZydisDecodedOperand *o = &operands[i];
		uint32_t bit;

		if (o->type == ZYDIS_OPERAND_TYPE_MEMORY) {
			reads |= register_bit(d, o->mem.base) | register_bit(d, o->mem.index);
		} else if (o->type == ZYDIS_OPERAND_TYPE_REGISTER) {
			bit = register_bit(d, o->reg.value);
			if (o->actions & ZYDIS_OPERAND_ACTION_MASK_READ)
				reads |= bit;
			if (o->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
				writes |= bit;
		}
	}
	/* xor r, r and sub r, r read nothing of what was there. */
	if ((z.mnemonic == ZYDIS_MNEMONIC_XOR || z.mnemonic == ZYDIS_MNEMONIC_SUB) &&
	        operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	        operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	        operands[0].reg.value == operands[1].reg.value)
		reads &= ~register_bit(d, operands[0].reg.value);
	*ret_reads = reads;
	*ret_writes = writes;
	return true;
}
