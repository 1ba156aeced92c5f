/* soak_json.h - a soak as part of a result file: the object "soak", and the entries of "results".
 */
#ifndef HARNESS_SOAK_JSON_H
#define HARNESS_SOAK_JSON_H

#include "harness/result/result.h"
#include "harness/soak/judge.h"

#include <jansson.h>

/* Fills in r->contestants, one for each load, with the points of its series as samples. Those of a
 * faulty device are wrong and have no time. Freed with the result. */
void soak_to_contestants(const struct soak *soak, const struct soak_verdict *verdict,
                         struct result *r);

/* The object "soak" (docs/results-format.md). */
json_t *soak_to_json(const struct soak *soak, const struct soak_verdict *verdict,
                     const struct result *r);

#endif
