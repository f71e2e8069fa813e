/*
 * What a PE image says of its making: time stamps, the Rich header, debug
 * entries, checksum, signature ("PE Format"; the Rich header is documented by
 * Pistelli, "Microsoft's Rich Signature (undocumented)").
 */
#include "observation/private.h"
#include <string.h>

enum { EXPORT = 0, CERTIFICATE = 4, DEBUG = 6, CLR = 14 };
enum {
	DEBUG_CODEVIEW = 2,
	DEBUG_REPRODUCIBLE = 16,
	DEBUG_ENTRY = 28,
	DEBUG_ENTRIES_MOST = 64,
	PATH_MOST = 1024
};

/* The bytes of a data directory; empty where there is none. */
static struct inq_bytes directory(const struct inq_exhibit *x, unsigned index)
{
	struct inq_bytes b = { NULL, 0 };

	if (index < x->pe->directory_count && x->pe->directory[index].rva)
		b = inq_exhibit_at(x, x->base_va + x->pe->directory[index].rva);
	if (b.len > x->pe->directory[index].size)
		b.len = x->pe->directory[index].size;
	return b;
}

/* Days since 1970 as a date of the Gregorian calendar (Richards, "Mapping Time", algorithm F). */
static const char *date(struct inq_observer *w, uint32_t seconds)
{
	unsigned days = seconds / 86400, rest = seconds % 86400;
	unsigned f = days + 2440588 + 1401 + (((4 * (days + 2440588) + 274277) / 146097) * 3) / 4 - 38;
	unsigned e = 4 * f + 3, g = e % 1461 / 4, h = 5 * g + 2;
	unsigned day = h % 153 / 5 + 1, month = (h / 153 + 2) % 12 + 1,
	         year = e / 1461 - 4716 + (14 - month) / 12;

	return inq_observer_text(w, "%04u-%02u-%02uT%02u:%02u:%02uZ", year, month, day, rest / 3600,
	        rest / 60 % 60, rest % 60);
}

static void code_view(struct inq_observer *w, struct inq_bytes b)
{
	struct inq_fact path = { .kind = INQ_FACT_PDB_PATH, .forgeable = true };
	struct inq_fact id = { .kind = INQ_FACT_PDB_ID, .forgeable = true, .off = inq_observer_off(w, b) };
	struct inq_bytes text;
	uint32_t first = 0, age = 0;
	uint16_t second = 0, third = 0;
	uint64_t name;

	if (inq_bytes_begin(b, "RSDS", 4) && inq_bytes_u32(b, 4, false, &first) &&
	        inq_bytes_u16(b, 8, false, &second) && inq_bytes_u16(b, 10, false, &third) &&
	        inq_bytes_u32(b, 20, false, &age)) {
		const uint8_t *d = b.at + 12;

		id.text = inq_observer_text(w, "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X age %u",
		        first, second, third, d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], age);
		name = 24;
	} else if (inq_bytes_begin(b, "NB10", 4) && inq_bytes_u32(b, 8, false, &first) &&
	           inq_bytes_u32(b, 12, false, &age)) {
		id.text = inq_observer_text(w, "%08X age %u", first, age);
		name = 16;
	} else {
		return;
	}
	inq_observer_fact(w, &id);
	inq_bytes_string(b, name, PATH_MOST, &text);
	path.off = inq_observer_off(w, text);
	if (text.len)
		inq_observer_fact_bytes(w, path, text, PATH_MOST);
}

/* Reads the debug directory; true where it says that the build is reproducible. */
static bool debug(struct inq_observer *w)
{
	const struct inq_exhibit *x = w->x;
	struct inq_bytes table = directory(x, DEBUG), entry, data;
	uint32_t stamp, type, size, off;
	bool reproducible = false, stamped = false;

	for (unsigned i = 0; i < DEBUG_ENTRIES_MOST; i++) {
		if (!inq_bytes_cut(table, (uint64_t)i * DEBUG_ENTRY, DEBUG_ENTRY, &entry) ||
		        !inq_bytes_u32(entry, 4, false, &stamp) || !inq_bytes_u32(entry, 12, false, &type) ||
		        !inq_bytes_u32(entry, 16, false, &size) || !inq_bytes_u32(entry, 24, false, &off))
			break;
		if (type == DEBUG_REPRODUCIBLE)
			reproducible = true;
		if (type == DEBUG_CODEVIEW && inq_bytes_cut(x->bytes, off, size, &data))
			code_view(w, data);
		if (!stamped && stamp && stamp != x->pe->timestamp) {
			stamped = true;
			inq_observer_fact(w, &(struct inq_fact){ .kind = INQ_FACT_DEBUG_TIME,
			                             .forgeable = true,
			                             .text = date(w, stamp),
			                             .value = stamp,
			                             .off = inq_observer_off(w, entry) + 4 });
		}
	}
	return reproducible;
}

