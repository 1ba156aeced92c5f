/* test_cpu_backend.c - every variant of every operation against the oracles, through the contract
 * of harness/contract/backend.h. */
#include "cpu/backend/cpu_backend.h"
#include "tests/unit/cpu/backend/opened.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

/* |got - want| relative to scale, NaN failing. */
static void expect_near(const struct variant *v, uint64_t n, const char *what, double got,
                        double want, double scale)
{
    const double limit = element_of(v->arithmetic) == ELEMENT_F64 ? 1e-14 : 1e-6;
    cr_expect(fabs(got - want) <= limit * scale, "%s/%s n %llu %s: %.17g, want %.17g",
              op_name(v->op), v->name, (unsigned long long)n, what, got, want);
}

static double wanted_sum(struct job *job, enum op op, size_t n)
{
    long double *columns = malloc(n * sizeof *columns), sum = 0;

    cr_assert(columns);
    cr_assert_eq(cpu->oracle_column_sums(job, columns, NULL), STATUS_OK);
    for (size_t k = 0; k < n; k++)
        sum += op == OP_REDUCE ? columns[k] : columns[k] * columns[k];
    free(columns);
    return (double)sum;
}

/* *dots: A·Aᵀ by the oracle, n × n; made if it is NULL. */
static void expect_c(struct job *job, const struct variant *v, size_t n, long double **dots)
{
    long double *columns = malloc(n * sizeof *columns), *want = malloc(n * sizeof *want);
    long double *got = malloc(n * sizeof *got);
    double *c = malloc(n * n * sizeof *c);
    struct entry *entries = malloc(n * n * sizeof *entries);

    cr_assert(columns && want && got && c && entries);
    for (size_t i = 0; i < n * n; i++)
        entries[i] = (struct entry){(uint32_t)(i / n), (uint32_t)(i % n)};
    cr_assert_eq(cpu->oracle_column_sums(job, columns, NULL), STATUS_OK);
    cr_assert_eq(cpu->oracle_a_times(job, columns, want, NULL), STATUS_OK);
    cr_assert_eq(cpu->c_row_sums(job, got, NULL), STATUS_OK);
    for (size_t i = 0; i < n; i++)
        expect_near(v, n, "row sum", (double)got[i], (double)want[i], (double)want[i]);
    if (!*dots) {
        cr_assert(*dots = malloc(n * n * sizeof **dots));
        cr_assert_eq(cpu->oracle_dots(job, entries, n * n, *dots, NULL), STATUS_OK);
    }
    cr_assert_eq(cpu->c_entries(job, entries, n * n, c, NULL), STATUS_OK);
    for (size_t i = 0; i < n * n; i++)
        expect_near(v, n, "entry", c[i], (double)(*dots)[i], (double)(*dots)[i]);
    free(columns);
    free(want);
    free(got);
    free(c);
    free(entries);
}

static void expect_right(struct device *device, const struct variant *v, uint64_t n,
                         long double **dots)
{
    struct job *job = begin_of(device, v->op, n, element_of(v->arithmetic));
    struct sample sample;
    double sum, want = wanted_sum(job, v->op, (size_t)n);

    load_variant(job, v);
    cr_assert_eq(cpu->poison(job, NULL), STATUS_OK);
    cr_assert_eq(cpu->answer(job, v, &sum, NULL), STATUS_OK);
    cr_expect(isnan(sum), "%s/%s n %llu: poison does not show", op_name(v->op), v->name,
              (unsigned long long)n);
    cr_assert_eq(cpu->run(job, v, 1, &sample, NULL), STATUS_OK);
    cr_assert_eq(cpu->answer(job, v, &sum, NULL), STATUS_OK);
    expect_near(v, n, "sum", sum, want, want);
    if (v->op == OP_MATMUL)
        expect_c(job, v, (size_t)n, dots);
    cpu->end(job);
}

Test(cpu_backend, every_variant_of_every_operation_agrees_with_the_oracles)
{
    static const uint64_t orders[] = {1, 2, 3, 5, 31, 33, 64, 65, 127, 129, 257};
    struct device *device = open_with_every_library(2);

    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (enum element element = ELEMENT_F32; element <= ELEMENT_F64; element++) {
            long double *dots = NULL; /* the same for all variants, and most of the work */
            for (size_t i = 0; i < cpu->variant_count; i++) {
                const struct variant *v = &cpu->variants[i];
                struct problem p = {.op = v->op, .n = orders[o], .element = element};
                char reason[256];
                if (element_of(v->arithmetic) != element || !is_installed(device, v))
                    continue;
                cr_assert(cpu->can_run(device, v, &p, reason, sizeof reason), "%s", reason);
                expect_right(device, v, orders[o], &dots);
            }
            free(dots);
        }
    cpu->close(device);
}

