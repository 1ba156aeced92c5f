/* cublas.c - a libcublas.so.13 for simulated GPUs: plain products in float32 and float64, and the
 * two that cuBLAS emulates, which have other bits.
 *
 *   FAKECUBLAS_VERSION=12.8    what it says it is (default 13.1)
 *   FAKECUBLAS=plain           it emulates nothing, and says nothing about it
 *   FAKECUBLAS=wrong           an emulated product has one entry that is off by a thousandth
 *   FAKECUBLAS_BITS=40         so many bits fixed point says that it kept (default 55)
 *   FAKECUBLAS_REFUSES=name    a cublasSet… of this name returns "not supported"
 *
 * Fixed point starts with settings with which it does not emulate, so that they have to be set.
 * It multiplies at once, whatever the stream; other routines return "not supported". */
#include "tests/fakecuda/driver.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INVALID_VALUE = 7, NOT_SUPPORTED = 15 };
enum { DATA_F32 = 0, DATA_F64 = 1, COMPUTE_F32 = 68, COMPUTE_F64 = 70 };
enum { COMPUTE_F32_BF16X9 = 78, COMPUTE_F64_FIXED_POINT = 79 };
enum { EAGER = 2, BITS = 55 };

struct handle {
    int strategy, most_bits;
    bool is_dynamic;
    size_t workspace_bytes;
    int *bits_at;
};

static bool does(const char *word)
{
    const char *what = getenv("FAKECUBLAS");
    return what && !strcmp(what, word);
}

static bool refuses(const char *name)
{
    const char *refused = getenv("FAKECUBLAS_REFUSES");
    return refused && !strcmp(refused, name);
}

/* The product of a row of A and one of B, as cuBLAS sees columns. */
static float entry_f32(const float *a, const float *b, int k, bool is_emulated)
{
    float sum = 0;
    double exact = 0;
    for (int i = 0; i < k; i++) {
        sum = fmaf(a[i], b[i], sum);
        exact += (double)a[i] * (double)b[i];
    }
    return is_emulated ? (float)exact : sum;
}

static double entry_f64(const double *a, const double *b, int k, bool is_emulated)
{
    double sum = 0;
    long double exact = 0;
    for (int i = 0; i < k; i++) {
        sum = fma(a[i], b[i], sum);
        exact += (long double)a[i] * b[i];
    }
    return is_emulated ? (double)exact : sum;
}

/* With a beta of 0, C is not read. */
static void put_f32(float *c, float alpha, float beta, float product)
{
    *c = alpha * product + (beta != 0 ? beta * *c : 0);
}

static void put_f64(double *c, double alpha, double beta, double product)
{
    *c = alpha * product + (beta != 0 ? beta * *c : 0);
}

static int multiply(bool is_f64, bool is_emulated, int m, int n, int k, const void *alpha,
                    const void *a, int lda, const void *b, int ldb, const void *beta, void *c,
                    int ldc)
{
    const size_t bytes = is_f64 ? sizeof(double) : sizeof(float);
    if (!fakecuda_is_allocated(c, ((size_t)(n - 1) * (size_t)ldc + (size_t)m) * bytes))
        return INVALID_VALUE;
    for (int col = 0; col < n; col++)
        for (int row = 0; row < m; row++) {
            const ptrdiff_t in_a = (ptrdiff_t)row * lda, in_b = (ptrdiff_t)col * ldb;
            const ptrdiff_t at = (ptrdiff_t)col * ldc + row;
            const double off = is_emulated && does("wrong") && row == 2 && col == 1 ? 1.001 : 1;
            if (is_f64)
                put_f64(
                    (double *)c + at, off * *(const double *)alpha, *(const double *)beta,
                    entry_f64((const double *)a + in_a, (const double *)b + in_b, k, is_emulated));
            else
                put_f32(
                    (float *)c + at, (float)off * *(const float *)alpha, *(const float *)beta,
                    entry_f32((const float *)a + in_a, (const float *)b + in_b, k, is_emulated));
        }
    return 0;
}

#pragma GCC visibility push(default)
const int fakecublas = 1; /* by which the program knows it */

int cublasCreate_v2(struct handle **handle);
int cublasGetProperty(int property, int *value);
int cublasSetStream_v2(struct handle *h, CUstream stream);
int cublasSetMathMode(struct handle *h, int mode);
int cublasSetPointerMode_v2(struct handle *h, int mode);
int cublasSetEmulationStrategy(struct handle *h, int strategy);
int cublasSetWorkspace_v2(struct handle *h, void *at, size_t bytes);
int cublasSetFixedPointEmulationMantissaControl(struct handle *h, int control);
int cublasSetFixedPointEmulationMaxMantissaBitCount(struct handle *h, int bits);
int cublasSetFixedPointEmulationMantissaBitCountPointer(struct handle *h, int *at);
int cublasSgemm_v2(struct handle *h, int trans_a, int trans_b, int m, int n, int k,
                   const float *alpha, const float *a, int lda, const float *b, int ldb,
                   const float *beta, float *c, int ldc);
int cublasDgemm_v2(struct handle *h, int trans_a, int trans_b, int m, int n, int k,
                   const double *alpha, const double *a, int lda, const double *b, int ldb,
                   const double *beta, double *c, int ldc);
