/* job.c - a problem on a GPU: memory, the fill, loading variants, their answers. */
#include "kernels/job/job.h"

#include "kernels/backend/batch.h"
#include "kernels/device/modules.h"
#include "kernels/device/sm_clock.h"
#include "kernels/job/stream.h"
#include "kernels/launchers/ampere.h"
#include "kernels/launchers/tensor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t round_up(uint64_t x, uint64_t to)
{
    return (x + to - 1) / to * to;
}

static void layout_of(const struct problem *p, unsigned *rows, unsigned *pitch)
{
    *rows = (unsigned)(p->op == OP_REDUCE ? p->n : round_up(p->n, 256));
    *pitch = (unsigned)(p->op == OP_REDUCE ? p->n : round_up(p->n, 32));
}

/* Rows of A in memory: job->rows, or a few more where tiles of 96 end later. */
static uint64_t rows_stored(const struct problem *p)
{
    const uint64_t a = round_up(p->n, 256), b = round_up(p->n, 96);
    return p->op == OP_REDUCE ? p->n : a > b ? a : b;
}

/* Float64 partial sums that a run leaves behind: one a tile of the triangle, or one a block of any
 * other grid. */
static size_t partials_of(const struct device *device, const struct problem *p,
                          const struct kernel *k)
{
    enum { MOST_BLOCKS_PER_SM = 16, LEAST_TILE = 64 };
    if (k && k->grid == GRID_CHUNKS)
        return (size_t)((p->n * p->n + k->tile - 1) / k->tile);
    if (p->op != OP_SUM_AAT || (k && k->grid != GRID_TRIANGLE))
        return (size_t)device->sms * MOST_BLOCKS_PER_SM;
    const uint64_t tile = k ? k->tile : LEAST_TILE, t = (p->n + tile - 1) / tile;
    return (size_t)(t * (t + 1) / 2);
}

/* Whether v leaves a C in memory: a library also on the way to the sum of its entries. */
static bool stores_c(const struct variant *v)
{
    return v->op == OP_MATMUL || (v->op == OP_SUM_AAT && v->library);
}

static uint64_t bytes_in_memory(const struct device *device, const struct variant *v,
                                const struct problem *p)
{
    unsigned rows, pitch;
    layout_of(p, &rows, &pitch);
    uint64_t bytes = rows_stored(p) * pitch * sizeof(float);
    if (p->op == OP_MATMUL || (v && stores_c(v)))
        bytes += p->n * (uint64_t)pitch * sizeof(float);
    if (v && kernel_of(v)->needs_transpose)
        bytes += (uint64_t)rows * pitch * sizeof(float);
    if (v && kernel_of(v)->tensor)
        bytes += tensor_bytes(kernel_of(v)->tensor, p->n);
    if (v && kernel_of(v)->needs_half)
        bytes += (uint64_t)rows * pitch * sizeof(uint16_t);
    if (v)
        bytes += ampere_copy_bytes(kernel_of(v), p->n);
    return bytes + partials_of(device, p, v ? kernel_of(v) : NULL) * sizeof(double) +
           gpu_oracle_bytes(p->n) + (1u << 20);
}

bool gpu_streams(const struct device *device, const struct problem *p)
{
    return p->op == OP_SUM_AAT && bytes_in_memory(device, NULL, p) > device->facts.memory_free;
}

uint64_t gpu_bytes_needed(const struct device *device, const struct variant *v,
                          const struct problem *p)
{
    return gpu_streams(device, p) && (!v || stream_can(v)) ? stream_bytes_least(v, p)
                                                           : bytes_in_memory(device, v, p);
}

/* For messages: an amount in GiB or MiB. */
static const char *amount(uint64_t bytes, char *text, size_t size)
{
    if (bytes >= 1u << 30)
        snprintf(text, size, "%.1f GiB", (double)bytes / (1u << 30));
    else
        snprintf(text, size, "%.1f MiB", (double)bytes / (1u << 20));
    return text;
}

