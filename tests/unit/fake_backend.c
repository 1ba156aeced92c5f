/* fake_backend.c - multiplies in plain loops and injects the faults. */
#include "tests/unit/fake_backend.h"
#include "harness/base/interrupt.h"
#include "harness/contract/philox.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

float fake_entry_of_a(const struct problem *p, struct entry e)
{
    const uint32_t word = philox_quad(p->seed, e.row, e.col / 4).word[e.col % 4];
    const float factor = p->range == RANGE_WIDE ? philox_row_factor(e.row) : 1;
    return p->range == RANGE_UNIT ? philox_entry(word, 1, 0) : philox_entry(word, 2, -1) * factor;
}

struct job *fake_job(struct problem p, enum fake_fault fault, struct entry place)
{
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        abort();
    job->problem = p;
    job->fault = fault;
    job->place = place;
    job->a = malloc(p.n * p.n * sizeof *job->a);
    job->c = calloc(p.n * p.n, sizeof *job->c);
    if (!job->a || !job->c)
        abort();
    for (uint32_t i = 0; i < p.n; i++)
        for (uint32_t j = 0; j < p.n; j++)
            job->a[i * p.n + j] = fake_entry_of_a(&p, (struct entry){i, j});
    if (fault == FAULT_WRONG_FILL) {
        float *a = &job->a[place.row * p.n + place.col];
        *a = nextafterf(*a, 2);
    }
    return job;
}

static void fake_end(struct job *job)
{
    free(job->a);
    free(job->c);
    free(job);
}

/* x with so many bits of fraction. */
static float to_bits(float x, int bits, bool truncate)
{
    const int drop = 23 - bits;
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    if (!truncate)
        u += (1u << (drop - 1)) - 1 + (u >> drop & 1); /* to nearest, ties to even */
    u &= ~((1u << drop) - 1);
    memcpy(&x, &u, sizeof x);
    return x;
}

static float operand(float x, enum arithmetic a, bool truncate)
{
    switch (a) {
    case ARITH_TF32:
    case ARITH_F16:
        return to_bits(x, 10, truncate);
    case ARITH_BF16:
        return to_bits(x, 7, truncate);
    case ARITH_INT8: /* sums of so few integers are exact in float32 */
        return (float)rint(127 * (double)x);
    case ARITH_FP8: /* e4m3 of 256·x: steps of 2^-9 below 2^-6 */
        return fabsf(x) < 0x1p-14F ? rintf(x * 0x1p17F) * 0x1p-17F : to_bits(x, 3, truncate);
    default:
        return x;
    }
}

static void multiply(struct job *job, enum arithmetic arithmetic)
{
    const size_t n = job->problem.n;
    float *b = malloc(n * n * sizeof *b);
    if (!b)
        abort();
    for (size_t i = 0; i < n * n; i++)
        b[i] = operand(job->a[i], arithmetic, job->fault == FAULT_TRUNCATED);

    const bool drops = job->fault == FAULT_DROPPED_STEP, skips = job->fault == FAULT_UNWRITTEN;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const bool first_tile = i < FAKE_TILE && j >= FAKE_TILE && j < 2 * FAKE_TILE;
            const float *x = b + i * n, *y = b + j * n;
            float sum = 0;
            if (skips && i == job->place.row && j == job->place.col)
                continue;
            if (j < i && !drops && !skips) { /* the same products in the same order */
                job->c[i * n + j] = job->c[j * n + i];
                continue;
            }
            for (size_t k = 0; k < n; k++)
                if (!(drops && first_tile && k >= 8 && k < 16))
                    sum += x[k] * y[k];
            job->c[i * n + j] = sum;
        }
    free(b);
}

static void swap(float *x, float *y)
{
    const float kept = *x;
    *x = *y;
    *y = kept;
}

static void spoil(struct job *job)
{
    const size_t n = job->problem.n;
    float *c = job->c;
    if (job->fault == FAULT_NAN_ENTRY)
        c[job->place.row * n + job->place.col] = NAN;
    for (size_t i = 0; i < FAKE_TILE && n >= 3 * FAKE_TILE; i++)
        for (size_t j = 0; j < FAKE_TILE; j++) {
            if (job->fault == FAULT_SWAPPED_TILES)
                swap(&c[i * n + FAKE_TILE + j], &c[i * n + 2 * FAKE_TILE + j]);
            if (job->fault == FAULT_MIRRORED_TILE && j < i)
                swap(&c[i * n + FAKE_TILE + j], &c[j * n + FAKE_TILE + i]);
            if (job->fault == FAULT_LOST_TILE)
                c[i * n + FAKE_TILE + j] = 0;
        }
}

