/* contestant.h - one contestant of a run as an entry of "results", and the names that entry uses.
 */
#ifndef HARNESS_CONTESTANT_H
#define HARNESS_CONTESTANT_H

#include "harness/result/result.h"

/* An entry of "results": what ran, its verdict and, if the verdict is good, its times. */
json_t *contestant_to_json(const struct result *r, const struct contestant *c);

/* The name of one of NVML's clocks-event reasons, which are bits of a mask; NULL for a bit without
 * a name. */
const char *throttle_name(unsigned bit);

#endif
