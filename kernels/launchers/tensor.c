/* tensor.c - the host's side of the tensor-core kernels for compute capability 9.0: planes of A,
 * tensor maps, lists of tiles, and launches in clusters.
 *
 * Where A is streamed (stream.h), a fused sum takes some columns of A after the other: each launch
 * adds the sum of their product to that of the ones before. Every entry of A is made once a run. */
#include "kernels/launchers/tensor.h"

#include "kernels/device/modules.h"
#include "kernels/job/job.h"
#include "kernels/job/stream.h"
#include "kernels/launchers/tensor_panels.h"
#include "kernels/launchers/tile_list.h"

#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = TENSOR_CHUNK, TILE_ROWS = 256, BLOCK_ROWS = 128, PAD = 512, MAPS = 2 };
enum { COLUMNS = 128 }; /* a multiple of the chunks of any step */

/* The columns of A that a launch multiplies, or room for them. */
struct columns {
    CUdeviceptr a, hi, lo; /* and their planes, where a kernel has any */
    unsigned k, pitch;
};

/* One kernel, made ready. */
struct ready {
    const struct kernel *kernel;
    struct columns columns;
    CUfunction split, function;
    CUdeviceptr tiles;
    unsigned tile_count, panels, upfront;
    struct ready *next;
};

/* What a job has for all of these kernels. Those of one element size share their planes, which is
 * why each launch splits A anew. */
struct tensor_state {
    CUdeviceptr planes[5]; /* by bytes an element: 2 or 4; 0 until one is wanted */
    CUdeviceptr
        scale;        /* a float a row for each panel, PAD more: columns of a tile may lie past n */
    CUdeviceptr made; /* a word for each panel (support/sm90/tensor_feed_sm90.cuh) */
    struct ready *ready;
};

/* What the kernels are told; laid out as in support/sm90/tensor_sm90.cuh and tensor_feed_sm90.cuh.
 */
struct tensor_work {
    CUdeviceptr tiles;
    unsigned tile_count, panels, n, k;
    CUdeviceptr scale;
};
struct tensor_source {
    CUdeviceptr a, hi, lo, scale, made;
    unsigned pitch, scale_stride, upfront, goes_on;
};

static unsigned chunks_of(unsigned k, unsigned element_bytes)
{
    const unsigned chunk = CHUNK / element_bytes;
    return (k + chunk - 1) / chunk;
}

/* Of n rows and k columns. */
static size_t plane_bytes(unsigned n, unsigned k, unsigned element_bytes)
{
    return (size_t)chunks_of(k, element_bytes) * n * CHUNK;
}

static bool has_planes(const struct tensor_recipe *r)
{
    return r->split || r->splits_itself;
}

/* From a panel's scales to the next one's: no cache line has some of both. */
static unsigned scale_stride(unsigned n)
{
    return (n + PAD + 31) / 32 * 32;
}

static uint64_t bytes_beside_planes(const struct tensor_recipe *r, uint64_t n)
{
    const size_t tiles = tile_list((unsigned)n, TILE_ROWS, r->cols, r->triangle, NULL);
    return tiles * sizeof(struct tile_at) + TENSOR_PANELS_MAX * (n + PAD + 32) * sizeof(float);
}

uint64_t tensor_beside_bytes(uint64_t n)
{
    static const struct tensor_recipe narrow = {.cols = 192, .triangle = true};
    return bytes_beside_planes(&narrow, n);
}

uint64_t tensor_bytes(const struct tensor_recipe *r, uint64_t n)
{
    const unsigned k = (unsigned)n;
    return bytes_beside_planes(r, n) +
           (has_planes(r) ? 2 * plane_bytes(k, k, r->element_bytes) : 0);
}

/* Of one column, with its planes. */
static uint64_t column_bytes(const struct tensor_recipe *r, uint64_t n)
{
    return n * (sizeof(float) + (has_planes(r) ? 2 * r->element_bytes : 0));
}

uint64_t tensor_stream_bytes(const struct tensor_recipe *r, uint64_t n)
{
    return bytes_beside_planes(r, n) + COLUMNS * column_bytes(r, n);
}

/* All of A; or of as many columns as there is room for the same number of, a multiple of COLUMNS.
 */
