#include "program.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

void make_program(struct make_program *m, struct inq_arena *a, uint32_t number)
{
	memset(m, 0, sizeof *m);
	m->arena = a;
	for (unsigned i = 0; i < 4; i++)
		m->program.sha256.byte[i] = (uint8_t)(number >> (24 - 8 * i));
	m->program.name = inq_arena_printf(a, "made-%u", number);
	m->program.format = INQ_FORMAT_ELF;
	m->program.arch = INQ_ARCH_X86_64;
	m->program.bits = 64;
	m->program.kind = INQ_KIND_EXECUTABLE;
	m->program.file_bytes = 4096;
}

/*
 * A feature of the function: channels and rarities roughly as x86-64 programs
 * have them. Most are operations of which there are few hundred; a few are
 * strings and constants that are all but unique.
 */
static uint32_t feature(uint64_t *state)
{
	uint64_t x = next(state), kind = x % 64, one = x >> 16;
	uint32_t channel, of;

	if (kind < 12) {
		channel = 1;
		of = 34;
	} else if (kind < 26) {
		channel = 2;
		of = 700;
	} else if (kind < 40) {
		channel = 3;
		of = 6000;
	} else if (kind < 52) {
		channel = 4 + (uint32_t)(one >> 32) % 3;
		of = 3000;
	} else {
		channel = 7 + (uint32_t)(one >> 32) % 5;
		of = 200000;
	}
	/* The product of two uniform numbers: low ones are common, high ones rare. */
	one = (one % of) * (one / of % of) / of;
	return channel << 28 | (uint32_t)(one * UINT64_C(0x9e3779b1) & 0xfffffff);
}

/*
 * What typical functions have: of a thousand features, those of each channel;
 * of a thousand of these, those that are nobody else's, and those that are the
 * topic's; the rest come from 2^octaves that all share. Common ones are few:
 * each octave of ranks is drawn as often.
 */
static const struct {
	uint16_t features, own, topic;
	uint8_t octaves;
} typical[INQ_CHANNEL_COUNT] = { { 0 }, { 94, 0, 0, 5 }, { 173, 0, 0, 10 }, { 191, 0, 200, 14 },
	{ 75, 100, 300, 18 }, { 50, 30, 200, 14 }, { 32, 20, 200, 13 }, { 12, 600, 300, 18 },
	{ 4, 500, 300, 16 }, { 14, 50, 500, 14 }, { 157, 0, 0, 6 }, { 198, 120, 500, 19 } };

static uint32_t typical_feature(uint64_t *state, uint64_t seed, uint32_t topic)
{
	uint32_t share = (uint32_t)(next(state) % 1000), channel = 1, kind = (uint32_t)(next(state) % 1000);
	uint64_t rank, word, octave = next(state), within = next(state);

	while (channel < 11 && share >= typical[channel].features)
		share -= typical[channel++].features;
	octave %= typical[channel].octaves;
	rank = (UINT64_C(1) << octave) + within % (UINT64_C(1) << octave);
	word = rank + ((uint64_t)channel << 32);
	if (kind < typical[channel].own)
		word = within ^ seed << 20;
	else if (kind < typical[channel].own + typical[channel].topic)
		word ^= (uint64_t)(topic + 1) << 36;
	return channel << 28 | (uint32_t)(next(&word) >> 36);
}

static int compare(const void *a, const void *b)
{
	const struct inq_feature *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static void *extend(struct make_program *m, void *at, size_t count, size_t *capacity, size_t size)
{
	void *grown = inq_arena_extend(m->arena, at, count, capacity, size);

	if (!grown)
		abort();
	return grown;
}

static uint32_t add(
        struct make_program *m, uint64_t seed, uint64_t variant, uint32_t features, uint32_t insns)
{
	struct inq_program *p = &m->program;
	struct inq_fingerprint *f;

	p->functions =
	        extend(m, p->functions, p->function_count, &m->function_capacity, sizeof *p->functions);
	f = &p->functions[p->function_count];
	memset(f, 0, sizeof *f);
	f->va = 0x1000 + 0x100 * (uint64_t)p->function_count;
	f->exact[0] = next(&seed) ^ variant;
	f->exact[1] = next(&seed) + variant;
	f->size = insns * 4;
	f->insn_count = insns;
	f->block_count = insns / 6 + 1;
	f->feature_first = p->feature_count;
	f->feature_count = features;
	p->code_bytes += f->size;
	p->function_bytes += f->size;
	return p->function_count++;
}

static uint32_t fold(struct inq_feature *at, uint32_t count)
{
	uint32_t kept = 0;

	qsort(at, count, sizeof *at, compare);
	for (uint32_t i = 0; i < count; i++) {
		if (kept && at[kept - 1].key == at[i].key)
			at[kept - 1].count++;
		else
			at[kept++] = at[i];
	}
	return kept;
}

static void take_features(
        struct make_program *m, uint64_t seed, uint32_t count, unsigned changed, uint64_t variant)
{
	struct inq_program *p = &m->program;
	uint64_t state = seed, other = seed ^ (variant + 1) * UINT64_C(0xd6e8feb86659fd93);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t key = feature(&state), another = feature(&other);

		p->features = extend(
		        m, p->features, p->feature_count + i, &m->feature_capacity, sizeof *p->features);
		p->features[p->feature_count + i].key = next(&other) % 1000 < changed ? another : key;
		p->features[p->feature_count + i].count = 1;
	}
}

