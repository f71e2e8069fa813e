#include "corpus/builder.h"
#include "fingerprint/encoded.h"
#include <string.h>

struct inq_corpus_builder *inq_corpus_builder_open(size_t limit)
{
	struct inq_arena *a = inq_arena_open(limit);
	struct inq_corpus_builder *b = a ? inq_arena_new(a, 1, sizeof *b) : NULL;

	if (!b) {
		inq_arena_close(a);
		return NULL;
	}
	b->arena = a;
	b->limit = limit;
	return b;
}

void inq_corpus_builder_close(struct inq_corpus_builder *b)
{
	if (b)
		inq_arena_close(b->arena);
}

static enum inq_status no_memory(struct inq_error *err)
{
	return inq_fail(err, INQ_NO_MEMORY, 0, "the corpus needs more memory than its builder may have");
}

/*
 * Room for one more in a table, at most half full. `hash` gives the hash of
 * what a number stands for, so that growing can place it anew.
 */
static bool place_room(struct inq_corpus_builder *b, struct place_table *t,
        uint64_t (*hash)(const struct inq_corpus_builder *b, uint32_t number))
{
	size_t size = t->size ? t->size * 2 : 1024;
	uint32_t *at;

	if (2 * (t->used + 1) <= t->size)
		return true;
	at = inq_arena_new(b->arena, size, sizeof *at);
	if (!at)
		return false;
	for (size_t i = 0; i < t->size; i++) {
		size_t place;

		if (!t->at[i])
			continue;
		for (place = hash(b, t->at[i] - 1) & (size - 1); at[place]; place = (place + 1) & (size - 1))
			;
		at[place] = t->at[i];
	}
	t->at = at;
	t->size = size;
	return true;
}

static uint64_t text_hash(const char *text)
{
	return inq_hash64(text, strlen(text), 0);
}

static uint64_t label_hash(const struct inq_corpus_builder *b, uint32_t number)
{
	return text_hash(b->labels[number].name);
}

static uint64_t sample_key(uint32_t label, const struct inq_sha256 *sha256)
{
	return inq_hash64(sha256->byte, sizeof sha256->byte, label);
}

static uint64_t sample_hash(const struct inq_corpus_builder *b, uint32_t number)
{
	const struct built_sample *s = &b->samples[number];

	return sample_key(s->label, &s->program.sha256);
}

static uint64_t function_hash(const struct inq_corpus_builder *b, uint32_t number)
{
	return b->functions[number].content;
}

static struct built_label *find_label(const struct inq_corpus_builder *b, const char *name, size_t *ret_place)
{
	const struct place_table *t = &b->label_places;
	size_t place = 0;

	if (t->size) {
		place = text_hash(name) & (t->size - 1);
		for (; t->at[place]; place = (place + 1) & (t->size - 1))
			if (strcmp(b->labels[t->at[place] - 1].name, name) == 0)
				return &b->labels[t->at[place] - 1];
	}
	if (ret_place)
		*ret_place = place;
	return NULL;
}

static bool is_date(uint32_t date)
{
	static const uint8_t days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	uint32_t month = date / 100 % 100, day = date % 100;

	return !date || (date >= 19000101 && date <= 99991231 && month >= 1 && month <= 12 && day >= 1 &&
	                        day <= days[month - 1]);
}

uint32_t inq_day_earlier(uint32_t a, uint32_t b)
{
	if (!a || !b)
		return a ? a : b;
	return a < b ? a : b;
}

enum inq_status inq_corpus_builder_label(struct inq_corpus_builder *b, const char *name,
        enum inq_label_kind kind, uint32_t published, struct inq_error *err)
{
	size_t len = strlen(name), place = 0;
	struct built_label *l, *grown;

	if (!len || len > INQ_LABEL_NAME_MOST)
		return inq_fail(
		        err, INQ_BAD_ARGUMENT, 0, "a label's name has 1 to %d bytes", INQ_LABEL_NAME_MOST);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
			return inq_fail(err, INQ_BAD_ARGUMENT, i, "a label's name holds no control bytes");
	if (!is_date(published))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "%u is not a day", published);
	l = find_label(b, name, NULL);
	if (l) {
		if (l->kind != kind)
			return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the label is both a family and common");
		l->published = inq_day_earlier(l->published, published);
		return INQ_OK;
	}
	if (b->label_count >= INQ_CORPUS_LABELS_MOST)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "more than %d labels", INQ_CORPUS_LABELS_MOST);
	grown = inq_arena_extend(b->arena, b->labels, b->label_count, &b->label_capacity, sizeof *grown);
	if (!grown)
		return no_memory(err);
	b->labels = grown;
	l = &b->labels[b->label_count];
	memset(l, 0, sizeof *l);
	l->name = inq_arena_string(b->arena, inq_bytes_of(name));
	l->kind = kind;
	l->published = published;
	if (!l->name || !place_room(b, &b->label_places, label_hash))
		return no_memory(err);
	(void)find_label(b, name, &place);
	b->label_places.at[place] = (uint32_t)++b->label_count;
	b->label_places.used++;
	return INQ_OK;
}

