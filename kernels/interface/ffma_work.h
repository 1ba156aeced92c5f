/* ffma_work.h - what the host passes to sum_aat/sm90/ffma_sm90.cu. */
#ifndef KERNELS_FFMA_WORK_H
#define KERNELS_FFMA_WORK_H

#include "kernels/interface/triangle_part.h"

/* A part of the triangle, and thin tiles: those of a last row of tiles of which few rows of C are
 * left. Of the `stages` of k, tiles that do not fill a wave, and thin ones, are cut into `panels`.
 */
struct ffma_work {
    struct triangle_part wide;
    unsigned thin_row, thin_col, thin; /* the row of tiles, the first one's column, their number */
    unsigned stages, panels;
};

/* Whole tiles of C in rows 0 … down - 1 and columns col … col + across - 1, of a rank in a ring. */
struct ffma_rectangle {
    unsigned down, across, col;
    unsigned stages, panels;
};

#endif
