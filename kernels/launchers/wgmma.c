/* wgmma.c - makes lists of tiles and panels of k, and launches clusters.
 *
 * With several ranks, each has the tiles of its share, and splits the rows of A that these tiles
 * need. In a ring, a block is either a rectangle of tiles of two panels, one below the other, or
 * the triangle of a single panel.
 *
 * If A is streamed (stream.h), a fused sum takes panels of columns of A: each launch adds the sum
 * of their product to that of the launches before. Every entry of A is made once per run. */
#include "kernels/launchers/wgmma.h"

#include "harness/base/need.h"
#include "kernels/device/launch.h"
#include "kernels/device/modules.h"
#include "kernels/interface/tensor_work.h"
#include "kernels/job/job.h"
#include "kernels/job/stream.h"
#include "kernels/launchers/wgmma_planes.h"
#include "kernels/tiling/tile_list.h"
#include "kernels/tiling/wgmma_panels.h"

#include <stdio.h>
#include <stdlib.h>

enum { TILE_ROWS = 256, BLOCK_ROWS = 128, PAD = 512 };
enum { COLUMNS = 128 }; /* a multiple of the chunks of any step */

/* The prepared kernel; loaded.state points to it. */
struct ready {
    struct columns columns;
    CUdeviceptr scale; /* a float per row for each panel, and PAD more: tiles may reach past n */
    CUdeviceptr made;  /* a word per panel (tensor_source.ready) */
    CUdeviceptr tiles;
    CUfunction split; /* the recipe's, or NULL */
    unsigned tile_count, panels, upfront;
};

static const struct wgmma_recipe *recipe_of(const struct variant *v)
{
    return kernel_of(v)->recipe;
}

/* Returns the most rows that one launch multiplies. */
static unsigned most_rows(unsigned n, const struct share *share)
{
    return share->is_block ? 2 * job_panel_rows(share) : n;
}

/* Returns the floats from one panel's scales to those of the next, which start in another cache
 * line. */
static unsigned scale_stride(const struct job *job)
{
    return (most_rows(job->n, &job->device->share) + PAD + 31) / 32 * 32;
}

static struct tiling tiling_by(const struct wgmma_recipe *r, unsigned n)
{
    return (struct tiling){
        .rows = TILE_ROWS, .cols = r->cols, .down = n, .across = n, .is_triangle = r->triangle};
}

static struct tiling tiling_of(const struct variant *v, unsigned n)
{
    return tiling_by(recipe_of(v), n);
}

/* The tiles of a share, or all tiles. */
struct tiles {
    struct tiling tiling;
    struct tile_span span;
    unsigned count;
};

static struct tiles tiles_of(const struct wgmma_recipe *r, unsigned n, const struct share *share)
{
    static const struct share all = {0};
    struct tiles t = {.tiling = tiling_by(r, n)};
    t.span = tile_span(&t.tiling, share->is_block ? &all : share);
    t.count = (unsigned)tile_list(&t.tiling, t.span.begin, t.span.end, NULL);
    return t;
}

static uint64_t bytes_beside_planes(const struct wgmma_recipe *r, uint64_t n)
{
    const size_t tiles = tiles_of(r, (unsigned)n, &(struct share){0}).count;
    return tiles * sizeof(struct tensor_tile) + TENSOR_PANELS_MAX * (n + PAD + 32) * sizeof(float);
}

uint64_t wgmma_beside_bytes(uint64_t n)
{
    static const struct wgmma_recipe narrow = {.cols = 192, .triangle = true};
    return bytes_beside_planes(&narrow, n);
}

static uint64_t bytes_in_memory(const struct variant *v, const struct problem *p)
{
    const struct wgmma_recipe *r = recipe_of(v);
    const unsigned n = (unsigned)p->n;
    return bytes_beside_planes(r, n) +
           (columns_have_planes(r) ? 2 * columns_plane_bytes(n, n, r->element_bytes) : 0);
}

