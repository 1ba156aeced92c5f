/* digest.h - tells a copy of a run from another run. */
#ifndef HARNESS_DIGEST_H
#define HARNESS_DIGEST_H

#include <jansson.h>
#include <stdint.h>

/* A number that two result documents share only if they are of one run: two processes never share
 * the start, the place and all samples. Documents without samples must be equal in everything. */
uint64_t digest_of(const json_t *document);

#endif
