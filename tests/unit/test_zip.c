#include "../make/zip.h"
#include <inquiry/member.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const size_t arena_limit = 512 << 20;
enum { ROOM = 4 << 20 };
static uint8_t room[ROOM], outer_room[ROOM];

static struct inq_bytes made(const struct make_zip *z)
{
	return (struct inq_bytes){ z->at, z->len };
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

static void unpacks_stored_and_deflated(void **state)
{
	(void)state;
	for (unsigned deflate = 0; deflate < 2; deflate++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_member_list list;
		struct make_zip z;

		assert_true(make_zip_begin(&z, room, ROOM, deflate, NULL, NULL));
		make_zip_add_directory(&z, "dir/");
		make_zip_add(&z, "dir/one", "first first first first", 23);
		make_zip_add(&z, "empty", "", 0);
		make_zip_add(&z, "two", "second", 6);
		make_zip_end(&z);
		list = list_of(made(&z), &inq_member_limits_default, a);
		assert_false(list.cut);
		assert_int_equal(list.count, 3);
		assert_member(&list, 0, "dir/one", "first first first first");
		assert_member(&list, 1, "empty", "");
		assert_member(&list, 2, "two", "second");
		inq_arena_close(a);
	}
}

static void opens_what_the_malware_exchange_encrypts(void **state)
{
	static const char *const encryptions[] = { "traditional", "aes256" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_member_list list;
		struct make_zip z;

		assert_true(make_zip_begin(&z, room, ROOM, true, encryptions[i], "infected"));
		make_zip_add(&z, "sample.bin", "not really malware", 18);
		make_zip_end(&z);
		list = list_of(made(&z), &inq_member_limits_default, a);
		assert_false(list.cut);
		assert_int_equal(list.count, 1);
		assert_member(&list, 0, "sample.bin", "not really malware");
		inq_arena_close(a);
	}
}

static void says_where_the_password_is_another(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;
	struct make_zip z;

	(void)state;
	assert_true(make_zip_begin(&z, room, ROOM, true, "aes256", "another"));
	make_zip_add(&z, "sample.bin", "not really malware", 18);
	make_zip_end(&z);
	list = list_of(made(&z), &inq_member_limits_default, a);
	assert_int_equal(list.count, 0);
	assert_true(list.cut);
	assert_non_null(strstr(list.reason, "sample.bin"));
	assert_non_null(strstr(list.reason, "passphrase"));
	inq_arena_close(a);
}

static void follows_zips_in_zips(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;
	struct make_zip inner, outer;

	(void)state;
	assert_true(make_zip_begin(&inner, room, ROOM, true, NULL, NULL));
	make_zip_add(&inner, "deep", "inside", 6);
	make_zip_end(&inner);
	assert_true(make_zip_begin(&outer, outer_room, ROOM, false, NULL, NULL));
	make_zip_add(&outer, "in.zip", inner.at, inner.len);
	make_zip_add(&outer, "beside", "outside", 7);
	make_zip_end(&outer);
	list = list_of(made(&outer), &inq_member_limits_default, a);
	assert_int_equal(list.count, 2);
	assert_member(&list, 0, "in.zip!deep", "inside");
	assert_member(&list, 1, "beside", "outside");
	inq_arena_close(a);
}

static void keeps_names_beyond_ascii(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;
	struct make_zip z;
	uint8_t *at;
	unsigned renamed = 0;

	(void)state;
	assert_true(make_zip_begin(&z, room, ROOM, false, NULL, NULL));
	make_zip_add(&z, "NAME.exe", "x", 1);
	make_zip_end(&z);
	/* Both headers get the name in UTF-8 and bit 11, which says so. */
	for (size_t i = 0; i + 8 <= z.len; i++)
		if (!memcmp(z.at + i, "NAME.exe", 8)) {
			memcpy(z.at + i, "\xd1\x8f\xd1\x8f", 4);
			at = z.at + i - (renamed++ ? 46 : 30);
			at[at[2] == 3 ? 7 : 9] |= 8;
		}
	assert_int_equal(renamed, 2);
	list = list_of(made(&z), &inq_member_limits_default, a);
	assert_int_equal(list.count, 1);
	assert_member(&list, 0, "\xd1\x8f\xd1\x8f.exe", "x");
	inq_arena_close(a);
}

static void stops_at_the_limit_on_bytes(void **state)
{
	static const struct inq_member_limits limits = { 100, 1 << 20, 4 };
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;
	struct make_zip z;

	(void)state;
	assert_true(make_zip_begin(&z, room, ROOM, true, NULL, NULL));
	make_zip_add(&z, "small", "fits", 4);
	make_zip_add_zeros(&z, "large", 2 << 20);
	make_zip_add(&z, "after", "not reached", 11);
	make_zip_end(&z);
	list = list_of(made(&z), &limits, a);
	assert_int_equal(list.count, 1);
	assert_member(&list, 0, "small", "fits");
	assert_true(list.cut);
	assert_non_null(strstr(list.reason, "the limit on unpacked bytes is reached"));
	assert_true(inq_arena_used(a) < 4 << 20);
	inq_arena_close(a);
}

static void stops_at_a_bomb(void **state)
{
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;
	struct make_zip z;

	(void)state;
	assert_true(make_zip_begin(&z, room, ROOM, true, NULL, NULL));
	make_zip_add_zeros(&z, "bomb", 200 << 20);
	make_zip_end(&z);
	assert_true(z.len < 1 << 20);
	list = list_of(made(&z), &inq_member_limits_default, a);
	assert_int_equal(list.count, 0);
	assert_true(list.cut);
	assert_non_null(strstr(list.reason, "250 times"));
	inq_arena_close(a);
}

static void counts_members_over_the_whole_tree(void **state)
{
	static const struct inq_member_limits limits = { 3, 1 << 20, 4 };
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;
	struct make_zip z;

	(void)state;
	assert_true(make_zip_begin(&z, room, ROOM, true, NULL, NULL));
	for (unsigned i = 0; i < 5; i++)
		make_zip_add(&z, (const char[]){ (char)('a' + i), 0 }, "x", 1);
	make_zip_end(&z);
	list = list_of(made(&z), &limits, a);
	assert_true(list.count <= 3);
	assert_true(list.cut);
	inq_arena_close(a);
}

/* One member's data is damaged: it is told, and the others are still unpacked. */
static void goes_on_behind_a_damaged_member(void **state)
{
	static uint8_t noise[4096];
	struct inq_arena *a = inq_arena_open(arena_limit);
	struct inq_member_list list;
	struct make_zip z;
	uint32_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (uint8_t)("abcdefgh"[(seed = seed * 1103515245 + 12345) >> 29]);
	assert_true(make_zip_begin(&z, room, ROOM, true, NULL, NULL));
	make_zip_add(&z, "damaged", noise, sizeof noise);
	make_zip_add(&z, "whole", "good", 4);
	make_zip_end(&z);
	memset(z.at + 100, 0xff, 40);
	list = list_of(made(&z), &inq_member_limits_default, a);
	assert_true(list.cut);
	assert_non_null(strstr(list.reason, "damaged"));
	assert_true(list.count >= 1);
	assert_member(&list, list.count - 1, "whole", "good");
	inq_arena_close(a);
}

static void survives_every_cut_and_flip(void **state)
{
	static uint8_t copy[ROOM];
	struct make_zip z;

	(void)state;
	assert_true(make_zip_begin(&z, room, ROOM, true, NULL, NULL));
	make_zip_add(&z, "one", "first first first first", 23);
	make_zip_add(&z, "two", "second", 6);
	make_zip_end(&z);
	for (size_t i = 0; i < z.len; i++) {
		for (unsigned flip = 0; flip < 2; flip++) {
			struct inq_arena *a = inq_arena_open(arena_limit);
			struct inq_member_list list = { 0 };
			struct inq_error err = { 0 };
			enum inq_status status;

			memcpy(copy, z.at, z.len);
			copy[i] ^= flip ? 0xff : 0;
			status = inq_member_read((struct inq_bytes){ copy, flip ? z.len : i },
			        &inq_member_limits_default, a, &list, &err);
			assert_true(status == INQ_OK || status == INQ_UNREADABLE);
			assert_true(status == INQ_OK || err.text[0]);
			assert_true(!list.cut || list.reason);
			inq_arena_close(a);
		}
	}
}

static void fails_with_every_allocation(void **state)
{
	enum inq_status status = INQ_NO_MEMORY;
	struct make_zip z;
	unsigned n;

	(void)state;
	assert_true(make_zip_begin(&z, room, ROOM, true, NULL, NULL));
	make_zip_add(&z, "one", "first", 5);
	make_zip_end(&z);
	for (n = 1; n < 100; n++) {
		struct inq_arena *a = inq_arena_open(arena_limit);
		struct inq_member_list list = { 0 };
		struct inq_error err;

		inq_arena_fail_after(a, n);
		status = inq_member_read(made(&z), &inq_member_limits_default, a, &list, &err);
		inq_arena_close(a);
		assert_true(status == INQ_OK || status == INQ_NO_MEMORY);
		if (status == INQ_OK && list.count == 1 && !list.cut)
			break;
	}
	assert_int_equal(status, INQ_OK);
	assert_true(n > 2 && n < 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unpacks_stored_and_deflated),
		cmocka_unit_test(opens_what_the_malware_exchange_encrypts),
		cmocka_unit_test(says_where_the_password_is_another),
		cmocka_unit_test(follows_zips_in_zips),
		cmocka_unit_test(keeps_names_beyond_ascii),
		cmocka_unit_test(stops_at_the_limit_on_bytes),
		cmocka_unit_test(stops_at_a_bomb),
		cmocka_unit_test(counts_members_over_the_whole_tree),
		cmocka_unit_test(goes_on_behind_a_damaged_member),
		cmocka_unit_test(survives_every_cut_and_flip),
		cmocka_unit_test(fails_with_every_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
