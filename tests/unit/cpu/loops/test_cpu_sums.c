/* Float64 sums: right, and the same bits whatever the number of threads and the vector width. */
#include "cpu/chip/isa.h"
#include "cpu/loops/fill.h"
#include "cpu/loops/sums.h"
#include "cpu/loops/sums_f64.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t orders[] = {1, 2, 3, 5, 31, 32, 33, 64, 65, 127, 129, 257, 600};
enum { ORDERS = sizeof orders / sizeof *orders, LARGEST = 600, DOTS = 50 };

/* All that this module computes about one matrix. */
struct found {
    double all, symmetric;
    double rows[LARGEST], columns[LARGEST], times[LARGEST], dots[DOTS];
};

static float *matrix(size_t n)
{
    struct parallel *pool = parallel_open(1);
    struct problem p = {.n = n, .seed = 5, .range = RANGE_SIGNED};
    float *a = malloc(n * n * sizeof *a);

    cr_assert(a);
    fill_matrix(pool, &p, 0, n, a);
    parallel_close(pool);
    return a;
}

static void make_inputs(size_t n, double *x, struct entry *entries)
{
    for (size_t k = 0; k < n; k++)
        x[k] = 1.0 / (double)(k + 3);
    for (size_t e = 0; e < DOTS; e++)
        entries[e] = (struct entry){(uint32_t)(e * 7 % n), (uint32_t)(e * 11 % n)};
}

static void find(const float *a, size_t n, int threads, struct found *f)
{
    struct parallel *pool = parallel_open(threads);
    struct entry entries[DOTS];
    double x[LARGEST], scratch[LARGEST];

    memset(f, 0, sizeof *f);
    make_inputs(n, x, entries);
    f->all = sums_all(pool, a, n, n, scratch);
    f->symmetric = sums_symmetric(pool, a, n, scratch);
    sums_rows(pool, a, n, n, f->rows);
    sums_columns(pool, a, n, n, f->columns);
    sums_times(pool, a, n, x, f->times);
    sums_dots(pool, a, n, entries, DOTS, f->dots);
    parallel_close(pool);
}

static void expect_near(const char *what, size_t n, size_t i, double got, double want)
{
    cr_expect(fabs(got - want) <= 1e-12 * (double)(n * n), "%s n %zu [%zu]: %.17g, want %.17g",
              what, n, i, got, want);
}

Test(cpu_sums, sums_are_those_of_plain_loops)
{
    static struct found f;
    double x[LARGEST];
    struct entry entries[DOTS];

    for (size_t o = 0; o < ORDERS; o++) {
        size_t n = orders[o];
        float *a = matrix(n);
        double all = 0, symmetric = 0;

        find(a, n, 2, &f);
        make_inputs(n, x, entries);
        for (size_t i = 0; i < n; i++) {
            double row = 0, column = 0, times = 0;
            for (size_t k = 0; k < n; k++) {
                row += (double)a[i * n + k];
                column += (double)a[k * n + i];
                times += (double)a[i * n + k] * x[k];
                symmetric += (double)(k < i ? a[i * n + k] : a[k * n + i]);
            }
            all += row;
            expect_near("row", n, i, f.rows[i], row);
            expect_near("column", n, i, f.columns[i], column);
            expect_near("times", n, i, f.times[i], times);
        }
        for (size_t e = 0; e < DOTS; e++) {
            double dot = 0;
            for (size_t k = 0; k < n; k++)
                dot += (double)a[entries[e].row * n + k] * (double)a[entries[e].col * n + k];
            expect_near("dot", n, e, f.dots[e], dot);
        }
        expect_near("all", n, 0, f.all, all);
        expect_near("symmetric", n, 0, f.symmetric, symmetric);
        free(a);
    }
}

Test(cpu_sums, any_number_of_threads_gives_the_same_bits)
{
    static const int threads[] = {2, 3, 7};
    static struct found one, many;

    for (size_t o = 0; o < ORDERS; o++) {
        float *a = matrix(orders[o]);
        find(a, orders[o], 1, &one);
        for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
            find(a, orders[o], threads[t], &many);
            cr_expect(memcmp(&one, &many, sizeof one) == 0, "n %zu, %d threads", orders[o],
                      threads[t]);
        }
        free(a);
    }
}

