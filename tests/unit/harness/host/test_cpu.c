/* test_cpu.c - the facts of processors that /proc and /sys describe briefly or wrongly. */
#include "harness/host/cpu.h"
#include "tests/unit/host_tree.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct facts facts;

static void read_facts(void)
{
    facts_free(&facts);
    facts = (struct facts){0};
    host_cpu_facts(&facts);
}

static void begin(void)
{
    host_tree_make((struct file[]){{NULL, NULL}});
}

static void end(void)
{
    facts_free(&facts);
    host_tree_remove();
}

TestSuite(host_cpu, .init = begin, .fini = end);

/* -1 if there is no such fact. */
static int64_t integer(const char *path)
{
    const struct fact *fact = facts_get(&facts, path);
    return fact ? fact->integer : -1;
}

static void topology(int cpu, const char *file, const char *list)
{
    char path[100];
    snprintf(path, sizeof path, "sys/devices/system/cpu/cpu%d/topology/%s", cpu, file);
    scratch_file(path, list);
}

#define ONLINE "sys/devices/system/cpu/online"

Test(host_cpu, cores_and_sockets_are_told_only_if_each_processor_says_which_are_its_siblings)
{
    scratch_file(ONLINE, "0-1\n");
    read_facts();
    cr_expect_eq(integer("host.cpu.threads_online"), 2);
    cr_expect_eq(integer("host.cpu.cores"), -1);
    cr_expect_eq(integer("host.cpu.sockets"), -1);
    cr_expect_eq(integer("host.cpu.smt"), -1);
    topology(0, "thread_siblings_list", "0\n");
    read_facts();
    cr_expect_eq(integer("host.cpu.cores"), -1, "the second is unknown");
    topology(1, "thread_siblings_list", "1\n");
    read_facts();
    cr_expect_eq(integer("host.cpu.cores"), 2);
    cr_expect_eq(integer("host.cpu.smt"), 0);
    topology(0, "core_siblings_list", "0-1\n");
    read_facts();
    cr_expect_eq(integer("host.cpu.sockets"), 1);
    topology(0, "thread_siblings_list", "0-1\n");
    read_facts();
    cr_expect_eq(integer("host.cpu.cores"), 1);
    cr_expect_eq(integer("host.cpu.smt"), 1);
}

Test(host_cpu, a_list_that_is_none_tells_nothing)
{
    scratch_file(ONLINE, "all\n");
    topology(0, "thread_siblings_list", "0\n");
    topology(0, "core_siblings_list", "0\n");
    read_facts();
    cr_expect_eq(facts.count, 0);
}

Test(host_cpu, processors_are_counted_up_to_8192)
{
    scratch_file(ONLINE, "8191-8192\n");
    topology(8191, "thread_siblings_list", "8191\n");
    topology(8192, "thread_siblings_list", "8192\n");
    topology(8191, "core_siblings_list", "8191-8192\n");
    topology(8192, "core_siblings_list", "8192\n");
    read_facts();
    cr_expect_eq(integer("host.cpu.cores"), 1);
    cr_expect_eq(integer("host.cpu.sockets"), 1);
    cr_expect_eq(integer("host.cpu.threads_online"), 2);
}

