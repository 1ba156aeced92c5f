/* cublas.c - a typed dlopen over cuBLAS 13, 12, 11 and 10 (10.2 is the last for cc 3.0), and the
 * variants made of it. */
#include "kernels/libraries/cublas.h"

#include "kernels/device/modules.h"
#include "kernels/job/job.h"
#include "kernels/libraries/convert.h"

#include <dlfcn.h>
#include <stdio.h>

typedef struct cublasContext *cublasHandle_t;

/* X(name, exported symbol, parameters); all return cublasStatus_t, 0 for success. The same in all
 * four versions, but that GemmEx's `compute` is a type of data in 10 and a way of computing from 11
 * on: both are ints. */
#define CUBLAS_SYMBOLS(X)                                                                          \
    X(create, cublasCreate_v2, (cublasHandle_t * handle))                                          \
    X(set_stream, cublasSetStream_v2, (cublasHandle_t handle, CUstream stream))                    \
    X(set_math_mode, cublasSetMathMode, (cublasHandle_t handle, int mode))                         \
    X(set_pointer_mode, cublasSetPointerMode_v2, (cublasHandle_t handle, int mode))                \
    X(sgemm, cublasSgemm_v2,                                                                       \
      (cublasHandle_t handle, int trans_a, int trans_b, int m, int n, int k, const float *alpha,   \
       CUdeviceptr a, int lda, CUdeviceptr b, int ldb, const float *beta, CUdeviceptr c, int ldc)) \
    X(ssyrk, cublasSsyrk_v2,                                                                       \
      (cublasHandle_t handle, int uplo, int trans, int n, int k, const float *alpha,               \
       CUdeviceptr a, int lda, const float *beta, CUdeviceptr c, int ldc))                         \
    X(gemm_ex, cublasGemmEx,                                                                       \
      (cublasHandle_t handle, int trans_a, int trans_b, int m, int n, int k, const void *alpha,    \
       CUdeviceptr a, int a_type, int lda, CUdeviceptr b, int b_type, int ldb, const void *beta,   \
       CUdeviceptr c, int c_type, int ldc, int compute, int algorithm))                            \
    X(sasum, cublasSasum_v2,                                                                       \
      (cublasHandle_t handle, int n, CUdeviceptr x, int stride, CUdeviceptr sum))

enum { OP_N = 0, OP_T = 1, FILL_UPPER = 1 };
enum { POINTERS_HOST = 0, POINTERS_DEVICE = 1 };
enum { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, PEDANTIC_MATH = 2 };
enum { DATA_F32 = 0, DATA_F16 = 2, DATA_BF16 = 14 };
enum { COMPUTE_F32 = 68, COMPUTE_F32_FAST_TF32 = 77 };
enum { ALGORITHM_DEFAULT = -1, ALGORITHM_DEFAULT_TENSOR_OP = 99 };

static struct cublas {
    void *library;
    const char *soname;
    int major;
    cublasHandle_t handle;
#define X(name, symbol, parameters) int(*name) parameters;
    CUBLAS_SYMBOLS(X)
#undef X
} cublas;

static const struct {
    const char *soname;
    int major;
} versions[] = {{"libcublas.so.13", 13},
                {"libcublas.so.12", 12},
                {"libcublas.so.11", 11},
                {"libcublas.so.10", 10}};

