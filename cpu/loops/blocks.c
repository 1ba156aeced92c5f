/* blocks.c - see blocks.h.
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
    const float *a_f32, *c_f32; /* one pair of these is set */
    const double *a_f64, *c_f64;
    size_t n, width, first; /* blocks first … first + BLOCKS - 1 */
    struct rows rows;       /* that c has */
    const double *x;
    double *g; /* n×BLOCKS */
    double *out;
    uint32_t *col;
};

/* g[k·BLOCKS + b] = Σ_j x[j]·a[j][k] over the columns j of each block */
#define WEIGH(type)                                                                                \
    static void weigh_##type(void *context, size_t begin, size_t end)                              \
    {                                                                                              \
        const struct comparison *w = context;                                                      \
        memset(w->g + begin * BLOCKS, 0, (end - begin) * BLOCKS * sizeof *w->g);                   \
        for (size_t b = 0; b < BLOCKS; b++) {                                                      \
            const size_t from = (w->first + b) * w->width;                                         \
            for (size_t j = from; j < from + w->width && j < w->n; j++)                            \
                for (size_t k = begin; k < end; k++)                                               \
                    w->g[k * BLOCKS + b] += w->x[j] * (double)w->a_##type[j * w->n + k];           \
        }                                                                                          \
    }
WEIGH(f32)
WEIGH(f64)
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

/* The weighted error of row i in the block of columns from `from` on, whose right value is want.
 * The diagonal is left to the dots of single entries: it is a sum of squares, larger than its
 * neighbours, and would hide their errors. So what A makes of it takes its place. */
static double error_f32(const struct comparison *w, size_t i, size_t from, double want)
{
    const float *row = w->a_f32 + i * w->n, *c = w->c_f32 + (i - w->rows.first) * w->n;
    double sum = 0;
    for (size_t j = from; j < from + w->width && j < w->n; j++) {
        double entry = (double)c[j];
        if (j == i) {
            entry = 0;
            for (size_t k = 0; k < w->n; k++)
                entry += (double)row[k] * (double)row[k];
        }
        sum += w->x[j] * entry;
    }
    return fabs(sum - want);
}

/* Pieces count from the first row of c. */
static void compare_f32(void *context, size_t begin, size_t end)
{
    const struct comparison *w = context;
    end += w->rows.first;
    for (size_t i = w->rows.first + begin; i < end; i += ROWS) {
        const float *rows[ROWS];
        double want[ROWS * BLOCKS];
        for (size_t r = 0; r < ROWS; r++)
            rows[r] = w->a_f32 + (i + r < end ? i + r : i) * w->n;
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

/* error_f32() in long double. */
static double error_f64(const struct comparison *w, size_t i, size_t from, long double want)
{
    const double *row = w->a_f64 + i * w->n, *c = w->c_f64 + (i - w->rows.first) * w->n;
    long double sum = -want;
    for (size_t j = from; j < from + w->width && j < w->n; j++) {
        long double entry = (long double)c[j];
        if (j == i) {
            entry = 0;
            for (size_t k = 0; k < w->n; k++)
                entry += (long double)row[k] * (long double)row[k];
        }
        sum += (long double)w->x[j] * entry;
    }
    return fabs((double)sum);
}

static void compare_f64(void *context, size_t begin, size_t end)
{
    const struct comparison *w = context;
    end += w->rows.first;
    for (size_t i = w->rows.first + begin; i < end; i++) {
        long double want[BLOCKS] = {0};
        for (size_t k = 0; k < w->n; k += RUN) {
            double part[BLOCKS] = {0};
            products_f64(w->a_f64 + i * w->n + k, w->g + k * BLOCKS,
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

static void compare_all(struct parallel *pool, struct comparison *w)
{
    w->g = need_array(w->n * BLOCKS, sizeof *w->g);
    for (size_t i = 0; i < w->rows.count; i++)
        w->out[w->rows.first + i] = -1;
    for (; w->first * w->width < w->n; w->first += BLOCKS) {
        parallel_for(pool, w->n, COLUMNS_PIECE, w->a_f64 ? weigh_f64 : weigh_f32, w);
        parallel_for(pool, w->rows.count, PIECE_ENTRIES / w->n + 1,
                     w->a_f64 ? compare_f64 : compare_f32, w);
    }
    free(w->g);
}

void blocks_errors_f32(struct parallel *pool, const float *a, const float *c, size_t n,
                       struct rows rows, const double *x, size_t width, double *out, uint32_t *col)
{
    compare_all(pool, &(struct comparison){.a_f32 = a,
                                           .c_f32 = c,
                                           .n = n,
                                           .rows = rows,
                                           .width = width,
                                           .x = x,
                                           .out = out,
                                           .col = col});
}

void blocks_errors_f64(struct parallel *pool, const double *a, const double *c, size_t n,
                       struct rows rows, const double *x, size_t width, double *out, uint32_t *col)
{
    compare_all(pool, &(struct comparison){.a_f64 = a,
                                           .c_f64 = c,
                                           .n = n,
                                           .rows = rows,
                                           .width = width,
                                           .x = x,
                                           .out = out,
                                           .col = col});
}
