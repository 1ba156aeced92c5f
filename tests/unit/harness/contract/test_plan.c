/* test_plan.c - amounts of memory in words, and whether a problem fits. */
#include "harness/contract/plan.h"

#include "harness/contract/backend.h"

#include <criterion/criterion.h>
#include <string.h>

Test(plan_judge, an_amount_has_a_decimal_from_a_kib_on_and_stays_below_1024)
{
    static const struct {
        uint64_t bytes;
        const char *want;
    } cases[] = {{0, "0 bytes"},
                 {1023, "1023 bytes"},
                 {1024, "1.0 KiB"},
                 {1048524, "1023.9 KiB"},
                 {1048525, "1.0 MiB"},
                 {UINT64_C(1) << 30, "1.0 GiB"},
                 {UINT64_C(3) << 39, "1.5 TiB"},
                 {UINT64_C(1) << 50, "1.0 PiB"},
                 {UINT64_C(5) << 60, "5120.0 PiB"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[AMOUNT_BYTES];
        cr_expect_str_eq(amount_of_bytes(text, cases[i].bytes), cases[i].want);
    }
}

/* The sentence about a problem that needs so many bytes where 4096 are free; "" if it fits. */
static const char *judged(enum op op, uint64_t bytes, uint64_t available, const struct variant *v,
                          const char *way_out)
{
    static struct plan plan;
    const struct device_facts device = {.name = "Example", .memory_free = available};
    plan = (struct plan){.problem = {.op = op, .n = 70}, .bytes = bytes};
    plan_judge(&plan, &device, v, way_out);
    cr_expect_eq(plan.fits, !*plan.sentence);
    return plan.sentence;
}

Test(plan_judge, a_problem_fits_into_all_that_is_free_or_where_that_is_unknown)
{
    cr_expect_str_empty(judged(OP_MATMUL, 4096, 4096, NULL, NULL));
    cr_expect_str_empty(judged(OP_MATMUL, 1 << 30, 0, NULL, NULL));
}

Test(plan_judge, what_does_not_fit_is_told_with_both_amounts)
{
    static const struct variant v = {.name = "tile"};
    cr_expect_str_eq(judged(OP_MATMUL, 8192, 4096, &v, "Not said."),
                     "needs 8.0 KiB, 4.0 KiB are free");
    cr_expect_str_eq(judged(OP_SUM_AAT, 4097, 4096, NULL, NULL),
                     "N = 70 needs at least 4.0 KiB for sum-aat; Example has 4.0 KiB free. Choose "
                     "a smaller N.");
    cr_expect_str_eq(judged(OP_MATMUL, 8192, 4096, NULL, "Try a GPU."),
                     "N = 70 needs 8.0 KiB for matmul (A and C); Example has 4.0 KiB free. Try a "
                     "GPU.");
    cr_expect_str_eq(judged(OP_REDUCE, 8192, 4096, NULL, ""),
                     "N = 70 needs 8.0 KiB for reduce; Example has 4.0 KiB free. ");
}
