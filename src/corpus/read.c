#include "corpus/layout.h"
#include "corpus/private.h"
#include "fingerprint/varint.h"
#include <string.h>

/* Entry `index` of a table of fixed entries; its bounds were proved at opening. */
static const uint8_t *entry(const struct inq_corpus *c, enum table table, uint32_t index, size_t len)
{
	return c->table[table].at + (size_t)index * len;
}

/* A string of TABLE_STRINGS, which ends in NUL; NULL where `off` is not in it. */
static const char *string_at(const struct inq_corpus *c, uint32_t off)
{
	struct inq_bytes strings = c->table[TABLE_STRINGS];

	return off < strings.len ? (const char *)strings.at + off : NULL;
}

static bool inside(uint32_t first, uint32_t count, uint32_t most)
{
	return first <= most && count <= most - first;
}

bool inq_corpus_label(const struct inq_corpus *c, uint32_t label, struct inq_label *ret)
{
	struct inq_label l;
	const uint8_t *at;
	uint32_t kind;

	if (label >= c->label_count)
		return false;
	at = entry(c, TABLE_LABELS, label, LABEL_LEN);
	kind = inq_le32(at + LABEL_KIND);
	l.name = string_at(c, inq_le32(at + LABEL_NAME));
	l.kind = kind == INQ_LABEL_COMMON ? INQ_LABEL_COMMON : INQ_LABEL_FAMILY;
	l.published = inq_le32(at + LABEL_PUBLISHED);
	l.sample_first = inq_le32(at + LABEL_SAMPLE_FIRST);
	l.sample_count = inq_le32(at + LABEL_SAMPLE_COUNT);
	if (!l.name || kind > INQ_LABEL_COMMON || !inside(l.sample_first, l.sample_count, c->sample_count))
		return false;
	*ret = l;
	return true;
}

bool inq_corpus_sample(const struct inq_corpus *c, uint32_t sample, struct inq_sample *ret)
{
	struct inq_sample s;
	const uint8_t *at;

	if (sample >= c->sample_count)
		return false;
	at = entry(c, TABLE_SAMPLES, sample, SAMPLE_LEN);
	memcpy(s.sha256.byte, at + SAMPLE_SHA256, sizeof s.sha256.byte);
	s.file_bytes = inq_le64(at + SAMPLE_FILE_BYTES);
	s.code_bytes = inq_le64(at + SAMPLE_CODE_BYTES);
	s.function_bytes = inq_le64(at + SAMPLE_FUNCTION_BYTES);
	s.padding_bytes = inq_le64(at + SAMPLE_PADDING_BYTES);
	s.name = string_at(c, inq_le32(at + SAMPLE_NAME));
	s.label = inq_le32(at + SAMPLE_LABEL);
	s.flags = inq_le32(at + SAMPLE_FLAGS);
	s.unresolved_jumps = inq_le32(at + SAMPLE_UNRESOLVED);
	s.occurrence_first = inq_le32(at + SAMPLE_OCCURRENCE_FIRST);
	s.occurrence_count = inq_le32(at + SAMPLE_OCCURRENCE_COUNT);
	s.published = inq_le32(at + SAMPLE_PUBLISHED);
	s.format = at[SAMPLE_FORMAT];
	s.arch = at[SAMPLE_ARCH];
	s.bits = at[SAMPLE_BITS];
	s.kind = at[SAMPLE_KIND];
	s.big_endian = at[SAMPLE_BIG_ENDIAN] != 0;
	if (!s.name || s.label >= c->label_count || s.format > INQ_FORMAT_RAW || s.arch > INQ_ARCH_MIPS ||
	        s.kind > INQ_KIND_CORE ||
	        !inside(s.occurrence_first, s.occurrence_count, c->occurrence_count))
		return false;
	*ret = s;
	return true;
}

