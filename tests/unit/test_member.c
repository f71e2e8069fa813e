#include "../make/ar.h"
#include <inquiry/member.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const size_t arena_limit = 64 << 20;

static struct inq_bytes made(const struct make_ar *f)
{
	return (struct inq_bytes){ f->bytes, f->len };
}

static struct inq_member_list list_of(
        struct inq_bytes b, const struct inq_member_limits *limits, struct inq_arena *a)
{
	struct inq_member_list list = { 0 };
	struct inq_error err = { 0 };

	if (inq_member_read(b, limits, a, &list, &err))
		fail_msg("%s", err.text);
	return list;
}

static void assert_member(const struct inq_member_list *list, size_t i, const char *name, const char *bytes)
{
	assert_true(i < list->count);
	assert_string_equal(list->members[i].name, name);
	assert_int_equal(list->members[i].bytes.len, strlen(bytes));
	assert_memory_equal(list->members[i].bytes.at, bytes, strlen(bytes));
}

static void file_is_its_own_member(void **state)
{
	static const uint8_t file[] = "no archive";
	struct inq_bytes b = { file, sizeof file };
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list = list_of(b, &inq_member_limits_default, a);

	(void)state;
	assert_int_equal(list.count, 1);
	assert_string_equal(list.members[0].name, "");
	assert_ptr_equal(list.members[0].bytes.at, file);
	assert_false(list.cut);
	list = list_of((struct inq_bytes){ NULL, 0 }, &inq_member_limits_default, a);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.members[0].bytes.len, 0);
	inq_arena_close(a);
}

static void reads_gnu_names(void **state)
{
	static struct make_ar f;
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;

	(void)state;
	make_ar_begin(&f, "!<arch>\n");
	make_ar_add(&f, "/", "\0\0\0", 4);
	make_ar_add(&f, "/SYM64/", "\0\0\0", 4);
	make_ar_add(&f, "//", "a_rather_long_name.o/\nanother/one_of_them.o/\n", 45);
	make_ar_add(&f, "short.o/", "one", 3);
	make_ar_add(&f, "/0", "second", 6);
	make_ar_add(&f, "/22", "third", 5);
	list = list_of(made(&f), &inq_member_limits_default, a);
	assert_false(list.cut);
	assert_int_equal(list.count, 3);
	assert_member(&list, 0, "short.o", "one");
	assert_member(&list, 1, "a_rather_long_name.o", "second");
	assert_member(&list, 2, "another/one_of_them.o", "third");
	inq_arena_close(a);
}

static void reads_bsd_names(void **state)
{
	static struct make_ar f;
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;

	(void)state;
	make_ar_begin(&f, "!<arch>\n");
	make_ar_add(&f, "#1/20", "__.SYMDEF SORTED\0\0\0\0table", 25);
	make_ar_add(&f, "plain.o", "one", 3);
	make_ar_add(&f, "#1/24", "name with blanks.o\0\0\0\0\0\0second", 30);
	list = list_of(made(&f), &inq_member_limits_default, a);
	assert_false(list.cut);
	assert_int_equal(list.count, 2);
	assert_member(&list, 0, "plain.o", "one");
	assert_member(&list, 1, "name with blanks.o", "second");
	inq_arena_close(a);
}

static void reads_coff_names(void **state)
{
	static struct make_ar f;
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;

	(void)state;
	make_ar_begin(&f, "!<arch>\n");
	make_ar_add(&f, "/", "\0\0\0", 4);
	make_ar_add(&f, "/", "\0\0\0", 4);
	make_ar_add(&f, "//", "dir\\first_object.obj\0second_object.obj", 39);
	make_ar_add(&f, "/0", "one", 3);
	make_ar_add(&f, "/21", "two", 3);
	list = list_of(made(&f), &inq_member_limits_default, a);
	assert_false(list.cut);
	assert_int_equal(list.count, 2);
	assert_member(&list, 0, "dir\\first_object.obj", "one");
	assert_member(&list, 1, "second_object.obj", "two");
	inq_arena_close(a);
}

static void thin_archive_has_its_members_elsewhere(void **state)
{
	static struct make_ar f;
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;

	(void)state;
	make_ar_begin(&f, "!<thin>\n");
	make_ar_add(&f, "//", "dir/first.o/\n", 13);
	make_ar_member(&f, "/0", "123456", NULL, 0);
	make_ar_member(&f, "second.o/", "10", NULL, 0);
	list = list_of(made(&f), &inq_member_limits_default, a);
	assert_int_equal(list.count, 0);
	assert_true(list.cut);
	assert_string_equal(list.reason, "a thin archive: its members are files of their own");
	inq_arena_close(a);
}

/* Nested `levels` deep around one file. */
static void nest(struct make_ar *f, unsigned levels)
{
	static uint8_t inner[sizeof f->bytes];
	size_t len = 4;

	memcpy(inner, "core", 4);
	for (unsigned i = 0; i < levels; i++) {
		make_ar_begin(f, "!<arch>\n");
		make_ar_add(f, "before.o/", "b", 1);
		make_ar_add(f, "inner.a/", inner, len);
		make_ar_add(f, "after.o/", "a", 1);
		memcpy(inner, f->bytes, f->len);
		len = f->len;
	}
}

static void members_of_members_keep_their_order(void **state)
{
	static struct make_ar f;
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;

	(void)state;
	nest(&f, 2);
	list = list_of(made(&f), &inq_member_limits_default, a);
	assert_false(list.cut);
	assert_int_equal(list.count, 5);
	assert_member(&list, 0, "before.o", "b");
	assert_member(&list, 1, "inner.a!before.o", "b");
	assert_member(&list, 2, "inner.a!inner.a", "core");
	assert_member(&list, 3, "inner.a!after.o", "a");
	assert_member(&list, 4, "after.o", "a");
	inq_arena_close(a);
}

