#include "harness/base/interrupt.h"
#include "harness/measure/verify.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct entry nowhere = {0, 0};

/* Makes a matrix, poisons C, runs the (perhaps faulty) variant and judges it. */
static struct verdict judged(struct problem p, enum arithmetic arithmetic, enum fake_fault fault,
                             struct entry place)
{
    const struct variant v = {.op = p.op, .name = "v", .arithmetic = arithmetic};
    struct job *job = fake_job(p, fault, place);
    struct oracle o;
    struct verdict verdict;
    struct sample sample;
    struct failure why = {.text = ""};

    cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, &why), STATUS_OK, "%s", why.text);
    fake_backend.poison(job, &why);
    fake_backend.run(job, &v, 1, &sample, &why);
    cr_assert_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, &why), STATUS_OK, "%s", why.text);
    oracle_free(&o);
    fake_backend.end(job);
    return verdict;
}

static struct problem matmul(uint64_t n, enum range range)
{
    return (struct problem){OP_MATMUL, n, 1, range, ELEMENT_F32};
}

Test(verify, right_results_pass_in_every_operation_arithmetic_range_and_odd_order)
{
    static const uint64_t orders[] = {1, 2, 3, 31, 33, 127, 128, 129};
    for (int op = 0; op < OP_COUNT; op++)
        for (int a = 0; a < ARITH_COUNT; a++)
            for (int range = RANGE_UNIT; range <= RANGE_SIGNED; range++)
                for (size_t i = 0; i < sizeof orders / sizeof orders[0] &&
                                   element_of((enum arithmetic)a) == ELEMENT_F32;
                     i++) {
                    const struct problem p = {(enum op)op, orders[i], 1, (enum range)range,
                                              ELEMENT_F32};
                    const struct verdict v = judged(p, (enum arithmetic)a, FAULT_NONE, nowhere);
                    cr_expect(v.ok, "%s %s n=%lu %s: %s", op_name(p.op),
                              arithmetic_name((enum arithmetic)a), p.n, range_name(p.range),
                              v.reason);
                    cr_expect_eq(v.reason[0], '\0');
                }
}

Test(verify, faults_are_found_and_named)
{
    static const struct {
        enum fake_fault fault;
        enum range range;
        struct entry place;
        const char *reason; /* what it begins with */
    } cases[] = {
        {FAULT_DROPPED_STEP, RANGE_UNIT, {0, 0}, "C["},
        {FAULT_DROPPED_STEP, RANGE_SIGNED, {0, 0}, "C["},
        {FAULT_SWAPPED_TILES, RANGE_UNIT, {0, 0}, "C["},
        {FAULT_SWAPPED_TILES, RANGE_SIGNED, {0, 0}, "C["},
        {FAULT_MIRRORED_TILE, RANGE_UNIT, {0, 0}, "C["},
        {FAULT_LOST_TILE, RANGE_UNIT, {0, 0}, "C["},
        {FAULT_NAN_ENTRY, RANGE_UNIT, {127, 0}, "C[127][0] is NaN"},
        {FAULT_NAN_ENTRY, RANGE_SIGNED, {0, 0}, "C[0][0] is NaN"},
        {FAULT_UNWRITTEN, RANGE_UNIT, {128, 128}, "C[128][128] is NaN"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct verdict v =
            judged(matmul(150, cases[i].range), ARITH_F32, cases[i].fault, cases[i].place);
        cr_expect_not(v.ok, "case %zu", i);
        cr_expect_eq(strncmp(v.reason, cases[i].reason, strlen(cases[i].reason)), 0, "case %zu: %s",
                     i, v.reason);
    }
}

Test(verify, swapped_tiles_leave_the_sum_right_and_fail_all_the_same)
{
    const struct verdict v =
        judged(matmul(150, RANGE_UNIT), ARITH_F32, FAULT_SWAPPED_TILES, nowhere);
    cr_expect_leq(fabs(v.sum_error), v.limit.sum);
    cr_expect_leq(v.row_error, v.limit.row, "both lie in the same rows");
    cr_expect_gt(v.worst_entry, 1000 * v.limit.entry);
    cr_expect_not(v.ok);
}

Test(verify, a_mirrored_tile_shows_in_the_row_sums)
{
    const struct verdict v =
        judged(matmul(150, RANGE_UNIT), ARITH_F32, FAULT_MIRRORED_TILE, nowhere);
    cr_expect_leq(fabs(v.sum_error), v.limit.sum);
    cr_expect_gt(v.row_error, 100 * v.limit.row);
}

/* n is large enough for most entries to be unseen: place is found not to be among the sampled. */
Test(verify, an_unwritten_entry_that_no_sample_hits_shows_in_its_row_sum)
{
    struct problem p = matmul(200, RANGE_UNIT);
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_OK);
    static bool seen[200][200];
    for (size_t i = 0; i < o.entry_count; i++)
        seen[o.entries[i].row][o.entries[i].col] = true;
    struct entry unseen = {140, 0};
    while (seen[unseen.row][unseen.col])
        unseen.col++;
    const struct variant variant = {.op = OP_MATMUL, .name = "v"};
    struct verdict v;
    struct sample sample;
    job->fault = FAULT_UNWRITTEN;
    job->place = unseen;
    fake_backend.poison(job, NULL);
    fake_backend.run(job, &variant, 1, &sample, NULL);
    cr_assert_eq(verify(&fake_backend, job, &variant, &o, 0, &v, NULL), STATUS_OK);
    oracle_free(&o);
    fake_backend.end(job);

    cr_expect_not(v.ok);
    cr_expect_eq(strncmp(v.reason, "row 140 of C sums to NaN", 24), 0, "%s", v.reason);
    cr_expect(isinf(v.row_error));
    cr_expect_leq(v.worst_entry, v.limit.entry);
}