bool inq_corpus_occurrence(const struct inq_corpus *c, uint32_t occurrence, struct inq_occurrence *ret)
{
	struct inq_occurrence o;
	const uint8_t *at;
	uint32_t name;

	if (occurrence >= c->occurrence_count)
		return false;
	at = entry(c, TABLE_OCCURRENCES, occurrence, OCCURRENCE_LEN);
	o.va = inq_le64(at + OCCURRENCE_VA);
	o.function = inq_le32(at + OCCURRENCE_FUNCTION);
	o.sample = inq_le32(at + OCCURRENCE_SAMPLE);
	o.size = inq_le32(at + OCCURRENCE_SIZE);
	o.flags = at[OCCURRENCE_FLAGS];
	name = inq_le32(at + OCCURRENCE_NAME);
	o.name = name ? string_at(c, name) : NULL;
	if ((name && !o.name) || o.function >= c->function_count || o.sample >= c->sample_count)
		return false;
	*ret = o;
	return true;
}

bool corpus_function_bytes(
        const struct inq_corpus *c, uint32_t function, enum table table, size_t field, struct inq_bytes *ret)
{
	const uint8_t *at;
	uint64_t first, end;

	if (function >= c->function_count)
		return false;
	at = entry(c, TABLE_FUNCTIONS, function, FUNCTION_LEN) + field;
	first = load64(at);
	end = function + 1 < c->function_count ? load64(at + FUNCTION_LEN) : c->table[table].len;
	return first <= end && inq_bytes_cut(c->table[table], first, end - first, ret);
}

/* The counts that head a function's entry in TABLE_LISTS, and what follows them. */
static bool list_head(const struct inq_corpus *c, uint32_t function, struct inq_bytes *ret_rest,
        uint32_t *ret_labels, uint32_t *ret_families)
{
	struct inq_bytes b;
	const uint8_t *at;
	uint64_t labels, families;

	if (!corpus_function_bytes(c, function, TABLE_LISTS, FUNCTION_LIST, &b))
		return false;
	at = b.at;
	if (!inq_varint_get(&at, b.at + b.len, &labels) || !inq_varint_get(&at, b.at + b.len, &families) ||
	        labels > c->label_count || families > labels)
		return false;
	*ret_rest = (struct inq_bytes){ at, (size_t)(b.at + b.len - at) };
	*ret_labels = (uint32_t)labels;
	*ret_families = (uint32_t)families;
	return true;
}

bool inq_corpus_function(const struct inq_corpus *c, uint32_t function, struct inq_corpus_function *ret)
{
	struct inq_corpus_function f;
	struct inq_bytes rest;
	const uint8_t *at;

	if (!list_head(c, function, &rest, &f.label_count, &f.family_count))
		return false;
	at = entry(c, TABLE_FUNCTIONS, function, FUNCTION_LEN);
	f.exact[0] = inq_le64(at + FUNCTION_EXACT);
	f.exact[1] = inq_le64(at + FUNCTION_EXACT + 8);
	f.size = inq_le32(at + FUNCTION_SIZE);
	f.block_count = inq_le32(at + FUNCTION_BLOCKS);
	f.insn_count = inq_le32(at + FUNCTION_INSNS);
	f.weight = inq_corpus_weight(c, function);
	f.content_weight = inq_corpus_content_weight(c, function);
	f.feature_count = inq_le32(at + FUNCTION_FEATURE_COUNT);
	f.occurrence_count = inq_le32(at + FUNCTION_OCCURRENCES);
	*ret = f;
	return true;
}

uint32_t inq_corpus_weight(const struct inq_corpus *c, uint32_t function)
{
	if (function >= c->function_count)
		return 0;
	return load32(entry(c, TABLE_WEIGHTS, function, 4));
}

uint32_t inq_corpus_content_weight(const struct inq_corpus *c, uint32_t function)
{
	return function < c->function_count ? load32(entry(c, TABLE_CONTENT_WEIGHTS, function, 4)) : 0;
}

bool inq_corpus_vector(const struct inq_corpus *c, uint32_t function, struct inq_vector *ret)
{
	uint32_t place;

	if (function >= c->function_count)
		return false;
	place = inq_le32(entry(c, TABLE_FUNCTIONS, function, FUNCTION_LEN) + FUNCTION_PLACE);
	if (place >= c->function_count)
		return false;
	memcpy(ret->at, entry(c, TABLE_VECTORS, place, INQ_VECTOR_LENGTH), INQ_VECTOR_LENGTH);
	return true;
}

