/* test_cpu_f64.c - float64 on the CPU: its fill, its references, and what verification finds. */
#include "cpu/backend/cpu_backend.h"
#include "cpu/backend/job.h"
#include "harness/contract/philox.h"
#include "harness/verify/oracle.h"
#include "harness/verify/verify.h"

#include <criterion/criterion.h>
#include <math.h>

enum { N = 131 };

static const struct variant *variant_of(enum op op, const char *name)
{
    for (size_t i = 0; i < cpu_backend.variant_count; i++) {
        const struct variant *v = &cpu_backend.variants[i];
        if (v->op == op && v->arithmetic == ARITH_F64 && !strcmp(v->name, name))
            return v;
    }
    cr_assert_fail("no %s", name);
    return NULL;
}

struct checked {
    struct device *device;
    struct job *job;
    struct oracle oracle;
    const struct variant *variant;
};

static struct checked begin(enum op op, enum range range, const char *name)
{
    struct checked c = {.variant = variant_of(op, name)};
    const struct problem p = {op, N, 3, range, ELEMENT_F64};
    struct failure why = {0};
    struct plan plan;
    struct sample sample;
    cr_assert_eq(cpu_backend.open(&(struct device_request){.threads = 2}, &c.device, &why),
                 STATUS_OK);
    cpu_backend.plan(c.device, NULL, &p, &plan);
    cr_assert_eq(cpu_backend.begin(c.device, &plan, &c.job, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(oracle_make(&cpu_backend, c.job, &p, &c.oracle, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(cpu_backend.load(c.job, c.variant, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(cpu_backend.run(c.job, c.variant, 1, &sample, &why), STATUS_OK);
    return c;
}

static struct verdict judged(struct checked *c)
{
    struct verdict v;
    cr_assert_eq(verify(&cpu_backend, c->job, c->variant, &c->oracle, 0, &v, NULL), STATUS_OK);
    return v;
}

static void end(struct checked *c)
{
    oracle_free(&c->oracle);
    cpu_backend.end(c->job);
    cpu_backend.close(c->device);
}

Test(cpu_f64, right_results_pass_on_every_range)
{
    for (int range = RANGE_UNIT; range <= RANGE_WIDE; range++)
        for (int op = 0; op < OP_COUNT; op++) {
            struct checked c =
                begin((enum op)op, (enum range)range, op == OP_REDUCE ? "plain" : "reference");
            const struct verdict v = judged(&c);
            cr_expect(v.ok, "%s %s: %s", op_name((enum op)op), range_name((enum range)range),
                      v.reason);
            end(&c);
        }
}

Test(cpu_f64, an_entry_off_by_few_units_of_float64_is_found)
{
    struct checked c = begin(OP_MATMUL, RANGE_UNIT, "reference");
    double *entry = (double *)c.job->c + 5 * N + 5;
    *entry *= 1 + 1e-12;
    const struct verdict v = judged(&c);
    cr_expect_not(v.ok);
    cr_expect(strstr(v.reason, "C[5][5]"), "%s", v.reason);
    end(&c);
}

Test(cpu_f64, a_product_in_float32_is_not_float64)
{
    struct checked c = begin(OP_MATMUL, RANGE_SIGNED, "reference");
    for (size_t i = 0; i < (size_t)N * N; i++)
        ((double *)c.job->c)[i] = (double)(float)((double *)c.job->c)[i];
    cr_expect_not(judged(&c).ok);
    end(&c);
}

Test(cpu_f64, a_lost_term_shows_in_the_sum)
{
    struct checked c = begin(OP_SUM_AAT, RANGE_UNIT, "reference");
    c.job->scalar -= 1e-8; /* of half a million */
    cr_expect_not(judged(&c).ok);
    end(&c);
}

Test(cpu_f64, the_upper_bits_of_an_entry_are_those_of_float32)
{
    for (uint32_t row = 0; row < 5; row++)
        for (uint32_t quad = 0; quad < 9; quad++) {
            const struct philox_block upper = philox_quad(11, row, quad),
                                      lower = philox_quad_lower(11, row, quad);
            for (int c = 0; c < 4; c++) {
                const double x = philox_entry_f64(upper.word[c], lower.word[c], 1, 0);
                cr_expect_eq(floor(x * 0x1p24) * 0x1p-24,
                             (double)philox_entry(upper.word[c], 1, 0));
                cr_expect(x >= 0 && x < 1);
            }
        }
}

Test(cpu_f64, rows_of_the_wide_range_are_zero_denormal_or_powers_of_two)
{
    int zero = 0, denormal = 0;
    for (uint32_t row = 0; row < 200; row++) {
        const double factor = philox_row_factor_f64(row);
        zero += factor == 0;
        denormal += factor > 0 && factor < 0x1p-1022;
        cr_expect(factor == 0 || factor == 0x1p-1040 || (factor >= 0x1p-32 && factor <= 0x1p20));
    }
    cr_expect(zero > 0 && denormal > 0);
}
