/* test_cgroup.c - files of control groups that are unusual, cut short, or meant for another group.
 */
#include "harness/host/cgroup.h"
#include "tests/unit/host_tree.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void begin(void)
{
    host_tree_make((struct file[]){{NULL, NULL}});
}
TestSuite(cgroup, .init = begin, .fini = host_tree_remove);

#define GROUP  "proc/self/cgroup"
#define MOUNTS "proc/self/mountinfo"

Test(cgroup, the_group_of_v2_is_that_of_the_first_line_0_without_controllers)
{
    static const char *const groups[] = {"1::/no\n0:name=systemd:/no\n0::/job\n0::/no\n",
                                         "0::/job\n", "00::/no\n0::/job\n", "0::/job"};
    scratch_file(MOUNTS, V2_MOUNTS);
    scratch_file("sys/fs/cgroup/no/cpu.max", "900000 100000\n");
    scratch_file("sys/fs/cgroup/job/cpu.max", "200000 100000\n");
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        scratch_file(GROUP, groups[i]);
        cr_expect_eq(cgroup_cpu_quota(), 2, "%s", groups[i]);
        cr_expect_str_eq(cgroup_version(), "v2");
    }
}

Test(cgroup, what_lies_above_the_mount_is_no_group)
{
    scratch_file(MOUNTS, V2_MOUNTS);
    scratch_file(GROUP, "0::/job\n");
    scratch_file("sys/fs/cgroup/job/cpu.max", "300000 100000\n");
    scratch_file("sys/fs/cpu.max", "100000 100000\n");
    cr_expect_eq(cgroup_cpu_quota(), 3);
    scratch_file("sys/fs/cgroup/cpu.max", "200000 100000\n");
    cr_expect_eq(cgroup_cpu_quota(), 2, "that of the group above counts too");
}

Test(cgroup, a_controller_of_v1_is_a_word_of_a_list)
{
    static const char *const lists[] = {"cpu", "cpu,cpuacct", "cpuset,cpu", "cpuacct,cpu,x"};
    static const char *const others[] = {"cpuset", "cpuacct,cpuset", "xcpu", "name=cpu", ""};
    char text[100];
    scratch_file(MOUNTS, "34 30 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpuacct,cpu\n");
    scratch_file("sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "300000\n");
    scratch_file("sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        snprintf(text, sizeof text, "7:%s:/box\n", lists[i]);
        scratch_file(GROUP, text);
        cr_expect_eq(cgroup_cpu_quota(), 3, "%s", lists[i]);
        cr_expect_str_eq(cgroup_version(), "v1");
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(text, sizeof text, "7:%s:/box\n", others[i]);
        scratch_file(GROUP, text);
        cr_expect_eq(cgroup_cpu_quota(), 0, "%s", others[i]);
        cr_expect_null(cgroup_version());
    }
}

Test(cgroup, only_three_octal_digits_of_a_byte_are_decoded)
{
    scratch_file(GROUP, "0::/\n");
    scratch_file(MOUNTS, "30 25 0:27 / /a\\077\\303\\244\\400\\080\\008\\1 rw - cgroup2 x rw\n");
    scratch_file("a?\303\244\\400\\080\\008\\1/cpu.max", "100000 100000\n");
    cr_expect_eq(cgroup_cpu_quota(), 1);
}

Test(cgroup, two_digits_of_which_one_is_none_are_not_decoded)
{
    scratch_file(GROUP, "0::/\n");
    scratch_file(MOUNTS, "30 25 0:27 / /a\\0/7/b rw - cgroup2 x rw\n");
    scratch_file("a\\0/7/b/cpu.max", "100000 100000\n");
    cr_expect_eq(cgroup_cpu_quota(), 1);
}

Test(cgroup, without_either_file_there_is_no_group)
{
    scratch_file(MOUNTS, V2_MOUNTS);
    cr_expect_null(cgroup_version());
    scratch_file(MOUNTS, "");
    scratch_file(GROUP, "0::/\n4:memory,cpu:/\n");
    cr_expect_null(cgroup_version());
    host_tree_remove();
    begin();
    scratch_file(GROUP, "0::/\n4:memory,cpu:/\n");
    cr_expect_null(cgroup_version());
}

Test(cgroup, the_root_of_a_mount_is_decoded_too)
{
    scratch_file(GROUP, "0::/my pods/box\n");
    scratch_file(MOUNTS, "30 25 0:27 /my\\040pods /pods rw - cgroup2 x rw\n");
    scratch_file("pods/box/cpu.max", "500000 100000\n");
    cr_expect_eq(cgroup_cpu_quota(), 5);
}

Test(cgroup, of_several_mounts_the_first_that_has_the_group_counts_or_else_the_first)
{
    scratch_file(GROUP, "0::/job\n");
    scratch_file(MOUNTS, "1 0 0:1 /x /x rw - cgroup2 x rw\n2 0 0:1 /y /y rw - cgroup2 x rw\n");
    scratch_file("x/cpu.max", "100000 100000\n");
    scratch_file("y/cpu.max", "200000 100000\n");
    cr_expect_eq(cgroup_cpu_quota(), 1);
    scratch_file(MOUNTS, "1 0 0:1 /x /x rw - cgroup2 x rw\n2 0 0:1 /job /y rw - cgroup2 x rw\n"
                         "3 0 0:1 / /z rw - cgroup2 x rw\n");
    scratch_file("z/job/cpu.max", "300000 100000\n");
    cr_expect_eq(cgroup_cpu_quota(), 2);
}

Test(cgroup, lines_of_mountinfo_that_are_cut_short_are_none)
{
    static const char *const lines[] = {
        "30 25 0:27 / - cgroup2 x rw\n", " - cgroup2 x rw\n", "30 25 0:27 / /g rw cgroup2 x rw\n",
        "30 25 0:27 / /g rw - \n", "30 25 0:27 / /g rw - cgroup3\n"};
    scratch_file(GROUP, "0::/\n4:memory:/\n");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        scratch_file(MOUNTS, lines[i]);
        cr_expect_null(cgroup_version(), "%s", lines[i]);
    }
    scratch_file(MOUNTS, "30 25 0:27 / /g rw - cgroup x\n");
    cr_expect_null(cgroup_version(), "the controllers are missing");
    scratch_file(MOUNTS, "30 25 0:27 / /g rw - cgroup x memory\n");
    cr_expect_str_eq(cgroup_version(), "v1");
    scratch_file(MOUNTS, "30 25 0:27 / /g - cgroup2 x\n");
    cr_expect_str_eq(cgroup_version(), "v2");
    scratch_file(MOUNTS, "\n30 25 0:27 / /g rw - cgroup2 x rw\n");
    cr_expect_str_eq(cgroup_version(), "v2", "behind an empty line");
}