Test(verify, truncated_operands_do_not_pass_for_rounded_ones)
{
    for (int range = RANGE_UNIT; range <= RANGE_SIGNED; range++) {
        const struct problem p = matmul(200, (enum range)range);
        cr_expect(judged(p, ARITH_TF32, FAULT_NONE, nowhere).ok);
        cr_expect_not(judged(p, ARITH_TF32, FAULT_TRUNCATED, nowhere).ok, "%s",
                      range_name(p.range));
        cr_expect_not(judged(p, ARITH_BF16, FAULT_TRUNCATED, nowhere).ok, "%s",
                      range_name(p.range));
    }
}

Test(verify, bias_is_the_signed_mean_error)
{
    const struct verdict rounded = judged(matmul(200, RANGE_UNIT), ARITH_TF32, FAULT_NONE, nowhere);
    const struct verdict truncated =
        judged(matmul(200, RANGE_UNIT), ARITH_TF32, FAULT_TRUNCATED, nowhere);
    cr_expect_lt(fabs(rounded.bias), 1e-5);
    cr_expect_float_eq(truncated.bias, -6.7e-4, 0.5e-4, "%g", truncated.bias);
    cr_expect_float_eq(truncated.rel_f, 6.7e-4, 0.5e-4, "%g", truncated.rel_f);
}

Test(verify, on_a_signed_range_the_large_diagonal_does_not_hide_the_other_entries)
{
    const struct verdict v = judged(matmul(90, RANGE_SIGNED), ARITH_TF32, FAULT_NONE, nowhere);
    cr_expect(v.rel_f > 2.3e-4 && v.rel_f < 2.9e-4, "%g", v.rel_f);
}

Test(verify, entries_that_happen_to_cancel_do_not_fail_a_small_matrix)
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        const struct problem p = {OP_MATMUL, 2, seed, RANGE_SIGNED, ELEMENT_F32};
        const struct verdict v = judged(p, ARITH_BF16, FAULT_NONE, nowhere);
        cr_expect(v.ok, "seed %lu: %s", seed, v.reason);
    }
}

