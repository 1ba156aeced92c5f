/* host.h - facts about this machine. */
#ifndef HARNESS_HOST_H
#define HARNESS_HOST_H

#include "harness/contract/facts.h"
#include "harness/host/container.h"
#include "harness/host/files.h"
#include "harness/host/limits.h"

#include <stdbool.h>
#include <stdint.h>

/* Adds host.* (name, kernel, OS, CPU model, sockets, cores, memory, governor, virtualisation …),
 * container.* (kind, cgroup version, limits, image digest from $GPUBENCH_IMAGE_DIGEST) and env.*
 * (each OPENBLAS_, OMP_, MKL_, GOMP_, CUDA_, CUBLAS_, NVIDIA_ variable that is set). Only reads
 * files; a fact that cannot be read is left out. */
void host_facts(struct facts *facts);

/* The NUMA node of the CPU that this thread runs on; -1 if the kernel does not say. */
int host_numa_node(void);

/* The average number of tasks that ran or waited over the last minute; NaN if it is unknown. */
double host_load(void);

#endif
