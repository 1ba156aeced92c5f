/* ffma.c - makes Aᵀ and a tensor map of it, and launches grids of persistent blocks.
 *
 * In a ring, the first columns of Aᵀ are the rows of the rank's own block, followed by those of the
 * panel that it is multiplied with. */
#include "kernels/launchers/ffma.h"

#include "harness/base/need.h"
#include "kernels/device/launch.h"
#include "kernels/device/modules.h"
#include "kernels/job/job.h"
#include "kernels/tiling/panels.h"
#include "kernels/tiling/tile_list.h"

/* Columns of A per stage: support/sm80/ffma_sm80.cuh; support/sm90/ffma_sm90.cuh, where a box of
 * the tensor map has BOX_COLUMNS of its rows. */
enum { SM80_STAGE = 16, SM90_STAGE = 32, BOX_COLUMNS = 128 };

/* The last row of tiles is thin if it has at most THIN_ROWS rows of C (ffma_consume_thin()). Its
 * tiles then take about 1/THIN of the time. */
enum { THIN_ROWS = 16, THIN = 5 };

enum { TILE = 128 };

static unsigned tiles_of(uint64_t rows)
{
    return (unsigned)((rows + TILE - 1) / TILE);
}

static uint64_t transpose_bytes(const struct variant *v, const struct problem *p)
{
    (void)v;
    return (uint64_t)job_rows(p) * job_pitch(p) * sizeof(float);
}

static uint64_t block_bytes(const struct variant *v, const struct problem *p,
                            const struct share *share)
{
    (void)v;
    return (uint64_t)2 * job_panel_rows(share) * job_pitch(p) * sizeof(float);
}

/* Aᵀ: pitch rows of `width` floats. */
static unsigned width_of(const struct job *job)
{
    const struct share *share = &job->device->share;
    return share->is_block ? 2 * job_panel_rows(share) : job->rows;
}

static enum status need_transpose(struct job *job, CUdeviceptr *transpose, struct failure *why)
{
    const uint64_t bytes = (uint64_t)width_of(job) * job->pitch * sizeof(float);
    return job_buffer(job, NULL, "Aᵀ", bytes, transpose, why);
}

/* loaded.state: the kernel of rectangles, for a ring. */
struct ready {
    CUfunction rectangle;
};

static enum status load_rectangle(const struct job *job, struct loaded *l, const char *symbol,
                                  struct failure *why)
{
    struct device *d = job->device;
    struct ready *ready = l->state = need(sizeof *ready);
    enum status status = module_function(d, l->kernel->module, symbol, &ready->rectangle, why);
    const CUresult error =
        status ? CUDA_SUCCESS
               : d->cu.cuFuncSetAttribute(ready->rectangle,
                                          CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                          (int)l->kernel->shared_bytes);
    return error ? driver_fail(&d->cu, error, why, "cannot get the shared memory a kernel needs")
                 : status;
}

static enum status prepare_sm80(struct job *job, struct loaded *l, struct failure *why)
{
    CUdeviceptr transpose;
    const enum status status = need_transpose(job, &transpose, why);
    return status || !job->device->share.is_block
               ? status
               : load_rectangle(job, l, "sum_aat_ffma_block_sm80", why);
}

