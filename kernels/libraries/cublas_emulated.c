/* cublas_emulated.c - products that cuBLAS emulates, each only where it is known to do so.
 *
 * Where cuBLAS cannot or would rather not emulate it computes in the plain arithmetic instead, and
 * returns success. NVIDIA's table ("Floating Point Emulation" of the cuBLAS documentation, 13.1)
 * has bf16x9 on compute capabilities 10.0 and 10.3 from 12.9 on, fixed point on 8.x, 9.0, 10.0,
 * 11.0 and 12.x from 13.0 Update 2 on, which is cuBLAS 13.1. Elsewhere the variants are waived. On
 * those the strategy is "eager", to emulate wherever it is possible, and each A is multiplied once
 * before it is timed, to see that it was: fixed point writes how many bits it kept to device
 * memory, and leaves or writes -1 if it did not emulate; bf16x9 says nothing, but plain FP32 has
 * other bits. */
#include "kernels/libraries/cublas_emulated.h"

#include "harness/base/need.h"
#include "kernels/job/grid.h"
#include "kernels/job/oracle.h"
#include "kernels/libraries/cublas.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void *handle_t;

/* X(name, exported symbol, parameters); all return cublasStatus_t, 0 for success. */
#define SYMBOLS(X)                                                                                 \
    X(create, cublasCreate_v2, (handle_t * handle))                                                \
    X(set_stream, cublasSetStream_v2, (handle_t handle, CUstream stream))                          \
    X(set_strategy, cublasSetEmulationStrategy, (handle_t handle, int strategy))                   \
    X(gemm_ex, cublasGemmEx,                                                                       \
      (handle_t handle, int trans_a, int trans_b, int m, int n, int k, const void *alpha,          \
       CUdeviceptr a, int a_type, int lda, CUdeviceptr b, int b_type, int ldb, const void *beta,   \
       CUdeviceptr c, int c_type, int ldc, int compute, int algorithm))
#define FIXED_POINT_SYMBOLS(X)                                                                     \
    X(set_workspace, cublasSetWorkspace_v2, (handle_t handle, CUdeviceptr at, size_t bytes))       \
    X(set_control, cublasSetFixedPointEmulationMantissaControl, (handle_t handle, int control))    \
    X(set_most_bits, cublasSetFixedPointEmulationMaxMantissaBitCount, (handle_t handle, int bits)) \
    X(set_bits_at, cublasSetFixedPointEmulationMantissaBitCountPointer,                            \
      (handle_t handle, CUdeviceptr at))

enum { OP_N = 0, OP_T = 1, DATA_F32 = 0, DATA_F64 = 1, ALGORITHM_DEFAULT = -1 };
enum { COMPUTE_F32 = 68, COMPUTE_F32_BF16X9 = 78, COMPUTE_F64_FIXED_POINT = 79 };
enum { STRATEGY_EAGER = 2, CONTROL_DYNAMIC = 0 };
enum { BF16X9_SINCE = 129, FIXED_POINT_SINCE = 131 }; /* 10 × major + minor of cuBLAS */
enum { BITS_MOST = 79 };                              /* cuBLAS's own default */
enum { DISTINCT_FROM_N = 64 }; /* so many products have other bits in another order */

static struct {
    handle_t handle; /* of its own, because strategy and workspace are the handle's */
#define X(name, symbol, parameters) int(*name) parameters;
    SYMBOLS(X) FIXED_POINT_SYMBOLS(X)
#undef X
} emulated;

