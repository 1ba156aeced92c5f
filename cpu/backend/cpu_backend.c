/* cpu_backend.c - struct backend, filled in for the CPU: the table of its variants, and which can
 * run. */
#include "cpu/backend/cpu_backend.h"

#include "cpu/backend/job.h"
#include "cpu/backend/steps.h"
#include "cpu/fused/fused.h"

#include <stdio.h>

#define ROW(...) (&(const struct cpu_variant){__VA_ARGS__})

/* For each operation its fastest variant comes first, the reference last. */
static const struct variant variants[] = {
    {.op = OP_SUM_AAT,
     .name = "openblas-syrk",
     .arithmetic = ARITH_F32,
     .symmetric = true,
     .library = true,
     .steps = {"matmul", "reduce"},
     .needs = "OpenBLAS",
     .note = "ssyrk makes the lower triangle of C, half the work; its sum in float64",
     .row = ROW(.needs_blas = true, .stores_c = true,
                .step = {cpu_step_multiply_syrk, cpu_step_sum_c_lower})},
    {.op = OP_SUM_AAT,
     .name = "openblas-sgemm",
     .arithmetic = ARITH_F32,
     .library = true,
     .steps = {"matmul", "reduce"},
     .needs = "OpenBLAS",
     .note = "sgemm makes all of C; its sum in float64",
     .row = ROW(.needs_blas = true, .stores_c = true,
                .step = {cpu_step_multiply_gemm, cpu_step_sum_c})},
    {.op = OP_SUM_AAT,
     .name = "fused-triangle",
     .arithmetic = ARITH_F32,
     .symmetric = true,
     .steps = {"matmul + sum"},
     .needs = "",
     .note = "packed strips, tiles in registers, one triangle; C is never stored: the one to learn "
             "from",
     .source = "cpu/fused/fused.c",
     .row = ROW(.has_scratch = true, .step = {cpu_step_multiply_and_sum_fused})},
    {.op = OP_SUM_AAT,
     .name = "reference",
     .arithmetic = ARITH_F32,
     .steps = {"matmul + sum"},
     .needs = "",
     .note = "plain loops over tiles of C, which is never stored: the one to read",
     .row = ROW(.step = {cpu_step_multiply_and_sum_reference})},
    {.op = OP_MATMUL,
     .name = "openblas-syrk",
     .arithmetic = ARITH_F32,
     .symmetric = true,
     .library = true,
     .steps = {"matmul", "mirror"},
     .needs = "OpenBLAS",
     .note = "ssyrk makes the lower triangle of C, half the work; copied to the upper one",
     .row = ROW(.needs_blas = true, .stores_c = true,
                .step = {cpu_step_multiply_syrk, cpu_step_mirror_c})},
    {.op = OP_MATMUL,
     .name = "openblas-sgemm",
     .arithmetic = ARITH_F32,
     .library = true,
     .steps = {"matmul"},
     .needs = "OpenBLAS",
     .note = "sgemm makes all of C",
     .row = ROW(.needs_blas = true, .stores_c = true, .step = {cpu_step_multiply_gemm})},
    {.op = OP_MATMUL,
     .name = "reference",
     .arithmetic = ARITH_F32,
     .steps = {"matmul"},
     .needs = "",
     .note = "plain loops over tiles of C: the one to read",
     .row = ROW(.stores_c = true, .step = {cpu_step_multiply_reference})},
    {.op = OP_REDUCE,
     .name = "plain",
     .arithmetic = ARITH_F32,
     .steps = {"reduce"},
     .needs = "",
     .note = "float64 sums of the rows, added in order, on all threads",
     .row = ROW(.step = {cpu_step_sum_a})},
    {.op = OP_SUM_AAT,
     .name = "openblas-dsyrk",
     .arithmetic = ARITH_F64,
     .symmetric = true,
     .library = true,
     .steps = {"matmul", "reduce"},
     .needs = "OpenBLAS",
     .note = "dsyrk makes the lower triangle of C, half the work; then its sum",
     .row = ROW(.needs_blas = true, .stores_c = true,
                .step = {cpu_step_multiply_dsyrk, cpu_step_sum_c_lower_f64})},
    {.op = OP_SUM_AAT,
     .name = "openblas-dgemm",
     .arithmetic = ARITH_F64,
     .library = true,
     .steps = {"matmul", "reduce"},
     .needs = "OpenBLAS",
     .note = "dgemm makes all of C; then its sum",
     .row = ROW(.needs_blas = true, .stores_c = true,
                .step = {cpu_step_multiply_dgemm, cpu_step_sum_c_f64})},
    {.op = OP_SUM_AAT,
     .name = "fused-triangle",
     .arithmetic = ARITH_F64,
     .symmetric = true,
     .steps = {"matmul + sum"},
     .needs = "",
     .note = "packed strips, tiles in registers, one triangle; C is never stored: the one to learn "
             "from",
     .source = "cpu/fused/fused.c",
     .row = ROW(.has_scratch = true, .step = {cpu_step_multiply_and_sum_fused})},
    {.op = OP_SUM_AAT,
     .name = "reference",
     .arithmetic = ARITH_F64,
     .steps = {"matmul + sum"},
     .needs = "",
     .note = "plain loops over tiles of C, which is never stored: the one to read",
     .row = ROW(.step = {cpu_step_multiply_and_sum_reference_f64})},
    {.op = OP_MATMUL,
     .name = "openblas-dsyrk",
     .arithmetic = ARITH_F64,
     .symmetric = true,
     .library = true,
     .steps = {"matmul", "mirror"},
     .needs = "OpenBLAS",
     .note = "dsyrk makes the lower triangle of C, half the work; copied to the upper one",
     .row = ROW(.needs_blas = true, .stores_c = true,
                .step = {cpu_step_multiply_dsyrk, cpu_step_mirror_c})},
    {.op = OP_MATMUL,
     .name = "openblas-dgemm",
     .arithmetic = ARITH_F64,
     .library = true,
     .steps = {"matmul"},
     .needs = "OpenBLAS",
     .note = "dgemm makes all of C",
     .row = ROW(.needs_blas = true, .stores_c = true, .step = {cpu_step_multiply_dgemm})},
    {.op = OP_MATMUL,
     .name = "reference",
     .arithmetic = ARITH_F64,
     .steps = {"matmul"},
     .needs = "",
     .note = "plain loops over tiles of C: the one to read",
     .row = ROW(.stores_c = true, .step = {cpu_step_multiply_reference_f64})},
    {.op = OP_REDUCE,
     .name = "plain",
     .arithmetic = ARITH_F64,
     .steps = {"reduce"},
     .needs = "",
     .note = "sums of the rows, added by halves, on all threads",
     .row = ROW(.step = {cpu_step_sum_a_f64})},
};

