/* What is asked of the user at the terminal, and files that are for the user alone. Private to the project. */
#ifndef OS_TERMINAL_H
#define OS_TERMINAL_H

#include <inquiry/bytes.h>

/*
 * Asks at the terminal, not echoing what is typed, whatever standard input
 * and error are. At most `most` bytes into `at`. The terminal is as before
 * when the call returns, also after Ctrl-C.
 *
 * INQ_NOT_FOUND    there is no terminal
 * INQ_INTERRUPTED  the user wants no more of it
 * INQ_OVER_LIMIT   more was typed
 */
INQ_MUST enum inq_status inq_terminal_secret(
        const char *prompt, uint8_t *at, size_t most, size_t *ret_len, struct inq_error *err);

/*
 * Makes the file `path`, readable by its owner alone, complete and on the
 * disk. One that is there is never overwritten.
 *
 * INQ_CONFLICT  it is there
 * INQ_IO        it cannot be made
 */
INQ_MUST enum inq_status inq_file_private(const char *path, struct inq_bytes b, struct inq_error *err);

/* Whether others than its owner may read or write it. */
bool inq_file_is_open_to_others(const char *path);

/* 16 bytes that nobody can guess. */
INQ_MUST bool inq_os_random(uint8_t ret[16]);

/* Seconds since 1970. */
uint64_t inq_os_time(void);

#endif
