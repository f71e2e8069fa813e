/*
 * An ET_REL while it is laid out and linked to itself. Its allocated sections
 * follow one another from address 0; behind them lies the EXTERN region: a
 * cell of 16 bytes for each undefined symbol, then one for each GOT entry that
 * the code asks for. The GOT base (i386's and ARM's _GLOBAL_OFFSET_TABLE_) is
 * the region's start.
 */
#ifndef EXHIBIT_ELF_OBJECT_H
#define EXHIBIT_ELF_OBJECT_H

#include "exhibit/elf.h"

enum { ELF_CELL = 16 };

struct elf_object {
	struct elf *e;
	uint8_t **images; /* one a section: the copy that relocations change; NULL where none */
	struct elf_symbols symbols;
	size_t symbols_index; /* the section they are in */
	uint64_t *symbol_va; /* one a symbol: its address, or its cell's */
	uint64_t *slot_va; /* one a symbol: its GOT cell; 0 until asked for */
	uint8_t *flags; /* one a symbol: an ELF_SYMBOL_ value */
	uint64_t extern_va, extern_end;
	/* MIPS: GOT entries for pages of local symbols. */
	struct {
		uint64_t page_va, slot_va;
	} pages[64];
	size_t page_count;
};

enum {
	ELF_SYMBOL_OUTSIDE = 1, /* undefined, or common: its address is its cell */
	ELF_SYMBOL_THUMB = 2, /* a function in Thumb; its address has bit 0 set */
	ELF_SYMBOL_ARM = 4, /* a function in A32 */
	ELF_SYMBOL_LOCAL = 8,
	ELF_SYMBOL_LINKER = 16, /* the linker defines it: no import */
	ELF_SYMBOL_GP = 32, /* MIPS: _gp_disp */
};

/* One relocation. Sums wrap at 64 bits. */
struct elf_place {
	struct inq_bytes before; /* the bytes of the section before it, relocated so far */
	uint8_t *at;
	size_t room; /* bytes from `at` to the end of the section */
	uint64_t va;
	uint32_t type;
	uint64_t symbol_index, symbol_va;
	uint8_t symbol_flags;
	bool has_addend; /* else it stands in the bytes */
	uint64_t addend;
	uint32_t low; /* MIPS: the instruction that holds the low half of this high half's addend */
	bool holds_pointers; /* a whole address written here is one that the program reads */
};

/* LEFT: of a kind whose value only the last linker knows, as for thread-local storage. */
enum elf_outcome { ELF_APPLIED, ELF_LEFT, ELF_UNKNOWN, ELF_OUTSIDE };

/* The GOT cell of a symbol, made at the first call. */
uint64_t elf_object_slot(struct elf_object *o, const struct elf_place *p);

/* The MIPS GOT cell that holds `page_va`; 0 where there are too many. */
uint64_t elf_object_page_slot(struct elf_object *o, uint64_t page_va);

/* Integers of the bytes to change, in the file's byte order; `at` has the room. */
uint16_t elf_get16(const struct elf_object *o, const uint8_t *at);
uint32_t elf_get32(const struct elf_object *o, const uint8_t *at);
void elf_put16(const struct elf_object *o, uint8_t *at, uint16_t value);
void elf_put32(const struct elf_object *o, uint8_t *at, uint32_t value);
void elf_put64(const struct elf_object *o, uint8_t *at, uint64_t value);

/* Writes `value` in `size` bytes; `is_address` where it is a whole address, not a distance. */
enum elf_outcome elf_put_data(
        struct elf_object *o, const struct elf_place *p, unsigned size, uint64_t value, bool is_address);

/* The addend: stated, or the `size` bytes in place, as a signed number. */
INQ_MUST bool elf_addend(const struct elf_object *o, const struct elf_place *p, unsigned size, uint64_t *ret);

/*
 * One function a machine. Each writes what its psABI says, or nothing; values
 * out of an instruction's range are cut, as the object cannot tell where a
 * linker would put a veneer.
 */
enum elf_outcome elf_relocate_x86_64(struct elf_object *o, const struct elf_place *p);
enum elf_outcome elf_relocate_x86_32(struct elf_object *o, const struct elf_place *p);
enum elf_outcome elf_relocate_a64(struct elf_object *o, const struct elf_place *p);
enum elf_outcome elf_relocate_arm(struct elf_object *o, const struct elf_place *p);
enum elf_outcome elf_relocate_mips(struct elf_object *o, const struct elf_place *p);

/* Applies all relocations of the object: elf_relocate.c. */
void elf_relocate(struct elf_object *o);

#endif
