/*
 * ZIP files, unpacked into memory and nowhere else. Encrypted members are
 * tried under "infected", the word by which malware is exchanged.
 */
#include "exhibit/private.h"
#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <string.h>

enum { PIECE = 64 << 10, SHOWN_NAME = 80, PASSES_MOST = 16 };

/*
 * Deflate reaches 1,032 : 1, and programs in real ZIPs hardly ever 20 : 1. A
 * ZIP may unpack to this many times its size once it is past what does no harm.
 */
enum { RATIO_MOST = 250, LIKELY_RATIO_MOST = 20 };
static const uint64_t harmless = 64 << 20;

bool inq_zip_is(struct inq_bytes b)
{
	return inq_bytes_begin(b, "PK\3\4", 4) || inq_bytes_begin(b, "PK\5\6", 4);
}

struct unpacking {
	struct inq_member_tree *t;
	struct inq_arena *a;
	struct archive *z;
	const char *name;
	uint64_t packed, unpacked; /* of the whole ZIP */
	uint64_t done; /* members that were looked at */
	bool fatal, stop;
};

/* Why no more of the ZIP may be unpacked, or NULL. */
static const char *over_limit(const struct unpacking *u, uint64_t len)
{
	if (len >= inq_member_room(u->t))
		return "the limit on unpacked bytes is reached";
	if (u->unpacked + len > harmless && (u->unpacked + len) / RATIO_MOST > u->packed)
		return "the ZIP unpacks to more than 250 times its size";
	return NULL;
}

/* Unpacks the member whose header was read last into `*ret`. False where nothing of it is to be kept. */
static bool unpack(struct unpacking *u, struct archive_entry *entry, struct inq_bytes *ret)
{
	size_t capacity = PIECE, len = 0;
	int64_t stated = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;
	const char *reason;
	uint8_t *at, *grown;
	la_ssize_t got;

	/* A stated size spares copies, but may be a lie: it gets no more room than is likely. */
	if (stated > 0 && (uint64_t)stated / LIKELY_RATIO_MOST < u->packed &&
	        !over_limit(u, (uint64_t)stated))
		capacity = (size_t)stated + 1;
	at = inq_arena_new(u->a, capacity, 1);
	if (!at)
		goto full;
	for (;;) {
		grown = inq_arena_extend(u->a, at, len, &capacity, 1);
		if (!grown)
			goto full;
		at = grown;
		got = archive_read_data(u->z, at + len, capacity - len < PIECE ? capacity - len : PIECE);
		if (got <= 0)
			break;
		len += (size_t)got;
		reason = over_limit(u, len);
		if (reason) {
			inq_member_cut(u->t, "%s at member %.*s", reason, SHOWN_NAME, u->name);
			inq_member_unpacked(u->t, len);
			u->stop = true;
			return false;
		}
	}
	inq_member_unpacked(u->t, len);
	u->unpacked += len;
	*ret = (struct inq_bytes){ at, len };
	if (got == 0)
		return true;
	u->fatal = got == ARCHIVE_FATAL;
	inq_member_cut(u->t, "member %.*s cannot be unpacked whole: %.80s", SHOWN_NAME, u->name,
	        archive_error_string(u->z) ? archive_error_string(u->z) : "it is damaged");
	return len != 0;
full:
	inq_member_cut(u->t, "the memory limit is reached at member %.*s", SHOWN_NAME, u->name);
	u->stop = true;
	return false;
}

/* Reads on from member `u->done`. What libarchive calls fatal ends this pass; the next goes on behind it. */
static void members(struct unpacking *u, bool *any)
{
	struct archive_entry *entry;
	struct inq_bytes bytes;
	uint64_t at = 0;
	int result;

	u->fatal = false;
	while (!u->stop && !u->fatal) {
		result = archive_read_next_header(u->z, &entry);
		if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
			*any |= result == ARCHIVE_EOF;
			if (result != ARCHIVE_EOF)
				inq_member_cut(u->t, "the ZIP cannot be read further: %.80s",
				        archive_error_string(u->z) ? archive_error_string(u->z)
				                                   : "it is damaged");
			u->stop = true;
			return;
		}
		*any = true;
		if (at++ < u->done)
			continue;
		u->done++;
		if (archive_entry_filetype(entry) != AE_IFREG)
			continue;
		u->name = archive_entry_pathname(entry);
		if (!u->name)
			u->name = "?";
		if (unpack(u, entry, &bytes) &&
		        !inq_member_add(
		                u->t, (struct inq_bytes){ (const uint8_t *)u->name, strlen(u->name) }, bytes))
			u->stop = true;
	}
}

/* False where libarchive has no memory to begin. */
static bool pass(struct unpacking *u, struct inq_bytes b, bool *any)
{
	u->z = archive_read_new();
	if (!u->z)
		return false;
	u->stop = true;
	if (archive_read_support_format_zip(u->z) == ARCHIVE_OK &&
	        archive_read_add_passphrase(u->z, "infected") == ARCHIVE_OK &&
	        archive_read_open_memory(u->z, b.at, b.len) == ARCHIVE_OK) {
		u->stop = false;
		members(u, any);
	}
	archive_read_free(u->z);
	return true;
}

enum inq_status inq_zip_members(
        struct inq_bytes b, struct inq_arena *a, struct inq_member_tree *t, struct inq_error *err)
{
	struct unpacking u = { .t = t, .a = a, .packed = b.len };
	/* libarchive drops names that the thread's locale cannot hold. */
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
	bool any = false, begun = true;

	for (unsigned i = 0; i < PASSES_MOST && begun && !u.stop; i++)
		begun = pass(&u, b, &any);
	if (utf8) {
		uselocale(before);
		freelocale(utf8);
	}
	if (!begun)
		return inq_fail(err, INQ_NO_MEMORY, 0, "there is no memory to open the ZIP");
	if (!any)
		return inq_fail(err, INQ_UNREADABLE, 0, "the ZIP cannot be read");
	return INQ_OK;
}
