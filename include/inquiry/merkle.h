/*
 * The Merkle tree of a log (RFC 6962, section 2.1) and its tiles
 * (c2sp.org/tlog-tiles). With n entries D[0:n]:
 *
 *     leaf   SHA-256(0x00, entry)
 *     node   SHA-256(0x01, left, right)
 *     MTH()  SHA-256 of nothing, for the empty tree
 *
 * The hash of its leaf is what this project calls the digest of an entry: the
 * tree proves it, the tiles hold it, entries are cited by it.
 *
 * Everything here is a pure function of its arguments, allocates nothing and
 * takes at most 64 hashes where a proof is concerned.
 */
#ifndef INQUIRY_MERKLE_H
#define INQUIRY_MERKLE_H

#include <inquiry/hash.h>

enum {
	INQ_PROOF_MOST = 64, /* hashes of a proof */
	INQ_TILE_WIDTH = 256, /* hashes of a full tile, entries of a full entry bundle */
	INQ_TILE_PATH = 64, /* bytes of a tile's path with its NUL */
	INQ_ENTRY_MOST = 65535, /* bytes of an entry: its length is written in 16 bits */
	INQ_EDGE_MOST = 64,
};

void inq_merkle_leaf(struct inq_bytes entry, struct inq_sha256 *ret);
void inq_merkle_node(const struct inq_sha256 *left, const struct inq_sha256 *right, struct inq_sha256 *ret);

/*
 * The right edge of a tree: the roots of its complete subtrees, the largest
 * first, one for each bit of its size. It is all that appending needs. A zeroed
 * edge is the empty tree.
 */
struct inq_merkle_edge {
	uint64_t size;
	struct inq_sha256 at[INQ_EDGE_MOST]; /* one for each bit set in `size` */
};

/*
 * A complete subtree whose hash is stored in a tile: the `index`-th hash of
 * tile level `level`, that is MTH(D[index * 256^level : (index + 1) * 256^level]).
 */
struct inq_merkle_stored {
	unsigned level;
	uint64_t index;
	struct inq_sha256 hash;
};

/*
 * Appends a leaf. Gives the hashes that now belong in tiles, the leaf first,
 * at most INQ_STORED_MOST; their number is returned. `stored` may be NULL.
 * False sizes do not come about: 2^63 leaves are out of reach.
 */
enum { INQ_STORED_MOST = 8 };
unsigned inq_merkle_append(struct inq_merkle_edge *edge, const struct inq_sha256 *leaf,
        struct inq_merkle_stored stored[INQ_STORED_MOST]);

void inq_merkle_edge_root(const struct inq_merkle_edge *edge, struct inq_sha256 *ret);

/*
 * Whether `proof` shows the leaf at `index` in the tree of `size` leaves with
 * that root (RFC 9162, section 2.1.3.2).
 */
INQ_MUST bool inq_merkle_inclusion_holds(uint64_t index, uint64_t size, const struct inq_sha256 *leaf,
        const struct inq_sha256 *proof, size_t count, const struct inq_sha256 *root);

/*
 * Whether `proof` shows that the tree of `to` leaves extends that of `from`
 * (RFC 9162, section 2.1.4.2). Nothing is proved of the empty tree: `from` 0 is
 * refused, with an empty proof, too, and for `to` 0, as in all vectors.
 */
INQ_MUST bool inq_merkle_consistency_holds(uint64_t from, uint64_t to, const struct inq_sha256 *from_root,
        const struct inq_sha256 *to_root, const struct inq_sha256 *proof, size_t count);

/*
 * Stored tiles, wherever they are: `tile` gives at least `width` hashes of
 * 32 bytes each from the start of tile `index` of `level`, valid until it is
 * called again. They are believed: who does not, checks what is made of them
 * against a signed root.
 */
struct inq_tile_source {
	enum inq_status (*tile)(void *context, unsigned level, uint64_t index, unsigned width,
	        struct inq_bytes *ret, struct inq_error *err);
	void *context;
};

/*
 * The edge of the tree of the first `size` leaves, and so its root.
 *
 * and what the source gives; INQ_TAMPERED where it gives less than was asked for
 */
INQ_MUST enum inq_status inq_merkle_edge_read(const struct inq_tile_source *tiles, uint64_t size,
        struct inq_merkle_edge *ret, struct inq_error *err);

/*
 * The proof for the leaf at `index` in the tree of `size` leaves, from the leaf's
 * sibling to the root's child. INQ_BAD_ARGUMENT where index >= size.
 */
INQ_MUST enum inq_status inq_merkle_inclusion(const struct inq_tile_source *tiles, uint64_t index,
        uint64_t size, struct inq_sha256 ret[INQ_PROOF_MOST], size_t *ret_count, struct inq_error *err);

/* The proof that the tree of `to` leaves extends that of `from`. INQ_BAD_ARGUMENT unless 0 < from <= to. */
INQ_MUST enum inq_status inq_merkle_consistency(const struct inq_tile_source *tiles, uint64_t from,
        uint64_t to, struct inq_sha256 ret[INQ_PROOF_MOST], size_t *ret_count, struct inq_error *err);

/*
 * The path of a tile below its log: "tile/0/x001/234" or "tile/1/000.p/17".
 * `width` is 1 to 256; 256 is a full tile, and shown by no suffix. `level` is
 * 0 to 63 or INQ_TILE_ENTRIES, for "tile/entries/000".
 */
#define INQ_TILE_ENTRIES 64U
void inq_tile_path(unsigned level, uint64_t index, unsigned width, char ret[INQ_TILE_PATH]);

/* Reads such a path. False for any other text, also for one that inq_tile_path would write differently. */
INQ_MUST bool inq_tile_path_read(
        const char *path, unsigned *ret_level, uint64_t *ret_index, unsigned *ret_width);

/*
 * The hashes of tile level `level` in a tree of `size` leaves: size / 256^level;
 * for INQ_TILE_ENTRIES as for level 0. Its full tiles are this / 256, the
 * partial one after them has this % 256.
 */
uint64_t inq_tile_hashes(unsigned level, uint64_t size);

/*
 * The next entry of an entry bundle: reads at `*off` a length of two bytes,
 * big-endian, and that many bytes, and moves `*off` past them. False, with
 * `*off` unmoved, where they run past the end.
 */
INQ_MUST bool inq_entry_bundle_next(struct inq_bytes bundle, uint64_t *off, struct inq_bytes *ret);

/* The two bytes that stand before an entry of `len` bytes, at most INQ_ENTRY_MOST. */
void inq_entry_bundle_prefix(size_t len, uint8_t ret[2]);

#endif
