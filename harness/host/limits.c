#define _GNU_SOURCE 1 /* CPU_ALLOC */

#include "harness/host/limits.h"

#include "harness/host/cgroup.h"
#include "harness/host/files.h"

#include <math.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

static int cores_online(void)
{
    char list[4096];
    int count = 0;
    if (host_read("/sys/devices/system/cpu/online", list, sizeof list))
        count = host_list_count(list);
    return count > 0 ? count : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

/* How many processors the affinity mask allows, 0 if unknown. The kernel refuses a mask smaller
 * than its own, so this tries larger ones. */
static int cores_allowed(void)
{
    for (size_t cores = 1024; cores <= 1u << 20; cores *= 4) {
        size_t bytes = CPU_ALLOC_SIZE(cores);
        cpu_set_t *set = CPU_ALLOC(cores);
        if (!set)
            return 0;
        int rc = sched_getaffinity(0, bytes, set);
        int count = rc == 0 ? CPU_COUNT_S(bytes, set) : 0;
        CPU_FREE(set);
        if (rc == 0)
            return count;
    }
    return 0;
}

struct cpu_limit cpu_limit_from(int cores, int affinity, double quota)
{
    struct cpu_limit limit = {
        .threads = cores, .cores = cores, .affinity = affinity, .quota = quota, .by = "cores"};
    if (affinity > 0 && affinity < limit.threads) {
        limit.threads = affinity;
        limit.by = "affinity";
    }
    if (quota > 0 && ceil(quota) < limit.threads) {
        limit.threads = (int)ceil(quota);
        limit.by = "cgroup quota";
    }
    if (limit.threads < 1)
        limit.threads = 1;
    return limit;
}

struct cpu_limit host_cpu_limit(void)
{
    int cores = cores_online();
    int affinity = cores_allowed();
    return cpu_limit_from(cores, affinity > 0 ? affinity : cores, cgroup_cpu_quota());
}

/* The host's available memory in bytes; estimated on kernels before 3.14, which have no
 * MemAvailable. */
static uint64_t host_available(void)
{
    static const char meminfo[] = "/proc/meminfo";
    uint64_t kib = 0, part;
    if (host_read_keyed(meminfo, "MemAvailable", &kib))
        return kib * 1024;
    if (!host_read_keyed(meminfo, "MemFree", &kib))
        return UINT64_MAX;
    if (host_read_keyed(meminfo, "Buffers", &part))
        kib += part;
    if (host_read_keyed(meminfo, "Cached", &part))
        kib += part;
    return kib * 1024;
}

static uint64_t left_of(const struct process_limit *limit)
{
    return limit->bytes > limit->used ? limit->bytes - limit->used : 0;
}

bool host_process_limit(struct process_limit *limit)
{
    static const struct {
        int resource;
        const char *name, *key;
    } limits[] = {{RLIMIT_AS, "address space (ulimit -v)", "VmSize"},
                  {RLIMIT_DATA, "data (ulimit -d)", "VmData"}};
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit most;
        uint64_t kib = 0;
        if (getrlimit((__rlimit_resource_t)limits[i].resource, &most) != 0 ||
            most.rlim_cur == RLIM_INFINITY)
            continue;
        host_read_keyed("/proc/self/status", limits[i].key, &kib);
        const struct process_limit one = {limits[i].name, most.rlim_cur, kib * 1024};
        if (left_of(&one) < least) {
            *limit = one;
            least = left_of(&one);
        }
    }
    return least != UINT64_MAX;
}

uint64_t host_memory_available(const char **limit_name)
{
    struct process_limit process;
    uint64_t least = host_available();
    const uint64_t cgroup = cgroup_memory_left(NULL);
    const char *name = "host";
    if (cgroup < least) {
        least = cgroup;
        name = "cgroup";
    }
    if (host_process_limit(&process) && left_of(&process) < least) {
        least = left_of(&process);
        name = process.name;
    }
    if (limit_name)
        *limit_name = name;
    return least;
}
