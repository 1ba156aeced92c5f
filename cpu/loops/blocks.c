/* blocks.c - compares a product with float64, one weighted sum for each block of columns of a row.
 *
 * Row i of C times the weights x of a block of columns should be row i of A times g, where g = Σ_j
 * x[j]·(row j of A). BLOCKS blocks are compared at a time: their g lie side by side, so that a row
 * of A is read once for all of them. */
#include "cpu/loops/blocks.h"

#include "cpu/chip/isa.h"
#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCKS = 8,
    ROWS = 4, /* of float32 multiplied together: their products stay in registers */
    RUN = 64, /* products of float64 that are added up in float64 */
    COLUMNS_PIECE = 256,
    PIECE_ENTRIES = 1 << 15
};

struct comparison {
    const void *a, *c;      /* of float or of double */
    size_t n, width, first; /* blocks first … first + BLOCKS - 1 */
    struct rows rows;       /* that c has */
    const double *x;
    double *g; /* n×BLOCKS */
    double *out;
    uint32_t *col;
};

/* g[k·BLOCKS + b] = Σ_j x[j]·a[j][k] over the columns j of each block */
#define WEIGH(name, type)                                                                          \
    static void weigh_##name(void *context, size_t begin, size_t end)                              \
    {                                                                                              \
        const struct comparison *w = context;                                                      \
        memset(w->g + begin * BLOCKS, 0, (end - begin) * BLOCKS * sizeof *w->g);                   \
        for (size_t b = 0; b < BLOCKS; b++) {                                                      \
            const size_t from = (w->first + b) * w->width;                                         \
            for (size_t j = from; j < from + w->width && j < w->n; j++)                            \
                for (size_t k = begin; k < end; k++)                                               \
                    w->g[k * BLOCKS + b] += w->x[j] * (double)((const type *)w->a)[j * w->n + k];  \
        }                                                                                          \
    }
WEIGH(f32, float)
WEIGH(f64, double)
#undef WEIGH

/* Keeps the error of row i, if it is the largest until now, of the block that begins at `from`. */
static void keep(const struct comparison *w, size_t i, size_t from, double error)
{
    if (isnan(error))
        error = (double)INFINITY;
    if (error > w->out[i]) {
        w->out[i] = error;
        w->col[i] = (uint32_t)from;
    }
}

/* Returns the weighted error of row i in the block of columns from `from` on. `want` is the right
 * value, in which the diagonal counts as what A makes of it. The diagonal of C itself is left out,
 * because it is a sum of squares, larger than its neighbours, and would hide their errors; it is
 * compared by the dots of single entries. */
#define ERROR(name, type, wide)                                                                    \
    static double error_##name(const struct comparison *w, size_t i, size_t from, wide want)       \
    {                                                                                              \
        const type *row = (const type *)w->a + i * w->n;                                           \
        const type *c = (const type *)w->c + (i - w->rows.first) * w->n;                           \
        wide sum = 0;                                                                              \
        for (size_t j = from; j < from + w->width && j < w->n; j++) {                              \
            wide entry = (wide)c[j];                                                               \
            if (j == i) {                                                                          \
                entry = 0;                                                                         \
                for (size_t k = 0; k < w->n; k++)                                                  \
                    entry += (wide)row[k] * (wide)row[k];                                          \
            }                                                                                      \
            sum += (wide)w->x[j] * entry;                                                          \
        }                                                                                          \
        return fabs((double)(sum - want));                                                         \
    }
ERROR(f32, float, double)
ERROR(f64, double, long double)
#undef ERROR

/* out[r·BLOCKS + b] = Σ_k a[r][k]·g[k·BLOCKS + b], k < n, of ROWS rows */
ISA_BODY void products_f32_body(const float *const a[ROWS], const double *g, size_t n, double *out)
{
    double s[ROWS * BLOCKS] = {0};
    for (size_t k = 0; k < n; k++, g += BLOCKS)
#pragma GCC unroll 4
        for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 8
            for (int b = 0; b < BLOCKS; b++)
                s[r * BLOCKS + b] += (double)a[r][k] * g[b];
    memcpy(out, s, sizeof s);
}
ISA_VERSIONS(products_f32, (const float *const a[ROWS], const double *g, size_t n, double *out),
             (a, g, n, out))

/* Pieces count from the first row of c. */
static void compare_f32(void *context, size_t begin, size_t end)
{
    const struct comparison *w = context;
    end += w->rows.first;
    for (size_t i = w->rows.first + begin; i < end; i += ROWS) {
        const float *rows[ROWS];
        double want[ROWS * BLOCKS];
        for (size_t r = 0; r < ROWS; r++)
            rows[r] = (const float *)w->a + (i + r < end ? i + r : i) * w->n;
        products_f32(rows, w->g, w->n, want);
        for (size_t r = 0; r < ROWS && i + r < end; r++)
            for (size_t b = 0; b < BLOCKS && (w->first + b) * w->width < w->n; b++) {
                const size_t from = (w->first + b) * w->width;
                keep(w, i + r, from, error_f32(w, i + r, from, want[r * BLOCKS + b]));
            }
    }
}

/* out[b] += Σ_k row[k]·g[k·BLOCKS + b], k < count */
ISA_BODY void products_f64_body(const double *row, const double *g, size_t count, double *out)
{
    for (size_t k = 0; k < count; k++, g += BLOCKS)
#pragma GCC unroll 8
        for (int b = 0; b < BLOCKS; b++)
            out[b] += row[k] * g[b];
}
ISA_VERSIONS(products_f64, (const double *row, const double *g, size_t count, double *out),
             (row, g, count, out))

static void compare_f64(void *context, size_t begin, size_t end)
{
    const struct comparison *w = context;
    end += w->rows.first;
    for (size_t i = w->rows.first + begin; i < end; i++) {
        long double want[BLOCKS] = {0};
        for (size_t k = 0; k < w->n; k += RUN) {
            double part[BLOCKS] = {0};
            products_f64((const double *)w->a + i * w->n + k, w->g + k * BLOCKS,
                         w->n - k < RUN ? w->n - k : RUN, part);
            for (int b = 0; b < BLOCKS; b++)
                want[b] += (long double)part[b];
        }
        for (size_t b = 0; b < BLOCKS && (w->first + b) * w->width < w->n; b++) {
            const size_t from = (w->first + b) * w->width;
            keep(w, i, from, error_f64(w, i, from, want[b]));
        }
    }
}

void blocks_errors(struct parallel *pool, enum element element, const void *a, const void *c,
                   size_t n, struct rows rows, const double *x, size_t width, double *out,
                   uint32_t *col)
{
    const bool is_f64 = element == ELEMENT_F64;
    struct comparison w = {
        .a = a, .c = c, .n = n, .rows = rows, .width = width, .x = x, .out = out, .col = col};
    w.g = need_array(n * BLOCKS, sizeof *w.g);
    for (size_t i = 0; i < rows.count; i++)
        out[rows.first + i] = -1;
    for (; w.first * width < n; w.first += BLOCKS) {
        parallel_for(pool, n, COLUMNS_PIECE, is_f64 ? weigh_f64 : weigh_f32, &w);
        parallel_for(pool, rows.count, PIECE_ENTRIES / n + 1, is_f64 ? compare_f64 : compare_f32,
                     &w);
    }
    free(w.g);
}
