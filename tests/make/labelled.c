/*
 * A program for the recovery of functions to be measured on: what compilers
 * make of switches, tail calls, functions that do not return, callbacks,
 * recursion, large frames and cold paths. tests/make/labelled links it with
 * code of the project itself; nothing ever runs it.
 */
#include <inquiry/exhibit.h>
#include <inquiry/text.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))

static jmp_buf back;

static NOINLINE _Noreturn void give_up(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(1);
}

static NOINLINE _Noreturn void leap(int value)
{
	longjmp(back, value ? value : 1);
}

static NOINLINE int checked(int value)
{
	if (value < 0)
		give_up("negative");
	if (value > 1000)
		leap(value);
	return value;
}

static NOINLINE int by_table(int op, int l, int r)
{
	switch (op) {
	case 0:
		return l + r;
	case 1:
		return l - r;
	case 2:
		return l * r;
	case 3:
		return r ? l / r : 0;
	case 4:
		return l & r;
	case 5:
		return l | r;
	case 6:
		return l ^ r;
	case 7:
		return l << (r & 31);
	case 12:
		return checked(l) >> (r & 31);
	case 13:
		return -l;
	default:
		return 0;
	}
}

static NOINLINE const char *sparse(unsigned code)
{
	switch (code) {
	case 3:
		return "three";
	case 77:
		return "many";
	case 1000:
		return "thousand";
	case 65536:
		return "a page";
	case 0xdeadbeef:
		return "beef";
	case 0xcafebabe:
		return "coffee";
	}
	return NULL;
}

static NOINLINE int add_one(int v)
{
	return v + 1;
}

static NOINLINE int twice(int v)
{
	return 2 * v;
}

static NOINLINE int square(int v)
{
	return v * v;
}

typedef int (*step)(int);
static const step steps[] = { add_one, twice, square };

static NOINLINE int all_steps(int v)
{
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		v = steps[i](v);
	return v;
}

/* Ends in a jump where the compiler optimises. */
static NOINLINE int tail(int v)
{
	return all_steps(v + 3);
}

static NOINLINE unsigned depth(const unsigned *links, unsigned at)
{
	return at == 0 ? 0 : 1 + depth(links, links[at]);
}

static NOINLINE bool is_even(unsigned v);

static NOINLINE bool is_odd(unsigned v)
{
	return v != 0 && is_even(v - 1);
}

static NOINLINE bool is_even(unsigned v)
{
	return v == 0 || is_odd(v - 1);
}

static NOINLINE int sum_of(int count, ...)
{
	va_list args;
	int sum = 0;

	va_start(args, count);
	while (count-- > 0)
		sum += va_arg(args, int);
	va_end(args);
	return sum;
}

static NOINLINE double mean(const double *at, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += at[i];
	return count ? sum / (double)count : 0;
}

static NOINLINE size_t large_frame(const char *text)
{
	char copy[70000];

	snprintf(copy, sizeof copy, "<%s>", text);
	return strlen(copy);
}

static int by_value(const void *l, const void *r)
{
	int a = *(const int *)l, b = *(const int *)r;

	return (a > b) - (a < b);
}

static __attribute__((constructor)) void at_start(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
}

static __attribute__((destructor)) void at_end(void)
{
	fflush(stdout);
}

/* Computed goto: an indirect jump whose targets stand in a table of addresses. */
static NOINLINE int machine(const unsigned char *program, int v)
{
	static const void *const op[] = { &&stop, &&add, &&sub, &&shift };

	goto *op[*program & 3];
add:
	v += 3;
	goto *op[*++program & 3];
sub:
	v -= 5;
	goto *op[*++program & 3];
shift:
	v <<= 1;
	goto *op[*++program & 3];
stop:
	return v;
}

int main(int argc, char **argv)
{
	struct inq_arena *a = inq_arena_open(1 << 20);
	struct inq_exhibit x;
	struct inq_error err;
	unsigned links[] = { 0, 0, 1, 2 };
	double numbers[] = { 1, 2, 3 };
	int values[] = { 3, 1, 2 };

	if (setjmp(back))
		return 1;
	qsort(values, 3, sizeof *values, by_value);
	printf("%d %s %d %u %d %d %f %zu %d\n", by_table(argc, 3, 4), sparse((unsigned)argc), tail(argc),
	        depth(links, 3), is_even((unsigned)argc), sum_of(3, 1, 2, 3), mean(numbers, 3),
	        large_frame(argv[0]), machine((const unsigned char *)argv[0], argc));
	if (!a || inq_exhibit_read(inq_bytes_of(argv[0]), a, &x, &err))
		give_up("unreadable");
	inq_arena_close(a);
	return 0;
}
