/* test_strips.c - parts of sum(A·Aᵀ) by a BLAS of plain loops, against all entries one by one. */
#include "cpu/strips/strips.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* Plain loops in place of a library, for what strips.c asks of one. */
#define LOOPS(type, letter)                                                                        \
    static void letter##gemm(int order, int trans_a, int trans_b, int64_t m, int64_t n, int64_t k, \
                             type alpha, const type *a, int64_t lda, const type *b, int64_t ldb,   \
                             type beta, type *c, int64_t ldc)                                      \
    {                                                                                              \
        cr_expect(order == BLAS_ROW_MAJOR && trans_a == BLAS_NO_TRANS && trans_b == BLAS_TRANS);   \
        cr_expect(alpha == 1 && beta == 0);                                                        \
        for (int64_t i = 0; i < m; i++)                                                            \
            for (int64_t j = 0; j < n; j++) {                                                      \
                type sum = 0;                                                                      \
                for (int64_t l = 0; l < k; l++)                                                    \
                    sum += a[i * lda + l] * b[j * ldb + l];                                        \
                c[i * ldc + j] = sum;                                                              \
            }                                                                                      \
    }                                                                                              \
    static void letter##syrk(int order, int uplo, int trans, int64_t n, int64_t k, type alpha,     \
                             const type *a, int64_t lda, type beta, type *c, int64_t ldc)          \
    {                                                                                              \
        cr_expect(order == BLAS_ROW_MAJOR && uplo == BLAS_LOWER && trans == BLAS_NO_TRANS);        \
        cr_expect(alpha == 1 && beta == 0);                                                        \
        for (int64_t i = 0; i < n; i++)                                                            \
            for (int64_t j = 0; j <= i; j++) {                                                     \
                type sum = 0;                                                                      \
                for (int64_t l = 0; l < k; l++)                                                    \
                    sum += a[i * lda + l] * a[j * lda + l];                                        \
                c[i * ldc + j] = sum;                                                              \
            }                                                                                      \
    }
LOOPS(float, s)
LOOPS(double, d)

static const struct blas loops = {.sgemm = sgemm, .ssyrk = ssyrk, .dgemm = dgemm, .dsyrk = dsyrk};

/* Small whole numbers, whose products and sums are exact in either type. */
static int entry(size_t row, size_t k)
{
    return (int)((row * 7 + k * 13) % 5) - 1;
}

static struct strips strips_of(enum element element, size_t n)
{
    void *a = malloc(n * n * element_bytes(element));
    for (size_t i = 0; i < n * n; i++)
        if (element == ELEMENT_F64)
            ((double *)a)[i] = entry(i / n, i % n);
        else
            ((float *)a)[i] = (float)entry(i / n, i % n);
    return (struct strips){.pool = parallel_open(2),
                           .blas = &loops,
                           .element = element,
                           .n = n,
                           .a = a,
                           .c = malloc(STRIPS_ROWS * n * element_bytes(element)),
                           .rows = calloc(n, sizeof(double))};
}

static void end(struct strips *s)
{
    parallel_close(s->pool);
    free((void *)(uintptr_t)s->a);
    free(s->c);
    free(s->rows);
}

static double product(size_t i, size_t j, size_t n)
{
    long sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += entry(i, k) * entry(j, k);
    return (double)sum;
}

/* Of the lower triangle's entries between two cuts, and what they mirror. */
static double wanted(struct cut begin, struct cut end, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            const bool is_before_begin =
                i < begin.row || (i < begin.row + begin.rows && j < begin.col);
            const bool is_before_end = i < end.row || (i < end.row + end.rows && j < end.col);
            if (is_before_end && !is_before_begin)
                sum += (i == j ? 1 : 2) * product(i, j, n);
        }
    return sum;
}

static const enum element elements[] = {ELEMENT_F32, ELEMENT_F64};

