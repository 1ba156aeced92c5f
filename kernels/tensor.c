/* tensor.c - the host's side of the tensor-core kernels for compute capability 9.0: planes of A,
 * tensor maps, lists of tiles, panels of k, and launches in clusters. */
#include "kernels/tensor.h"

#include "kernels/job.h"
#include "kernels/modules.h"
#include "kernels/tile_list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 128, TILE_ROWS = 256, BLOCK_ROWS = 128, PAD = 512, MAPS = 2 };

/* One kernel, made ready. */
struct ready {
    const struct kernel *kernel;
    CUfunction split, function;
    CUdeviceptr tiles;
    unsigned tile_count, steps, panels;
    struct ready *next;
};

/* What a job has for all of these kernels. Those of one element size share their planes, which is
 * why each launch splits A anew. */
struct tensor_state {
    CUdeviceptr planes[5]; /* by bytes an element: 2 or 4; 0 until one is wanted */
    CUdeviceptr scale;     /* a float a row, PAD more: columns of a tile may lie past n */
    struct ready *ready;
};

/* What the kernel is told; the layout is support/tensor_sm90.cuh's struct tensor_work. */
struct tensor_work {
    CUdeviceptr tiles;
    unsigned tile_count, steps, panels, n;
    CUdeviceptr scale;
};

static unsigned chunks_of(unsigned n, unsigned element_bytes)
{
    const unsigned k = CHUNK / element_bytes;
    return (n + k - 1) / k;
}

static size_t plane_bytes(unsigned n, unsigned element_bytes)
{
    return (size_t)chunks_of(n, element_bytes) * n * CHUNK;
}

uint64_t tensor_bytes(const struct tensor_recipe *r, uint64_t n)
{
    const uint64_t planes = r->split ? 2 * plane_bytes((unsigned)n, r->element_bytes) : 0;
    const size_t tiles = tile_list((unsigned)n, TILE_ROWS, r->cols, r->triangle, NULL);
    return planes + tiles * sizeof(struct tile_at) + (n + PAD) * sizeof(float);
}

bool tensor_available(const struct device *d, char *reason, size_t reason_bytes)
{
    if (d->cu.cuLaunchKernelEx && d->cu.cuTensorMapEncodeTiled)
        return true;
    snprintf(reason, reason_bytes, "needs a newer driver than CUDA %d.%d", d->cu.version / 1000,
             d->cu.version % 1000 / 10);
    return false;
}

static enum status allocate(struct job *job, CUdeviceptr *pointer, size_t bytes, const char *what,
                            struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    CUresult error = cu->cuMemAlloc(pointer, bytes);
    return error ? driver_fail(cu, error, why, what) : STATUS_OK;
}

/* Makes what all kernels of an element size share. */
static enum status share(struct job *job, const struct tensor_recipe *r, struct failure *why)
{
    if (!job->tensor && !(job->tensor = calloc(1, sizeof *job->tensor)))
        return fail(why, STATUS_NO_MEMORY, "out of host memory");
    struct tensor_state *t = job->tensor;
    enum status status = STATUS_OK;
    if (!t->scale) {
        const size_t bytes = (job->n + PAD) * sizeof(float);
        status = allocate(job, &t->scale, bytes, "cannot allocate the scales of A's rows", why);
        CUresult error =
            status ? 0 : job->device->cu.cuMemsetD8Async(t->scale, 0, bytes, job->device->stream);
        if (error)
            return driver_fail(&job->device->cu, error, why, "cannot clear the scales of A's rows");
    }
    if (!status && r->split && !t->planes[r->element_bytes])
        status =
            allocate(job, &t->planes[r->element_bytes], 2 * plane_bytes(job->n, r->element_bytes),
                     "cannot allocate the pieces of A", why);
    return status;
}

