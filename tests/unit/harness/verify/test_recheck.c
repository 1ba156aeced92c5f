/* test_recheck.c - which timed runs are checked again, against what, and which speeds are doubted.
 */
#include "harness/verify/recheck.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <math.h>

static const nanos twenty_ms = 20000000;

static double poisoned_of_8000(enum op op, nanos run_ns)
{
    const struct variant v = {.op = op};
    uint64_t random = 1;
    double count = 0;
    for (int i = 0; i < 8000; i++)
        count += recheck_poisons(&v, run_ns, &random);
    return count;
}

Test(recheck, a_long_run_is_always_poisoned_and_one_in_eight_of_short_sums)
{
    cr_expect_eq(poisoned_of_8000(OP_MATMUL, twenty_ms), 8000);
    cr_expect_eq(poisoned_of_8000(OP_MATMUL, twenty_ms - 1), 0);
    cr_expect_eq(poisoned_of_8000(OP_REDUCE, twenty_ms), 8000);
    cr_expect_float_eq(poisoned_of_8000(OP_REDUCE, twenty_ms - 1), 1000, 100);
    cr_expect_float_eq(poisoned_of_8000(OP_SUM_AAT, 1), 1000, 100);
}

/* The generator is Knuth's of MMIX. Its upper bits decide, because its lower ones repeat soon. */
Test(recheck, the_runs_that_are_poisoned_follow_from_the_seed)
{
    const struct variant v = {.op = OP_REDUCE};
    uint64_t random = 1, want = 1;
    for (int i = 0; i < 100; i++) {
        want = want * 6364136223846793005u + 1442695040888963407u;
        cr_expect_eq(recheck_poisons(&v, 1, &random), want / 8589934592 % 8 == 0, "run %d", i);
        cr_assert_eq(random, want);
    }
}

Test(recheck, the_same_sum_has_the_same_bits_unless_a_library_or_the_order_may_differ)
{
    const struct verdict verdict = {.sum = 2, .sum_scale = 4, .limit.sum = 0.125};
    const struct variant ours = {.name = "ours"}, library = {.library = true},
                         atomics = {.order_varies = true};
    cr_expect(recheck_is_same(&ours, &verdict, 2));
    cr_expect_not(recheck_is_same(&ours, &verdict, nextafter(2, 3)));
    const struct variant *const loose[] = {&library, &atomics};
    for (int i = 0; i < 2; i++) {
        cr_expect(recheck_is_same(loose[i], &verdict, 2.5), "at the limit");
        cr_expect(recheck_is_same(loose[i], &verdict, 1.5));
        cr_expect_not(recheck_is_same(loose[i], &verdict, nextafter(2.5, 3)));
        cr_expect_not(recheck_is_same(loose[i], &verdict, nextafter(1.5, 1)));
        cr_expect_not(recheck_is_same(loose[i], &verdict, NAN));
    }
}

/* The answer of a job whose sum is that; *why says what is wrong. */
static enum status rechecked(enum op op, double sum, bool is_ok, bool was_poisoned,
                             enum fake_fault fault, struct failure *why)
{
    struct job job = {.sum = sum, .fault = fault};
    const struct variant v = {.op = op, .name = "v"};
    const struct verdict verdict = {.ok = is_ok, .sum = 2.5};
    *why = (struct failure){.text = ""};
    return recheck_answer(&fake_backend, &job, &v, &verdict, was_poisoned, why);
}

