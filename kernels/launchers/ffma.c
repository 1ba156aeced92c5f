/* ffma.c - Aᵀ, a tensor map of it, and grids whose blocks live through the whole launch. */
#include "kernels/launchers/ffma.h"

#include "kernels/device/launch.h"
#include "kernels/job/job.h"
#include "kernels/tiling/panels.h"
#include "kernels/tiling/tile_list.h"

/* Columns of A per stage: support/sm80/ffma_sm80.cuh; support/sm90/ffma_sm90.cuh, where a box of
 * the tensor map has BOX_COLUMNS of its rows. */
enum { SM80_STAGE = 16, SM90_STAGE = 32, BOX_COLUMNS = 128 };

/* The last row of tiles is thin if at most so many rows of C are left for it (ffma_consume_thin()):
 * then its tiles take about a fifth of the time. */
enum { THIN_ROWS = 16, THIN = 5 };

static uint64_t transpose_bytes(const struct variant *v, const struct problem *p)
{
    (void)v;
    return (uint64_t)job_rows(p) * job_pitch(p) * sizeof(float);
}

/* Aᵀ: pitch rows of `rows` floats. */
static enum status need_transpose(struct job *job, CUdeviceptr *transpose, struct failure *why)
{
    return job_buffer(job, NULL, "Aᵀ", transpose_bytes(NULL, &job->problem), transpose, why);
}

static enum status prepare_sm80(struct job *job, struct loaded *l, struct failure *why)
{
    CUdeviceptr transpose;
    (void)l;
    return need_transpose(job, &transpose, why);
}

static enum status prepare_sm90(struct job *job, struct loaded *l, struct failure *why)
{
    struct device *d = job->device;
    if (!d->cu.cuTensorMapEncodeTiled)
        return fail(why, STATUS_FAILED,
                    "the driver has no cuTensorMapEncodeTiled: it is older than CUDA 12.0");
    CUdeviceptr transpose;
    enum status status = need_transpose(job, &transpose, why);
    if (status)
        return status;
    CUtensorMap map;
    const uint64_t dim[2] = {job->rows, job->pitch}, stride[1] = {job->rows * sizeof(float)};
    const unsigned box[2] = {BOX_COLUMNS, SM90_STAGE}, element_stride[2] = {1, 1};
    CUresult error = d->cu.cuTensorMapEncodeTiled(
        &map, CU_TENSOR_MAP_DATA_TYPE_FLOAT32, 2, (void *)(uintptr_t)transpose, dim, stride, box,
        element_stride, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_NONE,
        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (error)
        return driver_fail(&d->cu, error, why, "cannot describe A to the copy engine");
    return job_write(job, l->kernel, "tensor_map", &map, sizeof map, why);
}

/* Makes `rows` rows of Aᵀ's columns, or a few more: whole tiles. */
static enum status transpose_a(struct job *job, unsigned rows, CUdeviceptr *transpose,
                               struct failure *why)
{
    enum status status = need_transpose(job, transpose, why);
    if (status)
        return status;
    void *arguments[] = {&job->a, transpose, &job->rows, &job->pitch};
    return launch_symbol(job->device, "service/transpose", "transpose",
                         (struct shape){job->pitch / 32, (rows + 127) / 128 * 4, 32, 8, 0},
                         arguments, why);
}

static enum status launch_waves(struct job *job, const struct loaded *l, void **arguments,
                                struct failure *why)
{
    const struct kernel *k = l->kernel;
    const struct shape shape = {(unsigned)job->device->sms * k->blocks_per_sm, 1, k->block_x,
                                k->block_y, k->shared_bytes};
    return launch(job->device, l->function, shape, arguments, k->symbol, why);
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
    unsigned stages = (job->n + SM80_STAGE - 1) / SM80_STAGE;
    unsigned panels = panels_of((struct tile_work){.tiles = part.tiles}, stages, blocks, 1);
    void *matmul[] = {&transpose, &job->c, &job->n, &job->pitch, &job->rows, &stages};
    void *sum_aat[] = {&transpose, &job->partials, &job->sum, &job->ticket,
                       &part,      &job->rows,     &stages,   &panels};
    return launch_waves(job, l, is_sum ? sum_aat : matmul, why);
}

static struct tiling tiling_sm90(const struct variant *v, unsigned n)
{
    struct tiling t = tiling_sm80(v, n);
    t.thin = n > t.rows && (n - 1) % t.rows < THIN_ROWS ? THIN : 0;
    return t;
}

struct ffma_work ffma_sm90_work(const struct tiling *t, const struct tile_span *span,
                                unsigned blocks)
{
    const unsigned thin_row = tiling_down(t) - (t->thin ? 1 : 0);
    const struct tile_place begin = span->begin, end = span->end, thin = {thin_row, 0};
    struct ffma_work work = {.thin_row = thin_row,
                             .thin_col = tile_before(begin, thin_row),
                             .stages = (t->down + SM90_STAGE - 1) / SM90_STAGE};
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
    unsigned rows = job->rows, stages = (job->n + SM90_STAGE - 1) / SM90_STAGE;
    struct ffma_work work = {0};
    CUdeviceptr transpose; /* which the kernel reads through its tensor map */
    (void)step;
    if (job->problem.op == OP_SUM_AAT) {
        const struct tiling t = tiling_sm90(l->variant, job->n);
        const struct tile_span span = tile_span(&t, &job->device->share);
        work = ffma_sm90_work(&t, &span, blocks);
        rows = tile_rows(&t, span.end);
    }
    enum status status = transpose_a(job, rows, &transpose, why);
    if (status)
        return status;
    void *matmul[] = {&job->c, &job->n, &job->pitch, &stages};
    void *sum_aat[] = {&job->partials, &job->sum, &job->ticket, &work};
    return launch_waves(job, l, job->problem.op == OP_MATMUL ? matmul : sum_aat, why);
}

const struct family ffma_sm80 = {.bytes = transpose_bytes,
                                 .tiling = tiling_sm80,
                                 .prepare = prepare_sm80,
                                 .launch = launch_sm80};
const struct family ffma_sm90 = {.bytes = transpose_bytes,
                                 .tiling = tiling_sm90,
                                 .prepare = prepare_sm90,
                                 .launch = launch_sm90};