Test(strips, each_part_is_the_sum_of_its_entries)
{
    static const size_t orders[] = {1, 64, 65, 300};
    for (size_t e = 0; e < 2; e++)
        for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
            const size_t n = orders[o];
            struct strips s = strips_of(elements[e], n);
            for (uint32_t of = 1; of <= 7; of += 2)
                for (uint32_t at = 0; at < of; at++) {
                    const struct share share = {.begin = at, .end = at + 1, .of = of};
                    const struct cut begin = strips_cut(n, &share, at),
                                     last = strips_cut(n, &share, at + 1);
                    nanos ns[2] = {0};
                    const double sum = strips_sum(&s, begin, last, ns),
                                 want = wanted(begin, last, n);
                    cr_expect_eq(sum, want, "n %zu, part %u of %u: %g, not %g", n, at, of, sum,
                                 want);
                    cr_expect_leq(last.row + (last.col > 0 ? last.rows : 0),
                                  strips_rows_of_a(n, &share));
                }
            end(&s);
        }
}

Test(strips, a_share_needs_the_rows_down_to_its_end)
{
    const struct share all = {0}, block = {.begin = 30, .end = 50, .of = 100, .is_block = true},
                       last = {.begin = 1, .end = 2, .of = 2};
    cr_expect_eq(strips_rows_of_a(100, &all), 100);
    cr_expect_eq(strips_rows_of_a(100, &block), 20);
    cr_expect_eq(strips_rows_of_a(100, &last), 100);
    const struct share first = {.begin = 0, .end = 1, .of = 3}; /* two of six tiles of 64 */
    cr_expect_eq(strips_rows_of_a(150, &first), 128);
    const struct share half = {.begin = 0, .end = 1, .of = 2}; /* three of six: two whole strips */
    cr_expect_eq(strips_rows_of_a(150, &half), 128);
}

Test(strips, times_of_products_and_sums_add_up_to_what_the_part_took)
{
    const size_t n = 65;
    struct strips s = strips_of(ELEMENT_F32, n);
    const struct share share = {.begin = 0, .end = 1, .of = 1};
    nanos ns[2] = {5, 7};
    const nanos begin = clock_now();
    strips_sum(&s, strips_cut(n, &share, 0), strips_cut(n, &share, 1), ns);
    const nanos took = clock_now() - begin;
    cr_expect(ns[0] > 5 && ns[1] > 7);
    cr_expect_leq(ns[0] + ns[1] - 12, took);
    end(&s);
}

/* A rectangle alone, and a triangle alone. */
Test(strips, sums_of_rectangles_and_of_triangles_are_times_of_sums)
{
    const size_t n = 200;
    struct strips s = strips_of(ELEMENT_F32, n);
    for (int is_triangle = 0; is_triangle < 2; is_triangle++) {
        nanos ns[2] = {0};
        strips_block(&s, 64, is_triangle ? NULL : s.a, 64, ns);
        cr_expect(ns[0] > 0 && ns[1] > 0, "%d: %d and %d ns", is_triangle, (int)ns[0], (int)ns[1]);
    }
    end(&s);
}

Test(strips, a_block_is_summed_with_itself_or_with_a_panel)
{
    for (size_t e = 0; e < 2; e++) {
        const size_t n = 270, rows = 260, cols = 30;
        struct strips s = strips_of(elements[e], n);
        nanos ns[2] = {0};
        double self = 0, with_panel = 0;
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < rows; j++)
                self += product(i, j, n);
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < cols; j++)
                with_panel += 2 * product(i, j + 5, n);
        const void *panel = (const char *)s.a + 5 * n * element_bytes(elements[e]);
        cr_expect_eq(strips_block(&s, rows, NULL, 0, ns), self);
        cr_expect_eq(strips_block(&s, rows, panel, cols, ns), with_panel);
        cr_expect_eq(strips_block(&s, rows, panel, 0, ns), 0);
        end(&s);
    }
}
