/* cublas.h - NVIDIA's cuBLAS as a contestant: found at run time, whatever version the host or
 * container has. */
#ifndef KERNELS_CUBLAS_H
#define KERNELS_CUBLAS_H

#include "kernels/kernel.h"

/* Whether a libcublas.so of a version from 10 to 13 loads; if not, reason says what was looked for.
 */
bool cublas_available(const struct device *d, char *reason, size_t reason_bytes);

/* The soname of the library that loads ("libcublas.so.13"), "" if none does. */
void cublas_version(char *text, size_t bytes);

/* kernel.prepare: a handle on the device's stream, in pedantic FP32. */
enum status cublas_prepare(struct job *job, const struct kernel *k, struct failure *why);

/* kernel.launch of the variants: C = A·Aᵀ by sgemm, its lower triangle by ssyrk; step 1, where
 * there is one, adds C up. */
enum status cublas_sgemm(struct job *job, const struct kernel *k, int step, struct failure *why);
enum status cublas_ssyrk(struct job *job, const struct kernel *k, int step, struct failure *why);

#endif