static enum status describe(struct job *job, const struct loaded *l, CUdeviceptr transpose,
                            struct failure *why)
{
    const struct device *d = job->device;
    CUtensorMap map;
    const unsigned width = width_of(job);
    const uint64_t dim[2] = {width, job->pitch}, stride[1] = {width * sizeof(float)};
    const unsigned box[2] = {BOX_COLUMNS, SM90_STAGE}, element_stride[2] = {1, 1};
    CUresult error = d->cu.cuTensorMapEncodeTiled(
        &map, CU_TENSOR_MAP_DATA_TYPE_FLOAT32, 2, (void *)(uintptr_t)transpose, dim, stride, box,
        element_stride, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_NONE,
        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (error)
        return driver_fail(&d->cu, error, why, "cannot describe A to the copy engine");
    return job_write(job, l->kernel, "tensor_map", &map, sizeof map, why);
}

static enum status prepare_sm90(struct job *job, struct loaded *l, struct failure *why)
{
    if (!job->device->cu.cuTensorMapEncodeTiled)
        return fail(why, STATUS_FAILED,
                    "the driver has no cuTensorMapEncodeTiled: it is older than CUDA 12.0");
    CUdeviceptr transpose;
    const enum status status = need_transpose(job, &transpose, why);
    if (status)
        return status;
    return job->device->share.is_block ? load_rectangle(job, l, "sum_aat_ffma_block_sm90", why)
                                       : describe(job, l, transpose, why);
}

/* Makes columns of Aᵀ from the `rows` rows of A at `a`, rounded up to whole tiles. */
static enum status transpose_rows(struct job *job, CUdeviceptr a, unsigned rows, CUdeviceptr to,
                                  struct failure *why)
{
    unsigned width = width_of(job);
    void *arguments[] = {&a, &to, &width, &job->pitch};
    return launch_symbol(job->device, "service/transpose", "transpose",
                         (struct shape){job->pitch / 32, (rows + 127) / 128 * 4, 32, 8, 0},
                         arguments, why);
}

static enum status transpose_a(struct job *job, unsigned rows, CUdeviceptr *transpose,
                               struct failure *why)
{
    const enum status status = need_transpose(job, transpose, why);
    return status ? status : transpose_rows(job, job->a, rows, *transpose, why);
}

/* Transposes the rows that this step of a ring needs: the rank's own block, or the panel's. */
static enum status transpose_block(struct job *job, const struct block *b, CUdeviceptr *transpose,
                                   struct failure *why)
{
    const bool is_own = b->panel == PANEL_OWN;
    const unsigned panel = is_own ? 0 : job_panel_rows(&job->device->share);
    const uint64_t rows = is_own ? b->rows : b->cols, first = is_own ? 0 : b->col;
    const enum status status = need_transpose(job, transpose, why);
    if (status)
        return status;
    return transpose_rows(job, job_panel(job, b->panel) + first * job->pitch * sizeof(float),
                          (unsigned)rows, *transpose + panel * sizeof(float), why);
}

static enum status launch_waves(struct job *job, const struct loaded *l, CUfunction function,
                                void **arguments, struct failure *why)
{
    const struct kernel *k = l->kernel;
    const struct shape shape = {(unsigned)job->device->sms * k->blocks_per_sm, 1, k->block_x,
                                k->block_y, k->shared_bytes};
    return launch(job->device, function, shape, arguments, k->symbol, why);
}

static unsigned stages_sm80(unsigned k)
{
    return (k + SM80_STAGE - 1) / SM80_STAGE;
}

static struct tiling tiling_sm80(const struct variant *v, unsigned n)
{
    const unsigned tile = kernel_of(v)->tile;
    return (struct tiling){
        .rows = tile, .cols = tile, .down = n, .across = n, .is_triangle = true, .from_top = true};
}

static enum status launch_sm80(struct job *job, struct loaded *l, int step, struct failure *why)
{
    const struct kernel *k = l->kernel;
    const bool is_sum = job->problem.op == OP_SUM_AAT;
    const struct tiling t = tiling_sm80(l->variant, job->n);
    const struct tile_span span = tile_span(&t, &job->device->share);
    struct triangle_part part = tile_part(&t, span.begin, span.end);
    CUdeviceptr transpose;
    (void)step;
    enum status status =
        transpose_a(job, is_sum ? tile_rows(&t, span.end) : job->rows, &transpose, why);
    if (status)
        return status;
    const unsigned blocks = (unsigned)job->device->sms * k->blocks_per_sm;
    unsigned stages = stages_sm80(job->n);
    unsigned panels = panels_of((struct tile_work){.tiles = part.tiles}, stages, blocks, 1);
    void *matmul[] = {&transpose, &job->c, &job->n, &job->pitch, &job->rows, &stages};
    void *sum_aat[] = {&transpose, &job->partials, &job->sum, &job->ticket,
                       &part,      &job->rows,     &stages,   &panels};
    return launch_waves(job, l, l->function, is_sum ? sum_aat : matmul, why);
}

static struct ffma_rectangle rectangle_of(const struct block *b, unsigned panel, unsigned stages,
                                          unsigned blocks)
{
    struct ffma_rectangle r = {.down = tiles_of(b->rows),
                               .across = tiles_of(b->cols),
                               .col = panel / TILE,
                               .stages = stages};
    const struct tile_work rest = {r.down * r.across % blocks, 0};
    r.panels = panels_of(rest, stages, blocks, 1);
    return r;
}

static enum status launch_block_sm80(struct job *job, struct loaded *l, const struct block *b,
                                     struct failure *why)
{
    const struct ready *ready = l->state;
    const unsigned blocks = (unsigned)job->device->sms * l->kernel->blocks_per_sm;
    const struct tiling t = tiling_sm80(l->variant, (unsigned)b->rows);
    struct triangle_part own =
        tile_part(&t, (struct tile_place){0, 0}, (struct tile_place){tiling_down(&t), 0});
    unsigned width = width_of(job), stages = stages_sm80(job->n),
             panels = panels_of((struct tile_work){.tiles = own.tiles}, stages, blocks, 1);
    struct ffma_rectangle r = rectangle_of(b, job_panel_rows(&job->device->share), stages, blocks);
    CUdeviceptr transpose;
    void *triangle[] = {&transpose, &job->partials, &job->sum, &job->ticket,
                        &own,       &width,         &stages,   &panels};
    void *rectangle[] = {&transpose, &job->partials, &job->sum, &job->ticket, &r, &width};
    const bool is_own = b->panel == PANEL_OWN;
    const enum status status = transpose_block(job, b, &transpose, why);
    return status ? status
                  : launch_waves(job, l, is_own ? l->function : ready->rectangle,
                                 is_own ? triangle : rectangle, why);
}

static unsigned stages_sm90(unsigned k)
{
    return (k + SM90_STAGE - 1) / SM90_STAGE;
}

static struct tiling tiling_sm90(const struct variant *v, unsigned n)
{
    struct tiling t = tiling_sm80(v, n);
    t.thin = n > t.rows && (n - 1) % t.rows < THIN_ROWS ? THIN : 0;
    return t;
}

struct ffma_work ffma_sm90_work(const struct tiling *t, const struct tile_span *span, unsigned k,
                                unsigned blocks)
{
    const unsigned thin_row = tiling_down(t) - (t->thin ? 1 : 0);
    const struct tile_place begin = span->begin, end = span->end, thin = {thin_row, 0};
    struct ffma_work work = {
        .thin_row = thin_row, .thin_col = tile_before(begin, thin_row), .stages = stages_sm90(k)};
    work.thin = tile_before(end, thin_row) - work.thin_col;
    if (begin.row < thin_row)
        work.wide = tile_part(t, begin, end.row < thin_row ? end : thin);
    const struct tile_work rest = {work.wide.tiles % blocks, work.thin};
    work.panels = panels_of(rest, work.stages, blocks, 1);
    return work;
}

static enum status launch_sm90(struct job *job, struct loaded *l, int step, struct failure *why)
{
    const unsigned blocks = (unsigned)job->device->sms * l->kernel->blocks_per_sm;
    unsigned rows = job->rows, stages = stages_sm90(job->n);
    struct ffma_work work = {0};
    CUdeviceptr transpose; /* which the kernel reads through its tensor map */
    (void)step;
    if (job->problem.op == OP_SUM_AAT) {
        const struct tiling t = tiling_sm90(l->variant, job->n);
        const struct tile_span span = tile_span(&t, &job->device->share);
        work = ffma_sm90_work(&t, &span, job->n, blocks);
        rows = tile_rows(&t, span.end);
    }
    enum status status = transpose_a(job, rows, &transpose, why);
    if (status)
        return status;
    void *matmul[] = {&job->c, &job->n, &job->pitch, &stages};
    void *sum_aat[] = {&job->partials, &job->sum, &job->ticket, &work};
    return launch_waves(job, l, l->function, job->problem.op == OP_MATMUL ? matmul : sum_aat, why);
}

struct ffma_rectangle ffma_sm90_rectangle(const struct block *b, unsigned panel, unsigned k,
                                          unsigned blocks)
{
    return rectangle_of(b, panel, stages_sm90(k), blocks);
}

static enum status launch_block_sm90(struct job *job, struct loaded *l, const struct block *b,
                                     struct failure *why)
{
    const struct ready *ready = l->state;
    const unsigned blocks = (unsigned)job->device->sms * l->kernel->blocks_per_sm;
    const struct tiling t = tiling_sm90(l->variant, (unsigned)b->rows);
    const struct tile_span all = {{0, 0}, {tiling_down(&t), 0}};
    struct ffma_work own = ffma_sm90_work(&t, &all, job->n, blocks);
    struct ffma_rectangle rectangle =
        ffma_sm90_rectangle(b, job_panel_rows(&job->device->share), job->n, blocks);
    const bool is_own = b->panel == PANEL_OWN;
    void *arguments[] = {&job->partials, &job->sum, &job->ticket,
                         is_own ? (void *)&own : (void *)&rectangle};
    CUdeviceptr transpose;
    enum status status = transpose_block(job, b, &transpose, why);
    if (!status)
        status = describe(job, l, transpose, why);
    return status ? status
                  : launch_waves(job, l, is_own ? l->function : ready->rectangle, arguments, why);
}

const struct family ffma_sm80 = {.bytes = transpose_bytes,
                                 .tiling = tiling_sm80,
                                 .prepare = prepare_sm80,
                                 .launch = launch_sm80,
                                 .launch_block = launch_block_sm80,
                                 .block_bytes = block_bytes};
const struct family ffma_sm90 = {.bytes = transpose_bytes,
                                 .tiling = tiling_sm90,
                                 .prepare = prepare_sm90,
                                 .launch = launch_sm90,
                                 .launch_block = launch_block_sm90,
                                 .block_bytes = block_bytes};
