/* What ends with the program: children to kill and temporary files to remove when a signal arrives. */
#ifndef OS_PRIVATE_H
#define OS_PRIVATE_H

#include <inquiry/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Remembers a temporary file; -1 where the table is full. `path` is copied. */
int inq_guard_file(const char *path);
void inq_guard_file_done(int slot);

/* The same for a child, which would otherwise outlive a parent that a signal ends. */
int inq_guard_child(pid_t pid);
void inq_guard_child_done(int slot);

/*
 * In a child: undoes the guards of the parent, which must not fire twice.
 */
void inq_guard_forget(void);

/*
 * Closes the sandbox around the calling process, which from here on may write
 * to descriptor `out`, where `both` is set read from it, and little else. False
 * where the kernel does not grant it.
 */
bool inq_sandbox_enter(int out, bool both);

/*
 * Closes a wider one, for a process that talks to the net: it reads what
 * libraries need of /etc and /usr, writes no file, and neither starts nor
 * touches a process. As far as the kernel grants it.
 */
void inq_sandbox_net(void);

/*
 * At a child's beginning: it dies with its parent, forgets what the parent
 * guards, and has of its open files the standard ones, `fd`, as `as`, and, where
 * it is not -1, `file`, as the one after it.
 */
void inq_child_alone(pid_t parent, int fd, int file, int as);

/* In a child, before the sandbox: takes its standard streams away, sets its limits and how many files it may open. */
struct inq_child_limits;
void inq_child_begin(const struct inq_child_limits *limits, unsigned files);

/* A status as another process gives it: INQ_CRASHED where it is none. */
enum inq_status inq_status_known(uint32_t status);

/* Writes all of it, whatever interrupts; false where the other end is gone. Asks for no memory. */
bool inq_write_all(int fd, const void *at, size_t len);

#endif
