/* wgmma_recipe.h - how a wgmma kernel reads A and in what pieces it works. */
#ifndef KERNELS_WGMMA_RECIPE_H
#define KERNELS_WGMMA_RECIPE_H

#include "kernels/driver/cuda_abi.h"

#include <stdbool.h>

/* If neither `split` nor `splits_itself` is set, the kernel reads A itself, and the copy engine
 * rounds it to tf32. Otherwise it reads the planes that A is split into. */
struct wgmma_recipe {
    const char *split;  /* the kernel of service/split_sm90.cu that splits A before it runs */
    bool splits_itself; /* the kernel splits A while it runs (support/sm90/tensor_feed_sm90.cuh) */
    CUtensorMapDataType type;
    unsigned element_bytes, planes;
    unsigned cols;            /* of C per tile of a cluster, which is 256 rows high */
    unsigned chunks_per_step; /* of 128 bytes along k */
    bool triangle;
    unsigned panel_mib;   /* about how many MiB of planes a panel of k may have; 0: k is not cut */
    double over_products; /* factor by which the kernel's products exceed A·Aᵀ */
};

#endif
