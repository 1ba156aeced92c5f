/* test_cpu_rows.c - the CPU's shares of matmul and reduce: blocks of rows, which are those of the
 * whole. */
#include "harness/verify/verify.h"
#include "tests/unit/cpu/backend/opened.h"

#include <math.h>

enum { N = 300, SHARES = 4 };

static struct device *open_share(uint32_t begin, uint32_t end, uint32_t of)
{
    struct device *device = NULL;
    struct failure why = {0};
    const struct device_request request = {.threads = 2, .share = {begin, end, of, false, 0, 0}};
    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_OK, "%s", why.text);
    return device;
}

static double run_of(struct job *job, const struct variant *v)
{
    struct sample sample;
    double sum = NAN;
    load_variant(job, v);
    cr_assert_eq(cpu->poison(job, NULL), STATUS_OK);
    cr_assert_eq(cpu->run(job, v, 1, &sample, NULL), STATUS_OK);
    cr_assert_eq(cpu->answer(job, v, &sum, NULL), STATUS_OK);
    return sum;
}

/* The entries of a variant's C, whole or by shares; returns the sum. */
static double c_of(const struct variant *v, uint32_t shares, double *c)
{
    const struct problem p = {
        .op = OP_MATMUL, .n = N, .seed = 1, .element = element_of(v->arithmetic)};
    double sum = 0;
    for (uint32_t s = 0; s < shares; s++) {
        struct device *device = open_share(s, s + 1, shares > 1 ? shares : 0);
        const struct rows rows = rows_of_share(
            N, 1, &(struct share){.begin = s, .end = s + 1, .of = shares > 1 ? shares : 0});
        struct job *job = begin_of(device, OP_MATMUL, N, p.element);
        struct oracle oracle;
        struct verdict verdict;
        sum += run_of(job, v);
        for (uint32_t i = (uint32_t)rows.first; i < rows.first + rows.count; i++)
            for (uint32_t k = 0; k < N; k++) {
                const struct entry at = {i, k};
                cr_assert_eq(cpu->c_entries(job, &at, 1, &c[i * N + k], NULL), STATUS_OK);
            }
        cr_assert_eq(oracle_make_rows(cpu, job, &p, rows, &oracle, NULL), STATUS_OK);
        cr_assert_eq(verify(cpu, job, v, &oracle, 0, &verdict, NULL), STATUS_OK);
        cr_expect(verdict.ok, "%s: %s", v->name, verdict.reason);
        cr_expect(verdict.block_error >= 0, "more entries than are compared one by one");
        oracle_free(&oracle);
        cpu->end(job);
        cpu->close(device);
    }
    return sum;
}

Test(cpu_rows, blocks_of_c_are_those_of_the_whole)
{
    static const char *const names[] = {"reference", "openblas-sgemm", "openblas-dgemm"};
    static double whole[N * N], parts[N * N];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct variant *v = find_variant(OP_MATMUL, names[i]);
        struct device *device = open_share(0, 1, 0);
        const bool is_here = is_installed(device, v);
        cpu->close(device);
        if (!is_here)
            continue;
        const double limit = v->arithmetic == ARITH_F64 ? 1e-15 : 1e-6;
        const double sum = c_of(v, 1, whole), sum_of_parts = c_of(v, SHARES, parts);
        for (size_t k = 0; k < N * N; k++)
            cr_assert(fabs(parts[k] - whole[k]) <= (v->library ? limit * (double)N : 0),
                      "%s: entry %zu is %g, not %g", v->name, k, parts[k], whole[k]);
        cr_expect(fabs(sum_of_parts / sum - 1) <= limit, "%s", v->name);
    }
}

Test(cpu_rows, shares_of_reduce_add_up_and_there_may_be_more_of_them_than_rows)
{
    const struct variant *v = find_variant(OP_REDUCE, "plain");
    for (uint64_t n = 3; n <= 70; n += 67) {
        double sum = 0, whole;
        for (uint32_t s = 0; s <= 5; s++) {
            struct device *device = open_share(s, s + 1, s < 5 ? 5 : 0);
            struct job *job = begin_job(device, OP_REDUCE, n);
            whole = run_of(job, v);
            sum += s < 5 ? whole : 0;
            cpu->end(job);
            cpu->close(device);
        }
        cr_expect(fabs(sum / whole - 1) < 1e-14, "%g, not %g", sum, whole);
    }
}

Test(cpu_rows, variants_of_a_triangle_and_no_others_are_left_out)
{
    struct device *device = open_share(1, 2, 3);
    char reason[256];
    for (size_t i = 0; i < cpu->variant_count; i++) {
        const struct variant *v = &cpu->variants[i];
        const struct problem p = {
            .op = v->op, .n = N, .seed = 1, .element = element_of(v->arithmetic)};
        struct cut cut;
        if (v->op == OP_SUM_AAT)
            continue;
        cr_expect_eq(cpu->cut(device, v, &p, 2, &cut), !v->symmetric, "%s", v->name);
        if (v->symmetric && is_installed(device, v))
            cr_expect_not(cpu->can_run(device, v, &p, reason, sizeof reason), "%s", v->name);
    }
    cpu->close(device);
}
