/* clusters.c - tensor maps, uploads, and launches in clusters of two blocks. */
#include "kernels/doubles/clusters.h"

#include <stdio.h>

bool clusters_available(const struct device *d, char *reason, size_t reason_bytes)
{
    if (d->cu.cuLaunchKernelEx && d->cu.cuTensorMapEncodeTiled)
        return true;
    snprintf(reason, reason_bytes, "needs a newer driver than CUDA %s",
             cuda_version(d->cu.version).text);
    return false;
}

enum status clusters_write_map(struct job *job, const struct loaded *l, struct described what,
                               const char *variable, struct failure *why)
{
    struct device *d = job->device;
    const uint64_t dim[3] = {what.width, what.rows, what.planes},
                   stride[2] = {what.row_bytes, what.plane_bytes};
    const unsigned box[3] = {what.box_width, what.box_height, 1}, element_stride[3] = {1, 1, 1};
    CUtensorMap map;
    CUresult error = d->cu.cuTensorMapEncodeTiled(
        &map, what.type, 3, (void *)(uintptr_t)what.at, dim, stride, box, element_stride,
        CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    return error ? driver_fail(&d->cu, error, why, "cannot describe A to the copy engine")
                 : job_write(job, l->kernel, variable, &map, sizeof map, why);
}

enum status clusters_upload(struct job *job, const struct loaded *l, const char *name,
                            const void *from, size_t bytes, CUdeviceptr *at, struct failure *why)
{
    const struct device *d = job->device;
    enum status status = job_buffer(job, l->kernel, name, bytes, at, why);
    CUresult error = status ? CUDA_SUCCESS : d->cu.cuMemcpyHtoDAsync(*at, from, bytes, d->stream);
    return error ? driver_fail(&d->cu, error, why, name) : status;
}

enum status clusters_launch(struct job *job, const struct loaded *l, unsigned blocks,
                            void **arguments, struct failure *why)
{
    const struct device *d = job->device;
    CUlaunchAttribute attribute = {.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION,
                                   .value.clusterDim = {2, 1, 1}};
    const CUlaunchConfig config = {.gridDimX = blocks,
                                   .gridDimY = 1,
                                   .gridDimZ = 1,
                                   .blockDimX = l->kernel->block_x,
                                   .blockDimY = 1,
                                   .blockDimZ = 1,
                                   .sharedMemBytes = l->kernel->shared_bytes,
                                   .hStream = d->stream,
                                   .attrs = &attribute,
                                   .numAttrs = 1};
    CUresult error = d->cu.cuLaunchKernelEx(&config, l->function, arguments, NULL);
    return error ? driver_fail(&d->cu, error, why, l->kernel->symbol) : STATUS_OK;
}
