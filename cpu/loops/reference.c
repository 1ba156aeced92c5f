/* reference.c - A·Aᵀ by plain loops.
 *
 * C is made in tiles of 64×64. Entry (i, j) of a tile is row i of A times row j of A; k runs in
 * panels of 256, so that the 64 rows of a panel stay in cache, and the panel of the j rows is
 * copied transposed, so that the inner loop walks along memory and becomes vector instructions. All
 * products and sums are FP32; a panel is summed before it is added to the tile, which keeps
 * rounding errors small. */
#include "cpu/loops/reference.h"

#include "cpu/chip/isa.h"

#include <string.h>

enum { TILE = 64, PANEL = 256 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* tile[i][j] = Σ_k A[i0 + i][k]·A[j0 + j][k]; entries past the edge of C are zero */
ISA_BODY void multiply_tile_body(const float *a, size_t n, size_t i0, size_t j0,
                                 float tile[TILE][TILE])
{
    size_t rows = least(TILE, n - i0), cols = least(TILE, n - j0);
    float panel[PANEL][TILE]; /* panel[k][j] = A[j0 + j][k0 + k] */

    memset(tile, 0, sizeof(float[TILE][TILE]));
    memset(panel, 0, sizeof panel);
    for (size_t k0 = 0; k0 < n; k0 += PANEL) {
        size_t depth = least(PANEL, n - k0);

        for (size_t j = 0; j < cols; j++)
            for (size_t k = 0; k < depth; k++)
                panel[k][j] = a[(j0 + j) * n + k0 + k];

        for (size_t i = 0; i < rows; i++) {
            float sum[TILE] = {0};
            for (size_t k = 0; k < depth; k++) {
                float left = a[(i0 + i) * n + k0 + k];
                for (int j = 0; j < TILE; j++)
                    sum[j] += left * panel[k][j];
            }
            for (int j = 0; j < TILE; j++)
                tile[i][j] += sum[j];
        }
    }
}
ISA_VERSIONS(multiply_tile,
             (const float *a, size_t n, size_t i0, size_t j0, float tile[TILE][TILE]),
             (a, n, i0, j0, tile))

struct reference {
    const float *a;
    size_t n;
    float *c;
    double *strips; /* the sum of each strip of TILE rows of C */
};

static void store_strips(void *context, size_t begin, size_t end)
{
    const struct reference *r = context;
    float tile[TILE][TILE];

    for (size_t i0 = begin * TILE; i0 < least(end * TILE, r->n); i0 += TILE)
        for (size_t j0 = 0; j0 < r->n; j0 += TILE) {
            multiply_tile(r->a, r->n, i0, j0, tile);
            for (size_t i = 0; i < least(TILE, r->n - i0); i++)
                memcpy(&r->c[(i0 + i) * r->n + j0], tile[i],
                       least(TILE, r->n - j0) * sizeof(float));
        }
}

static void sum_strips(void *context, size_t begin, size_t end)
{
    const struct reference *r = context;
    float tile[TILE][TILE];

    for (size_t strip = begin; strip < end; strip++) {
        double sum = 0;
        for (size_t j0 = 0; j0 < r->n; j0 += TILE) {
            multiply_tile(r->a, r->n, strip * TILE, j0, tile);
            for (size_t i = 0; i < TILE; i++)
                for (size_t j = 0; j < TILE; j++)
                    sum += (double)tile[i][j];
        }
        r->strips[strip] = sum;
    }
}

void reference_matmul(struct parallel *pool, const float *a, size_t n, float *c)
{
    struct reference r = {.a = a, .n = n, .c = c};

    parallel_for(pool, (n + TILE - 1) / TILE, 1, store_strips, &r);
}

double reference_sum_aat(struct parallel *pool, const float *a, size_t n, double *strips)
{
    struct reference r = {.a = a, .n = n, .strips = strips};
    size_t count = (n + TILE - 1) / TILE;
    double total = 0;

    parallel_for(pool, count, 1, sum_strips, &r);
    for (size_t s = 0; s < count; s++)
        total += strips[s];
    return total;
}
