/* stream_plan.h - the order in which the triangle of C is computed if only a part of A fits into
 * memory.
 *
 * A strip is the rows of A that one row of tiles needs. A panel of `rows` strips stays in memory
 * while all strips left of it are filled beside it, as many at a time as fit. Strips are never
 * saved: each can be filled again from the seed (philox.h). */
#ifndef KERNELS_STREAM_PLAN_H
#define KERNELS_STREAM_PLAN_H

#include "kernels/interface/tile_range.h"

#include <stdbool.h>
#include <stddef.h>

/* Times in units of a wave: the time for as many tiles as the device computes at once. */
struct stream_cost {
    unsigned wave; /* tiles of a wave */
    double strip;  /* filling a strip */
    double step;   /* the launches of a step */
};

struct stream_plan {
    unsigned down;     /* strips of A */
    unsigned capacity; /* strips that fit into memory, at least 2 */
    unsigned rows;     /* strips of a panel of rows */
    struct stream_cost cost;
};

/* Estimates the costs of strips of `tile` rows of n entries on a GPU of these peaks, 0 if unknown,
 * that computes `wave` tiles at once. They affect only the sizes of panels. */
struct stream_cost stream_cost_of(unsigned wave, unsigned tile, unsigned n, size_t entry_bytes,
                                  double flops, double bytes_per_s);

/* Returns the plan that takes the least time. */
struct stream_plan stream_plan_make(unsigned down, unsigned capacity, struct stream_cost cost);

/* Returns the estimated time of the whole plan, in waves. */
double stream_plan_waves(const struct stream_plan *plan);

/* Advances to the next step (from {0} to the first step); returns false after the last. A step
 * whose range is on the diagonal starts a new panel of rows; every other step starts a new panel of
 * columns. */
bool stream_plan_next(const struct stream_plan *plan, struct tile_range *step);

#endif
