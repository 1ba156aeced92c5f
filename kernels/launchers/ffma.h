/* ffma.h - launches the FFMA kernels that read Aᵀ: ffma-sm80 and ffma-sm90, their triangles, and
 * their sums. Each run transposes A first; this is part of its time. */
#ifndef KERNELS_FFMA_H
#define KERNELS_FFMA_H

#include "kernels/interface/ffma_work.h"
#include "kernels/job/kernel.h"

/* Compute capability 8.0 and up: blocks read Aᵀ by asynchronous copies. */
extern const struct family ffma_sm80;

/* Compute capability 9.0: the copy engine reads Aᵀ through the module's tensor_map. */
extern const struct family ffma_sm90;

/* ffma_sm90_work() describes the work of ffma-sm90's sum: the tiles of a span over k columns of A,
 * for `blocks` blocks at a time. ffma_sm90_rectangle() describes that of a block in a ring, where
 * the panel's rows begin at column `panel` of Aᵀ. */
struct ffma_work ffma_sm90_work(const struct tiling *t, const struct tile_span *span, unsigned k,
                                unsigned blocks);
struct ffma_rectangle ffma_sm90_rectangle(const struct block *b, unsigned panel, unsigned k,
                                          unsigned blocks);

#endif
