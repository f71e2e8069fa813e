#include "export/uuid.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct uuid uuid_inquiry = { { 0xd0, 0x14, 0xde, 0x3a, 0x59, 0xeb, 0x54, 0x9c, 0x82, 0x7d, 0x1a, 0x4b,
	0xd2, 0xc3, 0x3a, 0x47 } };
const struct uuid uuid_stix_observables = { { 0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01,
	0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7 } };

void uuid_of(const struct uuid *space, struct inq_bytes name, struct uuid *ret)
{
	uint8_t whole[sizeof space->byte + UUID_NAME_MOST], digest[20] = { 0 };
	size_t len = name.len < UUID_NAME_MOST ? name.len : UUID_NAME_MOST;

	memcpy(whole, space->byte, sizeof space->byte);
	if (len)
		memcpy(whole + sizeof space->byte, name.at, len);
	(void)!inq_sha1((struct inq_bytes){ whole, sizeof space->byte + len }, digest);
	memcpy(ret->byte, digest, sizeof ret->byte);
	ret->byte[6] = (uint8_t)((ret->byte[6] & 0x0f) | 0x50);
	ret->byte[8] = (uint8_t)((ret->byte[8] & 0x3f) | 0x80);
}

void uuid_text(const struct uuid *u, char ret[UUID_TEXT])
{
	static const uint8_t parts[] = { 4, 2, 2, 2, 6 };
	size_t from = 0, to = 0;

	for (size_t i = 0; i < sizeof parts; i++) {
		if (i)
			ret[to++] = '-';
		inq_hex(u->byte + from, parts[i], ret + to);
		from += parts[i];
		to += 2 * (size_t)parts[i];
	}
}

/* Days since 1970 as a date (the proleptic Gregorian calendar, from March on). */
static void date_of(uint64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	uint64_t z = days + 719468, era = z / 146097, of_era = z % 146097;
	uint64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = (unsigned)(of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100));
	unsigned shifted = (5 * of_year + 2) / 153;

	*day = of_year - (153 * shifted + 2) / 5 + 1;
	*month = shifted < 10 ? shifted + 3 : shifted - 9;
	*year = (unsigned)(year_of_era + era * 400 + (*month <= 2));
}

void time_text(uint64_t seconds, unsigned thousandths, char ret[TIME_TEXT])
{
	/* The end of the year 9999: the formats have four digits. */
	const uint64_t most = 253402300799;
	unsigned year, month, day, of_day;

	if (seconds > most)
		seconds = most;
	of_day = (unsigned)(seconds % 86400);
	date_of(seconds / 86400, &year, &month, &day);
	snprintf(ret, TIME_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", year, month, day, of_day / 3600,
	        of_day / 60 % 60, of_day % 60, thousandths);
}

bool uuid_new(struct uuid_set *set, const struct uuid *u, struct inq_arena *a)
{
	if (2 * (set->count + 1) > set->room) {
		struct uuid_set larger = { .room = set->room ? 2 * set->room : 64 };

		larger.at = inq_arena_new(a, larger.room, sizeof *larger.at);
		if (!larger.at) {
			set->full = true;
			return false;
		}
		for (size_t i = 0; i < set->room; i++)
			if (set->at[i].byte[6])
				(void)uuid_new(&larger, &set->at[i], a);
		*set = larger;
	}
	for (size_t i = (size_t)(inq_le64(u->byte) % set->room);; i = (i + 1) % set->room) {
		/* No UUID of version 5 has a 0 there. */
		if (!set->at[i].byte[6]) {
			set->at[i] = *u;
			set->count++;
			return true;
		}
		if (memcmp(&set->at[i], u, sizeof *u) == 0)
			return false;
	}
}
