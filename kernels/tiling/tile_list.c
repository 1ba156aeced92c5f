/* tile_list.c - lists tiles band by band, partial tiles first. */
#include "kernels/tiling/tile_list.h"

enum { BAND = 8 }; /* rows of tiles */

struct tiling tiling_of_block(const struct block *b, unsigned panel, unsigned rows, unsigned cols)
{
    const unsigned own = (unsigned)b->rows, col = (unsigned)b->col, others = (unsigned)b->cols;
    struct tiling t = {.rows = rows, .cols = cols, .from_top = true};
    if (b->panel == PANEL_OWN) {
        t.is_triangle = true;
        t.down = t.across = own;
    } else if (b->panel == PANEL_EVEN) { /* before its own */
        t.row = panel;
        t.down = own;
        t.col = col;
        t.across = others;
    } else { /* behind its own */
        t.row = panel + col;
        t.down = others;
        t.across = own;
    }
    return t;
}

unsigned tiling_down(const struct tiling *t)
{
    return (t->down + t->rows - 1) / t->rows;
}

/* The first row of C in a row of tiles; it may be above the part that is covered. */
static int first_of(const struct tiling *t, unsigned row)
{
    const unsigned from_top = row * t->rows;
    if (t->from_top)
        return (int)(t->row + (from_top < t->down ? from_top : t->down));
    return (int)(t->row + t->down) - (int)((tiling_down(t) - row) * t->rows);
}

static bool is_before(unsigned row, unsigned col, struct tile_place place)
{
    return row < place.row || (row == place.row && col < place.col);
}

size_t tile_list(const struct tiling *t, struct tile_place begin, struct tile_place end,
                 struct tensor_tile *out)
{
    const bool is_square = t->row == t->col && t->down == t->across;
    const bool mirrors = !t->is_triangle && is_square && t->rows == t->cols &&
                         first_of(t, 0) < (int)t->row && t->down % 4 == 0;
    const unsigned below = end.row + (end.col > 0);
    const int left = mirrors ? first_of(t, 0) : (int)t->col, right = (int)(t->col + t->across);
    size_t count = 0;
    for (unsigned band = begin.row; band < below; band += BAND) {
        const unsigned last = band + BAND < below ? band + BAND : below;
        unsigned c = 0;
        for (int col = left; col < right; col += (int)t->cols, c++)
            for (unsigned r = band; r < last; r++) {
                const int row = first_of(t, r);
                if (t->is_triangle && col >= row + (int)t->rows)
                    continue; /* above the diagonal */
                if (mirrors && row < (int)t->row && col >= (int)t->col)
                    continue; /* the mirror image of a partial tile */
                if (is_before(r, c, begin) || !is_before(r, c, end))
                    continue;
                if (out)
                    out[count] = (struct tensor_tile){row, col};
                count++;
            }
    }
    return count;
}

/* How many tiles of a row are not right of a column of C. */
static unsigned tiles_until(const struct tiling *t, int last)
{
    return last < (int)t->col ? 0 : ((unsigned)last - t->col) / t->cols + 1;
}

struct tile_place tile_share(const struct tiling *t, uint32_t at, uint32_t of)
{
    const unsigned down = tiling_down(t), thin = t->thin ? t->thin : 1;
    uint64_t all = 0, left;
    struct tile_place place = {0, 0};
    for (unsigned r = 0; r < down; r++)
        all += (uint64_t)tiles_until(t, first_of(t, r + 1) - 1) * (r + 1 < down ? thin : 1);
    left = (uint64_t)((unsigned __int128)all * at / of);
    for (; left > 0; place.row++) {
        const unsigned tiles = tiles_until(t, first_of(t, place.row + 1) - 1),
                       each = place.row + 1 < down ? thin : 1;
        if (left < (uint64_t)tiles * each) {
            /* before the tile with the first entry on the diagonal, or nearer the next row */
            const unsigned until = tiles_until(t, first_of(t, place.row)),
                           most = until > 0 ? until - 1 : 0, col = (unsigned)(left / each);
            if (col <= most || col - most <= tiles - col)
                return (struct tile_place){place.row, col <= most ? col : most};
            return (struct tile_place){place.row + 1, 0};
        }
        left -= (uint64_t)tiles * each;
    }
    return place;
}

struct tile_span tile_span(const struct tiling *t, const struct share *share)
{
    if (share->of)
        return (struct tile_span){tile_share(t, share->begin, share->of),
                                  tile_share(t, share->end, share->of)};
    return (struct tile_span){{0, 0}, {tiling_down(t), 0}};
}

/* The number of tiles before a place, in the order row by row; of wide ones row r has r / 2 + 1. */
static unsigned number_of(const struct tiling *t, struct tile_place place)
{
    const uint64_t row = place.row, half = row / 2;
    const uint64_t above =
        t->cols > t->rows ? half * (half + 1) + row % 2 * (half + 1) : row * (row + 1) / 2;
    return (unsigned)above + place.col;
}

struct triangle_part tile_part(const struct tiling *t, struct tile_place begin,
                               struct tile_place end)
{
    const unsigned first = number_of(t, begin), top = begin.row + (begin.col > 0);
    /* bands of wide tiles begin with an even row (support/portable/wide_tile_order.cuh) */
    return (struct triangle_part){first, number_of(t, end) - first,
                                  t->cols > t->rows ? (top + 1) / 2 * 2 : top, end.row};
}

unsigned tile_before(struct tile_place place, unsigned row)
{
    return place.row < row ? 0 : place.row > row ? row + 1 : place.col;
}

struct cut tile_cut(const struct tiling *t, struct tile_place at)
{
    const int first = first_of(t, at.row);
    const uint64_t row = first > 0 ? (uint64_t)first : 0;
    if (at.row == tiling_down(t))
        return (struct cut){.row = row};
    return (struct cut){row, (uint64_t)first_of(t, at.row + 1) - row, (uint64_t)at.col * t->cols};
}

unsigned tile_rows(const struct tiling *t, struct tile_place end)
{
    const struct cut cut = tile_cut(t, end);
    return (unsigned)(cut.row + (cut.col > 0 ? cut.rows : 0));
}
