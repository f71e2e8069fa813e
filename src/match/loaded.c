#include "fingerprint/varint.h"
#include "match/candidates.h"

static uint32_t slot_of(const struct loaded *l, uint32_t term)
{
	uint32_t slot = (term * UINT32_C(0x9e3779b1)) >> 12 & (l->slot_count - 1);

	while (l->slots[slot].term && l->slots[slot].term != term + 1)
		slot = (slot + 1) & (l->slot_count - 1);
	return slot;
}

bool load_query(const struct search *s, uint32_t query, struct inq_arena *a, struct loaded *ret)
{
	const struct inq_fingerprint *q = &s->p->functions[query];

	ret->query = query;
	ret->slot_count = 16;
	while (ret->slot_count < 2 * q->feature_count + 1)
		ret->slot_count *= 2;
	ret->slots = inq_arena_new(a, ret->slot_count, sizeof *ret->slots);
	if (!ret->slots)
		return false;
	for (uint32_t i = q->feature_first; i < q->feature_first + q->feature_count; i++) {
		uint32_t id = s->ids[i], term = s->terms[id];
		struct loaded_slot *slot;

		if (term == NO_ID || !s->vocabulary.base[id])
			continue;
		slot = &ret->slots[slot_of(ret, term)];
		slot->term = term + 1;
		slot->base = s->vocabulary.base[id];
		slot->count = (uint16_t)s->p->features[i].count;
	}
	return true;
}

/*
 * The hottest place of a search: what inq_corpus_features_next does, in one
 * loop. Where the features are damaged the pair has what it shared until then.
 */
uint16_t loaded_similarity(const struct search *s, const struct loaded *l, uint32_t function)
{
	struct inq_corpus_features f = inq_corpus_features_of(s->c, function);
	uint64_t shared = 0, step, term = 0;

	for (uint32_t left = f.left; left; left--) {
		const struct loaded_slot *slot;
		uint32_t count = 1;

		if (!inq_varint_get(&f.at, f.end, &step) || step >> 1 > UINT32_MAX ||
		        ((step & 1) && f.at == f.end))
			break;
		if (step & 1)
			count = *f.at++;
		term += step >> 1;
		if (term >= f.bound || (left != f.left && step < 2))
			break;
		slot = &l->slots[slot_of(l, (uint32_t)term)];
		if (slot->term)
			shared += weight_of(slot->base, count < slot->count ? count : slot->count);
	}
	return similarity_of(shared, s->weights[l->query], corpus_weight(s, function));
}
