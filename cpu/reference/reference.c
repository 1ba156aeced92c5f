/* reference.c - A·Aᵀ by plain loops, the same in float32 and float64.
 *
 * C is made in tiles of 64×64. Entry (i, j) of a tile is row i of A times row j of A; k runs in
 * panels of 256, so that the 64 rows of a panel stay in cache, and the panel of the j rows is
 * copied transposed, so that the inner loop walks along memory and becomes vector instructions. All
 * products and sums are of A's type; a panel is summed before it is added to the tile, which keeps
 * rounding errors small. The sum of C is made in float64: of rows, of tiles, of strips of tiles. */
#include "cpu/reference/reference.h"

#include "cpu/chip/isa.h"

#include <string.h>

enum { TILE = 64, PANEL = 256 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* By halves, so that rounding errors grow with the logarithm of the count. */
static double add_up(const double *x, size_t count)
{
    if (count == 1)
        return x[0];
    return add_up(x, count / 2) + add_up(x + count / 2, count - count / 2);
}

#define ENTRY   float
#define NAME(x) f32_##x
#include "cpu/reference/loops.h"
#define ENTRY   double
#define NAME(x) f64_##x
#include "cpu/reference/loops.h"

void reference_matmul(struct parallel *pool, enum element element, const void *a, size_t n,
                      struct rows rows, void *c)
{
    (element == ELEMENT_F64 ? f64_store : f32_store)(pool, a, n, rows, c);
}

double reference_sum_aat(struct parallel *pool, enum element element, const void *a, size_t n,
                         double *strips)
{
    return (element == ELEMENT_F64 ? f64_add : f32_add)(pool, a, n, strips);
}
