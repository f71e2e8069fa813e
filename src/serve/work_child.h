#ifndef SERVE_WORK_CHILD_H
#define SERVE_WORK_CHILD_H

#include "serve/work.h"

struct work_call {
	const struct serve_options *options;
	const struct recipe *recipe;
};

/* In the child: does the work of a struct work_call; gives the exit code. */
int work_child(void *call);

#endif
