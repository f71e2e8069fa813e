#include "os/agent.h"
#include <errno.h>
#include <fcntl.h>
#include <inquiry/entry.h>
#include <inquiry/sealed.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* An agent that holds three new keys and greets with the vkey of one. */
struct holder {
	struct inq_secret *secret;
	enum inq_key_role greets;
};

static enum inq_status keys_open(
        void *context, uint8_t *hello, size_t most, size_t *ret_len, struct inq_error *err)
{
	struct holder *h = context;
	struct inq_party_keys keys;
	enum inq_status status = inq_secret_make(inq_bytes_of("alma"), &h->secret, err);

	(void)most;
	if (status != INQ_OK)
		return status;
	inq_secret_public(h->secret, &keys);
	inq_vkey_write(&keys.of[h->greets], (char *)hello);
	*ret_len = strlen((char *)hello);
	return INQ_OK;
}

static enum inq_status keys_answer(void *context, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *err)
{
	struct holder *h = context;

	return inq_secret_answer(h->secret, request, reply, most, ret_len, err);
}

static void signs_for_a_parent_that_never_had_the_secret(void **state)
{
	static const char head[] = "a/b\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
	struct holder holder = { NULL, INQ_ROLE_LOG };
	struct inq_agent_work work = { &holder, keys_open, keys_answer };
	uint8_t hello[INQ_AGENT_REPLY_MOST], signature[INQ_SIGNATURE];
	struct inq_remote remote;
	struct inq_signer signer;
	struct inq_agent agent;
	struct inq_error err;
	struct inq_vkey key;
	size_t len;

	(void)state;
	assert_int_equal(inq_agent_open(&work, &agent, hello, &len, &err), INQ_OK);
	assert_null(holder.secret);
	assert_int_equal(inq_vkey_read((struct inq_bytes){ hello, len }, &key, &err), INQ_OK);
	remote = (struct inq_remote){ { inq_agent_ask, &agent }, INQ_ROLE_LOG };
	inq_signer_over(&remote, &key, &signer);
	for (int i = 0; i < 3; i++)
		assert_int_equal(inq_sign(&signer, inq_bytes_of(head), signature, &err), INQ_OK);
	assert_true(inq_vkey_verify(&key, inq_bytes_of(head), signature));
	/* What it refuses, it says in words, and goes on. */
	assert_int_equal(inq_sign(&signer, inq_bytes_of("anything"), signature, &err), INQ_BAD_ARGUMENT);
	assert_non_null(strstr(err.text, "log key"));
	/* Another role's signature is not of this key. */
	remote.role = INQ_ROLE_ENTRY;
	assert_int_equal(
	        inq_sign(&signer, inq_bytes_of("DSSEv1 28 application/vnd.in-toto+json 0 "), signature, &err),
	        INQ_BAD_SIGNATURE);
	remote.role = INQ_ROLE_LOG;
	assert_int_equal(inq_sign(&signer, inq_bytes_of(head), signature, &err), INQ_OK);
	inq_agent_close(&agent);
	inq_agent_close(&agent);
}

static enum inq_status fails_open(
        void *context, uint8_t *hello, size_t most, size_t *ret_len, struct inq_error *err)
{
	(void)context;
	(void)hello;
	(void)most;
	(void)ret_len;
	return inq_fail(err, INQ_LOCKED, 42, "wrong passphrase");
}

static void opens_boxes_without_any_right(void **state)
{
	struct holder holder = { NULL, INQ_ROLE_ENTRY };
	struct inq_agent_work work = { &holder, keys_open, keys_answer };
	uint8_t hello[INQ_AGENT_REPLY_MOST], box[INQ_BOX], key[INQ_BOX_KEY], opened[INQ_BOX_KEY] = { 0 };
	struct inq_asker asker;
	struct inq_agent agent;
	struct inq_error err;
	struct inq_vkey entry;
	size_t len;

	(void)state;
	memset(key, 7, sizeof key);
	assert_int_equal(inq_agent_open(&work, &agent, hello, &len, &err), INQ_OK);
	assert_int_equal(inq_vkey_read((struct inq_bytes){ hello, len }, &entry, &err), INQ_OK);
	assert_int_equal(inq_box_seal(&entry, key, box, &err), INQ_OK);
	asker = (struct inq_asker){ inq_agent_ask, &agent };
	assert_int_equal(inq_box_open(&asker, box, opened, &err), INQ_OK);
	assert_memory_equal(opened, key, sizeof key);
	box[40] ^= 1;
	assert_int_equal(inq_box_open(&asker, box, opened, &err), INQ_LOCKED);
	assert_non_null(strstr(err.text, "another key"));
	box[40] ^= 1;
	assert_int_equal(inq_box_open(&asker, box, opened, &err), INQ_OK);
	inq_agent_close(&agent);
}

static void failing_to_open_is_told(void **state)
{
	struct inq_agent_work work = { NULL, fails_open, keys_answer };
	struct inq_agent agent = { .pid = 77 };
	uint8_t hello[INQ_AGENT_REPLY_MOST];
	struct inq_error err;
	size_t len;

	(void)state;
	assert_int_equal(inq_agent_open(&work, &agent, hello, &len, &err), INQ_LOCKED);
	assert_int_equal(err.at, 42);
	assert_string_equal(err.text, "wrong passphrase");
	assert_int_equal(agent.pid, 77);
}

