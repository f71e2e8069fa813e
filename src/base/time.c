#include <inquiry/text.h>
#include <inttypes.h>
#include <stdio.h>

/* Days since 1970 as a date (the proleptic Gregorian calendar, from March on). */
static void date_of(uint64_t days, uint64_t *year, unsigned *month, unsigned *day)
{
	uint64_t z = days + 719468, era = z / 146097, of_era = z % 146097;
	uint64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	unsigned of_year = (unsigned)(of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100));
	unsigned shifted = (5 * of_year + 2) / 153;

	*day = of_year - (153 * shifted + 2) / 5 + 1;
	*month = shifted < 10 ? shifted + 3 : shifted - 9;
	*year = year_of_era + era * 400 + (*month <= 2);
}

void inq_time_text(uint64_t time, char ret[INQ_TIME_TEXT])
{
	unsigned month, day, seconds = (unsigned)(time % 86400);
	uint64_t year;

	date_of(time / 86400, &year, &month, &day);
	if (year > 9999)
		snprintf(ret, INQ_TIME_TEXT, "%" PRIu64 " s", time);
	else
		snprintf(ret, INQ_TIME_TEXT, "%04u-%02u-%02u %02u:%02u:%02u", (unsigned)year, month, day,
		        seconds / 3600, seconds / 60 % 60, seconds % 60);
}
