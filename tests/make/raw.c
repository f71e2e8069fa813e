#include "raw.h"

/* Assembled from the listings beside the bytes. */

/* A switch: five cases behind a table of offsets that stands in the code. */
static const char jump_table[] =
        /* entry, 0x00 */
        "\x48\x83\xec\x08" /* sub rsp,0x8 */
        "\xe8\x07\x00\x00\x00" /* call 10 */
        "\x48\x83\xc4\x08" /* add rsp,0x8 */
        "\xc3" /* ret */
        "\xcc\xcc" /* int3 */
        /* dispatch, 0x10 */
        "\x83\xff\x04" /* cmp edi,0x4 */
        "\x77\x29" /* ja 3e */
        "\x48\x8d\x15\x28\x00\x00\x00" /* lea rdx,[rip+0x28] # 44 */
        "\x89\xff" /* mov edi,edi */
        "\x48\x63\x04\xba" /* movsxd rax,DWORD PTR [rdx+rdi*4] */
        "\x48\x01\xd0" /* add rax,rdx */
        "\xff\xe0" /* jmp rax */
        "\xb8\x0a\x00\x00\x00" /* mov eax,0xa */
        "\xc3" /* ret */
        "\xb8\x15\x00\x00\x00" /* mov eax,0x15 */
        "\xc3" /* ret */
        "\x8d\x46\x03" /* lea eax,[rsi+0x3] */
        "\xc3" /* ret */
        "\x6b\xc6\x07" /* imul eax,esi,0x7 */
        "\xc3" /* ret */
        "\x31\xc0" /* xor eax,eax */
        "\xc3" /* ret */
        "\xb8\xff\xff\xff\xff" /* mov eax,0xffffffff */
        "\xc3" /* ret */
        /* table, 0x44 */
        "\xe3\xff\xff\xff" /* case 0 */
        "\xe9\xff\xff\xff" /* case 1 */
        "\xef\xff\xff\xff" /* case 2 */
        "\xf3\xff\xff\xff" /* case 3 */
        "\xf7\xff\xff\xff" /* case 4 */;

/* `first` ends in a jump to `other`, which `entry` calls. */
static const char tail_call[] =
        /* entry, 0x00 */
        "\x53" /* push rbx */
        "\x89\xfb" /* mov ebx,edi */
        "\xe8\x18\x00\x00\x00" /* call 20 */
        "\x89\xdf" /* mov edi,ebx */
        "\xe8\x21\x00\x00\x00" /* call 30 */
        "\x5b" /* pop rbx */
        "\xc3" /* ret */
        "\x66\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00" /* data16 cs nop WORD PTR [rax+rax*1+0x0] */
        "\x0f\x1f\x40\x00" /* nop DWORD PTR [rax+0x0] */
        /* first, 0x20 */
        "\x55" /* push rbp */
        "\x48\x89\xe5" /* mov rbp,rsp */
        "\x83\xc7\x01" /* add edi,0x1 */
        "\x5d" /* pop rbp */
        "\xeb\x06" /* jmp 30 */
        "\x66\x0f\x1f\x44\x00\x00" /* nop WORD PTR [rax+rax*1+0x0] */
        /* other, 0x30 */
        "\x55" /* push rbp */
        "\x48\x89\xe5" /* mov rbp,rsp */
        "\x8d\x04\x7f" /* lea eax,[rdi+rdi*2] */
        "\x5d" /* pop rbp */
        "\xc3" /* ret */;

/* Behind `call die` stands another function, without padding. */
static const char no_return[] =
        /* entry, 0x00 */
        "\x53" /* push rbx */
        "\x89\xfb" /* mov ebx,edi */
        "\xe8\x0d\x00\x00\x00" /* call 15 */
        "\x85\xc0" /* test eax,eax */
        "\x78\x02" /* js e */
        "\x5b" /* pop rbx */
        "\xc3" /* ret */
        "\x89\xdf" /* mov edi,ebx */
        "\xe8\x08\x00\x00\x00" /* call 1d */
        /* next, 0x15 */
        "\x55" /* push rbp */
        "\x48\x89\xe5" /* mov rbp,rsp */
        "\x89\xf8" /* mov eax,edi */
        "\x5d" /* pop rbp */
        "\xc3" /* ret */
        /* die, 0x1d */
        "\xb8\x3c\x00\x00\x00" /* mov eax,0x3c */
        "\x0f\x05" /* syscall */
        "\x0f\x0b" /* ud2 */;

