/* prepare.c - the matrices of a soak, and their first answers: made, verified, kept. */
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/soak/soak.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LOAD_POINTS = 1024, ALL_POINTS = 3600 };

void soak_add(struct soak *soak, const struct variant *v, const struct problem *p)
{
    struct soak_load *load = &soak->loads[soak->load_count++];
    *load = (struct soak_load){.variant = v, .problem = *p};
    load->problem.op = v->op;
    load->series = soak_series_new(LOAD_POINTS);
}

/* Bytes of device memory for one more matrix of a load, with the answer that is kept. */
static uint64_t bytes_of(const struct soak *soak, const struct soak_load *load)
{
    const struct problem *p = &load->problem;
    struct plan plan;
    soak->backend->plan(soak->device, load->variant, p, &plan);
    const uint64_t c = p->n * p->n * element_bytes(p->element);
    return plan.bytes + (load->variant->op == OP_MATMUL && soak->backend->keep ? c : 0);
}

/* The first run, from NaN everywhere; its answer is verified and kept. */
static enum status first_answer(const struct soak *soak, const struct soak_load *load,
                                struct soak_job *j, struct failure *why)
{
    const struct backend *backend = soak->backend;
    const struct variant *v = load->variant;
    struct oracle oracle = {0};
    struct sample sample = {0};
    enum status status = backend->load(j->job, v, why);
    if (status == STATUS_OK)
        status = oracle_make(backend, j->job, &load->problem, &oracle, why);
    oracle.device = backend->device_facts(soak->device);
    if (status == STATUS_OK)
        status = backend->poison(j->job, why);
    if (status == STATUS_OK)
        status = backend->run(j->job, v, 1, &sample, why);
    if (status == STATUS_OK && backend->keep)
        status = backend->keep(j->job, v, why); /* before another run, which verify() may need */
    if (status == STATUS_OK)
        status = verify(backend, j->job, v, &oracle, sample.wall_ns, &j->verdict, why);
    if (status == STATUS_OK && !j->verdict.ok)
        status = fail(why, STATUS_WRONG, "%s", j->verdict.reason);
    if (status == STATUS_OK)
        status = soak_sums_of_a(soak, load, j->job, j->rows, j->cols, why);
    oracle_free(&oracle);
    return status;
}

/* One more matrix, with a seed of its own. */
static enum status add_job(struct soak *soak, struct soak_load *load, struct failure *why)
{
    struct problem p = load->problem;
    struct plan plan;
    p.seed += load->job_count;
    soak->backend->plan(soak->device, NULL, &p, &plan);
    if (plan.panel_rows)
        return fail(why, STATUS_NO_MEMORY, "N = %llu does not fit: choose a smaller --order",
                    (unsigned long long)p.n);
    load->jobs = need_room(load->jobs, load->job_count, sizeof *load->jobs);
    struct soak_job *j = &load->jobs[load->job_count++];
    *j = (struct soak_job){.rows = need_array(p.n, sizeof *j->rows),
                           .cols = need_array(p.n, sizeof *j->cols)};
    const enum status status = soak->backend->begin(soak->device, &plan, &j->job, why);
    if (status != STATUS_OK)
        return status;
    const struct problem own = load->problem;
    load->problem = p;
    const enum status answered = first_answer(soak, load, j, why);
    load->problem = own;
    soak->verified += answered == STATUS_OK;
    return answered;
}

static void drop_last(const struct soak *soak, struct soak_load *load)
{
    struct soak_job *j = &load->jobs[--load->job_count];
    if (j->job)
        soak->backend->end(j->job);
    free(j->rows);
    free(j->cols);
}

/* Fills the load's share of the memory. Ends early, without an error, if memory runs out after the
 * first matrix. */
