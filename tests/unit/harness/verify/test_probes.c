/* test_probes.c - the weights with which blocks of C are added up. */
#include "harness/verify/probes.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { N = 140 };

/* 2·N³ FLOP shall take 0.02 s for each column of a block: the speed with which they are of one. */
static const double flops_of_one = 2.0 * 140 * 140 * 140 / 0.02;

static double weights[N];
static unsigned width;

static enum status keep_weights(struct job *job, const double *x, unsigned of, double *out,
                                uint32_t *col, struct failure *why)
{
    (void)why;
    memcpy(weights, x, sizeof weights);
    width = of;
    for (size_t i = 0; i < job->problem.n; i++)
        out[i] = 0, col[i] = 0;
    return STATUS_OK;
}

/* Takes the weights of a GPU of this speed in float64; 0: unknown. */
static void take_weights(double f64_flops)
{
    const struct problem p = {OP_MATMUL, N, 1, RANGE_UNIT, ELEMENT_F32};
    const struct device_facts facts = {.f64_flops = f64_flops};
    struct backend backend = fake_backend;
    struct job *job = fake_job(p, FAULT_NONE, (struct entry){0, 0});
    struct verdict verdict = {.rel_f = 1e-7};
    struct entry place;
    struct oracle o;
    backend.c_block_errors = keep_weights;
    cr_assert_eq(oracle_make(&backend, job, &p, &o, NULL), STATUS_OK);
    o.device = &facts;
    width = 0;
    cr_assert_eq(probe_blocks(&backend, job, &o, &verdict, &place, NULL), STATUS_OK);
    oracle_free(&o);
    backend.end(job);
}

Test(probes, a_slow_gpu_has_wide_blocks)
{
    static const struct {
        double share;
        unsigned width;
    } cases[] = {{0, 8},          {1, 8},         {1.0 / 8, 8},
                 {0.9 / 8, 9},    {1.0 / 20, 20}, {1.0 / 127.5, 128},
                 {1.0 / 500, 128}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        take_weights(cases[i].share * flops_of_one);
        cr_expect_eq(width, cases[i].width, "%g: %u", cases[i].share, width);
    }
}

/* Sizes are the middles of equal parts of 0.8 … 1.2, in another order: of a power of two,
 * neighbours are more than a quarter of the range apart. */
static void check_block(const double *x, unsigned columns)
{
    bool is_there[128] = {false};
    unsigned negative = 0;
    for (unsigned i = 0; i < columns; i++) {
        const double place = (fabs(x[i]) - 0.8) / 0.4 * columns - 0.5;
        const long rank = lround(place);
        negative += x[i] < 0;
        cr_expect_float_eq(place, (double)rank, 1e-9);
        cr_assert(rank >= 0 && rank < (long)columns && !is_there[rank], "%u of %u: %g", i, columns,
                  x[i]);
        is_there[rank] = true;
        if (columns >= 8 && (columns & (columns - 1)) == 0 && i > 0)
            cr_expect_gt(fabs(fabs(x[i]) - fabs(x[i - 1])), 0.1, "%u of %u", i, columns);
    }
    cr_expect_eq(negative, (columns + 1) / 2);
}

Test(probes, the_weights_of_a_block_all_differ_and_half_are_negative)
{
    static const unsigned widths[] = {8, 9, 16, 20, 32, 35, 64, 128};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        take_weights(flops_of_one / (widths[i] - 0.5));
        cr_assert_eq(width, widths[i]);
        for (unsigned begin = 0; begin < N; begin += width)
            check_block(weights + begin, N - begin < width ? N - begin : width);
    }
}

static void expect_seconds(enum op op, double f64, double f32, double want)
{
    const struct problem p = {.op = op, .n = 1000, .element = ELEMENT_F32};
    struct device_facts facts = {.f64_flops = f64};
    facts.peak_flops[ARITH_F32] = f32;
    cr_expect_float_eq(probe_seconds(&p, &facts), want, 1e-9 * want + 1e-30);
}

Test(probes, in_full_a_product_takes_its_time_in_float64_and_a_sum_sixteen_runs)
{
    const struct problem sum = {.op = OP_SUM_AAT, .n = 1000, .element = ELEMENT_F32};
    expect_seconds(OP_MATMUL, 1e12, 0, 2e-3);
    expect_seconds(OP_MATMUL, 0, 1e12, 0);
    expect_seconds(OP_SUM_AAT, 0, 1e12, 16 * problem_flop(&sum) / 1e12);
    expect_seconds(OP_SUM_AAT, 1e12, 0, 0);
}
