/* cublas.c - loads cuBLAS 13, 12, 11 or 10 (10.2 is the last for cc 3.0) with dlopen, and launches
 * its variants. */
#include "kernels/libraries/cublas.h"

#include "kernels/device/launch.h"
#include "kernels/job/grid.h"
#include "kernels/libraries/convert.h"

#include <dlfcn.h>
#include <stdio.h>

typedef struct cublasContext *cublasHandle_t;

/* X(name, exported symbol, parameters); all return cublasStatus_t, 0 for success. They are the same
 * in all four versions, except that GemmEx's `compute` is a data type in 10 and a compute type from
 * 11 on; both are ints. */
#define CUBLAS_SYMBOLS(X)                                                                          \
    X(create, cublasCreate_v2, (cublasHandle_t * handle))                                          \
    X(property, cublasGetProperty, (int property, int *value))                                     \
    X(set_stream, cublasSetStream_v2, (cublasHandle_t handle, CUstream stream))                    \
    X(set_math_mode, cublasSetMathMode, (cublasHandle_t handle, int mode))                         \
    X(set_pointer_mode, cublasSetPointerMode_v2, (cublasHandle_t handle, int mode))                \
    X(sgemm, cublasSgemm_v2,                                                                       \
      (cublasHandle_t handle, int trans_a, int trans_b, int m, int n, int k, const float *alpha,   \
       CUdeviceptr a, int lda, CUdeviceptr b, int ldb, const float *beta, CUdeviceptr c, int ldc)) \
    X(ssyrk, cublasSsyrk_v2,                                                                       \
      (cublasHandle_t handle, int uplo, int trans, int n, int k, const float *alpha,               \
       CUdeviceptr a, int lda, const float *beta, CUdeviceptr c, int ldc))                         \
    X(dgemm, cublasDgemm_v2,                                                                       \
      (cublasHandle_t handle, int trans_a, int trans_b, int m, int n, int k, const double *alpha,  \
       CUdeviceptr a, int lda, CUdeviceptr b, int ldb, const double *beta, CUdeviceptr c,          \
       int ldc))                                                                                   \
    X(dsyrk, cublasDsyrk_v2,                                                                       \
      (cublasHandle_t handle, int uplo, int trans, int n, int k, const double *alpha,              \
       CUdeviceptr a, int lda, const double *beta, CUdeviceptr c, int ldc))                        \
    X(gemm_ex, cublasGemmEx,                                                                       \
      (cublasHandle_t handle, int trans_a, int trans_b, int m, int n, int k, const void *alpha,    \
       CUdeviceptr a, int a_type, int lda, CUdeviceptr b, int b_type, int ldb, const void *beta,   \
       CUdeviceptr c, int c_type, int ldc, int compute, int algorithm))                            \
    X(sasum, cublasSasum_v2,                                                                       \
      (cublasHandle_t handle, int n, CUdeviceptr x, int stride, CUdeviceptr sum))

enum { MAJOR_VERSION = 0, MINOR_VERSION = 1 };
enum { OP_N = 0, OP_T = 1, FILL_UPPER = 1 };
enum { POINTERS_HOST = 0, POINTERS_DEVICE = 1 };
enum { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, PEDANTIC_MATH = 2 };
enum { DATA_F32 = 0, DATA_F16 = 2, DATA_INT8 = 3, DATA_INT32 = 10, DATA_BF16 = 14 };
enum { COMPUTE_F32 = 68, COMPUTE_INT32 = 72, COMPUTE_F32_FAST_TF32 = 77 };
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

static const char *const sonames[] = {"libcublas.so.13", "libcublas.so.12", "libcublas.so.11",
                                      "libcublas.so.10"};

static bool load_cublas(void)
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
        if (complete && cublas.property(MAJOR_VERSION, &cublas.major) == 0) {
            cublas.library = library;
            cublas.soname = sonames[i];
        }
    }
    return cublas.library != NULL;
}

void *cublas_library(int *version)
{
    int minor;
    if (!load_cublas())
        return NULL;
    if (version && !cublas.property(MINOR_VERSION, &minor))
        *version = 10 * cublas.major + minor;
    return cublas.library;
}

static bool is_available(const struct device *d, char *reason, size_t reason_bytes)
{
    if (d->facts.simulated && !(load_cublas() && dlsym(cublas.library, "fakecublas"))) {
        snprintf(reason, reason_bytes, "cuBLAS needs a real GPU, this one is simulated");
        return false;
    }
    if (load_cublas())
        return true;
    snprintf(reason, reason_bytes,
             "cuBLAS was not found (libcublas.so.13, .12, .11 or .10): set LD_LIBRARY_PATH to it");
    return false;
}

static bool has_arithmetic(const struct variant *v, const struct problem *p, char *reason,
                           size_t reason_bytes)
{
    (void)p;
    if (cublas.major >= 11 ||
        (v->arithmetic != ARITH_TF32 && v->arithmetic != ARITH_BF16 && v->arithmetic != ARITH_INT8))
        return true;
    snprintf(reason, reason_bytes, "needs cuBLAS 11, %s is older", cublas.soname);
    return false;
}