static void depth_is_bounded(void **state)
{
	static struct make_ar f;
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;

	(void)state;
	nest(&f, 5);
	list = list_of(made(&f), &inq_member_limits_default, a);
	assert_true(list.cut);
	assert_string_equal(list.reason, "archives are nested more than 4 deep");
	/* Two members a level, and the fifth archive as it stands. */
	assert_int_equal(list.count, 9);
	assert_memory_equal(list.members[4].bytes.at, "!<arch>\n", 8);
	inq_arena_close(a);
}

static void count_is_bounded(void **state)
{
	static const struct inq_member_limits three = { 3, 1 << 20, 4 };
	static struct make_ar f;
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;

	(void)state;
	make_ar_begin(&f, "!<arch>\n");
	for (unsigned i = 0; i < 10; i++)
		make_ar_add(&f, "x.o/", "x", 1);
	list = list_of(made(&f), &three, a);
	assert_int_equal(list.count, 3);
	assert_true(list.cut);
	assert_string_equal(list.reason, "there are more than 3 members");
	inq_arena_close(a);
}

static void oddities_are_said(void **state)
{
	static const struct {
		const char *name, *size, *reason;
		size_t count;
	} odd[] = {
		{ "x.o/", "99999", "the last member is cut off by the end of the archive", 2 },
		{ "x.o/", "9999999999", "the last member is cut off by the end of the archive", 2 },
		{ "x.o/", "", "the member header at byte 72 of the archive is damaged", 1 },
		{ "x.o/", "-1", "the member header at byte 72 of the archive is damaged", 1 },
		{ "x.o/", "1x", "the member header at byte 72 of the archive is damaged", 1 },
		{ "/77", "4", "the name of a member is not in the archive's table of names", 2 },
		{ "#1/5", "4", "the name of a member runs past its end", 2 },
	};
	static struct make_ar f;

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_member_list list;

		make_ar_begin(&f, "!<arch>\n");
		make_ar_add(&f, "good.o/", "good", 4);
		make_ar_member(&f, odd[i].name, odd[i].size, "data", 4);
		list = list_of(made(&f), &inq_member_limits_default, a);
		if (!list.cut || strcmp(list.reason, odd[i].reason))
			fail_msg("%s %s: \"%s\"", odd[i].name, odd[i].size, list.reason ? list.reason : "");
		assert_int_equal(list.count, odd[i].count);
		assert_member(&list, 0, "good.o", "good");
		inq_arena_close(a);
	}
}

static void archive_without_a_whole_header_is_unreadable(void **state)
{
	static struct make_ar f;
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list = { .count = 77 };
	struct inq_error err = { 0 };

	(void)state;
	make_ar_begin(&f, "!<arch>\n");
	make_ar_add(&f, "good.o/", "good", 4);
	f.len = 30;
	assert_int_equal(
	        inq_member_read(made(&f), &inq_member_limits_default, a, &list, &err), INQ_UNREADABLE);
	assert_int_equal(list.count, 77);
	make_ar_begin(&f, "!<arch>\n");
	list = list_of(made(&f), &inq_member_limits_default, a); /* an empty archive is a good one */
	assert_int_equal(list.count, 0);
	assert_false(list.cut);
	inq_arena_close(a);
}

static void survives_every_failed_allocation(void **state)
{
	static struct make_ar f;
	enum inq_status status = INQ_NO_MEMORY;
	uint64_t tried = 0;

	(void)state;
	nest(&f, 3);
	while (status) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_member_list list = { .count = 77 };

		inq_arena_fail_after(a, ++tried);
		status = inq_member_read(made(&f), &inq_member_limits_default, a, &list, NULL);
		if (status) {
			assert_int_equal(status, INQ_NO_MEMORY);
			assert_int_equal(list.count, 77);
		}
		inq_arena_close(a);
		assert_true(tried < 1000);
	}
	assert_true(tried > 5);
}

static void survives_every_flipped_byte(void **state)
{
	static struct make_ar f;

	(void)state;
	nest(&f, 2);
	for (size_t at = 0; at < f.len; at++)
		for (unsigned flip = 1; flip < 256; flip *= 2) {
			struct inq_arena *a = inq_arena_open(arena_limit);
			struct inq_member_list list = { 0 };

			f.bytes[at] ^= (uint8_t)flip;
			if (!inq_member_read(made(&f), &inq_member_limits_default, a, &list, NULL))
				for (size_t i = 0; i < list.count; i++)
					assert_true(!list.members[i].bytes.len ||
					            (list.members[i].bytes.at >= f.bytes &&
					                    list.members[i].bytes.at +
					                                    list.members[i].bytes.len <=
					                            f.bytes + f.len));
			assert_true(!list.cut || list.reason);
			f.bytes[at] ^= (uint8_t)flip;
			inq_arena_close(a);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_is_its_own_member),
		cmocka_unit_test(reads_gnu_names),
		cmocka_unit_test(reads_bsd_names),
		cmocka_unit_test(reads_coff_names),
		cmocka_unit_test(thin_archive_has_its_members_elsewhere),
		cmocka_unit_test(members_of_members_keep_their_order),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(count_is_bounded),
		cmocka_unit_test(oddities_are_said),
		cmocka_unit_test(archive_without_a_whole_header_is_unreadable),
		cmocka_unit_test(survives_every_failed_allocation),
		cmocka_unit_test(survives_every_flipped_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
