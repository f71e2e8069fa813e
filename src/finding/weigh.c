#include "finding/forgery.h"
#include "finding/look.h"
#include <stdlib.h>
#include <string.h>

enum {
	WEIGHED = 3, /* pieces whose removal is worked out */
	SEARCHABLE_LEAST = 3, /* functions, for anything to be said */
	WHATS = WHAT_DISTINCTIVE + 1,
};

struct weighing {
	const struct inq_corpus *c;
	const struct inq_calibration *cal;
	const struct inq_finding_question *question;
	struct inq_arena *a;
	struct inq_finding *f;
	const struct inq_evidence **evidence; /* that counts: not those which the corpus has itself */
	uint32_t *exhibit; /* of each of them: its number among the finding's */
	uint32_t count;
	struct bench bench;
	struct looking looking;
	struct evidence_case k;
	bool *dropped;
	struct looked looked;
	struct signs signs;
};

static enum inq_status no_memory(struct inq_error *err)
{
	return inq_fail(err, INQ_NO_MEMORY, 0, "the weighing needs more memory than it may have");
}

static int compare_exhibits(const void *a, const void *b)
{
	const struct inq_finding_exhibit *x = a, *y = b;

	return memcmp(x->evidence->sha256.byte, y->evidence->sha256.byte, sizeof x->evidence->sha256.byte);
}

/* The label under which the corpus has the very file. */
static uint32_t known_as(const struct inq_corpus *c, const struct inq_sha256 *sha256)
{
	struct inq_sample s;

	for (uint32_t i = 0; i < c->sample_count; i++)
		if (inq_corpus_sample(c, i, &s) && inq_sha256_equal(&s.sha256, sha256))
			return s.label;
	return NO_LABEL;
}

/* By SHA-256, each once; those that the corpus has itself share everything with themselves and count nothing. */
static bool take_exhibits(struct weighing *w, const struct inq_evidence *const *evidence, uint32_t count)
{
	struct inq_finding *f = w->f;
	uint32_t kept = 0;

	f->exhibits = inq_arena_new(w->a, count, sizeof *f->exhibits);
	w->evidence = inq_arena_new(w->a, count, sizeof *w->evidence);
	w->exhibit = inq_arena_new(w->a, count, sizeof *w->exhibit);
	if (!f->exhibits || !w->evidence || !w->exhibit)
		return false;
	for (uint32_t i = 0; i < count; i++)
		f->exhibits[i].evidence = evidence[i];
	if (count)
		qsort(f->exhibits, count, sizeof *f->exhibits, compare_exhibits);
	for (uint32_t i = 0; i < count; i++)
		if (!kept || compare_exhibits(&f->exhibits[kept - 1], &f->exhibits[i]))
			f->exhibits[kept++] = f->exhibits[i];
	f->exhibit_count = kept;
	for (uint32_t i = 0; i < kept; i++) {
		struct inq_finding_exhibit *x = &f->exhibits[i];

		x->alone_label = NO_LABEL;
		x->known_label = known_as(w->c, &x->evidence->sha256);
		f->functions += x->evidence->function_count;
		if (x->known_label != NO_LABEL)
			continue;
		f->searchable += x->evidence->function_count - x->evidence->standing[INQ_STANDING_SMALL];
		w->exhibit[w->count] = i;
		w->evidence[w->count++] = x->evidence;
	}
	f->languages = languages_of(w->evidence, w->count);
	return case_init(&w->k, w->evidence, w->count, w->c, w->a);
}

/* The function of the case that holds `va` in one of the exhibits asked for. */
static bool function_at(const struct weighing *w, const struct inq_finding_left_out *l, uint32_t *ret)
{
	for (uint32_t i = 0; i < w->count; i++) {
		const struct inq_evidence *e = w->evidence[i];

		if (l->sha256 && !inq_sha256_equal(l->sha256, &e->sha256))
			continue;
		for (uint32_t j = 0; j < e->function_listed; j++) {
			if (l->va < e->functions[j].va || l->va - e->functions[j].va >= e->functions[j].size)
				continue;
			*ret = w->k.first[i] + j;
			return true;
		}
	}
	return false;
}

static void drop_piece(const struct sayings *s, uint32_t piece, bool *dropped)
{
	for (uint32_t i = 0; i < s->count; i++)
		dropped[i] |= s->at[i].what == WHAT_DISTINCTIVE && s->at[i].piece == piece;
}

