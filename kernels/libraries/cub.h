/* cub.h - NVIDIA's CUB as a contestant: a plugin (plugin/cub.h) that is built if there is nvcc and
 * loaded if it is found.
 *
 * It is searched for in $GPUBENCH_PLUGINS, then, relative to the program's directory, in
 * ../lib/gpubench, in ../lib, and in that directory itself. */
#ifndef KERNELS_CUB_H
#define KERNELS_CUB_H

#include "kernels/job/kernel.h"

/* The sum of A, for reduce, in the type of its entries. */
extern const struct family cub_sum, cub_sum_f64;

/* sum-aat: C = A·Aᵀ by cublas_gemm, then its sum, in float32 or in float64. */
extern const struct family cub_sum_of_gemm, cub_sum_of_dgemm;

/* Whether the plugin loads and a driver of this CUDA version (13000 is 13.0) can run it; if not,
 * reason says why. */
bool cub_loads(int driver_version, char *reason, size_t reason_bytes);

/* "3.0.1, built with CUDA 13.0" of the plugin that loads; "" if none does. */
void cub_version(char *text, size_t bytes);

#endif
