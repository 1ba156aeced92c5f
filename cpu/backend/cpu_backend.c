/* cpu_backend.c - struct backend, filled in for the CPU: which variants can run, and what they
 * need. */
#include "cpu/backend/cpu_backend.h"

#include "cpu/backend/job.h"
#include "cpu/backend/libraries.h"
#include "cpu/backend/table.h"
#include "cpu/fused/fused.h"
#include "cpu/strips/strips.h"
#include "harness/host/limits.h"
#include "harness/text/append.h"

#include <stdio.h>
#include <string.h>

static const struct device_facts *device_facts(const struct device *d)
{
    return &d->facts;
}

static const struct cpu_variant *own(const struct variant *v)
{
    return v->row;
}

/* A share of sum-aat is computed by a library's products, strip by strip; one of matmul or reduce
 * is a block of rows. */
static bool can_share(const struct variant *v)
{
    return v->op == OP_SUM_AAT ? v->symmetric && own(v)->is_blas : !v->symmetric;
}

static bool cut(const struct device *d, const struct variant *v, const struct problem *p,
                uint32_t at, struct cut *out)
{
    if (can_share(v))
        *out = v->op == OP_SUM_AAT ? strips_cut(p->n, &d->share, at)
                                   : cut_of_rows(p->n, 1, at, d->share.of);
    return can_share(v);
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
    if (d->share.of && !can_share(v)) {
        snprintf(reason, reason_bytes, "cannot be divided among ranks");
        return false;
    }
    return !own(v)->is_blas || cpu_library_can_run(d, v, p, reason, reason_bytes);
}

/* The table begins with OpenBLAS and our own loops, and another library is never chosen. */
static const struct variant *auto_variant(const struct device *d, const struct problem *p,
                                          enum arithmetic arithmetic)
{
    char reason[sizeof d->no_blas.text];

    for (size_t i = 0; i < CPU_OWN_ROWS + CPU_LIBRARY_ROWS; i++)
        if (cpu_variants[i].arithmetic == arithmetic &&
            can_run(d, &cpu_variants[i], p, reason, sizeof reason))
            return &cpu_variants[i];
    return NULL;
}

static const char *add_library(const char *word, struct failure *why)
{
    int row = blas_row_named(word);
    if (row >= 0)
        return blas_rows[row].name;
    const size_t before = blas_row_count;
    row = blas_row_add(word, why);
    if (row < 0)
        return NULL;
    if (blas_row_count > before)
        cpu_variants_add((size_t)row);
    cpu_backend.variant_count = CPU_OWN_ROWS + CPU_LIBRARY_ROWS * blas_row_count;
    return blas_rows[row].name;
}

/* Judges the plan. If too little memory is left, the message names the limit of this process. */
static void judge(const struct device *d, const struct variant *v, struct plan *plan)
{
    struct process_limit limit;
    char limited[128] = "", advice[256];
    const char *by;
    plan_judge(plan, &d->facts, v, NULL);
    if (plan->fits)
        return;
    host_memory_available(&by);
    if (!host_process_limit(&limit) || strcmp(by, limit.name) != 0)
        return;
    snprintf(limited, sizeof limited, "f the %.1f MiB of %s that this process may have",
             (double)limit.bytes / (1 << 20), limit.name);
    snprintf(advice, sizeof advice,
             "O%s, the rest is in use: raise the limit%s, or choose a smaller N.", limited,
             d->threads > 1 ? ", take fewer threads with --threads" : "");
    plan_judge(plan, &d->facts, v, advice);
    if (v)
        append_text(plan->sentence, sizeof plan->sentence, ", o%s", limited);
}

static void plan(const struct device *d, const struct variant *v, const struct problem *p,
                 struct plan *plan)
{
    const uint64_t row = p->n * element_bytes(p->element);
    const bool has_c = v ? own(v)->stores_c : p->op == OP_MATMUL;
    const bool has_scratch = v && own(v)->has_scratch;

    const uint64_t rows_of_c = has_c ? cpu_rows_of_c(d, p).count : 0;
    const uint64_t rows =
        cpu_rows_of_a(d, p).count + (uint64_t)d->share.panels * d->share.panel_rows;
    *plan = (struct plan){.problem = *p, .bytes = (rows + rows_of_c) * row};
    if (has_scratch)
        plan->bytes += fused_scratch_bytes(p->element, (size_t)p->n);
    judge(d, v, plan);
}

struct backend cpu_backend = {
    .name = "cpu",
    .variants = cpu_variants,
    .variant_count = CPU_OWN_ROWS + CPU_LIBRARY_ROWS * BLAS_NAMED,
    .library_state = cpu_library_state,
    .add_library = add_library,
    .open = cpu_device_open,
    .close = cpu_device_close,
    .device_facts = device_facts,
    .facts = cpu_device_facts,
    .can_run = can_run,
    .cut = cut,
    .auto_variant = auto_variant,
    .plan = plan,
    .begin = cpu_job_begin,
    .end = cpu_job_end,
    .load = cpu_job_load,
    .run = cpu_job_run,
    .run_block = cpu_job_run_block,
    .host_panel = cpu_job_host_panel,
    .answer = cpu_job_answer,
    .poison = cpu_job_poison,
    .oracle_column_sums = cpu_job_oracle_column_sums,
    .oracle_columns_of = cpu_job_oracle_columns_of,
    .oracle_a_times = cpu_job_oracle_a_times,
    .oracle_dots = cpu_job_oracle_dots,
    .a_entries = cpu_job_a_entries,
    .c_row_sums = cpu_job_c_row_sums,
    .c_entries = cpu_job_c_entries,
    .c_block_errors = cpu_job_c_block_errors,
    .scale_rows = cpu_job_scale_rows,
    .read_a = cpu_job_read_a,
};
