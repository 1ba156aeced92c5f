/* cublas_emulated.h - cuBLAS's emulations as contestants: FP32 made of nine products of bf16, and
 * FP64 made of products of int8. */
#ifndef KERNELS_CUBLAS_EMULATED_H
#define KERNELS_CUBLAS_EMULATED_H

#include "kernels/job/kernel.h"

/* C = A·Aᵀ by cublasGemmEx in CUBLAS_COMPUTE_32F_EMULATED_16BFX9 or, of float64 entries, in
 * CUBLAS_COMPUTE_64F_EMULATED_FIXEDPOINT; a second step adds C. */
extern const struct family cublas_bf16x9, cublas_fixed_point;

#endif