/* The smaller the matrix, the fewer roundings there are to average out. */
Test(verify, a_right_product_of_any_small_order_passes)
{
    static const enum arithmetic arithmetics[] = {ARITH_F32, ARITH_TF32, ARITH_BF16};
    for (unsigned n = 1; n <= 40; n++)
        for (int range = RANGE_UNIT; range <= RANGE_SIGNED; range++)
            for (size_t a = 0; a < sizeof arithmetics / sizeof arithmetics[0]; a++)
                for (uint64_t seed = 1; seed <= 10; seed++) {
                    struct problem p = matmul(n, (enum range)range);
                    p.seed = seed;
                    const struct verdict v = judged(p, arithmetics[a], FAULT_NONE, nowhere);
                    cr_expect(v.ok, "n = %u, %s, %s, seed %lu: %s", n, range_name(p.range),
                              arithmetic_name(arithmetics[a]), (unsigned long)seed, v.reason);
                }
}

Test(verify, a_wrong_sum_alone_is_found_in_sum_aat_and_reduce)
{
    static const enum op ops[] = {OP_SUM_AAT, OP_REDUCE};
    for (int i = 0; i < 2; i++) {
        const struct problem p = {ops[i], 150, 1, RANGE_UNIT, ELEMENT_F32};
        const struct verdict v = judged(p, ARITH_F32, FAULT_LOST_TILE, nowhere);
        cr_expect_not(v.ok);
        cr_expect_eq(strncmp(v.reason, "sum ", 4), 0, "%s", v.reason);
        cr_expect_lt(v.sum_error, -1e-3);
        cr_expect(isnan(v.row_error) && isnan(v.rel_f) && isnan(v.bias) && isnan(v.worst_entry));
    }
}

Test(verify, a_backend_that_cannot_tell_is_an_error_and_no_verdict)
{
    static const enum fake_fault faults[] = {FAULT_NO_ANSWER, FAULT_NO_ENTRIES};
    for (int i = 0; i < 2; i++) {
        const struct problem p = matmul(10, RANGE_UNIT);
        const struct variant v = {.op = OP_MATMUL, .name = "v"};
        struct job *job = fake_job(p, faults[i], nowhere);
        struct oracle o;
        struct verdict verdict;
        struct failure why = {.text = ""};
        cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, &why), STATUS_OK);
        cr_expect_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, &why), STATUS_FAILED);
        cr_expect_neq(why.text[0], '\0');
        cr_expect_not(verdict.ok);
        oracle_free(&o);
        fake_backend.end(job);
    }
}

Test(verify, an_interrupt_ends_it_without_a_verdict)
{
    const struct problem p = matmul(10, RANGE_UNIT);
    const struct variant v = {.op = OP_MATMUL, .name = "v"};
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    struct verdict verdict;
    cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_OK);
    interrupt_request(SIGINT);
    cr_expect_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, NULL), STATUS_INTERRUPTED);
    cr_expect_not(verdict.ok);
    oracle_free(&o);
    fake_backend.end(job);
}

/* A right C, of which one thing is changed: by what, and the verdict. */
static struct verdict judged_spoilt(struct problem p, enum arithmetic arithmetic,
                                    void (*spoil)(struct job *, void *), void *context)
{
    const struct variant v = {.op = p.op, .name = "v", .arithmetic = arithmetic};
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    struct verdict verdict;
    struct sample sample;
    job->spoil = spoil;
    job->spoil_context = context;
    cr_assert_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_OK);
    fake_backend.run(job, &v, 1, &sample, NULL);
    cr_assert_eq(verify(&fake_backend, job, &v, &o, 0, &verdict, NULL), STATUS_OK);
    oracle_free(&o);
    fake_backend.end(job);
    return verdict;
}

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

static struct verdict fine(void)
{
    return (struct verdict){
        .sum = 2.5e11,
        .want = 2.5e11,
        .limit = {.sum = 1e-6, .row = 1e-6, .rel_f = 1e-5, .bias = 2e-6, .entry = 5e-5},
    };
}

