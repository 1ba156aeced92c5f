/* cgroup.h - the limits that control groups set on this process: cgroup v1, v2 or both (hybrid).
 *
 * Limits of our group and of every group above it apply, so the least of them is returned. Our
 * group is the one in /proc/self/cgroup; /proc/self/mountinfo says where its directory is. Inside a
 * container these two may disagree (a cgroup namespace says "/", the mount shows the host's path):
 * then the root of the mount is our group. A file that cannot be read is no limit. */
#ifndef HARNESS_HOST_CGROUP_H
#define HARNESS_HOST_CGROUP_H

#include <stdint.h>

/* The least CPU quota, in CPUs (0.5 is half a CPU); 0 if there is none. */
double cgroup_cpu_quota(void);

/* The bytes left under the tightest memory limit: limit - (usage - inactive_file), because page
 * cache can be reclaimed. *limit, which may be NULL, is set to the least limit. Both are UINT64_MAX
 * if there is none; "no limit" of cgroup v1 is a number close to 2⁶³. */
uint64_t cgroup_memory_left(uint64_t *limit);

/* "v1", "v2", "hybrid", or NULL if there are no cgroups. */
const char *cgroup_version(void);

#endif
