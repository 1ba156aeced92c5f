/* wgmma_panels.h - how the wgmma kernels cut k into panels: the parts of A that all clusters read
 * at a time must fit the L2 cache, and no cluster should be idle. */
#ifndef KERNELS_WGMMA_PANELS_H
#define KERNELS_WGMMA_PANELS_H

#include "kernels/interface/tensor_work.h"
#include "kernels/tiling/wgmma_recipe.h"

enum { WGMMA_CHUNK = 128 }; /* bytes along k */

/* end[i] is the step of k at which panel i ends. The first `upfront` panels are split before the
 * first product begins (support/sm90/tensor_feed_sm90.cuh). */
struct wgmma_panels {
    unsigned count, upfront, end[TENSOR_PANELS_MAX];
};

/* Chooses the panels for n rows of A and `chunks` chunks of k, and for `tiles` tiles that are
 * assigned to the clusters in turn. With fewer tiles than clusters, all panels are upfront. */
struct wgmma_panels wgmma_panels(const struct wgmma_recipe *r, unsigned n, unsigned chunks,
                                 unsigned tiles, unsigned clusters);

/* The time of the cluster with the most work, in steps. */
double wgmma_panels_cost(const struct wgmma_panels *p, unsigned tiles, unsigned clusters);

#endif
