#include "store.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const make_store_kinds[MAKE_STORE_KINDS] = { "memory", "sqlite", "postgres" };

static char directory[64];
static pid_t owner;

bool make_store_can(enum make_store_kind kind)
{
	return kind != MAKE_POSTGRES || getenv("INQUIRY_TEST_POSTGRES");
}

static void clean(void)
{
	DIR *d = owner == getpid() ? opendir(directory) : NULL;
	char path[512];

	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
		if (e->d_name[0] != '.')
			(void)remove(path);
	}
	if (d) {
		closedir(d);
		(void)rmdir(directory);
	}
}

const char *make_store_directory(void)
{
	const char *parent = getenv("TMPDIR");

	if (!*directory) {
		snprintf(directory, sizeof directory, "%s/inquiry-store-XXXXXX",
		        parent && strlen(parent) < 30 ? parent : "/tmp");
		if (!mkdtemp(directory)) {
			perror(directory);
			exit(1);
		}
		owner = getpid();
		atexit(clean);
	}
	return directory;
}

void make_store(struct make_store *m, enum make_store_kind kind)
{
	static unsigned made;

	m->kind = kind;
	switch (kind) {
	case MAKE_SQLITE:
		snprintf(m->address, sizeof m->address, "%s/%u.inquiry", make_store_directory(), made++);
		break;
	case MAKE_POSTGRES:
		snprintf(m->address, sizeof m->address, "%s&schema=test_%d_%u",
		        getenv("INQUIRY_TEST_POSTGRES"), (int)getpid(), made++);
		break;
	case MAKE_MEMORY:
	case MAKE_STORE_KINDS:
		strcpy(m->address, "memory:");
	}
}

uint64_t make_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void make_bytes_into(uint8_t *at, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(i / 64 % 2 ? i : make_next(&seed));
}
