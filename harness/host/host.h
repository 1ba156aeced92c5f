/* host.h - the machine under us: what it is, and how much of it we may use. */
#ifndef HARNESS_HOST_H
#define HARNESS_HOST_H

#include "harness/contract/facts.h"

#include <stdbool.h>
#include <stdint.h>

/* How many threads may really run at once, and what decided it. */
struct cpu_limit {
    int threads;    /* the least of the three below, at least 1 */
    int cores;      /* online */
    int affinity;   /* allowed by sched_getaffinity (cpusets too) */
    double quota;   /* cgroup v1 or v2 CPU quota in CPUs, 0 if none; rounded up for threads */
    const char *by; /* "cores", "affinity" or "cgroup quota" */
};
struct cpu_limit host_cpu_limit(void);

/* Bytes a process may still take: the least of the host's available memory and what is left under
 * every cgroup limit above us (v1 and v2). *limit_name (may be NULL) gets "host" or "cgroup".
 * UINT64_MAX if neither can be read. */
uint64_t host_memory_available(const char **limit_name);

/* Adds host.* (name, kernel, OS, CPU model, sockets, cores, memory, governor, virtualisation …),
 * container.* (kind, cgroup version, limits, image digest from $GPUBENCH_IMAGE_DIGEST) and env.*
 * (each OPENBLAS_, OMP_, MKL_, GOMP_, CUDA_, CUBLAS_, NVIDIA_ variable that is set). Reads files
 * only; what cannot be read is left out. */
void host_facts(struct facts *facts);

/* "docker", "podman", "kubernetes", "container" (some other), or NULL on a bare host. */
const char *host_container(void);

/* Whether a seccomp filter decides which system calls we may make. */
bool host_is_filtered(void);

/* Whether something can be made in a directory, or in the nearest one above it that is there:
 * tried, because permissions alone say yes to root on a file system that says no. */
bool host_can_write(const char *directory);

/* Bytes that can still be written there, UINT64_MAX if unknown. */
uint64_t host_free_bytes(const char *directory);

/* For tests: reads below this directory instead of /. NULL restores it. */
void host_set_root(const char *root);

#endif
