/* cublas_lt.c - loads cublasLt 13 or 12 with dlopen, and launches its product of fp8.
 *
 * "Fast accumulation" is left off, as it is by default: then the library, too, promotes its sums
 * (docs/accuracy.md). */
#include "kernels/libraries/cublas_lt.h"

#include "harness/base/need.h"
#include "kernels/job/grid.h"
#include "kernels/libraries/convert.h"

#include <dlfcn.h>
#include <stdio.h>

typedef void *handle_t, *operation_t, *layout_t, *preference_t;

/* cublasLtMatmulHeuristicResult_t */
struct choice {
    uint64_t algorithm[8];
    size_t workspace_bytes;
    int state;
    float waves;
    int reserved[4];
};

/* X(name, exported symbol, parameters); all return cublasStatus_t, 0 for success. */
#define LT_SYMBOLS(X)                                                                              \
    X(create, cublasLtCreate, (handle_t * handle))                                                 \
    X(operation_create, cublasLtMatmulDescCreate, (operation_t * o, int compute, int scale_type))  \
    X(operation_set, cublasLtMatmulDescSetAttribute,                                               \
      (operation_t o, int attribute, const void *value, size_t bytes))                             \
    X(layout_create, cublasLtMatrixLayoutCreate,                                                   \
      (layout_t * l, int type, uint64_t rows, uint64_t cols, int64_t ld))                          \
    X(preference_create, cublasLtMatmulPreferenceCreate, (preference_t * p))                       \
    X(preference_destroy, cublasLtMatmulPreferenceDestroy, (preference_t p))                       \
    X(preference_set, cublasLtMatmulPreferenceSetAttribute,                                        \
      (preference_t p, int attribute, const void *value, size_t bytes))                            \
    X(choose, cublasLtMatmulAlgoGetHeuristic,                                                      \
      (handle_t handle, operation_t o, layout_t a, layout_t b, layout_t c, layout_t d,             \
       preference_t p, int wanted, struct choice *choices, int *found))                            \
    X(matmul, cublasLtMatmul,                                                                      \
      (handle_t handle, operation_t o, const void *alpha, CUdeviceptr a, layout_t a_layout,        \
       CUdeviceptr b, layout_t b_layout, const void *beta, CUdeviceptr c, layout_t c_layout,       \
       CUdeviceptr d, layout_t d_layout, const uint64_t *algorithm, CUdeviceptr workspace,         \
       size_t workspace_bytes, CUstream stream))

enum { OP_T = 1, DATA_F32 = 0, DATA_E4M3 = 28, COMPUTE_F32 = 68 };
enum { TRANSPOSE_A = 3, WORKSPACE_BYTES = 1, WORKSPACE = 32 << 20, MULTIPLE = 16 };

static struct {
    const char *soname;
    handle_t handle;
#define X(name, symbol, parameters) int(*name) parameters;
    LT_SYMBOLS(X)
#undef X
} lt;

/* loaded.state. The descriptors, some hundred bytes, live as long as the process. */
struct ready {
    operation_t operation;
    layout_t a, c;
    struct choice choice;
    CUdeviceptr workspace;
};

