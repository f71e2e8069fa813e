/*
 * A confined child that may ask: it computes in the sandbox of os.h, and all
 * that it can do to the world is to ask its parent, one question after the
 * other. Whoever breaks into it can ask what it could have asked, and answer
 * wrongly in its own matter; nothing else. Private to the project.
 *
 * The process that forks it must have one thread.
 */
#ifndef OS_CONFINED_H
#define OS_CONFINED_H

#include "os/os.h"
#include <inquiry/arena.h>

struct inq_confined; /* the child's end */

struct inq_confined_work {
	void *context;
	/* In the child, in the sandbox; it sees the parent's memory as it was. */
	enum inq_status (*run)(void *context, struct inq_confined *parent, struct inq_error *err);
	/*
	 * In the parent: answers a question with bytes that live in `a`. What it fails with, the question
	 * fails with.
	 */
	enum inq_status (*answer)(void *context, struct inq_bytes question, struct inq_arena *a,
	        struct inq_bytes *ret, struct inq_error *err);
	uint64_t question_most, answer_most; /* bytes */
	/* Set where the kernel did not grant the sandbox; the call then fails with INQ_IO. */
	bool sandbox_refused;
};

/*
 * Runs the child to its end. Its status and error are those of this call;
 * `limits.result` is not looked at.
 *
 * INQ_CRASHED, INQ_TIMED_OUT, INQ_NO_MEMORY  how it ended
 * INQ_IO                                     no process or socket to be had, or no sandbox
 */
INQ_MUST enum inq_status inq_confined_run(
        struct inq_confined_work *work, const struct inq_child_limits *limits, struct inq_error *err);

/* In the child: asks, and waits for the answer. The parts are one question. INQ_CRASHED: the parent is gone. */
INQ_MUST enum inq_status inq_confined_ask(struct inq_confined *parent, const struct inq_bytes *parts,
        size_t count, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

#endif