static enum inq_status plain_open(
        void *context, uint8_t *hello, size_t most, size_t *ret_len, struct inq_error *err)
{
	(void)context;
	(void)hello;
	(void)most;
	(void)err;
	*ret_len = 0;
	return INQ_OK;
}

static enum inq_status misbehaves(void *context, struct inq_bytes request, uint8_t *reply, size_t most,
        size_t *ret_len, struct inq_error *err)
{
	(void)context;
	(void)err;
	if (inq_bytes_equal(request, "open"))
		return open("/dev/null", O_RDONLY) >= 0 ? INQ_OK : INQ_IO;
	if (inq_bytes_equal(request, "fork"))
		return fork() >= 0 ? INQ_OK : INQ_IO;
	if (inq_bytes_equal(request, "kill"))
		return kill(getppid(), 0) == 0 ? INQ_OK : INQ_IO;
	if (inq_bytes_equal(request, "fill"))
		memset(reply, 'x', most);
	*ret_len = inq_bytes_equal(request, "fill") ? most : 0;
	return INQ_OK;
}

static void an_agent_has_no_rights_but_its_socket(void **state)
{
	static const char *const deeds[] = { "open", "fork", "kill" };
	struct inq_agent_work work = { NULL, plain_open, misbehaves };
	uint8_t hello[INQ_AGENT_REPLY_MOST], reply[16];
	struct inq_agent agent;
	struct inq_error err;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
		assert_int_equal(inq_agent_open(&work, &agent, hello, &len, &err), INQ_OK);
		assert_int_equal(
		        inq_agent_ask(&agent, inq_bytes_of("nothing"), reply, sizeof reply, &len, &err),
		        INQ_OK);
		assert_int_equal(len, 0);
		assert_int_equal(
		        inq_agent_ask(&agent, inq_bytes_of(deeds[i]), reply, sizeof reply, &len, &err),
		        INQ_CRASHED);
		assert_int_equal(
		        inq_agent_ask(&agent, inq_bytes_of("nothing"), reply, sizeof reply, &len, &err),
		        INQ_CRASHED);
		inq_agent_close(&agent);
	}
}

static void messages_are_bounded_both_ways(void **state)
{
	static uint8_t large[INQ_AGENT_REQUEST_MOST + 1];
	struct inq_agent_work work = { NULL, plain_open, misbehaves };
	uint8_t hello[INQ_AGENT_REPLY_MOST], reply[16];
	struct inq_agent agent;
	struct inq_error err;
	size_t len = 77;

	(void)state;
	assert_int_equal(inq_agent_open(&work, &agent, hello, &len, &err), INQ_OK);
	len = 77;
	assert_int_equal(inq_agent_ask(&agent, (struct inq_bytes){ large, sizeof large }, reply, sizeof reply,
	                         &len, &err),
	        INQ_BAD_ARGUMENT);
	assert_int_equal(
	        inq_agent_ask(&agent, inq_bytes_of("fill"), reply, sizeof reply, &len, &err), INQ_OVER_LIMIT);
	assert_int_equal(len, 77);
	assert_int_equal(inq_agent_ask(&agent, (struct inq_bytes){ large, sizeof large - 1 }, reply,
	                         sizeof reply, &len, &err),
	        INQ_OK);
	inq_agent_close(&agent);
}

static void an_agent_ends_with_its_parent(void **state)
{
	struct inq_agent_work work = { NULL, plain_open, misbehaves };
	int ends[2], status;
	pid_t parent, agent_pid = 0;
	bool gone = false;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	parent = fork();
	if (parent == 0) {
		uint8_t hello[INQ_AGENT_REPLY_MOST];
		struct inq_agent agent;
		size_t len;

		if (inq_agent_open(&work, &agent, hello, &len, NULL) == INQ_OK)
			(void)!write(ends[1], &agent.pid, sizeof agent.pid);
		_exit(0);
	}
	assert_int_equal(read(ends[0], &agent_pid, sizeof agent_pid), sizeof agent_pid);
	assert_true(waitpid(parent, &status, 0) == parent && agent_pid > 0);
	/* Whoever reaps orphans here may take a moment; a zombie does nothing any more. */
	for (int i = 0; i < 200 && !gone; i++) {
		char path[64], line[512] = "";
		FILE *f;

		snprintf(path, sizeof path, "/proc/%d/stat", (int)agent_pid);
		f = fopen(path, "r");
		gone = !f || !fgets(line, sizeof line, f) || strstr(line, ") Z ");
		if (f)
			fclose(f);
		if (!gone)
			usleep(10000);
	}
	assert_true(gone);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_for_a_parent_that_never_had_the_secret),
		cmocka_unit_test(opens_boxes_without_any_right),
		cmocka_unit_test(failing_to_open_is_told),
		cmocka_unit_test(an_agent_has_no_rights_but_its_socket),
		cmocka_unit_test(messages_are_bounded_both_ways),
		cmocka_unit_test(an_agent_ends_with_its_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
