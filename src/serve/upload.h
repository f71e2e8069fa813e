/* The body of a POST: a form's fields, and a file that goes to the disk as it comes. */
#ifndef SERVE_UPLOAD_H
#define SERVE_UPLOAD_H

#include "serve/private.h"

/* Whether the body can be taken; else it was answered. */
bool upload_begin(struct visit *v);
void upload_take(struct visit *v, const char *at, size_t len);
/* All of it is there. `refused` says where it will not do. */
void upload_end(struct visit *v);
void upload_close(struct visit *v);

#endif
