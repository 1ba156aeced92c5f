/* ladder.h - launches the kernels of matmul/ladder and sum_aat/ladder that read A through the copy
 * engine, on compute capability 9.0. There are two steps: copying A to bf16, then the kernel. */
#ifndef KERNELS_LADDER_H
#define KERNELS_LADDER_H

#include "kernels/job/kernel.h"

/* The host writes the module's tensor_map_rows and tensor_map_cols: boxes of 64 values of k by 128
 * rows and by tile_cols rows. In a cluster of two, each block loads half of tile_cols. */
extern const struct family ladder_sm90, ladder_clusters_sm90;

#endif
