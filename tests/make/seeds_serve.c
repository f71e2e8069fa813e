#include "save.h"
#include "serve/plans.h"
#include <string.h>

/* Addresses and forms; documents and their rows. */

static void requests(const char *directory)
{
	static const char *const texts[] = { "/", "/exhibits?page=2&order=size", "/entries/acme/3",
		"/a%20b/%c3%a9?q=%22%3C+x", "/search?q=caf%C3%A9&from=12",
		"form=00ff&way=claim&text=one%0D%0Atwo&cites=1%2C+2", "/%2e%2e/etc",
		"/families/%3Cscript%3E" };
	char name[32];

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		snprintf(name, sizeof name, "request-%zu", i);
		make_save(directory, name, texts[i], strlen(texts[i]));
	}
}

static void rows(const char *directory)
{
	static const char *const documents[] = {
		"{\"schema\":\"inquiry.log/"
		"1\",\"case\":\"00\",\"title\":\"x\",\"failure_total\":0,\"logs\":[{\"party\":\"a\","
		"\"size\":2,\"cosigned_by\":[{\"party\":\"b\",\"size\":1}]}],\"entries\":[{\"entry\":\"a/"
		"0\",\"time\":1,\"holds\":true,"
		"\"subjects\":[{\"name\":\"n\",\"sha256\":\"00\"}],\"cites\":[\"a/1\",\"b/"
		"2\"],\"made\":{\"kind\":\"examine\"}}]}",
		"{\"schema\":\"inquiry.examination/"
		"1\",\"exhibits\":[{\"file\":\"-\",\"functions\":[{\"va\":\"0x10\",\"size\":5,"
		"\"name\":\"b\",\"callees\":[\"0x20\"]},{\"va\":\"0x20\",\"size\":15,\"name\":\"a\"}],"
		"\"strings\":[{\"offset\":1,"
		"\"text\":\"t\\u202e\"}]},{\"file\":\"m\",\"error\":{\"text\":\"no\"}}]}",
		"{\"schema\":\"inquiry.search/"
		"1\",\"searches\":[{\"sha256\":\"00\",\"families\":[{\"label\":\"x\",\"distinctive\":3}],"
		"\"functions\":[{\"va\":\"0x10\",\"candidates\":[{\"label\":\"x\",\"probability\":0.943}]}]}]"
		"}",
		"{\"schema\":\"inquiry.attribution/"
		"1\",\"lacks\":[\"known\"],\"none\":{\"log10\":-1.250},\"families\":[{\"label\":\"x\","
		"\"ratio\":{\"log10\":2.102},\"pieces\":[{\"va\":\"0x1\"}]}]}",
	};
	static const struct rows_plan *const plans[] = { &plan_log, &plan_examination, &plan_search,
		&plan_attribution };
	char name[32];

	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
		struct inq_arena *a = inq_arena_open(1 << 24);
		struct inq_memory_sink memory = { .arena = a };
		struct inq_sink out;
		struct inq_error err = { 0, "no memory" };

		inq_sink_init(&out, inq_memory_sink_write, &memory);
		if (!a || rows_write(plans[i], inq_bytes_of(documents[i]), a, &out, &err) != INQ_OK ||
		        !inq_sink_flush(&out))
			make_fail("rows", err.text);
		snprintf(name, sizeof name, "document-%zu", i);
		make_save(directory, name, documents[i], strlen(documents[i]));
		snprintf(name, sizeof name, "rows-%zu", i);
		make_save(directory, name, memory.at, memory.len);
		inq_arena_close(a);
	}
}

const struct make_seeds make_seeds[] = {
	{ "request", requests },
	{ "rows", rows },
	{ NULL, NULL },
};
