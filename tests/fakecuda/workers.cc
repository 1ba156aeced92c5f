/* workers.cc - OS threads that take the blocks of a launch until none is left.
 *
 * __shared__ arrays are statics, so a second block at the same time needs a second set of them:
 * worker k runs in a copy of the whole library, loaded from memory, with its own globals and its
 * own redzones. */
#include "tests/fakecuda/runtime.h"
#include "tests/fakecuda/sanitizers.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

enum { MAX_WORKERS = 64 };
static struct worker {
    void *(*work)(void *);
    void (*where)(void);
} workers[MAX_WORKERS]; /* the first is this library itself and stays empty */

struct launch *job;
const cuda_cpu_kernel *kernel;
static pthread_t owner;
static bool launched;

const char *module_path(uintptr_t *load_bias)
{
    Dl_info info;
    struct link_map *map = nullptr;
    if (!dladdr1((void *)&workers, &info, (void **)&map, RTLD_DL_LINKMAP))
        return nullptr;
    *load_bias = map->l_addr;
    return map->l_name[0] ? map->l_name : "/proc/self/exe";
}

/* Ends a sanitizer's report with the position of the thread in the grid. */
extern "C" EXPORT void cuda_cpu_where(void)
{
    if (self != &host && pthread_equal(owner, pthread_self()))
        print_place(true);
    for (struct worker &w : workers)
        if (w.where)
            w.where();
}

__attribute__((destructor)) static void unload(void)
{
    if (launched)
        sanitizers_set_last_words(nullptr);
}

/* The function of a worker thread; further copies of the library look it up by name. */
extern "C" EXPORT void *cuda_cpu_work(void *launch)
{
    static const bool found = shared_memory_find();
    job = (struct launch *)launch;
    owner = pthread_self();
    kernel = cuda_cpu_find(job->name);
    gridDim = job->grid;
    blockDim = job->block;
    threads = blockDim.x * blockDim.y * blockDim.z;
    shared_memory_of(kernel->section);
    cuda_cpu_dynamic_shared = malloc(job->shared_bytes);
    if (!found || !fibers_make(threads) || (job->shared_bytes && !cuda_cpu_dynamic_shared)) {
        perror("cuda_on_cpu: cannot run");
        __atomic_store_n(&job->failed, 1, __ATOMIC_RELAXED);
    }
    const uint64_t n = job->blocks;
    while (!__atomic_load_n(&job->failed, __ATOMIC_RELAXED)) {
        const uint64_t b = __atomic_fetch_add(&job->next_block, 1, __ATOMIC_RELAXED);
        if (b >= n)
            break;
        /* the factor is a prime larger than any grid run here: every block comes up once */
        const uint64_t scattered = (b * 2654435761u + job->seed) % n;
        const uint64_t i = job->order == FORWARD   ? b
                           : job->order == REVERSE ? n - 1 - b
                                                   : scattered;
        block_run(job->only ? job->only[i] : i);
    }
    if (__atomic_load_n(&job->failed, __ATOMIC_RELAXED))
        fibers_forget(threads);
    free(cuda_cpu_dynamic_shared);
    cuda_cpu_dynamic_shared = nullptr;
    return nullptr;
}

/* Loads a further copy of the library. Returns false if that is impossible, for example in a
 * program that contains it. */
static bool load_copy(struct worker *w)
{
    char copy[64];
    uintptr_t bias;
    if (w->work)
        return true;
    int in = open(module_path(&bias), O_RDONLY | O_CLOEXEC), out = memfd_create("cuda_on_cpu", 0);
    off_t bytes = lseek(in, 0, SEEK_END), at = 0;
    while (at < bytes && sendfile(out, in, &at, (size_t)(bytes - at)) > 0)
        ;
    close(in);
    snprintf(copy, sizeof copy, "/proc/%d/fd/%d", (int)getpid(),
             out); /* stays open, because backtraces read from it */
    void *library = at == bytes ? dlopen(copy, RTLD_NOW | RTLD_LOCAL) : nullptr;
    if (!library) {
        fprintf(stderr, "cuda_on_cpu: no further worker: %s\n",
                at == bytes ? dlerror() : "cannot copy the library");
        return false;
    }
    w->where = (void (*)(void))dlsym(library, "cuda_cpu_where");
    w->work = (void *(*)(void *))dlsym(library, "cuda_cpu_work");
    return w->work && w->where;
}

int workers_run(struct launch *launch, unsigned wanted)
{
    pthread_t thread[MAX_WORKERS];
    unsigned started = 1;
    if (!launched)
        sanitizers_set_last_words(cuda_cpu_where);
    launched = true;
    while (started < wanted && started < MAX_WORKERS && started < launch->blocks &&
           load_copy(&workers[started]) &&
           !pthread_create(&thread[started], nullptr, workers[started].work, launch))
        started++;
    cuda_cpu_work(launch);
    while (--started)
        pthread_join(thread[started], nullptr);
    return launch->failed ? 719 : 0;
}
