/* cublas.h - NVIDIA's cuBLAS as a contestant: found at run time, whatever version the host or
 * container has. */
#ifndef KERNELS_CUBLAS_H
#define KERNELS_CUBLAS_H

#include "kernels/job/kernel.h"

/* Whether a libcublas.so of a version from 10 to 13 loads; if not, reason says what was looked for.
 */
bool cublas_available(const struct device *d, char *reason, size_t reason_bytes);

/* kernel.suits: whether that version has k's arithmetic; and whether the sum of absolute values is
 * the sum of p's entries, and of how many. */
bool cublas_multiplies(const struct kernel *k, const struct problem *p, char *reason,
                       size_t reason_bytes);
bool cublas_sums(const struct kernel *k, const struct problem *p, char *reason,
                 size_t reason_bytes);

/* The soname of the library that loads ("libcublas.so.13"), "" if none does. */
void cublas_version(char *text, size_t bytes);

/* kernel.prepare: a handle on the device's stream, and A in 16 bits if k's arithmetic is such. */
enum status cublas_prepare(struct job *job, const struct kernel *k, struct failure *why);

/* kernel.launch of the variants: C = A·Aᵀ, by sgemm in pedantic FP32 or by GemmEx in k's
 * arithmetic; its lower triangle by ssyrk; step 1, where there is one, adds C up. */
enum status cublas_gemm(struct job *job, const struct kernel *k, int step, struct failure *why);
enum status cublas_ssyrk(struct job *job, const struct kernel *k, int step, struct failure *why);

/* kernel.launch of reduce: the sum of A's absolute values, a float32 in job->sum_f32. */
enum status cublas_sasum(struct job *job, const struct kernel *k, int step, struct failure *why);

#endif
