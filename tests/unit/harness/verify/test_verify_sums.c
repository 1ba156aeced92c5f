/* test_verify_sums.c - sums are computed again with other signs of the rows of A. */
#include "harness/verify/verify.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/harness/verify/judged.h"

#include <criterion/criterion.h>
#include <math.h>

/* Tile (2, 1) takes the place of tile (2, 0), and their mirrors likewise: 32 rows a tile. */
static void take_another_tile(struct job *job, void *context)
{
    (void)context;
    const size_t n = job->problem.n;
    for (size_t i = 64; i < 96; i++)
        for (size_t j = 0; j < 32; j++)
            job->c[j * n + i] = job->c[i * n + j] = job->c[i * n + 32 + j];
}

Test(verify, a_tile_of_sum_aat_computed_from_other_columns_is_found)
{
    size_t by_weights = 0, found = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        const struct problem p = {OP_SUM_AAT, 500, seed, RANGE_UNIT, ELEMENT_F32};
        const struct verdict v = judged_spoilt(p, ARITH_F32_3XF16, take_another_tile, NULL);
        found += !v.ok;
        by_weights += fabs(v.weighted_error) > v.limit.weighted;
    }
    cr_expect_geq(found, 19, "%zu", found);
    cr_expect_leq(by_weights, found);
}

Test(verify, with_random_signs_a_sum_within_its_limit_must_still_be_that_of_its_rows)
{
    struct verdict v = {.sum = 1,
                        .want = 1,
                        .row_error = NAN,
                        .rel_f = NAN,
                        .bias = NAN,
                        .worst_entry = NAN,
                        .block_error = NAN,
                        .limit = {.sum = 1, .weighted = 1e-9}};
    v.weighted_error = -2e-9;
    verdict_judge(&v);
    cr_expect_not(v.ok);
    v.weighted_error = 1e-9;
    verdict_judge(&v);
    cr_expect(v.ok);
    v.block_error = 2e-9, v.limit.block = 1e-9;
    verdict_judge(&v);
    cr_expect_not(v.ok);
}

/* How often a sum is repeated with rows of other signs. */
static size_t repeated(enum op op, enum arithmetic arithmetic, bool is_full)
{
    const struct problem p = {op, 40, 1, RANGE_UNIT, ELEMENT_F32};
    const struct variant v = {.op = op, .name = "v", .arithmetic = arithmetic};
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    struct verdict verdict;
    struct sample sample;
    cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_OK);
    o.is_full = is_full;
    fake_backend.run(job, &v, 1, &sample, NULL);
    const size_t before = job->runs;
    cr_assert_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, NULL), STATUS_OK);
    cr_expect(verdict.ok, "%s", verdict.reason);
    oracle_free(&o);
    const size_t runs = job->runs - before;
    fake_backend.end(job);
    return runs;
}

Test(verify, a_sum_is_repeated_thrice_where_errors_hide_a_tile_and_sixteen_times_in_full)
{
    cr_expect_eq(repeated(OP_SUM_AAT, ARITH_F32, false), 1);
    cr_expect_eq(repeated(OP_SUM_AAT, ARITH_F32_3XF16, false), 1);
    cr_expect_eq(repeated(OP_SUM_AAT, ARITH_BF16, false), 3);
    cr_expect_eq(repeated(OP_SUM_AAT, ARITH_F32_2XF16, false), 3);
    cr_expect_eq(repeated(OP_REDUCE, ARITH_F32, false), 1);
    cr_expect_eq(repeated(OP_SUM_AAT, ARITH_F32, true), 16);
    cr_expect_eq(repeated(OP_REDUCE, ARITH_F32, true), 16);
}

/* Against A itself, and against the integers to which it is rounded. */
Test(verify, a_sum_of_int8_is_repeated_as_often_again)
{
    cr_expect_eq(repeated(OP_SUM_AAT, ARITH_INT8, false), 3 + 3);
    cr_expect_eq(repeated(OP_SUM_AAT, ARITH_INT8, true), 16 + 16);
}

/* A matrix of which only the factors of its rows are kept: every column sums up to 1. */
static const float *kept_factors;
static size_t kept_runs;

