/* job.c - a problem on the CPU: A, C and a little scratch memory. */
#include "cpu/backend/job.h"

#include "cpu/loops/fill.h"
#include "cpu/loops/sums.h"
#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE_BYTES = 2 << 20 };

/* Untouched memory, aligned to 64 bytes or more, on huge pages if the system has them: the first
 * touch then takes half the time. Release it with free(); NULL if there is not enough. */
static float *matrix_new(size_t n)
{
    size_t bytes = n * n * sizeof(float);
    void *matrix;

    if (posix_memalign(&matrix, bytes < HUGE_PAGE_BYTES ? 64 : HUGE_PAGE_BYTES, bytes))
        return NULL;
    if (bytes >= HUGE_PAGE_BYTES)
        madvise(matrix, bytes, MADV_HUGEPAGE); /* without it, it is only slower */
    return matrix;
}

void cpu_job_end(struct job *j)
{
    if (!j)
        return;
    free(j->a);
    free(j->c);
    free(j->rows);
    free(j);
}

static enum status refused(const struct problem *p, const char *what, struct failure *why)
{
    return fail(why, STATUS_NO_MEMORY,
                "the system refused memory for %s at N = %llu: take a smaller N", what,
                (unsigned long long)p->n);
}

enum status cpu_job_begin(struct device *d, const struct plan *plan, struct job **job,
                          struct failure *why)
{
    const struct problem *p = &plan->problem;
    struct job *j;

    if (p->n < 1 || p->n > PROBLEM_MAX_N)
        return fail(why, STATUS_USAGE, "N = %llu is not between 1 and %u", (unsigned long long)p->n,
                    PROBLEM_MAX_N);
    if (!plan->fits)
        return fail(why, STATUS_NO_MEMORY, "%s", plan->sentence);
    j = need(sizeof *j);
    *j = (struct job){.device = d, .problem = *p, .n = (size_t)p->n, .scalar = NAN};
    j->rows = need_array(j->n, sizeof *j->rows);
    j->a = matrix_new(j->n);
    if (!j->a) {
        cpu_job_end(j);
        return refused(p, "A", why);
    }
    fill_matrix(d->pool, p, j->a);
    *job = j;
    return STATUS_OK;
}

enum status cpu_job_load(struct job *j, const struct variant *v, struct failure *why)
{
    const struct cpu_variant *own = v->row;

    if (own->needs_blas && !j->device->blas)
        return fail(why, STATUS_FAILED, "%s", j->device->no_blas.text);
    if (!own->stores_c || j->c)
        return STATUS_OK;
    j->c = matrix_new(j->n);
    return j->c ? STATUS_OK : refused(&j->problem, "C", why);
}

enum status cpu_job_run(struct job *j, const struct variant *v, unsigned launches,
                        struct sample *sample, struct failure *why)
{
    const struct cpu_variant *own = v->row;
    nanos total[VARIANT_STEPS_MAX] = {0}, start = clock_now(), last = start;

    (void)why;
    for (unsigned launch = 0; launch < launches; launch++)
        for (int s = 0; s < VARIANT_STEPS_MAX && own->step[s]; s++) {
            own->step[s](j);
            nanos now = clock_now();
            total[s] += now - last;
            last = now;
        }
    *sample = (struct sample){.launches = launches};
    if (launches)
        sample->wall_ns = sample->device_ns = (last - start) / launches;
    for (int s = 0; s < VARIANT_STEPS_MAX && launches; s++)
        sample->step_ns[s] = total[s] / launches;
    return STATUS_OK;
}

enum status cpu_job_answer(struct job *j, const struct variant *v, double *sum, struct failure *why)
{
    (void)why;
    *sum = v->op == OP_MATMUL ? sums_all(j->device->pool, j->c, j->n, j->rows) : j->scalar;
    return STATUS_OK;
}

static void poison_piece(void *context, size_t begin, size_t end)
{
    float *c = context;

    for (size_t i = begin; i < end; i++)
        c[i] = NAN;
}

enum status cpu_job_poison(struct job *j, struct failure *why)
{
    (void)why;
    j->scalar = NAN;
    if (j->c)
        parallel_for(j->device->pool, j->n * j->n, 1 << 16, poison_piece, j->c);
    return STATUS_OK;
}

enum status cpu_job_oracle_column_sums(struct job *j, double *out, struct failure *why)
{
    (void)why;
    sums_columns(j->device->pool, j->a, j->n, out);
    return STATUS_OK;
}

enum status cpu_job_oracle_a_times(struct job *j, const double *x, double *out, struct failure *why)
{
    (void)why;
    sums_times(j->device->pool, j->a, j->n, x, out);
    return STATUS_OK;
}

enum status cpu_job_oracle_dots(struct job *j, const struct entry *e, size_t count, double *out,
                                struct failure *why)
{
    (void)why;
    sums_dots(j->device->pool, j->a, j->n, e, count, out);
    return STATUS_OK;
}

static void pick(const float *matrix, size_t n, const struct entry *e, size_t count, float *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = matrix[e[i].row * n + e[i].col];
}

enum status cpu_job_a_entries(struct job *j, const struct entry *e, size_t count, float *out,
                              struct failure *why)
{
    (void)why;
    pick(j->a, j->n, e, count, out);
    return STATUS_OK;
}

static enum status no_c(struct failure *why)
{
    return fail(why, STATUS_FAILED, "no variant that stores C has been loaded: load one first");
}

enum status cpu_job_c_row_sums(struct job *j, double *out, struct failure *why)
{
    if (!j->c)
        return no_c(why);
    sums_rows(j->device->pool, j->c, j->n, out);
    return STATUS_OK;
}

enum status cpu_job_c_entries(struct job *j, const struct entry *e, size_t count, float *out,
                              struct failure *why)
{
    if (!j->c)
        return no_c(why);
    pick(j->c, j->n, e, count, out);
    return STATUS_OK;
}

enum status cpu_job_read_a(struct job *j, float *out, struct failure *why)
{
    (void)why;
    memcpy(out, j->a, j->n * j->n * sizeof *out);
    return STATUS_OK;
}