bool inq_corpus_cell(const struct inq_corpus *c, uint32_t cell, struct inq_corpus_cell *ret)
{
	struct inq_corpus_cell one;
	const uint8_t *at;

	if (cell >= c->cell_count)
		return false;
	at = entry(c, TABLE_CELLS, cell, CELL_LEN);
	memcpy(one.centre.at, at, INQ_VECTOR_LENGTH);
	one.spread = inq_le32(at + CELL_SPREAD);
	one.first = inq_le32(at + CELL_FIRST);
	one.end = cell + 1 < c->cell_count ? inq_le32(at + CELL_LEN + CELL_FIRST) : c->function_count;
	if (one.first > one.end || one.end > c->function_count)
		return false;
	one.vectors = (const int8_t *)entry(c, TABLE_VECTORS, one.first, INQ_VECTOR_LENGTH);
	*ret = one;
	return true;
}

bool inq_corpus_placed(const struct inq_corpus *c, uint32_t place, uint32_t *ret)
{
	uint32_t function;

	if (place >= c->function_count)
		return false;
	function = inq_le32(entry(c, TABLE_PLACES, place, 4));
	if (function >= c->function_count)
		return false;
	*ret = function;
	return true;
}

bool inq_corpus_next(struct inq_corpus_list *l, uint32_t *ret)
{
	uint64_t step, value;

	if (!l->left || !inq_varint_get(&l->at, l->end, &step) || step > UINT32_MAX)
		return false;
	value = (l->started ? l->last : 0) + step;
	if (value >= l->bound || (l->started && !step)) {
		l->left = 0;
		return false;
	}
	l->started = true;
	l->left--;
	l->last = (uint32_t)value;
	*ret = l->last;
	return true;
}

struct inq_corpus_list inq_corpus_labels_of(const struct inq_corpus *c, uint32_t function)
{
	struct inq_corpus_list l = { .bound = c->label_count };
	struct inq_bytes rest;
	uint32_t families;

	if (list_head(c, function, &rest, &l.left, &families)) {
		l.at = rest.at;
		l.end = rest.at + rest.len;
	}
	return l;
}

struct inq_corpus_list inq_corpus_occurrences_of(const struct inq_corpus *c, uint32_t function)
{
	struct inq_corpus_list l = inq_corpus_labels_of(c, function);
	uint32_t label;

	while (inq_corpus_next(&l, &label))
		;
	if (l.left || !l.at)
		return (struct inq_corpus_list){ 0 };
	l.bound = c->occurrence_count;
	l.last = 0;
	l.started = false;
	l.left = inq_le32(entry(c, TABLE_FUNCTIONS, function, FUNCTION_LEN) + FUNCTION_OCCURRENCES);
	return l;
}

struct inq_corpus_reader inq_corpus_read_postings(const struct inq_corpus *c, uint32_t term)
{
	struct inq_corpus_reader r = { .bound = c->function_count };
	struct inq_bytes postings = c->table[TABLE_POSTINGS];
	const uint8_t *at, *end = postings.at + postings.len;
	uint64_t off, len, runs;

	if (term >= c->term_count)
		return r;
	off = inq_le64(entry(c, TABLE_GROUPS, term / GROUP, 8));
	if (off > postings.len)
		return r;
	at = postings.at + off;
	for (uint32_t i = term % GROUP;; i--) {
		if (!inq_varint_get(&at, end, &len) || len > (uint64_t)(end - at))
			return r;
		if (!i)
			break;
		at += len;
	}
	r.count = inq_corpus_term_functions(c, term);
	runs = (uint64_t)run_count(r.count) * RUN_LEN;
	if (runs > len) {
		r.count = 0;
		return r;
	}
	r.runs = at;
	r.steps = at + runs;
	r.at = r.steps;
	r.end = at + len;
	return r;
}

struct inq_corpus_list inq_corpus_postings(const struct inq_corpus *c, uint32_t term)
{
	struct inq_corpus_reader r = inq_corpus_read_postings(c, term);

	return (struct inq_corpus_list){ .at = r.at, .end = r.end, .left = r.count, .bound = r.bound };
}

