/* The tree that commits to a set: its leaves, its root, and the way from some leaves to it. */
#include "blind/private.h"
#include <sodium.h>
#include <string.h>

bool blind_hash(enum inq_blind_kind kind, struct inq_bytes value, uint8_t ret[INQ_POINT])
{
	uint8_t input[64 + INQ_BLIND_VALUE_MOST];
	const char *label = inq_blind_kind_label(kind);
	size_t len = strlen(label) + 1;

	if (value.len > INQ_BLIND_VALUE_MOST)
		return false;
	memcpy(input, label, len);
	memcpy(input + len, value.at, value.len);
	return inq_oprf_hash(INQ_VOPRF, (struct inq_bytes){ input, len + value.len }, ret);
}

bool blind_label_read(struct inq_bytes label, enum inq_blind_kind *ret)
{
	for (unsigned i = 0; i < INQ_BLIND_KINDS; i++) {
		if (inq_bytes_equal(label, inq_blind_kind_label((enum inq_blind_kind)i))) {
			*ret = (enum inq_blind_kind)i;
			return true;
		}
	}
	return false;
}

bool blind_kinds_read(const struct inq_blind_said *said, uint32_t *ret)
{
	uint32_t kinds = 0;

	for (size_t i = 0; i < said->kind_count; i++) {
		enum inq_blind_kind kind;

		if (!blind_label_read(said->kinds[i], &kind) || kinds >> kind)
			return false;
		kinds |= 1U << kind;
	}
	*ret = kinds;
	return kinds != 0;
}

void blind_nonce(const uint8_t key[32], const uint8_t point[INQ_POINT], uint8_t ret[32])
{
	crypto_auth_hmacsha256(ret, point, INQ_POINT, key);
}

void blind_hide(const struct blind_hiding *h, struct inq_sha256 *ret)
{
	const uint8_t head = 2, count[2] = { (uint8_t)h->function_count, (uint8_t)(h->function_count >> 8) };
	struct inq_sha256_state s;

	inq_sha256_init(&s);
	inq_sha256_update(&s, &head, 1);
	inq_sha256_update(&s, h->nonce, 32);
	inq_sha256_update(&s, count, sizeof count);
	if (h->function_count)
		inq_sha256_update(&s, h->functions, h->function_count * sizeof *h->functions);
	if (h->label) {
		inq_sha256_update(&s, h->label, strlen(h->label) + 1);
		inq_sha256_update(&s, h->value.at, h->value.len);
	}
	inq_sha256_final(&s, ret);
}

void blind_leaf(const uint8_t point[INQ_POINT], const struct inq_sha256 *hidden, struct inq_sha256 *ret)
{
	uint8_t leaf[INQ_POINT + 32];

	memcpy(leaf, point, INQ_POINT);
	memcpy(leaf + INQ_POINT, hidden->byte, 32);
	inq_merkle_leaf((struct inq_bytes){ leaf, sizeof leaf }, ret);
}

void blind_root(const struct inq_blind_leaves *leaves, uint64_t count, struct inq_sha256 *ret)
{
	struct inq_merkle_edge edge = { .size = 0 };

	for (uint64_t i = 0; i < count; i++) {
		struct inq_sha256 leaf;

		blind_leaf(leaves->points[i], &leaves->hidden[i], &leaf);
		(void)inq_merkle_append(&edge, &leaf, NULL);
	}
	inq_merkle_edge_root(&edge, ret);
}

/* Where the left half of `count` leaves ends (RFC 6962, section 2.1): the largest power of two below it. */
static uint64_t half(uint64_t count)
{
	return 1ULL << (63 - __builtin_clzll(count - 1));
}

/* Leaves `first` to `first + count` - 1. As deep as the tree is high: 20 at the most. */
static void paths_put(struct blind_out *o, const struct inq_blind_leaves *leaves, uint64_t first,
        uint64_t count, const uint32_t *opened, size_t opened_count)
{
	size_t left = 0;
	uint64_t middle;

	if (opened_count == 0) {
		const struct inq_blind_leaves part = { leaves->points + first, leaves->hidden + first };
		struct inq_sha256 root;

		blind_root(&part, count, &root);
		blind_put(o, root.byte, sizeof root.byte);
		return;
	}
	if (count == 1)
		return;
	middle = half(count);
	while (left < opened_count && opened[left] < first + middle)
		left++;
	paths_put(o, leaves, first, middle, opened, left);
	paths_put(o, leaves, first + middle, count - middle, opened + left, opened_count - left);
}

void blind_paths_put(struct blind_out *o, const struct inq_blind_leaves *leaves, uint64_t count,
        const uint32_t *opened, size_t opened_count)
{
	if (opened_count)
		paths_put(o, leaves, 0, count, opened, opened_count);
}

struct climb {
	const uint32_t *opened;
	const struct inq_sha256 *leaves, *paths;
	size_t opened_count, path_count;
};

static bool climb(struct climb *c, uint64_t first, uint64_t count, struct inq_sha256 *ret)
{
	struct inq_sha256 l, r;
	uint64_t middle;

	if (c->opened_count == 0 || c->opened[0] >= first + count) {
		if (c->path_count == 0)
			return false;
		*ret = *c->paths++;
		c->path_count--;
		return true;
	}
	if (count == 1) {
		*ret = *c->leaves++;
		c->opened++;
		c->opened_count--;
		return true;
	}
	middle = half(count);
	if (!climb(c, first, middle, &l) || !climb(c, first + middle, count - middle, &r))
		return false;
	inq_merkle_node(&l, &r, ret);
	return true;
}

bool blind_paths_root(uint64_t count, const uint32_t *opened, const struct inq_sha256 *leaves,
        size_t opened_count, const struct inq_sha256 *paths, size_t path_count, struct inq_sha256 *ret)
{
	struct climb c = { opened, leaves, paths, opened_count, path_count };

	if (opened_count == 0 || opened[opened_count - 1] >= count)
		return false;
	return climb(&c, 0, count, ret) && c.opened_count == 0 && c.path_count == 0;
}
