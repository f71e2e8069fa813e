/*
 * Private to the recovery of functions: one struct that the phases share, and
 * what each phase does to it.
 *
 *   seed      the container's hints become starts
 *   explore   from each start, follow the flow; decode every instruction once
 *   shape     cut what was decoded into blocks, give blocks to functions,
 *             find functions that do not return, drop what lies behind them
 *   gap       read what is left between functions; accept what looks like one
 *   emit      write the result out
 *
 * shape and gap repeat until nothing changes.
 */
#ifndef INQUIRY_CODE_RECOVER_H
#define INQUIRY_CODE_RECOVER_H

#include "code/decode.h"
#include <inquiry/code.h>

/* What is known of one unit (byte, halfword or word) of a span. */
enum {
	MARK_LEADER = 1, /* a block begins here */
	MARK_START = 2, /* a function starts here: flow does not fall into it */
	MARK_DATA = 4, /* a jump table or a literal */
	MARK_LIVE = 8, /* belongs to a function */
	MARK_TAKEN = 16, /* its address is stored or taken somewhere */
	MARK_THUMB = 32, /* decoded as Thumb */
	MARK_INNER = 64, /* inside what an unwind table states to be one function */
	MARK_TRIED = 128, /* explored as a candidate: once is enough */
};

/* A region of code, with a cell for each unit: 0, the number of its instruction plus one, or INSIDE. */
struct span {
	uint64_t va;
	size_t units;
	struct inq_bytes bytes;
	uint32_t *insn;
	uint8_t *mark;
};
#define INSIDE UINT32_MAX

/* Instructions decoded one after another without a break: [first, first + count). */
struct run {
	uint32_t first, count;
};

struct start {
	uint64_t va; /* with the Thumb bit */
	const char *name;
	uint32_t insn; /* of its first instruction, plus one; 0: not explored */
	enum inq_source source;
	uint64_t stated_end; /* from a size the container gives; 0: none */
	bool no_return, dead, explored;
	bool unwound; /* a table that lists functions states its size */
	bool no_code; /* no instruction begins there */
	bool reached; /* something other than a dead call names it */
	bool left; /* its flow leaves the stretch up to the next start */
	bool called, framed;
	uint32_t
	        jumper; /* the one function, plus one, that jumps here with its frame up; UINT32_MAX: several */
};

/* One address to go on from, and what registers hold there. */
struct pending {
	uint64_t va;
	uint64_t bound;
	int64_t depth;
	uint64_t value[8];
	uint8_t reg[8];
	uint8_t count;
};

enum block_end {
	END_FALL, /* into the next block: a leader, or code already decoded */
	END_CALL, /* a call, then the next block */
	END_STOP, /* a trap, or a call that does not come back */
	END_BAD, /* no instruction follows */
	END_RETURN,
	END_BRANCH,
	END_JUMP,
	END_TABLE,
	END_UNKNOWN, /* an indirect jump that stayed unresolved */
	END_IMPORT, /* a jump to an import */
};

struct chunk {
	uint64_t va, end_va; /* end: past its last byte */
	uint64_t target; /* of BRANCH, JUMP and CALL; 0: none */
	uint32_t first, count;
	uint32_t owner; /* number of the start plus one; 0: none */
	uint32_t start; /* the live start that begins here, the same way */
	uint32_t to_insn; /* the instruction at target, plus one; 0: not looked up */
	uint32_t next, to; /* the blocks at end_va and target, numbered plus one; 0: none decoded there */
	uint32_t table; /* of END_TABLE: number plus one */
	uint8_t end;
	bool falls; /* control may reach end_va */
	bool framed; /* it pushes, or moves the stack pointer */
	bool epilogue; /* it takes its frame down before it leaves */
};

/* The resolved targets of one indirect jump: [first, first + count) of `targets`. */
struct table {
	uint32_t insn, first, count;
};

/* Code without a start of its own that belongs to the function at `owner_va`. */
struct part {
	uint64_t va, owner_va;
};

/* Units [unit, end) of a span that no function has claimed. */
struct gap {
	struct span *span;
	size_t unit, end;
};

struct map {
	uint64_t *key; /* 0: free */
	uint32_t *value;
	size_t room, count;
};

struct recovery {
	const struct inq_exhibit *x;
	const struct inq_decoder *d;
	struct inq_arena *a;
	bool no_memory;
	unsigned unit_shift;
	bool trust_immediates; /* constants in the image's range are addresses */

	struct span *spans;
	size_t span_count;
	struct inq_insn *insns;
	size_t insn_count, insn_capacity;
	struct run *runs; /* not yet cut into blocks */
	size_t run_count, run_capacity;
	struct pending *pending; /* of the exploration in hand */
	size_t pending_count, pending_capacity;
	uint64_t *splits; /* leaders found inside code that was cut already */
	size_t split_count, split_capacity;
	unsigned reg_count;
	struct start *starts;
	size_t start_count, start_capacity, start_explored;
	struct map start_of; /* address without Thumb bit -> start number */
	struct map stub_of; /* address -> import number plus one */
	struct map slot_of; /* slot address -> import number */
	struct table *tables;
	size_t table_count, table_capacity;
	uint64_t *targets;
	size_t target_count, target_capacity;
	struct part *parts;
	size_t part_count, part_capacity;
	struct chunk *chunks; /* sorted by address */
	size_t chunk_count, chunk_capacity;
	uint32_t *chunk_of; /* instruction -> chunk plus one, at first instructions only */
	size_t chunk_of_room;

