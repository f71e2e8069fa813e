/*
 * The model file, in integers (formats/model.md).
 */
#ifndef TRAIN_WRITE_H
#define TRAIN_WRITE_H

#include "embed.h"

/* The file's bytes, in `a`. `likeness` is the pair scorer's table, `note` the text. */
struct inq_bytes train_model_file(
        const struct train_map *m, struct inq_bytes likeness, struct inq_bytes note, struct inq_arena *a);

#endif