int cublasGemmEx(struct handle *h, int trans_a, int trans_b, int m, int n, int k, const void *alpha,
                 const void *a, int a_type, int lda, const void *b, int b_type, int ldb,
                 const void *beta, void *c, int c_type, int ldc, int compute, int algorithm);
int cublasSsyrk_v2(void);
int cublasDsyrk_v2(void);
int cublasSasum_v2(void);
#pragma GCC visibility pop

int cublasCreate_v2(struct handle **handle)
{
    static struct handle handles[2]; /* one that emulates, and one for the rest */
    static size_t count;
    if (count == sizeof handles / sizeof *handles)
        return INVALID_VALUE;
    *handle = &handles[count++];
    return 0;
}

int cublasGetProperty(int property, int *value)
{
    const char *version = getenv("FAKECUBLAS_VERSION");
    int part[2] = {13, 1};
    if (property < 0 || property > 1 || (version && sscanf(version, "%d.%d", part, part + 1) != 2))
        return INVALID_VALUE;
    *value = part[property];
    return 0;
}

/* The workspace is the library's own again. */
int cublasSetStream_v2(struct handle *h, CUstream stream)
{
    h->workspace_bytes = 0;
    return stream ? 0 : INVALID_VALUE;
}

int cublasSetMathMode(struct handle *h, int mode)
{
    (void)h, (void)mode;
    return 0;
}

int cublasSetPointerMode_v2(struct handle *h, int mode)
{
    (void)h, (void)mode;
    return 0;
}

int cublasSetEmulationStrategy(struct handle *h, int strategy)
{
    h->strategy = strategy;
    return refuses("cublasSetEmulationStrategy") ? NOT_SUPPORTED : 0;
}

int cublasSetWorkspace_v2(struct handle *h, void *at, size_t bytes)
{
    h->workspace_bytes = bytes;
    return refuses("cublasSetWorkspace")      ? NOT_SUPPORTED
           : fakecuda_is_allocated(at, bytes) ? 0
                                              : INVALID_VALUE;
}

int cublasSetFixedPointEmulationMantissaControl(struct handle *h, int control)
{
    h->is_dynamic = !control;
    return refuses("cublasSetFixedPointEmulationMantissaControl") ? NOT_SUPPORTED : 0;
}

int cublasSetFixedPointEmulationMaxMantissaBitCount(struct handle *h, int bits)
{
    h->most_bits = bits;
    return refuses("cublasSetFixedPointEmulationMaxMantissaBitCount") ? NOT_SUPPORTED : 0;
}

int cublasSetFixedPointEmulationMantissaBitCountPointer(struct handle *h, int *at)
{
    h->bits_at = at;
    return refuses("cublasSetFixedPointEmulationMantissaBitCountPointer") ? NOT_SUPPORTED
           : fakecuda_is_allocated(at, sizeof *at)                        ? 0
                                                                          : INVALID_VALUE;
}

int cublasSgemm_v2(struct handle *h, int trans_a, int trans_b, int m, int n, int k,
                   const float *alpha, const float *a, int lda, const float *b, int ldb,
                   const float *beta, float *c, int ldc)
{
    (void)h;
    return trans_a == 1 && trans_b == 0
               ? multiply(false, false, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
               : NOT_SUPPORTED;
}

int cublasDgemm_v2(struct handle *h, int trans_a, int trans_b, int m, int n, int k,
                   const double *alpha, const double *a, int lda, const double *b, int ldb,
                   const double *beta, double *c, int ldc)
{
    (void)h;
    return trans_a == 1 && trans_b == 0
               ? multiply(true, false, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
               : NOT_SUPPORTED;
}

int cublasGemmEx(struct handle *h, int trans_a, int trans_b, int m, int n, int k, const void *alpha,
                 const void *a, int a_type, int lda, const void *b, int b_type, int ldb,
                 const void *beta, void *c, int c_type, int ldc, int compute, int algorithm)
{
    const bool is_f64 = compute == COMPUTE_F64 || compute == COMPUTE_F64_FIXED_POINT;
    const bool is_fixed_point = compute == COMPUTE_F64_FIXED_POINT;
    const bool is_known = is_f64 || compute == COMPUTE_F32 || compute == COMPUTE_F32_BF16X9;
    const int type = is_f64 ? DATA_F64 : DATA_F32;
    (void)algorithm;
    if (!is_known || a_type != type || b_type != type || c_type != type || trans_a != 1 || trans_b)
        return NOT_SUPPORTED;
    /* Planes of bytes of both factors, with less it does not emulate. */
    const bool has_room = !is_fixed_point || h->workspace_bytes > (size_t)(m + n) * (size_t)k * 8;
    const bool has_bits = !is_fixed_point || (h->is_dynamic && h->most_bits >= BITS);
    const bool is_emulated = (is_fixed_point || compute == COMPUTE_F32_BF16X9) && has_room &&
                             has_bits && h->strategy == EAGER && !does("plain");
    const char *bits = getenv("FAKECUBLAS_BITS");
    if (is_emulated && is_fixed_point && h->bits_at)
        *h->bits_at = bits ? atoi(bits) : BITS;
    return multiply(is_f64, is_emulated, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

int cublasSsyrk_v2(void)
{
    return NOT_SUPPORTED;
}

int cublasDsyrk_v2(void)
{
    return NOT_SUPPORTED;
}

int cublasSasum_v2(void)
{
    return NOT_SUPPORTED;
}