/* Goes on to the last run that can be entered before `first`. */
static void enter_run(struct inq_corpus_reader *r, uint32_t first)
{
	uint32_t low = r->read / RUN, high = run_count(r->count), end;
	const uint8_t *run;

	if (low >= high || load32(r->runs + (size_t)low * RUN_LEN + RUN_LAST) >= first)
		return;
	/* Of the runs from the one we are in on, how many end before `first`. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (load32(r->runs + (size_t)middle * RUN_LEN + RUN_LAST) < first)
			low = middle + 1;
		else
			high = middle;
	}
	if (low * RUN <= r->read)
		return;
	run = r->runs + (size_t)(low - 1) * RUN_LEN;
	end = inq_le32(run + RUN_END);
	if (end > (size_t)(r->end - r->steps)) {
		r->count = r->read;
		return;
	}
	r->at = r->steps + end;
	r->last = inq_le32(run + RUN_LAST);
	r->read = low * RUN;
}

/*
 * Eight steps of a byte each at once, as long as all of them stay below `end`;
 * gives how many of them it put into `ret`.
 */
static uint32_t read_short_steps(struct inq_corpus_reader *r, uint32_t first, uint32_t end, uint16_t *ret)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
	uint32_t found = 0;

	while (r->read && r->count - r->read >= 8 && r->end - r->at >= 8) {
		uint64_t steps = load64(r->at), any_zero = (steps - ones) & ~steps & highs;
		uint32_t at = r->last;

		if ((steps & highs) || any_zero)
			break;
		for (unsigned i = 0; i < 8; i++) {
			at += (uint32_t)(steps >> 8 * i & 0x7f);
			ret[found + i] = (uint16_t)(at - first);
		}
		if (at >= end || r->last + (uint32_t)(steps & 0x7f) < first)
			break;
		found += 8;
		r->last = at;
		r->at += 8;
		r->read += 8;
	}
	return found;
}

/* inq_varint_get, with the lengths that postings mostly have decided first. */
static inline bool read_step(const uint8_t **at, const uint8_t *end, uint64_t *ret)
{
	const uint8_t *p = *at;

	if (end - p >= 2 && p[0] >= 0x80 && p[1] < 0x80 && p[1]) {
		*ret = (p[0] & 0x7fU) | (uint32_t)p[1] << 7;
		*at = p + 2;
		return true;
	}
	return inq_varint_get(at, end, ret);
}

uint32_t inq_corpus_stretch(struct inq_corpus_reader *r, uint32_t first, uint32_t end, uint16_t *ret)
{
	const uint8_t *at;
	uint64_t step = 0, value;
	uint32_t found = 0;

	if (end > r->bound)
		end = r->bound;
	if (r->next >= end || first >= end || r->read == r->count)
		return 0;
	if (r->count > RUN && first > r->next)
		enter_run(r, first);
	while (r->read < r->count) {
		if (step < 0x80) {
			found += read_short_steps(r, first, end, ret + found);
			if (r->read == r->count)
				break;
		}
		at = r->at;
		if (!read_step(&at, r->end, &step) || step > UINT32_MAX || (r->read && !step)) {
			r->count = r->read;
			break;
		}
		value = (r->read ? r->last : 0) + step;
		if (value >= end) {
			if (value >= r->bound)
				r->count = r->read;
			r->next = (uint32_t)(value < UINT32_MAX ? value : UINT32_MAX);
			break;
		}
		r->at = at;
		r->last = (uint32_t)value;
		r->read++;
		if (value >= first)
			ret[found++] = (uint16_t)(value - first);
	}
	return found;
}

