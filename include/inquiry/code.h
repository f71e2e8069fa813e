/*
 * The code of an exhibit: its functions, where they start and end, their
 * blocks, calls and instructions.
 *
 * Recovery starts from what the container states (symbols, entry, exports,
 * unwind tables), follows calls, jumps and jump tables, drops what lies behind
 * calls that do not return, and then reads the gaps that are left. Symbols
 * never change what is found: a program with its symbols removed has the same
 * functions wherever another source or a call names them.
 *
 * Everything lives in the arena. Not changed after recovery; may be shared
 * between threads. The same bytes give the same code, in address order.
 */
#ifndef INQUIRY_CODE_H
#define INQUIRY_CODE_H

#include <inquiry/insn.h>

/* A straight run of instructions; `first` and `count` index inq_code.insns. */
struct inq_block {
	uint64_t va;
	uint32_t size; /* bytes */
	uint32_t first, count;
	/*
	 * Up to two successors as block indices within the function (taken first),
	 * INQ_NO_BLOCK where there is none. The targets of a jump table are in
	 * inq_code.edges instead: `edge_first`, `edge_count`.
	 */
	uint32_t successor[2];
	uint32_t edge_first, edge_count;
};
#define INQ_NO_BLOCK UINT32_MAX

enum {
	INQ_FUNCTION_NO_RETURN = 1,
	INQ_FUNCTION_THUNK = 2, /* one jump to another function or import */
	INQ_FUNCTION_STUB = 4, /* made by a linker: one jump to an import */
	INQ_FUNCTION_INCOMPLETE = 8, /* holds an indirect jump that was not resolved, or undecodable bytes */
};

/* What a function refers to outside itself, in the order of its instructions. */
enum inq_reference_kind {
	INQ_REFERENCE_CALL, /* to a function of the exhibit: `value` is its address */
	INQ_REFERENCE_TAIL_CALL,
	INQ_REFERENCE_IMPORT, /* calls or takes import number `value` */
	INQ_REFERENCE_DATA, /* address in a region that is not code */
	INQ_REFERENCE_CODE, /* takes the address of a function */
};
struct inq_reference {
	uint64_t at_va, value;
	enum inq_reference_kind kind;
};

struct inq_function {
	uint64_t va; /* without the Thumb bit */
	uint64_t
	        size; /* bytes from the start to the end of its last block that lies in one piece with the start */
	uint32_t block_first, block_count; /* inq_code.blocks, entry first, then by address */
	uint32_t insn_count; /* in its blocks */
	uint32_t reference_first, reference_count; /* inq_code.references */
	const char *name; /* a symbol's or an export's, else NULL; never used to find or match */
	enum inq_source source; /* the best evidence that it starts here */
	uint8_t flags;
	bool thumb;
};

struct inq_code {
	const struct inq_exhibit *exhibit;
	const struct inq_decoder *decoder;
	struct inq_insn *insns;
	size_t insn_count;
	struct inq_block *blocks;
	size_t block_count;
	uint32_t *edges;
	size_t edge_count;
	struct inq_reference *references;
	size_t reference_count;
	struct inq_function *functions; /* sorted by address */
	size_t function_count;
	uint64_t code_bytes; /* in executable regions of code */
	uint64_t function_bytes; /* of these, in functions */
	uint64_t padding_bytes; /* of these, padding between functions */
	uint32_t unresolved_jumps; /* indirect jumps whose targets stayed unknown */
};

/*
 * Recovers the code of `x` into `*ret`. An exhibit without code, or of an
 * architecture without a decoder, has no functions: that is no failure.
 *
 * INQ_NO_MEMORY  the arena's limit
 */
INQ_MUST enum inq_status inq_code_recover(
        const struct inq_exhibit *x, struct inq_arena *a, struct inq_code *ret, struct inq_error *err);

/* The function that starts at `va`, or NULL. */
const struct inq_function *inq_code_function(const struct inq_code *c, uint64_t va);

/* The bytes of instruction `i`. */
struct inq_bytes inq_code_insn_bytes(const struct inq_code *c, const struct inq_insn *i);

#endif