/* The number of the function with this content; UINT32_MAX on the limit. */
static uint32_t intern_function(
        struct inq_corpus_builder *b, const struct inq_program *p, const struct inq_fingerprint *f)
{
	uint8_t encoded[INQ_FINGERPRINT_FEATURES_MOST * INQ_FEATURE_ENCODED_MOST + INQ_VECTOR_LENGTH];
	struct place_table *t = &b->function_places;
	struct built_function *grown;
	uint64_t head[4] = { f->exact[0], f->exact[1], (uint64_t)f->block_count << 32 | f->insn_count };
	struct built_function one = { .feature_count = f->feature_count };
	uint8_t *kept;
	size_t place, len;

	one.features_len =
	        (uint32_t)inq_features_encode(p->features + f->feature_first, f->feature_count, encoded);
	memcpy(encoded + one.features_len, p->vectors[f - p->functions].at, INQ_VECTOR_LENGTH);
	len = (size_t)one.features_len + INQ_VECTOR_LENGTH;
	head[3] = inq_hash64(encoded, len, 0);
	one.exact[0] = f->exact[0];
	one.exact[1] = f->exact[1];
	one.content = inq_hash64(head, sizeof head, 0);
	one.block_count = f->block_count;
	one.insn_count = f->insn_count;
	one.number = UINT32_MAX;
	if (!place_room(b, t, function_hash))
		return UINT32_MAX;
	for (place = one.content & (t->size - 1); t->at[place]; place = (place + 1) & (t->size - 1)) {
		const struct built_function *other = &b->functions[t->at[place] - 1];

		if (other->content == one.content && other->exact[0] == one.exact[0] &&
		        other->exact[1] == one.exact[1] && other->features_len == one.features_len &&
		        memcmp(other->features, encoded, len) == 0)
			return t->at[place] - 1;
	}
	if (b->function_count >= UINT32_MAX - 1)
		return UINT32_MAX;
	grown = inq_arena_extend(
	        b->arena, b->functions, b->function_count, &b->function_capacity, sizeof *grown);
	if (!grown)
		return UINT32_MAX;
	b->functions = grown;
	kept = inq_arena_new(b->arena, len, 1);
	if (!kept)
		return UINT32_MAX;
	memcpy(kept, encoded, len);
	one.features = kept;
	b->functions[b->function_count] = one;
	t->at[place] = (uint32_t)++b->function_count;
	t->used++;
	return (uint32_t)b->function_count - 1;
}

/* Copies what of `p` is the sample's own. False on the limit. */
static bool fill_sample(struct inq_corpus_builder *b, const struct inq_program *p, struct built_sample *s)
{
	s->program = *p;
	s->program.functions = NULL;
	s->program.features = NULL;
	s->program.vectors = NULL;
	s->program.callees = NULL;
	s->program.name = inq_arena_string(b->arena, inq_bytes_of(p->name));
	s->occurrences = inq_arena_new(b->arena, p->function_count, sizeof *s->occurrences);
	s->callees = inq_arena_new(b->arena, p->callee_count, sizeof *s->callees);
	s->occurrence_count = p->function_count;
	if (!s->program.name || !s->occurrences || !s->callees)
		return false;
	if (p->callee_count)
		memcpy(s->callees, p->callees, p->callee_count * sizeof *s->callees);
	for (uint32_t i = 0; i < p->function_count; i++) {
		const struct inq_fingerprint *f = &p->functions[i];
		struct built_occurrence *o = &s->occurrences[i];

		o->va = f->va;
		o->size = f->size;
		o->flags = f->flags;
		o->callee_first = f->callee_first;
		o->callee_count = f->callee_count;
		o->function = intern_function(b, p, f);
		if (o->function == UINT32_MAX)
			return false;
		if (f->name) {
			o->name = inq_arena_string(b->arena, inq_bytes_of(f->name));
			if (!o->name)
				return false;
		}
	}
	return true;
}

/* Which of two samples with the same label and SHA-256 is kept: decided by what they are, not by who came first. */
static bool comes_before(const struct built_sample *x, const struct built_sample *y)
{
	int order = strcmp(x->program.name, y->program.name);

	return order ? order < 0 : x->content < y->content;
}

