/* check_tiles.cc - the order of tiles (kernels/support/portable/tile_order.cuh), also for grids
 * that no test could run, and of parts of a triangle. */
#define GPUBENCH_ON_CPU
#include "tests/fakecuda/cuda_on_cpu.h"

#include "kernels/support/portable/wide_tile_order.cuh"
#include "tests/kernels/kernel_check.h"

/* Whether tiles 0 … count - 1 are count different ones, and inside() all of them. */
template <class F, class G> static bool each_once(unsigned count, F tile_of, G inside)
{
    static std::vector<uint64_t> seen; /* one allocation for the millions of tiles */
    seen.clear();
    for (unsigned t = 0; t < count; t++) {
        const struct tile tile = tile_of(t);
        if (!inside(tile))
            return printf("# tile %u: row %u, column %u\n", t, tile.row, tile.col) < 0;
        seen.push_back((uint64_t)tile.row << 32 | tile.col);
    }
    std::sort(seen.begin(), seen.end());
    const auto twice = std::adjacent_find(seen.begin(), seen.end());
    return twice == seen.end() ||
           printf("# row %u, column %u twice\n", (unsigned)(*twice >> 32), (unsigned)*twice) < 0;
}

static bool check_small_grids(void)
{
    for (unsigned down = 1; down <= 40; down++) {
        if (!each_once(
                down * (down + 1) / 2, [=](unsigned t) { return triangle_tile(t, down); },
                [=](struct tile t) { return t.row < down && t.col <= t.row; }))
            return false;
        if (!each_once((unsigned)wide_tiles_above(down),
                       [=](unsigned t) { return wide_part_tile({0, 0, 0, down}, t); },
                       [=](struct tile t) { return t.row < down && t.col <= t.row / 2; }))
            return false;
        for (unsigned t = 0; t < down * (down + 1) / 2; t++)
            if (triangle_number(triangle_tile(t, down), down) != t) {
                printf("# tile %u of %u rows has another number\n", t, down);
                return false;
            }
        for (unsigned wide = 1; wide <= 40; wide += 3)
            if (!each_once(
                    down * wide, [=](unsigned t) { return grouped_tile(t, down, wide); },
                    [=](struct tile t) { return t.row < down && t.col < wide; }))
                return false;
    }
    return true;
}

/* The first and last tile of every row of the largest triangle whose tiles are counted in 32 bits.
 */
static bool check_large_rows(void)
{
    for (uint64_t row = 0; (row + 1) * (row + 2) / 2 <= 0xffffffffu; row++) {
        const unsigned first = (unsigned)(row * (row + 1) / 2), last = first + (unsigned)row;
        if (triangle_row(first) != row || triangle_row(last) != row) {
            printf("# row %u: tile %u in row %u, tile %u in row %u\n", (unsigned)row, first,
                   triangle_row(first), last, triangle_row(last));
            return false;
        }
    }
    return true;
}

/* Triangles of square tiles, and of those twice as wide as high. */
struct square {
    static unsigned long long above(unsigned row) { return tiles_above(row); }
    static unsigned row(unsigned t) { return triangle_row(t); }
    static unsigned top(unsigned row) { return row; }
    static struct tile tile_of(struct triangle_part part, unsigned i) { return part_tile(part, i); }
};
struct wide {
    static unsigned long long above(unsigned row) { return wide_tiles_above(row); }
    static unsigned row(unsigned t) { return wide_triangle_place(t).row; }
    static unsigned top(unsigned row) { return (row + 1) / 2 * 2; }
    static struct tile tile_of(struct triangle_part part, unsigned i)
    {
        return wide_part_tile(part, i);
    }
};

/* The tiles from `begin` to before `end`, numbered row by row. */
template <class T> static bool right_part(unsigned begin, unsigned end)
{
    const unsigned first = T::row(begin), last = T::row(end);
    const struct triangle_part part = {begin, end - begin,
                                       T::top(first + (begin > T::above(first))), last};
    const bool ok = each_once(
        part.tiles, [=](unsigned i) { return T::tile_of(part, i); },
        [=](struct tile t) {
            const unsigned long long number = T::above(t.row) + t.col;
            return number < T::above(t.row + 1) && number >= begin && number < end;
        });
    return ok || printf("# part from tile %u to %u\n", begin, end) < 0;
}

template <class T> static bool check_parts(void)
{
    for (unsigned begin = 0; begin < 300; begin++)
        for (unsigned end = begin + 1; end <= 300; end++)
            if (!right_part<T>(begin, end))
                return false;
    return right_part<T>(3000, 77777) && right_part<T>(1000000000u, 1000300000u);
}

/* All of a triangle has the order of triangle_tile(). */
static bool check_whole(void)
{
    for (unsigned down = 1; down <= 80; down++)
        for (unsigned t = 0; t < down * (down + 1) / 2; t++) {
            const struct tile tile = part_tile({0, 0, 0, down}, t), want = triangle_tile(t, down);
            if (tile.row != want.row || tile.col != want.col)
                return printf("# tile %u of %u rows\n", t, down) < 0;
        }
    return true;
}

void check_tiles(void)
{
    report(check_parts<square>(), "triangle_part", "takes the tiles between two numbers, up to",
           300);
    report(check_parts<wide>(), "triangle_part", "takes the wide tiles between two, up to", 300);
    report(check_whole(), "triangle_part", "is in the order of the whole triangle, up to", 80);
    report(check_small_grids(), "tile_order", "takes every tile once, up to", 40);
    report(check_large_rows(), "tile_order", "finds the row of any tile, up to", 92681);
}