static void work(struct job *job, const struct variant *v)
{
    const size_t n = job->problem.n;
    const float *summed = job->a;
    if (v->op != OP_REDUCE) {
        multiply(job, v->arithmetic);
        spoil(job);
        if (job->spoil)
            job->spoil(job, job->spoil_context);
        summed = job->c;
    }
    job->sum = 0;
    for (size_t i = 0; i < n * n; i++)
        job->sum += (double)summed[i];
    if (v->arithmetic == ARITH_INT8 && v->op != OP_REDUCE) {
        job->sum /= 127 * 127;
        for (size_t i = 0; i < n * n; i++)
            job->c[i] *= 1.0f / (127 * 127);
    }
    if (v->op == OP_REDUCE && job->fault == FAULT_LOST_TILE)
        job->sum -= 0.5 * (double)n;
}

static enum status scripted_run(struct job *job, struct fake_pace *pace, unsigned launches,
                                struct sample *sample, struct failure *why)
{
    for (const nanos begin = clock_now(); pace->busy_ns && clock_now() - begin < pace->busy_ns;)
        ;
    sample->device_ns = pace->launch_ns(pace->runs, launches);
    sample->wall_ns = pace->wall_ns ? pace->wall_ns : sample->device_ns;
    sample->throttle = pace->throttle;
    sample->power_w = pace->power_w;
    sample->power_limit_w = pace->power_limit_w;
    pace->runs++;
    if (!pace->idle_from || pace->runs < pace->idle_from)
        job->sum = pace->runs == pace->differs_at ? nextafter(FAKE_ANSWER, 2) : FAKE_ANSWER;
    if (pace->runs == pace->fails_at)
        return fail(why, pace->loses_device ? STATUS_LOST : STATUS_FAILED,
                    "run %u failed on purpose", pace->runs);
    if (pace->runs == pace->interrupts_at) {
        interrupt_request(SIGINT);
        if (pace->dies_of_interrupt)
            return fail(why, STATUS_INTERRUPTED, "interrupted inside a run");
    }
    return STATUS_OK;
}

static enum status fake_run(struct job *job, const struct variant *v, unsigned launches,
                            struct sample *sample, struct failure *why)
{
    if (job->runs < sizeof job->order - 1)
        job->order[job->runs++] = v->name[0];
    if (v->row)
        return scripted_run(job, (struct fake_pace *)(uintptr_t)v->row, launches, sample, why);
    work(job, v);
    *sample = (struct sample){.launches = launches, .device_ns = 1000, .wall_ns = 1000};
    return STATUS_OK;
}

static enum status fake_answer(struct job *job, const struct variant *v, double *sum,
                               struct failure *why)
{
    if (job->fault == FAULT_NO_ANSWER)
        return fail(why, STATUS_FAILED, "no answer from %s", v->name);
    *sum = job->sum;
    return STATUS_OK;
}

static enum status fake_poison(struct job *job, struct failure *why)
{
    (void)why;
    for (size_t i = 0; i < job->problem.n * job->problem.n; i++)
        job->c[i] = NAN;
    job->sum = NAN;
    return STATUS_OK;
}

/* An entry of A as references take it. */
static double entry(const struct job *job, size_t at)
{
    return job->of_int8 ? rint(127 * (double)job->a[at]) : (double)job->a[at];
}

/* What entry() has to be divided by. */
static long double unit(const struct job *job)
{
    return job->of_int8 ? 127 : 1;
}

/* A·Aᵀ of what entry() gives, in float64: each product is exact. Freed by the caller. */
static double *products(const struct job *job)
{
    const size_t n = job->problem.n;
    double *a = malloc(n * n * sizeof *a), *c = malloc(n * n * sizeof *c);
    if (!a || !c)
        abort();
    for (size_t i = 0; i < n * n; i++)
        a[i] = entry(job, i);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++)
                sum += a[i * n + k] * a[j * n + k];
            c[i * n + j] = c[j * n + i] = sum;
        }
    free(a);
    return c;
}