	/*
	 * Constants that the function in hand keeps on its stack, by register and
	 * displacement. Compilers spill the address of a table like any value.
	 */
	struct spill {
		int64_t off;
		uint64_t value;
		uint8_t base;
		bool several; /* more than one constant went there */
	} spills[32];
	unsigned spill_count;

	size_t units; /* of all spans */
	size_t tried; /* instructions that candidates in the gaps have cost so far */
	size_t accepted; /* functions that the gaps gave so far */
	struct gap *gaps; /* what is left between the functions; made by each inq_gap */
	size_t gap_count, gap_capacity;

	/* what the exploration in hand has met; reset by inq_explore */
	struct {
		unsigned bad, clashes, fell_into_start;
		uint64_t entered_va; /* a jump or fall into code that was there before; 0: none */
		uint64_t last_va; /* of the last instruction that fell into a start */
	} met;
};

/* The address without what ARM's code addresses say of the instruction set. */
static inline uint64_t plain(const struct recovery *r, uint64_t va)
{
	return r->d->arch == INQ_ARCH_ARM ? va & ~1ULL : va;
}

static inline bool is_x86(const struct recovery *r)
{
	return r->d->arch == INQ_ARCH_X86_64 || r->d->arch == INQ_ARCH_X86_32;
}

/* recover.c: ARM, from the look of the words at `va`, in whichever instruction set they are */
bool inq_thumb_likely(const struct recovery *r, uint64_t va);

/* explore.c */
struct span *inq_span(const struct recovery *r, uint64_t va, size_t *ret_unit);
void inq_start_add(struct recovery *r, uint64_t va, enum inq_source source, uint64_t size, const char *name);
struct start *inq_start_at(const struct recovery *r, uint64_t va);
void inq_explore(struct recovery *r, uint64_t va);
/* Explores every start that was not yet; those that begin with no instruction are dead. */
void inq_explore_starts(struct recovery *r);
/* Bytes of the code that are a table or a literal are no instructions from now on. */
void inq_mark_data(struct recovery *r, uint64_t va, uint64_t size);
bool inq_map_put(struct recovery *r, struct map *m, uint64_t key, uint32_t value);
bool inq_map_get(const struct map *m, uint64_t key, uint32_t *ret);

/* value.c: what registers hold, as far as code addresses and jump tables need it */
enum value_kind {
	VALUE_NONE,
	VALUE_CONST, /* at */
	VALUE_INDEX, /* unknown << shift */
	VALUE_ADDRESS, /* at + (unknown << shift) */
	VALUE_ENTRY, /* an entry of `width` bytes of the table `at`, stride 1 << shift, << scale */
	VALUE_SUM, /* base + such an entry */
	VALUE_IMPORT, /* at = number */
};
struct value {
	uint64_t at, base;
	uint8_t kind, shift, scale, width;
	bool is_signed;
};
struct state {
	struct value reg[32];
	uint64_t bound; /* an index is below it; 0: not known */
	uint64_t compared; /* constant of the last comparison */
	bool has_compared;
	int64_t depth; /* x86: bytes the stack pointer is below where it stood at entry */
	unsigned it_left; /* Thumb: instructions left in the IT block */
};
void inq_state_start(const struct recovery *r, uint64_t va, struct state *ret);
/* Takes the instruction into the state, and turns constants it proves to be addresses into `ref`. */
void inq_state_step(struct recovery *r, struct state *s, struct inq_insn *i);
void inq_state_call(const struct recovery *r, struct state *s, const struct inq_insn *i);
/* Where the indirect jump or call `i` goes. */
struct value inq_state_target(const struct recovery *r, const struct state *s, const struct inq_insn *i);
uint64_t inq_pointer_at(const struct inq_exhibit *x, uint64_t slot_va); /* 0: none */

/* table.c: reads the jump table behind `i`; adds it and gives true where it has targets */
bool inq_table_read(struct recovery *r, const struct state *s, uint32_t insn);

/* cut.c: brings `chunks` up to date with what was explored, by address and linked to each other */
void inq_cut(struct recovery *r);
uint32_t inq_chunk_number(
        const struct recovery *r, uint64_t va); /* of the block at `va`, plus one; 0: none */
/* The block that begins at `va`, or NULL. */
struct chunk *inq_chunk_at(const struct recovery *r, uint64_t va);
/* How many blocks begin at `va` or before: the last of them is the one before the count. */
size_t inq_chunks_up_to(const struct recovery *r, uint64_t va);
/* The block that holds `va`, or NULL. */
struct chunk *inq_chunk_around(const struct recovery *r, uint64_t va);
bool inq_start_is_stub(const struct recovery *r, uint64_t va, uint32_t *ret_import);

/* shape.c */
void inq_shape(struct recovery *r);

/* gap.c: true where it found a function */
bool inq_gap(struct recovery *r);
/* Bytes of padding right behind functions. */
uint64_t inq_gap_padding(struct recovery *r);

/* frame.c: false where code that begins at `va` cannot be the start of a function under the usual ABIs */
bool inq_frame_plausible(const struct recovery *r, uint64_t va);
/* The same of all instructions from number `first` on, taken together and in any order. */
bool inq_frame_closed(const struct recovery *r, size_t first);

/* noreturn.c */
bool inq_import_no_return(const struct inq_exhibit *x, uint32_t import);

/* emit.c */
INQ_MUST enum inq_status inq_emit(struct recovery *r, struct inq_code *ret, struct inq_error *err);

#endif
