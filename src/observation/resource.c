/*
 * Resources of PE images ("The .rsrc Section"): types and languages, and the
 * version information (VS_VERSIONINFO of the Windows API).
 *
 * The tree has three levels, type, name and language, whatever it claims: no
 * cycle in it is ever followed.
 */
#include "observation/private.h"
#include <string.h>

enum {
	RESOURCE = 2,
	TYPE_VERSION = 16,
	ENTRIES_MOST = 65536,
	GROUPS_MOST = 256,
	VERSIONS_MOST = 4,
	STRINGS_MOST = 256
};

static const char *type_name(uint32_t id)
{
	static const char *const types[] = {
		[1] = "cursor",
		[2] = "bitmap",
		[3] = "icon",
		[4] = "menu",
		[5] = "dialog",
		[6] = "string table",
		[7] = "font directory",
		[8] = "font",
		[9] = "accelerator",
		[10] = "data",
		[11] = "message table",
		[12] = "cursor group",
		[14] = "icon group",
		[16] = "version",
		[17] = "dialog include",
		[19] = "plug and play",
		[20] = "VxD",
		[21] = "animated cursor",
		[22] = "animated icon",
		[23] = "HTML",
		[24] = "manifest",
	};

	return id < sizeof types / sizeof *types ? types[id] : NULL;
}

/* "[MS-LCID]: Windows Language Code Identifier (LCID) Reference", those met most. */
static const struct {
	uint16_t id;
	const char *name;
} languages[] = {
	{ 0x0000, "neutral" },
	{ 0x0400, "user default" },
	{ 0x0800, "system default" },
	{ 0x0401, "Arabic (Saudi Arabia)" },
	{ 0x0402, "Bulgarian" },
	{ 0x0403, "Catalan" },
	{ 0x0404, "Chinese (Taiwan)" },
	{ 0x0405, "Czech" },
	{ 0x0406, "Danish" },
	{ 0x0407, "German (Germany)" },
	{ 0x0408, "Greek" },
	{ 0x0409, "English (United States)" },
	{ 0x040a, "Spanish (Spain, traditional)" },
	{ 0x040b, "Finnish" },
	{ 0x040c, "French (France)" },
	{ 0x040d, "Hebrew" },
	{ 0x040e, "Hungarian" },
	{ 0x0410, "Italian (Italy)" },
	{ 0x0411, "Japanese" },
	{ 0x0412, "Korean" },
	{ 0x0413, "Dutch (Netherlands)" },
	{ 0x0414, "Norwegian (Bokmal)" },
	{ 0x0415, "Polish" },
	{ 0x0416, "Portuguese (Brazil)" },
	{ 0x0418, "Romanian" },
	{ 0x0419, "Russian" },
	{ 0x041a, "Croatian" },
	{ 0x041b, "Slovak" },
	{ 0x041c, "Albanian" },
	{ 0x041d, "Swedish" },
	{ 0x041e, "Thai" },
	{ 0x041f, "Turkish" },
	{ 0x0420, "Urdu" },
	{ 0x0421, "Indonesian" },
	{ 0x0422, "Ukrainian" },
	{ 0x0423, "Belarusian" },
	{ 0x0424, "Slovenian" },
	{ 0x0425, "Estonian" },
	{ 0x0426, "Latvian" },
	{ 0x0427, "Lithuanian" },
	{ 0x0429, "Persian" },
	{ 0x042a, "Vietnamese" },
	{ 0x042b, "Armenian" },
	{ 0x042c, "Azerbaijani (Latin)" },
	{ 0x0437, "Georgian" },
	{ 0x0439, "Hindi" },
	{ 0x043e, "Malay" },
	{ 0x043f, "Kazakh" },
	{ 0x0443, "Uzbek (Latin)" },
	{ 0x0445, "Bengali" },
	{ 0x0450, "Mongolian" },
	{ 0x0804, "Chinese (China)" },
	{ 0x0807, "German (Switzerland)" },
	{ 0x0809, "English (United Kingdom)" },
	{ 0x080a, "Spanish (Mexico)" },
	{ 0x080c, "French (Belgium)" },
	{ 0x0812, "Korean (Johab)" },
	{ 0x0816, "Portuguese (Portugal)" },
	{ 0x0819, "Russian (Moldova)" },
	{ 0x081a, "Serbian (Latin)" },
	{ 0x0c04, "Chinese (Hong Kong)" },
	{ 0x0c07, "German (Austria)" },
	{ 0x0c09, "English (Australia)" },
	{ 0x0c0a, "Spanish (Spain)" },
	{ 0x0c0c, "French (Canada)" },
	{ 0x0c1a, "Serbian (Cyrillic)" },
	{ 0x1004, "Chinese (Singapore)" },
	{ 0x1009, "English (Canada)" },
};