bool inq_corpus_term(const struct inq_corpus *c, uint32_t key, uint32_t *ret)
{
	unsigned bits = directory_bits(c->term_count);
	const uint8_t *directory = c->table[TABLE_DIRECTORY].at + (size_t)(key >> (32 - bits)) * 4;
	uint32_t low = inq_le32(directory), high = inq_le32(directory + 4), term;

	if (high > c->term_count)
		return false;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const uint8_t *at = entry(c, TABLE_KEYS, middle, KEY_LEN);
		uint32_t found = inq_le32(at);

		if (found == key) {
			term = inq_le32(at + 4);
			if (term >= c->term_count)
				return false;
			*ret = term;
			return true;
		}
		if (found < key)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

uint32_t inq_corpus_term_functions(const struct inq_corpus *c, uint32_t term)
{
	return term < c->term_count ? inq_le32(entry(c, TABLE_TERMS, term, TERM_LEN) + 4) : 0;
}

uint32_t inq_corpus_term_key(const struct inq_corpus *c, uint32_t term)
{
	return term < c->term_count ? inq_le32(entry(c, TABLE_TERMS, term, TERM_LEN)) : 0;
}

struct inq_corpus_features inq_corpus_features_of(const struct inq_corpus *c, uint32_t function)
{
	struct inq_corpus_features f = { .bound = c->term_count };
	struct inq_bytes b;

	if (!corpus_function_bytes(c, function, TABLE_FEATURES, FUNCTION_FEATURES, &b))
		return f;
	f.at = b.at;
	f.end = b.at + b.len;
	f.left = inq_le32(entry(c, TABLE_FUNCTIONS, function, FUNCTION_LEN) + FUNCTION_FEATURE_COUNT);
	return f;
}

bool inq_corpus_features_next(struct inq_corpus_features *f, uint32_t *ret_term, uint32_t *ret_count)
{
	uint64_t step, term;
	uint32_t count = 1;

	if (!f->left || !inq_varint_get(&f->at, f->end, &step) || step >> 1 > UINT32_MAX)
		return false;
	term = (f->started ? f->last : 0) + (step >> 1);
	if (step & 1) {
		if (f->at == f->end)
			return false;
		count = *f->at++;
	}
	if (term >= f->bound || (f->started && step < 2)) {
		f->left = 0;
		return false;
	}
	f->started = true;
	f->left--;
	f->last = (uint32_t)term;
	*ret_term = f->last;
	*ret_count = count;
	return true;
}

static int compare_exact(const struct inq_corpus *c, uint32_t place, const uint64_t exact[2])
{
	uint32_t function = inq_le32(entry(c, TABLE_EXACT, place, 4));
	const uint8_t *at;
	uint64_t found[2];

	if (function >= c->function_count)
		return 1;
	at = entry(c, TABLE_FUNCTIONS, function, FUNCTION_LEN) + FUNCTION_EXACT;
	found[0] = inq_le64(at);
	found[1] = inq_le64(at + 8);
	if (found[0] != exact[0])
		return found[0] < exact[0] ? -1 : 1;
	return found[1] < exact[1] ? -1 : found[1] > exact[1];
}

void inq_corpus_exact(
        const struct inq_corpus *c, const uint64_t exact[2], uint32_t *ret_first, uint32_t *ret_count)
{
	uint32_t low = 0, high = c->function_count, count = 0;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (compare_exact(c, middle, exact) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + count < c->function_count && compare_exact(c, low + count, exact) == 0)
		count++;
	*ret_first = low;
	*ret_count = count;
}

bool inq_corpus_exact_function(const struct inq_corpus *c, uint32_t place, uint32_t *ret)
{
	uint32_t function;

	if (place >= c->function_count)
		return false;
	function = inq_le32(entry(c, TABLE_EXACT, place, 4));
	if (function >= c->function_count)
		return false;
	*ret = function;
	return true;
}

uint32_t corpus_callees(const struct inq_corpus *c, uint32_t occurrence, uint32_t *ret_first)
{
	uint32_t all = (uint32_t)(c->table[TABLE_CALLEES].len / 4), first, end;
	const uint8_t *at;

	if (occurrence >= c->occurrence_count)
		return 0;
	at = entry(c, TABLE_OCCURRENCES, occurrence, OCCURRENCE_LEN) + OCCURRENCE_CALLEES;
	first = inq_le32(at);
	end = occurrence + 1 < c->occurrence_count ? inq_le32(at + OCCURRENCE_LEN) : all;
	if (first > end || end > all)
		return 0;
	*ret_first = first;
	return end - first;
}

uint32_t corpus_callee(const struct inq_corpus *c, uint32_t place)
{
	return inq_le32(entry(c, TABLE_CALLEES, place, 4));
}
