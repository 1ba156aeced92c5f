/* host_cgroup.h - the limits that control groups set on us: cgroup v1, v2 and both at once
 * (hybrid).
 *
 * A limit counts wherever it stands between our own group and the root of the mount, so the least
 * of them all is taken. Our group is /proc/self/cgroup's, its directory follows from
 * /proc/self/mountinfo. Inside a container these two may disagree (a cgroup namespace says "/", the
 * mount shows the host's path): then the mount's own root is ours. What cannot be read limits
 * nothing. */
#ifndef HARNESS_HOST_CGROUP_H
#define HARNESS_HOST_CGROUP_H

#include <stdint.h>

/* The least CPU quota in CPUs (0.5 is half of one), 0 if there is none. */
double cgroup_cpu_quota(void);

/* Bytes left under the tightest memory limit: limit - (usage - inactive_file), page cache being
 * reclaimable. *limit (may be NULL) gets the least limit itself. Both are UINT64_MAX if there is
 * none; a v1 "no limit" is a number close to 2⁶³. */
uint64_t cgroup_memory_left(uint64_t *limit);

/* "v1", "v2", "hybrid", or NULL without cgroups. */
const char *cgroup_version(void);

#endif