static bool load_lt(void)
{
    static const char *const sonames[] = {"libcublasLt.so.13", "libcublasLt.so.12"};
    for (size_t i = 0; i < sizeof sonames / sizeof *sonames && !lt.soname; i++) {
        void *library = dlopen(sonames[i], RTLD_NOW | RTLD_LOCAL);
        if (!library)
            continue;
        bool complete = true;
#define X(name, symbol, parameters)                                                                \
    *(void **)&lt.name = dlsym(library, #symbol);                                                  \
    complete = complete && lt.name;
        LT_SYMBOLS(X)
#undef X
        if (complete)
            lt.soname = sonames[i];
    }
    return lt.soname != NULL;
}

static bool is_available(const struct device *d, char *reason, size_t reason_bytes)
{
    if (d->facts.simulated) {
        snprintf(reason, reason_bytes, "cuBLAS needs a real GPU, this one is simulated");
        return false;
    }
    if (load_lt())
        return true;
    snprintf(reason, reason_bytes,
             "cublasLt was not found (libcublasLt.so.13 or .12): set LD_LIBRARY_PATH to it");
    return false;
}

static bool has_order(const struct variant *v, const struct problem *p, char *reason,
                      size_t reason_bytes)
{
    (void)v;
    if (p->n % MULTIPLE == 0)
        return true;
    snprintf(reason, reason_bytes, "cublasLt multiplies fp8 only where N is a multiple of %d",
             MULTIPLE);
    return false;
}

static uint64_t bytes(const struct variant *v, const struct problem *p)
{
    return convert_bytes(p, v->arithmetic) + WORKSPACE;
}

static enum status lt_fail(int error, const char *what, struct failure *why)
{
    return fail(why, STATUS_FAILED, "%s failed: cuBLAS status %d (%s)", what, error, lt.soname);
}

/* As in cublas.c, C = opT(A')·A' of column-major A' = Aᵀ. */
static enum status choose(struct job *job, struct ready *r, struct failure *why)
{
    const int transposed = OP_T;
    const uint64_t n = job->n;
    const size_t most = WORKSPACE;
    preference_t preference = NULL;
    int found, error = lt.handle ? 0 : lt.create(&lt.handle);
    if (!error)
        error = lt.operation_create(&r->operation, COMPUTE_F32, DATA_F32);
    if (!error)
        error = lt.operation_set(r->operation, TRANSPOSE_A, &transposed, sizeof transposed);
    if (!error)
        error = lt.layout_create(&r->a, DATA_E4M3, n, n, job->pitch);
    if (!error)
        error = lt.layout_create(&r->c, DATA_F32, n, n, job->pitch);
    if (!error)
        error = lt.preference_create(&preference);
    if (!error)
        error = lt.preference_set(preference, WORKSPACE_BYTES, &most, sizeof most);
    if (!error)
        error = lt.choose(lt.handle, r->operation, r->a, r->a, r->c, r->c, preference, 1,
                          &r->choice, &found);
    if (preference)
        lt.preference_destroy(preference);
    if (error)
        return lt_fail(error, "choosing a product of cublasLt", why);
    return found
               ? STATUS_OK
               : fail(why, STATUS_FAILED, "%s has no product in fp8 of N = %u", lt.soname, job->n);
}

static enum status prepare(struct job *job, struct loaded *l, struct failure *why)
{
    struct ready *r = need(sizeof *r);
    CUdeviceptr a;
    l->state = r;
    enum status status = convert_a(job, l->variant->arithmetic, &a, why);
    if (!status)
        status = job_buffer(job, NULL, "cublasLt's workspace", WORKSPACE, &r->workspace, why);
    return status ? status : choose(job, r, why);
}

static enum status launch(struct job *job, struct loaded *l, int step, struct failure *why)
{
    const struct ready *r = l->state;
    const float factor = 1.0f / (256 * 256), zero = 0; /* support/eight_bits.cuh */
    CUdeviceptr a;
    if (step == 1)
        return grid_sum_c(job, false, why);
    const enum status status = convert_a(job, l->variant->arithmetic, &a, why);
    if (status)
        return status;
    const int error =
        lt.matmul(lt.handle, r->operation, &factor, a, r->a, a, r->a, &zero, job->c, r->c, job->c,
                  r->c, r->choice.algorithm, r->workspace, WORKSPACE, job->device->stream);
    return error ? lt_fail(error, "cublasLtMatmul", why) : STATUS_OK;
}

const struct family cublas_lt = {.available = is_available,
                                 .suits = has_order,
                                 .bytes = bytes,
                                 .prepare = prepare,
                                 .launch = launch};