static const char *language_name(struct inq_observer *w, uint32_t id)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
		if (languages[i].id == id)
			return inq_observer_text(w, "%s (0x%04x)", languages[i].name, id);
	return inq_observer_text(w, "0x%04x", id);
}

/* How many resources there are of one type in one language. */
struct group {
	uint32_t type, language, count;
	uint64_t off;
};

struct walk {
	struct inq_observer *w;
	struct inq_bytes tree;
	unsigned left; /* entries that may still be read */
	struct group groups[GROUPS_MOST];
	size_t group_count;
	unsigned versions;
};

/* Entry `i` of the directory at `off`: its name or id, and where it leads. False where there is none. */
static bool entry(struct walk *k, uint64_t off, uint32_t i, uint32_t *id, uint32_t *to)
{
	uint16_t named, numbered;

	if (!inq_bytes_u16(k->tree, off + 12, false, &named) ||
	        !inq_bytes_u16(k->tree, off + 14, false, &numbered) || i >= (uint32_t)named + numbered ||
	        !k->left)
		return false;
	k->left--;
	return inq_bytes_u32(k->tree, off + 16 + 8 * (uint64_t)i, false, id) &&
	       inq_bytes_u32(k->tree, off + 20 + 8 * (uint64_t)i, false, to);
}

static void count(struct walk *k, uint32_t type, uint32_t language, uint64_t off)
{
	for (size_t i = 0; i < k->group_count; i++)
		if (k->groups[i].type == type && k->groups[i].language == language) {
			k->groups[i].count++;
			return;
		}
	if (k->group_count < GROUPS_MOST)
		k->groups[k->group_count++] =
		        (struct group){ .type = type, .language = language, .count = 1, .off = off };
}

/* A node of version information: a length, a key and a value, both padded to words, and children. */
struct version_node {
	struct inq_bytes key, value, children;
	uint64_t length; /* with padding: where the next one begins */
};

static bool version_node(struct inq_bytes b, struct version_node *ret)
{
	uint16_t length, value_length, is_text, c;
	uint64_t off = 6;

	if (!inq_bytes_u16(b, 0, false, &length) || !inq_bytes_u16(b, 2, false, &value_length) ||
	        !inq_bytes_u16(b, 4, false, &is_text) || length < 6 || !inq_bytes_cut(b, 0, length, &b))
		return false;
	while (inq_bytes_u16(b, off, false, &c) && c)
		off += 2;
	ret->key = (struct inq_bytes){ b.at + 6, (size_t)off - 6 };
	off = (off + 2 + 3) & ~(uint64_t)3;
	/* Texts state their length in characters. */
	ret->value = inq_bytes_from(b, off);
	if (ret->value.len > (size_t)value_length * (is_text ? 2 : 1))
		ret->value.len = (size_t)value_length * (is_text ? 2 : 1);
	ret->children = inq_bytes_from(b, (off + ret->value.len + 3) & ~(uint64_t)3);
	ret->length = ((uint64_t)length + 3) & ~(uint64_t)3;
	return true;
}

