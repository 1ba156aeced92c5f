/* load.c - a job begins, variants are loaded, and their results are read back. */
#include "kernels/backend/batch.h"
#include "kernels/backend/gpu.h"
#include "kernels/device/modules.h"
#include "kernels/device/sm_clock.h"
#include "kernels/job/oracle.h"

#include "harness/base/need.h"

#include <stdlib.h>

enum status gpu_begin(struct device *device, const struct plan *plan, struct job **job,
                      struct failure *why)
{
    *job = NULL;
    return plan->fits ? job_new(device, &plan->problem, plan->panel_rows, job, why)
                      : fail(why, STATUS_NO_MEMORY, "%s", plan->sentence);
}

void gpu_end(struct job *job)
{
    if (!job)
        return;
    sm_clock_free(job->clock);
    batch_end(job);
    job_free(job);
}

/* The columns past n are zero and must stay zero, because a sum of whole rows reads them. */
static enum status allocate_c(struct job *job, const struct variant *v, struct failure *why)
{
    const struct device *d = job->device;
    job->of_c = gpu_rows_of_c(d, v, &job->problem);
    const size_t bytes = (size_t)job->of_c.count * job->pitch * job_entry_bytes(job);
    if (!bytes)
        return STATUS_OK;
    enum status status = job_buffer(job, NULL, "C", bytes, &job->c, why);
    if (status)
        return status;
    CUresult error = d->cu.cuMemsetD8Async(job->c, 0, bytes, d->stream);
    return error ? driver_fail(&d->cu, error, why, "cannot clear C") : STATUS_OK;
}

static enum status load_function(struct job *job, struct loaded *l, struct failure *why)
{
    enum { STATIC_AND_DYNAMIC = 48 << 10 }; /* without asking; static shared memory counts too */
    const struct kernel *k = l->kernel;
    struct device *d = job->device;
    enum status status = module_function(d, k->module, k->symbol, &l->function, why);
    if (status || k->shared_bytes < STATIC_AND_DYNAMIC)
        return status;
    CUresult error = d->cu.cuFuncSetAttribute(
        l->function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, (int)k->shared_bytes);
    return error ? driver_fail(&d->cu, error, why, "cannot get the shared memory a kernel needs")
                 : STATUS_OK;
}

static enum status prepare(struct job *job, struct loaded *l, struct failure *why)
{
    const struct variant *v = l->variant;
    const struct family *family = l->kernel->family;
    enum status status = STATUS_OK;
    if (gpu_stores_c(v) && !job->c)
        status = allocate_c(job, v, why);
    if (!status && v->op != OP_MATMUL)
        status = job_buffer(job, NULL, "partial sums",
                            gpu_partials(job->device, &job->problem, v) * sizeof(double),
                            &job->partials, why);
    if (!status && l->kernel->module)
        status = load_function(job, l, why);
    if (!status && family && family->prepare && !l->is_empty)
        status = family->prepare(job, l, why);
    return status;
}

/* There may be more ranks than tiles. */
static bool is_empty(const struct job *job, const struct variant *v)
{
    const struct device *d = job->device;
    struct cut begin, end;
    return d->share.of && !d->share.is_block &&
           gpu_cut(d, v, &job->problem, d->share.begin, &begin) &&
           gpu_cut(d, v, &job->problem, d->share.end, &end) && begin.row == end.row &&
           begin.col == end.col;
}

enum status gpu_load(struct job *job, const struct variant *v, struct failure *why)
{
    if (job_loaded(job, v))
        return STATUS_OK;
    struct loaded *l = need(sizeof *l);
    *l = (struct loaded){
        .variant = v, .kernel = kernel_of(v), .is_empty = is_empty(job, v), .next = job->loaded};
    enum status status = prepare(job, l, why);
    if (status) {
        free(l->state);
        free(l);
    } else {
        job->loaded = l;
    }
    return status;
}

static enum status sum_of_c(struct job *job, double *sum, struct failure *why)
{
    long double *rows = need_array(job->n, sizeof *rows), total = 0;
    enum status status = gpu_c_row_sums(job, rows, why);
    for (uint64_t i = 0; i < job->of_c.count && !status; i++)
        total += rows[job->of_c.first + i];
    *sum = (double)total;
    free(rows);
    return status;
}

enum status gpu_answer(struct job *job, const struct variant *v, double *sum, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    const struct family *family = kernel_of(v)->family;
    float sum_f32;
    if (v->op == OP_MATMUL)
        return sum_of_c(job, sum, why);
    const bool is_float = family && family->float_sum;
    CUresult error = is_float ? cu->cuMemcpyDtoH(&sum_f32, job->sum_f32, sizeof sum_f32)
                              : cu->cuMemcpyDtoH(sum, job->sum, sizeof *sum);
    if (is_float && !error)
        *sum = sum_f32;
    return error ? driver_fail(cu, error, why, "reading the sum back") : STATUS_OK;
}

enum status gpu_poison(struct job *job, struct failure *why)
{
    const struct device *d = job->device;
    CUresult error =
        d->cu.cuMemsetD8Async(job->sum, 0xff, sizeof(double) + sizeof(float), d->stream);
    if (!error && job->c)
        error = d->cu.cuMemsetD2D8Async(job->c, job->pitch * job_entry_bytes(job), 0xff,
                                        job->n * job_entry_bytes(job), (size_t)job->of_c.count,
                                        d->stream);
    return error ? driver_fail(&d->cu, error, why, "poisoning the output")
                 : job_wait(job, "poisoning the output", why);
}

/* A library may have been given a copy of A when it was prepared. */
enum status gpu_scale_rows(struct job *job, const struct variant *v, const float *factor,
                           struct failure *why)
{
    const struct family *family = kernel_of(v)->family;
    const enum status status = job_scale_rows(job, factor, why);
    if (status || !v->library || !family->prepare)
        return status;
    return family->prepare(job, job_loaded(job, v), why);
}

enum status gpu_read_a(struct job *job, void *out, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    if (job->panel_rows)
        return fail(why, STATUS_FAILED, "A is not in the GPU's memory: it is streamed");
    for (unsigned r = 0; r < job->n; r++) {
        const size_t entry = job_entry_bytes(job);
        CUresult error = cu->cuMemcpyDtoH((char *)out + (size_t)r * job->n * entry,
                                          job->a + (size_t)r * job->pitch * entry, job->n * entry);
        if (error)
            return driver_fail(cu, error, why, "reading A back");
    }
    return STATUS_OK;
}

/* As many bytes as a dense matrix has. A is the same afterwards, whatever its padding. */
static enum status copy(struct job *job, bool is_out, bool pinned, nanos *taken, size_t count,
                        struct failure *why)
{
    return device_copy(job->device, job->a, (size_t)job->n * job->n * job_entry_bytes(job), is_out,
                       pinned, taken, count, why);
}

enum status gpu_copy_in(struct job *job, bool pinned, nanos *taken, size_t count,
                        struct failure *why)
{
    return copy(job, false, pinned, taken, count, why);
}

enum status gpu_copy_out(struct job *job, bool pinned, nanos *taken, size_t count,
                         struct failure *why)
{
    return copy(job, true, pinned, taken, count, why);
}