/* sasum adds absolute values and counts in an int. */
static bool sasum_is_the_sum(const struct variant *v, const struct problem *p, char *reason,
                             size_t reason_bytes)
{
    enum { MOST = 46340 }; /* the largest N whose square an int holds */
    (void)v;
    if (p->range != RANGE_UNIT)
        snprintf(reason, reason_bytes, "adds absolute values: on [-1,1) that is not the sum");
    else if (p->n > MOST)
        snprintf(reason, reason_bytes, "counts in 32 bits: N is at most %d", MOST);
    else
        return true;
    return false;
}

static uint64_t bytes_of_converted(const struct variant *v, const struct problem *p)
{
    return convert_bytes(p, v->arithmetic);
}

void cublas_version(char *text, size_t bytes)
{
    snprintf(text, bytes, "%s", load_cublas() ? cublas.soname : "");
}

static enum status cublas_fail(int error, const char *what, struct failure *why)
{
    return fail(why, STATUS_FAILED, "%s failed: cuBLAS status %d (%s)", what, error, cublas.soname);
}

static enum status prepare(struct job *job, struct loaded *l, struct failure *why)
{
    CUdeviceptr converted;
    int error;
    if (!cublas.handle && (error = cublas.create(&cublas.handle)))
        return cublas_fail(error, "cublasCreate", why);
    if ((error = cublas.set_stream(cublas.handle, job->device->stream)))
        return cublas_fail(error, "cublasSetStream", why);
    const enum arithmetic arithmetic = l->variant->arithmetic;
    return convert_bytes(&job->problem, arithmetic) ? convert_a(job, arithmetic, &converted, why)
                                                    : STATUS_OK;
}

/* All variants share the handle, so each sets its math mode before its work, which costs the host
 * one store. FP32 must be computed in FP32; cuBLAS 10 has no pedantic mode for that and needs none.
 */
static enum status set_math(enum arithmetic arithmetic, struct failure *why)
{
    int mode = arithmetic == ARITH_F32 ? PEDANTIC_MATH : DEFAULT_MATH;
    if (cublas.major == 10)
        mode = arithmetic == ARITH_F32 ? DEFAULT_MATH : TENSOR_OP_MATH;
    const int error = cublas.set_math_mode(cublas.handle, mode);
    return error ? cublas_fail(error, "cublasSetMathMode", why) : STATUS_OK;
}

/* A, or a copy of it, with entries of so many bytes, from the first row on that C has. */
static CUdeviceptr rows_of(const struct job *job, CUdeviceptr a, size_t entry_bytes)
{
    return a + job->of_c.first * job->pitch * entry_bytes;
}

/* Row-major A is column-major Aᵀ, so C = A·Aᵀ is opT(A')·A' there, the rows of C are columns, and
 * its lower triangle is the upper one. */
static enum status sgemm(struct job *job, struct failure *why)
{
    const int n = (int)job->n, ld = (int)job->pitch;
    const float one = 1, zero = 0;
    const int error =
        cublas.sgemm(cublas.handle, OP_T, OP_N, n, (int)job->of_c.count, n, &one, job->a, ld,
                     rows_of(job, job->a, sizeof(float)), ld, &zero, job->c, ld);
    return error ? cublas_fail(error, "cublasSgemm", why) : STATUS_OK;
}

static enum status dgemm(struct job *job, struct failure *why)
{
    const int n = (int)job->n, ld = (int)job->pitch;
    const double one = 1, zero = 0;
    const int error =
        cublas.dgemm(cublas.handle, OP_T, OP_N, n, (int)job->of_c.count, n, &one, job->a, ld,
                     rows_of(job, job->a, sizeof(double)), ld, &zero, job->c, ld);
    return error ? cublas_fail(error, "cublasDgemm", why) : STATUS_OK;
}

/* In FP32 accumulators, with C in FP32. */
static enum status gemm_ex(struct job *job, enum arithmetic arithmetic, struct failure *why)
{
    const int n = (int)job->n, ld = (int)job->pitch;
    const float one = 1, zero = 0;
    const bool is_tf32 = arithmetic == ARITH_TF32, is_10 = cublas.major == 10;
    CUdeviceptr a = job->a;
    const enum status status = is_tf32 ? STATUS_OK : convert_a(job, arithmetic, &a, why);
    if (status)
        return status;
    const int type = is_tf32 ? DATA_F32 : arithmetic == ARITH_BF16 ? DATA_BF16 : DATA_F16;
    const int compute = is_10 ? DATA_F32 : is_tf32 ? COMPUTE_F32_FAST_TF32 : COMPUTE_F32;
    const CUdeviceptr b = rows_of(job, a, is_tf32 ? sizeof(float) : 2);
    const int rows = (int)job->of_c.count;
    const int error = cublas.gemm_ex(cublas.handle, OP_T, OP_N, n, rows, n, &one, a, type, ld, b,
                                     type, ld, &zero, job->c, DATA_F32, ld, compute,
                                     is_10 ? ALGORITHM_DEFAULT_TENSOR_OP : ALGORITHM_DEFAULT);
    return error ? cublas_fail(error, "cublasGemmEx", why) : STATUS_OK;
}