uint32_t make_function(struct make_program *m, uint64_t seed, unsigned changed, uint64_t variant)
{
	struct inq_program *p = &m->program;
	uint64_t state = seed ^ 0x5eed;
	uint32_t size = 60 + (uint32_t)(next(&state) % 8) * (uint32_t)(next(&state) % 16), number;

	number = add(m, seed, changed ? variant + 1 : 0, 0, size);
	take_features(m, seed, size, changed, variant);
	p->functions[number].feature_count = fold(p->features + p->feature_count, size);
	p->feature_count += p->functions[number].feature_count;
	return number;
}

uint32_t make_typical_function(
        struct make_program *m, uint64_t seed, uint32_t topic, unsigned changed, uint64_t variant)
{
	/* Each twentieth of functions has so many features. */
	static const uint16_t features[] = { 4, 12, 22, 29, 36, 41, 47, 53, 60, 67, 75, 83, 93, 104, 118, 137,
		157, 195, 270, 400, 990 };
	struct inq_program *p = &m->program;
	uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15), other;
	uint32_t place = (uint32_t)(next(&state) % 20), number;
	uint32_t size = features[place] +
	                (uint32_t)(next(&state) % (uint32_t)(features[place + 1] - features[place] + 1));

	number = add(m, seed, changed ? variant + 1 : 0, 0, size + size / 4);
	other = seed ^ (variant + 1) * UINT64_C(0xd6e8feb86659fd93);
	for (uint32_t i = 0; i < size; i++) {
		uint64_t own = next(&state);
		uint32_t key = typical_feature(&own, seed, topic);

		if (next(&other) % 1000 < changed)
			key = typical_feature(&other, seed ^ variant << 40, topic);
		p->features = extend(
		        m, p->features, p->feature_count + i, &m->feature_capacity, sizeof *p->features);
		p->features[p->feature_count + i] = (struct inq_feature){ key, 1 };
	}
	p->functions[number].feature_count = fold(p->features + p->feature_count, size);
	p->feature_count += p->functions[number].feature_count;
	return number;
}

uint32_t make_small_function(struct make_program *m, uint64_t seed)
{
	uint32_t number = add(m, seed, 0, 0, 6);

	take_features(m, seed, 4, 0, 0);
	m->program.functions[number].feature_count = fold(m->program.features + m->program.feature_count, 4);
	m->program.feature_count += m->program.functions[number].feature_count;
	return number;
}

void make_call(struct make_program *m, uint32_t from, uint32_t to)
{
	m->calls = extend(m, m->calls, m->call_count, &m->call_capacity, sizeof *m->calls);
	m->calls[m->call_count++] = (struct make_call){ from, to };
}

static int compare_calls(const void *a, const void *b)
{
	const struct make_call *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

static uint64_t root(uint64_t x)
{
	uint64_t result = 0;

	for (unsigned bit = 32; bit-- > 0;)
		if ((result | UINT64_C(1) << bit) * (result | UINT64_C(1) << bit) <= x)
			result |= UINT64_C(1) << bit;
	return result;
}

/*
 * Each feature has a direction of its own, and its channel's importance: who
 * shares features is near (Johnson and Lindenstrauss 1984). A model would do
 * better, but it knows nothing of made features.
 */
static void make_vector(const struct inq_feature *features, uint32_t count, struct inq_vector *ret)
{
	static const uint8_t importance[INQ_CHANNEL_COUNT] = { 0, 2, 1, 2, 6, 3, 7, 12, 5, 9, 1, 5 };
	int32_t sum[INQ_VECTOR_LENGTH] = { 0 };
	uint64_t square = 0, length;

	for (uint32_t i = 0; i < count; i++) {
		uint64_t state = features[i].key, signs = 0;
		int32_t more = importance[inq_feature_channel(features[i].key)];

		for (unsigned j = 0; j < INQ_VECTOR_LENGTH; j++, signs >>= 1) {
			if (j % 64 == 0)
				signs = next(&state);
			sum[j] += signs & 1 ? more : -more;
		}
	}
	for (unsigned j = 0; j < INQ_VECTOR_LENGTH; j++)
		square += (uint64_t)((int64_t)sum[j] * sum[j]);
	length = root(square);
	for (unsigned j = 0; j < INQ_VECTOR_LENGTH; j++) {
		int64_t one = length ? (int64_t)sum[j] * INQ_VECTOR_NORM / (int64_t)length : 0;

		ret->at[j] = (int8_t)(one > INT8_MAX ? INT8_MAX : one < -INT8_MAX ? -INT8_MAX : one);
	}
}

struct inq_bytes make_bytes(struct make_program *m)
{
	struct inq_memory_sink memory = { .arena = m->arena };
	struct inq_program *p = &m->program;
	struct inq_sink out;

	if (m->call_count)
		qsort(m->calls, m->call_count, sizeof *m->calls, compare_calls);
	p->callees = inq_arena_new(m->arena, m->call_count, sizeof *p->callees);
	if (!p->callees)
		abort();
	for (size_t i = 0; i < m->call_count; i++) {
		struct inq_fingerprint *f = &p->functions[m->calls[i].from];

		if (i && m->calls[i].from == m->calls[i - 1].from && m->calls[i].to == m->calls[i - 1].to)
			continue;
		if (!f->callee_count)
			f->callee_first = p->callee_count;
		f->callee_count++;
		p->callees[p->callee_count++] = m->calls[i].to;
	}
	p->vectors = inq_arena_new(m->arena, p->function_count, sizeof *p->vectors);
	if (!p->vectors)
		abort();
	for (uint32_t i = 0; i < p->function_count; i++)
		make_vector(p->features + p->functions[i].feature_first, p->functions[i].feature_count,
		        &p->vectors[i]);
	inq_sink_init(&out, inq_memory_sink_write, &memory);
	inq_program_write(p, &out);
	if (!inq_sink_flush(&out))
		abort();
	return (struct inq_bytes){ (const uint8_t *)memory.at, memory.len };
}