static uint64_t block_bytes(const struct variant *v, const struct problem *p,
                            const struct share *share)
{
    const struct wgmma_recipe *r = recipe_of(v);
    const unsigned rows = most_rows((unsigned)p->n, share);
    return bytes_beside_planes(r, rows) +
           (columns_have_planes(r) ? 2 * columns_plane_bytes(rows, (unsigned)p->n, r->element_bytes)
                                   : 0);
}

/* Returns the bytes of one column of A and of its planes. */
static uint64_t column_bytes(const struct wgmma_recipe *r, uint64_t rows)
{
    return rows * (sizeof(float) + (columns_have_planes(r) ? 2 * r->element_bytes : 0));
}

static uint64_t bytes_to_stream(const struct variant *v, const struct problem *p)
{
    const struct wgmma_recipe *r = recipe_of(v);
    return bytes_beside_planes(r, p->n) + COLUMNS * column_bytes(r, p->n);
}

/* Decides how many columns of a streamed A one launch takes: as many as fit into job->a, reduced so
 * that all launches have the same number, a multiple of COLUMNS. */
static enum status divide_panels(struct job *job, const struct wgmma_recipe *r, struct columns *c,
                                 struct failure *why)
{
    const uint64_t room = (uint64_t)job->panel_rows * job->pitch * sizeof(float),
                   fit = room / column_bytes(r, c->rows) / COLUMNS * COLUMNS;
    const unsigned most = fit < PROBLEM_MAX_N ? (unsigned)fit : PROBLEM_MAX_N;
    if (most == 0)
        return fail(why, STATUS_NO_MEMORY,
                    "too little memory is left on the GPU for %d columns of A", COLUMNS);
    const unsigned launches = (job->n + most - 1) / most, each = (job->n + launches - 1) / launches;
    c->k = c->pitch = (each + COLUMNS - 1) / COLUMNS * COLUMNS;
    c->hi = job->a + (size_t)c->rows * c->pitch * sizeof(float);
    return STATUS_OK;
}

/* Finds the memory of A and its planes: all of A, or the columns of one launch. Kernels of the same
 * element size share the planes, so each launch splits A again. */
static enum status find_columns(struct job *job, const struct wgmma_recipe *r, unsigned rows,
                                struct columns *c, struct failure *why)
{
    *c = (struct columns){.a = job->a, .rows = rows, .k = job->n, .pitch = job->pitch};
    enum status status = STATUS_OK;
    if (job->panel_rows)
        status = divide_panels(job, r, c, why);
    else if (columns_have_planes(r))
        status = job_buffer(job, NULL,
                            r->element_bytes == 1   ? "A in two 8-bit planes"
                            : r->element_bytes == 2 ? "A in two 16-bit planes"
                                                    : "A in two 32-bit planes",
                            2 * columns_plane_bytes(rows, job->n, r->element_bytes), &c->hi, why);
    c->lo = c->hi + columns_plane_bytes(rows, c->k, r->element_bytes);
    return status;
}

static bool is_available(const struct device *d, char *reason, size_t reason_bytes)
{
    if (d->cu.cuLaunchKernelEx && d->cu.cuTensorMapEncodeTiled)
        return true;
    snprintf(reason, reason_bytes, "needs a newer driver than CUDA %s",
             cuda_version(d->cu.version).text);
    return false;
}

/* Allocates the scales and words of all panels, initially zero; all kernels share them. */
static enum status make_scales(struct job *job, struct ready *ready, struct failure *why)
{
    static const char name[] = "the scales of A's rows";
    const struct device *d = job->device;
    const size_t bytes = (size_t)TENSOR_PANELS_MAX * (scale_stride(job) + 1) * sizeof(float);
    const bool is_new = !job_has_buffer(job, NULL, name);
    enum status status = job_buffer(job, NULL, name, bytes, &ready->scale, why);
    if (status)
        return status;
    ready->made = ready->scale + (size_t)TENSOR_PANELS_MAX * scale_stride(job) * sizeof(float);
    CUresult error =
        is_new ? d->cu.cuMemsetD8Async(ready->scale, 0, bytes, d->stream) : CUDA_SUCCESS;
    return error ? driver_fail(&d->cu, error, why, "cannot clear the scales of A's rows")
                 : STATUS_OK;
}