static enum status check_memory(struct device *d, const struct problem *p, struct failure *why)
{
    size_t available = 0, total = 0;
    CUresult error = d->cu.cuMemGetInfo(&available, &total);
    if (error)
        return driver_fail(&d->cu, error, why, "cannot ask for the GPU's memory");
    if (available > d->facts.memory_free)
        available = d->facts.memory_free;
    const uint64_t needed = gpu_bytes_needed(d, NULL, p);
    if (needed <= available)
        return STATUS_OK;
    char need[32], have[32];
    return fail(why, STATUS_NO_MEMORY, "N = %llu needs %s for `%s`%s; %s has %s free%s",
                (unsigned long long)p->n, amount(needed, need, sizeof need), op_name(p->op),
                p->op == OP_MATMUL ? " (A and C)" : "", d->facts.name,
                amount(available, have, sizeof have),
                p->op == OP_SUM_AAT ? ": take a smaller N"
                                    : ". `sum-aat` streams A and needs little: --op sum-aat");
}

enum status gpu_allocate(struct job *job, CUdeviceptr *pointer, size_t bytes, const char *what,
                         struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    CUresult error = cu->cuMemAlloc(pointer, bytes);
    if (!error)
        return STATUS_OK;
    char sentence[128], size[32];
    snprintf(sentence, sizeof sentence, "cannot allocate %s for %s on the GPU",
             amount(bytes, size, sizeof size), what);
    return driver_fail(cu, error, why, sentence);
}

enum status gpu_wait(struct job *job, const char *what, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    CUresult error = cu->cuStreamSynchronize(job->device->stream);
    return error ? driver_fail(cu, error, why, what) : STATUS_OK;
}

enum status gpu_fill(struct job *job, CUdeviceptr to, struct part part, struct failure *why)
{
    struct device *d = job->device;
    CUfunction f;
    enum status status = module_function(d, "service/fill", "fill_philox", &f, why);
    if (status)
        return status;
    unsigned long long seed = job->problem.seed;
    const bool is_unit = job->problem.range == RANGE_UNIT;
    float scale = is_unit ? 1.0f : 2.0f, offset = is_unit ? 0.0f : -1.0f;
    unsigned by_row = job->problem.range == RANGE_WIDE, first_quad = part.first_col / 4;
    void *arguments[] = {&to,         &job->n, &part.rows, &part.pitch, &part.first_row,
                         &first_quad, &seed,   &scale,     &offset,     &by_row};
    return launch(d, f, (unsigned)d->sms * 16, 1, 256, 1, 0, arguments, "fill_philox", why);
}

/* A, whole; or room for panels of it and nothing made yet but the kernel that will. */
static enum status make_a(struct job *job, struct failure *why)
{
    if (gpu_streams(job->device, &job->problem))
        return stream_begin(job, why);
    const uint64_t rows = rows_stored(&job->problem);
    enum status status = gpu_allocate(job, &job->a, rows * job->pitch * sizeof(float), "A", why);
    return status ? status
                  : gpu_fill(job, job->a, (struct part){0, (unsigned)rows, 0, job->pitch}, why);
}

enum status gpu_begin(struct device *device, const struct problem *p, struct job **out,
                      struct failure *why)
{
    *out = NULL;
    enum status status = check_memory(device, p, why);
    if (status)
        return status;
    struct job *job = calloc(1, sizeof *job);
    if (!job)
        return fail(why, STATUS_NO_MEMORY, "out of host memory");
    job->device = device;
    job->problem = *p;
    job->n = (unsigned)p->n;
    layout_of(p, &job->rows, &job->pitch);
    device->panel_rows = 0;
    status = make_a(job, why);
    if (!status)
        status = gpu_allocate(job, &job->sum, 2 * sizeof(double), "the sum", why);
    if (status)
        goto out;
    job->sum_f32 = job->sum + sizeof(double);
    job->ticket = job->sum_f32 + sizeof(float);
    CUresult error = device->cu.cuMemsetD8Async(job->sum, 0, 2 * sizeof(double), device->stream);
    status = error ? driver_fail(&device->cu, error, why, "cannot clear the sum")
                   : gpu_wait(job, "filling A", why);
out:
    if (status)
        gpu_end(job), job = NULL;
    *out = job;
    return status;
}

void gpu_end(struct job *job)
{
    if (!job)
        return;
    tensor_end(job);
    sm_clock_free(job->clock);
    batch_end(job);
    const CUdeviceptr all[] = {job->a,        job->at,       job->a_bf16,  job->a_f16, job->c,
                               job->partials, job->eviction, job->scratch, job->sum};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i])
            job->device->cu.cuMemFree(all[i]);
    for (size_t i = 0; i < ARITH_COUNT; i++)
        if (job->rounded[i])
            job->device->cu.cuMemFree(job->rounded[i]);
    free(job);
}

/* The columns past n are zero and stay so: nothing may write them, and a sum over whole rows may
 * read them. */
