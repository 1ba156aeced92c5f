/* triangle_part.h - consecutive tiles of the lower triangle of C, which a launch of a sum-aat
 * kernel takes that numbers its tiles itself; for host and device. */
#ifndef KERNELS_TRIANGLE_PART_H
#define KERNELS_TRIANGLE_PART_H

/* Tiles first … first + tiles - 1 (support/portable/tile_order.cuh, wide_tile_order.cuh). Rows of
 * tiles from `top` to before `bottom` are whole; `top` may be more than bottom if none is. */
struct triangle_part {
    unsigned first, tiles, top, bottom;
};

#endif