static struct columns columns_of(const struct job *job, const struct tensor_recipe *r)
{
    struct columns c = {.a = job->a, .k = job->n, .pitch = job->pitch};
    if (job->stream_rows) {
        const uint64_t room = (uint64_t)job->stream_rows * job->pitch * sizeof(float);
        const unsigned most = (unsigned)(room / column_bytes(r, job->n)) / COLUMNS * COLUMNS;
        const unsigned launches = most ? (job->n + most - 1) / most : 1,
                       each = most ? (job->n + launches - 1) / launches : 0;
        c.k = c.pitch = (each + COLUMNS - 1) / COLUMNS * COLUMNS;
        c.hi = job->a + (size_t)job->n * c.pitch * sizeof(float);
    } else if (has_planes(r)) {
        c.hi = job->tensor->planes[r->element_bytes];
    }
    c.lo = c.hi + plane_bytes(job->n, c.k, r->element_bytes);
    return c;
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
        const size_t bytes = (size_t)TENSOR_PANELS_MAX * (scale_stride(job->n) + 1) * sizeof(float);
        status = allocate(job, &t->scale, bytes, "cannot allocate the scales of A's rows", why);
        t->made = t->scale + (size_t)TENSOR_PANELS_MAX * scale_stride(job->n) * sizeof(float);
        CUresult error =
            status ? 0 : job->device->cu.cuMemsetD8Async(t->scale, 0, bytes, job->device->stream);
        if (error)
            return driver_fail(&job->device->cu, error, why, "cannot clear the scales of A's rows");
    }
    if (!status && has_planes(r) && !job->stream_rows && !t->planes[r->element_bytes])
        status = allocate(job, &t->planes[r->element_bytes],
                          2 * plane_bytes(job->n, job->n, r->element_bytes),
                          "cannot allocate the pieces of A", why);
    return status;
}

