/* cub.c - finding and loading libgpubench-cub.so, and the variants made of it. */
#include "kernels/libraries/cub.h"

#include "kernels/job/job.h"
#include "kernels/libraries/cublas.h"
#include "kernels/plugin/cub.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLUGIN "libgpubench-cub.so"

/* X(name, exported symbol): the types are those of plugin/cub.h. */
#define CUB_SYMBOLS(X)                                                                             \
    X(sum, gpubench_cub_sum)                                                                       \
    X(error, gpubench_cub_error)                                                                   \
    X(version, gpubench_cub_version)                                                               \
    X(cuda, gpubench_cub_cuda)

static struct cub {
    void *library;
    char problem[160]; /* why there is none */
#define X(name, symbol) __typeof__(symbol) *name;
    CUB_SYMBOLS(X)
#undef X
} cub;

/* The plugin's path, by the first place that has the file. */
static bool find(char path[PATH_MAX])
{
    const char *chosen = getenv("GPUBENCH_PLUGINS");
    if (chosen && *chosen && snprintf(path, PATH_MAX, "%s/" PLUGIN, chosen) < PATH_MAX &&
        access(path, F_OK) == 0)
        return true;
    char program[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return false;
    program[length] = '\0';
    *strrchr(program, '/') = '\0';
    static const char *const places[] = {"../lib/gpubench/", "../lib/", ""};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (snprintf(path, PATH_MAX, "%s/%s" PLUGIN, program, places[i]) < PATH_MAX &&
            access(path, F_OK) == 0)
            return true;
    return false;
}

static bool load(void)
{
    char path[PATH_MAX];
    if (cub.library)
        return true;
    if (!find(path)) {
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

/* Within one major version of CUDA, what was built with a newer toolkit runs on an older driver. */
bool cub_loads(int driver_version, char *reason, size_t reason_bytes)
{
    if (!load()) {
        snprintf(reason, reason_bytes, "%s", cub.problem);
        return false;
    }
    const int built_with = cub.cuda();
    if (driver_version / 1000 >= built_with / 1000)
        return true;
    snprintf(reason, reason_bytes, "CUB was built with CUDA %d.%d, the driver has %d.%d",
             built_with / 1000, built_with % 1000 / 10, driver_version / 1000,
             driver_version % 1000 / 10);
    return false;
}

void cub_version(char *text, size_t bytes)
{
    *text = '\0';
    if (load())
        snprintf(text, bytes, "%s, built with CUDA %d.%d", cub.version(), cub.cuda() / 1000,
                 cub.cuda() % 1000 / 10);
}

bool cub_available(const struct device *d, char *reason, size_t reason_bytes)
{
    if (d->facts.simulated) {
        snprintf(reason, reason_bytes, "CUB needs a real GPU, this one is simulated");
        return false;
    }
    return cub_loads(d->cu.version, reason, reason_bytes);
}

bool cub_available_with_cublas(const struct device *d, char *reason, size_t reason_bytes)
{
    return cublas_available(d, reason, reason_bytes) && cub_available(d, reason, reason_bytes);
}

/* Asks for the size of the scratch memory where job->scratch is 0, and adds up where it is not. The
 * padding of C is zero, so that its rows can be added up as they lie; A of reduce has none. */
static enum status call(struct job *job, size_t *scratch_bytes, struct failure *why)
{
    const CUdeviceptr x = job->problem.op == OP_REDUCE ? job->a : job->c;
    const int error =
        cub.sum((void *)(uintptr_t)job->scratch, scratch_bytes, (const float *)(uintptr_t)x,
                (size_t)job->n * job->pitch, (float *)(uintptr_t)job->sum_f32, job->device->stream);
    return error ? fail(why, STATUS_FAILED, "cub::DeviceReduce::Sum failed: %s", cub.error(error))
                 : STATUS_OK;
}

enum status cub_prepare(struct job *job, const struct kernel *k, struct failure *why)
{
    (void)k;
    if (job->scratch)
        return STATUS_OK;
    enum status status = call(job, &job->scratch_bytes, why);
    if (status)
        return status;
    const struct driver *cu = &job->device->cu;
    CUresult error = cu->cuMemAlloc(&job->scratch, job->scratch_bytes);
    return error ? driver_fail(cu, error, why, "cannot allocate CUB's scratch memory") : STATUS_OK;
}

enum status cub_prepare_with_cublas(struct job *job, const struct kernel *k, struct failure *why)
{
    enum status status = cublas_prepare(job, k, why);
    return status ? status : cub_prepare(job, k, why);
}

enum status cub_sum(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    (void)k, (void)step;
    return call(job, &job->scratch_bytes, why);
}

enum status cub_sum_of_gemm(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    return step == 0 ? cublas_gemm(job, k, step, why) : cub_sum(job, k, step, why);
}
