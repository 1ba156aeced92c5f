/* job.c - a problem on the CPU: A, C and a little scratch in the memory of the process. */
#include "cpu/backend/job.h"

#include "cpu/loops/fill.h"
#include "cpu/loops/sums.h"
#include "harness/host/host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE_BYTES = 2 << 20 };

/* matrices: how many of them are about to be taken, and which, in words. */
static enum status check_memory(const struct problem *p, int matrices, const char *which,
                                struct failure *why)
{
    const char *limit = "host";
    uint64_t needed = (uint64_t)matrices * p->n * p->n * sizeof(float);
    uint64_t available = host_memory_available(&limit);
    double gib = 1024.0 * 1024.0 * 1024.0;

    if (needed <= available)
        return STATUS_OK;
    return fail(why, STATUS_NO_MEMORY,
                "N = %llu needs %.1f GiB for %s (%s); %.1f GiB is available (%s): take a smaller N",
                (unsigned long long)p->n, (double)needed / gib, op_name(p->op), which,
                (double)available / gib, limit);
}

/* Untouched memory, aligned to 64 bytes or more, on huge pages where the system has them to give:
 * the first touch then takes half the time. Freed with free(). */
static float *matrix_new(size_t n)
{
    size_t bytes = n * n * sizeof(float);
    void *matrix;

    if (posix_memalign(&matrix, bytes < HUGE_PAGE_BYTES ? 64 : HUGE_PAGE_BYTES, bytes))
        return NULL;
    if (bytes >= HUGE_PAGE_BYTES)
        madvise(matrix, bytes, MADV_HUGEPAGE); /* a wish: without it, it is only slower */
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

enum status cpu_job_begin(struct device *d, const struct problem *p, struct job **job,
                          struct failure *why)
{
    enum status status;
    struct job *j;

    if (p->n < 1 || p->n > PROBLEM_MAX_N)
        return fail(why, STATUS_USAGE, "N = %llu is not between 1 and %u", (unsigned long long)p->n,
                    PROBLEM_MAX_N);
    status = p->op == OP_MATMUL ? check_memory(p, 2, "A and C", why) : check_memory(p, 1, "A", why);
    if (status != STATUS_OK)
        return status;
    j = calloc(1, sizeof *j);
    if (j) {
        j->device = d;
        j->problem = *p;
        j->n = (size_t)p->n;
        j->scalar = NAN;
        j->a = matrix_new(j->n);
        j->rows = malloc(j->n * sizeof *j->rows);
    }
    if (!j || !j->a || !j->rows) {
        cpu_job_end(j);
        return fail(why, STATUS_NO_MEMORY,
                    "the system refused memory for N = %llu: take a smaller N",
                    (unsigned long long)p->n);
    }
    fill_matrix(d->pool, p, j->a);
    *job = j;
    return STATUS_OK;
}

enum status cpu_job_load(struct job *j, const struct variant *v, struct failure *why)
{
    const struct cpu_variant *own = v->row;
    enum status status;

    if (own->needs_blas && !j->device->blas)
        return fail(why, STATUS_FAILED, "%s", j->device->no_blas.text);
    if (!own->stores_c || j->c)
        return STATUS_OK;
    status = check_memory(&j->problem, 1, "C, with A in place", why);
    if (status != STATUS_OK)
        return status;
    j->c = matrix_new(j->n);
    if (!j->c)
        return fail(why, STATUS_NO_MEMORY,
                    "the system refused memory for C at N = %zu: take a smaller N", j->n);
    return STATUS_OK;
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