static void compile_time(struct inq_observer *w, bool reproducible)
{
	enum { BORLAND = 0x2a425e19 }; /* 1992-06-19, in every program of Delphi 4 to 2006 */
	uint32_t stamp = w->x->pe->timestamp;
	struct inq_fact f = {
		.kind = INQ_FACT_COMPILE_TIME, .forgeable = true, .value = stamp, .off = w->x->pe->nt_off + 8
	};

	if (reproducible)
		f.text = inq_observer_text(w, "none: 0x%08x is a hash of a reproducible build", stamp);
	else if (!stamp)
		f.text = "none: the field is zero";
	else if (stamp == BORLAND)
		f.text = "none: the constant that Delphi writes";
	else
		f.text = date(w, stamp);
	inq_observer_fact(w, &f);
}

static uint32_t rotate(uint32_t value, unsigned by)
{
	by &= 31;
	return by ? value << by | value >> (32 - by) : value;
}

/*
 * The Rich header: "DanS", three pads, and pairs of tool and count, each word
 * under the key that follows the plain "Rich". The key is a checksum of the DOS
 * header and the pairs.
 */
static void rich(struct inq_observer *w)
{
	struct inq_bytes b = w->x->bytes;
	uint64_t nt = w->x->pe->nt_off < b.len ? w->x->pe->nt_off : b.len, end, begin;
	uint32_t word = 0, key, tool, count, sum;

	if (nt > 0x1000)
		nt = 0x1000;
	for (end = nt & ~(uint64_t)3; end >= 0x40; end -= 4)
		if (inq_bytes_u32(b, end, false, &word) && word == 0x68636952)
			break;
	if (end < 0x40 || !inq_bytes_u32(b, end + 4, false, &key))
		return;
	for (begin = end - 4; begin >= 0x40; begin -= 4)
		if (inq_bytes_u32(b, begin, false, &word) && (word ^ key) == 0x536e6144)
			break;
	if (begin < 0x40)
		return;
	sum = (uint32_t)begin;
	for (uint64_t i = 0; i < begin; i++)
		if (i < 0x3c || i >= 0x40)
			sum += rotate(b.at[i], (unsigned)i);
	for (uint64_t off = begin + 16; off + 8 <= end; off += 8)
		if (inq_bytes_u32(b, off, false, &tool) && inq_bytes_u32(b, off + 4, false, &count))
			sum += rotate(tool ^ key, (count ^ key) & 31);
	inq_observer_fact(
	        w, &(struct inq_fact){ .kind = INQ_FACT_RICH_CHECKSUM,
	                   .forgeable = true,
	                   .value = sum == key,
	                   .text = sum == key ? "holds" : "does not hold: the header was changed or copied",
	                   .off = end + 4 });
	for (uint64_t off = begin + 16; off + 8 <= end; off += 8) {
		if (!inq_bytes_u32(b, off, false, &tool) || !inq_bytes_u32(b, off + 4, false, &count))
			break;
		tool ^= key;
		count ^= key;
		inq_observer_fact(
		        w, &(struct inq_fact){ .kind = INQ_FACT_RICH_ENTRY,
		                   .forgeable = true,
		                   .name = inq_observer_text(w, "0x%04x", tool >> 16),
		                   .text = inq_observer_text(w, "build %u, %u objects", tool & 0xffff, count),
		                   .value = (uint64_t)tool << 32 | count,
		                   .off = off });
	}
}

/*
 * The checksum of IMAGHELP: the file's 16-bit words, the field itself taken as
 * zero, added with end-around carry; then the file's length.
 */
