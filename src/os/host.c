#include "os/os.h"
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS_DEFAULT = 80, COLUMNS_LEAST = 40, COLUMNS_MOST = 1000 };

unsigned inq_os_cores(void)
{
	cpu_set_t set;
	int count;

	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	count = CPU_COUNT(&set);
	return count > 0 ? (unsigned)count : 1;
}

uint64_t inq_os_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int descriptor(enum inq_stream stream)
{
	return stream == INQ_STREAM_IN    ? STDIN_FILENO
	       : stream == INQ_STREAM_OUT ? STDOUT_FILENO
	                                  : STDERR_FILENO;
}

bool inq_os_is_terminal(enum inq_stream stream)
{
	return isatty(descriptor(stream));
}

unsigned inq_os_columns(enum inq_stream stream)
{
	const char *stated = getenv("COLUMNS");
	struct winsize size;
	unsigned long columns = COLUMNS_DEFAULT;

	if (ioctl(descriptor(stream), TIOCGWINSZ, &size) == 0 && size.ws_col)
		columns = size.ws_col;
	else if (stated && *stated >= '1' && *stated <= '9')
		columns = strtoul(stated, NULL, 10);
	return columns < COLUMNS_LEAST  ? COLUMNS_LEAST
	       : columns > COLUMNS_MOST ? COLUMNS_MOST
	                                : (unsigned)columns;
}
