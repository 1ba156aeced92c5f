/* test_peak.c - the peak speed is that of the widest vectors in use. */
#include "cpu/chip/isa.h"
#include "cpu/loops/peak.h"

#include <criterion/criterion.h>

/* The better of a few, as a busy host disturbs one or another. */
static double peak_of(enum isa isa, struct parallel *pool)
{
    double best = 0;
    isa_limit(isa);
    for (int i = 0; i < 3; i++) {
        const double now = peak_f32_flops(pool);
        best = now > best ? now : best;
    }
    return best;
}

/* AVX2 with FMA does four times the FLOP of SSE2's multiplication and addition a cycle. */
Test(peak, vectors_of_avx2_are_faster_than_those_of_sse2)
{
    struct parallel *pool = parallel_open(1);
    double ratio = 0;
    if (isa_level() < ISA_AVX2)
        cr_skip_test("this CPU has no AVX2");
    for (int i = 0; i < 20 && ratio < 1.5; i++)
        ratio = peak_of(ISA_AVX2, pool) / peak_of(ISA_BASELINE, pool);
    cr_expect_geq(ratio, 1.5, "%g", ratio);
    parallel_close(pool);
}

/* The time of a thread counts, so a pool of more threads than CPUs has as much a thread. */
Test(peak, it_is_the_sum_of_the_threads)
{
    struct parallel *one = parallel_open(1), *three = parallel_open(3);
    double ratio = 0;
    for (int i = 0; i < 20 && !(ratio > 2 && ratio < 4); i++)
        ratio = peak_of(ISA_BASELINE, three) / peak_of(ISA_BASELINE, one);
    cr_expect(ratio > 1.5 && ratio < 6, "%g", ratio);
    parallel_close(one);
    parallel_close(three);
}
