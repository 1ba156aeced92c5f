/* test_host_limits.c - processors and memory that cgroups and affinity leave. */
#define _GNU_SOURCE 1 /* CPU_SET */

#include "harness/host/cgroup.h"
#include "harness/host/files.h"
#include "harness/host/host.h"
#include "harness/host/limits.h"
#include "tests/unit/host_tree.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

#define GIB         (UINT64_C(1) << 30)
#define NO_LIMIT_V1 "9223372036854771712\n"
#define V1_MOUNTS                                                                                  \
    "30 25 0:27 / /sys/fs/cgroup ro shared:8 - tmpfs tmpfs ro\n"                                   \
    "32 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:15 - cgroup cgroup rw,cpu,cpuacct\n"        \
    "35 30 0:32 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n"

/* The files of a process in a group of v2. */
/* clang-format off */
#define V2_GROUP(path) {"proc/self/cgroup", "0::" path "\n"}, {"proc/self/mountinfo", V2_MOUNTS}
/* clang-format on */

static const struct cgroup_case {
    const char *name;
    struct file files[12];
    struct {
        const char *version;
        double quota;
        uint64_t left, limit;
    } want;
} cgroup_cases[] = {
    {"v1, limits in our own group",
     {{"proc/self/cgroup", "4:memory:/box\n2:cpuacct,cpu:/box\n1:name=systemd:/x\n"},
      {"proc/self/mountinfo", V1_MOUNTS},
      {"sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "150000\n"},
      {"sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n"},
      {"sys/fs/cgroup/memory/box/memory.limit_in_bytes", "4294967296\n"},
      {"sys/fs/cgroup/memory/box/memory.usage_in_bytes", "2147483648\n"},
      {"sys/fs/cgroup/memory/box/memory.stat",
       "inactive_file 1\ntotal_cache 9\ntotal_inactive_file 1073741824\n"}},
     {"v1", 1.5, 3 * GIB, 4 * GIB}},
    {"v1 without limits says so with numbers",
     {{"proc/self/cgroup", "4:memory:/\n2:cpu,cpuacct:/\n"},
      {"proc/self/mountinfo", V1_MOUNTS},
      {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n"},
      {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"},
      {"sys/fs/cgroup/memory/memory.limit_in_bytes", NO_LIMIT_V1},
      {"sys/fs/cgroup/memory/memory.usage_in_bytes", "0\n"}},
     {"v1", 0, UINT64_C(9223372036854771712), UINT64_C(9223372036854771712)}},
    {"v2, own group",
     {V2_GROUP("/user.slice/job"),
      {"sys/fs/cgroup/user.slice/job/cpu.max", "50000 100000\n"},
      {"sys/fs/cgroup/user.slice/job/memory.max", "3221225472\n"},
      {"sys/fs/cgroup/user.slice/job/memory.current", "2147483648\n"},
      {"sys/fs/cgroup/user.slice/job/memory.stat", "anon 1\ninactive_file 1073741824\n"}},
     {"v2", 0.5, 2 * GIB, 3 * GIB}},
    {"v2, below a name with a backslash, which mountinfo writes in octal",
     {{"proc/self/cgroup", "0::/\n"},
      {"proc/self/mountinfo", "30 25 0:27 / /sys/fs/a\\134b rw - cgroup2 cgroup2 rw\n"},
      {"sys/fs/a\\b/memory.max", "3221225472\n"}},
     {"v2", 0, 3 * GIB, 3 * GIB}},
    {"v2, max is no limit",
     {V2_GROUP("/job"),
      {"sys/fs/cgroup/job/cpu.max", "max 100000\n"},
      {"sys/fs/cgroup/job/memory.max", "max\n"},
      {"sys/fs/cgroup/job/memory.high", "max\n"}},
     {"v2", 0, UINT64_MAX, UINT64_MAX}},
    {"v2, memory.high counts like memory.max",
     {V2_GROUP("/job"),
      {"sys/fs/cgroup/job/memory.max", "4294967296\n"},
      {"sys/fs/cgroup/job/memory.high", "2147483648\n"},
      {"sys/fs/cgroup/job/memory.current", "1073741824\n"}},
     {"v2", 0, 1 * GIB, 2 * GIB}},
    {"the least of nested limits, an ancestor's too",
     {V2_GROUP("/pods/pod1/box"),
      {"sys/fs/cgroup/pods/cpu.max", "800000 100000\n"},
      {"sys/fs/cgroup/pods/memory.max", "8589934592\n"},
      {"sys/fs/cgroup/pods/memory.current", "8053063680\n"},
      {"sys/fs/cgroup/pods/pod1/cpu.max", "200000 100000\n"},
      {"sys/fs/cgroup/pods/pod1/memory.max", "4294967296\n"},
      {"sys/fs/cgroup/pods/pod1/memory.current", "1073741824\n"},
      {"sys/fs/cgroup/pods/pod1/box/cpu.max", "400000 100000\n"}},
     {"v2", 2, GIB / 2, 4 * GIB}},
    {"a limit at the mount's root counts",
     {V2_GROUP("/a/b"), {"sys/fs/cgroup/cpu.max", "300000 100000\n"}},
     {"v2", 3, UINT64_MAX, UINT64_MAX}},
    {"a usage above the limit leaves nothing",
     {V2_GROUP("/job"),
      {"sys/fs/cgroup/job/memory.max", "1073741824\n"},
      {"sys/fs/cgroup/job/memory.current", "1073745920\n"}},
     {"v2", 0, 0, 1 * GIB}},
    {"a cgroup namespace: our path is /, and so is the mount's root",
     {V2_GROUP("/"),
      {"sys/fs/cgroup/cpu.max", "250000 100000\n"},
      {"sys/fs/cgroup/memory.max", "2147483648\n"},
      {"sys/fs/cgroup/memory.current", "0\n"}},
     {"v2", 2.5, 2 * GIB, 2 * GIB}},
    {"docker on v1: both name the host's path, the mount shows our group alone",
     {{"proc/self/cgroup", "4:memory:/docker/abc\n"},
      {"proc/self/mountinfo",
       "35 30 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"},
      {"sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824\n"},
      {"sys/fs/cgroup/memory/memory.usage_in_bytes", "0\n"}},
     {"v1", 0, 1 * GIB, 1 * GIB}},
    {"the mount's root is not above our path: the mount itself is taken",
     {{"proc/self/cgroup", "4:memory:/\n"},
      {"proc/self/mountinfo",
       "35 30 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"},
      {"sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824\n"},
      {"sys/fs/cgroup/memory/memory.usage_in_bytes", "0\n"}},
     {"v1", 0, 1 * GIB, 1 * GIB}},
    {"a path that only begins like the mount's root is not below it",
     {{"proc/self/cgroup", "0::/docker/abcdef\n"},
      {"proc/self/mountinfo", "30 25 0:27 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"},
      {"sys/fs/cgroup/def/cpu.max", "100000 100000\n"},
      {"sys/fs/cgroup/cpu.max", "700000 100000\n"}},
     {"v2", 7, UINT64_MAX, UINT64_MAX}},
    {"outside our namespace's root: /.. leads nowhere, the mount is taken",
     {V2_GROUP("/../../other"),
      {"sys/other/cpu.max", "50000 100000\n"},
      {"sys/fs/cgroup/cpu.max", "100000 100000\n"}},
     {"v2", 1, UINT64_MAX, UINT64_MAX}},
    {"hybrid: v1 controllers beside an empty v2",
     {{"proc/self/cgroup", "4:memory:/box\n0::/box\n"},
      {"proc/self/mountinfo",
       V1_MOUNTS "41 30 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"},
      {"sys/fs/cgroup/memory/box/memory.limit_in_bytes", "1073741824\n"},
      {"sys/fs/cgroup/memory/box/memory.usage_in_bytes", "0\n"},
      {"sys/fs/cgroup/unified/box/cgroup.procs", "1\n"}},
     {"hybrid", 0, 1 * GIB, 1 * GIB}},
    {"hybrid: memory in v2, cpu in v1",
     {{"proc/self/cgroup", "2:cpu,cpuacct:/box\n0::/box\n"},
      {"proc/self/mountinfo",
       V1_MOUNTS "41 30 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"},
      {"sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "100000\n"},
      {"sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "50000\n"},
      {"sys/fs/cgroup/unified/box/memory.max", "1073741824\n"}},
     {"hybrid", 2, 1 * GIB, 1 * GIB}},
    {"mountinfo escapes spaces",
     {{"proc/self/cgroup", "0::/job\n"},
      {"proc/self/mountinfo", "30 25 0:27 / /sys/my\\040cgroup rw - cgroup2 none rw\n"},
      {"sys/my cgroup/job/cpu.max", "100000 100000\n"}},
     {"v2", 1, UINT64_MAX, UINT64_MAX}},
    {"of several mounts the one that holds our path",
     {{"proc/self/cgroup", "0::/job\n"},
      {"proc/self/mountinfo", "29 25 0:27 /other /mnt/other rw - cgroup2 cgroup2 rw\n" V2_MOUNTS},
      {"mnt/other/cpu.max", "900000 100000\n"},
      {"sys/fs/cgroup/job/cpu.max", "100000 100000\n"}},
     {"v2", 1, UINT64_MAX, UINT64_MAX}},
    {"cpuset is not cpu",
     {{"proc/self/cgroup", "3:cpuset:/box\n"},
      {"proc/self/mountinfo", "34 30 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"},
      {"sys/fs/cgroup/cpuset/box/cpu.cfs_quota_us", "100000\n"},
      {"sys/fs/cgroup/cpuset/box/cpu.cfs_period_us", "100000\n"}},
     {NULL, 0, UINT64_MAX, UINT64_MAX}},
    {"files that cannot be read limit nothing",
     {V2_GROUP("/job"),
      {"sys/fs/cgroup/job/cpu.max", NULL},
      {"sys/fs/cgroup/job/memory.max", NULL},
      {"sys/fs/cgroup/cpu.max", "rubbish\n"},
      {"sys/fs/cgroup/memory.max", ""}},
     {"v2", 0, UINT64_MAX, UINT64_MAX}},
    {"a limit with an unreadable usage counts whole",
     {V2_GROUP("/job"),
      {"sys/fs/cgroup/job/memory.max", "1073741824\n"},
      {"sys/fs/cgroup/job/memory.current", NULL}},
     {"v2", 0, 1 * GIB, 1 * GIB}},
    {"a period of 0 is no quota",
     {V2_GROUP("/job"), {"sys/fs/cgroup/job/cpu.max", "100000 0\n"}},
     {"v2", 0, UINT64_MAX, UINT64_MAX}},
    {"broken lists of groups and mounts",
     {{"proc/self/cgroup", "0:\n:\n\n4:memory\n0::/box\n"},
      {"proc/self/mountinfo", "30\n - \n - cgroup2\n1 2 3 - cgroup2 x rw\n"}},
     {NULL, 0, UINT64_MAX, UINT64_MAX}},
    {"nothing at all", {{NULL, NULL}}, {NULL, 0, UINT64_MAX, UINT64_MAX}},
};

Test(host_limits, the_tightest_cgroup_limit_is_found_wherever_it_stands)
{
    for (size_t i = 0; i < sizeof cgroup_cases / sizeof cgroup_cases[0]; i++) {
        const struct cgroup_case *c = &cgroup_cases[i];
        host_tree_make(c->files);
        uint64_t limit = 0;
        const uint64_t left = cgroup_memory_left(&limit);
        const char *version = cgroup_version();
        cr_expect_float_eq(cgroup_cpu_quota(), c->want.quota, 1e-12, "%s: quota %g", c->name,
                           cgroup_cpu_quota());
        cr_expect_eq(left, c->want.left, "%s: left %llu", c->name, (unsigned long long)left);
        cr_expect_eq(limit, c->want.limit, "%s: limit %llu", c->name, (unsigned long long)limit);
        cr_expect_str_eq(version ? version : "none", c->want.version ? c->want.version : "none",
                         "%s", c->name);
        host_tree_remove();
    }
}

Test(host_limits, threads_are_the_least_of_cores_affinity_and_the_quota_rounded_up)
{
    static const struct {
        int cores, affinity;
        double quota;
        int threads;
        const char *by;
    } cases[] = {
        {16, 16, 0, 16, "cores"},
        {16, 4, 0, 4, "affinity"},
        {16, 16, 0.5, 1, "cgroup quota"},
        {16, 16, 1.5, 2, "cgroup quota"},
        {16, 16, 2, 2, "cgroup quota"},
        {16, 16, 0.001, 1, "cgroup quota"},
        {16, 2, 4, 2, "affinity"},
        {16, 4, 4, 4, "affinity"},
        {16, 16, 64, 16, "cores"},
        {16, 16, 1e300, 16, "cores"},
        {2, 2, 1.5, 2, "cores"},
        {0, 0, 0, 1, "cores"},
        {4, 0, 0, 4, "cores"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct cpu_limit l =
            cpu_limit_from(cases[i].cores, cases[i].affinity, cases[i].quota);
        cr_expect_eq(l.threads, cases[i].threads, "case %zu: %d threads", i, l.threads);
        cr_expect_str_eq(l.by, cases[i].by, "case %zu: by %s", i, l.by);
    }
}

Test(host_limits, a_quota_in_a_tree_limits_the_threads)
{
    static const struct file files[] = {{"proc/self/cgroup", "0::/\n"},
                                        {"proc/self/mountinfo", V2_MOUNTS},
                                        {"sys/devices/system/cpu/online", "0-2,4,6-7\n"},
                                        {"sys/fs/cgroup/cpu.max", "50000 100000\n"},
                                        {NULL, NULL}};
    host_tree_make(files);
    const struct cpu_limit l = host_cpu_limit();
    cr_expect_eq(l.cores, 6);
    cr_expect_eq(l.quota, 0.5);
    cr_expect_eq(l.threads, 1);
    host_tree_remove();
}

Test(host_limits, affinity_limits_the_threads)
{
    cpu_set_t all, one;
    cr_assert_eq(sched_getaffinity(0, sizeof all, &all), 0);
    size_t first = 0;
    while (!CPU_ISSET(first, &all))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);

    const struct cpu_limit l = host_cpu_limit();
    cr_expect_eq(l.affinity, 1);
    cr_expect_eq(l.threads, 1);
    sched_setaffinity(0, sizeof all, &all);
}

static const struct file small_cgroup[] = {{"proc/meminfo", MEMINFO},
                                           {"proc/self/cgroup", "0::/\n"},
                                           {"proc/self/mountinfo", V2_MOUNTS},
                                           {"sys/fs/cgroup/memory.max", "1073741824\n"},
                                           {"sys/fs/cgroup/memory.current", "4096\n"},
                                           {NULL, NULL}};

Test(host_limits, available_memory_is_what_the_tighter_of_host_and_cgroup_leaves)
{
    const char *by = NULL;
    host_tree_make(small_cgroup);
    cr_expect_eq(host_memory_available(&by), GIB - 4096);
    cr_expect_str_eq(by, "cgroup");
    scratch_file("sys/fs/cgroup/memory.max", "8589938688\n"); /* with what it uses */
    cr_expect_eq(host_memory_available(&by), 8 * GIB);
    cr_expect_str_eq(by, "host", "of two that are equal the host");
    scratch_file("sys/fs/cgroup/memory.max", NO_LIMIT_V1);
    cr_expect_eq(host_memory_available(&by), 8 * GIB);
    cr_expect_str_eq(by, "host");
    host_tree_remove();
}

/* So large that the test itself does not meet them. */
Test(host_limits, available_memory_is_within_the_limits_of_the_process)
{
    static const struct {
        int resource;
        const char *key, *by;
    } cases[] = {{RLIMIT_AS, "VmSize", "address space (ulimit -v)"},
                 {RLIMIT_DATA, "VmData", "data (ulimit -d)"}};
    const char *by = NULL;
    struct process_limit limit;
    host_tree_make(small_cgroup);
    scratch_file("sys/fs/cgroup/memory.max", NO_LIMIT_V1);
    for (size_t i = 0; i < 2; i++) {
        struct rlimit before, most, now;
        char status[64];
        getrlimit((__rlimit_resource_t)cases[i].resource, &before);
        const uint64_t bytes = before.rlim_max == RLIM_INFINITY ? UINT64_C(1) << 46
                                                                : before.rlim_max & ~UINT64_C(1023);
        most = (struct rlimit){.rlim_cur = bytes, .rlim_max = before.rlim_max};
        cr_assert_eq(setrlimit((__rlimit_resource_t)cases[i].resource, &most), 0);
        getrlimit((__rlimit_resource_t)cases[i].resource, &now);
        if (now.rlim_cur != most.rlim_cur) {
            host_tree_remove();
            cr_skip_test("limits on memory are ignored here, as by qemu");
        }
        snprintf(status, sizeof status, "%s:\t%llu kB\n", cases[i].key,
                 (unsigned long long)((bytes - GIB) / 1024));
        scratch_file("proc/self/status", status);
        cr_expect_eq(host_memory_available(&by), GIB, "case %zu", i);
        cr_expect_str_eq(by, cases[i].by);
        cr_assert(host_process_limit(&limit));
        cr_expect_eq(limit.bytes, bytes);
        cr_expect_eq(limit.bytes - limit.used, GIB);
        /* Nothing is left, rather than a large number, of a limit that is below the use. */
        snprintf(status, sizeof status, "%s:\t%llu kB\n", cases[i].key,
                 (unsigned long long)((bytes + GIB) / 1024));
        scratch_file("proc/self/status", status);
        cr_expect_eq(host_memory_available(NULL), 0, "case %zu", i);
        setrlimit((__rlimit_resource_t)cases[i].resource, &before);
    }
    host_tree_remove();
}

Test(host_limits, a_process_without_limits_has_what_the_host_has)
{
    struct rlimit space, data;
    struct process_limit limit;
    const char *by = NULL;
    getrlimit(RLIMIT_AS, &space);
    getrlimit(RLIMIT_DATA, &data);
    if (space.rlim_cur != RLIM_INFINITY || data.rlim_cur != RLIM_INFINITY)
        cr_skip_test("this process has limits");
    host_tree_make(small_cgroup);
    scratch_file("sys/fs/cgroup/memory.max", NO_LIMIT_V1);
    cr_expect(!host_process_limit(&limit));
    cr_expect_eq(host_memory_available(&by), 8 * GIB);
    cr_expect_str_eq(by, "host");
    host_tree_remove();
}

Test(host_limits, a_kernel_without_MemAvailable_has_its_free_and_cached_memory_counted)
{
    static const struct file files[] = {
        {"proc/meminfo", "MemFree: 1024 kB\nBuffers: 1 kB\nCached: 2 kB\nSwapCached: 9 kB\n"},
        {NULL, NULL}};
    host_tree_make(files);
    cr_expect_eq(host_memory_available(NULL), UINT64_C(1027) * 1024);
    host_tree_remove();
}

Test(host_limits, a_kernel_list_is_counted)
{
    cr_expect_eq(host_list_count("0-3,8"), 5);
    cr_expect_eq(host_list_count("0"), 1);
    cr_expect_eq(host_list_count("8-19"), 12);
    cr_expect_eq(host_list_count("0-1023"), 1024);
    cr_expect_eq(host_list_count(""), 0);
    cr_expect_eq(host_list_count("3-1"), 0);
    cr_expect_eq(host_list_count("0-99999999999"), 0);
    cr_expect_eq(host_list_count("all"), 0);
}

Test(host_limits, a_memory_limit_above_the_machines_memory_is_no_limit)
{
    host_tree_make(small_cgroup);
    scratch_file("sys/fs/cgroup/memory.max", NO_LIMIT_V1);
    struct facts f = {0};
    host_facts(&f);
    cr_expect_null(facts_get(&f, "host.limits.memory"));
    cr_expect_not_null(facts_get(&f, "host.memory.total"));
    facts_free(&f);
    host_tree_remove();
}
