/* test_verify.c - the part of a rank is compared with float64, also with other signs or sizes of
 * rows; rank 0 of one, so that nothing is sent. */
#include "bench/gpu_cpu/ranked.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 32 };

static struct variant variant;
static struct backend backend;
static struct problem problem;
static struct options options;
static struct run run;
static struct ranked k;
static struct verdict verdict;
static struct failure why;

/* What each run's sum is more than the right one: the first, and that of other rows; and what the
 * whole is more than its parts. */
static double more_first, more_weighted, more_whole;
static int runs, scaled, restored;
static float factors[N];
static enum status columns_status, restored_status;
static nanos took_ns;     /* of the first run; 0: as long as it took */
static bool cannot_scale; /* the backend has no scale_rows() */
static enum fake_fault fault;

static enum status columns_of(struct job *job, uint64_t first, uint64_t rows, long double *out,
                              struct failure *failure)
{
    for (size_t c = 0; c < N; c++) {
        out[c] = 0;
        for (uint64_t i = first; i < first + rows; i++)
            out[c] += (long double)job->a[i * N + c];
    }
    return columns_status ? fail(failure, columns_status, "no sums") : STATUS_OK;
}

static long double right_sum(struct job *job)
{
    long double columns[N], sum = 0;
    columns_of(job, 0, N, columns, NULL);
    for (size_t c = 0; c < N; c++)
        sum += problem.op == OP_REDUCE ? columns[c] : columns[c] * columns[c];
    return sum;
}

static enum status work(struct job *job, const struct variant *v, unsigned launches,
                        struct sample *sample, struct failure *failure)
{
    (void)v, (void)failure;
    cr_expect_eq(launches, 1);
    *sample = (struct sample){.launches = 1};
    job->sum = (double)(right_sum(job) + (long double)(runs++ ? more_weighted : more_first));
    return STATUS_OK;
}

static enum status answer(struct job *job, const struct variant *v, double *sum,
                          struct failure *failure)
{
    (void)v, (void)failure;
    *sum = job->sum;
    return STATUS_OK;
}

static enum status scale_rows(struct job *job, const struct variant *v, const float *factor,
                              struct failure *failure)
{
    if (!factor) {
        restored++;
        fake_backend.scale_rows(job, v, NULL, failure);
        return restored_status ? fail(failure, restored_status, "not restored") : STATUS_OK;
    }
    scaled++;
    memcpy(factors, factor, sizeof factors);
    return fake_backend.scale_rows(job, v, factor, failure);
}

/* Runs once, and verifies. */
static enum status verified(enum op op, enum arithmetic arithmetic, enum range range)
{
    static struct place place;
    static struct ranks ranks;
    static struct rank_info info;
    static struct moment now[1];
    static struct rank_result result[1];
    static struct cut cuts[2] = {{.row = 0}, {.row = N}};
    backend = fake_backend;
    backend.run = work;
    backend.answer = answer;
    backend.oracle_columns_of = columns_of;
    backend.scale_rows = cannot_scale ? NULL : scale_rows;
    info = (struct rank_info){.name = "rank 0 on here"};
    place = (struct place){.backend = &backend};
    ranks = (struct ranks){.size = 1, .info = &info, .hosts = 1};
    variant = (struct variant){.op = op, .name = "plain", .arithmetic = arithmetic};
    problem = (struct problem){op, N, 1, range, ELEMENT_F32};
    options = (struct options){0};
    run = (struct run){.options = &options, .place = &place, .share = {.end = 1, .of = 1}};
    run.result.problem = problem;
    run.job = fake_job(problem, fault, (struct entry){0, 0});
    result[0] = (struct rank_result){.share = 1, .place = "/cpu:0", .device = "A processor"};
    k = (struct ranked){
        .run = &run, .ranks = &ranks, .variant = &variant, .cuts = cuts, .now = now};
    k.results = (struct rank_results){.list = result, .count = 1};
    why = (struct failure){0};
    runs = scaled = restored = 0;
    cr_assert_eq(ranked_take(&k, &why), STATUS_OK);
    k.total_ns = took_ns ? took_ns : k.total_ns;
    k.sum += more_whole;
    const enum status status = ranked_verify(&k, &verdict, &why);
    fake_backend.end(run.job);
    return status;
}

Test(ranked_verify, a_right_sum_is_right_and_is_verified_again_with_other_signs_of_rows)
{
    for (enum range range = RANGE_UNIT; range <= RANGE_WIDE; range++) {
        cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32, range), STATUS_OK, "%s", why.text);
        cr_expect(verdict.ok);
        cr_expect_eq(verdict.sum, k.results.list->part);
        cr_expect_lt(fabs(verdict.sum_error), 1e-12);
        cr_expect_lt(fabs(verdict.weighted_error), 1e-12);
        cr_expect(isnan(verdict.row_error) && isnan(verdict.rel_f) && isnan(verdict.bias));
        cr_expect(isnan(verdict.worst_entry) && isnan(verdict.block_error));
        cr_expect(runs == 2 && scaled == 1 && restored == 1);
        int negative = 0;
        for (int i = 0; i < N; i++) {
            cr_expect(fabsf(factors[i]) == 1.0f, "%g", (double)factors[i]);
            negative += factors[i] < 0;
        }
        cr_expect(negative > 0 && negative < N, "once in 2³¹ tests they are all alike");
    }
}

