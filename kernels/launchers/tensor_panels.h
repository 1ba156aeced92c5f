/* tensor_panels.h - into which panels of k the tensor-core kernels of compute capability 9.0 cut
 * their work: what all clusters read at a time must fit the L2 cache, and none should be idle. */
#ifndef KERNELS_TENSOR_PANELS_H
#define KERNELS_TENSOR_PANELS_H

#include "kernels/interface/tensor_panels_max.h"
#include "kernels/launchers/tensor.h"

enum { TENSOR_CHUNK = 128 }; /* bytes along k */

/* `end[i]`: the step of k at which panel i ends. The first `upfront` are split before any product
 * is begun (support/sm90/tensor_feed_sm90.cuh). */
struct tensor_panels {
    unsigned count, upfront, end[TENSOR_PANELS_MAX];
};

/* For `chunks` of k of n rows, and `tiles` tiles dealt to `clusters` in turn. */
struct tensor_panels tensor_panels(const struct tensor_recipe *r, unsigned n, unsigned chunks,
                                   unsigned tiles, unsigned clusters);

/* How long the cluster with most to do takes, in steps. */
double tensor_panels_cost(const struct tensor_panels *p, unsigned tiles, unsigned clusters);

#endif
