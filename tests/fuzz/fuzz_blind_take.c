#include "../make/blind.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

/* Sessions of both parties before each of the messages 3 to 6, and the commitments. */
static struct prepared {
	struct make_blind m;
	struct inq_blind_session before[7];
	struct inq_blind_message message[7];
	struct inq_entry entries[2];
} * made;

static void prepare(void)
{
	struct inq_arena *a = inq_arena_open(SIZE_MAX);
	struct inq_blind_set sets[2];
	struct inq_error err;

	made = a ? inq_arena_new(a, 1, sizeof *made) : NULL;
	if (!made)
		abort();
	make_blind_init(&made->m, a, 1);
	sets[0] = make_blind_set(&made->m, INQ_BLIND_DOMAIN, "a.example\nb.example\n");
	sets[1] = make_blind_set(&made->m, INQ_BLIND_DOMAIN, "b.example\nc.example\n");
	make_blind_commit(&made->m, sets, 1);
	for (unsigned step = 1; step <= 6; step++) {
		struct inq_bytes bytes;

		made->before[step] = made->m.session[step % 2];
		bytes = make_blind_step(&made->m);
		if (inq_blind_message_read(bytes, &made->message[step], &err) != INQ_OK)
			abort();
		made->before[step].has_peer = made->m.session[step % 2].has_peer;
		made->before[step].other = made->m.session[step % 2].other;
		made->before[step].other_commitment = made->m.session[step % 2].other_commitment;
	}
	for (unsigned i = 0; i < 2; i++)
		if (inq_entry_read(made->m.record.party[i].entries[made->m.index[i]], a, &made->entries[i],
		            &err) != INQ_OK)
			abort();
}

/*
 * The body of a message, 3 to 6 by the first byte, else a result: what is
 * refused leaves the session as it was; what is taken ends in the one result there is.
 */
int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct inq_arena *a = inq_arena_open(64 << 20);
	struct inq_blind_result result;
	struct inq_blind_said offer, answer;
	struct inq_blind_session s;
	struct inq_blind_message message;
	struct inq_error err;
	unsigned step;

	if (!made)
		prepare();
	if (!a || len == 0) {
		inq_arena_close(a);
		return 0;
	}
	step = at[0] % 5 + 3;
	if (step <= 6) {
		s = made->before[step];
		message = made->message[step];
		message.body = (struct inq_bytes){ at + 1, len - 1 };
		if (inq_blind_load(&s, &made->m.asker[step % 2], &err) != INQ_OK)
			abort();
		if (inq_blind_take(&s, &message, &made->m.asker[step % 2], a, &err) != INQ_OK) {
			if (memcmp(&s, &made->before[step], sizeof s) != 0)
				abort();
		} else if (s.has_matches && s.match_count != 1) {
			abort();
		}
	} else {
		offer = inq_blind_said(&made->entries[0]);
		answer = inq_blind_said(&made->entries[1]);
		if (inq_blind_result_read((struct inq_bytes){ at + 1, len - 1 }, &offer, &answer, a, &result,
		            &err) == INQ_OK &&
		        result.count > 1)
			abort();
	}
	inq_arena_close(a);
	return 0;
}
