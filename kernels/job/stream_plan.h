/* stream_plan.h - the order of work through the triangle of C if only a part of A fits into memory.
 *
 * A strip is the rows of A that one row of tiles needs. A panel of `rows` strips stays while the
 * strips left of it pass by, as many at a time as there is room for beside it. Strips are not
 * kept or copied: every one can be made again from the seed (philox.h). */
#ifndef KERNELS_STREAM_PLAN_H
#define KERNELS_STREAM_PLAN_H

#include "kernels/interface/tile_range.h"

#include <stdbool.h>

/* Times in waves: a wave is the tiles that the device works on at once. */
struct stream_cost {
    unsigned wave; /* tiles of a wave */
    double strip;  /* making one */
    double step;   /* a launch, or two */
};

struct stream_plan {
    unsigned down;     /* strips of A */
    unsigned capacity; /* strips that there is room for, at least 2 */
    unsigned rows;     /* strips of a panel of rows */
    struct stream_cost cost;
};

/* The plan that takes the least time. */
struct stream_plan stream_plan_make(unsigned down, unsigned capacity, struct stream_cost cost);

/* The estimated time of all of it, in waves. */
double stream_plan_waves(const struct stream_plan *plan);

/* Advances to the next step, from {0} to the first; returns false after the last. A step whose
 * range is on the diagonal starts a new panel of rows; every other step starts a new panel of
 * columns. */
bool stream_plan_next(const struct stream_plan *plan, struct tile_range *step);

#endif
