#include "os/os.h"
#include "os/private.h"
#include <signal.h>
#include <string.h>
#include <unistd.h>

/*
 * Read by the signal handler, so a slot's name is complete before `live` says
 * so, and signals are blocked while a slot changes.
 */
enum { FILES = 64, CHILDREN = 1024 };
static struct {
	char path[4096];
	volatile sig_atomic_t live;
} files[FILES];
static volatile pid_t children[CHILDREN];

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

static void end(int signal_number)
{
	for (int i = 0; i < CHILDREN; i++)
		if (children[i] > 0)
			kill(children[i], SIGKILL);
	for (int i = 0; i < FILES; i++)
		if (files[i].live)
			unlink(files[i].path);
	/* The handler was installed with SA_RESETHAND: this one ends the program. */
	raise(signal_number);
}

void inq_os_guard(void)
{
	struct sigaction act = { .sa_handler = end, .sa_flags = (int)SA_RESETHAND }, old;

	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
		sigaddset(&act.sa_mask, ending[i]);
	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
		/* What the caller had ignored, as nohup does, stays ignored. */
		if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(ending[i], &act, NULL);
	}
}

int inq_guard_file(const char *path)
{
	if (strlen(path) >= sizeof files[0].path)
		return -1;
	for (int i = 0; i < FILES; i++) {
		if (files[i].live)
			continue;
		strcpy(files[i].path, path);
		files[i].live = 1;
		return i;
	}
	return -1;
}

void inq_guard_file_done(int slot)
{
	if (slot >= 0)
		files[slot].live = 0;
}

int inq_guard_child(pid_t pid)
{
	for (int i = 0; i < CHILDREN; i++) {
		if (children[i] > 0)
			continue;
		children[i] = pid;
		return i;
	}
	return -1;
}

void inq_guard_child_done(int slot)
{
	if (slot >= 0)
		children[slot] = 0;
}

void inq_guard_forget(void)
{
	for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
		signal(ending[i], SIG_DFL);
	for (int i = 0; i < CHILDREN; i++)
		children[i] = 0;
	for (int i = 0; i < FILES; i++)
		files[i].live = 0;
}