/* Long nops, int3 and zeros between functions: none of it is one. */
static const char padding[] =
        /* entry, 0x00 */
        "\x53" /* push rbx */
        "\xe8\x1a\x00\x00\x00" /* call 20 */
        "\xe8\x35\x00\x00\x00" /* call 40 */
        "\xe8\x50\x00\x00\x00" /* call 60 */
        "\x5b" /* pop rbx */
        "\xc3" /* ret */
        "\x66\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00" /* data16 cs nop WORD PTR [rax+rax*1+0x0] */
        "\x0f\x1f\x00" /* nop DWORD PTR [rax] */
        /* one, 0x20 */
        "\xb8\x01\x00\x00\x00" /* mov eax,0x1 */
        "\xc3" /* ret */
        "\x66\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00" /* data16 cs nop WORD PTR [rax+rax*1+0x0] */
        "\x66\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00" /* data16 cs nop WORD PTR [rax+rax*1+0x0] */
        "\x0f\x1f\x40\x00" /* nop DWORD PTR [rax+0x0] */
        /* two, 0x40 */
        "\xb8\x02\x00\x00\x00" /* mov eax,0x2 */
        "\xc3" /* ret */
        "\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc" /* int3 */
        "\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc" /* int3 */
        /* three, 0x60 */
        "\xb8\x03\x00\x00\x00" /* mov eax,0x3 */
        "\xc3" /* ret */
        "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" /* zeros */
        "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" /* zeros */
        "\x00\x00\x00\x00\x00\x00\x00\x00" /* zeros */;

/* Nothing refers to the last function. */
static const char gap[] =
        /* entry, 0x00 */
        "\x53" /* push rbx */
        "\xe8\x0a\x00\x00\x00" /* call 10 */
        "\x5b" /* pop rbx */
        "\xc3" /* ret */
        "\x0f\x1f\x84\x00\x00\x00\x00\x00" /* nop DWORD PTR [rax+rax*1+0x0] */
        /* one, 0x10 */
        "\xb8\x01\x00\x00\x00" /* mov eax,0x1 */
        "\xc3" /* ret */
        "\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00" /* cs nop WORD PTR [rax+rax*1+0x0] */
        /* unreferenced, 0x20 */
        "\x55" /* push rbp */
        "\x48\x89\xe5" /* mov rbp,rsp */
        "\x53" /* push rbx */
        "\x48\x83\xec\x18" /* sub rsp,0x18 */
        "\x89\xfb" /* mov ebx,edi */
        "\xe8\xe0\xff\xff\xff" /* call 10 */
        "\x01\xd8" /* add eax,ebx */
        "\x48\x83\xc4\x18" /* add rsp,0x18 */
        "\x5b" /* pop rbx */
        "\x5d" /* pop rbp */
        "\xc3" /* ret */
        "\x0f\x1f\x80\x00\x00\x00\x00" /* nop DWORD PTR [rax+0x0] */;

/* Calls, a tail call and a branch. */
static const char a64[] =
        /* entry, 0x00 */
        "\xfd\x7b\xbf\xa9" /* stp x29, x30, [sp, #-16]! */
        "\xfd\x03\x00\x91" /* add x29, sp, #0x0 */
        "\x04\x00\x00\x94" /* bl 18 */
        "\x05\x00\x00\x94" /* bl 20 */
        "\xfd\x7b\xc1\xa8" /* ldp x29, x30, [sp], #16 */
        "\xc0\x03\x5f\xd6" /* ret */
        /* one, 0x18 */
        "\x00\x04\x00\x11" /* add w0, w0, #0x1 */
        "\x01\x00\x00\x14" /* b 20 */
        /* two, 0x20 */
        "\x40\x00\x00\x34" /* cbz w0, 28 */
        "\x60\x00\x80\x52" /* movz w0, #0x3 */
        "\xc0\x03\x5f\xd6" /* ret */;

