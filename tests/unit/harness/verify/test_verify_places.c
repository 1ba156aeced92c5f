/* test_verify_places.c - one wrong entry or two swapped ones are found wherever they are. */
#include "harness/verify/verify.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/harness/verify/judged.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct change {
    struct entry at;
    double by; /* relative */
};
static void change_an_entry(struct job *job, void *context)
{
    const struct change *c = context;
    float *entry = &job->c[c->at.row * job->problem.n + c->at.col];
    *entry = (float)((double)*entry * (1 + c->by));
}

static void scale_all(struct job *job, void *context)
{
    const double *bias = context;
    for (size_t i = 0; i < job->problem.n * job->problem.n; i++)
        job->c[i] = (float)((double)job->c[i] * (1 + *bias));
}

/* Blocks of 33 columns: the weights of some add up to more than 3. */
Test(verify, a_bias_within_its_limit_passes_whatever_the_weights_of_a_block_add_up_to)
{
    const struct device_facts device = {.truncation = 5e-6, .f64_flops = 2 * 8e6 / (32.5 * 0.02)};
    const struct variant v = {.op = OP_MATMUL, .name = "v", .adds = ADDS_TRUNCATED};
    /* An emulated 64-bit Arm (tests/aarch64/enter) takes half a second for each. */
    const uint64_t seeds = getenv("QEMU_LD_PREFIX") ? 6 : 60;
    double bias = -1e-3;
    for (uint64_t seed = 0; seed < seeds; seed++) {
        struct problem p = matmul(200, RANGE_UNIT);
        p.seed = seed;
        struct job *job = fake_job(p, FAULT_NONE, nowhere);
        struct oracle o;
        struct verdict verdict;
        struct sample sample;
        job->spoil = scale_all;
        job->spoil_context = &bias;
        cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_OK);
        o.device = &device;
        fake_backend.run(job, &v, 1, &sample, NULL);
        cr_assert_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, NULL), STATUS_OK);
        cr_expect(verdict.ok, "seed %d: %s", (int)seed, verdict.reason);
        oracle_free(&o);
        fake_backend.end(job);
    }
}

Test(verify, one_entry_wrong_by_ten_times_the_worst_error_is_found_wherever_it_is)
{
    static const struct {
        enum arithmetic arithmetic;
        double worst; /* of a right C of this order */
    } cases[] = {{ARITH_F32, 9e-7}, {ARITH_TF32, 1e-4}, {ARITH_BF16, 8e-4}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (uint32_t place = 0; place < 40; place++) {
            struct problem p = matmul(200, RANGE_UNIT);
            p.seed = place;
            struct change c = {{place * 53 % 200, place * 31 % 200}, 10 * cases[i].worst};
            if (c.at.row == c.at.col)
                continue;
            const struct verdict v = judged_spoilt(p, cases[i].arithmetic, change_an_entry, &c);
            cr_expect_not(v.ok, "%s C[%u][%u]: %g of %g", arithmetic_name(cases[i].arithmetic),
                          c.at.row, c.at.col, v.block_error, v.limit.block);
        }
}

/* Moves a place off the diagonal to the right, to one that is not sampled. */
static struct entry unsampled(const struct oracle *o, struct entry at)
{
    for (size_t i = 0; i < o->entry_count; i++)
        if (o->entries[i].row == at.row && o->entries[i].col == at.col) {
            at.col = (at.col + 1) % (uint32_t)o->problem.n;
            i = (size_t)-1;
        }
    return at;
}

Test(verify, a_wrong_entry_that_no_sample_hits_is_told_by_its_row)
{
    const struct problem p = matmul(200, RANGE_UNIT);
    const struct variant v = {.op = OP_MATMUL, .name = "v"};
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    struct verdict verdict;
    struct sample sample;
    cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_OK);
    const struct entry at = unsampled(&o, (struct entry){140, 3});
    fake_backend.run(job, &v, 1, &sample, NULL);
    job->c[at.row * 200 + at.col] += 10;
    cr_assert_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, NULL), STATUS_OK);
    cr_expect_not(verdict.ok);
    cr_expect_eq(strncmp(verdict.reason, "row 140 of C sums to ", 21), 0, "%s", verdict.reason);
    cr_expect_not_null(strstr(verdict.reason, "(rel. error +"), "%s", verdict.reason);
    oracle_free(&o);
    fake_backend.end(job);
}

/* The verdict on a right product of order 200 but for an entry at or beside *at, off by 1.5 times
 * its limit; with blocks of 128 columns, which do not see that. */
