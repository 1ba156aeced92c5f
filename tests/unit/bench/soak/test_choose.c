/* test_choose.c - what a soak runs, on devices that are made up. */
#include "bench/soak/soak.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct device_facts facts;
static uint64_t plan_bytes_of_n; /* a plan takes so many bytes for each row */
static bool has_bf16;

static const struct variant
    bf16_sum = {.name = "s", .op = OP_SUM_AAT, .arithmetic = ARITH_BF16, .steps = {"x"}},
    bf16_matmul = {.name = "m", .op = OP_MATMUL, .arithmetic = ARITH_BF16, .steps = {"x"}},
    f32_sum = {.name = "p", .op = OP_SUM_AAT, .arithmetic = ARITH_F32, .steps = {"x"}},
    f32_matmul = {.name = "q", .op = OP_MATMUL, .arithmetic = ARITH_F32, .steps = {"x"}},
    f64_varies = {.name = "v",
                  .op = OP_SUM_AAT,
                  .arithmetic = ARITH_F64,
                  .order_varies = true,
                  .steps = {"x"}};

static const struct device_facts *facts_of(const struct device *device)
{
    (void)device;
    return &facts;
}

static const struct variant *fastest(const struct device *device, const struct problem *p,
                                     enum arithmetic arithmetic)
{
    (void)device;
    switch (arithmetic) {
    case ARITH_F32:
        return p->op == OP_MATMUL ? &f32_matmul : &f32_sum;
    case ARITH_BF16:
        return !has_bf16 ? NULL : p->op == OP_MATMUL ? &bf16_matmul : &bf16_sum;
    case ARITH_F64:
        return &f64_varies;
    default:
        return NULL;
    }
}

static void plan(const struct device *device, const struct variant *v, const struct problem *p,
                 struct plan *out)
{
    (void)device, (void)v;
    *out = (struct plan){.problem = *p, .bytes = plan_bytes_of_n * p->n};
}

static enum status keep(struct job *job, const struct variant *v, struct failure *why)
{
    (void)job, (void)v, (void)why;
    return STATUS_OK;
}

static const struct backend gpu = {.name = "gpu",
                                   .device_facts = facts_of,
                                   .auto_variant = fastest,
                                   .plan = plan,
                                   .keep = keep},
                            cpu = {.name = "cpu",
                                   .device_facts = facts_of,
                                   .auto_variant = fastest,
                                   .plan = plan};

static const struct variant of_libraries[] = {
    {.name = "p", .op = OP_SUM_AAT, .arithmetic = ARITH_F32, .steps = {"x"}},
    {.name = "a-syrk", .op = OP_SUM_AAT, .arithmetic = ARITH_F32, .blas = "a", .steps = {"x"}},
    {.name = "a-gemm", .op = OP_SUM_AAT, .arithmetic = ARITH_F32, .blas = "a", .steps = {"x"}},
    {.name = "b-syrk", .op = OP_SUM_AAT, .arithmetic = ARITH_F32, .blas = "b", .steps = {"x"}},
    {.name = "c-syrk", .op = OP_SUM_AAT, .arithmetic = ARITH_F32, .blas = "c", .steps = {"x"}},
};

static bool runs_all_but_c(const struct device *device, const struct variant *v,
                           const struct problem *p, char *reason, size_t bytes)
{
    (void)device, (void)p;
    snprintf(reason, bytes, "it is not there");
    return strcmp(v->blas, "c") != 0;
}

static const struct backend with_libraries = {.name = "cpu",
                                              .variants = of_libraries,
                                              .variant_count =
                                                  sizeof of_libraries / sizeof *of_libraries,
                                              .device_facts = facts_of,
                                              .auto_variant = fastest,
                                              .can_run = runs_all_but_c,
                                              .plan = plan};

static struct soak s; /* the last that was chosen */

static void drop(void)
{
    for (size_t i = 0; i < s.load_count; i++)
        soak_series_free(&s.loads[i].series);
    s.load_count = 0;
}

static enum status choose(struct soak *soak, const struct backend *backend,
                          const struct options *options, struct failure *why)
{
    drop();
    *soak = (struct soak){.backend = backend, .seconds = 600};
    *why = (struct failure){0};
    return soak_choose(options, NULL, soak, why);
}

static void set_up(void)
{
    facts = (struct device_facts){.name = "G", .memory_free = (uint64_t)1 << 40};
    plan_bytes_of_n = 1;
    has_bf16 = true;
}

TestSuite(soak_choose, .init = set_up, .fini = drop);