Test(host_cpu, boost_is_what_either_driver_says_of_it)
{
    static const struct {
        const char *boost, *no_turbo;
        int64_t want;
    } cases[] = {{"0\n", NULL, 0}, {"1\n", NULL, 1},  {NULL, "0\n", 1},
                 {NULL, "1\n", 0}, {"1\n", "1\n", 1}, {NULL, NULL, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        end();
        begin();
        if (cases[i].boost)
            scratch_file("sys/devices/system/cpu/cpufreq/boost", cases[i].boost);
        if (cases[i].no_turbo)
            scratch_file("sys/devices/system/cpu/intel_pstate/no_turbo", cases[i].no_turbo);
        read_facts();
        cr_expect_eq(integer("host.cpu.boost"), cases[i].want, "case %zu", i);
    }
}

Test(host_cpu, the_flag_of_a_hypervisor_is_a_word_of_its_own)
{
    static const struct {
        const char *flags, *want;
    } cases[] = {{"fpu hypervisor", "virtual machine"},
                 {"hypervisor fpu", "virtual machine"},
                 {"hypervisor", "virtual machine"},
                 {"hypervisors hypervisor", "virtual machine"},
                 {"xhypervisor fpu", "none"},
                 {"hypervisors", "none"},
                 {"", "none"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[100];
        snprintf(text, sizeof text, "processor : 0\nflags\t: %s\n\n", cases[i].flags);
        scratch_file("proc/cpuinfo", text);
        read_facts();
        cr_expect_str_eq(facts_get_text(&facts, "host.virtualisation"), cases[i].want, "%s", text);
    }
}

Test(host_cpu, a_virtual_machine_has_a_name_if_its_firmware_has_both_parts_of_it)
{
    scratch_file("proc/cpuinfo", "flags : hypervisor\n\n");
    scratch_file("sys/class/dmi/id/product_name", "KVM\n");
    read_facts();
    cr_expect_str_eq(facts_get_text(&facts, "host.virtualisation"), "virtual machine");
    scratch_file("sys/class/dmi/id/sys_vendor", "Red Hat\n");
    read_facts();
    cr_expect_str_eq(facts_get_text(&facts, "host.virtualisation"), "Red Hat KVM");
}

Test(host_cpu, lines_without_a_colon_and_of_later_processors_say_nothing)
{
    char name[64];
    scratch_file("proc/cpuinfo",
                 "model name\n: nothing\nmodel name :  First  one\n\nmicrocode : 0x1\n");
    host_cpu_model(name, sizeof name);
    cr_expect_str_eq(name, "First  one");
    read_facts();
    cr_expect_null(facts_get(&facts, "host.cpu.microcode"));
    cr_expect_null(facts_get(&facts, "host.virtualisation"), "no flags, so it is no x86");
    scratch_file("proc/cpuinfo", "cpu : POWER9, altivec supported\nmicrocode : 0x2\n");
    host_cpu_model(name, 7);
    cr_expect_str_eq(name, "POWER9", "as much as there is room for");
    read_facts();
    cr_expect_str_eq(facts_get_text(&facts, "host.cpu.microcode"), "0x2");
    scratch_file("proc/cpuinfo", "vendor : none\nmicrocode : 7\n");
    read_facts();
    cr_expect_str_eq(facts_get_text(&facts, "host.cpu.microcode"), "7");
    cr_expect_null(facts_get(&facts, "host.cpu.model"));
    scratch_file("proc/cpuinfo", "model name : A name\nCPU implementer : 0x41\nCPU part : 0xd4f\n");
    read_facts();
    cr_expect_str_eq(facts_get_text(&facts, "host.cpu.model"), "A name");
}

static void midr(int cpu, const char *value)
{
    char path[100];
    snprintf(path, sizeof path, "sys/devices/system/cpu/cpu%d/regs/identification/midr_el1", cpu);
    scratch_file(path, value);
}

#define FOUR "Arm core, implementer 0x99, part 0x123"

/* 38 bytes for each kind of core, and 3 between two, in a field of 128. */
Test(host_cpu, kinds_of_cores_are_named_as_long_as_there_is_room)
{
    char name[200];
    scratch_file("proc/cpuinfo", "CPU implementer : 0x99\nCPU part : 0x123\n\n");
    scratch_file(ONLINE, "0-4\n");
    midr(0, "0x00000000990f1230\n");
    midr(1, "0x00000000990f1240\n");
    midr(2, "0x00000000990f1250\n");
    midr(3, "0x00000000990f1260\n");
    midr(4, "0x00000000410fd8e0\n");
    host_cpu_model(name, sizeof name);
    cr_expect_str_eq(name, FOUR " + Arm core, implementer 0x99, part 0x124"
                                " + Arm core, implementer 0x99, part 0x125");
    scratch_file("proc/device-tree/model", "A board");
    host_cpu_model(name, sizeof name);
    cr_expect_eq(strlen(name), 127);
    cr_expect_str_eq(name + 120, " (A boa");
}

Test(host_cpu, a_core_that_is_not_known_ends_the_list_of_kinds)
{
    char name[200];
    scratch_file("proc/cpuinfo", "CPU implementer : 0x99\nCPU part : 0x123\n\n");
    scratch_file(ONLINE, "0-1,3,2\n");
    midr(0, "0x00000000990f1230\n");
    midr(1, "0x00000000990f1240\n");
    midr(2, "0x00000000990f1250\n");
    host_cpu_model(name, sizeof name);
    cr_expect_str_eq(name, FOUR " + Arm core, implementer 0x99, part 0x124");
}

Test(host_cpu, the_last_kind_of_core_may_fill_the_room_but_for_two_bytes)
{
    char name[200];
    scratch_file("proc/cpuinfo", "CPU implementer : 0x99\nCPU part : 0x123\n\n");
    scratch_file(ONLINE, "0-3\n");
    midr(0, "0x00000000990f1230\n");
    midr(1, "0x00000000990f1240\n");
    midr(2, "0x00000000611f0231\n");
    midr(3, "0x00000000c00fac90\n");
    host_cpu_model(name, sizeof name);
    cr_expect_eq(strlen(name), 126);
    cr_expect_str_eq(name + 126 - strlen(" + Ampere core, part 0xac9"),
                     " + Ampere core, part 0xac9");
    midr(2, "0x00000000410f0010\n");
    midr(3, "0x00000000610f1230\n");
    host_cpu_model(name, sizeof name);
    cr_expect_str_eq(name + strlen(name) - strlen(" + Arm core, part 0x001"),
                     " + Arm core, part 0x001");
}
