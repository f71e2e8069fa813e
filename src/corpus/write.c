#include "corpus/assembly.h"
#include "corpus/sort.h"
#include <string.h>

static void begin(struct assembly *y, enum table table)
{
	writer_align(y->w);
	y->off[table] = y->w->at;
}

static void end(struct assembly *y, enum table table)
{
	y->len[table] = y->w->at - y->off[table];
}

static void write_features(struct assembly *y)
{
	begin(y, TABLE_FEATURES);
	for (const struct piece *p = y->first_piece; p; p = p->next)
		writer_bytes(y->w, p->bytes, p->len);
	end(y, TABLE_FEATURES);
}

/* Labels and occurrences of each function; samples are in the order of labels, so both ascend. */
static bool write_lists(struct assembly *y)
{
	y->list_offs = inq_arena_new(y->arena, y->function_count, sizeof *y->list_offs);
	if (!y->list_offs)
		return false;
	begin(y, TABLE_LISTS);
	for (uint32_t i = 0; i < y->function_count; i++) {
		uint32_t first = y->occurrence_first[i], last = y->occurrence_first[i + 1];
		uint32_t labels = 0, families = 0, before = UINT32_MAX, written = 0;

		y->list_offs[i] = y->w->at - y->off[TABLE_LISTS];
		for (uint32_t j = first; j < last; j++) {
			uint32_t label = y->sample_labels[y->occurrence_samples[y->occurrences[j]]];

			if (label == before)
				continue;
			before = label;
			labels++;
			families += y->b->labels[y->labels[label]].kind == INQ_LABEL_FAMILY;
		}
		writer_number(y->w, labels);
		writer_number(y->w, families);
		before = UINT32_MAX;
		for (uint32_t j = first; j < last; j++) {
			uint32_t label = y->sample_labels[y->occurrence_samples[y->occurrences[j]]];

			if (label == before)
				continue;
			writer_number(y->w, label - written);
			before = written = label;
		}
		written = 0;
		for (uint32_t j = first; j < last; j++) {
			writer_number(y->w, y->occurrences[j] - written);
			written = y->occurrences[j];
		}
	}
	end(y, TABLE_LISTS);
	return true;
}

static void write_functions(struct assembly *y)
{
	begin(y, TABLE_FUNCTIONS);
	for (uint32_t i = 0; i < y->function_count; i++) {
		const struct built_function *f = &y->b->functions[y->functions[i]];
		uint32_t occurrence = y->occurrences[y->occurrence_first[i]];
		const struct built_sample *s = &y->b->samples[y->samples[y->occurrence_samples[occurrence]]];

		writer_u64(y->w, f->exact[0]);
		writer_u64(y->w, f->exact[1]);
		writer_u64(y->w, y->feature_offs[i]);
		writer_u64(y->w, y->list_offs[i]);
		writer_u32(
		        y->w, s->occurrences[occurrence - y->sample_firsts[y->occurrence_samples[occurrence]]]
		                      .size);
		writer_u32(y->w, f->block_count);
		writer_u32(y->w, f->insn_count);
		writer_u32(y->w, f->feature_count);
		writer_u32(y->w, y->occurrence_first[i + 1] - y->occurrence_first[i]);
		writer_u32(y->w, y->places[i]);
	}
	end(y, TABLE_FUNCTIONS);
}

static bool write_exact(struct assembly *y)
{
	struct pair *pairs = inq_arena_new(y->arena, y->function_count, sizeof *pairs);
	struct pair *space = inq_arena_new(y->arena, y->function_count, sizeof *space);

	if (!pairs || !space)
		return false;
	for (uint32_t i = 0; i < y->function_count; i++)
		pairs[i] = (struct pair){ y->b->functions[y->functions[i]].exact[1], i };
	sort_pairs(pairs, space, y->function_count);
	for (uint32_t i = 0; i < y->function_count; i++)
		pairs[i].key = y->b->functions[y->functions[pairs[i].value]].exact[0];
	sort_pairs(pairs, space, y->function_count);
	begin(y, TABLE_EXACT);
	for (uint32_t i = 0; i < y->function_count; i++)
		writer_u32(y->w, (uint32_t)pairs[i].value);
	end(y, TABLE_EXACT);
	return true;
}