/* Leaves out the pieces asked for: all functions that count as one with what is at the address. */
static enum inq_status leave_out(struct weighing *w, struct inq_error *err)
{
	uint32_t at = 0;

	w->dropped = inq_arena_new(w->a, (size_t)w->k.first[w->count] + 1, sizeof *w->dropped);
	if (!w->dropped || !look(&w->looking, &w->k, w->dropped, w->a, &w->looked))
		return no_memory(err);
	for (size_t i = 0; i < w->question->left_out_count; i++) {
		const struct inq_finding_left_out *l = &w->question->left_out[i];

		if (!function_at(w, l, &at) || w->looked.sayings.at[at].what != WHAT_DISTINCTIVE)
			return inq_fail(err, INQ_BAD_ARGUMENT, 0,
			        "no function that counts for a family lies at 0x%llx",
			        (unsigned long long)l->va);
		drop_piece(&w->looked.sayings, w->looked.sayings.at[at].piece, w->dropped);
	}
	for (uint32_t i = 0; i < w->looked.sayings.count; i++)
		w->f->left_out += w->dropped[i];
	if (w->f->left_out && !look(&w->looking, &w->k, w->dropped, w->a, &w->looked))
		return no_memory(err);
	return INQ_OK;
}

static struct inq_ratio ratio_of(
        const struct weighing *w, const struct looked *l, uint32_t label, bool *ret_named)
{
	*ret_named = false;
	if (!w->f->calibrated)
		return (struct inq_ratio){ 0 };
	return judged(&w->bench, l, label, ret_named);
}

/* Of a label for which nothing counts. */
static struct inq_ratio silent_ratio(const struct weighing *w)
{
	return w->f->calibrated ? together(&w->bench, 0, w->looked.left) : (struct inq_ratio){ 0 };
}

/* The sample that most of a piece's functions are found in. */
static uint32_t sample_of(const struct weighing *w, const struct sayings *s, uint32_t piece)
{
	const struct piece *p = &s->pieces[piece];
	const struct inq_evidence *e = w->k.exhibits[p->exhibit];
	uint32_t best = INQ_NO_SAMPLE, count = 0;

	/* Boyer and Moore's vote: right where one sample has more than half of it. */
	for (uint32_t i = w->k.first[p->exhibit]; i < w->k.first[p->exhibit + 1]; i++) {
		uint32_t sample;

		if (s->at[i].what != WHAT_DISTINCTIVE || s->at[i].piece != piece)
			continue;
		sample = e->candidates[s->at[i].candidate].sample;
		if (!count)
			best = sample;
		if (sample == best)
			count++;
		else
			count--;
	}
	return best;
}

static int compare_pieces(const void *a, const void *b)
{
	const struct inq_finding_piece *x = a, *y = b;

	if (x->bits != y->bits)
		return x->bits > y->bits ? -1 : 1;
	if (x->exhibit != y->exhibit)
		return x->exhibit < y->exhibit ? -1 : 1;
	return x->va < y->va ? -1 : x->va > y->va;
}

static bool list_pieces(struct weighing *w, struct inq_finding_family *to)
{
	struct spread lies = spread_of(&w->looked.sayings, to->label);

	to->pieces = inq_arena_new(w->a, to->piece_count, sizeof *to->pieces);
	if (!to->pieces)
		return false;
	to->piece_count = 0;
	for (uint32_t i = 0; i < w->looked.sayings.piece_count; i++) {
		const struct piece *p = &w->looked.sayings.pieces[i];
		const struct inq_evidence *e = w->k.exhibits[p->exhibit];
		struct inq_finding_piece *r = &to->pieces[to->piece_count];

		if (p->label != to->label)
			continue;
		*r = (struct inq_finding_piece){ .exhibit = w->exhibit[p->exhibit],
			.va = e->functions[p->first - w->k.first[p->exhibit]].va,
			.label = p->label,
			.functions = p->functions,
			.bytes = p->bytes,
			.bits = p->sum / 16,
			.sample = sample_of(w, &w->looked.sayings, i) };
		for (uint32_t j = p->first; j < w->k.first[p->exhibit + 1]; j++) {
			const struct inq_evidence_function *f = &e->functions[j - w->k.first[p->exhibit]];

			if (w->looked.sayings.at[j].what == WHAT_DISTINCTIVE &&
			        w->looked.sayings.at[j].piece == i)
				r->end_va = f->va + (f->size ? f->size - 1 : 0);
		}
		to->functions += p->functions;
		to->bytes += p->bytes;
		to->piece_count++;
	}
	if (to->piece_count)
		qsort(to->pieces, to->piece_count, sizeof *to->pieces, compare_pieces);
	to->largest = spread_largest(&lies);
	to->one_piece = is_one_piece(&lies, w->f->searchable);
	return true;
}