Test(cpu_sums, every_vector_width_gives_the_same_bits)
{
    static struct found wide, narrow;
    float *a = matrix(LARGEST);

    find(a, LARGEST, 2, &wide);
    for (enum isa isa = ISA_BASELINE; isa < ISA_AVX512; isa++) {
        isa_limit(isa);
        find(a, LARGEST, 2, &narrow);
        cr_expect_eq(wide.all, narrow.all);
        cr_expect_eq(wide.symmetric, narrow.symmetric);
        cr_expect(memcmp(wide.columns, narrow.columns, sizeof wide.columns) == 0);
        cr_expect(memcmp(wide.dots, narrow.dots, sizeof wide.dots) == 0);
    }
    isa_limit(ISA_AVX512);
    free(a);
}

Test(cpu_sums, a_symmetric_sum_never_reads_above_the_diagonal)
{
    enum { N = 65 };
    float *a = matrix(N);
    double rows[N], clean, poisoned;
    struct parallel *pool = parallel_open(2);

    clean = sums_symmetric(pool, a, N, rows);
    for (size_t i = 0; i < N; i++)
        for (size_t k = i + 1; k < N; k++)
            a[i * N + k] = NAN;
    poisoned = sums_symmetric(pool, a, N, rows);
    cr_assert_eq(clean, poisoned);
    parallel_close(pool);
    free(a);
}

Test(cpu_sums, one_nan_anywhere_makes_the_sum_nan)
{
    enum { N = 33 };
    float *a = matrix(N);
    double rows[N];
    struct parallel *pool = parallel_open(2);

    for (size_t i = 0; i < N * N; i++) {
        float kept = a[i];
        a[i] = NAN;
        cr_expect(isnan(sums_all(pool, a, N, N, rows)), "entry %zu", i);
        a[i] = kept;
    }
    parallel_close(pool);
    free(a);
}

struct visits {
    unsigned char count[1000];
};

static void visit(void *context, size_t begin, size_t end)
{
    struct visits *v = context;

    for (size_t i = begin; i < end; i++)
        __atomic_fetch_add(&v->count[i], 1, __ATOMIC_RELAXED);
}

Test(cpu_sums, a_parallel_loop_does_each_index_once)
{
    static const size_t grains[] = {1, 7, 999, 1000, 5000};

    for (int threads = 1; threads <= 5; threads++) {
        struct parallel *pool = parallel_open(threads);
        cr_assert_eq(parallel_threads(pool), threads);
        for (size_t g = 0; g < sizeof grains / sizeof *grains; g++)
            for (size_t count = 0; count <= 1000; count += 250) {
                struct visits v = {{0}};
                parallel_for(pool, count, grains[g], visit, &v);
                for (size_t i = 0; i < 1000; i++)
                    cr_assert_eq(v.count[i], i < count, "threads %d grain %zu index %zu", threads,
                                 grains[g], i);
            }
        parallel_close(pool);
    }
}

/* Such rows are a whole piece of work, or more than one. */
Test(sums, rows_of_more_entries_than_a_thread_takes_at_a_time_are_added_up)
{
    static const size_t large[] = {32768, 65536, 65537};
    struct parallel *pool = parallel_open(2);
    for (size_t o = 0; o < sizeof large / sizeof *large; o++) {
        const size_t n = large[o];
        float *a = malloc(3 * n * sizeof *a);
        double *b = malloc(3 * n * sizeof *b), sums[3];
        long double sums_f64[3];
        cr_assert(a && b);
        for (size_t i = 0; i < 3 * n; i++)
            b[i] = a[i] = (float)(i / n + 1);
        sums_rows(pool, a, 3, n, sums);
        sums_f64_rows(pool, b, 3, n, sums_f64);
        for (size_t row = 0; row < 3; row++) {
            cr_expect_eq(sums[row], (double)(n * (row + 1)));
            cr_expect_eq(sums_f64[row], (long double)(n * (row + 1)));
        }
        free(a);
        free(b);
    }
    parallel_close(pool);
}
