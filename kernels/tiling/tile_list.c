/* tile_list.c - lists tiles band by band, partial tiles first. */
#include "kernels/tiling/tile_list.h"

enum { BAND = 8 }; /* tile rows */

size_t tile_list(unsigned n, unsigned rows, unsigned cols, bool triangle, struct tensor_tile *out)
{
    const unsigned down = (n + rows - 1) / rows;
    const int first = (int)n - (int)(down * rows);
    const bool mirrors = !triangle && rows == cols && first < 0 && n % 4 == 0;
    size_t count = 0;
    for (unsigned band = 0; band < down; band += BAND) {
        const unsigned end = band + BAND < down ? band + BAND : down;
        for (int col = mirrors ? first : 0; col < (int)n; col += (int)cols)
            for (unsigned r = band; r < end; r++) {
                const int row = first + (int)(r * rows), last = row + (int)rows - 1;
                if ((triangle && col > last) || (mirrors && row < 0 && col >= 0))
                    continue; /* above the diagonal, or the mirror image of a partial tile */
                if (out)
                    out[count] = (struct tensor_tile){row, col};
                count++;
            }
    }
    return count;
}