static enum status write_tiles(struct job *job, const struct loaded *l, const struct tiles *t,
                               struct ready *ready, struct failure *why)
{
    const struct device *d = job->device;
    const size_t bytes = t->count * sizeof(struct tensor_tile);
    struct tensor_tile *list = need(bytes);
    ready->tile_count = (unsigned)tile_list(&t->tiling, t->span.begin, t->span.end, list);
    enum status status = job_buffer(job, l->kernel, "the list of tiles", bytes, &ready->tiles, why);
    CUresult error =
        status ? CUDA_SUCCESS : d->cu.cuMemcpyHtoDAsync(ready->tiles, list, bytes, d->stream);
    free(list);
    return error ? driver_fail(&d->cu, error, why, "copying the list of tiles") : status;
}

static enum status write_panels(struct job *job, const struct loaded *l, struct ready *ready,
                                struct failure *why)
{
    const struct wgmma_recipe *r = recipe_of(l->variant);
    const struct wgmma_panels p =
        wgmma_panels(r, ready->columns.rows, columns_chunks(ready->columns.k, r->element_bytes),
                     ready->tile_count, (unsigned)job->device->sms / 2);
    ready->panels = p.count;
    ready->upfront = p.upfront;
    return module_write(job->device, l->kernel->module, "tensor_panel_end", p.end, sizeof p.end,
                        why);
}

/* Writes the tiles and the tensor maps that the kernel will read. */
static enum status aim(struct job *job, const struct loaded *l, const struct tiles *tiles,
                       struct failure *why)
{
    const struct wgmma_recipe *r = recipe_of(l->variant);
    struct ready *ready = l->state;
    enum status status = write_tiles(job, l, tiles, ready, why);
    if (!status)
        status = columns_write_maps(job, l, &ready->columns, "tensor_map_rows", BLOCK_ROWS, why);
    if (!status)
        status = columns_write_maps(job, l, &ready->columns, "tensor_map_cols", r->cols / 2, why);
    if (!status)
        status = write_panels(job, l, ready, why);
    return status;
}

static enum status prepare(struct job *job, struct loaded *l, struct failure *why)
{
    const struct wgmma_recipe *r = recipe_of(l->variant);
    const struct share *share = &job->device->share;
    const struct tiles tiles = tiles_of(r, job->n, share);
    const unsigned rows =
        share->is_block ? most_rows(job->n, share) : tile_rows(&tiles.tiling, tiles.span.end);
    struct ready *ready = need(sizeof *ready);
    l->state = ready;
    enum status status = make_scales(job, ready, why);
    if (!status)
        status = find_columns(job, r, rows, &ready->columns, why);
    if (!status && r->split)
        status = module_function(job->device, "service/split_sm90", r->split, &ready->split, why);
    return status || share->is_block ? status : aim(job, l, &tiles, why);
}

static enum status launch_split(struct job *job, const struct loaded *l, struct failure *why)
{
    const struct ready *ready = l->state;
    struct columns c = ready->columns;
    CUdeviceptr scale = ready->scale;
    void *arguments[] = {&c.a, &c.hi, &c.lo, &scale, &c.rows, &c.pitch};
    return launch(job->device, ready->split, (struct shape){.grid_x = c.rows, .block_x = 256},
                  arguments, recipe_of(l->variant)->split, why);
}

/* Launches clusters of two blocks. After a kernel that splits A, this kernel may begin while the
 * last blocks of that one still run. A kernel that splits A itself needs all its blocks to be
 * resident at once. If goes_on, it adds to the sum of the launches before. */
