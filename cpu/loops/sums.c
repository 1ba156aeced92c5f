/* sums.c - sums of a float32 matrix in float64, as fast as memory can be read.
 *
 * A row is summed in 32 lanes of doubles: lane l sums entries l, l + 32, …, and then the upper half
 * of the lanes is added to the lower half until one is left. The order of additions is the same for
 * every vector width. The loops are unrolled, so that the lanes stay in registers. */
#include "cpu/loops/sums.h"

#include "cpu/chip/isa.h"

#include <string.h>

enum {
    LANES = 32,
    COLUMNS = 512,          /* columns summed together: their sums stay in L1 */
    COLUMN_PIECE = 64,      /* at least a few cache lines of each row */
    PIECE_ENTRIES = 1 << 16 /* entries that a thread sums at a time: 256 KiB */
};

static size_t piece_rows(size_t n)
{
    return PIECE_ENTRIES / n + 1;
}

ISA_BODY double add_lanes(double s[LANES])
{
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            s[l] += s[l + half];
    return s[0];
}

/* name(): *out = Σ TERM(k), k < n */
#define SUM(name, TERM, parameters, ...)                                                           \
    ISA_BODY void name##_body parameters                                                           \
    {                                                                                              \
        double s[LANES] = {0};                                                                     \
        size_t k = 0;                                                                              \
                                                                                                   \
        for (; k + LANES <= n; k += LANES) {                                                       \
            _Pragma("GCC unroll 32") for (int l = 0; l < LANES; l++) s[l] += TERM(k + (size_t)l);  \
        }                                                                                          \
        for (int l = 0; k < n; k++, l++)                                                           \
            s[l] += TERM(k);                                                                       \
        *out = add_lanes(s);                                                                       \
    }                                                                                              \
    ISA_VERSIONS(name, parameters, (__VA_ARGS__))
#define ENTRY(k)   (double)x[k]
#define PRODUCT(k) ((double)x[k] * (double)y[k]) /* of two floats it is exact in a double */
SUM(sum, ENTRY, (const float *x, size_t n, double *out), x, n, out)
SUM(times, PRODUCT, (const float *x, const double *y, size_t n, double *out), x, y, n, out)
SUM(dot, PRODUCT, (const float *x, const float *y, size_t n, double *out), x, y, n, out)

/* out[k] = Σ_i a[i·n + k], i < rows, for k < width ≤ COLUMNS; adds four rows at a time. */
ISA_BODY void columns_body(const float *a, size_t rows, size_t n, size_t width, double *out)
{
    double s[COLUMNS] = {0};
    size_t i = 0;

    for (; i + 4 <= rows; i += 4, a += 4 * n) {
        size_t k = 0;
        for (; k + LANES <= width; k += LANES) {
#pragma GCC unroll 32
            for (size_t l = k; l < k + LANES; l++)
                s[l] += ((double)a[l] + (double)a[n + l]) +
                        ((double)a[2 * n + l] + (double)a[3 * n + l]);
        }
        for (; k < width; k++)
            s[k] +=
                ((double)a[k] + (double)a[n + k]) + ((double)a[2 * n + k] + (double)a[3 * n + k]);
    }
    for (; i < rows; i++, a += n)
        for (size_t k = 0; k < width; k++)
            s[k] += (double)a[k];
    memcpy(out, s, width * sizeof *s);
}
ISA_VERSIONS(columns, (const float *a, size_t rows, size_t n, size_t width, double *out),
             (a, rows, n, width, out))

struct sums {
    const float *a;
    size_t rows, n;
    const double *x;
    const struct entry *entries;
    double *out;
};

static void rows_piece(void *context, size_t begin, size_t end)
{
    const struct sums *s = context;

    for (size_t i = begin; i < end; i++)
        sum(s->a + i * s->n, s->n, &s->out[i]);
}

static void symmetric_piece(void *context, size_t begin, size_t end)
{
    const struct sums *s = context;

    for (size_t i = begin; i < end; i++) {
        const float *row = s->a + i * s->n;
        double left;
        sum(row, i, &left);
        s->out[i] = 2 * left + (double)row[i];
    }
}

static void columns_piece(void *context, size_t begin, size_t end)
{
    const struct sums *s = context;

    for (size_t k = begin; k < end; k += COLUMNS)
        columns(s->a + k, s->rows, s->n, end - k < COLUMNS ? end - k : COLUMNS, s->out + k);
}

static void times_piece(void *context, size_t begin, size_t end)
{
    const struct sums *s = context;

    for (size_t i = begin; i < end; i++)
        times(s->a + i * s->n, s->x, s->n, &s->out[i]);
}

static void dots_piece(void *context, size_t begin, size_t end)
{
    const struct sums *s = context;

    for (size_t e = begin; e < end; e++)
        dot(s->a + s->entries[e].row * s->n, s->a + s->entries[e].col * s->n, s->n, &s->out[e]);
}

static double add_in_order(const double *x, size_t count)
{
    double total = 0;

    for (size_t i = 0; i < count; i++)
        total += x[i];
    return total;
}

double sums_all(struct parallel *pool, const float *a, size_t count, size_t n, double *rows)
{
    sums_rows(pool, a, count, n, rows);
    return add_in_order(rows, count);
}

double sums_symmetric(struct parallel *pool, const float *a, size_t n, double *rows)
{
    struct sums s = {.a = a, .n = n, .out = rows};

    parallel_for(pool, n, piece_rows(n), symmetric_piece, &s);
    return add_in_order(rows, n);
}

void sums_rows(struct parallel *pool, const float *a, size_t count, size_t n, double *out)
{
    struct sums s = {.a = a, .n = n, .out = out};

    parallel_for(pool, count, piece_rows(n), rows_piece, &s);
}

void sums_columns(struct parallel *pool, const float *a, size_t rows, size_t n, double *out)
{
    struct sums s = {.a = a, .rows = rows, .n = n, .out = out};
    size_t share = n / (4 * (size_t)parallel_threads(pool)) / COLUMN_PIECE * COLUMN_PIECE;
    size_t piece = share < COLUMN_PIECE ? COLUMN_PIECE : share < COLUMNS ? share : COLUMNS;

    parallel_for(pool, n, piece, columns_piece, &s);
}

void sums_times(struct parallel *pool, const float *a, size_t n, const double *x, double *out)
{
    struct sums s = {.a = a, .n = n, .x = x, .out = out};

    parallel_for(pool, n, piece_rows(n), times_piece, &s);
}

void sums_dots(struct parallel *pool, const float *a, size_t n, const struct entry *entries,
               size_t count, double *out)
{
    struct sums s = {.a = a, .n = n, .entries = entries, .out = out};

    parallel_for(pool, count, piece_rows(n), dots_piece, &s);
}
