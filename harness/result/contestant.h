/* contestant.h - one contestant of a run as an entry of "results", and the names that entry uses.
 */
#ifndef HARNESS_CONTESTANT_H
#define HARNESS_CONTESTANT_H

#include "harness/result/result.h"
#include "harness/stats/stats.h"

#include <jansson.h>

/* An entry of "results": what ran, its verdict and, if the verdict is good, its times. */
json_t *contestant_to_json(const struct result *r, const struct contestant *c);

/* The name of one of NVML's clocks-event reasons, which are bits of a mask; NULL for a bit without
 * a name. */
const char *throttle_name(unsigned bit);

/* What c did in that time as a share of the device's peak. A symmetric variant gets no credit for
 * the half that it skips. NaN if the peak is not known, or if *is_withheld. */
double contestant_peak_share(const struct result *r, const struct contestant *c, double seconds,
                             bool *is_withheld);

/* Whether a share of the peak must be withheld, because of PEAK_WITHHELD_WHY. */
bool peak_share_is_withheld(const char *backend, double share);
#define PEAK_WITHHELD_WHY                                                                          \
    "more than 100 % of the measured peak, so something slowed the CPU while that was measured"

/* The arithmetic of the library to compare with: the same, except that emulations of f32 are
 * compared with f32, which they are meant to replace. */
enum arithmetic reference_arithmetic(enum arithmetic arithmetic);

/* The measured library contestant for this arithmetic, or NULL. If there are several, the first of
 * the backend's table: cublas-sgemm or cublas-gemm, cub for reduce, openblas-sgemm on the CPU. */
const struct contestant *reference_for(const struct result *r, enum arithmetic arithmetic);

/* The median of the device's times, with its 99 % interval. */
struct interval contestant_seconds(const struct contestant *c);

/* The reference's median device time divided by c's; NAN if there is no reference, or if either is
 * too noisy to rank, which *is_noisy says. */
double reference_speedup(const struct result *r, const struct contestant *c, bool *is_noisy);

#endif