Test(verdict, the_reason_tells_sum_wanted_sum_error_and_limit)
{
    struct verdict v = fine();
    v.sum = 2.4996e11;
    v.want = 2.5002e11;
    v.sum_error = -2.4e-4;
    verdict_judge(&v);
    cr_expect_not(v.ok);
    cr_expect_str_eq(v.reason,
                     "sum 2.4996e+11, want 2.5002e+11 (rel. error -2.4e-04, limit 1e-06)");
}

Test(verdict, each_error_alone_can_fail_it_and_at_its_limit_passes)
{
    static const double just[] = {1, -1, 1.001, -1.001, INFINITY, -INFINITY};
    for (int which = 0; which < 5; which++)
        for (int i = 0; i < 6; i++) {
            struct verdict v = fine();
            double *const errors[] = {&v.sum_error, &v.row_error, &v.rel_f, &v.bias,
                                      &v.worst_entry};
            const double limits[] = {v.limit.sum, v.limit.row, v.limit.rel_f, v.limit.bias,
                                     v.limit.entry};
            *errors[which] = just[i] * limits[which];
            verdict_judge(&v);
            cr_expect_eq(v.ok, i < 2, "error %d, %g times its limit", which, just[i]);
            cr_expect_eq(v.reason[0] == '\0', v.ok);
        }
}

Test(verdict, errors_not_looked_at_do_not_fail_it_but_a_sum_of_nan_does)
{
    struct verdict v = fine();
    v.row_error = v.rel_f = v.worst_entry = v.bias = NAN;
    verdict_judge(&v);
    cr_expect(v.ok, "%s", v.reason);

    v.sum = v.sum_error = NAN;
    verdict_judge(&v);
    cr_expect_not(v.ok);
    cr_expect_not_null(strstr(v.reason, "NaN"), "%s", v.reason);

    v = fine();
    v.sum_error = NAN;
    verdict_judge(&v);
    cr_expect_not(v.ok, "an error that cannot be computed is no small one");
}

/* A matrix of order 10000 as formulas: entries near n/4 with the errors of a right FP32 kernel, and
 * one tile that may be wrong. Nothing of its size is ever stored. */
enum { MODEL_N = 10000, MODEL_TILE = 128 };
static const struct model {
    double tile_error; /* relative, in each entry of one tile */
    int tile_row, tile_col;
} *model;

/* Between -1 and 1, mean 0, by place. */
static double wiggle(uint32_t row, uint32_t col, uint32_t salt)
{
    uint32_t x = (row * 2654435761u) ^ (col * 2246822519u) ^ (salt * 3266489917u);
    x = (x ^ x >> 15) * 2246822519u;
    x ^= x >> 13;
    return x * 0x1p-31 - 1;
}

static bool in_tile(uint32_t row, uint32_t col)
{
    return (int)row / MODEL_TILE == model->tile_row && (int)col / MODEL_TILE == model->tile_col;
}

static double model_value(uint32_t row, uint32_t col)
{
    return (double)MODEL_N / 4. * (1 + 0.02 * wiggle(row, col, 0));
}

static enum status model_column_sums(struct job *job, long double *out, struct failure *why)
{
    (void)job, (void)why;
    for (int k = 0; k < MODEL_N; k++)
        out[k] = (double)MODEL_N / 2.;
    return STATUS_OK;
}

static enum status model_a_times(struct job *job, const long double *x, long double *out,
                                 struct failure *why)
{
    (void)job, (void)why;
    for (int i = 0; i < MODEL_N; i++)
        out[i] = (double)MODEL_N / 2. * x[i];
    return STATUS_OK;
}

static enum status model_dots(struct job *job, const struct entry *e, size_t count,
                              long double *out, struct failure *why)
{
    (void)job, (void)why;
    for (size_t i = 0; i < count; i++)
        out[i] = model_value(e[i].row, e[i].col);
    return STATUS_OK;
}

