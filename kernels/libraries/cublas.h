/* cublas.h - NVIDIA's cuBLAS as a contestant, in whatever version the host or container has. */
#ifndef KERNELS_CUBLAS_H
#define KERNELS_CUBLAS_H

#include "kernels/job/kernel.h"

/* C = A·Aᵀ by cublasSgemm in pedantic FP32, by cublasDgemm, or by cublasGemmEx in the variant's
 * arithmetic; its lower triangle by cublasSsyrk or cublasDsyrk; a second step adds C. */
extern const struct family cublas_gemm, cublas_syrk;

/* The sum of the absolute values of A by cublasSasum, for reduce. */
extern const struct family cublas_sasum;

/* The library, loaded if it can be, and 10 × major + minor of its version, which may be NULL; NULL
 * if none loads. */
void *cublas_library(int *version);

/* The soname of the library that loads ("libcublas.so.13"); "" if none does. */
void cublas_version(char *text, size_t bytes);

#endif