static void checksum(struct inq_observer *w)
{
	struct inq_bytes b = w->x->bytes;
	uint64_t field = w->x->pe->optional_off + 64, sum = 0;
	uint32_t stated = w->x->pe->checksum;
	struct inq_fact f = { .kind = INQ_FACT_CHECKSUM, .forgeable = true, .off = field };

	for (size_t i = 0; i + 1 < b.len; i += 2)
		sum += (uint32_t)(b.at[i] | b.at[i + 1] << 8);
	if (b.len & 1)
		sum += b.at[b.len - 1];
	for (uint64_t i = field; i < field + 4 && i < b.len; i++)
		sum -= (uint64_t)b.at[i] << (i & 1 ? 8 : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	sum += b.len;
	f.value = !stated ? 2 : stated == (uint32_t)sum;
	f.text = !stated   ? "not set"
	         : f.value ? "matches"
	                   : "does not match: the file was changed after linking";
	inq_observer_fact(w, &f);
}

static void signature(struct inq_observer *w)
{
	const struct inq_pe_headers *h = w->x->pe;
	uint32_t off, size, len;
	uint16_t type;
	bool good;

	if (h->directory_count <= CERTIFICATE || !h->directory[CERTIFICATE].size)
		return;
	/* The one directory whose address is an offset in the file. */
	off = h->directory[CERTIFICATE].rva;
	size = h->directory[CERTIFICATE].size;
	good = inq_bytes_u32(w->x->bytes, off, false, &len) && len >= 8 && len <= size &&
	       (uint64_t)off + size <= w->x->bytes.len &&
	       inq_bytes_u16(w->x->bytes, (uint64_t)off + 6, false, &type) && type == 2;
	inq_observer_fact(w, &(struct inq_fact){ .kind = INQ_FACT_SIGNATURE,
	                             .value = size,
	                             .off = off,
	                             .text = good ? "present, not verified"
	                                          : "a certificate table that holds no PKCS #7 signature" });
}

static void export_name(struct inq_observer *w)
{
	struct inq_bytes table = directory(w->x, EXPORT), name;
	struct inq_fact f = { .kind = INQ_FACT_EXPORT_NAME, .forgeable = true };
	uint32_t rva;

	if (!inq_bytes_u32(table, 12, false, &rva) || !rva)
		return;
	inq_bytes_string(inq_exhibit_at(w->x, w->x->base_va + rva), 0, 256, &name);
	f.off = inq_observer_off(w, name);
	if (name.len)
		inq_observer_fact_bytes(w, f, name, 256);
}

static void managed(struct inq_observer *w)
{
	struct inq_bytes clr = directory(w->x, CLR), data, version;
	struct inq_fact f = { .kind = INQ_FACT_MANAGED };
	uint32_t rva, magic;

	if (!inq_bytes_u32(clr, 8, false, &rva))
		return;
	data = inq_exhibit_at(w->x, w->x->base_va + rva);
	if (!inq_bytes_u32(data, 0, false, &magic) || magic != 0x424a5342)
		return;
	/* ECMA-335, II.24.2.1: the version follows its length, at 12. */
	inq_bytes_string(data, 16, 255, &version);
	f.off = inq_observer_off(w, data);
	inq_observer_fact_bytes(w, f, version, 255);
}

static void linker(struct inq_observer *w)
{
	uint64_t off = w->x->pe->optional_off + 2;
	uint8_t major, minor;

	if (inq_bytes_u8(w->x->bytes, off, &major) && inq_bytes_u8(w->x->bytes, off + 1, &minor))
		inq_observer_fact(w, &(struct inq_fact){ .kind = INQ_FACT_LINKER,
		                             .forgeable = true,
		                             .text = inq_observer_text(w, "%u.%u", major, minor),
		                             .value = (uint64_t)major << 8 | minor,
		                             .off = off });
}

void inq_observe_pe(struct inq_observer *w)
{
	bool reproducible;

	inq_observe_import_hash(w);
	reproducible = debug(w);
	compile_time(w, reproducible);
	linker(w);
	rich(w);
	export_name(w);
	inq_observe_resources(w);
	checksum(w);
	managed(w);
	signature(w);
}
