/* test_cpu_threads.c - how many threads there are, on which CPUs, and what forbids them. */
#define _GNU_SOURCE 1 /* sched_setaffinity */

#include "cpu/backend/cpu_backend.h"
#include "cpu/backend/job.h"
#include "harness/host/host.h"
#include "tests/unit/cpu/backend/opened.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* This machine's two CPUs as two of one core, or as one node each. */
static struct device *open_two_cpus(const char *siblings, const char *node1, int asked)
{
    if (host_cpu_limit().affinity < 2)
        cr_skip_test("one CPU");
    host_set_root(scratch_make());
    scratch_file("sys/devices/system/cpu/online", "0-1\n");
    for (int i = 0; i < 2; i++) {
        char path[80];
        snprintf(path, sizeof path, "sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
                 i);
        scratch_file(path, siblings);
    }
    scratch_file("sys/devices/system/node/online", "0-1\n");
    scratch_file("sys/devices/system/node/node1/cpulist", node1);
    struct device *device = open_cpu(asked);
    host_set_root(NULL);
    scratch_remove();
    return device;
}

Test(cpu_backend, threads_are_as_many_as_physical_cores)
{
    cpu_set_t both;
    CPU_ZERO(&both);
    CPU_SET(0, &both);
    CPU_SET(1, &both);
    if (sched_setaffinity(0, sizeof both, &both) != 0)
        cr_skip_test("CPUs 0 and 1 are not allowed");
    struct device *device = open_two_cpus("0-1\n", "\n", 0);
    cr_expect_eq(device->threads, 1);
    cr_expect_str_eq(device->threads_by, "physical cores");
    cpu->close(device);
    device = open_two_cpus("0-1\n", "\n", 2);
    cr_expect_eq(device->threads, 2);
    cpu->close(device);
}

Test(cpu_backend, threads_that_may_run_on_several_nodes_are_warned_of)
{
    cpu_set_t both;
    CPU_ZERO(&both);
    CPU_SET(0, &both);
    CPU_SET(1, &both);
    if (sched_setaffinity(0, sizeof both, &both) != 0)
        cr_skip_test("CPUs 0 and 1 are not allowed");
    struct device *device = open_two_cpus("\n", "1\n", 2);
    cr_expect(strstr(cpu->device_facts(device)->warning, "may run on 2 NUMA nodes"), "%s",
              cpu->device_facts(device)->warning);
    cpu->close(device);
    device = open_two_cpus("\n", "\n", 2);
    cr_expect_not(strstr(cpu->device_facts(device)->warning, "NUMA"));
    cpu->close(device);
}

/* How many tasks of this process are on one CPU alone. */
static int tasks_on_one_cpu(void)
{
    int tasks[256], found = 0;
    const size_t count = places_tasks(tasks, 256);
    for (size_t i = 0; i < count; i++) {
        cpu_set_t set;
        found += sched_getaffinity(tasks[i], sizeof set, &set) == 0 && CPU_COUNT(&set) == 1;
    }
    return found;
}

Test(cpu_backend, bound_threads_have_a_cpu_each_and_the_caller_is_free_again_afterwards)
{
    const struct device_request request = {.threads = 2, .is_bound = true};
    struct failure why = {0};
    struct device *device;
    cpu_set_t before, after;
    if (host_cpu_limit().affinity < 2)
        cr_skip_test("one CPU");
    sched_getaffinity(0, sizeof before, &before);
    cr_expect_eq(tasks_on_one_cpu(), 0);
    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_OK, "%s", why.text);
    cr_expect_geq(tasks_on_one_cpu(), device->blas ? 2 : 1); /* the pool's and OpenBLAS's */
    cr_expect(strstr(cpu->device_facts(device)->summary, " bound"));
    cpu->close(device);
    sched_getaffinity(0, sizeof after, &after);
    cr_expect(CPU_EQUAL(&before, &after));
}

/* A tenth of a CPU, in files; time itself is not taken away. */
Test(cpu_backend, a_quota_takes_threads_and_is_told_but_takes_nothing_of_a_threads_peak)
{
    struct device *device = open_cpu(1);
    const double whole = cpu->device_facts(device)->peak_flops[ARITH_F32];
    cpu->close(device);

    host_set_root(scratch_make());
    scratch_file("proc/self/cgroup", "0::/\n");
    scratch_file("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    scratch_file("sys/fs/cgroup/cpu.max", "10000 100000\n");
    device = open_cpu(0);
    host_set_root(NULL);
    scratch_remove();
    cr_expect_eq(device->threads, 1);
    cr_expect(strstr(cpu->device_facts(device)->summary, "1 thread on 0.1 CPUs (cgroup quota)"),
              "%s", cpu->device_facts(device)->summary);
    cr_expect_gt(cpu->device_facts(device)->peak_flops[ARITH_F32], whole / 4);
    cpu->close(device);
}

/* Old filters answer to clone3, by which threads are made, with EPERM. */
static void forbid_threads(void)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof steps / sizeof *steps, steps};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        cr_skip("no seccomp filter can be set here");
}

Test(cpu_backend, threads_that_a_filter_forbids_are_told_of_with_what_to_type)
{
    struct device_request request = {.threads = 3};
    struct failure why = {0};
    struct device *device = NULL;
    forbid_threads();
    cr_expect(host_is_filtered());
    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "3 threads cannot be started: Operation not permitted"), "%s",
              why.text);
    cr_expect(strstr(why.text, "--security-opt seccomp=unconfined"), "%s", why.text);
}