Test(recheck, a_timed_run_must_leave_the_verified_sum)
{
    struct failure why;
    cr_expect_eq(rechecked(OP_REDUCE, 2.5, true, true, FAULT_NONE, &why), STATUS_OK);
    cr_expect_eq(rechecked(OP_REDUCE, NAN, true, true, FAULT_NONE, &why), STATUS_WRONG);
    cr_expect_str_eq(why.text,
                     "a timed run left no result: the device did not do the work (the first run "
                     "did, and was verified)");
    cr_expect_eq(rechecked(OP_REDUCE, 2.25, true, false, FAULT_NONE, &why), STATUS_WRONG);
    cr_expect_str_eq(why.text, "a timed run gave the sum 2.25, the verified one 2.5: the same work "
                               "on the same data must give the same bits");
    cr_expect_eq(rechecked(OP_REDUCE, 2.5, true, true, FAULT_NO_ANSWER, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "no answer from v");
}

Test(recheck, a_wrong_variant_and_a_product_that_was_not_poisoned_are_not_asked_again)
{
    struct failure why;
    cr_expect_eq(rechecked(OP_REDUCE, NAN, false, true, FAULT_NONE, &why), STATUS_OK);
    cr_expect_eq(rechecked(OP_MATMUL, NAN, true, false, FAULT_NONE, &why), STATUS_OK);
    cr_expect_eq(rechecked(OP_MATMUL, NAN, true, true, FAULT_NONE, &why), STATUS_WRONG);
}

/* A product of order 10 is 2000 FLOP, a sum of it reads 400 bytes. */
static enum status speed_of(enum op op, const struct device_facts *device, double median_s,
                            struct failure *why)
{
    const struct problem p = {.op = op, .n = 10, .element = ELEMENT_F32};
    const struct variant v = {.op = op, .arithmetic = ARITH_TF32};
    *why = (struct failure){.text = ""};
    return recheck_speed(&p, &v, device, median_s, why);
}

Test(recheck, a_product_may_reach_a_hundredth_more_than_the_peak_of_its_arithmetic)
{
    struct failure why;
    struct device_facts gpu = {.cache_bytes = 1};
    cr_expect_eq(speed_of(OP_MATMUL, &gpu, 1e-9, &why), STATUS_OK, "its peak is unknown");
    gpu.peak_flops[ARITH_TF32] = 1000;
    cr_expect_eq(speed_of(OP_MATMUL, &gpu, 1.9803, &why), STATUS_OK);
    cr_expect_eq(speed_of(OP_MATMUL, &gpu, 1.98, &why), STATUS_WRONG);
    cr_expect_str_eq(why.text,
                     "a median of 1.98 s is 101 % of the device's peak: the times of this "
                     "device or its driver are not to be believed");
    cr_expect_eq(speed_of(OP_MATMUL, &gpu, 0, &why), STATUS_OK, "no time is no speed");
    cr_expect_eq(speed_of(OP_MATMUL, &gpu, 1e-3, &why), STATUS_WRONG);
    gpu.peak_flops[ARITH_TF32] = 0.5;
    cr_expect_eq(speed_of(OP_MATMUL, &gpu, 3900, &why), STATUS_WRONG, "a very slow device");
}

Test(recheck, a_peak_that_was_measured_may_be_exceeded_twice)
{
    struct failure why;
    struct device_facts cpu = {.cache_bytes = 0};
    cpu.peak_flops[ARITH_TF32] = 1000;
    cr_expect_eq(speed_of(OP_MATMUL, &cpu, 1.001, &why), STATUS_OK);
    cr_expect_eq(speed_of(OP_MATMUL, &cpu, 0.999, &why), STATUS_WRONG);
}

Test(recheck, a_sum_that_only_reads_is_compared_with_the_memory_unless_a_cache_may_hold_it)
{
    struct failure why;
    struct device_facts gpu = {.cache_bytes = 100, .peak_bytes = 200};
    gpu.peak_flops[ARITH_TF32] = 1;
    cr_expect_eq(speed_of(OP_REDUCE, &gpu, 1.9803, &why), STATUS_OK);
    cr_expect_eq(speed_of(OP_REDUCE, &gpu, 1.98, &why), STATUS_WRONG);
    gpu.cache_bytes = 101;
    cr_expect_eq(speed_of(OP_REDUCE, &gpu, 1.98, &why), STATUS_OK, "less than four times a cache");
}
