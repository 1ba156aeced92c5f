/* ladder.c - writes tensor maps of a copy of A in bf16, and launches single blocks or clusters of
 * two. */
#include "kernels/launchers/ladder.h"

#include "kernels/device/launch.h"
#include "kernels/job/job.h"
#include "kernels/launchers/mma.h"
#include "kernels/launchers/wgmma.h"

enum { STAGE_K = 64, BOX_ROWS = 128 }; /* values of k and rows of a box */

static bool is_available(const struct device *d, char *reason, size_t reason_bytes)
{
    return wgmma_sm90.available(d, reason, reason_bytes);
}

static unsigned blocks_per_cluster(const struct kernel *k)
{
    return k->family == &ladder_clusters_sm90 ? 2 : 1;
}

/* Writes a tensor map over the n rows of the copy of A to `symbol` of the kernel's module. */
static enum status write_map(struct job *job, const struct loaded *l, CUdeviceptr copy,
                             const char *symbol, unsigned box_rows, struct failure *why)
{
    struct device *d = job->device;
    const uint64_t row_bytes = mma_row_bytes(l->variant->arithmetic, job->n);
    const uint64_t dim[2] = {row_bytes / 2, job->n}, stride[1] = {row_bytes};
    const unsigned box[2] = {STAGE_K, box_rows}, element_stride[2] = {1, 1};
    CUtensorMap map;
    CUresult error = d->cu.cuTensorMapEncodeTiled(
        &map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 2, (void *)(uintptr_t)copy, dim, stride, box,
        element_stride, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (error)
        return driver_fail(&d->cu, error, why, "cannot describe A to the copy engine");
    return job_write(job, l->kernel, symbol, &map, sizeof map, why);
}

static enum status prepare(struct job *job, struct loaded *l, struct failure *why)
{
    const struct kernel *k = l->kernel;
    CUdeviceptr copy;
    enum status status = mma_need_copy(job, l->variant, &copy, why);
    if (!status)
        status = write_map(job, l, copy, "tensor_map_rows", BOX_ROWS, why);
    if (!status)
        status =
            write_map(job, l, copy, "tensor_map_cols", k->tile_cols / blocks_per_cluster(k), why);
    return status;
}

static enum status launch_step(struct job *job, struct loaded *l, int step, struct failure *why)
{
    const struct kernel *k = l->kernel;
    struct device *d = job->device;
    if (step == 0)
        return mma_launch_copy(job, l->variant, job->rows, why);
    unsigned stages = (unsigned)(mma_row_bytes(l->variant->arithmetic, job->n) / (STAGE_K * 2));
    void *matmul[] = {&job->c, &job->n, &job->pitch, &stages};
    void *sum_aat[] = {&job->partials, &job->sum, &job->ticket, &job->n, &stages};
    const unsigned cluster = blocks_per_cluster(k);
    CUlaunchAttribute attribute = {.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION,
                                   .value.clusterDim = {cluster, 1, 1}};
    const CUlaunchConfig config = {.gridDimX =
                                       (unsigned)d->sms * k->blocks_per_sm / cluster * cluster,
                                   .gridDimY = 1,
                                   .gridDimZ = 1,
                                   .blockDimX = k->block_x,
                                   .blockDimY = 1,
                                   .blockDimZ = 1,
                                   .sharedMemBytes = k->shared_bytes,
                                   .hStream = d->stream,
                                   .attrs = &attribute,
                                   .numAttrs = 1};
    CUresult error = d->cu.cuLaunchKernelEx(&config, l->function,
                                            job->problem.op == OP_MATMUL ? matmul : sum_aat, NULL);
    return error ? driver_fail(&d->cu, error, why, k->symbol) : STATUS_OK;
}

const struct family ladder_sm90 = {
    .available = is_available, .bytes = mma_copy_bytes, .prepare = prepare, .launch = launch_step};
const struct family ladder_clusters_sm90 = {
    .available = is_available, .bytes = mma_copy_bytes, .prepare = prepare, .launch = launch_step};
