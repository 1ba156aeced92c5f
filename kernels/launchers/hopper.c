/* hopper.c - preparing and launching the kernels of compute capability 9.0. */
#include "kernels/launchers/hopper.h"

#include "kernels/device/modules.h"
#include "kernels/interface/thin_rows.h"
#include "kernels/job/job.h"
#include "kernels/launchers/panels.h"

enum {
    STRIP = 128,
    K_STEPS = 32
}; /* a box of the tensor map: columns and rows of Aᵀ (support/sm90/ffma_sm90.cuh) */

enum status hopper_prepare(struct job *job, const struct kernel *k, struct failure *why)
{
    struct device *d = job->device;
    if (!d->cu.cuTensorMapEncodeTiled)
        return fail(why, STATUS_FAILED,
                    "the driver has no cuTensorMapEncodeTiled: it is older than CUDA 12.0");
    enum status status = gpu_need_transpose(job, why);
    if (status)
        return status;
    CUtensorMap map;
    const uint64_t dim[2] = {job->rows, job->pitch}, stride[1] = {job->rows * sizeof(float)};
    const unsigned box[2] = {STRIP, K_STEPS}, element_stride[2] = {1, 1};
    CUresult error = d->cu.cuTensorMapEncodeTiled(
        &map, CU_TENSOR_MAP_DATA_TYPE_FLOAT32, 2, (void *)(uintptr_t)job->at, dim, stride, box,
        element_stride, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_NONE,
        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (error)
        return driver_fail(&d->cu, error, why, "cannot describe A to the copy engine");
    CUdeviceptr pointer;
    size_t bytes;
    if ((status = module_global(d, k->module, "tensor_map", &pointer, &bytes, why)))
        return status;
    error = d->cu.cuMemcpyHtoDAsync(pointer, &map, sizeof map, d->stream);
    return error ? driver_fail(&d->cu, error, why, "copying the tensor map") : STATUS_OK;
}

/* Into how many panels of k sum_aat/sm90/ffma_sm90.cu is to cut the tiles that fill no wave. */
static unsigned panels_of_rest(const struct job *job, unsigned tile, unsigned stages,
                               unsigned blocks)
{
    const uint64_t down = (job->n + tile - 1) / tile;
    const bool has_thin = down > 1 && (job->n - 1) % tile < THIN_ROWS;
    const uint64_t wide = has_thin ? down - 1 : down;
    const struct tile_work rest = {wide * (wide + 1) / 2 % blocks, has_thin ? down : 0};
    return panels_of(rest, stages, blocks, 1);
}

enum status hopper_ffma(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    (void)step;
    struct device *d = job->device;
    enum status status = gpu_transpose(job, why);
    if (status)
        return status;
    unsigned stages = (job->n + K_STEPS - 1) / K_STEPS,
             blocks = (unsigned)d->sms * k->blocks_per_sm;
    unsigned panels = panels_of_rest(job, k->tile, stages, blocks);
    void *matmul[] = {&job->c, &job->n, &job->pitch, &stages};
    void *sum_aat[] = {&job->partials, &job->sum, &job->ticket, &job->n, &stages, &panels};
    return launch(d, gpu_function(job, k), blocks, 1, k->block_x, k->block_y, k->shared_bytes,
                  job->problem.op == OP_MATMUL ? matmul : sum_aat, k->symbol, why);
}