enum { VARIANT_COUNT = sizeof variants / sizeof *variants };

static const struct device_facts *device_facts(const struct device *d)
{
    return &d->facts;
}

static const struct cpu_variant *own(const struct variant *v)
{
    return v->row;
}

static bool can_run(const struct device *d, const struct variant *v, const struct problem *p,
                    char *reason, size_t reason_bytes)
{
    if (v->op != p->op) {
        snprintf(reason, reason_bytes, "does %s, not %s", op_name(v->op), op_name(p->op));
        return false;
    }
    if (element_of(v->arithmetic) != p->element) {
        snprintf(reason, reason_bytes, "multiplies %s entries: add --type %s",
                 element_name(element_of(v->arithmetic)), element_name(element_of(v->arithmetic)));
        return false;
    }
    if (own(v)->needs_blas && !d->blas) {
        snprintf(reason, reason_bytes, "%s", d->no_blas.text);
        return false;
    }
    if (own(v)->needs_blas && v->arithmetic == ARITH_F64 && !d->blas->cblas_dgemm) {
        snprintf(reason, reason_bytes, "this OpenBLAS was built without double precision");
        return false;
    }
    return true;
}

static const struct variant *auto_variant(const struct device *d, const struct problem *p,
                                          enum arithmetic arithmetic)
{
    char reason[sizeof d->no_blas.text];

    for (size_t i = 0; i < VARIANT_COUNT; i++)
        if (variants[i].arithmetic == arithmetic &&
            can_run(d, &variants[i], p, reason, sizeof reason))
            return &variants[i];
    return NULL;
}

static void plan(const struct device *d, const struct variant *v, const struct problem *p,
                 struct plan *plan)
{
    const uint64_t matrix = p->n * p->n * element_bytes(p->element);
    const bool has_c = v ? own(v)->stores_c : p->op == OP_MATMUL;
    const bool has_scratch = v && own(v)->has_scratch;

    *plan = (struct plan){.problem = *p, .bytes = has_c ? 2 * matrix : matrix};
    if (has_scratch)
        plan->bytes += fused_scratch_bytes(p->element, (size_t)p->n);
    plan_judge(plan, &d->facts, v, NULL);
}

const struct backend cpu_backend = {
    .name = "cpu",
    .variants = variants,
    .variant_count = VARIANT_COUNT,
    .open = cpu_device_open,
    .close = cpu_device_close,
    .device_facts = device_facts,
    .facts = cpu_device_facts,
    .can_run = can_run,
    .auto_variant = auto_variant,
    .plan = plan,
    .begin = cpu_job_begin,
    .end = cpu_job_end,
    .load = cpu_job_load,
    .run = cpu_job_run,
    .answer = cpu_job_answer,
    .poison = cpu_job_poison,
    .oracle_column_sums = cpu_job_oracle_column_sums,
    .oracle_a_times = cpu_job_oracle_a_times,
    .oracle_dots = cpu_job_oracle_dots,
    .a_entries = cpu_job_a_entries,
    .c_row_sums = cpu_job_c_row_sums,
    .c_entries = cpu_job_c_entries,
    .c_block_errors = cpu_job_c_block_errors,
    .scale_rows = cpu_job_scale_rows,
    .read_a = cpu_job_read_a,
};
