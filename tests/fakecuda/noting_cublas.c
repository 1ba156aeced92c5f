/* noting_cublas.c - a libcublas.so.13 and a libcublasLt.so.13 that write down how they are called
 * and compute nothing. A call of the name in noting_cublas_fails returns 14. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#pragma GCC visibility push(default)
FILE *noting_cublas_notes;       /* where to; must be set */
const char *noting_cublas_fails; /* may be NULL */
int noting_cublas_major = 13;
int noting_cublas_finds_none; /* cublasLt has no product */

typedef unsigned long long address;
enum { INTERNAL_ERROR = 14, COMPUTE_INT32 = 72, COMPUTE_F64_FIXED_POINT = 79 };

/* The status of a call that was written down. */
static int status_of(const char *name)
{
    return noting_cublas_fails && strcmp(noting_cublas_fails, name) == 0 ? INTERNAL_ERROR : 0;
}

#define NOTE(...)                                                                                  \
    (fprintf(noting_cublas_notes, "  %s: ", __func__), fprintf(noting_cublas_notes, __VA_ARGS__),  \
     fputc('\n', noting_cublas_notes), status_of(__func__))

static int handle;

#define DEFINE(name, parameters, ...)                                                              \
    int name parameters;                                                                           \
    int name parameters                                                                            \
    {                                                                                              \
        return NOTE(__VA_ARGS__);                                                                  \
    }

int cublasCreate_v2(void **out);
int cublasCreate_v2(void **out)
{
    *out = &handle;
    return status_of(__func__);
}

int cublasGetProperty(int property, int *value);
int cublasGetProperty(int property, int *value)
{
    *value = property == 0 ? noting_cublas_major : 1;
    return 0;
}

DEFINE(cublasSetStream_v2, (void *h, void *stream), "%d, %d", h == &handle, stream != NULL)
DEFINE(cublasSetMathMode, (void *h, int mode), "%d, %d", h == &handle, mode)
DEFINE(cublasSetPointerMode_v2, (void *h, int mode), "%d, %d", h == &handle, mode)
DEFINE(cublasSetEmulationStrategy, (void *h, int strategy), "%d, %d", h == &handle, strategy)
DEFINE(cublasSetWorkspace_v2, (void *h, address at, size_t bytes), "%d, %llx, %zu", h == &handle,
       at, bytes)
DEFINE(cublasSetFixedPointEmulationMantissaControl, (void *h, int control), "%d, %d", h == &handle,
       control)
DEFINE(cublasSetFixedPointEmulationMaxMantissaBitCount, (void *h, int bits), "%d, %d", h == &handle,
       bits)
DEFINE(cublasSetFixedPointEmulationMantissaBitCountPointer, (void *h, address at), "%d, %llx",
       h == &handle, at)
DEFINE(cublasSgemm_v2,
       (void *h, int ta, int tb, int m, int n, int k, const float *alpha, address a, int lda,
        address b, int ldb, const float *beta, address c, int ldc),
       "%d, %d %d, %d×%d×%d, %g, %llx by %d, %llx by %d, %g, %llx by %d", h == &handle, ta, tb, m,
       n, k, (double)*alpha, a, lda, b, ldb, (double)*beta, c, ldc)
DEFINE(cublasDgemm_v2,
       (void *h, int ta, int tb, int m, int n, int k, const double *alpha, address a, int lda,
        address b, int ldb, const double *beta, address c, int ldc),
       "%d, %d %d, %d×%d×%d, %g, %llx by %d, %llx by %d, %g, %llx by %d", h == &handle, ta, tb, m,
       n, k, *alpha, a, lda, b, ldb, *beta, c, ldc)
DEFINE(cublasSsyrk_v2,
       (void *h, int half, int t, int n, int k, const float *alpha, address a, int lda,
        const float *beta, address c, int ldc),
       "%d, %d %d, %d×%d, %g, %llx by %d, %g, %llx by %d", h == &handle, half, t, n, k,
       (double)*alpha, a, lda, (double)*beta, c, ldc)
