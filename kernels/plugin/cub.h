/* cub.h - what libgpubench-cub.so exports. It is a library of its own because CUB is C++ templates
 * on the CUDA runtime: gpubench itself needs neither nvcc nor that runtime.
 *
 * The runtime works in the primary context that is current, which is the one gpubench retains. */
#ifndef KERNELS_PLUGIN_CUB_H
#define KERNELS_PLUGIN_CUB_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* *sum = x[0] + … + x[count - 1], by cub::DeviceReduce::Sum in float32 on a stream. x, sum and
 * scratch are device memory. With scratch NULL nothing runs and *scratch_bytes says how much of it
 * is needed for this count. Returns a cudaError_t, 0 for success. */
int gpubench_cub_sum(void *scratch, size_t *scratch_bytes, const float *x, size_t count, float *sum,
                     void *stream);

/* The same in float64. */
int gpubench_cub_sum_f64(void *scratch, size_t *scratch_bytes, const double *x, size_t count,
                         double *sum, void *stream);

/* What a cudaError_t means, in words. */
const char *gpubench_cub_error(int error);

/* The version of CUB, "3.0.1", and that of the CUDA toolkit it was built with: 13000 is 13.0. */
const char *gpubench_cub_version(void);
int gpubench_cub_cuda(void);

#ifdef __cplusplus
}
#endif

#endif
