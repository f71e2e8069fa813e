#include "case/fetch.h"
#include "case/private.h"
#include "os/folder.h"
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS_MOST = 2000, AUTHORITIES_MOST = 4 << 20 };

bool inq_fetch_is_address(const char *text)
{
	return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
}

/* The servant's side. A question is the most bytes wanted, 8 of them, and the file's name. */

struct fetcher {
	char base[ADDRESS_MOST + 1];
	CURL *curl;
	struct inq_bytes authorities; /* certificates, in place of the machine's; none: those */
	char said[CURL_ERROR_SIZE];
};

struct answer {
	struct inq_memory_sink memory;
	uint64_t most;
	bool too_much, full;
};

static size_t piece_take(char *at, size_t size, size_t count, void *to)
{
	struct answer *a = to;
	size_t len = size * count;

	a->too_much = len > a->most - a->memory.len;
	a->full = !a->too_much && !inq_memory_sink_write(&a->memory, at, len);
	return a->too_much || a->full ? 0 : len;
}

static bool curl_ready(struct fetcher *f)
{
	bool secure = strncmp(f->base, "https://", 8) == 0;
	CURL *c = f->curl;

	if (c)
		return true;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(c = curl_easy_init()))
		return false;
	f->curl = c;
	if (f->authorities.at) {
		struct curl_blob blob = { (void *)(uintptr_t)f->authorities.at, f->authorities.len,
			CURL_BLOB_NOCOPY };

		/* These, and no others: neither the file nor the folder of the machine. */
		if (curl_easy_setopt(c, CURLOPT_CAPATH, NULL) != CURLE_OK ||
		        curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &blob) != CURLE_OK)
			return false;
	}
	/* From https nobody leads back to http. */
	return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, secure ? "https" : "http") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https") ==
	               CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)INQ_FETCH_REDIRECTS) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)INQ_FETCH_CONNECT_SECONDS) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)INQ_FETCH_STALL_SECONDS) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HTTPGET, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_USERAGENT, "inquiry") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->said) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, piece_take) == CURLE_OK;
}

static enum inq_status outcome(
        struct fetcher *f, CURLcode code, const struct answer *a, struct inq_error *err)
{
	long response = 0;

	if (a->too_much)
		return inq_fail(err, INQ_OVER_LIMIT, a->most, "is longer than %" PRIu64 " bytes", a->most);
	if (a->full)
		return case_no_memory(err);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return inq_fail(err, INQ_TIMED_OUT, 0, "the server does not answer in time");
	if (code != CURLE_OK)
		return inq_fail(err, INQ_IO, 0, "cannot be fetched: %.120s",
		        *f->said ? f->said : curl_easy_strerror(code));
	if (curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &response) != CURLE_OK)
		response = 0;
	if (response == 404 || response == 410)
		return inq_fail(err, INQ_UNREADABLE, 0, "is not there");
	if (response != 200)
		return inq_fail(err, INQ_IO, 0, "the server answers with %ld", response);
	return INQ_OK;
}

static enum inq_status fetch(void *context, struct inq_bytes question, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct answer answer = { .memory = { .arena = a } };
	struct fetcher *f = context;
	char address[ADDRESS_MOST + 1 + INQ_BUNDLE_NAME];
	enum inq_status status;

	if (question.len < 8 || question.len > 8 + INQ_BUNDLE_NAME ||
	        !inq_bytes_u64(question, 0, false, &answer.most))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "no question");
	if (!curl_ready(f))
		return inq_fail(err, INQ_IO, 0, "libcurl cannot fetch on this machine");
	snprintf(address, sizeof address, "%s/%.*s", f->base, (int)(question.len - 8),
	        (const char *)question.at + 8);
	*f->said = 0;
	if (curl_easy_setopt(f->curl, CURLOPT_URL, address) != CURLE_OK ||
	        curl_easy_setopt(f->curl, CURLOPT_WRITEDATA, &answer) != CURLE_OK)
		return case_no_memory(err);
	status = outcome(f, curl_easy_perform(f->curl), &answer, err);
	if (status == INQ_OK)
		*ret = (struct inq_bytes){ (const uint8_t *)answer.memory.at, answer.memory.len };
	return status;
}

/* The asking side. */

enum inq_status inq_fetch_open(
        const char *address, unsigned seconds, struct inq_fetch *ret, struct inq_error *err)
{
	struct inq_servant_work work = { .answer = fetch, .answer_most = INQ_FETCH_MOST };
	struct fetcher f = { .curl = NULL };
	struct inq_fetch opened = { .seconds = seconds };
	const char *authorities = getenv("SSL_CERT_FILE");
	size_t len = strlen(address);
	struct inq_arena *a;
	enum inq_status status = INQ_OK;

	while (len && address[len - 1] == '/')
		len--;
	if (len > ADDRESS_MOST || strpbrk(address, "?#"))
		return inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "an address of a published folder is at most %d bytes, without ? and #",
		        ADDRESS_MOST);
	memcpy(f.base, address, len);
	work.context = &f;
	a = inq_arena_open(2 * AUTHORITIES_MOST);
	if (!a)
		return case_no_memory(err);
	/* The process that fetches does not read everywhere. */
	if (authorities && *authorities)
		status = inq_file_copy(authorities, AUTHORITIES_MOST, a, &f.authorities, err);
	if (status != INQ_OK)
		status = inq_fail(err, INQ_BAD_ARGUMENT, 0,
		        "SSL_CERT_FILE names no file of certificates that can be read");
	if (status == INQ_OK)
		status = inq_servant_open(&work, &opened.servant, err);
	if (status == INQ_OK)
		*ret = opened;
	inq_arena_close(a);
	return status;
}

void inq_fetch_close(struct inq_fetch *f)
{
	inq_servant_close(&f->servant);
}

static enum inq_status fetch_read(void *context, const char *name, uint64_t most, struct inq_arena *a,
        struct inq_bytes *ret, struct inq_error *err)
{
	struct inq_fetch *f = context;
	uint64_t left = INQ_FETCH_MOST - f->got;
	uint8_t question[8 + INQ_BUNDLE_NAME];
	size_t len = strlen(name);
	enum inq_status status;

	if (len > INQ_BUNDLE_NAME)
		return inq_fail(err, INQ_BAD_ARGUMENT, 0, "no name of a bundle's file");
	if (most > left)
		most = left;
	inq_le_put(question, most, 8);
	memcpy(question + 8, name, len);
	status = inq_servant_ask(
	        &f->servant, (struct inq_bytes){ question, 8 + len }, f->seconds, a, ret, err);
	if (status == INQ_OK)
		f->got += ret->len;
	if (status == INQ_OVER_LIMIT && most == left)
		return inq_fail(err, INQ_IO, 0, "gives more than %" PRIu64 " bytes in all", INQ_FETCH_MOST);
	return status;
}

void inq_fetch_bundle(struct inq_fetch *f, struct inq_bundle_source *ret)
{
	*ret = (struct inq_bundle_source){ fetch_read, NULL, f };
}