static enum status allocate_c(struct job *job, struct failure *why)
{
    const struct device *d = job->device;
    const size_t bytes = (size_t)job->n * job->pitch * sizeof(float);
    enum status status = gpu_allocate(job, &job->c, bytes, "C", why);
    if (status)
        return status;
    CUresult error = d->cu.cuMemsetD8Async(job->c, 0, bytes, d->stream);
    return error ? driver_fail(&d->cu, error, why, "cannot clear C") : STATUS_OK;
}

enum status gpu_need_transpose(struct job *job, struct failure *why)
{
    return job->at ? STATUS_OK
                   : gpu_allocate(job, &job->at, (size_t)job->rows * job->pitch * sizeof(float),
                                  "Aᵀ", why);
}

static enum status ensure_partials(struct job *job, const struct kernel *k, struct failure *why)
{
    const size_t count = partials_of(job->device, &job->problem, k);
    if (count <= job->partial_capacity)
        return STATUS_OK;
    if (job->partials)
        job->device->cu.cuMemFree(job->partials);
    job->partials = 0;
    job->partial_capacity = 0;
    enum status status =
        gpu_allocate(job, &job->partials, count * sizeof(double), "partial sums", why);
    if (!status)
        job->partial_capacity = count;
    return status;
}

static enum status load_function(struct job *job, const struct variant *v, struct failure *why)
{
    const struct kernel *k = kernel_of(v);
    struct device *d = job->device;
    CUfunction *f = &job->function[v - gpu_variants];
    enum status status = module_function(d, k->module, k->symbol, f, why);
    if (status || k->shared_bytes < 48u << 10) /* what is not dynamic counts too */
        return status;
    CUresult error = d->cu.cuFuncSetAttribute(*f, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                              (int)k->shared_bytes);
    return error ? driver_fail(&d->cu, error, why, "cannot get the shared memory a kernel needs")
                 : STATUS_OK;
}

CUfunction gpu_function(const struct job *job, const struct kernel *k)
{
    for (size_t i = 0; i < gpu_variant_count; i++)
        if (gpu_variants[i].row == k)
            return job->function[i];
    return NULL;
}

enum status gpu_load(struct job *job, const struct variant *v, struct failure *why)
{
    const struct kernel *k = kernel_of(v);
    enum status status = STATUS_OK;
    if (stores_c(v) && !job->c)
        status = allocate_c(job, why);
    if (!status && v->op != OP_MATMUL)
        status = ensure_partials(job, k, why);
    if (!status && k->module)
        status = load_function(job, v, why);
    if (!status && k->prepare)
        status = k->prepare(job, k, why);
    return status;
}

enum status gpu_answer(struct job *job, const struct variant *v, double *sum, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    if (v->op == OP_MATMUL) {
        double *rows = malloc(job->n * sizeof *rows);
        if (!rows)
            return fail(why, STATUS_NO_MEMORY, "out of host memory");
        enum status status = gpu_c_row_sums(job, rows, why);
        *sum = 0;
        for (unsigned i = 0; i < job->n && !status; i++)
            *sum += rows[i];
        free(rows);
        return status;
    }
    float sum_f32;
    const bool is_float = kernel_of(v)->float_sum;
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
        error = d->cu.cuMemsetD2D8Async(job->c, job->pitch * sizeof(float), 0xff,
                                        job->n * sizeof(float), job->n, d->stream);
    return error ? driver_fail(&d->cu, error, why, "poisoning the output")
                 : gpu_wait(job, "poisoning the output", why);
}

enum status gpu_read_a(struct job *job, float *out, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    if (job->stream_rows)
        return fail(why, STATUS_FAILED, "A is not in the GPU's memory: it is streamed");
    for (unsigned r = 0; r < job->n; r++) {
        CUresult error = cu->cuMemcpyDtoH(out + (size_t)r * job->n,
                                          job->a + (size_t)r * job->pitch * sizeof(float),
                                          job->n * sizeof(float));
        if (error)
            return driver_fail(cu, error, why, "reading A back");
    }
    return STATUS_OK;
}

void gpu_telemetry_start(struct job *job)
{
    telemetry_start(job->device->telemetry);
    if (!job->clock)
        job->clock = sm_clock_new(job->device);
    job->is_watched = true;
}

void gpu_telemetry_stop(struct job *job)
{
    telemetry_stop(job->device->telemetry);
    job->is_watched = false;
}
