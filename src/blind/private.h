/* What the files of the private comparison share: integers in bytes, the tree, openings. */
#ifndef BLIND_PRIVATE_H
#define BLIND_PRIVATE_H

#include <inquiry/blind.h>

/* Bytes that grow in an arena. `full`: it ran out, and what was put is not all there. */
struct blind_out {
	struct inq_arena *a;
	uint8_t *at;
	size_t len, room;
	bool full;
};

void blind_put(struct blind_out *o, const void *at, size_t len);
void blind_put16(struct blind_out *o, uint32_t value);
void blind_put32(struct blind_out *o, uint32_t value);
void blind_put64(struct blind_out *o, uint64_t value);
INQ_MUST enum inq_status blind_done(struct blind_out *o, struct inq_bytes *ret, struct inq_error *err);

/* Bytes that are read from the front. After a value that is not all there `short_` is set and all is zero. */
struct blind_in {
	struct inq_bytes left;
	bool short_;
};

struct inq_bytes blind_get(struct blind_in *in, uint64_t len);
uint16_t blind_get16(struct blind_in *in);
uint32_t blind_get32(struct blind_in *in);
uint64_t blind_get64(struct blind_in *in);
void blind_get_bytes(struct blind_in *in, void *ret, size_t len);

enum inq_status blind_no_memory(struct inq_error *err);

/* What is hashed to the group: the kind's label, a zero, the value. False where the hash is no element. */
INQ_MUST bool blind_hash(enum inq_blind_kind kind, struct inq_bytes value, uint8_t ret[INQ_POINT]);

/* The kind whose label that is. */
INQ_MUST bool blind_label_read(struct inq_bytes label, enum inq_blind_kind *ret);

/* "HMAC of the point": what hides an element until it is opened. */
void blind_nonce(const uint8_t key[32], const uint8_t point[INQ_POINT], uint8_t ret[32]);

/*
 * The second half of a leaf: SHA-256(02, nonce, how many functions, their
 * digests, label, 00, value). Padding has no label and no value.
 */
struct blind_hiding {
	const uint8_t *nonce;
	const struct inq_sha256 *functions;
	uint16_t function_count;
	const char *label; /* NULL: padding */
	struct inq_bytes value;
};
void blind_hide(const struct blind_hiding *h, struct inq_sha256 *ret);

/* The leaf's hash in the tree: of the point and what stands beside it. */
void blind_leaf(const uint8_t point[INQ_POINT], const struct inq_sha256 *hidden, struct inq_sha256 *ret);

/* The root over all leaves. */
void blind_root(const struct inq_blind_leaves *leaves, uint64_t count, struct inq_sha256 *ret);

/*
 * The hashes that lead from some leaves to the root: of the largest subtrees
 * without any of them, from the left. `opened` are their indices, ascending.
 */
void blind_paths_put(struct blind_out *o, const struct inq_blind_leaves *leaves, uint64_t count,
        const uint32_t *opened, size_t opened_count);

/* The root that `leaves`, the hashes of the opened ones, and `paths` lead to. False where these are not as many. */
INQ_MUST bool blind_paths_root(uint64_t count, const uint32_t *opened, const struct inq_sha256 *leaves,
        size_t opened_count, const struct inq_sha256 *paths, size_t path_count, struct inq_sha256 *ret);

/* The bytes of a function as they are committed to and opened, and their digest. */
void blind_function_put(struct blind_out *o, const struct inq_blind_function *f);
void blind_function_digest(const struct inq_blind_function *f, struct inq_sha256 *ret);

/* The digests of the functions behind an element, ascending; at most INQ_BLIND_SHARERS_MOST. */
void blind_digests(const struct inq_blind_set *set, const struct inq_blind_element *e,
        struct inq_sha256 ret[INQ_BLIND_SHARERS_MOST]);

/* Opens what both hold: `matches` as of the session. */
INQ_MUST enum inq_status blind_opening_write(const struct inq_blind_session *s, const struct inq_asker *asker,
        struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* An opening as it was read and proved against a commitment. */
struct blind_opened {
	enum inq_blind_kind kind;
	struct inq_bytes value;
	uint32_t leaf;
	const uint8_t *point;
	uint32_t functions[INQ_BLIND_SHARERS_MOST]; /* of the opening */
	unsigned function_count;
};

struct blind_opening {
	const struct blind_opened *elements; /* ascending by kind and value, none twice */
	size_t count;
	const struct inq_blind_function *functions;
	size_t function_count;
};

INQ_MUST enum inq_status blind_opening_read(struct inq_bytes bytes, const struct inq_blind_said *by,
        struct inq_arena *a, struct blind_opening *ret, struct inq_error *err);

/* Asks for `count` points multiplied by the session's scalar; `from` and `to` may be the same. */
INQ_MUST enum inq_status blind_multiply(const struct inq_asker *asker, const uint8_t (*from)[INQ_POINT],
        size_t count, uint8_t (*to)[INQ_POINT], struct inq_error *err);

/* Puts a proof for each batch of INQ_BLIND_BATCH. */
INQ_MUST enum inq_status blind_prove(const struct inq_asker *asker, const uint8_t public[INQ_POINT],
        const uint8_t (*from)[INQ_POINT], const uint8_t (*to)[INQ_POINT], size_t count, struct blind_out *o,
        struct inq_error *err);

/* Looks at as many. */
INQ_MUST bool blind_proofs_hold(const uint8_t public[INQ_POINT], const uint8_t (*from)[INQ_POINT],
        const uint8_t (*to)[INQ_POINT], size_t count, const uint8_t *proofs);
static inline size_t blind_proofs(size_t count)
{
	return (count + INQ_BLIND_BATCH - 1) / INQ_BLIND_BATCH;
}

/* The scalar of a new session, and what the session file is encrypted under. */
INQ_MUST enum inq_status blind_draw(const struct inq_asker *asker, const struct inq_sha256 *session,
        uint8_t ret_public[INQ_POINT], uint8_t ret_sealed[INQ_BLIND_SEALED], struct inq_error *err);
INQ_MUST enum inq_status blind_file_key(const struct inq_asker *asker, const struct inq_sha256 *session,
        uint8_t ret[32], struct inq_error *err);

/* Whether the kinds of a commitment are `kinds`, a bit each, in order and none twice. */
INQ_MUST bool blind_kinds_read(const struct inq_blind_said *said, uint32_t *ret);

#endif