Test(ranked_verify, parts_that_are_right_do_not_make_a_wrong_sum_right)
{
    more_whole = 1;
    cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32, RANGE_UNIT), STATUS_WRONG);
    cr_expect_eq(why.status, STATUS_WRONG);
    cr_expect(strncmp(why.text, "wrong result: ", 14) == 0, "%s", why.text);
    cr_expect(strstr(why.text, "sum-aat/f32/plain: "), "%s", why.text);
    cr_expect_not(verdict.ok);
    more_whole = 0;
}

Test(ranked_verify, a_split_into_two_halves_is_for_non_negative_data_whose_rows_are_doubled)
{
    cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32_2XF16, RANGE_UNIT), STATUS_OK, "%s", why.text);
    int doubled = 0;
    for (int i = 0; i < N; i++) {
        cr_expect(factors[i] == 1.0f || factors[i] == 2.0f, "%g", (double)factors[i]);
        doubled += factors[i] == 2.0f;
    }
    cr_expect(doubled > 0 && doubled < N);
    cr_expect_eq(verdict.limit.weighted, verdict.limit.sum);
    cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32_2XF16, RANGE_SIGNED), STATUS_OK, "%s", why.text);
    cr_expect_eq(fabsf(factors[0]), 1.0f);
}

Test(ranked_verify,
     the_error_of_a_part_is_relative_to_what_it_should_be_or_where_signs_vary_could_be)
{
    for (enum range range = RANGE_UNIT; range <= RANGE_WIDE; range++) {
        more_first = 0;
        cr_assert_eq(verified(OP_SUM_AAT, ARITH_F32, range), STATUS_OK);
        const double limit = verdict.limit.sum, right = verdict.want;
        const double scale = range == RANGE_UNIT ? fabs(right) : verdict.sum_scale;
        cr_expect_gt(scale, 0);
        for (int sign = -1; sign <= 1; sign += 2) {
            more_first = more_weighted = sign * 0.5 * limit * scale;
            cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32, range), STATUS_OK, "%s", why.text);
            const struct rank_result *one = k.results.list;
            cr_expect_float_eq(one->error / limit, sign * 0.5, 1e-6, "%g", one->error / limit);
            cr_expect_float_eq(one->want / right, 1, 1e-12);
            cr_expect_eq(one->part, verdict.sum);
            cr_expect_float_eq(verdict.sum_error, one->error, 1e-6 * limit);
            more_weighted = 0;
            more_first = sign * 1.01 * limit * scale;
            cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32, range), STATUS_WRONG);
            cr_expect_eq(strstr(why.text,
                                "wrong result of rank 0 on here (/cpu:0, A processor): its "
                                "part of sum-aat/f32/plain is "),
                         why.text, "%s", why.text);
            cr_expect(strstr(why.text, "). No time is reported."));
            cr_expect_eq(runs, 1, "what is wrong is not repeated");
        }
    }
}

Test(ranked_verify, half_of_the_rows_get_the_other_sign_anew_in_each_run)
{
    int negative = 0, runs_alike = 0;
    float last[N] = {0};
    for (int i = 0; i < 30; i++) {
        cr_assert_eq(verified(OP_SUM_AAT, ARITH_F32, RANGE_UNIT), STATUS_OK, "%s", why.text);
        for (int row = 0; row < N; row++)
            negative += factors[row] < 0;
        runs_alike += memcmp(last, factors, sizeof last) == 0;
        memcpy(last, factors, sizeof last);
    }
    cr_expect(negative > 360 && negative < 600, "%d of 960, whose deviation is 15.5", negative);
    cr_expect_eq(runs_alike, 0);
}

Test(ranked_verify, with_other_signs_the_limit_is_that_of_weighted_sums)
{
    for (int sign = -1; sign <= 1; sign += 2) {
        more_weighted = 0;
        cr_assert_eq(verified(OP_SUM_AAT, ARITH_F32, RANGE_UNIT), STATUS_OK);
        const double limit = verdict.limit.weighted, scale = verdict.sum_scale;
        more_weighted = sign * 0.99 * limit * scale;
        cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32, RANGE_UNIT), STATUS_OK, "%s", why.text);
        cr_expect_float_eq(verdict.weighted_error / limit, sign * 0.99, 1e-6);
        cr_expect_eq(verdict.limit.weighted, limit);
        more_weighted = sign * 1.01 * limit * scale;
        cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32, RANGE_UNIT), STATUS_WRONG);
        cr_expect(strstr(why.text, "sum-aat/f32/plain with other signs or sizes of rows is "), "%s",
                  why.text);
        cr_expect(runs == 2 && scaled == 1 && restored == 0);
    }
}