static enum inq_status add_program(struct inq_corpus_builder *b, uint32_t label, const struct inq_program *p,
        uint64_t content, uint32_t published, struct inq_error *err)
{
	struct place_table *t = &b->sample_places;
	struct built_sample *s, *grown;
	size_t place;

	if (b->sample_count >= INQ_CORPUS_SAMPLES_MOST ||
	        b->occurrence_count + p->function_count >= UINT32_MAX ||
	        b->callee_count + p->callee_count >= UINT32_MAX)
		return inq_fail(err, INQ_OVER_LIMIT, 0, "more samples or functions than a corpus holds");
	grown = inq_arena_extend(b->arena, b->samples, b->sample_count, &b->sample_capacity, sizeof *grown);
	if (!grown)
		return no_memory(err);
	b->samples = grown;
	b->callee_count += p->callee_count;
	s = &b->samples[b->sample_count];
	memset(s, 0, sizeof *s);
	s->label = label;
	s->content = content;
	s->published = published;
	if (!place_room(b, t, sample_hash) || !fill_sample(b, p, s))
		return no_memory(err);
	place = sample_key(label, &p->sha256) & (t->size - 1);
	for (; t->at[place]; place = (place + 1) & (t->size - 1)) {
		struct built_sample *other = &b->samples[t->at[place] - 1];

		if (other->label != label ||
		        memcmp(&other->program.sha256, &p->sha256, sizeof p->sha256) != 0)
			continue;
		b->sample_count++;
		/* Whichever is kept, it is the same file. */
		s->published = other->published = inq_day_earlier(s->published, other->published);
		if (!comes_before(s, other)) {
			s->dropped = true;
			return INQ_OK;
		}
		other->dropped = true;
		b->occurrence_count += p->function_count;
		b->occurrence_count -= other->occurrence_count;
		t->at[place] = (uint32_t)b->sample_count;
		return INQ_OK;
	}
	t->at[place] = (uint32_t)++b->sample_count;
	t->used++;
	b->occurrence_count += p->function_count;
	b->labels[label].sample_count++;
	return INQ_OK;
}

enum inq_status inq_corpus_builder_add(
        struct inq_corpus_builder *b, const char *label, struct inq_bytes program, struct inq_error *err)
{
	struct built_label *l = find_label(b, label, NULL);
	struct inq_arena *scratch;
	struct inq_program p;
	enum inq_status status;

	if (!l || b->written)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "the label was not named before");
	scratch = inq_arena_open(b->limit);
	if (!scratch)
		return no_memory(err);
	status = inq_program_read(program, scratch, &p, err);
	if (status == INQ_OK)
		status = add_program(
		        b, (uint32_t)(l - b->labels), &p, inq_hash64(program.at, program.len, 0), 0, err);
	inq_arena_close(scratch);
	return status;
}

/* Written out again, so that a sample has the same content hash by both ways in. */
static enum inq_status merge_sample(struct inq_corpus_builder *b, const struct inq_corpus *c, uint32_t sample,
        uint32_t label, struct inq_error *err)
{
	struct inq_sample from = { 0 };
	struct inq_arena *scratch = inq_arena_open(b->limit);
	struct inq_memory_sink memory = { .arena = scratch };
	struct inq_program p;
	struct inq_sink out;
	enum inq_status status;

	if (!scratch)
		return no_memory(err);
	status = inq_corpus_sample(c, sample, &from)
	                 ? inq_corpus_program(c, sample, scratch, &p, err)
	                 : inq_fail(err, INQ_CORRUPT, sample, "sample %u of the corpus is damaged", sample);
	if (status == INQ_OK) {
		inq_sink_init(&out, inq_memory_sink_write, &memory);
		inq_program_write(&p, &out);
		if (!inq_sink_flush(&out))
			status = no_memory(err);
		else
			status = add_program(
			        b, label, &p, inq_hash64(memory.at, memory.len, 0), from.published, err);
	}
	inq_arena_close(scratch);
	return status;
}

enum inq_status inq_corpus_builder_merge(
        struct inq_corpus_builder *b, const struct inq_corpus *c, struct inq_error *err)
{
	struct inq_arena *scratch = inq_arena_open(b->limit);
	enum inq_status status;

	if (!scratch)
		return no_memory(err);
	status = b->written ? inq_fail(err, INQ_BAD_ARGUMENT, 0, "the builder has written its corpus")
	                    : inq_corpus_check(c, scratch, err);
	inq_arena_close(scratch);
	for (uint32_t i = 0; i < c->label_count && status == INQ_OK; i++) {
		struct inq_label l;

		if (!inq_corpus_label(c, i, &l))
			return inq_fail(err, INQ_CORRUPT, i, "label %u of the corpus is damaged", i);
		status = inq_corpus_builder_label(b, l.name, l.kind, l.published, err);
		for (uint32_t j = 0; j < l.sample_count && status == INQ_OK; j++)
			status = merge_sample(b, c, l.sample_first + j,
			        (uint32_t)(find_label(b, l.name, NULL) - b->labels), err);
	}
	return status;
}

enum inq_status inq_corpus_builder_publish(struct inq_corpus_builder *b, const char *label,
        const char *prefix, uint32_t published, uint32_t *ret_samples, struct inq_error *err)
{
	const struct built_label *l = find_label(b, label, NULL);
	uint32_t count = 0;

	if (!is_date(published))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "%u is not a day", published);
	for (size_t i = 0; l && l->kind == INQ_LABEL_FAMILY && i < b->sample_count; i++) {
		struct built_sample *s = &b->samples[i];

		if (s->dropped || s->label != (uint32_t)(l - b->labels) ||
		        strncmp(s->program.name, prefix, strlen(prefix)))
			continue;
		s->published = inq_day_earlier(s->published, published);
		count++;
	}
	*ret_samples = count;
	return INQ_OK;
}

uint32_t inq_corpus_builder_samples(const struct inq_corpus_builder *b, const char *label)
{
	const struct built_label *l = find_label(b, label, NULL);

	return l ? l->sample_count : 0;
}
