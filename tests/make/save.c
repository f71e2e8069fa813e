#include "save.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void make_fail(const char *name, const char *why)
{
	fprintf(stderr, "%s: %s\n", name, why);
	exit(1);
}

FILE *make_save_begin(const char *directory, const char *name)
{
	char path[4096];
	FILE *file;

	if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
		make_fail(name, "too long a path");
	file = fopen(path, "wb");
	if (!file)
		make_fail(path, strerror(errno));
	return file;
}

void make_save_end(FILE *file, const char *name)
{
	int failed = ferror(file);

	if (fclose(file) || failed)
		make_fail(name, "cannot be written");
}

void make_save(const char *directory, const char *name, const void *at, size_t len)
{
	FILE *file = make_save_begin(directory, name);

	fwrite(at, 1, len, file);
	make_save_end(file, name);
}

int main(int argc, char **argv)
{
	for (const struct make_seeds *s = make_seeds; argc == 3 && s->target; s++) {
		if (strcmp(s->target, argv[1]) == 0) {
			s->make(argv[2]);
			return 0;
		}
	}
	fprintf(stderr, "usage: %s TARGET DIRECTORY, where TARGET is one of", argv[0]);
	for (const struct make_seeds *s = make_seeds; s->target; s++)
		fprintf(stderr, " %s", s->target);
	fputc('\n', stderr);
	return 2;
}