static int compare_families(const void *a, const void *b)
{
	const struct inq_finding_family *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return x->label < y->label ? -1 : x->label > y->label;
}

/* H_planted for a family that is named: nobody has tried it with several programs together. */
static void weigh_planted(struct weighing *w, struct inq_finding_family *to)
{
	struct planted_counts n;

	if (!to->named || w->count != 1)
		return;
	planted_count(w->cal, &w->bench.one, w->f->languages, &n);
	w->f->planted_trials = n.planted;
	w->f->genuine_trials = n.genuine;
	to->planted_weighed = n.planted && n.genuine;
	if (to->planted_weighed)
		to->planted = planted_ratio(&n, to->one_piece);
}

/* Whether code of the corpus is in `sample`, and in no other of its label. */
static bool is_in_one(const struct weighing *w, uint32_t function, uint32_t sample, const struct inq_label *l)
{
	struct inq_corpus_list list = inq_corpus_occurrences_of(w->c, function);
	uint32_t occurrence, left = OCCURRENCES_MOST;
	struct inq_occurrence o;
	bool is_there = false;

	while (left-- && inq_corpus_next(&list, &occurrence)) {
		if (!inq_corpus_occurrence(w->c, occurrence, &o))
			return false;
		is_there |= o.sample == sample;
		if (o.sample != sample && o.sample >= l->sample_first &&
		        o.sample - l->sample_first < l->sample_count)
			return false;
	}
	return is_there;
}

/*
 * What a family has in common is in several of its programs; a library that one
 * of them has inside is in that one. No more than a sign: other builds of the
 * same code, in the others, are not looked for.
 */
static bool is_one_program(const struct weighing *w, const struct inq_finding_family *y)
{
	enum { PROGRAMS_LEAST = 3, TENTHS = 9 };
	uint32_t sample = y->piece_count ? y->pieces[0].sample : INQ_NO_SAMPLE, alone = 0;
	struct inq_label l;

	if (sample == INQ_NO_SAMPLE || !inq_corpus_label(w->c, y->label, &l) ||
	        l.sample_count < PROGRAMS_LEAST)
		return false;
	for (uint32_t x = 0; x < w->count; x++)
		for (uint32_t i = w->k.first[x]; i < w->k.first[x + 1]; i++) {
			const struct saying *s = &w->looked.sayings.at[i];

			if (s->what == WHAT_DISTINCTIVE && s->label == y->label && !s->again)
				alone += is_in_one(
				        w, w->evidence[x]->candidates[s->candidate].function, sample, &l);
		}
	return (uint64_t)alone * 10 >= (uint64_t)y->functions * TENTHS;
}

static bool list_families(struct weighing *w)
{
	struct inq_finding *f = w->f;
	uint32_t *published = inq_arena_new(w->a, w->c->label_count, sizeof *published), named = 0;

	f->families = inq_arena_new(w->a, w->c->label_count, sizeof *f->families);
	if (!f->families || !published)
		return false;
	for (uint32_t i = 0; i < w->looked.sayings.count; i++)
		if (w->looked.sayings.at[i].what == WHAT_PUBLISHED)
			published[w->looked.sayings.at[i].label]++;
	for (uint32_t i = 0; i < w->c->label_count; i++) {
		struct inq_finding_family *to = &f->families[f->family_count];
		const struct score *s = &w->looked.scores[i];

		if (!s->pieces && !published[i])
			continue;
		*to = (struct inq_finding_family){ .label = i,
			.score = s->score,
			.piece_count = s->pieces,
			.published = published[i],
			.posterior = UINT32_MAX };
		if (!list_pieces(w, to))
			return false;
		to->ratio = ratio_of(w, &w->looked, i, &to->named);
		named += to->named;
		to->one_program = to->named && is_one_program(w, to);
		weigh_planted(w, to);
		f->family_count++;
	}
	if (f->family_count)
		qsort(f->families, f->family_count, sizeof *f->families, compare_families);
	if (named)
		f->conclusion = named == 1 ? INQ_CONCLUSION_FAMILY : INQ_CONCLUSION_SEVERAL;
	return true;
}

