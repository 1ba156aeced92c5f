/* The fused kernel at every vector width, against sums that share nothing with it. */
#include "cpu/chip/isa.h"
#include "cpu/fused/fused.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A matrix of small whole numbers, whose products and sums are exact in either type, so that one
 * product too many or too few, or in the wrong place, shows. */
static void *whole_numbers(enum element element, size_t n)
{
    void *a = malloc(n * n * (size_t)element_bytes(element));
    unsigned state = 7;
    cr_assert(a);
    for (size_t i = 0; i < n * n; i++) {
        state = state * 1664525u + 1013904223u;
        const int entry = (int)(state >> 28) - 7;
        if (element == ELEMENT_F64)
            ((double *)a)[i] = entry;
        else
            ((float *)a)[i] = (float)entry;
    }
    return a;
}

/* Entry by entry, from the definition. */
static double wanted(enum element element, const void *a, size_t n)
{
    const float *f32 = a;
    const double *f64 = a;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < n; k++)
                sum += element == ELEMENT_F64 ? f64[i * n + k] * f64[j * n + k]
                                              : (double)f32[i * n + k] * (double)f32[j * n + k];
    return sum;
}

static double fused(enum element element, const void *a, size_t n, int threads)
{
    const size_t bytes = fused_scratch_bytes(element, n);
    struct parallel *pool = parallel_open(threads);
    char *scratch = aligned_alloc(64, (bytes + 64 + 63) / 64 * 64);
    cr_assert(scratch);
    memset(scratch, 0xff, bytes + 64); /* NaN, and a margin that must stay */
    const double sum = fused_sum_aat(pool, element, a, n, scratch);
    for (size_t i = 0; i < 64; i++)
        cr_expect_eq(scratch[bytes + i], (char)0xff, "n %zu writes past its scratch memory", n);
    free(scratch);
    parallel_close(pool);
    return sum;
}

Test(fused, every_product_counts_once_at_every_width_and_order, .timeout = 120)
{
    static const size_t orders[] = {1,  2,  3,  5,   11,  12,  13,  23,  24,  25,
                                    47, 48, 49, 127, 128, 129, 191, 193, 257, 300};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (int e = 0; e < 2; e++) {
            const enum element element = e ? ELEMENT_F64 : ELEMENT_F32;
            void *a = whole_numbers(element, orders[o]);
            const double want = wanted(element, a, orders[o]);
            for (int isa = ISA_BASELINE; isa <= ISA_AVX512; isa++) {
                isa_limit((enum isa)isa);
                if (isa_level() != (enum isa)isa)
                    continue; /* this CPU has no such width */
                cr_expect_eq(fused(element, a, orders[o], 2), want, "n %zu %s at width %s",
                             orders[o], element_name(element), isa_name(isa_level()));
            }
            isa_limit(ISA_AVX512);
            free(a);
        }
}

/* More panels of k than a slab holds, and blocks of strips: the sum of all entries is the sum over
 * k of the squares of A's column sums. */
Test(fused, slabs_and_blocks_add_up)
{
    enum { N = 1101 };
    for (int e = 0; e < 2; e++) {
        const enum element element = e ? ELEMENT_F64 : ELEMENT_F32;
        void *a = whole_numbers(element, N);
        double want = 0;
        for (size_t k = 0; k < N; k++) {
            double column = 0;
            for (size_t i = 0; i < N; i++)
                column += e ? ((double *)a)[i * N + k] : (double)((float *)a)[i * N + k];
            want += column * column;
        }
        cr_expect_eq(fused(element, a, N, 3), want, "%s", element_name(element));
        free(a);
    }
}

Test(fused, the_sum_does_not_depend_on_the_number_of_threads)
{
    enum { N = 500 };
    float *a = malloc(N * N * sizeof *a);
    cr_assert(a);
    for (size_t i = 0; i < N * N; i++)
        a[i] = (float)drand48();
    const double one = fused(ELEMENT_F32, a, N, 1);
    cr_expect_eq(fused(ELEMENT_F32, a, N, 2), one);
    cr_expect_eq(fused(ELEMENT_F32, a, N, 5), one);
    free(a);
}

/* N² entries of A, and of a large matrix no more than a few hundredths of that. */
Test(fused, scratch_memory_is_small_beside_a)
{
    const size_t n = 20000;
    cr_expect_lt(fused_scratch_bytes(ELEMENT_F32, n), n * n * sizeof(float) / 16);
    cr_expect_lt(fused_scratch_bytes(ELEMENT_F64, n), n * n * sizeof(double) / 16);
}

/* With vectors of 16 bytes a strip has 12 rows of float32 or 6 of float64, and a panel of it 12 or
 * 6 KiB, four of which are packed at a time. Each strip that a block of 16 or 32 meets has a sum.
 */
Test(fused, scratch_is_for_strips_of_four_panels_and_a_sum_for_each_that_a_block_meets)
{
    static const struct {
        enum element element;
        size_t n, bytes;
    } cases[] = {
        {ELEMENT_F32, 1, 1 * 12288 + 16 * 8},        {ELEMENT_F32, 192, 16 * 12288 + 16 * 8},
        {ELEMENT_F32, 193, 17 * 12288 + 48 * 8},     {ELEMENT_F32, 256, 22 * 12288 + 48 * 8},
        {ELEMENT_F32, 257, 2 * 22 * 12288 + 48 * 8}, {ELEMENT_F32, 1025, 4 * 86 * 12288 + 336 * 8},
        {ELEMENT_F64, 128, 22 * 6144 + 32 * 8},      {ELEMENT_F64, 129, 2 * 22 * 6144 + 32 * 8},
    };
    isa_limit(ISA_BASELINE);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t got = fused_scratch_bytes(cases[i].element, cases[i].n);
        cr_expect_eq(got, cases[i].bytes, "case %zu: %zu", i, got);
    }
    isa_limit(ISA_AVX512);
}
