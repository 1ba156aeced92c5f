/* limits.h - how many threads and how much memory this process may use. */
#ifndef HARNESS_HOST_LIMITS_H
#define HARNESS_HOST_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

/* How many threads can run at once, and which limit decides. */
struct cpu_limit {
    int threads;    /* the least of the three below, at least 1 */
    int cores;      /* online */
    int affinity;   /* allowed by sched_getaffinity (cpusets too) */
    double quota;   /* CPU quota of the cgroups in CPUs, 0 if none; rounded up for threads */
    const char *by; /* "cores", "affinity" or "cgroup quota" */
};
struct cpu_limit host_cpu_limit(void);

/* A limit on the memory of this process alone. */
struct process_limit {
    const char *name; /* "address space (ulimit -v)" or "data (ulimit -d)" */
    uint64_t bytes, used;
};
/* The limit under which the fewest bytes can still be allocated; false if the process has no limit.
 */
bool host_process_limit(struct process_limit *limit);

/* The bytes that this process may still allocate: the least of the host's available memory and what
 * is left under the cgroup limits (v1 and v2) and the limits of the process. *limit_name, which may
 * be NULL, is set to "host", "cgroup" or a name of struct process_limit. UINT64_MAX if none of them
 * can be read. */
uint64_t host_memory_available(const char **limit_name);

/* The least of cores, affinity and the quota rounded up (0: none), but at least 1. If two are
 * equal, `by` names the first of them. */
struct cpu_limit cpu_limit_from(int cores, int affinity, double quota);

#endif