/* Describes a plane, or A itself, as chunks × rows × 128 bytes, in boxes of `box_rows` rows. */
static enum status describe(struct job *job, const struct tensor_recipe *r,
                            const struct columns *columns, unsigned plane, unsigned box_rows,
                            CUtensorMap *map, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    const unsigned k = CHUNK / r->element_bytes;
    const uint64_t row_bytes = has_planes(r) ? CHUNK : (uint64_t)columns->pitch * sizeof(float);
    const uint64_t dim[3] = {k, job->n, chunks_of(columns->k, r->element_bytes)};
    const uint64_t stride[2] = {row_bytes, has_planes(r) ? (uint64_t)job->n * CHUNK : CHUNK};
    const unsigned box[3] = {k, box_rows, 1}, element_stride[3] = {1, 1, 1};
    const CUdeviceptr data = !has_planes(r) ? columns->a : plane ? columns->lo : columns->hi;
    CUresult error = cu->cuTensorMapEncodeTiled(
        map, r->type, 3, (void *)(uintptr_t)data, dim, stride, box, element_stride,
        CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    return error ? driver_fail(cu, error, why, "cannot describe A to the copy engine") : STATUS_OK;
}

static enum status write_maps(struct job *job, const struct kernel *k,
                              const struct columns *columns, const char *symbol, unsigned box_rows,
                              struct failure *why)
{
    CUtensorMap maps[MAPS];
    enum status status = STATUS_OK;
    for (unsigned plane = 0; plane < MAPS && !status; plane++)
        status = describe(job, k->tensor, columns, plane < k->tensor->planes ? plane : 0, box_rows,
                          &maps[plane], why);
    CUdeviceptr pointer;
    size_t bytes;
    if (!status)
        status = module_global(job->device, k->module, symbol, &pointer, &bytes, why);
    if (status)
        return status;
    const struct device *d = job->device;
    CUresult error = d->cu.cuMemcpyHtoDAsync(pointer, maps, sizeof maps, d->stream);
    return error ? driver_fail(&d->cu, error, why, "copying the tensor maps") : STATUS_OK;
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
    CUresult error = status ? 0
                            : job->device->cu.cuMemcpyHtoDAsync(
                                  ready->tiles, tiles, count * sizeof *tiles, job->device->stream);
    free(tiles);
    return error ? driver_fail(&job->device->cu, error, why, "copying the list of tiles") : status;
}

static enum status write_panels(struct job *job, const struct kernel *k, struct ready *ready,
                                struct failure *why)
{
    const struct tensor_recipe *r = k->tensor;
    const struct tensor_panels p =
        tensor_panels(r, job->n, chunks_of(ready->columns.k, r->element_bytes), ready->tile_count,
                      (unsigned)job->device->sms / 2);
    CUdeviceptr pointer;
    size_t bytes;
    enum status status =
        module_global(job->device, k->module, "tensor_panel_end", &pointer, &bytes, why);
    if (status)
        return status;
    ready->panels = p.count;
    ready->upfront = p.upfront;
    const struct device *d = job->device;
    CUresult error = d->cu.cuMemcpyHtoDAsync(pointer, p.end, sizeof p.end, d->stream);
    return error ? driver_fail(&d->cu, error, why, "copying the panels") : STATUS_OK;
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
    ready->function = gpu_function(job, k);
    ready->columns = columns_of(job, r);
    if (!ready->columns.k)
        return fail(why, STATUS_NO_MEMORY,
                    "too little memory is left on the GPU for %u columns of A", (unsigned)COLUMNS);
    status = write_tiles(job, r, ready, why);
    if (!status && r->split)
        status = module_function(d, "service/split_sm90", r->split, &ready->split, why);
    if (!status)
        status = write_maps(job, k, &ready->columns, "tensor_map_rows", BLOCK_ROWS, why);
    if (!status)
        status = write_maps(job, k, &ready->columns, "tensor_map_cols", r->cols / 2, why);
    if (!status)
        status = write_panels(job, k, ready, why);
    if (!status)
        ready->kernel = k; /* complete */
    return status;
}

static enum status launch_split(struct job *job, const struct ready *ready, struct failure *why)
{
    const struct tensor_recipe *r = ready->kernel->tensor;
    struct columns c = ready->columns;
    void *arguments[] = {&c.a, &c.hi, &c.lo, &job->tensor->scale, &job->n, &c.pitch};
    return launch(job->device, ready->split, job->n, 1, 256, 1, 0, arguments, r->split, why);
}

/* In clusters of two. Where A was split by a kernel ahead, this one may begin while that one's last
 * blocks still run; where it splits A itself, all its blocks must run at once. */
static enum status launch_product(struct job *job, const struct ready *ready, unsigned goes_on,
                                  struct failure *why)
{
    const struct kernel *k = ready->kernel;
    const struct tensor_recipe *r = k->tensor;
    struct device *d = job->device;
    const struct columns *c = &ready->columns;
    struct tensor_work work = {ready->tiles, ready->tile_count, ready->panels, job->n,
                               c->k,         job->tensor->scale};
    struct tensor_source source = {c->a,
                                   c->hi,
                                   c->lo,
                                   job->tensor->scale,
                                   job->tensor->made,
                                   c->pitch,
                                   scale_stride(job->n),
                                   ready->upfront,
                                   goes_on};
    double factor = 1 / r->over_products;
    float factor_f32 = (float)factor;
    void *matmul[] = {&work, &factor_f32, &job->c, &job->pitch};
    void *sum_aat[] = {&work, &source, &factor, &job->partials, &job->sum, &job->ticket};
    CUlaunchAttribute attributes[2] = {
        {.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION, .value.clusterDim = {2, 1, 1}}};
    if (r->split)
        attributes[1] =
            (CUlaunchAttribute){.id = CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION,
                                .value.programmaticStreamSerializationAllowed = 1};
    if (r->splits_itself)
        attributes[1] =
            (CUlaunchAttribute){.id = CU_LAUNCH_ATTRIBUTE_COOPERATIVE, .value.cooperative = 1};
    const CUlaunchConfig config = {.gridDimX = (unsigned)d->sms / 2 * 2,
                                   .gridDimY = 1,
                                   .gridDimZ = 1,
                                   .blockDimX = k->block_x,
                                   .blockDimY = 1,
                                   .blockDimZ = 1,
                                   .sharedMemBytes = k->shared_bytes,
                                   .hStream = d->stream,
                                   .attrs = attributes,
                                   .numAttrs = has_planes(r) ? 2 : 1};
    CUresult error = d->cu.cuLaunchKernelEx(&config, ready->function,
                                            job->problem.op == OP_MATMUL ? matmul : sum_aat, NULL);
    return error ? driver_fail(&d->cu, error, why, k->symbol) : STATUS_OK;
}

/* Columns after columns, those past n zero. */
static enum status stream_columns(struct job *job, const struct ready *ready, struct failure *why)
{
    const struct columns *c = &ready->columns;
    enum status status = STATUS_OK;
    for (unsigned first = 0, turn = 0; first < job->n && !status; first += c->k, turn++) {
        status = gpu_fill(job, c->a, (struct part){0, job->n, first, c->pitch}, why);
        if (!status)
            status = launch_product(job, ready, turn > 0, why);
        if (!status)
            status = stream_keep_close(job, turn, why);
    }
    return status;
}

enum status tensor_launch(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    const struct ready *ready = job->tensor->ready;
    while (ready->kernel != k)
        ready = ready->next;
    if (job->stream_rows)
        return stream_columns(job, ready, why);
    return k->tensor->split && step == 0 ? launch_split(job, ready, why)
                                         : launch_product(job, ready, 0, why);
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
