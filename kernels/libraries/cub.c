/* cub.c - finds and loads libgpubench-cub.so, and launches its variants. */
#include "kernels/libraries/cub.h"

#include "harness/base/need.h"
#include "harness/base/process.h"
#include "kernels/job/job.h"
#include "kernels/libraries/cublas.h"
#include "kernels/plugin/cub.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define PLUGIN "libgpubench-cub.so"

/* X(name, exported symbol): the types are those of plugin/cub.h. */
#define CUB_SYMBOLS(X)                                                                             \
    X(sum, gpubench_cub_sum)                                                                       \
    X(sum_f64, gpubench_cub_sum_f64)                                                               \
    X(error, gpubench_cub_error)                                                                   \
    X(version, gpubench_cub_version)                                                               \
    X(cuda, gpubench_cub_cuda)

static struct cub {
    void *library;
    char problem[160]; /* why it is not loaded */
#define X(name, symbol) __typeof__(symbol) *name;
    CUB_SYMBOLS(X)
#undef X
} cub;

static bool load_plugin(void)
{
    char path[PATH_MAX];
    if (cub.library)
        return true;
    if (!process_plugin(path, PLUGIN)) {
        snprintf(cub.problem, sizeof cub.problem,
                 PLUGIN " is not beside this program: it is built where there is nvcc");
        return false;
    }
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *error = dlerror();
        snprintf(cub.problem, sizeof cub.problem, PLUGIN " does not load: %s",
                 error ? error : "no reason given");
        return false;
    }
    bool complete = true;
#define X(name, symbol)                                                                            \
    *(void **)&cub.name = dlsym(library, #symbol);                                                 \
    complete = complete && cub.name;
    CUB_SYMBOLS(X)
#undef X
    if (!complete) {
        snprintf(cub.problem, sizeof cub.problem,
                 PLUGIN " is not this program's: it lacks functions");
        dlclose(library);
        return false;
    }
    cub.library = library;
    return true;
}

/* Within one major version of CUDA, code built with a newer toolkit runs on an older driver. */
bool cub_loads(int driver_version, char *reason, size_t reason_bytes)
{
    if (!load_plugin()) {
        snprintf(reason, reason_bytes, "%s", cub.problem);
        return false;
    }
    const int built_with = cub.cuda();
    if (driver_version / 1000 >= built_with / 1000)
        return true;
    snprintf(reason, reason_bytes, "CUB was built with CUDA %s, the driver has %s",
             cuda_version(built_with).text, cuda_version(driver_version).text);
    return false;
}

void cub_version(char *text, size_t bytes)
{
    *text = '\0';
    if (load_plugin())
        snprintf(text, bytes, "%s, built with CUDA %s", cub.version(),
                 cuda_version(cub.cuda()).text);
}

static bool is_available(const struct device *d, char *reason, size_t reason_bytes)
{
    if (d->facts.simulated) {
        snprintf(reason, reason_bytes, "CUB needs a real GPU, this one is simulated");
        return false;
    }
    return cub_loads(d->cu.version, reason, reason_bytes);
}

static bool both_are_available(const struct device *d, char *reason, size_t reason_bytes)
{
    return cublas_gemm.available(d, reason, reason_bytes) && is_available(d, reason, reason_bytes);
}

/* Adds A (reduce), or C with its padding, which is zero; A of reduce has none. With scratch 0 it
 * only sets *scratch_bytes to the scratch memory that this takes. */
static enum status add(struct job *job, CUdeviceptr scratch, size_t *scratch_bytes,
                       struct failure *why)
{
    const CUdeviceptr x = job->problem.op == OP_REDUCE ? job->a : job->c;
    void *const room = (void *)(uintptr_t)scratch;
    const size_t count = (size_t)job->n * job->pitch;
    const CUstream stream = job->device->stream;
    const int error = job->problem.element == ELEMENT_F64
                          ? cub.sum_f64(room, scratch_bytes, (const double *)(uintptr_t)x, count,
                                        (double *)(uintptr_t)job->sum, stream)
                          : cub.sum(room, scratch_bytes, (const float *)(uintptr_t)x, count,
                                    (float *)(uintptr_t)job->sum_f32, stream);
    return error ? fail(why, STATUS_FAILED, "cub::DeviceReduce::Sum failed: %s", cub.error(error))
                 : STATUS_OK;
}

/* loaded.state */
struct scratch {
    CUdeviceptr at;
    size_t bytes;
};

static enum status prepare(struct job *job, struct loaded *l, struct failure *why)
{
    struct scratch *scratch = l->state ? l->state : need(sizeof *scratch);
    l->state = scratch;
    enum status status = add(job, 0, &scratch->bytes, why);
    return status
               ? status
               : job_buffer(job, NULL, "CUB's scratch memory", scratch->bytes, &scratch->at, why);
}

static enum status prepare_both(struct job *job, struct loaded *l, struct failure *why)
{
    enum status status = cublas_gemm.prepare(job, l, why);
    return status ? status : prepare(job, l, why);
}

static enum status launch_sum(struct job *job, struct loaded *l, int step, struct failure *why)
{
    struct scratch *scratch = l->state;
    (void)step;
    return add(job, scratch->at, &scratch->bytes, why);
}

static enum status launch_both(struct job *job, struct loaded *l, int step, struct failure *why)
{
    return step == 0 ? cublas_gemm.launch(job, l, step, why) : launch_sum(job, l, step, why);
}

const struct family cub_sum = {
    .available = is_available, .prepare = prepare, .launch = launch_sum, .float_sum = true};
const struct family cub_sum_f64 = {
    .available = is_available, .prepare = prepare, .launch = launch_sum};

/* A copy of cublas_gemm's members would not be a constant, so two functions pass them on. */
static bool suits_both(const struct variant *v, const struct problem *p, char *reason,
                       size_t reason_bytes)
{
    return cublas_gemm.suits(v, p, reason, reason_bytes);
}

static uint64_t bytes_of_both(const struct variant *v, const struct problem *p)
{
    return cublas_gemm.bytes(v, p);
}

const struct family cub_sum_of_gemm = {.available = both_are_available,
                                       .suits = suits_both,
                                       .bytes = bytes_of_both,
                                       .prepare = prepare_both,
                                       .launch = launch_both,
                                       .float_sum = true};
const struct family cub_sum_of_dgemm = {.available = both_are_available,
                                        .suits = suits_both,
                                        .bytes = bytes_of_both,
                                        .prepare = prepare_both,
                                        .launch = launch_both};
