/* result_parts.h - the pieces of a result document that have a file of their own. */
#ifndef HARNESS_RESULT_PARTS_H
#define HARNESS_RESULT_PARTS_H

#include "harness/result/result.h"

/* One entry of "results": what was run, its verdict and, if it is right, its times. NULL if memory
 * runs out. */
json_t *contestant_to_json(const struct result *r, const struct contestant *c);

/* The names of NVML's clocks-event reasons in a mask, as [bit] = name; NULL where a bit has none.
 */
const char *throttle_name(unsigned bit);

#endif