static void count_functions(struct weighing *w)
{
	for (uint32_t i = 0; i < w->count; i++) {
		struct inq_finding_exhibit *x = &w->f->exhibits[w->exhibit[i]];
		uint32_t listed = 0;

		for (uint32_t j = w->k.first[i]; j < w->k.first[i + 1]; j++) {
			const struct saying *s = &w->looked.sayings.at[j];

			x->what[s->what]++;
			listed++;
			w->f->distinctive += s->what == WHAT_DISTINCTIVE && !s->again;
			w->f->repeated += s->what == WHAT_DISTINCTIVE && s->again;
		}
		/* What nothing is like is not listed. */
		x->what[WHAT_NOTHING] +=
		        x->evidence->function_count - x->evidence->standing[INQ_STANDING_SMALL] - listed;
	}
}

/* What each of several exhibits says by itself. */
static void tell_alone(struct weighing *w)
{
	for (uint32_t i = 0; w->f->calibrated && w->count > 1 && i < w->count; i++) {
		struct inq_finding_exhibit *x = &w->f->exhibits[w->exhibit[i]];
		const struct first *first = &w->looked.first[i];

		if (first->label == NO_LABEL)
			continue;
		x->alone_label = first->label;
		x->alone_named = is_named(&w->bench.one, first->score, 1, 1);
		x->alone = of_functions(curve_ratio(&w->bench.one, first->score, first->left),
		        first->functions, &x->alone_named);
	}
}

/* The first family's ratio with other functions dropped, or exhibits away: weighed anew, not estimated. */
static bool weigh_without_piece(struct weighing *w, struct inq_finding_piece *p)
{
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	bool *dropped =
	        scratch ? inq_arena_new(scratch, (size_t)w->looked.sayings.count + 1, sizeof *dropped) : NULL;
	struct looked looked;
	bool ok = dropped != NULL, named;

	for (uint32_t i = 0; ok && i < w->looked.sayings.count; i++)
		dropped[i] = w->dropped[i];
	for (uint32_t i = 0; ok && i < w->looked.sayings.piece_count; i++) {
		const struct piece *q = &w->looked.sayings.pieces[i];

		if (w->exhibit[q->exhibit] == p->exhibit && q->label == p->label &&
		        w->k.exhibits[q->exhibit]->functions[q->first - w->k.first[q->exhibit]].va == p->va)
			drop_piece(&w->looked.sayings, i, dropped);
	}
	ok = ok && look(&w->looking, &w->k, dropped, scratch, &looked);
	if (ok) {
		p->without = ratio_of(w, &looked, p->label, &named);
		p->weighed = true;
	}
	inq_arena_close(scratch);
	return ok;
}

static enum inq_status weigh_without_exhibit(struct weighing *w, uint32_t left_out, struct inq_error *err)
{
	struct inq_finding_exhibit *x = &w->f->exhibits[w->exhibit[left_out]];
	struct inq_arena *scratch = inq_arena_open(SIZE_MAX);
	const struct inq_evidence **others =
	        scratch ? inq_arena_new(scratch, w->count, sizeof *others) : NULL;
	bool *dropped =
	        scratch ? inq_arena_new(scratch, (size_t)w->looked.sayings.count + 1, sizeof *dropped) : NULL;
	struct evidence_case k;
	struct looked looked;
	struct bench bench;
	uint32_t count = 0, at = 0, label = w->f->families[0].label;
	bool named;
	enum inq_status status = others && dropped ? INQ_OK : no_memory(err);

	for (uint32_t i = 0; status == INQ_OK && i < w->count; i++) {
		if (i == left_out)
			continue;
		others[count++] = w->evidence[i];
		for (uint32_t j = w->k.first[i]; j < w->k.first[i + 1]; j++)
			dropped[at++] = w->dropped[j];
	}
	if (status == INQ_OK && (!case_init(&k, others, count, w->c, scratch) ||
	                                !look(&w->looking, &k, dropped, scratch, &looked)))
		status = no_memory(err);
	if (status == INQ_OK)
		status = bench_read(w->cal, count, languages_of(others, count), scratch, &bench, err);
	if (status == INQ_OK) {
		x->without = judged(&bench, &looked, label, &named);
		x->weighed = true;
	}
	inq_arena_close(scratch);
	return status;
}

static enum inq_status weigh_without(struct weighing *w, struct inq_error *err)
{
	struct inq_finding_family *first = w->f->families;
	enum inq_status status = INQ_OK;