static bool load(bool is_fixed_point)
{
    void *library = cublas_library(NULL);
    bool complete = library != NULL;
#define X(name, symbol, parameters)                                                                \
    if (complete) {                                                                                \
        *(void **)&emulated.name = dlsym(library, #symbol);                                        \
        complete = emulated.name != NULL;                                                          \
    }
    SYMBOLS(X)
    if (is_fixed_point) {
        FIXED_POINT_SYMBOLS(X)
    }
#undef X
    return complete;
}

static bool is_new_enough(const struct device *d, bool is_fixed_point, char *reason, size_t bytes)
{
    const int since = is_fixed_point ? FIXED_POINT_SINCE : BF16X9_SINCE;
    int version = 0;
    if (!cublas_gemm.available(d, reason, bytes))
        return false;
    cublas_library(&version);
    if (version >= since && load(is_fixed_point))
        return true;
    snprintf(reason, bytes, "needs cuBLAS %d.%d, this is %d.%d", since / 10, since % 10,
             version / 10, version % 10);
    return false;
}

static bool bf16x9_is_available(const struct device *d, char *reason, size_t bytes)
{
    if (d->cc == 100 || d->cc == 103)
        return is_new_enough(d, false, reason, bytes);
    snprintf(reason, bytes,
             "cuBLAS emulates FP32 on cc 10.0 and 10.3 alone; on %d.%d it would compute in plain "
             "FP32",
             d->cc / 10, d->cc % 10);
    return false;
}

static bool fixed_point_is_available(const struct device *d, char *reason, size_t bytes)
{
    const int major = d->cc / 10;
    if (major == 8 || major == 12 || d->cc == 90 || d->cc == 100 || d->cc == 110)
        return is_new_enough(d, true, reason, bytes);
    snprintf(reason, bytes,
             "cuBLAS emulates FP64 on cc 8.x, 9.0, 10.0, 11.0 and 12.x alone; on %d.%d it would "
             "compute in plain FP64",
             major, d->cc % 10);
    return false;
}

static bool has_bits_of_its_own(const struct variant *v, const struct problem *p, char *reason,
                                size_t bytes)
{
    (void)v;
    if (p->n >= DISTINCT_FROM_N)
        return true;
    snprintf(reason, bytes, "cannot be distinguished from plain FP32 by its bits below N = %d",
             DISTINCT_FROM_N);
    return false;
}

static uint64_t up_to(uint64_t n, uint64_t multiple)
{
    return (n + multiple - 1) / multiple * multiple;
}

/* What cuBLAS's documentation says is enough: planes of bytes of both factors and sums of products
 * in int32. With less it would compute in plain FP64. Finding the number of bits takes less than
 * that, 4.1 n² bytes instead of 20 n². */
static uint64_t workspace_bytes(const struct problem *p)
{
    enum { PLANES = BITS_MOST / 8 + 1 }; /* with a bit for the sign */
    const uint64_t n = p->n, side = up_to(n, 1024), all = 4 * side * side * PLANES;
    const uint64_t most = UINT64_C(1) << 32;
    const uint64_t sums = (all < most ? all : most) * ((n + 8191) / 8192);
    const uint64_t product = 2 * side * up_to(n, 128) * PLANES + 8 * side + sums;
    return product / 4 * 5 + (UINT64_C(128) << 20);
}

static uint64_t bytes_of_workspace(const struct variant *v, const struct problem *p)
{
    (void)v;
    return workspace_bytes(p) + sizeof(int);
}

static enum status failed(int error, const char *what, struct failure *why)
{
    char name[32];
    cublas_version(name, sizeof name);
    return fail(why, STATUS_FAILED, "%s failed: cuBLAS status %d (%s)", what, error, name);
}

/* As in cublas.c, C = opT(A')·A' of column-major A' = Aᵀ. */
static enum status gemm(struct job *job, int compute, struct failure *why)
{
    const int n = (int)job->n, ld = (int)job->pitch;
    const bool is_f64 = compute == COMPUTE_F64_FIXED_POINT;
    const int type = is_f64 ? DATA_F64 : DATA_F32;
    const float one = 1, zero = 0;
    const double one_f64 = 1, zero_f64 = 0;
    const void *alpha = is_f64 ? (const void *)&one_f64 : &one;
    const void *beta = is_f64 ? (const void *)&zero_f64 : &zero;
    const int error =
        emulated.gemm_ex(emulated.handle, OP_T, OP_N, n, n, n, alpha, job->a, type, ld, job->a,
                         type, ld, beta, job->c, type, ld, compute, ALGORITHM_DEFAULT);
    return error ? failed(error, "cublasGemmEx", why) : STATUS_OK;
}

static enum status prepare(struct job *job, struct failure *why)
{
    int error;
    if (!emulated.handle && (error = emulated.create(&emulated.handle)))
        return failed(error, "cublasCreate", why);
    if ((error = emulated.set_stream(emulated.handle, job->device->stream)))
        return failed(error, "cublasSetStream", why);
    error = emulated.set_strategy(emulated.handle, STRATEGY_EAGER);
    return error ? failed(error, "cublasSetEmulationStrategy", why) : STATUS_OK;
}

static enum status rows_of(struct job *job, int compute, long double *rows, struct failure *why)
{
    enum status status = gemm(job, compute, why);
    if (!status)
        status = job_wait(job, "multiplying", why);
    return status ? status : gpu_c_row_sums(job, rows, why);
}

static enum status prepare_bf16x9(struct job *job, struct loaded *l, struct failure *why)
{
    long double *plain = need_array(job->n, sizeof *plain),
                *rows = need_array(job->n, sizeof *rows);
    enum status status = prepare(job, why);
    (void)l;
    if (!status)
        status = rows_of(job, COMPUTE_F32, plain, why);
    if (!status)
        status = rows_of(job, COMPUTE_F32_BF16X9, rows, why);
    bool is_plain = true;
    for (unsigned i = 0; i < job->n && is_plain; i++)
        is_plain = rows[i] == plain[i];
    if (!status && is_plain)
        status = fail(why, STATUS_NO_DEVICE,
                      "cuBLAS did not emulate, the product has the bits of its plain FP32: that is "
                      "cublas-sgemm");
    free(plain);
    free(rows);
    return status;
}

static enum status set_up_fixed_point(struct job *job, CUdeviceptr *bits, struct failure *why)
{
    const size_t bytes = (size_t)workspace_bytes(&job->problem);
    CUdeviceptr workspace;
    enum status status = job_buffer(job, NULL, "cuBLAS's workspace", bytes, &workspace, why);
    if (!status)
        status = job_buffer(job, NULL, "cuBLAS's count of bits", sizeof(int), bits, why);
    if (status)
        return status;
    int error = emulated.set_workspace(emulated.handle, workspace, bytes);
    if (!error)
        error = emulated.set_control(emulated.handle, CONTROL_DYNAMIC);
    if (!error)
        error = emulated.set_most_bits(emulated.handle, BITS_MOST);
    if (!error)
        error = emulated.set_bits_at(emulated.handle, *bits);
    return error ? failed(error, "setting up cuBLAS's fixed point", why) : STATUS_OK;
}

/* Multiplies, and looks how many bits cuBLAS kept. */
static enum status try_fixed_point(struct job *job, CUdeviceptr at, struct failure *why)
{
    static const char reading[] = "reading cuBLAS's count of bits";
    const struct driver *cu = &job->device->cu;
    int bits;
    CUresult error = cu->cuMemsetD8Async(at, 0xff, sizeof bits, job->device->stream);
    if (error)
        return driver_fail(cu, error, why, reading);
    enum status status = gemm(job, COMPUTE_F64_FIXED_POINT, why);
    if (!status)
        status = job_wait(job, "multiplying", why);
    if (status)
        return status;
    error = cu->cuMemcpyDtoH(&bits, at, sizeof bits);
    if (error)
        return driver_fail(cu, error, why, reading);
    return bits > 0 ? STATUS_OK
                    : fail(why, STATUS_NO_DEVICE,
                           "cuBLAS did not emulate, it computed this product in plain FP64: that "
                           "is cublas-dgemm");
}

static enum status prepare_fixed_point(struct job *job, struct loaded *l, struct failure *why)
{
    CUdeviceptr at;
    enum status status = prepare(job, why);
    (void)l;
    if (!status)
        status = set_up_fixed_point(job, &at, why);
    return status ? status : try_fixed_point(job, at, why);
}

static enum status launch(struct job *job, struct loaded *l, int step, struct failure *why)
{
    const bool is_f64 = l->variant->arithmetic == ARITH_F64_INT8;
    return step == 1 ? grid_sum_c(job, false, why)
                     : gemm(job, is_f64 ? COMPUTE_F64_FIXED_POINT : COMPUTE_F32_BF16X9, why);
}

const struct family cublas_bf16x9 = {.available = bf16x9_is_available,
                                     .suits = has_bits_of_its_own,
                                     .prepare = prepare_bf16x9,
                                     .launch = launch};
const struct family cublas_fixed_point = {.available = fixed_point_is_available,
                                          .bytes = bytes_of_workspace,
                                          .prepare = prepare_fixed_point,
                                          .launch = launch};
