/* ffma.c - Aᵀ, a tensor map of it, and grids whose blocks live through the whole launch. */
#include "kernels/launchers/ffma.h"

#include "kernels/device/launch.h"
#include "kernels/device/modules.h"
#include "kernels/interface/thin_rows.h"
#include "kernels/job/job.h"
#include "kernels/tiling/panels.h"

/* Columns of A per stage: support/sm80/ffma_sm80.cuh; support/sm90/ffma_sm90.cuh, where a box of
 * the tensor map has BOX_COLUMNS of its rows. */
enum { SM80_STAGE = 16, SM90_STAGE = 32, BOX_COLUMNS = 128 };

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
    return module_write(d, l->kernel->module, "tensor_map", &map, sizeof map, why);
}

static enum status transpose_a(struct job *job, CUdeviceptr *transpose, struct failure *why)
{
    enum status status = need_transpose(job, transpose, why);
    if (status)
        return status;
    void *arguments[] = {&job->a, transpose, &job->rows, &job->pitch};
    return launch_symbol(job->device, "service/transpose", "transpose",
                         (struct shape){job->pitch / 32, job->rows / 32, 32, 8, 0}, arguments, why);
}

static enum status launch_waves(struct job *job, const struct loaded *l, void **arguments,
                                struct failure *why)
{
    const struct kernel *k = l->kernel;
    const struct shape shape = {(unsigned)job->device->sms * k->blocks_per_sm, 1, k->block_x,
                                k->block_y, k->shared_bytes};
    return launch(job->device, l->function, shape, arguments, k->symbol, why);
}

static enum status launch_sm80(struct job *job, struct loaded *l, int step, struct failure *why)
{
    const struct kernel *k = l->kernel;
    CUdeviceptr transpose;
    (void)step;
    enum status status = transpose_a(job, &transpose, why);
    if (status)
        return status;
    const uint64_t down = (job->n + k->tile - 1) / k->tile;
    const unsigned blocks = (unsigned)job->device->sms * k->blocks_per_sm;
    unsigned stages = (job->n + SM80_STAGE - 1) / SM80_STAGE;
    unsigned panels =
        panels_of((struct tile_work){.tiles = down * (down + 1) / 2}, stages, blocks, 1);
    void *matmul[] = {&transpose, &job->c, &job->n, &job->pitch, &job->rows, &stages};
    void *sum_aat[] = {&transpose, &job->partials, &job->sum, &job->ticket,
                       &job->n,    &job->rows,     &stages,   &panels};
    return launch_waves(job, l, job->problem.op == OP_MATMUL ? matmul : sum_aat, why);
}

/* The number of panels of k for the tiles that fill no wave (sum_aat/sm90/ffma_sm90.cu). */
static unsigned panels_of_rest(const struct job *job, unsigned tile, unsigned stages,
                               unsigned blocks)
{
    const uint64_t down = (job->n + tile - 1) / tile;
    const bool has_thin = down > 1 && (job->n - 1) % tile < THIN_ROWS;
    const uint64_t wide = has_thin ? down - 1 : down;
    const struct tile_work rest = {wide * (wide + 1) / 2 % blocks, has_thin ? down : 0};
    return panels_of(rest, stages, blocks, 1);
}

static enum status launch_sm90(struct job *job, struct loaded *l, int step, struct failure *why)
{
    CUdeviceptr transpose; /* which the kernel reads through its tensor map */
    (void)step;
    enum status status = transpose_a(job, &transpose, why);
    if (status)
        return status;
    const unsigned blocks = (unsigned)job->device->sms * l->kernel->blocks_per_sm;
    unsigned stages = (job->n + SM90_STAGE - 1) / SM90_STAGE;
    unsigned panels = panels_of_rest(job, l->kernel->tile, stages, blocks);
    void *matmul[] = {&job->c, &job->n, &job->pitch, &stages};
    void *sum_aat[] = {&job->partials, &job->sum, &job->ticket, &job->n, &stages, &panels};
    return launch_waves(job, l, job->problem.op == OP_MATMUL ? matmul : sum_aat, why);
}

const struct family ffma_sm80 = {
    .bytes = transpose_bytes, .prepare = prepare_sm80, .launch = launch_sm80};
const struct family ffma_sm90 = {
    .bytes = transpose_bytes, .prepare = prepare_sm90, .launch = launch_sm90};
