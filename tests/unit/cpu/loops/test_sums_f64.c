/* test_sums_f64.c - sums over a matrix of whole numbers in float64, which are exact, against the
 * definitions; and the errors of blocks of columns of a product. */
#include "cpu/loops/blocks.h"
#include "cpu/loops/sums_f64.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

enum { LARGEST = 300, DOTS = 20 };

static double *matrix(size_t n)
{
    double *a = malloc(n * n * sizeof *a);
    for (size_t i = 0; i < n * n; i++)
        a[i] = (double)((i / n * 7 + i % n * 13) % 11) - 4;
    return a;
}

Test(sums_f64, sums_are_those_of_plain_loops)
{
    static const size_t orders[] = {1, 15, 16, 17, 63, 64, 65, LARGEST};
    struct parallel *pool = parallel_open(2);
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        const size_t n = orders[o];
        double *a = matrix(n), scratch[LARGEST], all = 0, lower = 0;
        long double rows[LARGEST], columns[LARGEST], few[LARGEST], times[LARGEST], x[LARGEST],
            dots[DOTS];
        struct entry entries[DOTS];
        for (size_t k = 0; k < n; k++)
            x[k] = (long double)(k % 3) + 1;
        for (size_t e = 0; e < DOTS; e++)
            entries[e] = (struct entry){(uint32_t)(e * 7 % n), (uint32_t)(e * 11 % n)};
        sums_f64_rows(pool, a, n, n, rows);
        sums_f64_columns(pool, a, n, n, columns);
        sums_f64_columns(pool, a, n / 2, n, few);
        sums_f64_times(pool, a, n, x, times);
        sums_f64_dots(pool, a, n, entries, DOTS, dots);
        for (size_t i = 0; i < n; i++) {
            double row = 0, column = 0, of_few = 0, weighted = 0;
            for (size_t k = 0; k < n; k++) {
                row += a[i * n + k];
                column += a[k * n + i];
                of_few += k < n / 2 ? a[k * n + i] : 0;
                weighted += a[i * n + k] * (double)x[k];
                lower += k < i ? 2 * a[i * n + k] : k == i ? a[i * n + k] : 0;
            }
            all += row;
            cr_assert((double)rows[i] == row && (double)columns[i] == column, "n %zu, %zu", n, i);
            cr_assert((double)few[i] == of_few && (double)times[i] == weighted, "n %zu, %zu", n, i);
        }
        cr_expect_eq(sums_f64_all(pool, a, n, n, false, scratch), all);
        cr_expect_eq(sums_f64_all(pool, a, n, n, true, scratch), lower);
        for (size_t e = 0; e < DOTS; e++) {
            double dot = 0;
            for (size_t k = 0; k < n; k++)
                dot += a[entries[e].row * n + k] * a[entries[e].col * n + k];
            cr_expect_eq((double)dots[e], dot);
        }
        free(a);
    }
    parallel_close(pool);
}

Test(sums_f64, rows_longer_than_a_piece_are_summed_too, .timeout = 20)
{
    enum { N = 20000 };
    struct parallel *pool = parallel_open(2);
    double *a = calloc(3 * N, sizeof *a), rows[3];
    a[0] = a[2 * N - 1] = a[3 * N - 1] = 2;
    cr_expect_eq(sums_f64_all(pool, a, 3, N, false, rows), 6);
    free(a);
    parallel_close(pool);
}

Test(sums_f64, no_rows_are_nothing)
{
    struct parallel *pool = parallel_open(1);
    double a[2] = {3, 4}, rows[1] = {5};
    cr_expect_eq(sums_f64_all(pool, a, 0, 2, false, rows), 0);
    cr_expect_eq(sums_f64_all(pool, a, 0, 2, true, rows), 0);
    parallel_close(pool);
}

/* C = A·Aᵀ of whole numbers, but for C[error_row][error_col], which is 3 too large. */
static double *product(const double *a, size_t n, size_t error_row, size_t error_col)
{
    double *c = calloc(n * n, sizeof *c);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < n; k++)
                c[i * n + j] += a[i * n + k] * a[j * n + k];
    c[error_row * n + error_col] += 3;
    return c;
}

static float *in_f32(const double *x, size_t n)
{
    float *out = malloc(n * n * sizeof *out);
    for (size_t i = 0; i < n * n; i++)
        out[i] = (float)x[i];
    return out;
}

static void expect_errors(size_t n, size_t width, size_t row, size_t col)
{
    struct parallel *pool = parallel_open(2);
    double *a = matrix(n), *c = product(a, n, row, col), x[LARGEST], out[LARGEST], single[LARGEST];
    float *a32 = in_f32(a, n), *c32 = in_f32(c, n);
    uint32_t at[LARGEST], at_single[LARGEST];
    const struct rows all = {.count = n};
    for (size_t j = 0; j < n; j++)
        x[j] = j % 2 ? -1 : 2;
    blocks_errors(pool, ELEMENT_F64, a, c, n, all, x, width, out, at);
    blocks_errors(pool, ELEMENT_F32, a32, c32, n, all, x, width, single, at_single);
    for (size_t i = 0; i < n; i++) {
        const double want = i == row && col != row ? fabs(3 * x[col]) : 0;
        cr_assert(out[i] == want && single[i] == want, "n %zu width %zu row %zu: %g, %g, not %g", n,
                  width, i, out[i], single[i], want);
        if (want > 0)
            cr_expect(at[i] == col / width * width && at_single[i] == at[i]);
    }
    c[row * n + col] = c32[row * n + col] = NAN;
    blocks_errors(pool, ELEMENT_F64, a, c, n, all, x, width, out, at);
    blocks_errors(pool, ELEMENT_F32, a32, c32, n, all, x, width, single, at_single);
    cr_expect_eq(isinf(out[row]) && isinf(single[row]), row != col, "NaN is not small");
    free(a);
    free(c);
    free(a32);
    free(c32);
    parallel_close(pool);
}

/* All in one pass, which is all that there is time for. */
Test(blocks, one_block_may_have_all_columns)
{
    enum { N = 4096 };
    struct parallel *pool = parallel_open(2);
    float *a = calloc((size_t)N * N, sizeof *a), *c = calloc(N, sizeof *c);
    double *x = calloc(N, sizeof *x), out[1];
    uint32_t at[1];
    x[N - 1] = 2;
    c[N - 1] = 3;
    blocks_errors(pool, ELEMENT_F32, a, c, N, (struct rows){.count = 1}, x, N, out, at);
    cr_expect_eq(out[0], 6);
    cr_expect_eq(at[0], 0);
    free(a);
    free(c);
    free(x);
    parallel_close(pool);
}

Test(blocks, the_worst_block_of_each_row_is_found_and_the_diagonal_is_left_out)
{
    expect_errors(1, 1, 0, 0);
    expect_errors(5, 2, 3, 4);
    expect_errors(5, 2, 2, 2);
    expect_errors(66, 8, 65, 0);
    expect_errors(150, 16, 0, 149); /* in the second pass over eight blocks */
    expect_errors(150, 16, 7, 128);
    expect_errors(150, 16, 127, 127);
}