static enum status kept_columns(struct job *job, long double *out, struct failure *why)
{
    (void)why;
    for (uint64_t i = 0; i < job->problem.n; i++)
        out[i] = 1;
    return STATUS_OK;
}

static enum status kept_entries(struct job *job, const struct entry *e, size_t count, double *out,
                                struct failure *why)
{
    (void)why;
    for (size_t i = 0; i < count; i++)
        out[i] = oracle_entry_of_a(&job->problem, e[i]) *
                 (double)(kept_factors ? kept_factors[e[i].row] : 1);
    return STATUS_OK;
}

static enum status keep_factors(struct job *job, const struct variant *v, const float *factor,
                                struct failure *why)
{
    (void)job, (void)v, (void)why;
    kept_factors = factor;
    return STATUS_OK;
}

static enum status count_run(struct job *job, const struct variant *v, unsigned launches,
                             struct sample *sample, struct failure *why)
{
    (void)job, (void)v, (void)launches, (void)sample, (void)why;
    kept_runs++;
    return STATUS_OK;
}

static enum status sum_of_columns(struct job *job, const struct variant *v, double *sum,
                                  struct failure *why)
{
    (void)v, (void)why;
    *sum = (double)job->problem.n;
    return STATUS_OK;
}

static enum status no_poison(struct job *job, struct failure *why)
{
    (void)job, (void)why;
    return STATUS_OK;
}

static size_t repeated_at(uint64_t n, enum element element, enum arithmetic arithmetic)
{
    const struct problem p = {OP_SUM_AAT, n, 1, RANGE_UNIT, element};
    const struct variant v = {.op = p.op, .name = "v", .arithmetic = arithmetic};
    struct job job = {.problem = p};
    struct oracle o;
    struct verdict verdict;
    struct backend backend = fake_backend;
    backend.oracle_column_sums = kept_columns;
    backend.a_entries = kept_entries;
    backend.scale_rows = keep_factors;
    backend.run = count_run;
    backend.answer = sum_of_columns;
    backend.poison = no_poison;
    kept_runs = 0;
    cr_assert_eq(oracle_make(&backend, &job, &p, &o, NULL), STATUS_OK);
    cr_assert_eq(verify(&backend, &job, &v, &o, 0, &verdict, NULL), STATUS_OK);
    cr_expect(verdict.ok, "%s", verdict.reason);
    oracle_free(&o);
    return kept_runs;
}

Test(verify, a_large_sum_is_repeated_twice_where_the_limit_of_fp32_may_hide_a_tile)
{
    cr_expect_eq(repeated_at(4000, ELEMENT_F32, ARITH_F32), 1);
    cr_expect_eq(repeated_at(4001, ELEMENT_F32, ARITH_F32), 2);
    cr_expect_eq(repeated_at(10000, ELEMENT_F32, ARITH_F32_3XF16), 2);
    cr_expect_eq(repeated_at(10000, ELEMENT_F32, ARITH_BF16), 3);
    cr_expect_eq(repeated_at(10000, ELEMENT_F64, ARITH_F64), 1);
}

Test(verify, a_is_as_it_was_after_a_sum_was_verified)
{
    const struct problem p = {OP_SUM_AAT, 50, 1, RANGE_WIDE, ELEMENT_F32};
    const struct variant v = {.op = p.op, .name = "v"};
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    struct verdict verdict;
    struct sample sample;
    cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_OK);
    fake_backend.run(job, &v, 1, &sample, NULL);
    cr_assert_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, NULL), STATUS_OK);
    cr_expect(verdict.ok, "%s", verdict.reason);
    cr_expect_not(isnan(verdict.weighted_error));
    for (uint32_t i = 0; i < 50; i++)
        for (uint32_t j = 0; j < 50; j++)
            cr_expect_eq(job->a[i * 50 + j], fake_entry_of_a(&p, (struct entry){i, j}));
    cr_assert_eq(verify(&fake_backend, job, &v, &o, 3000000000, &verdict, NULL), STATUS_OK);
    cr_expect(isnan(verdict.weighted_error), "a run of 3 s is not repeated");
    oracle_free(&o);
    fake_backend.end(job);
}
