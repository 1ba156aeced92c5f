/* oracle.c - the float64 references on the GPU: kernels/support/oracle.cu, launched and read back.
 */
#include "kernels/job.h"
#include "kernels/modules.h"

#include <stdlib.h>
#include <string.h>

/* Device memory for one call's inputs and outputs, freed together. */
struct scratch {
    struct job *job;
    CUdeviceptr pointer[3];
    int count;
};

static enum status take(struct scratch *s, size_t bytes, const void *from, CUdeviceptr *pointer,
                        struct failure *why)
{
    const struct driver *cu = &s->job->device->cu;
    CUresult error = cu->cuMemAlloc(pointer, bytes);
    if (error)
        return driver_fail(cu, error, why, "cannot allocate GPU memory for verification");
    s->pointer[s->count++] = *pointer;
    if (from)
        error = cu->cuMemcpyHtoD(*pointer, from, bytes);
    return error ? driver_fail(cu, error, why, "copying to the GPU for verification") : STATUS_OK;
}

static void give_back(struct scratch *s)
{
    for (int i = 0; i < s->count; i++)
        s->job->device->cu.cuMemFree(s->pointer[i]);
}

static enum status oracle_launch(struct job *job, const char *symbol, unsigned grid_x,
                                 unsigned grid_y, unsigned block, void **arguments,
                                 struct failure *why)
{
    CUfunction f;
    enum status status = module_function(job->device, "support/oracle", symbol, &f, why);
    return status ? status
                  : launch(job->device, f, grid_x, grid_y, block, 1, 0, arguments, symbol, why);
}

static enum status fetch(struct job *job, void *out, CUdeviceptr from, size_t bytes,
                         struct failure *why)
{
    enum status status = gpu_wait(job, "verifying", why);
    if (status)
        return status;
    CUresult error = job->device->cu.cuMemcpyDtoH(out, from, bytes);
    return error ? driver_fail(&job->device->cu, error, why, "reading a reference back")
                 : STATUS_OK;
}

static unsigned blocks_of(size_t count, unsigned block)
{
    return (unsigned)((count + block - 1) / block);
}

enum status gpu_column_sums(struct job *job, double *out, struct failure *why)
{
    enum { BLOCK = 128 };
    struct scratch s = {job, {0}, 0};
    unsigned bands = job->n < 4096 ? (job->n + 63) / 64 : 64;
    CUdeviceptr part, sums;
    enum status status = take(&s, (size_t)bands * job->n * sizeof(double), NULL, &part, why);
    if (!status)
        status = take(&s, job->n * sizeof(double), NULL, &sums, why);
    void *band_arguments[] = {&job->a, &job->n, &job->pitch, &part, &bands};
    if (!status)
        status = oracle_launch(job, "oracle_column_sums", blocks_of(job->n, BLOCK), bands, BLOCK,
                               band_arguments, why);
    void *add_arguments[] = {&part, &job->n, &bands, &sums};
    if (!status)
        status = oracle_launch(job, "oracle_add_bands", blocks_of(job->n, BLOCK), 1, BLOCK,
                               add_arguments, why);
    if (!status)
        status = fetch(job, out, sums, job->n * sizeof(double), why);
    give_back(&s);
    return status;
}

enum status gpu_a_times(struct job *job, const double *x, double *out, struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr vector, product;
    enum status status = take(&s, job->n * sizeof(double), x, &vector, why);
    if (!status)
        status = take(&s, job->n * sizeof(double), NULL, &product, why);
    void *arguments[] = {&job->a, &job->n, &job->pitch, &vector, &product};
    if (!status)
        status = oracle_launch(job, "oracle_a_times", job->n, 1, 256, arguments, why);
    if (!status)
        status = fetch(job, out, product, job->n * sizeof(double), why);
    give_back(&s);
    return status;
}

enum status gpu_dots(struct job *job, const struct entry *e, size_t count, double *out,
                     struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr entries, values;
    unsigned how_many = (unsigned)count;
    enum status status = take(&s, count * sizeof *e, e, &entries, why);
    if (!status)
        status = take(&s, count * sizeof(double), NULL, &values, why);
    void *arguments[] = {&job->a, &job->n, &job->pitch, &entries, &how_many, &values};
    if (!status)
        status = oracle_launch(job, "oracle_dots", how_many, 1, 256, arguments, why);
    if (!status)
        status = fetch(job, out, values, count * sizeof(double), why);
    give_back(&s);
    return status;
}

static enum status gather(struct job *job, CUdeviceptr matrix, const struct entry *e, size_t count,
                          float *out, struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr entries, values;
    unsigned how_many = (unsigned)count;
    enum status status = take(&s, count * sizeof *e, e, &entries, why);
    if (!status)
        status = take(&s, count * sizeof(float), NULL, &values, why);
    void *arguments[] = {&matrix, &job->pitch, &entries, &how_many, &values};
    if (!status)
        status = oracle_launch(job, "gather", blocks_of(count, 256), 1, 256, arguments, why);
    if (!status)
        status = fetch(job, out, values, count * sizeof(float), why);
    give_back(&s);
    return status;
}

enum status gpu_a_entries(struct job *job, const struct entry *e, size_t count, float *out,
                          struct failure *why)
{
    return gather(job, job->a, e, count, out, why);
}

enum status gpu_c_entries(struct job *job, const struct entry *e, size_t count, float *out,
                          struct failure *why)
{
    return gather(job, job->c, e, count, out, why);
}

enum status gpu_c_row_sums(struct job *job, double *out, struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr sums;
    enum status status = take(&s, job->n * sizeof(double), NULL, &sums, why);
    void *arguments[] = {&job->c, &job->n, &job->pitch, &sums};
    if (!status)
        status = oracle_launch(job, "oracle_row_sums", job->n, 1, 256, arguments, why);
    if (!status)
        status = fetch(job, out, sums, job->n * sizeof(double), why);
    give_back(&s);
    return status;
}
