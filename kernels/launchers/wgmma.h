/* wgmma.h - launching the tensor-core kernels of compute capability 9.0
 * (support/sm90/tensor_sm90.cuh). */
#ifndef KERNELS_WGMMA_H
#define KERNELS_WGMMA_H

#include "kernels/job/kernel.h"

/* kernel.recipe: what a kernel reads, and how it goes through the work. It reads A itself, which
 * the copy engine rounds to tf32, unless A is split into planes. */
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

extern const struct family wgmma_sm90;

/* Bytes of device memory for any fused sum in addition to A and its planes. */
uint64_t wgmma_beside_bytes(uint64_t n);

#endif