static enum status model_c_entries(struct job *job, const struct entry *e, size_t count,
                                   double *out, struct failure *why)
{
    (void)job, (void)why;
    for (size_t i = 0; i < count; i++) {
        double c = model_value(e[i].row, e[i].col) * (1 + 2.6e-6 * wiggle(e[i].row, e[i].col, 1));
        if (in_tile(e[i].row, e[i].col))
            c *= 1 - model->tile_error;
        out[i] = (double)(float)c;
    }
    return STATUS_OK;
}

static const double model_row_sum = (double)MODEL_N * (double)MODEL_N / 4;

static enum status model_c_row_sums(struct job *job, long double *out, struct failure *why)
{
    (void)job, (void)why;
    for (uint32_t i = 0; i < MODEL_N; i++) {
        out[i] = model_row_sum * (1 - 3e-8 + 6e-8 * wiggle(i, 0, 2));
        if ((int)i / MODEL_TILE == model->tile_row)
            out[i] -= model_row_sum * model->tile_error * (double)MODEL_TILE / (double)MODEL_N;
    }
    return STATUS_OK;
}

static enum status model_answer(struct job *job, const struct variant *v, double *sum,
                                struct failure *why)
{
    (void)job, (void)v, (void)why;
    const double share =
        (double)MODEL_TILE * (double)MODEL_TILE / ((double)MODEL_N * (double)MODEL_N);
    *sum = model_row_sum * (double)MODEL_N * (1 - 3.3e-8 - model->tile_error * share);
    return STATUS_OK;
}

static enum status model_a_entries(struct job *job, const struct entry *e, size_t count,
                                   double *out, struct failure *why)
{
    (void)job, (void)why;
    const struct problem p = {OP_MATMUL, MODEL_N, 1, RANGE_UNIT, ELEMENT_F32};
    for (size_t i = 0; i < count; i++)
        out[i] = (double)fake_entry_of_a(&p, e[i]);
    return STATUS_OK;
}

static const struct backend model_backend = {
    .name = "model",
    .answer = model_answer,
    .oracle_column_sums = model_column_sums,
    .oracle_a_times = model_a_times,
    .oracle_dots = model_dots,
    .a_entries = model_a_entries,
    .c_row_sums = model_c_row_sums,
    .c_entries = model_c_entries,
};

static struct verdict judge_model(const struct oracle *o, const struct model *m)
{
    const struct variant v = {.op = OP_MATMUL, .name = "v", .arithmetic = ARITH_F32};
    struct verdict verdict;
    model = m;
    cr_assert_eq(verify(&model_backend, NULL, &v, o, 0, &verdict, NULL), STATUS_OK);
    return verdict;
}

Test(verify, at_ten_thousand_a_k_step_of_8_lost_in_any_one_tile_is_found)
{
    const struct problem p = matmul(MODEL_N, RANGE_UNIT);
    struct oracle o;
    cr_assert_eq(oracle_make(&model_backend, NULL, &p, &o, NULL), STATUS_OK);

    const struct verdict right = judge_model(&o, &(struct model){.tile_error = 0});
    cr_expect(right.ok, "%s", right.reason);
    cr_expect_float_eq(right.rel_f, 1.5e-6, 1e-7, "as FP32 really is: %g", right.rel_f);

    size_t seen = 0;
    for (int tile = 0; tile < MODEL_N / MODEL_TILE; tile++) {
        const struct model lost = {8. / (double)MODEL_N, tile,
                                   (tile * 37 + 5) % (MODEL_N / MODEL_TILE)};
        const struct verdict v = judge_model(&o, &lost);
        cr_expect_not(v.ok, "tile row %d", tile);
        cr_expect_leq(fabs(v.sum_error), v.limit.sum, "the sum cannot tell");
        cr_expect_gt(v.row_error, 5 * v.limit.row);
        seen += v.worst_entry > v.limit.entry;
    }
    cr_expect_geq(seen, 70 * (MODEL_N / MODEL_TILE) / 100, "%zu seen in an entry too", seen);
    oracle_free(&o);
}
