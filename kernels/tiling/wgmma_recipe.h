/* wgmma_recipe.h - how a wgmma kernel reads A and goes through its work. */
#ifndef KERNELS_WGMMA_RECIPE_H
#define KERNELS_WGMMA_RECIPE_H

#include "kernels/driver/cuda_abi.h"

#include <stdbool.h>

/* The kernel reads A itself, which the copy engine rounds to tf32, unless A is split into planes.
 */
struct wgmma_recipe {
    const char *split;  /* the kernel of service/split_sm90.cu that splits A before it runs */
    bool splits_itself; /* or it splits A while it runs (support/sm90/tensor_feed_sm90.cuh) */
    CUtensorMapDataType type;
    unsigned element_bytes, planes;
    unsigned cols;            /* of C per tile of a cluster, which is 256 rows high */
    unsigned chunks_per_step; /* of 128 bytes along k */
    bool triangle;
    unsigned panel_mib;   /* about the most MiB of planes per panel of k; 0: k is not cut */
    double over_products; /* the kernel's products are A·Aᵀ times this */
};

#endif