static bool load(void)
{
    for (size_t i = 0; i < sizeof versions / sizeof *versions && !cublas.library; i++) {
        void *library = dlopen(versions[i].soname, RTLD_NOW | RTLD_LOCAL);
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
            cublas.soname = versions[i].soname;
            cublas.major = versions[i].major;
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

bool cublas_multiplies(const struct kernel *k, const struct problem *p, char *reason,
                       size_t reason_bytes)
{
    (void)p;
    if (cublas.major >= 11 || (k->arithmetic != ARITH_TF32 && k->arithmetic != ARITH_BF16))
        return true;
    snprintf(reason, reason_bytes, "needs cuBLAS 11, %s is older", cublas.soname);
    return false;
}

bool cublas_sums(const struct kernel *k, const struct problem *p, char *reason, size_t reason_bytes)
{
    enum { MOST = 46340 }; /* its square is the most that an int counts */
    (void)k;
    if (p->range != RANGE_UNIT)
        snprintf(reason, reason_bytes, "adds absolute values: on [-1,1) that is not the sum");
    else if (p->n > MOST)
        snprintf(reason, reason_bytes, "counts in 32 bits: N is at most %d", MOST);
    else
        return true;
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
    int error = 0;
    if (!cublas.handle && (error = cublas.create(&cublas.handle)))
        return cublas_fail(error, "cublasCreate", why);
    if ((error = cublas.set_stream(cublas.handle, job->device->stream)))
        return cublas_fail(error, "cublasSetStream", why);
    return k->needs_half ? convert_a(job, k->arithmetic, why) : STATUS_OK;
}

/* All variants share the handle, so each says before its work what it wants of it. That costs the
 * host nothing but a store. In FP32 nothing else will do than FP32; cuBLAS 10 knows no other there.
 */
static enum status set_math(enum arithmetic arithmetic, struct failure *why)
{
    int mode = arithmetic == ARITH_F32 ? PEDANTIC_MATH : DEFAULT_MATH;
    if (cublas.major == 10)
        mode = arithmetic == ARITH_F32 ? DEFAULT_MATH : TENSOR_OP_MATH;
    const int error = cublas.set_math_mode(cublas.handle, mode);
    return error ? cublas_fail(error, "cublasSetMathMode", why) : STATUS_OK;
}

/* Row-major A is column-major Aᵀ, so C = A·Aᵀ is opT(A')·A' there, and C's lower triangle is the
 * upper one. */
static enum status sgemm(struct job *job, struct failure *why)
{
    const int n = (int)job->n, ld = (int)job->pitch;
    const float one = 1, zero = 0;
    const int error = cublas.sgemm(cublas.handle, OP_T, OP_N, n, n, n, &one, job->a, ld, job->a, ld,
                                   &zero, job->c, ld);
    return error ? cublas_fail(error, "cublasSgemm", why) : STATUS_OK;
}

/* With FP32 in the accumulator and in C, whatever A is in. */
static enum status gemm_ex(struct job *job, enum arithmetic arithmetic, struct failure *why)
{
    const int n = (int)job->n, ld = (int)job->pitch;
    const float one = 1, zero = 0;
    const bool is_tf32 = arithmetic == ARITH_TF32, is_bf16 = arithmetic == ARITH_BF16;
    const CUdeviceptr a = is_tf32 ? job->a : is_bf16 ? job->a_bf16 : job->a_f16;
    const int type = is_tf32 ? DATA_F32 : is_bf16 ? DATA_BF16 : DATA_F16;
    const bool is_10 = cublas.major == 10;
    const int compute = is_10 ? DATA_F32 : is_tf32 ? COMPUTE_F32_FAST_TF32 : COMPUTE_F32;
    const int error = cublas.gemm_ex(cublas.handle, OP_T, OP_N, n, n, n, &one, a, type, ld, a, type,
                                     ld, &zero, job->c, DATA_F32, ld, compute,
                                     is_10 ? ALGORITHM_DEFAULT_TENSOR_OP : ALGORITHM_DEFAULT);
    return error ? cublas_fail(error, "cublasGemmEx", why) : STATUS_OK;
}

enum status cublas_gemm(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    if (step == 1)
        return gpu_sum_c(job, false, why);
    const enum status status = set_math(k->arithmetic, why);
    if (status)
        return status;
    return k->arithmetic == ARITH_F32 ? sgemm(job, why) : gemm_ex(job, k->arithmetic, why);
}

enum status cublas_ssyrk(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    if (step == 1)
        return gpu_sum_c(job, true, why);
    const enum status status = set_math(k->arithmetic, why);
    if (status)
        return status;
    const int n = (int)job->n, ld = (int)job->pitch;
    const float one = 1, zero = 0;
    const int error =
        cublas.ssyrk(cublas.handle, FILL_UPPER, OP_T, n, n, &one, job->a, ld, &zero, job->c, ld);
    return error ? cublas_fail(error, "cublasSsyrk", why) : STATUS_OK;
}

/* The sum goes to the device's memory, or the call would wait for it. For the others the handle is
 * left as it was, with one and zero on the host. */
enum status cublas_sasum(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    (void)k, (void)step;
    int error = cublas.set_pointer_mode(cublas.handle, POINTERS_DEVICE);
    if (!error)
        error = cublas.sasum(cublas.handle, (int)(job->n * job->n), job->a, 1, job->sum_f32);
    if (!error)
        error = cublas.set_pointer_mode(cublas.handle, POINTERS_HOST);
    return error ? cublas_fail(error, "cublasSasum", why) : STATUS_OK;
}