static void write_labels(struct assembly *y)
{
	uint32_t sample = 0;

	begin(y, TABLE_LABELS);
	for (uint32_t i = 0; i < y->b->label_count; i++) {
		const struct built_label *l = &y->b->labels[y->labels[i]];

		writer_u32(y->w, y->label_names[i]);
		writer_u32(y->w, l->kind);
		writer_u32(y->w, l->published);
		writer_u32(y->w, sample);
		writer_u32(y->w, l->sample_count);
		sample += l->sample_count;
	}
	end(y, TABLE_LABELS);
}

static void write_samples(struct assembly *y)
{
	begin(y, TABLE_SAMPLES);
	for (uint32_t i = 0; i < y->sample_count; i++) {
		const struct built_sample *s = &y->b->samples[y->samples[i]];
		const struct inq_program *p = &s->program;

		writer_bytes(y->w, p->sha256.byte, sizeof p->sha256.byte);
		writer_u64(y->w, p->file_bytes);
		writer_u64(y->w, p->code_bytes);
		writer_u64(y->w, p->function_bytes);
		writer_u64(y->w, p->padding_bytes);
		writer_u32(y->w, y->sample_names[i]);
		writer_u32(y->w, y->sample_labels[i]);
		writer_u32(y->w, p->flags);
		writer_u32(y->w, p->unresolved_jumps);
		writer_u32(y->w, y->sample_firsts[i]);
		writer_u32(y->w, s->occurrence_count);
		writer_u32(y->w, s->published);
		writer_u8(y->w, p->format);
		writer_u8(y->w, p->arch);
		writer_u8(y->w, p->bits);
		writer_u8(y->w, p->kind);
		writer_u32(y->w, p->big_endian);
	}
	end(y, TABLE_SAMPLES);
}

static void write_occurrences(struct assembly *y)
{
	uint32_t occurrence = 0, callee = 0;

	begin(y, TABLE_OCCURRENCES);
	for (uint32_t i = 0; i < y->sample_count; i++) {
		const struct built_sample *s = &y->b->samples[y->samples[i]];

		for (uint32_t j = 0; j < s->occurrence_count; j++, occurrence++) {
			const struct built_occurrence *o = &s->occurrences[j];

			writer_u64(y->w, o->va);
			writer_u32(y->w, y->b->functions[o->function].number);
			writer_u32(y->w, i);
			writer_u32(y->w, o->size);
			writer_u32(y->w, y->occurrence_names[occurrence]);
			writer_u32(y->w, callee);
			writer_u32(y->w, o->flags);
			callee += o->callee_count;
		}
	}
	end(y, TABLE_OCCURRENCES);
	begin(y, TABLE_CALLEES);
	for (uint32_t i = 0; i < y->sample_count; i++) {
		const struct built_sample *s = &y->b->samples[y->samples[i]];

		for (uint32_t j = 0; j < s->occurrence_count; j++)
			for (uint32_t n = 0; n < s->occurrences[j].callee_count; n++)
				writer_u32(y->w, s->callees[s->occurrences[j].callee_first + n]);
	}
	end(y, TABLE_CALLEES);
}

static bool write_terms(struct assembly *y)
{
	uint64_t *keys = inq_arena_new(y->arena, y->term_count, sizeof *keys);
	uint64_t *space = inq_arena_new(y->arena, y->term_count, sizeof *space);
	unsigned bits = directory_bits(y->term_count);
	uint32_t place = 0;

	if (!keys || !space)
		return false;
	begin(y, TABLE_TERMS);
	for (uint32_t i = 0; i < y->term_count; i++) {
		writer_u32(y->w, (uint32_t)y->terms[i]);
		writer_u32(y->w, UINT32_MAX - (uint32_t)(y->terms[i] >> 32));
		keys[i] = (y->terms[i] & UINT32_MAX) << 32 | i;
	}
	end(y, TABLE_TERMS);
	sort_numbers(keys, space, y->term_count, 32);
	begin(y, TABLE_KEYS);
	for (uint32_t i = 0; i < y->term_count; i++) {
		writer_u32(y->w, (uint32_t)(keys[i] >> 32));
		writer_u32(y->w, (uint32_t)keys[i]);
	}
	end(y, TABLE_KEYS);
	begin(y, TABLE_DIRECTORY);
	for (uint64_t upper = 0; upper <= UINT64_C(1) << bits; upper++) {
		while (place < y->term_count && keys[place] >> (64 - bits) < upper)
			place++;
		writer_u32(y->w, place);
	}
	end(y, TABLE_DIRECTORY);
	return true;
}