	if (!w->f->calibrated || !w->f->family_count)
		return INQ_OK;
	for (uint32_t i = 0; i < first->piece_count && i < WEIGHED; i++)
		if (!weigh_without_piece(w, &first->pieces[i]))
			return no_memory(err);
	for (uint32_t i = 0; w->count > 1 && i < w->count && status == INQ_OK; i++)
		status = weigh_without_exhibit(w, i, err);
	return status;
}

/* A day from which a label's code, or some sample's of it, was anyone's. */
static bool is_published(const struct weighing *w, uint32_t label)
{
	struct inq_label l;

	if (!inq_corpus_label(w->c, label, &l))
		return false;
	if (l.published)
		return true;
	for (uint32_t i = 0; i < l.sample_count; i++) {
		struct inq_sample s;

		if (inq_corpus_sample(w->c, l.sample_first + i, &s) && s.published)
			return true;
	}
	for (size_t i = 0; i < w->question->publication_count; i++)
		if (w->question->publications[i].label == label)
			return true;
	return false;
}

/* What is missing where no family is named. */
static void list_lacks(struct weighing *w)
{
	struct inq_finding *f = w->f;
	uint32_t code = 0;
	bool published = false, packed = false, cut = false, known = false;

	for (uint32_t i = 0; i < f->exhibit_count; i++) {
		const struct inq_finding_exhibit *x = &f->exhibits[i];

		packed |= (x->evidence->flags & (INQ_PROGRAM_PACKED | INQ_PROGRAM_NO_DECODER)) != 0;
		cut |= (x->evidence->flags & INQ_PROGRAM_CUT) != 0;
		known |= x->known_label != NO_LABEL;
		code += x->known_label == NO_LABEL
		                ? x->what[WHAT_NOTHING] + x->what[WHAT_WIDESPREAD] + x->what[WHAT_DISTINCTIVE]
		                : 0;
		published |= x->what[WHAT_PUBLISHED] != 0;
	}
	for (uint32_t i = 0; i < w->c->label_count; i++)
		f->published_families += is_published(w, i);
	f->lacks[INQ_LACK_UNCALIBRATED] = !w->cal;
	f->lacks[INQ_LACK_CODE] = code < SEARCHABLE_LEAST;
	f->lacks[INQ_LACK_PACKED] = packed;
	f->lacks[INQ_LACK_CUT] = cut;
	f->lacks[INQ_LACK_KNOWN] = known;
	f->lacks[INQ_LACK_TRIALS] = w->cal && f->conclusion == INQ_CONCLUSION_INSUFFICIENT &&
	                            (!f->calibrated || f->bound.least < CONCLUDES_LEAST);
	f->lacks[INQ_LACK_PUBLISHED] = published;
	f->lacks[INQ_LACK_DATE] = published && !w->question->day;
	f->lacks[INQ_LACK_EVIDENCE] =
	        f->calibrated && f->conclusion == INQ_CONCLUSION_INSUFFICIENT && code >= SEARCHABLE_LEAST;
}

/* How the code of a family that is named may have come there otherwise. */
static bool list_signs_of(struct weighing *w, const struct inq_finding_family *y, const char *name)
{
	static const char one_program[] = "nearly all that is shared with %s is in one of its programs "
	                                  "alone: a library that this one has inside, and that no label "
	                                  "marks, would look the same",
	                  one_piece[] = "%u of %u functions shared with %s lie in one piece, apart from the "
	                                "rest: a library that was linked in, a tool that several have, or "
	                                "code that was put there, would look the same";
	const struct inq_finding_piece *p = &y->pieces[0];

	if (y->one_program && !signs_add(&w->signs, INQ_SIGN_ONE_PROGRAM, p->exhibit, y->label,
	                              inq_arena_printf(w->a, one_program, name)))
		return false;
	return !y->one_piece || signs_add(&w->signs, INQ_SIGN_ONE_PIECE, p->exhibit, y->label,
	                                inq_arena_printf(w->a, one_piece, p->functions, y->functions, name));
}

