/* tile_list.c - tiles in bands, the partial ones first. */
#include "kernels/launchers/tile_list.h"

enum { BAND = 8 }; /* tile rows */

size_t tile_list(unsigned n, unsigned rows, unsigned cols, bool triangle, struct tensor_tile *out)
{
    const unsigned down = (n + rows - 1) / rows;
    const int first_row = (int)n - (int)(down * rows);
    size_t count = 0;
    for (unsigned band = 0; band < down; band += BAND) {
        const unsigned end = band + BAND < down ? band + BAND : down;
        for (unsigned col = 0; col < n; col += cols)
            for (unsigned r = band; r < end; r++) {
                const int row = first_row + (int)(r * rows), last = row + (int)rows - 1;
                if (triangle && (int)col > last)
                    continue; /* above the diagonal */
                if (out)
                    out[count] = (struct tensor_tile){row, (int)col};
                count++;
            }
    }
    return count;
}