static void write_contents(struct assembly *y, const uint8_t *head)
{
	uint8_t contents[CONTENTS_LEN] = CONTENTS_MAGIC;
	const uint64_t words[] = {
		y->w->at + CONTENTS_LEN + DIGEST_LEN,
		y->b->label_count | (uint64_t)y->family_count << 32,
		y->sample_count | (uint64_t)y->function_count << 32,
		y->occurrence_count | (uint64_t)y->term_count << 32,
		y->cell_count,
		y->feature_count,
	};
	size_t at = CONTENTS_FILE_LEN;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++, at += 8)
		put_le64(contents + at, words[i]);
	for (unsigned i = 0; i < INQ_CORPUS_TABLES; i++, at += 16) {
		put_le64(contents + at, y->off[i]);
		put_le64(contents + at + 8, y->len[i]);
	}
	put_le64(contents + at, contents_check(head, contents));
	writer_bytes(y->w, contents, sizeof contents);
}

static void tell(const struct assembly *y, unsigned thousandths)
{
	if (y->progress)
		y->progress(y->context, thousandths);
}

static void write_numbers(struct assembly *y, enum table table, const uint32_t *at)
{
	begin(y, table);
	for (uint32_t i = 0; i < y->function_count; i++)
		writer_u32(y->w, at[i]);
	end(y, table);
}

static bool number_all(struct assembly *y)
{
	if (!assembly_order(y) || !assembly_strings(y) || !assembly_terms(y))
		return false;
	tell(y, 150);
	if (!assembly_weights(y) || !assembly_order_functions(y))
		return false;
	tell(y, 250);
	if (!assembly_cells(y))
		return false;
	tell(y, 400);
	return assembly_features(y);
}

static bool write_all(struct assembly *y)
{
	uint8_t head[HEAD_LEN] = CORPUS_MAGIC;

	put_le64(head + 8, CORPUS_VERSION | (uint64_t)INQ_FEATURES_VERSION << 32);
	memcpy(head + HEAD_MODEL, inq_model_digest(inq_model())->byte, sizeof(struct inq_sha256));
	writer_bytes(y->w, head, sizeof head);
	if (!number_all(y))
		return false;
	tell(y, 500);
	begin(y, TABLE_STRINGS);
	writer_bytes(y->w, y->strings, y->string_len);
	end(y, TABLE_STRINGS);
	write_features(y);
	if (!write_lists(y))
		return false;
	write_functions(y);
	write_numbers(y, TABLE_WEIGHTS, y->weights);
	write_numbers(y, TABLE_CONTENT_WEIGHTS, y->content_weights);
	if (!write_exact(y))
		return false;
	begin(y, TABLE_CELLS);
	assembly_write_cells(y);
	end(y, TABLE_CELLS);
	write_numbers(y, TABLE_PLACES, y->placed);
	begin(y, TABLE_VECTORS);
	assembly_write_vectors(y);
	end(y, TABLE_VECTORS);
	write_labels(y);
	write_samples(y);
	write_occurrences(y);
	if (!write_terms(y))
		return false;
	tell(y, 600);
	begin(y, TABLE_POSTINGS);
	if (!assembly_postings(y))
		return false;
	end(y, TABLE_POSTINGS);
	begin(y, TABLE_GROUPS);
	for (uint32_t i = 0; i <= (y->term_count + GROUP - 1) / GROUP; i++)
		writer_u64(y->w, y->group_offs[i]);
	end(y, TABLE_GROUPS);
	/* Whoever adds a sample has to measure anew: a corpus is born without. */
	begin(y, TABLE_CALIBRATION);
	end(y, TABLE_CALIBRATION);
	writer_align(y->w);
	write_contents(y, head);
	tell(y, 1000);
	return true;
}

enum inq_status inq_corpus_builder_write(struct inq_corpus_builder *b, struct inq_sink *out,
        void (*progress)(void *context, unsigned thousandths), void *context, struct inq_error *err)
{
	struct assembly y = { .b = b, .progress = progress, .context = context };
	enum inq_status status = INQ_OK;

	if (b->written)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the builder has written its corpus");
	b->written = true;
	y.arena = inq_arena_open(b->limit);
	y.w = y.arena ? inq_arena_new(y.arena, 1, sizeof *y.w) : NULL;
	if (!y.w || !writer_init(y.w, out) || !write_all(&y))
		status = inq_fail(
		        err, INQ_NO_MEMORY, 0, "the corpus needs more memory than its builder may have");
	else if (!writer_finish(y.w))
		status = inq_fail(err, INQ_IO, 0, "the corpus could not be written");
	if (y.w)
		writer_release(y.w);
	inq_arena_close(y.table.arena);
	inq_arena_close(y.arena);
	return status;
}