/* Describes a plane, or A itself, as chunks × rows × 128 bytes, in boxes of `box_rows` rows. */
static enum status describe(struct job *job, const struct tensor_recipe *r, unsigned plane,
                            unsigned box_rows, CUtensorMap *map, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    const unsigned k = CHUNK / r->element_bytes;
    const uint64_t row_bytes = r->split ? CHUNK : (uint64_t)job->pitch * sizeof(float);
    const uint64_t dim[3] = {k, job->n, chunks_of(job->n, r->element_bytes)};
    const uint64_t stride[2] = {row_bytes, r->split ? (uint64_t)job->n * CHUNK : CHUNK};
    const unsigned box[3] = {k, box_rows, 1}, element_stride[3] = {1, 1, 1};
    const CUdeviceptr data = r->split ? job->tensor->planes[r->element_bytes] +
                                            plane * plane_bytes(job->n, r->element_bytes)
                                      : job->a;
    CUresult error = cu->cuTensorMapEncodeTiled(
        map, r->type, 3, (void *)(uintptr_t)data, dim, stride, box, element_stride,
        CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    return error ? driver_fail(cu, error, why, "cannot describe A to the copy engine") : STATUS_OK;
}

static enum status write_maps(struct job *job, const struct kernel *k, const char *symbol,
                              unsigned box_rows, struct failure *why)
{
    CUtensorMap maps[MAPS];
    enum status status = STATUS_OK;
    for (unsigned plane = 0; plane < MAPS && !status; plane++)
        status = describe(job, k->tensor, plane < k->tensor->planes ? plane : 0, box_rows,
                          &maps[plane], why);
    CUdeviceptr pointer;
    size_t bytes;
    if (!status)
        status = module_global(job->device, k->module, symbol, &pointer, &bytes, why);
    if (status)
        return status;
    CUresult error = job->device->cu.cuMemcpyHtoD(pointer, maps, sizeof maps);
    return error ? driver_fail(&job->device->cu, error, why, "copying the tensor maps") : STATUS_OK;
}

static enum status write_tiles(struct job *job, const struct tensor_recipe *r, struct ready *ready,
                               struct failure *why)
{
    const size_t count = tile_list(job->n, TILE_ROWS, r->cols, r->triangle, NULL);
    struct tile_at *tiles = malloc(count * sizeof *tiles);
    if (!tiles)
        return fail(why, STATUS_NO_MEMORY, "out of host memory");
    ready->tile_count = (unsigned)tile_list(job->n, TILE_ROWS, r->cols, r->triangle, tiles);
    enum status status = allocate(job, &ready->tiles, count * sizeof *tiles,
                                  "cannot allocate the list of tiles", why);
    CUresult error =
        status ? 0 : job->device->cu.cuMemcpyHtoD(ready->tiles, tiles, count * sizeof *tiles);
    free(tiles);
    return error ? driver_fail(&job->device->cu, error, why, "copying the list of tiles") : status;
}

/* Cuts k into panels small enough for the L2 cache, and of those numbers takes the one with which
 * the units of work fill whole waves of clusters best. Changing from one unit to the next costs
 * about half a step. */
static unsigned panels_of(const struct job *job, const struct tensor_recipe *r,
                          const struct ready *ready)
{
    enum { TRIES = 16 };
    if (!r->panel_mib)
        return 1;
    const unsigned clusters = (unsigned)job->device->sms / 2;
    const double bytes = (double)r->planes * (double)plane_bytes(job->n, r->element_bytes);
    const unsigned least = 1 + (unsigned)(bytes / ((double)r->panel_mib * (1 << 20)));
    unsigned best = least < ready->steps ? least : ready->steps;
    double best_cost = INFINITY;
    for (unsigned p = best; p <= ready->steps && p <= least + TRIES; p++) {
        const uint64_t units = (uint64_t)ready->tile_count * p;
        const double waves = (double)((units + clusters - 1) / clusters);
        const double cost = waves * ((double)((ready->steps + p - 1) / p) + 0.5);
        if (cost < best_cost) {
            best_cost = cost;
            best = p;
        }
    }
    return best;
}

enum status tensor_prepare(struct job *job, const struct kernel *k, struct failure *why)
{
    const struct tensor_recipe *r = k->tensor;
    struct device *d = job->device;
    enum status status = share(job, r, why);
    for (struct ready *old = status ? NULL : job->tensor->ready; old; old = old->next)
        if (old->kernel == k)
            return STATUS_OK;
    struct ready *ready = status ? NULL : calloc(1, sizeof *ready);
    if (!status && !ready)
        return fail(why, STATUS_NO_MEMORY, "out of host memory");
    if (status)
        return status;
    ready->next = job->tensor->ready; /* freed with the job from here on */
    job->tensor->ready = ready;
    const unsigned chunks = chunks_of(job->n, r->element_bytes);
    ready->steps = (chunks + r->chunks_per_step - 1) / r->chunks_per_step;
    ready->function = gpu_function(job, k);
    status = write_tiles(job, r, ready, why);
    if (!status && r->split)
        status = module_function(d, "support/split_sm90", r->split, &ready->split, why);
    if (!status)
        status = write_maps(job, k, "tensor_map_rows", BLOCK_ROWS, why);
    if (!status)
        status = write_maps(job, k, "tensor_map_cols", r->cols / 2, why);
    if (!status) {
        ready->panels = panels_of(job, r, ready);
        ready->kernel = k; /* complete */
    }
    return status;
}

static enum status launch_split(struct job *job, const struct ready *ready, struct failure *why)
{
    const struct tensor_recipe *r = ready->kernel->tensor;
    CUdeviceptr hi = job->tensor->planes[r->element_bytes],
                lo = hi + plane_bytes(job->n, r->element_bytes);
    void *arguments[] = {&job->a, &hi, &lo, &job->tensor->scale, &job->n, &job->pitch};
    return launch(job->device, ready->split, job->n, 1, 256, 1, 0, arguments, r->split, why);
}

/* In clusters of two; and where A was split, begun while the split's last blocks still run. */
static enum status launch_product(struct job *job, const struct ready *ready, struct failure *why)
{
    const struct kernel *k = ready->kernel;
    struct device *d = job->device;
    struct tensor_work work = {ready->tiles, ready->tile_count, ready->steps, ready->panels,
                               job->n,       job->tensor->scale};
    double factor = 1 / k->tensor->over_products;
    float factor_f32 = (float)factor;
    void *matmul[] = {&work, &factor_f32, &job->c, &job->pitch};
    void *sum_aat[] = {&work, &factor, &job->partials, &job->sum, &job->ticket};
    CUlaunchAttribute attributes[2] = {
        {.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION, .value.clusterDim = {2, 1, 1}},
        {.id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION,
         .value.programmaticStreamSerializationAllowed = 1}};
    const CUlaunchConfig config = {.gridDimX = (unsigned)d->sms / 2 * 2,
                                   .gridDimY = 1,
                                   .gridDimZ = 1,
                                   .blockDimX = k->block_x,
                                   .blockDimY = 1,
                                   .blockDimZ = 1,
                                   .sharedMemBytes = k->shared_bytes,
                                   .hStream = d->stream,
                                   .attrs = attributes,
                                   .numAttrs = k->tensor->split ? 2 : 1};
    CUresult error = d->cu.cuLaunchKernelEx(&config, ready->function,
                                            job->problem.op == OP_MATMUL ? matmul : sum_aat, NULL);
    return error ? driver_fail(&d->cu, error, why, k->symbol) : STATUS_OK;
}

enum status tensor_launch(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    const struct ready *ready = job->tensor->ready;
    while (ready->kernel != k)
        ready = ready->next;
    return k->tensor->split && step == 0 ? launch_split(job, ready, why)
                                         : launch_product(job, ready, why);
}

void tensor_end(struct job *job)
{
    struct tensor_state *t = job->tensor;
    if (!t)
        return;
    const struct driver *cu = &job->device->cu;
    while (t->ready) {
        struct ready *next = t->ready->next;
        if (t->ready->tiles)
            cu->cuMemFree(t->ready->tiles);
        free(t->ready);
        t->ready = next;
    }
    for (size_t i = 0; i < sizeof t->planes / sizeof *t->planes; i++)
        if (t->planes[i])
            cu->cuMemFree(t->planes[i]);
    if (t->scale)
        cu->cuMemFree(t->scale);
    free(t);
    job->tensor = NULL;
}
