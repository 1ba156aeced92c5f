/* sums_f64.c - sums of a float64 matrix. Those that verify are plain loops in long double, which is
 * 11 bits more precise than float64 on x86 and 60 on Arm. */
#include "cpu/loops/sums_f64.h"

#include "cpu/chip/isa.h"

#include <string.h>

enum { LANES = 16, COLUMN_PIECE = 64, PIECE_ENTRIES = 1 << 15 };

struct matrix {
    const double *a;
    size_t rows, n;
    double *to;
    bool lower_only;
    const long double *x;
    const struct entry *entries;
    long double *out;
};

static size_t piece_rows(size_t n)
{
    return PIECE_ENTRIES / n + 1;
}

/* By halves, so that rounding errors grow with the logarithm of the count, which may be 0. */
static double add_up(const double *x, size_t count)
{
    if (count < 2)
        return count ? x[0] : 0;
    return add_up(x, count / 2) + add_up(x + count / 2, count - count / 2);
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

double sums_f64_all(struct parallel *pool, const double *a, size_t count, size_t n, bool lower_only,
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

void sums_f64_columns(struct parallel *pool, const double *a, size_t rows, size_t n,
                      long double *out)
{
    struct matrix m = {.a = a, .rows = rows, .n = n, .out = out};

    parallel_for(pool, n, COLUMN_PIECE, columns_piece, &m);
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

void sums_f64_rows(struct parallel *pool, const double *a, size_t rows, size_t n, long double *out)
{
    struct matrix m = {.a = a, .n = n, .out = out};

    parallel_for(pool, rows, piece_rows(n), times_piece, &m);
}

void sums_f64_times(struct parallel *pool, const double *a, size_t n, const long double *x,
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

void sums_f64_dots(struct parallel *pool, const double *a, size_t n, const struct entry *entries,
                   size_t count, long double *out)
{
    struct matrix m = {.a = a, .n = n, .entries = entries, .out = out};

    parallel_for(pool, count, piece_rows(n), dots_piece, &m);
}
