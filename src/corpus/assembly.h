/*
 * Private to the writing of a corpus: what is worked out, in order, between
 * the builder's heap and the file. Each step reads what those before it left.
 */
#ifndef CORPUS_ASSEMBLY_H
#define CORPUS_ASSEMBLY_H

#include "corpus/builder.h"
#include "corpus/layout.h"
#include "corpus/writer.h"

/* Feature keys in open addressing; `value` is how many functions have it, later its term. 0 functions: free. */
struct term_slot {
	uint32_t key, value;
};
struct term_table {
	struct inq_arena *arena; /* its own, so that growing frees what it outgrew */
	struct term_slot *at;
	size_t size, used;
};

/* A piece of TABLE_FEATURES; a function's bytes never straddle two. */
struct piece {
	struct piece *next;
	size_t len;
	uint8_t bytes[];
};
enum { PIECE_LEN = 1 << 20 };

struct assembly {
	struct inq_corpus_builder *b;
	struct inq_arena *arena;
	struct writer *w;
	void (*progress)(void *context, unsigned thousandths);
	void *context;

	uint32_t *labels; /* of the file, as numbers of the builder */
	uint32_t *samples;
	uint32_t sample_count;
	uint32_t *sample_firsts; /* of each of the file's samples, its first occurrence */
	uint32_t *sample_labels; /* of each of the file's samples, in the file */
	uint32_t *functions;
	uint32_t function_count;
	uint32_t family_count;

	uint32_t *occurrence_first; /* of each function, and the end: places in `occurrences` */
	uint32_t *occurrences; /* numbers of the file */
	uint32_t occurrence_count;
	uint32_t *occurrence_samples; /* of each of the file's occurrences */

	char *strings;
	size_t string_len, string_capacity;
	struct place_table string_places; /* offsets + 1 */
	uint32_t *label_names, *sample_names, *occurrence_names;

	struct term_table table;
	uint64_t *terms; /* ~functions << 32 | key, ascending: commonest first */
	uint32_t term_count;
	uint64_t feature_count;
	uint32_t *weights, *content_weights; /* of each function */

	struct piece *first_piece, *last_piece;
	uint64_t *feature_offs, *list_offs;
	uint64_t *group_offs;

	uint32_t cell_count;
	struct inq_vector *centres;
	uint32_t *spreads;
	uint32_t *cell_first; /* of each cell, and the end: its first place */
	uint32_t *placed, *places; /* the function at each place; the place of each function */

	uint64_t off[INQ_CORPUS_TABLES], len[INQ_CORPUS_TABLES];
};

/* All give false on the limit of the arena. */

/*
 * order.c: numbers for labels and samples, and for functions by where they
 * first occur; later, when the weights are known, the functions' own numbers
 * and their occurrences; the strings
 */
INQ_MUST bool assembly_order(struct assembly *y);
INQ_MUST bool assembly_order_functions(struct assembly *y);
INQ_MUST bool assembly_strings(struct assembly *y);

/* cells.c: puts the functions' vectors into cells, and writes both */
INQ_MUST bool assembly_cells(struct assembly *y);
void assembly_write_cells(struct assembly *y);
void assembly_write_vectors(struct assembly *y);

/* terms.c: counts the features and numbers them, weighs the functions, and turns each one's features into terms */
INQ_MUST bool assembly_terms(struct assembly *y);
INQ_MUST bool assembly_weights(struct assembly *y);
INQ_MUST bool assembly_features(struct assembly *y);
/* Writes TABLE_POSTINGS, in as many passes over the features as memory asks for. */
INQ_MUST bool assembly_postings(struct assembly *y);

#endif
