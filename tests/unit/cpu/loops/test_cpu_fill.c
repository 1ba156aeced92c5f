/* The CPU's fill is the matrix of harness/contract/philox.h, bit for bit. */
#include "cpu/chip/isa.h"
#include "cpu/loops/fill.h"
#include "harness/contract/philox.h"

#include <criterion/criterion.h>
#include <math.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t seeds[] = {0, 1, 0xFEDCBA9876543210u};
static const enum range ranges[] = {RANGE_UNIT, RANGE_SIGNED, RANGE_WIDE};

static void expect_philox(struct parallel *pool, const struct problem *p)
{
    size_t n = (size_t)p->n;
    float *a = malloc(n * n * sizeof *a);
    float scale = p->range == RANGE_UNIT ? 1 : 2, offset = p->range == RANGE_UNIT ? 0 : -1;

    cr_assert(a);
    memset(a, 0xff, n * n * sizeof *a);
    fill_matrix(pool, p, 0, (size_t)p->n, a);
    for (uint32_t row = 0; row < n; row++)
        for (uint32_t col = 0; col < n; col++) {
            struct philox_block quad = philox_quad(p->seed, row, col / 4);
            float want = philox_entry(quad.word[col % 4], scale, offset);
            if (p->range == RANGE_WIDE)
                want *= philox_row_factor(row);
            cr_assert(memcmp(&want, &a[row * n + col], sizeof want) == 0,
                      "n %zu seed %llu range %d entry (%u, %u): %a, want %a", n,
                      (unsigned long long)p->seed, (int)p->range, row, col,
                      (double)a[row * n + col], (double)want);
        }
    free(a);
}

Test(cpu_fill, rows_from_a_later_one_on_are_those_of_the_whole_matrix)
{
    enum { N = 37, FIRST = 11, ROWS = 9 };
    static float all[N * N], some[ROWS * N];
    static double all_f64[N * N], some_f64[ROWS * N];
    struct parallel *pool = parallel_open(2);
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
        const struct problem p = {.n = N, .seed = 7, .range = ranges[r]};
        fill_matrix(pool, &p, 0, N, all);
        fill_matrix(pool, &p, FIRST, ROWS, some);
        cr_assert_eq(memcmp(some, all + FIRST * N, sizeof some), 0);
        fill_matrix_f64(pool, &p, 0, N, all_f64);
        fill_matrix_f64(pool, &p, FIRST, ROWS, some_f64);
        cr_assert_eq(memcmp(some_f64, all_f64 + FIRST * N, sizeof some_f64), 0);
    }
    parallel_close(pool);
}

static void expect_philox_everywhere(int threads, uint64_t n)
{
    struct parallel *pool = parallel_open(threads);

    for (size_t s = 0; s < sizeof seeds / sizeof *seeds; s++)
        for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
            expect_philox(pool, &(struct problem){.n = n, .seed = seeds[s], .range = ranges[r]});
    parallel_close(pool);
}

Test(cpu_fill, every_order_up_to_70_is_bit_equal_to_philox)
{
    for (uint64_t n = 1; n <= 70; n++)
        expect_philox_everywhere(2, n);
}

Test(cpu_fill, larger_odd_orders_are_bit_equal_to_philox)
{
    static const uint64_t orders[] = {127, 257, 511, 1023};

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        expect_philox_everywhere(3, orders[i]);
}

Test(cpu_fill, every_vector_width_is_bit_equal_to_philox)
{
    for (enum isa isa = ISA_BASELINE; isa <= ISA_AVX512; isa++) {
        isa_limit(isa);
        expect_philox_everywhere(1, 67);
        expect_philox_everywhere(1, 130);
    }
    isa_limit(ISA_AVX512);
}

/* Known answers, so that all architectures and releases have the same matrix. */
Test(cpu_fill, the_matrix_has_the_same_sha256_on_every_machine)
{
    enum { N = 257 };
    static const struct problem p = {.n = N, .seed = 1};
    struct parallel *pool = parallel_open(2);
    char digest[SHA256_DIGEST_STRING_LENGTH];
    double *a = malloc(N * N * sizeof *a);
    cr_assert(a);
    fill_matrix(pool, &p, 0, N, (float *)a);
    SHA256Data((const uint8_t *)a, N * N * sizeof(float), digest);
    cr_expect_str_eq(digest, "2e6d2987983b75d3e71155720c1e34ca98d6d4789b32e445a18feaa4e6b6c43a");
    fill_matrix_f64(pool, &p, 0, N, a);
    SHA256Data((const uint8_t *)a, N * N * sizeof(double), digest);
    cr_expect_str_eq(digest, "764af344e8d77c456460756f237ae7b216eaed8b40607d3067eaa21697a74d68");
    free(a);
    parallel_close(pool);
}

Test(cpu_fill, nothing_outside_the_matrix_is_written)
{
    enum { N = 33 };
    struct problem p = {.n = N, .seed = 1};
    struct parallel *pool = parallel_open(2);
    float a[N * N + 1];

    a[N * N] = 42;
    fill_matrix(pool, &p, 0, (size_t)p.n, a);
    cr_assert_eq(a[N * N], 42);
    parallel_close(pool);
}

/* Such rows are a whole piece of work, or more than one. */
Test(cpu_fill, rows_of_more_entries_than_a_thread_takes_at_a_time_are_filled)
{
    static const uint64_t orders[] = {65536, 65537, 131072};
    struct parallel *pool = parallel_open(2);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        const struct problem p = {.n = orders[i], .seed = 1};
        const size_t count = 3 * (size_t)p.n;
        double *a = calloc(count, sizeof *a);
        float *b = calloc(count, sizeof *b);
        cr_assert(a && b);
        fill_matrix_f64(pool, &p, 0, 3, a);
        fill_matrix(pool, &p, 0, 3, b);
        for (size_t k = 0; k < count; k++)
            cr_assert(b[k] == (float)a[k] || fabs((double)b[k] - a[k]) < 0x1p-23, "entry %zu", k);
        cr_expect(b[count - 1] != 0 && b[count / 2] != 0);
        free(a);
        free(b);
    }
    parallel_close(pool);
}
