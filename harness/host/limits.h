/* host_limits.h - the rule behind host_cpu_limit(), apart from where its numbers come from. */
#ifndef HARNESS_HOST_LIMITS_H
#define HARNESS_HOST_LIMITS_H

#include "harness/host/host.h"

/* The least of cores, affinity and the quota rounded up (0: none), at least 1; of equals the first
 * is named. */
struct cpu_limit cpu_limit_from(int cores, int affinity, double quota);

#endif