/* In int32, C too. cuBLAS takes multiples of 4 of bytes in a column; A has zeros up to 16. */
static enum status gemm_int8(struct job *job, struct failure *why)
{
    const int n = (int)job->n, ld = (int)job->pitch, padded = (n + 15) / 16 * 16;
    const int one = 1, zero = 0;
    CUdeviceptr a;
    const enum status status = convert_a(job, ARITH_INT8, &a, why);
    if (status)
        return status;
    const int rows = (int)job->of_c.count;
    const int error = cublas.gemm_ex(cublas.handle, OP_T, OP_N, padded, rows, padded, &one, a,
                                     DATA_INT8, ld, rows_of(job, a, 1), DATA_INT8, ld, &zero,
                                     job->c, DATA_INT32, ld, COMPUTE_INT32, ALGORITHM_DEFAULT);
    return error ? cublas_fail(error, "cublasGemmEx", why) : STATUS_OK;
}

/* What follows the product in int32: its exact sum, or C in float32. */
static enum status finish_int8(struct job *job, struct failure *why)
{
    const struct shape shape = {.grid_x = (unsigned)job->device->sms * 8, .block_x = 256};
    size_t count = (size_t)job->of_c.count * job->pitch;
    void *of_sum[] = {&job->c, &job->n, &job->pitch, &job->partials, &job->sum, &job->ticket};
    void *of_c[] = {&job->c, &count};
    return job->problem.op == OP_SUM_AAT
               ? launch_symbol(job->device, "service/sum_c", "sum_c_int8", shape, of_sum, why)
               : launch_symbol(job->device, "service/convert", "convert_c_int8", shape, of_c, why);
}

static enum status launch_gemm(struct job *job, struct loaded *l, int step, struct failure *why)
{
    const enum arithmetic arithmetic = l->variant->arithmetic;
    if (step == 1)
        return arithmetic == ARITH_INT8 ? finish_int8(job, why) : grid_sum_c(job, false, why);
    const enum status status = set_math(arithmetic, why);
    if (status)
        return status;
    return arithmetic == ARITH_F32    ? sgemm(job, why)
           : arithmetic == ARITH_F64  ? dgemm(job, why)
           : arithmetic == ARITH_INT8 ? gemm_int8(job, why)
                                      : gemm_ex(job, arithmetic, why);
}

static enum status launch_syrk(struct job *job, struct loaded *l, int step, struct failure *why)
{
    if (step == 1)
        return grid_sum_c(job, true, why);
    const enum status status = set_math(l->variant->arithmetic, why);
    if (status)
        return status;
    const int n = (int)job->n, ld = (int)job->pitch;
    const float one = 1, zero = 0;
    const double one_f64 = 1, zero_f64 = 0;
    const bool is_f64 = l->variant->arithmetic == ARITH_F64;
    const int error = is_f64 ? cublas.dsyrk(cublas.handle, FILL_UPPER, OP_T, n, n, &one_f64, job->a,
                                            ld, &zero_f64, job->c, ld)
                             : cublas.ssyrk(cublas.handle, FILL_UPPER, OP_T, n, n, &one, job->a, ld,
                                            &zero, job->c, ld);
    return error ? cublas_fail(error, is_f64 ? "cublasDsyrk" : "cublasSsyrk", why) : STATUS_OK;
}

/* The sum goes to device memory, because the call would wait for it otherwise. Afterwards the
 * handle takes its scalars from the host again, as the other variants expect. */
static enum status launch_sasum(struct job *job, struct loaded *l, int step, struct failure *why)
{
    (void)l, (void)step;
    int error = cublas.set_pointer_mode(cublas.handle, POINTERS_DEVICE);
    if (!error)
        error = cublas.sasum(cublas.handle, (int)(job->n * job->n), job->a, 1, job->sum_f32);
    if (!error)
        error = cublas.set_pointer_mode(cublas.handle, POINTERS_HOST);
    return error ? cublas_fail(error, "cublasSasum", why) : STATUS_OK;
}

const struct family cublas_gemm = {.available = is_available,
                                   .suits = has_arithmetic,
                                   .bytes = bytes_of_converted,
                                   .prepare = prepare,
                                   .launch = launch_gemm,
                                   .takes_rows = true};
const struct family cublas_syrk = {
    .available = is_available, .prepare = prepare, .launch = launch_syrk};
const struct family cublas_sasum = {.available = is_available,
                                    .suits = sasum_is_the_sum,
                                    .prepare = prepare,
                                    .launch = launch_sasum,
                                    .float_sum = true};
