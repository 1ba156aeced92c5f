/* tile_range.h - which tiles of the lower triangle of C a launch of a sum-aat kernel takes; for
 * host and device.
 *
 * A range is where a panel of rows of A meets another: a rectangle of tiles, or, of a panel with
 * itself, the triangle on the diagonal. The whole of C is the range {0, down, 0, down, 0, down}. */
#ifndef KERNELS_TILE_RANGE_H
#define KERNELS_TILE_RANGE_H

struct tile_range {
    unsigned row, rows; /* tile row where the panel of C's rows begins, and its tile rows */
    unsigned col, cols; /* the same of its columns; if row == col, only the triangle */
    unsigned first;     /* the range's tile that block 0 takes: it may be launched in pieces */
    unsigned down;      /* tile rows of the whole triangle */
};

#endif
