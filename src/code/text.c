/*
 * Instructions as people read them: Zydis' Intel syntax for x86, Capstone's
 * for the rest. Only shown, never compared: opening Capstone anew each time
 * costs microseconds and keeps a decoder free of state.
 *
 * Capstone 4.0.2 does not know the newest instructions. Where the decoder
 * does, the word is shown as data, as an assembler would take it.
 */
#include "code/decode.h"
#include <Zydis/Zydis.h>
#include <capstone/capstone.h>
#include <stdio.h>

static bool text_x86(const struct inq_decoder *d, uint64_t va, struct inq_bytes bytes, char *ret, size_t size)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction z;
	ZydisFormatter formatter;
	char text[256];

	if (ZYAN_FAILED(ZydisDecoderDecodeFull(&d->zydis, bytes.at, bytes.len, &z, operands)))
		return false;
	if (ZYAN_FAILED(ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL)) ||
	        ZYAN_FAILED(ZydisFormatterSetProperty(
	                &formatter, ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, ZYDIS_PADDING_DISABLED)) ||
	        ZYAN_FAILED(ZydisFormatterSetProperty(
	                &formatter, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE)))
		return false;
	/* Zydis fails where the text does not fit: it is cut here. */
	if (ZYAN_FAILED(ZydisFormatterFormatInstruction(
	            &formatter, &z, operands, z.operand_count_visible, text, sizeof text, va, NULL)))
		return false;
	snprintf(ret, size, "%s", text);
	return true;
}

static bool mode_of(const struct inq_decoder *d, bool thumb, cs_arch *ret_arch, cs_mode *ret_mode)
{
	/* Capstone's big-endian bit is the sign bit of its enum. */
	unsigned mode = d->big_endian ? (unsigned)CS_MODE_BIG_ENDIAN : 0;

	switch (d->arch) {
	case INQ_ARCH_A64:
		*ret_arch = CS_ARCH_ARM64;
		mode = 0;
		break;
	case INQ_ARCH_ARM:
		*ret_arch = CS_ARCH_ARM;
		mode |= (thumb ? (unsigned)CS_MODE_THUMB : 0) | (unsigned)CS_MODE_V8;
		break;
	case INQ_ARCH_MIPS:
		*ret_arch = CS_ARCH_MIPS;
		mode |= (unsigned)CS_MODE_MIPS32;
		break;
	case INQ_ARCH_NONE:
	case INQ_ARCH_X86_64:
	case INQ_ARCH_X86_32:
		return false;
	}
	*ret_mode = (cs_mode)mode;
	return true;
}

/* False where Capstone does not know the instruction. */
static bool text_capstone(
        const struct inq_decoder *d, uint64_t va, struct inq_bytes bytes, char *ret, size_t size)
{
	cs_insn *insn = NULL;
	cs_arch arch = CS_ARCH_ALL;
	cs_mode mode = CS_MODE_LITTLE_ENDIAN;
	size_t count;
	csh handle;

	if (!mode_of(d, va & 1, &arch, &mode) || cs_open(arch, mode, &handle) != CS_ERR_OK)
		return false;
	count = cs_disasm(handle, bytes.at, bytes.len, d->arch == INQ_ARCH_ARM ? va & ~1ull : va, 1, &insn);
	if (count) {
		snprintf(ret, size, "%s%s%s", insn->mnemonic, *insn->op_str ? " " : "", insn->op_str);
		cs_free(insn, count);
	}
	cs_close(&handle);
	return count;
}

bool inq_insn_text(const struct inq_decoder *d, uint64_t va, struct inq_bytes bytes, char *ret, size_t size)
{
	struct inq_insn i;
	uint32_t word;
	uint16_t half;

	if (!size)
		return false;
	if (d->arch == INQ_ARCH_X86_64 || d->arch == INQ_ARCH_X86_32)
		return text_x86(d, va, bytes, ret, size);
	if (!inq_insn_decode(d, va, bytes, &i))
		return false;
	bytes.len = i.len;
	if (text_capstone(d, va, bytes, ret, size))
		return true;
	if (i.len == 2 && inq_bytes_u16(bytes, 0, d->big_endian, &half))
		snprintf(ret, size, ".short 0x%04x", half);
	else if (inq_bytes_u32(bytes, 0, d->big_endian && d->arch != INQ_ARCH_A64, &word))
		snprintf(ret, size, ".word 0x%08x", word);
	return true;
}