static void fake_oracle_of_int8(struct job *job, bool is_rounded)
{
    job->of_int8 = is_rounded;
}

static enum status fake_column_sums(struct job *job, long double *out, struct failure *why)
{
    (void)why;
    const size_t n = job->problem.n;
    for (size_t k = 0; k < n; k++) {
        out[k] = 0;
        for (size_t i = 0; i < n; i++)
            out[k] += (long double)entry(job, i * n + k);
        out[k] /= unit(job);
    }
    return STATUS_OK;
}

static enum status fake_a_times(struct job *job, const long double *x, long double *out,
                                struct failure *why)
{
    (void)why;
    const size_t n = job->problem.n;
    for (size_t i = 0; i < n; i++) {
        out[i] = 0;
        for (size_t k = 0; k < n; k++)
            out[i] += entry(job, i * n + k) * x[k];
        out[i] /= unit(job);
    }
    return STATUS_OK;
}

static enum status fake_dots(struct job *job, const struct entry *e, size_t count, long double *out,
                             struct failure *why)
{
    (void)why;
    const size_t n = job->problem.n;
    for (size_t i = 0; i < count; i++) {
        out[i] = 0;
        for (size_t k = 0; k < n; k++)
            out[i] += (long double)(entry(job, e[i].row * n + k) * entry(job, e[i].col * n + k));
        out[i] /= unit(job) * unit(job);
    }
    return STATUS_OK;
}

static enum status fake_a_entries(struct job *job, const struct entry *e, size_t count, double *out,
                                  struct failure *why)
{
    (void)why;
    for (size_t i = 0; i < count; i++)
        out[i] = (double)job->a[e[i].row * job->problem.n + e[i].col];
    return STATUS_OK;
}

static enum status fake_c_row_sums(struct job *job, long double *out, struct failure *why)
{
    (void)why;
    const size_t n = job->problem.n;
    for (size_t i = 0; i < n; i++) {
        out[i] = 0;
        for (size_t j = 0; j < n; j++)
            out[i] += (double)job->c[i * n + j];
    }
    return STATUS_OK;
}

static enum status fake_c_entries(struct job *job, const struct entry *e, size_t count, double *out,
                                  struct failure *why)
{
    if (job->fault == FAULT_NO_ENTRIES)
        return fail(why, STATUS_FAILED, "%zu entries cannot be read", count);
    for (size_t i = 0; i < count; i++)
        out[i] = (double)job->c[e[i].row * job->problem.n + e[i].col];
    return STATUS_OK;
}

static enum status fake_block_errors(struct job *job, const double *x, unsigned width, double *out,
                                     uint32_t *col, struct failure *why)
{
    (void)why;
    const size_t n = job->problem.n;
    double *wanted = products(job);
    for (size_t i = 0; i < n; i++) {
        out[i] = -1;
        for (size_t from = 0; from < n; from += width) {
            double error = 0;
            for (size_t j = from; j < from + width && j < n; j++) {
                const double want = wanted[i * n + j] / (double)(unit(job) * unit(job));
                if (j != i)
                    error += x[j] * ((double)job->c[i * n + j] - want);
            }
            error = isnan(error) ? (double)INFINITY : fabs(error);
            if (error > out[i]) {
                out[i] = error;
                col[i] = (uint32_t)from;
            }
        }
    }
    free(wanted);
    return STATUS_OK;
}

static enum status fake_scale_rows(struct job *job, const struct variant *v, const float *factor,
                                   struct failure *why)
{
    (void)v, (void)why;
    const size_t n = job->problem.n;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < n; k++)
            job->a[i * n + k] =
                fake_entry_of_a(&job->problem, (struct entry){i, k}) * (factor ? factor[i] : 1);
    return STATUS_OK;
}

const struct backend fake_backend = {
    .name = "fake",
    .end = fake_end,
    .run = fake_run,
    .answer = fake_answer,
    .poison = fake_poison,
    .oracle_column_sums = fake_column_sums,
    .oracle_a_times = fake_a_times,
    .oracle_dots = fake_dots,
    .oracle_of_int8 = fake_oracle_of_int8,
    .a_entries = fake_a_entries,
    .c_row_sums = fake_c_row_sums,
    .c_entries = fake_c_entries,
    .c_block_errors = fake_block_errors,
    .scale_rows = fake_scale_rows,
};