static enum status launch_product(struct job *job, const struct loaded *l, unsigned goes_on,
                                  struct failure *why)
{
    const struct ready *ready = l->state;
    const struct kernel *k = l->kernel;
    const struct wgmma_recipe *r = k->recipe;
    struct device *d = job->device;
    const struct columns *c = &ready->columns;
    struct tensor_work work = {ready->tiles, ready->tile_count, ready->panels, c->rows,
                               c->k,         ready->scale};
    struct tensor_source source = {.A = c->a,
                                   .hi = c->hi,
                                   .lo = c->lo,
                                   .scale = ready->scale,
                                   .ready = ready->made,
                                   .partials = job->partials,
                                   .pitch = c->pitch,
                                   .scale_stride = scale_stride(job),
                                   .upfront = ready->upfront,
                                   .goes_on = goes_on};
    double factor = 1 / r->over_products;
    float factor_f32 = (float)factor;
    void *matmul[] = {&work, &factor_f32, &job->c, &job->pitch};
    int bound = job_sum_bound(job);
    void *sum_aat[] = {&work, &source, &factor, &bound, &job->sum, &job->ticket};
    void *sum_of_integers[] = {&work, &source, &job->sum, &job->ticket};
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
                                   .numAttrs = columns_have_planes(r) ? 2 : 1};
    void **arguments = job->problem.op == OP_MATMUL           ? matmul
                       : l->variant->arithmetic == ARITH_INT8 ? sum_of_integers
                                                              : sum_aat;
    CUresult error = d->cu.cuLaunchKernelEx(&config, l->function, arguments, NULL);
    return error ? driver_fail(&d->cu, error, why, k->symbol) : STATUS_OK;
}

/* Fills and multiplies one panel of columns after the other. Columns past n are zero. */
static enum status stream_columns(struct job *job, const struct loaded *l, struct failure *why)
{
    const struct ready *ready = l->state;
    const struct columns *c = &ready->columns;
    enum status status = STATUS_OK;
    for (unsigned first = 0, turn = 0; first < job->n && !status; first += c->k, turn++) {
        status = job_fill(job, c->a, (struct part){0, c->rows, first, c->pitch}, why);
        if (!status)
            status = launch_product(job, l, turn > 0, why);
        if (!status)
            status = stream_keep_close(job, turn, why);
    }
    return status;
}

/* The steps are splitting, if the recipe names a kernel for it, and the product. */
static enum status launch_step(struct job *job, struct loaded *l, int step, struct failure *why)
{
    if (job->panel_rows)
        return stream_columns(job, l, why);
    return recipe_of(l->variant)->split && step == 0 ? launch_split(job, l, why)
                                                     : launch_product(job, l, 0, why);
}

static enum status launch_block(struct job *job, struct loaded *l, const struct block *b,
                                struct failure *why)
{
    const struct wgmma_recipe *r = recipe_of(l->variant);
    struct columns *c = &((struct ready *)l->state)->columns;
    const unsigned panel = job_panel_rows(&job->device->share);
    struct tiles t = {.tiling = tiling_of_block(b, panel, TILE_ROWS, r->cols)};
    t.span.end.row = tiling_down(&t.tiling);
    t.count = (unsigned)tile_list(&t.tiling, t.span.begin, t.span.end, NULL);
    c->a = job_panel(job, b->panel == PANEL_ODD ? PANEL_OWN : b->panel);
    c->rows = b->panel == PANEL_OWN ? panel : 2 * panel;
    c->lo = c->hi + columns_plane_bytes(c->rows, c->k, r->element_bytes);
    enum status status = aim(job, l, &t, why);
    if (!status && r->split)
        status = launch_split(job, l, why);
    return status ? status : launch_product(job, l, 0, why);
}

const struct family wgmma_sm90 = {.available = is_available,
                                  .bytes = bytes_in_memory,
                                  .stream_bytes = bytes_to_stream,
                                  .tiling = tiling_of,
                                  .prepare = prepare,
                                  .launch = launch_step,
                                  .launch_block = launch_block,
                                  .block_bytes = block_bytes,
                                  .scales_rows = true};
