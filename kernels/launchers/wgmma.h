/* wgmma.h - launches the tensor-core kernels of compute capability 9.0
 * (support/sm90/tensor_sm90.cuh). */
#ifndef KERNELS_WGMMA_H
#define KERNELS_WGMMA_H

#include "kernels/job/kernel.h"
#include "kernels/tiling/wgmma_recipe.h"

/* kernel.recipe is a struct wgmma_recipe. */
extern const struct family wgmma_sm90;

/* Returns the bytes of device memory that any fused sum needs in addition to A and its planes. */
uint64_t wgmma_beside_bytes(uint64_t n);

#endif
