/* test_verify.c - right results pass, faults of every kind are found, and what ends the check. */
#include "harness/base/interrupt.h"
#include "harness/verify/verify.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/harness/verify/judged.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <string.h>

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

static void enlarge_by_a_thousandth(struct job *job, void *context)
{
    (void)context;
    for (size_t i = 0; i < job->problem.n * job->problem.n; i++)
        job->c[i] *= 1.001f;
}

/* Of few entries, the sum in units of their scales may exceed their number. */
Test(verify, bias_is_never_more_than_every_entry_has)
{
    size_t full = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct problem p = matmul(5, RANGE_UNIT);
        p.seed = seed;
        const double bias = judged_spoilt(p, ARITH_F32, enlarge_by_a_thousandth, NULL).bias;
        cr_expect_lt(bias, 1.0005e-3, "seed %d: %g", (int)seed, bias);
        full += bias > 0.9995e-3;
    }
    cr_expect(full > 0 && full < 20, "%zu", full);
}

/* Entries that are too large by a thousandth, whatever their sign: 0.8 of that in their scale. */
Test(verify, bias_of_negative_entries_adds_to_that_of_positive_ones)
{
    const struct verdict v =
        judged_spoilt(matmul(200, RANGE_SIGNED), ARITH_F32, enlarge_by_a_thousandth, NULL);
    cr_expect_float_eq(v.bias, 8e-4, 0.4e-4, "%g", v.bias);
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