/* A path of a group of so many bytes. */
static void group_of(size_t bytes)
{
    static char text[2 * PATH_MAX];
    memset(text, 'x', sizeof text);
    memcpy(text, "0::/", 4);
    snprintf(text + 3 + bytes, sizeof text - 3 - bytes, "\n");
    scratch_file(GROUP, text);
}

Test(cgroup, a_path_that_is_too_long_is_not_followed)
{
    scratch_file(MOUNTS, "30 25 0:27 / /g rw - cgroup2 x rw\n");
    group_of(PATH_MAX - 1 - strlen("/g"));
    cr_expect_str_eq(cgroup_version(), "v2");
    group_of(PATH_MAX - strlen("/g"));
    cr_expect_null(cgroup_version(), "with that of the mount");
    group_of(PATH_MAX - 1 - strlen("/g"));
    scratch_file(MOUNTS, "29 25 0:27 / /gg rw - cgroup2 x rw\n30 25 0:27 / /g rw - cgroup2 x rw\n");
    cr_expect_str_eq(cgroup_version(), "v2", "with that of the first mount, but not of the second");
    scratch_file(MOUNTS, "30 25 0:27 / / rw - cgroup2 x rw\n");
    group_of(PATH_MAX);
    cr_expect_null(cgroup_version(), "by itself");
    scratch_file(MOUNTS, "30 25 0:27 /x / rw - cgroup2 x rw\n");
    group_of(PATH_MAX - 1);
    cr_expect_str_eq(cgroup_version(), "v2", "the mount is taken, which is elsewhere");
    group_of(PATH_MAX);
    cr_expect_null(cgroup_version());
}

Test(cgroup, memory_that_can_be_reclaimed_is_not_used)
{
    static const struct {
        const char *used, *reclaimed;
        uint64_t left;
    } cases[] = {{"600", "200", 600}, {"600", "600", 1000}, {"600", "700", 1000},
                 {"600", NULL, 400},  {"1000", "0", 0},     {"1001", "1", 0},
                 {"1001", "2", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int v2 = 0; v2 < 2; v2++) {
            char stat[80];
            uint64_t limit;
            host_tree_remove();
            begin();
            scratch_file(GROUP, v2 ? "0::/\n" : "4:memory:/\n");
            scratch_file(MOUNTS, v2 ? "30 25 0:27 / /g rw - cgroup2 x rw\n"
                                    : "30 25 0:27 / /g rw - cgroup x rw,memory\n");
            scratch_file(v2 ? "g/memory.max" : "g/memory.limit_in_bytes", "1000\n");
            scratch_file(v2 ? "g/memory.current" : "g/memory.usage_in_bytes", cases[i].used);
            snprintf(stat, sizeof stat, "anon 9\n%s %s\n",
                     v2 ? "inactive_file" : "total_inactive_file", cases[i].reclaimed);
            if (cases[i].reclaimed)
                scratch_file("g/memory.stat", stat);
            cr_expect_eq(cgroup_memory_left(&limit), cases[i].left, "case %zu of v%d", i, 1 + v2);
            cr_expect_eq(limit, 1000);
        }
}

Test(cgroup, a_quota_of_nothing_or_in_no_time_is_none)
{
    static const struct {
        const char *text;
        double want;
    } cases[] = {{"0 100000\n", 0}, {"100000 0\n", 0}, {"100000\n", 0}, {"1 2\n", 0.5}};
    scratch_file(GROUP, "0::/\n");
    scratch_file(MOUNTS, "30 25 0:27 / /g rw - cgroup2 x rw\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scratch_file("g/cpu.max", cases[i].text);
        cr_expect_eq(cgroup_cpu_quota(), cases[i].want, "%s", cases[i].text);
    }
    scratch_file(GROUP, "4:cpu:/\n");
    scratch_file(MOUNTS, "30 25 0:27 / /g rw - cgroup x cpu\n");
    scratch_file("g/cpu.cfs_period_us", "100000\n");
    cr_expect_eq(cgroup_cpu_quota(), 0);
    scratch_file("g/cpu.cfs_quota_us", "-1\n");
    cr_expect_eq(cgroup_cpu_quota(), 0);
    scratch_file("g/cpu.cfs_quota_us", "50000\n");
    cr_expect_eq(cgroup_cpu_quota(), 0.5);
}