static bool list_signs(struct weighing *w)
{
	uint32_t named = 0;

	for (uint32_t i = 0; i < w->f->exhibit_count; i++)
		if (!signs_of_facts(&w->signs, i, w->f->exhibits[i].evidence, w->question->day))
			return false;
	for (uint32_t i = 0; i < w->f->family_count; i++) {
		const struct inq_finding_family *y = &w->f->families[i];
		struct inq_label l;

		named += y->named;
		if (y->named && inq_corpus_label(w->c, y->label, &l) && !list_signs_of(w, y, l.name))
			return false;
	}
	return named < 2 ||
	       signs_add(&w->signs, INQ_SIGN_SEVERAL, 0, NO_LABEL,
	               "code of several families is in it: one shared with, took from or imitated "
	               "another");
}

static bool posteriors(struct weighing *w)
{
	struct inq_finding *f = w->f;
	int32_t *log10 = inq_arena_new(w->a, f->family_count, sizeof *log10);
	uint32_t *are = inq_arena_new(w->a, f->family_count, sizeof *are);

	if (!f->prior || !f->calibrated || !w->c->family_count)
		return true;
	if (!log10 || !are)
		return false;
	for (uint32_t i = 0; i < f->family_count; i++)
		log10[i] = f->families[i].ratio.log10;
	inq_finding_posteriors(f->prior, w->c->family_count, log10, f->family_count, f->silent.log10, are,
	        &f->posterior_none);
	for (uint32_t i = 0; i < f->family_count; i++)
		f->families[i].posterior = are[i];
	return true;
}

static enum inq_status read_curve(struct weighing *w, struct inq_error *err)
{
	struct inq_finding *f = w->f;
	const struct curve *trials;
	enum inq_status status;

	if (!w->cal || !w->count)
		return INQ_OK;
	status = bench_read(w->cal, w->count, f->languages, w->a, &w->bench, err);
	if (status != INQ_OK)
		return status;
	trials = w->bench.has_many ? &w->bench.many : &w->bench.one;
	f->trial_exhibits = w->bench.has_many ? calibration_class(w->count) : 1;
	f->calibrated = trials->right && trials->wrong;
	f->trials_right = trials->right;
	f->trials_wrong = trials->wrong;
	f->trial_families = w->cal->families;
	if (f->calibrated)
		f->bound = curve_ratio(trials, INT32_MAX - 1, 0);
	return INQ_OK;
}

enum inq_status inq_finding_make(const struct inq_evidence *const *evidence, uint32_t count,
        const struct inq_corpus *c, const struct inq_calibration *cal,
        const struct inq_finding_question *question, struct inq_arena *a, struct inq_finding *ret,
        struct inq_error *err)
{
	struct inq_finding f = { .corpus = c->digest,
		.model = c->model,
		.day = question->day,
		.families_of_corpus = c->family_count,
		.prior = question->prior };
	struct weighing w = { .c = c,
		.cal = cal,
		.question = question,
		.a = a,
		.f = &f,
		.looking = { c, cal ? cal->background : NULL, question->day },
		.signs = { .a = a } };
	enum inq_status status;

	if (cal)
		f.calibration = cal->digest;
	if (!take_exhibits(&w, evidence, count))
		return no_memory(err);
	status = read_curve(&w, err);
	if (status == INQ_OK)
		status = leave_out(&w, err);
	if (status != INQ_OK)
		return status;
	if (!list_families(&w))
		return no_memory(err);
	count_functions(&w);
	tell_alone(&w);
	f.silent = silent_ratio(&w);
	f.none = f.family_count ? f.families[0].ratio : f.silent;
	f.none = (struct inq_ratio){ -f.none.log10, -f.none.most, -f.none.least, f.none.right, f.none.wrong };
	list_lacks(&w);
	/* That nothing was found says something only where everything could be looked at. */
	if (f.conclusion == INQ_CONCLUSION_INSUFFICIENT && f.calibrated && f.none.least >= CONCLUDES_LEAST &&
	        !f.lacks[INQ_LACK_CODE] && !f.lacks[INQ_LACK_PACKED] && !f.lacks[INQ_LACK_CUT] &&
	        !f.lacks[INQ_LACK_PUBLISHED] && !f.lacks[INQ_LACK_KNOWN]) {
		f.conclusion = INQ_CONCLUSION_NONE;
		f.lacks[INQ_LACK_EVIDENCE] = f.lacks[INQ_LACK_TRIALS] = false;
	}
	status = weigh_without(&w, err);
	if (status != INQ_OK)
		return status;
	if (!list_signs(&w))
		return no_memory(err);
	f.signs = w.signs.at;
	f.sign_count = w.signs.count;
	if (!posteriors(&w))
		return no_memory(err);
	*ret = f;
	return INQ_OK;
}