Test(cpu_backend, the_oracles_agree_with_plain_loops_over_a)
{
    enum { N = 33 };
    struct device *device = open_cpu(2);
    struct job *job = begin_job(device, OP_MATMUL, N);
    struct entry entry = {32, 7};
    float a[N * N];
    long double columns[N], dot;
    double picked, want_column = 0, want_dot = 0;

    cr_assert_eq(cpu->read_a(job, a, NULL), STATUS_OK);
    cr_assert_eq(cpu->a_entries(job, &entry, 1, &picked, NULL), STATUS_OK);
    cr_expect_eq(picked, (double)a[32 * N + 7]);
    for (size_t k = 0; k < N; k++) {
        want_column += (double)a[k * N + 5];
        want_dot += (double)a[32 * N + k] * (double)a[7 * N + k];
    }
    cr_assert_eq(cpu->oracle_column_sums(job, columns, NULL), STATUS_OK);
    cr_assert_eq(cpu->oracle_dots(job, &entry, 1, &dot, NULL), STATUS_OK);
    cr_expect_float_eq((double)columns[5], want_column, 1e-12);
    cr_expect_float_eq((double)dot, want_dot, 1e-12);
    cpu->end(job);
    cpu->close(device);
}

Test(cpu_backend, an_entry_that_is_not_written_shows_as_nan)
{
    struct device *device = open_cpu(1);
    struct job *job = begin_job(device, OP_MATMUL, 65);
    struct entry corners[] = {{0, 0}, {0, 64}, {64, 0}, {64, 64}, {31, 32}};
    double c[5];
    long double rows[65];

    load_variant(job, find_variant(OP_MATMUL, "reference"));
    cr_assert_eq(cpu->poison(job, NULL), STATUS_OK);
    cr_assert_eq(cpu->c_entries(job, corners, 5, c, NULL), STATUS_OK);
    for (int i = 0; i < 5; i++)
        cr_expect(isnan(c[i]), "corner %d", i);
    cr_assert_eq(cpu->c_row_sums(job, rows, NULL), STATUS_OK);
    for (int i = 0; i < 65; i++)
        cr_expect(isnan(rows[i]), "row %d", i);
    cpu->end(job);
    cpu->close(device);
}

Test(cpu_backend, a_sample_splits_its_time_into_the_steps)
{
    struct device *device = open_with_every_library(1);

    for (size_t i = 0; i < cpu->variant_count; i++) {
        const struct variant *v = &cpu->variants[i];
        if (!is_installed(device, v))
            continue;
        struct job *job = begin_of(device, v->op, 200, element_of(v->arithmetic));
        struct sample sample;
        nanos steps = 0;

        load_variant(job, v);
        cr_assert_eq(cpu->run(job, v, 3, &sample, NULL), STATUS_OK);
        cr_expect_eq(sample.launches, 3);
        cr_expect_eq(sample.device_ns, sample.wall_ns);
        for (int s = 0; s < VARIANT_STEPS_MAX; s++) {
            cr_expect_eq(sample.step_ns[s] > 0, v->steps[s] != NULL, "%s step %d", v->name, s);
            steps += sample.step_ns[s];
        }
        cr_expect(steps <= sample.wall_ns && steps + VARIANT_STEPS_MAX >= sample.wall_ns);
        cpu->end(job);
    }
    cpu->close(device);
}

Test(cpu_backend, the_same_input_gives_the_same_sum_again)
{
    struct device *device = open_with_every_library(2);

    for (size_t i = 0; i < cpu->variant_count; i++) {
        const struct variant *v = &cpu->variants[i];
        if (!is_installed(device, v))
            continue;
        struct job *job = begin_of(device, v->op, 129, element_of(v->arithmetic));
        struct sample sample;
        double first, again;

        load_variant(job, v);
        cr_assert_eq(cpu->run(job, v, 1, &sample, NULL), STATUS_OK);
        cr_assert_eq(cpu->answer(job, v, &first, NULL), STATUS_OK);
        cr_assert_eq(cpu->run(job, v, 1, &sample, NULL), STATUS_OK);
        cr_assert_eq(cpu->answer(job, v, &again, NULL), STATUS_OK);
        cr_expect_eq(first, again, "%s/%s", op_name(v->op), v->name);
        cpu->end(job);
    }
    cpu->close(device);
}