Test(soak_choose, both_operations_in_bf16_on_a_gpu_and_the_sum_in_f32_on_a_cpu)
{
    struct failure why;
    cr_assert_eq(choose(&s, &gpu, &(struct options){0}, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(s.load_count, 2);
    cr_expect(s.loads[0].variant == &bf16_sum && s.loads[1].variant == &bf16_matmul);
    cr_expect_eq(s.loads[0].problem.n, 16384);
    cr_expect_eq(s.memory, (uint64_t)(0.9 * (double)((uint64_t)1 << 40)));
    cr_expect_eq(s.jobs_max, 0);
    cr_expect_eq(s.prepare_s, 0);
    has_bf16 = false;
    cr_assert_eq(choose(&s, &cpu, &(struct options){0}, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(s.load_count, 1);
    cr_expect(s.loads[0].variant == &f32_sum);
    cr_expect_eq(s.loads[0].problem.n, 4096);
    cr_expect_eq(s.memory, (uint64_t)1 << 38);
    cr_expect_eq(s.jobs_max, 64);
    cr_expect_eq(s.prepare_s, 60);
    /* Memory that was asked for is filled. */
    choose(&s, &cpu, &(struct options){.memory_share = 0.5}, &why);
    cr_expect(s.jobs_max == 0 && s.prepare_s == 0);
    choose(&s, &cpu, &(struct options){.memory_bytes = 5000}, &why);
    cr_expect(s.jobs_max == 0 && s.prepare_s == 0);
}

Test(soak_choose, an_operation_memory_and_order_that_were_asked_for)
{
    struct failure why;
    const struct options o = {.op = OP_MATMUL,
                              .op_is_given = true,
                              .order = 100000,
                              .seed = 7,
                              .memory_bytes = 5,
                              .memory_share = 0.5};
    facts.peak_flops[ARITH_BF16] = 1;
    cr_assert_eq(choose(&s, &gpu, &o, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(s.load_count, 1);
    cr_expect(s.loads[0].variant == &bf16_matmul);
    cr_expect_eq(s.loads[0].problem.n, 100000); /* however long it takes */
    cr_expect_eq(s.loads[0].problem.seed, 7);
    cr_expect_eq(s.memory, 5);
    cr_assert_eq(choose(&s, &gpu, &(struct options){.memory_share = 0.5}, &why), STATUS_OK);
    cr_expect_eq(s.memory, (uint64_t)1 << 39);
}

Test(soak_choose, the_order_falls_until_matrices_fit_and_a_launch_takes_a_tenth_of_a_second)
{
    struct failure why;
    const struct options sum = {.op = OP_SUM_AAT, .op_is_given = true},
                         matmul = {.op = OP_MATMUL, .op_is_given = true};
    /* 16384, 12288, 9216, …; the sum's plan takes 1 byte a row, and a product C as well */
    facts.memory_free = 10000;
    cr_assert_eq(choose(&s, &gpu, &sum, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(s.loads[0].problem.n, 6912); /* 9216 is more than nine tenths */
    facts.memory_free = 10240;                /* exactly 9216 */
    choose(&s, &gpu, &sum, &why);
    cr_expect_eq(s.loads[0].problem.n, 9216);
    facts.memory_free = 400 << 20;
    choose(&s, &gpu, &matmul, &why);
    cr_expect_eq(s.loads[0].problem.n, 9216);
    choose(&s, &gpu, &(struct options){0}, &why); /* the same, as the sum takes next to nothing */
    cr_expect_eq(s.loads[0].problem.n, 9216);
    cr_expect_eq(s.load_count, 2);
    facts.memory_free = 1;
    choose(&s, &gpu, &sum, &why);
    cr_expect_eq(s.loads[0].problem.n, 256);
    facts.memory_free = (uint64_t)1 << 40;
    facts.peak_flops[ARITH_BF16] = 2.0 * 9216 * 9216 * 9216 / 0.0999;
    choose(&s, &gpu, &matmul, &why);
    cr_expect_eq(s.loads[0].problem.n, 9216);
    facts.peak_flops[ARITH_BF16] = 2.0 * 9216 * 9216 * 9216 / 0.1001;
    choose(&s, &gpu, &matmul, &why);
    cr_expect_eq(s.loads[0].problem.n, 6912);
}

Test(soak_choose, an_arithmetic_whose_bits_vary_is_refused)
{
    struct failure why;
    has_bf16 = false;
    const struct options f64 = {.element = ELEMENT_F64};
    cr_expect_eq(choose(&s, &gpu, &f64, &why), STATUS_FAILED);
    cr_expect(
        strstr(why.text, "no variant in f64 that leaves the same bits each time can run on G"),
        "%s", why.text);
}

Test(soak_choose, libraries_that_were_asked_for_take_turns_each_by_its_first_variant)
{
    struct failure why = {0};
    const struct options o = {.op = OP_SUM_AAT, .order = 100};
    s = (struct soak){.backend = &with_libraries, .seconds = 600};
    cr_assert_eq(soak_choose(&o, "b,a", &s, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(s.load_count, 2);
    cr_expect_str_eq(s.loads[0].variant->name, "a-syrk");
    cr_expect_str_eq(s.loads[1].variant->name, "b-syrk");
    drop();
    s = (struct soak){.backend = &with_libraries, .seconds = 600};
    cr_expect_eq(soak_choose(&o, "a,c", &s, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text,
                     "--blas: c-syrk cannot run: it is not there; gpubench list shows the "
                     "libraries.");
    drop();
}
