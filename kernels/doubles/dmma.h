/* dmma.h - launching the float64 tensor-core kernels of compute capability 9.0
 * (support/f64/dmma_sm90.cuh). */
#ifndef KERNELS_DMMA_H
#define KERNELS_DMMA_H

#include "kernels/interface/f64_work.h"
#include "kernels/job/kernel.h"

extern const struct family dmma_sm90;

/* The tiles of a span of C in pairs that share their columns, all or those of the lower triangle,
 * in bands of 8 rows of tiles so that those worked on together share rows and columns in the L2
 * cache. Writes them to `out` unless it is NULL; returns how many pairs there are. */
struct tiling dmma_tiling(unsigned n, bool is_triangle);
size_t dmma_pairs(const struct tiling *t, const struct tile_span *span, struct dmma_pair *out);

#endif
