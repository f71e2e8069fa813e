/* Private comparisons for tests: two parties of a record, their sessions, their messages. */
#ifndef MAKE_BLIND_H
#define MAKE_BLIND_H

#include "record.h"
#include <inquiry/blind.h>

/* Party 0 offers, party 1 answers. */
struct make_blind {
	struct make_record record;
	struct inq_arena *a;
	struct inq_blind_keeper keeper[2];
	struct inq_asker asker[2];
	struct inq_blind_session session[2];
	struct inq_sha256 commitment[2];
	uint64_t index[2]; /* of the commitment in its log */
	uint32_t kinds;
	uint64_t limit;
};

/* Two parties, "alma" and "bera", whose randomness follows from `seed`. */
void make_blind_init(struct make_blind *m, struct inq_arena *a, uint8_t seed);

/* A set of texts of one kind, each ending in LF. */
struct inq_blind_set make_blind_set(struct make_blind *m, enum inq_blind_kind kind, const char *texts);

/* Both commit, in their logs; `id` is the session's in every byte. Neither has taken the other's commitment. */
void make_blind_commit(struct make_blind *m, const struct inq_blind_set sets[2], uint8_t id);

/* The message that is `by`'s next, made whole, with proof and logs. It is not yet sent: see make_blind_sent. */
struct inq_bytes make_blind_message(struct make_blind *m, unsigned by);

/* The same with other fields than it should have; `change` may alter all of `m` but its digest. */
struct inq_bytes make_blind_changed(struct make_blind *m, unsigned by,
        void (*change)(struct inq_blind_message *m, void *context), void *context);

/* Takes `message` as `by` does: its proof, the other's commitment, its body. */
enum inq_status make_blind_take(
        struct make_blind *m, unsigned by, struct inq_bytes message, struct inq_error *err);

void make_blind_sent(struct make_blind *m, unsigned by, struct inq_bytes message);

/* One message from its maker to the other, which must take it. */
struct inq_bytes make_blind_step(struct make_blind *m);

#endif
