/* What the load commands of a Mach-O file say of its making (<mach-o/loader.h>). */
#include "observation/private.h"

enum {
	COMMAND_ID_DYLIB = 0xd,
	COMMAND_UUID = 0x1b,
	COMMAND_RPATH = 0x1c,
	COMMAND_CODE_SIGNATURE = 0x1d,
	COMMAND_VERSION_MACOS = 0x24,
	COMMAND_VERSION_IOS = 0x25,
	COMMAND_SOURCE_VERSION = 0x2a,
	COMMAND_VERSION_TVOS = 0x2f,
	COMMAND_VERSION_WATCHOS = 0x30,
	COMMAND_BUILD_VERSION = 0x32,
	COMMANDS_MOST = 4096,
	NAME_MOST = 1024,
};

static uint32_t u32(const struct inq_observer *w, struct inq_bytes b, uint64_t off)
{
	uint32_t value = 0;

	(void)!inq_bytes_u32(b, off, w->x->big_endian, &value);
	return value;
}

static const char *platform_name(uint32_t platform)
{
	static const char *const names[] = { "", "macOS", "iOS", "tvOS", "watchOS", "bridgeOS",
		"Mac Catalyst", "iOS simulator", "tvOS simulator", "watchOS simulator", "DriverKit",
		"visionOS", "visionOS simulator" };

	return platform && platform < sizeof names / sizeof *names ? names[platform] : "unknown platform";
}

static void versions(struct inq_observer *w, uint64_t at, const char *platform, uint32_t least, uint32_t sdk)
{
	const struct {
		enum inq_fact_kind kind;
		uint32_t version;
	} facts[] = { { INQ_FACT_MINIMUM_OS, least }, { INQ_FACT_SDK, sdk } };

	for (size_t i = 0; i < 2; i++)
		if (facts[i].version)
			inq_observer_fact(
			        w, &(struct inq_fact){ .kind = facts[i].kind,
			                   .forgeable = true,
			                   .name = platform,
			                   .text = inq_observer_text(w, "%u.%u.%u", facts[i].version >> 16,
			                           facts[i].version >> 8 & 0xff, facts[i].version & 0xff),
			                   .value = facts[i].version,
			                   .off = at });
}

static void name(struct inq_observer *w, enum inq_fact_kind kind, struct inq_bytes c)
{
	struct inq_fact f = { .kind = kind, .forgeable = true };
	struct inq_bytes text;

	inq_bytes_string(c, u32(w, c, 8), NAME_MOST, &text);
	f.off = inq_observer_off(w, text);
	if (text.len)
		inq_observer_fact_bytes(w, f, text, NAME_MOST);
}

static void uuid(struct inq_observer *w, struct inq_bytes c, uint64_t at)
{
	struct inq_bytes id;
	const uint8_t *d;

	if (!inq_bytes_cut(c, 8, 16, &id))
		return;
	d = id.at;
	inq_observer_fact(
	        w, &(struct inq_fact){ .kind = INQ_FACT_UUID,
	                   .forgeable = true,
	                   .off = at + 8,
	                   .text = inq_observer_text(w,
	                           "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X",
	                           d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11],
	                           d[12], d[13], d[14], d[15]) });
}

/* A.B.C.D.E in 24, 10, 10, 10 and 10 bits. */
static void source_version(struct inq_observer *w, struct inq_bytes c, uint64_t at)
{
	uint64_t v;

	if (!inq_bytes_u64(c, 8, w->x->big_endian, &v) || !v)
		return;
	inq_observer_fact(w, &(struct inq_fact){ .kind = INQ_FACT_SOURCE_VERSION,
	                             .forgeable = true,
	                             .value = v,
	                             .off = at,
	                             .text = inq_observer_text(w, "%u.%u.%u.%u.%u", (unsigned)(v >> 40),
	                                     (unsigned)(v >> 30 & 0x3ff), (unsigned)(v >> 20 & 0x3ff),
	                                     (unsigned)(v >> 10 & 0x3ff), (unsigned)(v & 0x3ff)) });
}

static void command(struct inq_observer *w, struct inq_bytes c, uint64_t at)
{
	switch (u32(w, c, 0) & 0x7fffffff) {
	case COMMAND_ID_DYLIB:
		name(w, INQ_FACT_DYLIB_NAME, c);
		break;
	case COMMAND_RPATH:
		name(w, INQ_FACT_RPATH, c);
		break;
	case COMMAND_UUID:
		uuid(w, c, at);
		break;
	case COMMAND_CODE_SIGNATURE:
		inq_observer_fact(w, &(struct inq_fact){ .kind = INQ_FACT_SIGNATURE,
		                             .text = "present, not verified",
		                             .value = u32(w, c, 12),
		                             .off = u32(w, c, 8) });
		break;
	case COMMAND_VERSION_MACOS:
		versions(w, at, platform_name(1), u32(w, c, 8), u32(w, c, 12));
		break;
	case COMMAND_VERSION_IOS:
		versions(w, at, platform_name(2), u32(w, c, 8), u32(w, c, 12));
		break;
	case COMMAND_VERSION_TVOS:
		versions(w, at, platform_name(3), u32(w, c, 8), u32(w, c, 12));
		break;
	case COMMAND_VERSION_WATCHOS:
		versions(w, at, platform_name(4), u32(w, c, 8), u32(w, c, 12));
		break;
	case COMMAND_BUILD_VERSION:
		versions(w, at, platform_name(u32(w, c, 8)), u32(w, c, 12), u32(w, c, 16));
		break;
	case COMMAND_SOURCE_VERSION:
		source_version(w, c, at);
		break;
	default:
		break;
	}
}

void inq_observe_macho(struct inq_observer *w)
{
	uint64_t off = w->x->bits == 64 ? 32 : 28;
	uint32_t count = u32(w, w->x->bytes, 16), length;
	struct inq_bytes c;

	for (uint32_t i = 0; i < count && i < COMMANDS_MOST; i++) {
		length = u32(w, w->x->bytes, off + 4);
		/* The reader has noted a length that does not fit. */
		if (length < 8 || !inq_bytes_cut(w->x->bytes, off, length, &c))
			return;
		command(w, c, off);
		off += length;
	}
}
