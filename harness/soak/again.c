/* again.c - checks, at the end of a soak, that the answers are still right and the matrices
 * unchanged.
 *
 * The sums of A's rows and columns are the same bits as at the start unless an entry has changed;
 * the first row and column whose sums differ locate it. */
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/soak/soak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status soak_sums_of_a(const struct soak *soak, const struct soak_load *load, struct job *job,
                           double *rows, double *cols, struct failure *why)
{
    const size_t n = load->problem.n;
    long double *x = need_array(n, sizeof *x), *sums = need_array(n, sizeof *sums);
    for (size_t i = 0; i < n; i++)
        x[i] = 1;
    enum status status = soak->backend->oracle_a_times(job, x, sums, why);
    for (size_t i = 0; i < n; i++)
        rows[i] = (double)sums[i];
    if (status == STATUS_OK)
        status = soak->backend->oracle_column_sums(job, sums, why);
    for (size_t i = 0; i < n; i++)
        cols[i] = (double)sums[i];
    free(x);
    free(sums);
    return status;
}

/* How many values differ in their bits, and the first that does. */
static uint64_t count_changes(const double *was, const double *is, size_t n, uint32_t *first)
{
    uint64_t count = 0;
    for (size_t i = n; i-- > 0;)
        if (memcmp(&was[i], &is[i], sizeof *is) != 0) {
            count++;
            *first = (uint32_t)i;
        }
    return count;
}

static uint32_t bits_of_float(double x)
{
    const float single = (float)x;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    return bits;
}

static enum status compare_a(struct soak *soak, const struct soak_load *load,
                             const struct soak_job *j, struct failure *why)
{
    const size_t n = load->problem.n;
    double *rows = need_array(n, sizeof *rows), *cols = need_array(n, sizeof *cols), got;
    struct soak_change c = {.load = (size_t)(load - soak->loads), .job = (size_t)(j - load->jobs)};
    enum status status = soak_sums_of_a(soak, load, j->job, rows, cols, why);
    if (status == STATUS_OK) {
        c.rows = count_changes(j->rows, rows, n, &c.at.row);
        c.cols = count_changes(j->cols, cols, n, &c.at.col);
    }
    if ((c.rows || c.cols) && soak->change_count < SOAK_ERRORS_MAX) {
        struct problem p = load->problem;
        p.seed += c.job;
        if (soak->backend->a_entries(j->job, &c.at, 1, &got, NULL) == STATUS_OK) {
            c.got = bits_of_float(got);
            c.want = bits_of_float(oracle_entry_of_a(&p, c.at));
        }
        soak->changes[soak->change_count++] = c;
    }
    free(rows);
    free(cols);
    return status;
}

/* The right answer is computed from A as it is now, so only compare_a() finds a changed A. */
static enum status verify_job(struct soak *soak, const struct soak_load *load, struct soak_job *j,
                              struct failure *why)
{
    const struct backend *backend = soak->backend;
    struct problem p = load->problem;
    struct oracle oracle = {0};
    struct sample sample = {0};
    struct verdict verdict = {0};
    p.seed += (uint64_t)(j - load->jobs);
    enum status status = compare_a(soak, load, j, why);
    if (status == STATUS_OK)
        status = oracle_make(backend, j->job, &p, &oracle, why);
    oracle.device = backend->device_facts(soak->device);
    if (status == STATUS_OK)
        status = backend->poison(j->job, why);
    if (status == STATUS_OK)
        status = backend->run(j->job, load->variant, 1, &sample, why);
    if (status == STATUS_OK)
        status = verify(backend, j->job, load->variant, &oracle, sample.wall_ns, &verdict, why);
    if (status == STATUS_OK && !verdict.ok)
        status = fail(why, STATUS_WRONG, "%s", verdict.reason);
    oracle_free(&oracle);
    return status;
}

void soak_verify_again(struct soak *soak)
{
    for (size_t i = 0; i < soak->load_count; i++)
        for (size_t k = 0; k < soak->loads[i].job_count; k++) {
            struct failure why = {0};
            if (soak->failure.status == STATUS_LOST || interrupt_requested())
                return;
            if (soak->say)
                soak->say(soak->context,
                          ((double)i + (double)k / (double)soak->loads[i].job_count) /
                              (double)soak->load_count,
                          "verifying again", k, soak->loads[i].job_count);
            const enum status status =
                verify_job(soak, &soak->loads[i], &soak->loads[i].jobs[k], &why);
            if ((status == STATUS_LOST || status == STATUS_FAILED) && !soak->failure.status)
                soak->failure = why;
            if (status == STATUS_NO_MEMORY && soak->not_again++ == 0)
                snprintf(soak->not_again_why, sizeof soak->not_again_why, "%.511s", why.text);
            if (status == STATUS_OK)
                soak->verified_again++;
            else if (status == STATUS_WRONG && soak->wrong_again++ == 0)
                snprintf(soak->wrong_why, sizeof soak->wrong_why, "%.511s", why.text);
        }
}