static enum status fill(struct soak *soak, struct soak_load *load, uint64_t room,
                        struct failure *why)
{
    const uint64_t bytes = bytes_of(soak, load);
    const size_t fit = (size_t)(room / (bytes ? bytes : 1)),
                 most = soak->jobs_max && soak->jobs_max < fit ? soak->jobs_max : fit;
    const size_t wanted = most < 1 ? 1 : most > SOAK_JOBS_MAX ? SOAK_JOBS_MAX : most;
    const nanos start = soak_now(soak);
    while (load->job_count < wanted) {
        if (load->job_count && soak->prepare_s > 0 &&
            (double)(soak_now(soak) - start) * 1e-9 > soak->prepare_s)
            break;
        if (soak->say)
            soak->say(soak->context,
                      ((double)(load - soak->loads) + (double)load->job_count / (double)wanted) /
                          (double)soak->load_count,
                      load->variant->name, load->job_count, wanted);
        const enum status status = add_job(soak, load, why);
        if (status == STATUS_NO_MEMORY && load->job_count > 1) {
            drop_last(soak, load);
            break;
        }
        if (status != STATUS_OK)
            return status;
        soak->memory_used += bytes;
        if (interrupt_check(why) != STATUS_OK)
            return STATUS_INTERRUPTED;
    }
    return STATUS_OK;
}

/* Times a launch with its comparison and without, the best of a few batches each. */
static enum status time_checking(struct soak *soak, struct soak_load *load, struct failure *why)
{
    enum { TRIES = 3, LONG_NS = 20000000 };
    const struct backend *backend = soak->backend;
    struct soak_job *j = &load->jobs[0];
    struct job *job = j->job;
    unsigned launches = 1;
    enum status status = STATUS_OK;
    load->plain_s = load->checked_s = INFINITY;
    for (int i = 0; i < 2 * TRIES && status == STATUS_OK; i++) {
        struct sample sample = {0};
        struct mismatches found = {0};
        const bool is_checked = i % 2;
        status = is_checked
                     ? backend->run_checked(job, load->variant, launches, &sample, &found, why)
                     : backend->run(job, load->variant, launches, &sample, why);
        const double s = (double)sample.device_ns * 1e-9;
        double *best = is_checked ? &load->checked_s : &load->plain_s;
        *best = fmin(*best, s);
        if (found.launches)
            soak_note_errors(soak, load, j, &found);
        if (is_checked && status == STATUS_OK) {
            j->launches += launches;
            load->launches += launches;
            soak->launches += launches;
        }
        if (is_checked && sample.device_ns * launches < LONG_NS && launches < CHECKED_LAUNCHES_MAX)
            launches *= 4;
    }
    return status;
}

enum status soak_prepare(struct soak *soak, struct failure *why)
{
    enum status status = STATUS_OK;
    soak->series = soak_series_new(ALL_POINTS);
    soak_read_health(soak, soak->before);
    for (int i = 0; i < HEALTH_COUNT; i++)
        soak->after[i] = -1;
    for (size_t i = 0; i < soak->load_count && status == STATUS_OK; i++) {
        const uint64_t left =
            soak->memory > soak->memory_used ? soak->memory - soak->memory_used : 0;
        status = fill(soak, &soak->loads[i], left / (soak->load_count - i), why);
    }
    for (size_t i = 0; i < soak->load_count && status == STATUS_OK && soak->backend->keep; i++)
        status = time_checking(soak, &soak->loads[i], why);
    return status;
}

void soak_read_health(const struct soak *soak, int64_t counters[HEALTH_COUNT])
{
    for (int i = 0; i < HEALTH_COUNT; i++)
        counters[i] = -1;
    if (soak->backend->health)
        soak->backend->health(soak->device, counters);
}

void soak_free(struct soak *soak)
{
    for (size_t i = 0; i < soak->load_count; i++) {
        struct soak_load *load = &soak->loads[i];
        while (load->job_count)
            drop_last(soak, load);
        free(load->jobs);
        soak_series_free(&load->series);
    }
    soak_series_free(&soak->series);
}
