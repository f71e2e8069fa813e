/* Private to the finding layer: what speaks for H_planted. */
#ifndef FINDING_FORGERY_H
#define FINDING_FORGERY_H

#include "finding/private.h"

struct signs {
	struct inq_finding_sign *at;
	uint32_t count;
	size_t capacity;
	struct inq_arena *a;
};

/* All give false on the arena's limit. `text` NULL counts as that. */
INQ_MUST bool signs_add(
        struct signs *s, enum inq_sign sign, uint32_t exhibit, uint32_t label, const char *text);
/* What the facts of an exhibit contradict. `day`: of the exhibits, YYYYMMDD; 0: not known. */
INQ_MUST bool signs_of_facts(struct signs *s, uint32_t exhibit, const struct inq_evidence *e, uint32_t day);

#endif
