/* cub.cu - NVIDIA's own sum, cub::DeviceReduce::Sum, behind four C functions: libgpubench-cub.so.
 */
#include "kernels/plugin/cub.h"

#include <cub/device/device_reduce.cuh>
#include <cub/version.cuh>

#include <stdio.h>

#pragma GCC visibility push(default)

int gpubench_cub_sum(void *scratch, size_t *scratch_bytes, const float *x, size_t count, float *sum,
                     void *stream)
{
    return cub::DeviceReduce::Sum(scratch, *scratch_bytes, x, sum, count, (cudaStream_t)stream);
}

int gpubench_cub_sum_f64(void *scratch, size_t *scratch_bytes, const double *x, size_t count,
                         double *sum, void *stream)
{
    return cub::DeviceReduce::Sum(scratch, *scratch_bytes, x, sum, count, (cudaStream_t)stream);
}

const char *gpubench_cub_error(int error)
{
    return cudaGetErrorString((cudaError_t)error);
}

const char *gpubench_cub_version(void)
{
    static char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", CUB_MAJOR_VERSION, CUB_MINOR_VERSION,
             CUB_SUBMINOR_VERSION);
    return text;
}

int gpubench_cub_cuda(void)
{
    return CUDART_VERSION;
}
