/* test_cpu_plan.c - which matrices fit, what is counted, and which variant auto takes. */
#include "cpu/backend/cpu_backend.h"
#include "cpu/backend/job.h"
#include "tests/unit/cpu/backend/opened.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/resource.h>

Test(cpu_backend, a_matrix_that_does_not_fit_is_refused_in_a_sentence)
{
    static const struct {
        enum op op;
        const char *needs;
    } cases[] = {{OP_SUM_AAT, "14.6 TiB for sum-aat;"},
                 {OP_MATMUL, "29.1 TiB for matmul (A and C);"},
                 {OP_REDUCE, "14.6 TiB for reduce;"}};
    struct rlimit data;
    getrlimit(RLIMIT_DATA, &data);
    data.rlim_cur = data.rlim_max; /* a limit of the shell would be named */
    setrlimit(RLIMIT_DATA, &data);
    struct device *device = open_cpu(1);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct problem p = {.op = cases[i].op, .n = 2000000};
        struct failure why = {0};
        struct job *job = NULL;
        struct plan plan;
        cpu->plan(device, NULL, &p, &plan);
        cr_assert_eq(cpu->begin(device, &plan, &job, &why), STATUS_NO_MEMORY);
        cr_expect_null(job);
        cr_expect(strstr(why.text, "N = 2000000 needs"), "%s", why.text);
        cr_expect(strstr(why.text, cases[i].needs), "%s", why.text);
        cr_expect(strstr(why.text, "iB free. Choose a smaller N."), "%s", why.text);
    }
    cpu->close(device);
}

Test(cpu_backend, an_order_outside_the_limits_is_refused)
{
    static const uint64_t orders[] = {0, PROBLEM_MAX_N + 1u, UINT64_MAX};
    struct device *device = open_cpu(1);

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct problem p = {.op = OP_REDUCE, .n = orders[i]};
        struct failure why = {0};
        struct job *job = NULL;
        const struct plan plan = {.problem = p, .fits = true};
        cr_expect_eq(cpu->begin(device, &plan, &job, &why), STATUS_USAGE, "%s", why.text);
    }
    cpu->close(device);
}

static uint64_t planned_bytes(const struct device *device, enum op op, const char *name)
{
    const struct problem p = {.op = op, .n = 1000};
    struct plan plan;

    cpu->plan(device, name ? find_variant(op, name) : NULL, &p, &plan);
    cr_expect(plan.fits && plan.sentence[0] == '\0', "%s", plan.sentence);
    return plan.bytes;
}

Test(cpu_backend, a_plan_counts_c_only_where_it_is_stored)
{
    struct device *device = open_cpu(1);

    cr_expect_eq(planned_bytes(device, OP_SUM_AAT, NULL), 4000000);
    cr_expect_eq(planned_bytes(device, OP_SUM_AAT, "reference"), 4000000);
    cr_expect_eq(planned_bytes(device, OP_SUM_AAT, "openblas-syrk"), 8000000);
    cr_expect_eq(planned_bytes(device, OP_MATMUL, "reference"), 8000000);
    cr_expect_eq(planned_bytes(device, OP_MATMUL, NULL), 8000000);
    cpu->close(device);
}

/* A rank in a ring has its own 300 rows and room for two panels of 200 of the other ranks. */
Test(cpu_backend, a_plan_in_a_ring_counts_the_panels_of_other_ranks)
{
    struct device device = {.share = {256, 556, 1000, true, 2, 200}};

    device.facts.memory_free = device.facts.memory_total = UINT64_C(1) << 40;
    cr_expect_eq(planned_bytes(&device, OP_SUM_AAT, NULL), (300 + 2 * 200) * 1000 * 4);
}

Test(cpu_backend, auto_takes_half_the_work_where_openblas_is_there_and_the_fastest_loops_where_not)
{
    static const struct {
        enum op op;
        const char *with, *without;
    } cases[] = {{OP_SUM_AAT, "openblas-syrk", "fused-triangle"},
                 {OP_MATMUL, "openblas-syrk", "reference"},
                 {OP_REDUCE, "plain", "plain"}};
    struct device *device = open_cpu(1);

    for (int i = 0; i < 3; i++) {
        struct problem p = {.op = cases[i].op, .n = 10};
        cr_expect_str_eq(cpu->auto_variant(device, &p, ARITH_F32)->name, cases[i].with);
    }
    device->blas = NULL;
    for (int i = 0; i < 3; i++) {
        struct problem p = {.op = cases[i].op, .n = 10};
        cr_expect_str_eq(cpu->auto_variant(device, &p, ARITH_F32)->name, cases[i].without);
    }
    cpu->close(device);
}
