/* measure.h - the measuring loop: warms up, then samples all contestants of a table in turn until
 * the stopping rule is satisfied for each.
 *
 * The order is round-robin (A B C A B C …), so that drifts of clock and temperature affect all
 * contestants alike. A turn lasts 60 ms or some samples. If a contestant draws more than half
 * of the device's power limit, the runs of the first 0.3 s of each turn are left out and it lasts
 * 0.3 s more, so that the clock is the one that the contestant's own power allows: otherwise a
 * kernel that draws less would pay for its neighbours, and one that draws more would gain. Who is
 * alone warms up for 0.3 s. Every run is checked against the verified one (recheck.h). A
 * variant that fails becomes a failed contestant, and the others go on. If the device is lost
 * (STATUS_LOST), all contestants end with the samples they have. */
#ifndef HARNESS_MEASURE_H
#define HARNESS_MEASURE_H

#include "harness/measure/contest.h"

/* Samples every contestant whose state is CONTESTANT_OK. Returns STATUS_INTERRUPTED or STATUS_OK.
 */
enum status measure(const struct backend *backend, struct job *job, struct contestant *contestants,
                    size_t count, const struct measure_plan *plan, struct failure *why);

#endif