static struct verdict judged_slowly(enum range range, struct entry *at, bool is_full, bool is_right)
{
    const struct problem p = matmul(200, range);
    const struct variant v = {.op = OP_MATMUL, .name = "v"};
    const struct device_facts slow = {.f64_flops = 1};
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    struct verdict verdict;
    struct sample sample;
    cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_OK);
    o.device = &slow;
    o.is_full = is_full;
    *at = unsampled(&o, *at);
    fake_backend.run(job, &v, 1, &sample, NULL);
    const struct tolerance limit = verify_tolerance(&p, &v, 0);
    const double scale = fmax(oracle_entry_scale(&o, *at), limit.tiny);
    float *c = &job->c[at->row * 200 + at->col];
    if (!is_right)
        *c = (float)((double)*c + 1.5 * limit.entry * fmax(fabs((double)*c), scale));
    cr_assert_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, NULL), STATUS_OK);
    cr_expect_eq(verdict.is_full, is_full);
    oracle_free(&o);
    fake_backend.end(job);
    return verdict;
}

Test(verify, in_full_any_one_entry_beyond_its_limit_is_found_and_named)
{
    const struct entry places[] = {{0, 1},    {199, 0}, {100, 99},  {7, 150},
                                   {150, 13}, {64, 63}, {127, 128}, {33, 34}};
    unsigned unseen = 0;
    for (int range = RANGE_UNIT; range <= RANGE_WIDE; range++) {
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            char name[32];
            struct entry at = places[i];
            cr_expect(judged_slowly((enum range)range, &at, true, true).ok);
            const struct verdict v = judged_slowly((enum range)range, &at, true, false);
            snprintf(name, sizeof name, "C[%u][%u] is", at.row, at.col);
            cr_expect_not(v.ok, "%s %s", range_name((enum range)range), name);
            cr_expect_eq(strncmp(v.reason, name, strlen(name)), 0, "%s: %s", name, v.reason);
            unseen += judged_slowly((enum range)range, &at, false, false).ok;
        }
    }
    cr_expect_geq(unseen, 10, "most pass without: %u", unseen);
}

/* C[30][j] of -1.4 times its usual size is off by more than an entry of the usual size may be, and
 * by less than its own size allows; C[30][k] is beyond its limit, though by less. */
Test(verify, in_full_a_large_entry_does_not_hide_a_wrong_one_in_its_row)
{
    const struct problem p = matmul(200, RANGE_SIGNED);
    const struct variant v = {.op = OP_MATMUL, .name = "v"};
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    struct verdict verdict;
    struct sample sample;
    cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_OK);
    o.is_full = true;
    fake_backend.run(job, &v, 1, &sample, NULL);
    const double limit = verify_tolerance(&p, &v, 0).entry,
                 scale = oracle_entry_scale(&o, (struct entry){30, 0});
    size_t large = 0, small = 0;
    float *row = job->c + 30 * 200;
    for (size_t j = 0; j < 200; j++)
        if (j != 30 && fabsf(row[j]) > fabsf(row[large]))
            large = j;
    while (fabs((double)row[small]) > scale ||
           unsampled(&o, (struct entry){30, (uint32_t)small}).col != small)
        small++;
    cr_assert_gt(fabs((double)row[large]), 2 * scale);
    row[large] = (float)((double)row[large] + 1.5 * limit * scale);
    row[small] = (float)((double)row[small] + 1.2 * limit * scale);
    cr_assert_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, NULL), STATUS_OK);
    char name[32];
    snprintf(name, sizeof name, "C[30][%zu] is", small);
    cr_expect_not(verdict.ok);
    cr_expect_eq(strncmp(verdict.reason, name, strlen(name)), 0, "%s: %s", name, verdict.reason);
    oracle_free(&o);
    fake_backend.end(job);
}

static void swap_two_columns_of_a_row(struct job *job, void *context)
{
    const size_t *at = context;
    float *c = job->c + 64 * job->problem.n, kept = c[at[0]];
    c[at[0]] = c[at[1]];
    c[at[1]] = kept;
}

/* Neighbours, and columns at any distance: the least difference of two weights is 0.05. */
Test(verify, two_columns_swapped_in_one_row_are_found)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct problem p = matmul(200, RANGE_UNIT);
        p.seed = seed;
        size_t at[2] = {96 + seed % 8, 96 + (seed + 1 + seed / 8) % 8};
        if (at[0] == at[1])
            continue;
        const struct verdict v = judged_spoilt(p, ARITH_F32, swap_two_columns_of_a_row, at);
        cr_expect_not(v.ok, "%zu and %zu: %g of %g", at[0], at[1], v.block_error, v.limit.block);
    }
}
