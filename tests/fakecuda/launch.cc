/* launch.cc - finds kernels by name and checks a launch. */
#include "tests/fakecuda/launch.h"
#include "tests/fakecuda/runtime.h"

#include <pthread.h>
#include <stdlib.h>

static cuda_cpu_kernel *kernels;

cuda_cpu_kernel::cuda_cpu_kernel(const char *n, const char *s, void (*c)(void *const *))
    : name(n), section(s), call(c), next(kernels)
{
    kernels = this;
}

extern "C" const struct cuda_cpu_kernel *cuda_cpu_find(const char *name)
{
    const cuda_cpu_kernel *k = kernels;
    while (k && strcmp(k->name, name))
        k = k->next;
    return k;
}

extern "C" const char *cuda_cpu_name(size_t i)
{
    const cuda_cpu_kernel *k = kernels;
    while (k && i--)
        k = k->next;
    return k ? k->name : nullptr;
}

static unsigned sms = 1;
static int sick_sm = -1;

extern "C" void cuda_cpu_set_sms(unsigned count, int sick)
{
    sms = count ? count : 1;
    sick_sm = sick;
}

/* The limits of compute capability 3.0; later devices only raise them. */
static bool is_legal(struct cuda_cpu_dim g, struct cuda_cpu_dim b)
{
    return g.x && g.y && g.z && g.x <= 0x7fffffff && g.y <= 65535 && g.z <= 65535 && b.x && b.y &&
           b.z && b.x <= 1024 && b.y <= 1024 && b.z <= 64 &&
           (uint64_t)b.x * b.y * b.z <= MAX_THREADS;
}

extern "C" int cuda_cpu_launch(const struct cuda_cpu_kernel *k, struct cuda_cpu_dim grid,
                               struct cuda_cpu_dim block, size_t shared_bytes,
                               void *const *parameters)
{
    return cuda_cpu_launch_some(k, grid, block, shared_bytes, parameters, nullptr,
                                (uint64_t)grid.x * grid.y * grid.z);
}

extern "C" int cuda_cpu_launch_some(const struct cuda_cpu_kernel *k, struct cuda_cpu_dim grid,
                                    struct cuda_cpu_dim block, size_t shared_bytes,
                                    void *const *parameters, const uint64_t *only, uint64_t count)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    if (!k || !is_legal(grid, block))
        return 1;
    struct launch launch = {};
    launch.name = k->name;
    launch.grid = {grid.x, grid.y, grid.z};
    launch.block = {block.x, block.y, block.z};
    launch.shared_bytes = shared_bytes;
    launch.parameters = parameters;
    launch.blocks = count;
    launch.only = only;
    launch.seed = 1;
    launch.sms = sms;
    launch.sick_sm = sick_sm;
    const char *order = getenv("FAKECUDA_ORDER"), *wanted = getenv("FAKECUDA_WORKERS");
    if (order && *order == 'r')
        launch.order = order[1] == 'a' ? RANDOM : REVERSE;
    if (order && strchr(order, ':'))
        launch.seed = strtoull(strchr(order, ':') + 1, nullptr, 10);
    pthread_mutex_lock(&one_at_a_time);
    int error = workers_run(&launch, wanted ? (unsigned)strtoul(wanted, nullptr, 10) : 1);
    pthread_mutex_unlock(&one_at_a_time);
    return error;
}