DEFINE(cublasDsyrk_v2,
       (void *h, int half, int t, int n, int k, const double *alpha, address a, int lda,
        const double *beta, address c, int ldc),
       "%d, %d %d, %d×%d, %g, %llx by %d, %g, %llx by %d", h == &handle, half, t, n, k, *alpha, a,
       lda, *beta, c, ldc)
DEFINE(cublasSasum_v2, (void *h, int n, address x, int stride, address sum),
       "%d, %d at %llx by %d to %llx", h == &handle, n, x, stride, sum)

static double scalar(const void *at, int compute)
{
    return compute == COMPUTE_INT32             ? *(const int *)at
           : compute == COMPUTE_F64_FIXED_POINT ? *(const double *)at
                                                : (double)*(const float *)at;
}

DEFINE(cublasGemmEx,
       (void *h, int ta, int tb, int m, int n, int k, const void *alpha, address a, int a_type,
        int lda, address b, int b_type, int ldb, const void *beta, address c, int c_type, int ldc,
        int compute, int algorithm),
       "%d, %d %d, %d×%d×%d, %g, %llx of %d by %d, %llx of %d by %d, %g, %llx of %d by %d, %d, %d",
       h == &handle, ta, tb, m, n, k, scalar(alpha, compute), a, a_type, lda, b, b_type, ldb,
       scalar(beta, compute), c, c_type, ldc, compute, algorithm)

/* ---- cublasLt: handles are the numbers of their creation */

static uintptr_t created;

static int make(void **out)
{
    *out = (void *)++created;
    return (int)created;
}

struct choice {
    uint64_t algorithm[8];
    size_t workspace_bytes;
};

static int choose(struct choice *choice, int *found)
{
    choice->algorithm[0] = 4711;
    return *found = !noting_cublas_finds_none;
}

DEFINE(cublasLtCreate, (void **out), "is %d", make(out))
DEFINE(cublasLtMatmulDescCreate, (void **out, int compute, int scale), "is %d of %d, %d", make(out),
       compute, scale)
DEFINE(cublasLtMatmulDescSetAttribute, (void *o, int attribute, const void *value, size_t bytes),
       "%d, %d = %d, %zu", (int)(uintptr_t)o, attribute, *(const int *)value, bytes)
DEFINE(cublasLtMatrixLayoutCreate, (void **out, int type, uint64_t rows, uint64_t cols, int64_t ld),
       "is %d of %d, %d×%d by %d", make(out), type, (int)rows, (int)cols, (int)ld)
DEFINE(cublasLtMatmulPreferenceCreate, (void **out), "is %d", make(out))
DEFINE(cublasLtMatmulPreferenceDestroy, (void *p), "%d", (int)(uintptr_t)p)
DEFINE(cublasLtMatmulPreferenceSetAttribute,
       (void *p, int attribute, const void *value, size_t bytes), "%d, %d = %d, %zu",
       (int)(uintptr_t)p, attribute, *(const int *)value, bytes)
DEFINE(cublasLtMatmulAlgoGetHeuristic,
       (void *h, void *o, void *a, void *b, void *c, void *d, void *p, int wanted,
        struct choice *choices, int *found),
       "%d, %d, %d %d %d %d, %d, %d of %d", (int)(uintptr_t)h, (int)(uintptr_t)o, (int)(uintptr_t)a,
       (int)(uintptr_t)b, (int)(uintptr_t)c, (int)(uintptr_t)d, (int)(uintptr_t)p,
       choose(choices, found), wanted)
DEFINE(cublasLtMatmul,
       (void *h, void *o, const float *alpha, address a, void *la, address b, void *lb,
        const float *beta, address c, void *lc, address d, void *ld, const uint64_t *algorithm,
        address workspace, size_t bytes, void *stream),
       "%d, %d, %g, %llx %d, %llx %d, %g, %llx %d, %llx %d, %d, %llx, %zu, %d", (int)(uintptr_t)h,
       (int)(uintptr_t)o, (double)*alpha, a, (int)(uintptr_t)la, b, (int)(uintptr_t)lb,
       (double)*beta, c, (int)(uintptr_t)lc, d, (int)(uintptr_t)ld, (int)*algorithm, workspace,
       bytes, stream != NULL)
#pragma GCC visibility pop
