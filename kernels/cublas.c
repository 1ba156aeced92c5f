/* cublas.c - a typed dlopen over cuBLAS 13, 12, 11 and 10 (10.2 is the last for cc 3.0), and the
 * two variants made of it. */
#include "kernels/cublas.h"

#include "kernels/job.h"
#include "kernels/modules.h"

#include <dlfcn.h>
#include <stdio.h>

typedef struct cublasContext *cublasHandle_t;

/* X(name, exported symbol, parameters); all return cublasStatus_t, 0 for success. The same in all
 * four versions. */
#define CUBLAS_SYMBOLS(X)                                                                          \
    X(create, cublasCreate_v2, (cublasHandle_t * handle))                                          \
    X(set_stream, cublasSetStream_v2, (cublasHandle_t handle, CUstream stream))                    \
    X(set_math_mode, cublasSetMathMode, (cublasHandle_t handle, int mode))                         \
    X(sgemm, cublasSgemm_v2,                                                                       \
      (cublasHandle_t handle, int trans_a, int trans_b, int m, int n, int k, const float *alpha,   \
       CUdeviceptr a, int lda, CUdeviceptr b, int ldb, const float *beta, CUdeviceptr c, int ldc)) \
    X(ssyrk, cublasSsyrk_v2,                                                                       \
      (cublasHandle_t handle, int uplo, int trans, int n, int k, const float *alpha,               \
       CUdeviceptr a, int lda, const float *beta, CUdeviceptr c, int ldc))

enum { OP_N = 0, OP_T = 1, FILL_UPPER = 1, PEDANTIC_MATH = 2 };

static struct cublas {
    void *library;
    const char *soname;
    cublasHandle_t handle;
#define X(name, symbol, parameters) int(*name) parameters;
    CUBLAS_SYMBOLS(X)
#undef X
} cublas;

static const char *const sonames[] = {"libcublas.so.13", "libcublas.so.12", "libcublas.so.11",
                                      "libcublas.so.10"};

static bool load(void)
{
    for (size_t i = 0; i < sizeof sonames / sizeof *sonames && !cublas.library; i++) {
        void *library = dlopen(sonames[i], RTLD_NOW | RTLD_LOCAL);
        if (!library)
            continue;
        bool complete = true;
#define X(name, symbol, parameters)                                                                \
    *(void **)&cublas.name = dlsym(library, #symbol);                                              \
    complete = complete && cublas.name;
        CUBLAS_SYMBOLS(X)
#undef X
        if (complete) {
            cublas.library = library;
            cublas.soname = sonames[i];
        }
    }
    return cublas.library != NULL;
}

bool cublas_available(const struct device *d, char *reason, size_t reason_bytes)
{
    if (d->facts.simulated) {
        snprintf(reason, reason_bytes, "cuBLAS needs a real GPU, this one is simulated");
        return false;
    }
    if (load())
        return true;
    snprintf(reason, reason_bytes,
             "cuBLAS was not found (libcublas.so.13, .12, .11 or .10): set LD_LIBRARY_PATH to it");
    return false;
}

void cublas_version(char *text, size_t bytes)
{
    snprintf(text, bytes, "%s", load() ? cublas.soname : "");
}

static enum status cublas_fail(int error, const char *what, struct failure *why)
{
    return fail(why, STATUS_FAILED, "%s failed: cuBLAS status %d (%s)", what, error, cublas.soname);
}

enum status cublas_prepare(struct job *job, const struct kernel *k, struct failure *why)
{
    (void)k;
    int error = 0;
    if (!cublas.handle && (error = cublas.create(&cublas.handle)))
        return cublas_fail(error, "cublasCreate", why);
    if ((error = cublas.set_stream(cublas.handle, job->device->stream)))
        return cublas_fail(error, "cublasSetStream", why);
    if ((error = cublas.set_math_mode(cublas.handle, PEDANTIC_MATH)))
        return cublas_fail(error, "cublasSetMathMode", why);
    return STATUS_OK;
}

/* Row-major A is column-major Aᵀ, so C = A·Aᵀ is opT(A')·A' there, and C's lower triangle is the
 * upper one. */
enum status cublas_sgemm(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    if (step == 1)
        return gpu_sum_c(job, false, why);
    (void)k;
    const int n = (int)job->n, ld = (int)job->pitch;
    const float one = 1, zero = 0;
    int error = cublas.sgemm(cublas.handle, OP_T, OP_N, n, n, n, &one, job->a, ld, job->a, ld,
                             &zero, job->c, ld);
    return error ? cublas_fail(error, "cublasSgemm", why) : STATUS_OK;
}

enum status cublas_ssyrk(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    if (step == 1)
        return gpu_sum_c(job, true, why);
    (void)k;
    const int n = (int)job->n, ld = (int)job->pitch;
    const float one = 1, zero = 0;
    int error =
        cublas.ssyrk(cublas.handle, FILL_UPPER, OP_T, n, n, &one, job->a, ld, &zero, job->c, ld);
    return error ? cublas_fail(error, "cublasSsyrk", why) : STATUS_OK;
}
