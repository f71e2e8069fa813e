/*
 * An agent: a child process that holds something and answers for it. What it
 * holds (a secret key) never is in the memory of the parent, which parses what
 * others wrote.
 *
 * The child opens what it needs, then gives up every right but to read and
 * write its one socket (seccomp's strict mode: read, write, exit), and answers
 * requests one after the other until the parent closes it or ends. It leaves
 * no core file and cannot be traced by the same user. The process that forks it
 * must have one thread. Private to the project.
 */
#ifndef OS_AGENT_H
#define OS_AGENT_H

#include <inquiry/bytes.h>
#include <sys/types.h>

enum {
	INQ_AGENT_REQUEST_MOST = 128 << 10, /* bytes of a request */
	INQ_AGENT_REPLY_MOST = 4096, /* and of a reply */
};

struct inq_agent_work {
	void *context;
	/*
	 * In the child, with all rights of the parent: reads the key file, asks for the passphrase.
	 * Writes at most `most` bytes of greeting into `hello` (public keys, say) and sets `*ret_len`.
	 */
	enum inq_status (*open)(
	        void *context, uint8_t *hello, size_t most, size_t *ret_len, struct inq_error *err);
	/*
	 * In the child, without any rights. It must not allocate: asking the kernel for
	 * memory would end it.
	 */
	enum inq_status (*answer)(void *context, struct inq_bytes request, uint8_t *reply, size_t most,
	        size_t *ret_len, struct inq_error *err);
};

struct inq_agent {
	pid_t pid;
	int fd, guard;
};

/*
 * Starts the agent and waits until it is open; what `open` wrote goes to
 * `hello`, which has room for INQ_AGENT_REPLY_MOST bytes. The agent is the
 * caller's until inq_agent_close. Where `open` fails, its status and error are
 * those of this call.
 *
 * INQ_IO       no process or socket, or the kernel did not grant the sandbox
 * INQ_CRASHED  the child ended before it was open
 */
INQ_MUST enum inq_status inq_agent_open(const struct inq_agent_work *work, struct inq_agent *ret,
        uint8_t *hello, size_t *ret_len, struct inq_error *err);

/*
 * Asks the agent, a struct inq_agent, and waits for its reply, of at most `most`
 * bytes. Fits struct inq_asker of key.h.
 *
 * INQ_BAD_ARGUMENT  the request is too long
 * INQ_CRASHED       the agent is gone
 * INQ_OVER_LIMIT    the reply is longer than `most`
 * and what `answer` gave
 */
INQ_MUST enum inq_status inq_agent_ask(void *agent, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *err);

/*
 * Several processes can ask one agent, each over a socket of its own, whose
 * other end the agent's parent holds and relays from. Whoever asks has a
 * struct inq_agent of which only `fd` is set.
 */
struct inq_relay {
	int fd; /* not blocking */
	size_t used;
	uint8_t buffer[4 + INQ_AGENT_REQUEST_MOST];
};

/* Passes on what has come, and the replies back. False where the other end is gone or sends nonsense. */
bool inq_agent_relay(struct inq_agent *agent, struct inq_relay *relay);

/* Ends the agent and what it holds. */
void inq_agent_close(struct inq_agent *agent);

#endif
