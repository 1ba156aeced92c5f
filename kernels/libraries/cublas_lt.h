/* cublas_lt.h - cublasLt as a contestant: cuBLAS's products of fp8, which its other interface does
 * not have. */
#ifndef KERNELS_CUBLAS_LT_H
#define KERNELS_CUBLAS_LT_H

#include "kernels/job/kernel.h"

/* C = A·Aᵀ by cublasLtMatmul in e4m3, C in FP32; a second step adds C. */
extern const struct family cublas_lt;

#endif
