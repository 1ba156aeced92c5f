/* verbs.h - all verbs, in the order in which help shows them. */
#ifndef BENCH_VERBS_H
#define BENCH_VERBS_H

#include "bench/cli/verb.h"

#include <stdio.h>

extern const struct verb *const verbs[];
extern const size_t verb_count;

/* The verb of that name. If there is none: NULL, with a message that suggests the nearest. */
const struct verb *verb_find(const char *name, struct failure *why);

/* What `gpubench` alone and `gpubench --help` print. */
void verbs_overview(FILE *to);

#endif