static bool key_is(struct inq_bytes key, const char *name)
{
	size_t len = strlen(name);

	if (key.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (key.at[2 * i] != (uint8_t)name[i] || key.at[2 * i + 1])
			return false;
	return true;
}

static void fixed_version(struct inq_observer *w, struct inq_bytes fixed)
{
	static const struct {
		uint64_t off;
		const char *name;
	} fields[] = { { 8, "fixed file version" }, { 16, "fixed product version" } };
	uint32_t magic, high, low;

	if (!inq_bytes_u32(fixed, 0, false, &magic) || magic != 0xfeef04bd)
		return;
	for (size_t i = 0; i < 2; i++)
		if (inq_bytes_u32(fixed, fields[i].off, false, &high) &&
		        inq_bytes_u32(fixed, fields[i].off + 4, false, &low))
			inq_observer_fact(w, &(struct inq_fact){ .kind = INQ_FACT_VERSION,
			                             .forgeable = true,
			                             .name = fields[i].name,
			                             .text = inq_observer_text(w, "%u.%u.%u.%u", high >> 16,
			                                     high & 0xffff, low >> 16, low & 0xffff),
			                             .off = inq_observer_off(w, fixed) + fields[i].off });
}

/* VS_VERSIONINFO holds StringFileInfo, that a StringTable for each language, and those the strings. */
static void version(struct inq_observer *w, struct inq_bytes b)
{
	struct version_node root, info, table, string;
	unsigned left = STRINGS_MOST;

	if (!version_node(b, &root) || !key_is(root.key, "VS_VERSION_INFO"))
		return;
	fixed_version(w, root.value);
	for (; version_node(root.children, &info) && left; left--) {
		root.children = inq_bytes_from(root.children, info.length);
		if (!key_is(info.key, "StringFileInfo"))
			continue;
		for (; version_node(info.children, &table) && left; left--) {
			info.children = inq_bytes_from(info.children, table.length);
			for (; version_node(table.children, &string) && left; left--) {
				table.children = inq_bytes_from(table.children, string.length);
				inq_observer_fact(w, &(struct inq_fact){ .kind = INQ_FACT_VERSION,
				                             .forgeable = true,
				                             .name = inq_observer_utf16(w, string.key),
				                             .text = inq_observer_utf16(w, string.value),
				                             .off = inq_observer_off(w, string.key) });
			}
		}
	}
}

static void leaf(struct walk *k, uint32_t type, uint32_t language, uint32_t to)
{
	struct inq_bytes data;
	uint32_t rva, size;

	if (!inq_bytes_u32(k->tree, to, false, &rva) ||
	        !inq_bytes_u32(k->tree, (uint64_t)to + 4, false, &size))
		return;
	count(k, type, language, inq_observer_off(k->w, k->tree) + to);
	if (type != TYPE_VERSION || k->versions++ >= VERSIONS_MOST)
		return;
	data = inq_exhibit_at(k->w->x, k->w->x->base_va + rva);
	if (data.len > size)
		data.len = size;
	version(k->w, data);
}

static const char *group_name(struct walk *k, uint32_t type)
{
	struct inq_bytes text;
	uint16_t len;

	if (!(type >> 31))
		return type_name(type) ? type_name(type) : inq_observer_text(k->w, "type %u", type);
	/* A length in characters, then the name. */
	if (!inq_bytes_u16(k->tree, type & 0x7fffffff, false, &len) ||
	        !inq_bytes_cut(k->tree, (uint64_t)(type & 0x7fffffff) + 2,
	                2 * (uint64_t)(len < 128 ? len : 128), &text))
		return "a name outside the directory";
	return inq_observer_utf16(k->w, text);
}

void inq_observe_resources(struct inq_observer *w)
{
	enum { DIRECTORY = 0x7fffffff };
	struct walk *k;
	uint32_t type, name, language, names, ids, data;

	if (w->x->pe->directory_count <= RESOURCE || !w->x->pe->directory[RESOURCE].rva)
		return;
	k = inq_arena_new(w->a, 1, sizeof *k);
	if (!k) {
		w->full = true;
		return;
	}
	k->w = w;
	k->left = ENTRIES_MOST;
	k->tree = inq_exhibit_at(w->x, w->x->base_va + w->x->pe->directory[RESOURCE].rva);
	for (uint32_t i = 0; entry(k, 0, i, &type, &names); i++) {
		if (!(names >> 31))
			continue;
		for (uint32_t j = 0; entry(k, names & DIRECTORY, j, &name, &ids); j++) {
			if (!(ids >> 31))
				continue;
			for (uint32_t l = 0; entry(k, ids & DIRECTORY, l, &language, &data); l++)
				if (!(data >> 31))
					leaf(k, type, language, data);
		}
	}
	for (size_t i = 0; i < k->group_count; i++)
		inq_observer_fact(w, &(struct inq_fact){ .kind = INQ_FACT_RESOURCE,
		                             .forgeable = true,
		                             .name = group_name(k, k->groups[i].type),
		                             .text = language_name(w, k->groups[i].language),
		                             .value = k->groups[i].count,
		                             .off = k->groups[i].off });
}
