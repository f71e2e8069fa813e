/*
 * A servant: a child that has the network and nothing else. It answers what
 * its parent asks; it reads no file but what libraries need of /etc and /usr,
 * writes none, and starts no program. Whoever breaks into it can answer
 * wrongly, and talk to the net. It knows no secret that its parent does not
 * have when it is opened: it is to be opened first. Private to the project.
 *
 * The process that forks it must have one thread; the servant may have more.
 */
#ifndef OS_SERVANT_H
#define OS_SERVANT_H

#include "os/os.h"
#include <inquiry/arena.h>
#include <sys/types.h>

struct inq_servant_work {
	void *context;
	/* In the child, as often as it is asked: bytes that live in `a`. */
	enum inq_status (*answer)(void *context, struct inq_bytes question, struct inq_arena *a,
	        struct inq_bytes *ret, struct inq_error *err);
	uint64_t answer_most; /* bytes */
	uint64_t memory; /* bytes of address space beyond what the parent has; 0: any */
};

struct inq_servant {
	pid_t pid; /* 0: there is none */
	int fd, guard;
	uint64_t answer_most;
};

/* The servant is the caller's until inq_servant_close. INQ_IO: no process or socket to be had */
INQ_MUST enum inq_status inq_servant_open(
        const struct inq_servant_work *work, struct inq_servant *ret, struct inq_error *err);

/*
 * Asks it, and waits for at most `seconds`; the answer lives in `a`.
 *
 * INQ_CRASHED    it is gone
 * INQ_TIMED_OUT  it did not answer in time; it is of no more use
 * and what `answer` gave
 */
INQ_MUST enum inq_status inq_servant_ask(struct inq_servant *servant, struct inq_bytes question,
        unsigned seconds, struct inq_arena *a, struct inq_bytes *ret, struct inq_error *err);

/* Ends it. */
void inq_servant_close(struct inq_servant *servant);

#endif