/* The same in A32, with a conditional instruction. */
static const char arm[] =
        /* entry, 0x00 */
        "\x10\x40\x2d\xe9" /* push {r4, lr} */
        "\x01\x00\x00\xeb" /* bl 10 */
        "\x02\x00\x00\xeb" /* bl 18 */
        "\x10\x80\xbd\xe8" /* pop {r4, pc} */
        /* one, 0x10 */
        "\x01\x00\x80\xe2" /* add r0, r0, #1 */
        "\xff\xff\xff\xea" /* b 18 */
        /* two, 0x18 */
        "\x00\x00\x50\xe3" /* cmp r0, #0 */
        "\x03\x00\xa0\x03" /* moveq r0, #3 */
        "\x1e\xff\x2f\xe1" /* bx lr */;

/* The same in Thumb. */
static const char thumb[] =
        /* entry, 0x00 */
        "\x10\xb5" /* push {r4, lr} */
        "\x00\xf0\x03\xf8" /* bl c */
        "\x00\xf0\x04\xf8" /* bl 12 */
        "\x10\xbd" /* pop {r4, pc} */
        /* one, 0x0c */
        "\x01\x30" /* adds r0, #1 */
        "\x00\xf0\x00\xb8" /* b.w 12 */
        /* two, 0x12 */
        "\x00\xb1" /* cbz r0, 16 */
        "\x03\x20" /* movs r0, #3 */
        "\x70\x47" /* bx lr */;

/* The same in MIPS, big-endian, with delay slots. */
static const char mips[] =
        /* entry, 0x00 */
        "\x27\xbd\xff\xe8" /* addiu $29,$29,-24 */
        "\xaf\xbf\x00\x14" /* sw $31,20($29) */
        "\x04\x11\x00\x06" /* bal 24 */
        "\x00\x00\x00\x00" /* nop */
        "\x04\x11\x00\x07" /* bal 30 */
        "\x00\x00\x00\x00" /* nop */
        "\x8f\xbf\x00\x14" /* lw $31,20($29) */
        "\x03\xe0\x00\x08" /* jr $31 */
        "\x27\xbd\x00\x18" /* addiu $29,$29,24 */
        /* one, 0x24 */
        "\x24\x84\x00\x01" /* addiu $4,$4,1 */
        "\x03\xe0\x00\x08" /* jr $31 */
        "\x00\x80\x10\x25" /* move $2,$4 */
        /* two, 0x30 */
        "\x10\x80\x00\x02" /* beqz $4,3c */
        "\x00\x00\x00\x00" /* nop */
        "\x24\x02\x00\x03" /* li $2,3 */
        "\x03\xe0\x00\x08" /* jr $31 */
        "\x00\x00\x00\x00" /* nop */;

const struct make_raw make_raws[] = {
	{ "jump_table", INQ_ARCH_X86_64, false, false, jump_table, sizeof jump_table - 1, 2, { 0x0, 0x10 } },
	{ "tail_call", INQ_ARCH_X86_64, false, false, tail_call, sizeof tail_call - 1, 3,
	        { 0x0, 0x20, 0x30 } },
	{ "no_return", INQ_ARCH_X86_64, false, false, no_return, sizeof no_return - 1, 3,
	        { 0x0, 0x15, 0x1d } },
	{ "padding", INQ_ARCH_X86_64, false, false, padding, sizeof padding - 1, 4,
	        { 0x0, 0x20, 0x40, 0x60 } },
	{ "gap", INQ_ARCH_X86_64, false, false, gap, sizeof gap - 1, 3, { 0x0, 0x10, 0x20 } },
	{ "a64", INQ_ARCH_A64, false, false, a64, sizeof a64 - 1, 3, { 0x0, 0x18, 0x20 } },
	{ "arm", INQ_ARCH_ARM, false, false, arm, sizeof arm - 1, 3, { 0x0, 0x10, 0x18 } },
	{ "thumb", INQ_ARCH_ARM, false, true, thumb, sizeof thumb - 1, 3, { 0x0, 0xc, 0x12 } },
	{ "mips", INQ_ARCH_MIPS, true, false, mips, sizeof mips - 1, 3, { 0x0, 0x24, 0x30 } },
};
const size_t make_raw_count = sizeof make_raws / sizeof *make_raws;
