/* f64.c - see f64.h.
 *
 * The product is that of reference.c in the other type: tiles of 64×64, k in panels of 256, each
 * panel of the tile's columns copied transposed so that the inner loop walks along memory. What
 * verifies is plain and in long double, 11 bits more precise than float64 on x86, 60 on Arm. */
#include "cpu/loops/f64.h"

#include "cpu/chip/isa.h"
#include "harness/base/need.h"
#include "harness/contract/philox.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TILE = 64, PANEL = 256, LANES = 16, PIECE_ENTRIES = 1 << 15 };

struct matrix {
    const struct problem *problem;
    const double *a;
    size_t rows, n;
    double *to; /* a matrix that is made, or sums */
    bool lower_only;
    const long double *x;
    const struct entry *entries;
    long double *out;
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t piece_rows(size_t n)
{
    return PIECE_ENTRIES / n + 1;
}

static void fill_rows(void *context, size_t begin, size_t end)
{
    const struct matrix *m = context;
    const struct problem *p = m->problem;
    const double scale = p->range == RANGE_UNIT ? 1 : 2, offset = p->range == RANGE_UNIT ? 0 : -1;

    for (size_t row = begin; row < end; row++) {
        const uint32_t r = (uint32_t)row;
        const double factor = p->range == RANGE_WIDE ? philox_row_factor_f64(r) : 1;
        for (size_t col = 0; col < m->n; col += 4) {
            const struct philox_block upper = philox_quad(p->seed, r, (uint32_t)(col / 4)),
                                      lower = philox_quad_lower(p->seed, r, (uint32_t)(col / 4));
            for (size_t c = 0; c < least(4, m->n - col); c++)
                m->to[row * m->n + col + c] =
                    philox_entry_f64(upper.word[c], lower.word[c], scale, offset) * factor;
        }
    }
}

void f64_fill(struct parallel *pool, const struct problem *p, size_t rows, double *a)
{
    struct matrix m = {.problem = p, .n = (size_t)p->n, .to = a};

    parallel_for(pool, rows, piece_rows(m.n), fill_rows, &m);
}

/* tile[i][j] = Σ_k A[i0 + i][k]·A[j0 + j][k]; entries past the edge of C are zero */
ISA_BODY void multiply_tile_body(const double *a, size_t n, size_t i0, size_t j0,
                                 double tile[TILE][TILE])
{
    size_t rows = least(TILE, n - i0), cols = least(TILE, n - j0);
    double panel[PANEL][TILE]; /* panel[k][j] = A[j0 + j][k0 + k] */

    memset(tile, 0, sizeof(double[TILE][TILE]));
    memset(panel, 0, sizeof panel);
    for (size_t k0 = 0; k0 < n; k0 += PANEL) {
        size_t depth = least(PANEL, n - k0);

        for (size_t j = 0; j < cols; j++)
            for (size_t k = 0; k < depth; k++)
                panel[k][j] = a[(j0 + j) * n + k0 + k];

        for (size_t i = 0; i < rows; i++) {
            double sum[TILE] = {0};
            for (size_t k = 0; k < depth; k++) {
                double left = a[(i0 + i) * n + k0 + k];
                for (int j = 0; j < TILE; j++)
                    sum[j] += left * panel[k][j];
            }
            for (int j = 0; j < TILE; j++)
                tile[i][j] += sum[j];
        }
    }
}
ISA_VERSIONS(multiply_tile,
             (const double *a, size_t n, size_t i0, size_t j0, double tile[TILE][TILE]),
             (a, n, i0, j0, tile))

static void store_strips(void *context, size_t begin, size_t end)
{
    const struct matrix *m = context;
    double tile[TILE][TILE];

    for (size_t i0 = begin * TILE; i0 < least(end * TILE, m->n); i0 += TILE)
        for (size_t j0 = 0; j0 < m->n; j0 += TILE) {
            multiply_tile(m->a, m->n, i0, j0, tile);
            for (size_t i = 0; i < least(TILE, m->n - i0); i++)
                memcpy(&m->to[(i0 + i) * m->n + j0], tile[i],
                       least(TILE, m->n - j0) * sizeof(double));
        }
}

static void sum_strips(void *context, size_t begin, size_t end)
{
    const struct matrix *m = context;
    double tile[TILE][TILE];

    for (size_t strip = begin; strip < end; strip++) {
        double total = 0;
        for (size_t j0 = 0; j0 < m->n; j0 += TILE) {
            double of_tile = 0;
            multiply_tile(m->a, m->n, strip * TILE, j0, tile);
            for (size_t i = 0; i < TILE; i++) {
                double of_row = 0;
                for (size_t j = 0; j < TILE; j++)
                    of_row += tile[i][j];
                of_tile += of_row;
            }
            total += of_tile;
        }
        m->to[strip] = total;
    }
}

/* By halves, so that rounding errors grow with the logarithm of the count. */
static double add_up(const double *x, size_t count)
{
    if (count == 1)
        return x[0];
    return add_up(x, count / 2) + add_up(x + count / 2, count - count / 2);
}

void f64_matmul(struct parallel *pool, const double *a, size_t n, double *c)
{
    struct matrix m = {.a = a, .n = n, .to = c};

    parallel_for(pool, (n + TILE - 1) / TILE, 1, store_strips, &m);
}

double f64_sum_aat(struct parallel *pool, const double *a, size_t n, double *strips)
{
    struct matrix m = {.a = a, .n = n, .to = strips};
    size_t count = (n + TILE - 1) / TILE;

    parallel_for(pool, count, 1, sum_strips, &m);
    return add_up(strips, count);
}

/* *out = Σ x[k], k < n: lane l takes entries l, l + LANES, …; the lanes are added in halves. */
ISA_BODY void sum_body(const double *x, size_t n, double *out)
{
    double s[LANES] = {0};
    size_t k = 0;

    for (; k + LANES <= n; k += LANES) {
#pragma GCC unroll 16
        for (int l = 0; l < LANES; l++)
            s[l] += x[k + (size_t)l];
    }
    for (int l = 0; k < n; k++, l++)
        s[l] += x[k];
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            s[l] += s[l + half];
    *out = s[0];
}
ISA_VERSIONS(sum, (const double *x, size_t n, double *out), (x, n, out))

static void sum_rows(void *context, size_t begin, size_t end)
{
    const struct matrix *m = context;

    for (size_t i = begin; i < end; i++) {
        const double *row = m->a + i * m->n;
        sum(row, m->lower_only ? i : m->n, &m->to[i]);
        if (m->lower_only)
            m->to[i] = 2 * m->to[i] + row[i];
    }
}

double f64_sum(struct parallel *pool, const double *a, size_t count, size_t n, bool lower_only,
               double *rows)
{
    struct matrix m = {.a = a, .n = n, .to = rows, .lower_only = lower_only};

    parallel_for(pool, count, piece_rows(n), sum_rows, &m);
    return add_up(rows, count);
}

static void columns_piece(void *context, size_t begin, size_t end)
{
    const struct matrix *m = context;

    memset(m->out + begin, 0, (end - begin) * sizeof *m->out);
    for (size_t i = 0; i < m->rows; i++)
        for (size_t k = begin; k < end; k++)
            m->out[k] += (long double)m->a[i * m->n + k];
}

void f64_columns(struct parallel *pool, const double *a, size_t rows, size_t n, long double *out)
{
    struct matrix m = {.a = a, .rows = rows, .n = n, .out = out};

    parallel_for(pool, n, 64, columns_piece, &m);
}

static void times_piece(void *context, size_t begin, size_t end)
{
    const struct matrix *m = context;

    for (size_t i = begin; i < end; i++) {
        const double *row = m->a + i * m->n;
        long double total = 0;
        for (size_t k = 0; k < m->n; k++)
            total += m->x ? row[k] * m->x[k] : (long double)row[k];
        m->out[i] = total;
    }
}

void f64_rows(struct parallel *pool, const double *a, size_t n, long double *out)
{
    f64_times(pool, a, n, NULL, out);
}

void f64_times(struct parallel *pool, const double *a, size_t n, const long double *x,
               long double *out)
{
    struct matrix m = {.a = a, .n = n, .x = x, .out = out};

    parallel_for(pool, n, piece_rows(n), times_piece, &m);
}

static void dots_piece(void *context, size_t begin, size_t end)
{
    const struct matrix *m = context;

    for (size_t e = begin; e < end; e++) {
        const double *row = m->a + m->entries[e].row * m->n, *col = m->a + m->entries[e].col * m->n;
        long double total = 0;
        for (size_t k = 0; k < m->n; k++)
            total += (long double)row[k] * (long double)col[k];
        m->out[e] = total;
    }
}

void f64_dots(struct parallel *pool, const double *a, size_t n, const struct entry *entries,
              size_t count, long double *out)
{
    struct matrix m = {.a = a, .n = n, .entries = entries, .out = out};

    parallel_for(pool, count, piece_rows(n), dots_piece, &m);
}

/* Blocks first … first + BLOCKS - 1 of a comparison of c with a·aᵀ. */
enum { BLOCKS = 8, RUN = 64 /* k that are added up in float64 */ };
struct blocks {
    const double *a, *c, *x;
    size_t n, width, first;
    double *g; /* n×BLOCKS: Σ_j x[j]·a[j][k] over the columns j of each block */
    double *out;
    uint32_t *col;
};

static void weigh_piece(void *context, size_t begin, size_t end)
{
    const struct blocks *w = context;
    memset(w->g + begin * BLOCKS, 0, (end - begin) * BLOCKS * sizeof *w->g);
    for (size_t b = 0; b < BLOCKS; b++) {
        const size_t from = (w->first + b) * w->width;
        for (size_t j = from; j < least(from + w->width, w->n); j++)
            for (size_t k = begin; k < end; k++)
                w->g[k * BLOCKS + b] += w->x[j] * w->a[j * w->n + k];
    }
}

/* out[b] += Σ_k row[k]·g[k·BLOCKS + b], k < count */
ISA_BODY void products_body(const double *row, const double *g, size_t count, double *out)
{
    for (size_t k = 0; k < count; k++, g += BLOCKS)
#pragma GCC unroll 8
        for (int b = 0; b < BLOCKS; b++)
            out[b] += row[k] * g[b];
}
ISA_VERSIONS(products, (const double *row, const double *g, size_t count, double *out),
             (row, g, count, out))

/* The weighted error of row i in the block of columns from `from` on, without the diagonal. */
static double block_error(const struct blocks *w, size_t i, size_t from, long double want)
{
    const double *row = w->a + i * w->n;
    long double sum = -want;
    for (size_t j = from; j < least(from + w->width, w->n); j++) {
        long double entry = (long double)w->c[i * w->n + j];
        if (j == i) {
            entry = 0;
            for (size_t k = 0; k < w->n; k++)
                entry += (long double)row[k] * (long double)row[k];
        }
        sum += (long double)w->x[j] * entry;
    }
    const double error = fabs((double)sum);
    return isnan(error) ? (double)INFINITY : error;
}

static void compare_piece(void *context, size_t begin, size_t end)
{
    const struct blocks *w = context;
    for (size_t i = begin; i < end; i++) {
        long double want[BLOCKS] = {0};
        for (size_t k = 0; k < w->n; k += RUN) {
            double part[BLOCKS] = {0};
            products(w->a + i * w->n + k, w->g + k * BLOCKS, least(RUN, w->n - k), part);
            for (int b = 0; b < BLOCKS; b++)
                want[b] += (long double)part[b];
        }
        for (size_t b = 0; b < BLOCKS && (w->first + b) * w->width < w->n; b++) {
            const size_t from = (w->first + b) * w->width;
            const double error = block_error(w, i, from, want[b]);
            if (error > w->out[i]) {
                w->out[i] = error;
                w->col[i] = (uint32_t)from;
            }
        }
    }
}

void f64_block_errors(struct parallel *pool, const double *a, const double *c, size_t n,
                      const double *x, size_t width, double *out, uint32_t *col)
{
    struct blocks w = {.a = a, .c = c, .n = n, .width = width, .x = x, .out = out, .col = col};
    w.g = need_array(n * BLOCKS, sizeof *w.g);
    for (size_t i = 0; i < n; i++)
        out[i] = -1;
    for (; w.first * width < n; w.first += BLOCKS) {
        parallel_for(pool, n, 256, weigh_piece, &w);
        parallel_for(pool, n, piece_rows(n), compare_piece, &w);
    }
    free(w.g);
}
