/* cub.h - NVIDIA's CUB as a contestant: in a plugin (plugin/cub.h), which is built where there is
 * nvcc and loaded where it is found.
 *
 * It is looked for in $GPUBENCH_PLUGINS, then as seen from the program's own directory in
 * ../lib/gpubench, in ../lib, and there. */
#ifndef KERNELS_CUB_H
#define KERNELS_CUB_H

#include "kernels/job/kernel.h"

/* Whether a driver of this CUDA version (13000 is 13.0) can run the plugin that was found; if not,
 * reason says why. */
bool cub_loads(int driver_version, char *reason, size_t reason_bytes);

/* "3.0.1, built with CUDA 13.0" of the plugin that loads, "" if none does. */
void cub_version(char *text, size_t bytes);

/* kernel.available, and the same where cuBLAS makes what is added up. */
bool cub_available(const struct device *d, char *reason, size_t reason_bytes);
bool cub_available_with_cublas(const struct device *d, char *reason, size_t reason_bytes);

/* kernel.prepare: CUB's scratch memory, and the same after cublas_prepare. */
enum status cub_prepare(struct job *job, const struct kernel *k, struct failure *why);
enum status cub_prepare_with_cublas(struct job *job, const struct kernel *k, struct failure *why);

/* kernel.launch: the sum of A (reduce), or of C with its padding; a float32 in job->sum_f32. */
enum status cub_sum(struct job *job, const struct kernel *k, int step, struct failure *why);

/* kernel.launch of sum-aat: C = A·Aᵀ by cublas_gemm(), then its sum. */
enum status cub_sum_of_gemm(struct job *job, const struct kernel *k, int step, struct failure *why);

#endif