Test(ranked_verify, a_run_of_two_seconds_is_not_repeated_nor_one_whose_rows_cannot_be_scaled)
{
    took_ns = 1999999999;
    cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32, RANGE_UNIT), STATUS_OK, "%s", why.text);
    cr_expect(runs == 2 && scaled == 1);
    took_ns = 2000000000;
    cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32, RANGE_UNIT), STATUS_OK);
    cr_expect(runs == 1 && scaled == 0 && isnan(verdict.weighted_error));
    took_ns = 0;
    cannot_scale = true;
    cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32, RANGE_UNIT), STATUS_OK);
    cr_expect(runs == 1 && isnan(verdict.weighted_error));
}

Test(ranked_verify, reduce_adds_up_the_rows_of_a)
{
    cr_expect_eq(verified(OP_REDUCE, ARITH_F32, RANGE_UNIT), STATUS_OK, "%s", why.text);
    more_first = 1.01 * verdict.limit.sum * verdict.want;
    cr_expect_eq(verified(OP_REDUCE, ARITH_F32, RANGE_UNIT), STATUS_WRONG);
    more_first = 0.99 * verdict.limit.sum * verdict.want;
    cr_expect_eq(verified(OP_REDUCE, ARITH_F32, RANGE_UNIT), STATUS_OK, "%s", why.text);
}

Test(ranked_verify, what_fails_meanwhile_is_the_reason)
{
    columns_status = STATUS_LOST;
    for (enum op op = OP_SUM_AAT; op <= OP_REDUCE; op++)
        if (op != OP_MATMUL) {
            cr_expect_eq(verified(op, ARITH_F32, RANGE_UNIT), STATUS_LOST);
            cr_expect(strstr(why.text, "no sums"), "%s", why.text);
            cr_expect_eq(scaled, 0);
        }
    columns_status = STATUS_OK;
    restored_status = STATUS_FAILED;
    cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32, RANGE_UNIT), STATUS_FAILED);
    cr_expect(strstr(why.text, "not restored"), "%s", why.text);
}

Test(ranked_verify, a_wrong_fill_is_found_before_anything_is_compared)
{
    fault = FAULT_WRONG_FILL;
    cr_expect_eq(verified(OP_SUM_AAT, ARITH_F32, RANGE_UNIT), STATUS_WRONG);
    cr_expect(strstr(why.text, "wrong fill"), "%s", why.text);
    cr_expect_eq(scaled, 0);
}

/* A column's sum, without a matrix. */
static enum status columns_of_none(struct job *job, uint64_t first, uint64_t rows, long double *out,
                                   struct failure *unused)
{
    (void)unused;
    cr_expect_eq(first + rows, job->problem.n);
    for (uint64_t c = 0; c < job->problem.n; c++)
        out[c] = (long double)(c + 1);
    return STATUS_OK;
}

static enum status poison_none(struct job *job, struct failure *unused)
{
    (void)job, (void)unused;
    return STATUS_OK;
}

static enum status entries_of_a(struct job *job, const struct entry *e, size_t count, double *out,
                                struct failure *unused)
{
    (void)unused;
    for (size_t i = 0; i < count; i++)
        out[i] = (double)fake_entry_of_a(&job->problem, e[i]);
    return STATUS_OK;
}

Test(ranked_verify, in_a_ring_the_sums_of_many_columns_come_some_at_a_time)
{
    static const uint64_t orders[] = {1, 4095, 4096, 4097, 8192, 9000};
    static struct place place;
    static struct rank_info info = {.name = "rank 0 on here"};
    static struct ranks ranks = {.size = 1, .info = &info, .hosts = 1};
    static struct moment now[1];
    static struct rank_result result[1];
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        const uint64_t n = orders[i];
        uint64_t at[2] = {0, n};
        struct job job = {.problem = {OP_SUM_AAT, n, 1, RANGE_UNIT, ELEMENT_F32}};
        backend = fake_backend;
        backend.oracle_columns_of = columns_of_none;
        backend.a_entries = entries_of_a;
        backend.poison = poison_none;
        backend.scale_rows = NULL;
        place.backend = &backend;
        variant = (struct variant){.op = OP_SUM_AAT, .name = "plain", .arithmetic = ARITH_F32};
        run = (struct run){.options = &options, .place = &place, .job = &job};
        run.share = (struct share){.end = (uint32_t)n, .of = (uint32_t)n};
        run.result.problem = job.problem;
        result[0] = (struct rank_result){.share = 1};
        k = (struct ranked){.run = &run, .ranks = &ranks, .variant = &variant, .now = now};
        k.is_ring = true;
        k.grain = (unsigned)n; /* so that the first half has no rows, or all of them */
        k.at = at;
        k.results = (struct rank_results){.list = result, .count = 1};
        const double sum = (double)n * (double)(n + 1) * (double)(2 * n + 1) / 6;
        now[0].part = k.sum = sum;
        cr_expect_eq(ranked_verify(&k, &verdict, &why), STATUS_OK, "n %d: %s", (int)n, why.text);
        cr_expect_float_eq(verdict.want / sum, 1, 1e-12);
    }
}
