/* test_host.c - the facts about this machine. */
#include "harness/host/cpu.h"
#include "harness/host/host.h"
#include "harness/host/limits.h"
#include "tests/unit/host_tree.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const struct file server[] = {
    {"etc/os-release", "NAME=\"x\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"},
    {"proc/cpuinfo", "processor\t: 0\nmodel name\t: AMD EPYC 9454P\nmicrocode\t: 0xa101148\n"
                     "flags\t\t: fpu sse hypervisor avx2\n\n"
                     "processor\t: 1\nmodel name\t: another\nflags\t\t: fpu\n\n"},
    {"sys/class/dmi/id/sys_vendor", "QEMU\n"},
    {"sys/class/dmi/id/product_name", "Standard PC\n"},
    {"sys/devices/system/cpu/online", "0-7\n"},
    {"sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0,4\n"},
    {"sys/devices/system/cpu/cpu0/topology/core_siblings_list", "0-1,4-5\n"},
    {"sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "1,5\n"},
    {"sys/devices/system/cpu/cpu2/topology/thread_siblings_list", "2,6\n"},
    {"sys/devices/system/cpu/cpu2/topology/core_siblings_list", "2-3,6-7\n"},
    {"sys/devices/system/cpu/cpu3/topology/thread_siblings_list", "3,7\n"},
    {"sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n"},
    {"sys/devices/system/cpu/cpufreq/boost", "1\n"},
    {"sys/devices/system/node/online", "0-1\n"},
    {"sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n"},
    {"proc/loadavg", "0.75 0.5 0.25 1/99 4242\n"},
    {"proc/meminfo", MEMINFO},
    {"proc/self/cgroup", "0::/\n"},
    {"proc/self/mountinfo", V2_MOUNTS},
    {"sys/fs/cgroup/cpu.max", "150000 100000\n"},
    {"sys/fs/cgroup/memory.max", "4294967296\n"},
    {"run/.containerenv", ""},
    {NULL, NULL}};

static void clear_container_variables(void)
{
    unsetenv("KUBERNETES_SERVICE_HOST");
    unsetenv("APPTAINER_CONTAINER");
    unsetenv("SINGULARITY_CONTAINER");
    unsetenv("container");
}

Test(host, facts_tell_what_the_files_say)
{
    static const struct {
        const char *path, *text;
    } texts[] = {
        {"host.os", "Debian GNU/Linux 12 (bookworm)"},
        {"host.cpu.model", "AMD EPYC 9454P"},
        {"host.cpu.microcode", "0xa101148"},
        {"host.virtualisation", "QEMU Standard PC"},
        {"host.cpu.governor", "performance"},
        {"host.thp", "madvise"},
        {"container.kind", "podman"},
        {"container.cgroup_version", "v2"},
        {"container.image_digest", "sha256:1234"},
    };
    static const struct {
        const char *path;
        int64_t value;
    } integers[] = {
        {"host.cpu.sockets", 2},
        {"host.cpu.cores", 4},
        {"host.cpu.smt", 1},
        {"host.cpu.threads_online", 8},
        {"host.cpu.boost", 1},
        {"host.memory.total", INT64_C(16) << 30},
        {"host.numa_nodes", 2},
        {"host.memory.available", INT64_C(4) << 30},
        {"host.limits.memory", INT64_C(4) << 30},
    };
    clear_container_variables();
    setenv("GPUBENCH_IMAGE_DIGEST", "sha256:1234", 1);
    host_tree_make(server);
    struct facts f = {0};
    host_facts(&f);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_expect_str_eq(facts_get_text(&f, texts[i].path), texts[i].text, "%s is \"%s\"",
                         texts[i].path, facts_get_text(&f, texts[i].path));
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
        const struct fact *fact = facts_get(&f, integers[i].path);
        cr_assert_not_null(fact, "%s", integers[i].path);
        cr_expect_eq(fact->integer, integers[i].value, "%s is %lld", integers[i].path,
                     (long long)fact->integer);
    }
    cr_assert_not_null(facts_get(&f, "host.load_1min"));
    cr_expect_eq(facts_get(&f, "host.load_1min")->real, 0.75);
    cr_expect_eq(strncmp(facts_get_text(&f, "host.libc"), "glibc 2.", 8), 0);
    cr_assert_not_null(facts_get(&f, "host.limits.cpu_quota"));
    cr_expect_eq(facts_get(&f, "host.limits.cpu_quota")->real, 1.5);
    facts_free(&f);
    host_tree_remove();
}

Test(host, what_cannot_be_read_is_left_out)
{
    static const struct file nothing[] = {{NULL, NULL}};
    struct rlimit data;
    getrlimit(RLIMIT_DATA, &data);
    data.rlim_cur = data.rlim_max; /* a limit of the shell would be read */
    setrlimit(RLIMIT_DATA, &data);
    clear_container_variables();
    unsetenv("GPUBENCH_IMAGE_DIGEST");
    host_tree_make(nothing);
    struct facts f = {0};
    host_facts(&f);
    static const char *const absent[] = {"host.os",
                                         "host.cpu.model",
                                         "host.cpu.cores",
                                         "host.memory.total",
                                         "host.numa_nodes",
                                         "host.memory.available",
                                         "host.thp",
                                         "host.load_1min",
                                         "container.kind",
                                         "host.limits.cpu_quota",
                                         "host.limits.memory",
                                         "container.image_digest",
                                         "container.cgroup_version",
                                         "host.virtualisation"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        cr_expect_null(facts_get(&f, absent[i]), "%s", absent[i]);
    cr_expect_not_null(facts_get(&f, "host.kernel"), "uname needs no file");
    facts_free(&f);
    host_tree_remove();
}

Test(host, a_machine_is_told_from_others_of_its_name_by_a_digest_of_its_id)
{
    static const char *const ids[] = {"b08dfa6083e7567a1921a715000001fb\n",
                                      "b08dfa6083e7567a1921a715000001fc\n"};
    static const char *const none[] = {"", "uninitialized\n", "00000000000000000000000000000000\n"};
    char digests[3][64];
    for (size_t i = 0; i < 3; i++) {
        const struct file files[] = {{"etc/machine-id", ids[i % 2]},
                                     {"sys/class/dmi/id/product_name", "Standard PC\n"},
                                     {NULL, NULL}};
        host_tree_make(files);
        setenv("GPUBENCH_HOST", i ? "b" : "a", 1);
        struct facts f = {0};
        host_facts(&f);
        snprintf(digests[i], sizeof digests[i], "%s", facts_get_text(&f, "host.machine"));
        for (size_t k = 0; k < f.count; k++)
            cr_expect(f.list[k].type != FACT_TEXT || !strstr(f.list[k].text, "b08dfa6083e7"),
                      "%s has the id itself", f.list[k].path);
        facts_free(&f);
        host_tree_remove();
    }
    unsetenv("GPUBENCH_HOST");
    cr_expect_eq(strlen(digests[0]), 16);
    cr_expect_str_neq(digests[0], digests[1]);
    cr_expect_str_eq(digests[0], digests[2], "another name, the same machine");
    for (size_t i = 0; i < 3; i++) {
        const struct file files[] = {{"etc/machine-id", none[i]}, {NULL, NULL}};
        host_tree_make(files);
        struct facts f = {0};
        host_facts(&f);
        cr_expect_null(facts_get(&f, "host.machine"), "\"%s\" is no id", none[i]);
        facts_free(&f);
        host_tree_remove();
    }
}

/* Documents of a machine are found by this digest, so it stays what it is: of gpubench-machine/1,
 * the id and the DMI's names, each with its zero byte. */
Test(host, the_digest_of_a_machine_stays_the_same)
{
    static const struct file files[] = {{"etc/machine-id", "b08dfa6083e7567a1921a715000001fb\n"},
                                        {"sys/class/dmi/id/sys_vendor", "QEMU\n"},
                                        {"sys/class/dmi/id/product_name", "Standard PC\n"},
                                        {NULL, NULL}};
    host_tree_make(files);
    struct facts f = {0};
    host_facts(&f);
    cr_expect_str_eq(facts_get_text(&f, "host.machine"), "0bab094d3c013cc2");
    facts_free(&f);
    host_tree_remove();
}

#define EXPECT(path, value)                                                                        \
    cr_expect(facts_get(&f, path) && facts_get(&f, path)->integer == (value), "%s", path)

Test(host, a_machine_of_one_processor_and_of_few_files_is_described_too)
{
    static const struct file files[] = {
        {"usr/lib/os-release", "ID=x\nPRETTY_NAME='Small Linux'\n"},
        {"sys/devices/system/cpu/online", "0\n"},
        {"sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0\n"},
        {"sys/devices/system/cpu/cpu0/topology/core_siblings_list", "0\n"},
        {"sys/devices/system/node/online", "0\n"},
        {"proc/meminfo", MEMINFO},
        {"proc/self/cgroup", "0::/\n"},
        {"proc/self/mountinfo", V2_MOUNTS},
        {"sys/fs/cgroup/memory.max", "17179869184\n"}, /* all of it */
        {NULL, NULL}};
    host_tree_make(files);
    struct facts f = {0};
    host_facts(&f);
    cr_expect_str_eq(facts_get_text(&f, "host.os"), "Small Linux");
    EXPECT("host.cpu.sockets", 1);
    EXPECT("host.cpu.cores", 1);
    EXPECT("host.cpu.threads_online", 1);
    EXPECT("host.cpu.smt", 0);
    EXPECT("host.numa_nodes", 1);
    EXPECT("host.memory.total", INT64_C(16) << 30);
    cr_expect_null(facts_get(&f, "host.limits.memory"), "it limits nothing");
    cr_expect_not_null(facts_get(&f, "host.numa_node"), "a system call needs no file");
    facts_free(&f);
    host_tree_remove();
}

#define ARM(implementer, part)                                                                        \
    {"proc/cpuinfo",                                                                                  \
     "processor\t: 0\nBogoMIPS\t: 2000.00\nFeatures\t: fp asimd sve\nCPU implementer\t: " implementer \
     "\nCPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: " part "\nCPU revision\t: 0\n\n"}
#define MIDR(cpu, value)                                                                           \
    {"sys/devices/system/cpu/cpu" cpu "/regs/identification/midr_el1", value "\n"}

static const struct {
    const char *model;
    struct file files[6];
} arms[] = {
    {"Arm Neoverse V2 (NVIDIA Grace)",
     {ARM("0x41", "0xd4f"),
      {"sys/devices/soc0/soc_id", "jep106:036b:0241\n"},
      {"sys/class/dmi/id/sys_vendor", "Supermicro\n"},
      {"sys/devices/system/cpu/online", "0-1\n"},
      MIDR("0", "0x00000000410fd4f0"),
      MIDR("1", "0x00000000410fd4f0")}},
    {"Arm Neoverse V1 (AWS Graviton3)",
     {ARM("0x41", "0xd40"), {"sys/class/dmi/id/sys_vendor", "Amazon EC2\n"}}},
    {"Arm Neoverse V2 (AWS Graviton4)",
     {ARM("0x41", "0xd4f"), {"sys/class/dmi/id/sys_vendor", "Amazon EC2\n"}}},
    {"Arm Neoverse V2", {ARM("0x41", "0xd4f"), {"sys/class/dmi/id/sys_vendor", "QEMU\n"}}},
    {"Arm Cortex-A78AE (NVIDIA Jetson AGX Orin Developer Kit)",
     {ARM("0x41", "0xd42"), {"proc/device-tree/model", "NVIDIA Jetson AGX Orin Developer Kit"}}},
    {"NVIDIA Carmel (Jetson-AGX)",
     {ARM("0x4e", "0x004"), {"proc/device-tree/model", "Jetson-AGX"}}},
    {"Arm Cortex-A76 (Raspberry Pi 5 Model B Rev 1.0)",
     {ARM("0x41", "0xd0b"), {"proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0"}}},
    {"Arm Neoverse N1 (Ampere Altra)",
     {ARM("0x41", "0xd0c"),
      {"sys/devices/soc0/soc_id", "jep106:0a16:0001\n"},
      {"sys/class/dmi/id/sys_vendor", "GIGABYTE\n"}}},
    {"Apple M1 Icestorm + Apple M1 Firestorm (Apple MacBook Air (M1, 2020))",
     {ARM("0x61", "0x022"),
      {"proc/device-tree/model", "Apple MacBook Air (M1, 2020)"},
      {"sys/devices/system/cpu/online", "0-1\n"},
      MIDR("0", "0x00000000611f0221"),
      MIDR("1", "0x00000000611f0231")}},
    {"Arm Cortex-A725 + Arm Cortex-X925 (NVIDIA GB10)",
     {ARM("0x41", "0xd87"),
      {"sys/class/dmi/id/sys_vendor", "NVIDIA\n"},
      {"sys/devices/system/cpu/online", "0-2\n"},
      MIDR("0", "0x00000000410fd871"),
      MIDR("1", "0x00000000410fd851"),
      MIDR("2", "0x00000000410fd851")}},
    {"Apple M1 Firestorm", {ARM("0x61", "0x023")}},
    {"Ampere core, part 0xac9", {ARM("0xc0", "0xac9")}},
    {"Arm core, implementer 0x99, part 0x123", {ARM("0x99", "0x123")}},
};

Test(host, an_arm_processor_is_named_by_its_numbers_and_what_was_made_of_it)
{
    for (size_t i = 0; i < sizeof arms / sizeof *arms; i++) {
        struct file files[7] = {{NULL, NULL}};
        memcpy(files, arms[i].files, sizeof arms[i].files);
        host_tree_make(files);
        struct facts f = {0};
        host_facts(&f);
        cr_expect_str_eq(facts_get_text(&f, "host.cpu.model"), arms[i].model);
        cr_expect_null(facts_get(&f, "host.virtualisation"), "no flag tells");
        facts_free(&f);
        host_tree_remove();
    }
}

Test(host, a_machine_without_the_hypervisor_flag_is_not_virtual)
{
    static const struct file files[] = {{"proc/cpuinfo", "flags : fpu nohypervisorx sse\n\n"},
                                        {"sys/devices/system/cpu/intel_pstate/no_turbo", "0\n"},
                                        {NULL, NULL}};
    host_tree_make(files);
    struct facts f = {0};
    host_facts(&f);
    cr_expect_str_eq(facts_get_text(&f, "host.virtualisation"), "none");
    cr_assert_not_null(facts_get(&f, "host.cpu.boost"));
    cr_expect_eq(facts_get(&f, "host.cpu.boost")->integer, 1);
    facts_free(&f);
    host_tree_remove();
}

Test(host, the_first_name_of_a_processor_counts)
{
    static const struct file files[] = {{"proc/cpuinfo", "model name\t: A\ncpu\t: B\n\n"},
                                        {NULL, NULL}};
    char name[16];
    host_tree_make(files);
    host_cpu_model(name, sizeof name);
    cr_expect_str_eq(name, "A");
    host_tree_remove();
}

Test(host, containers_are_known_by_their_marks)
{
    static const struct {
        struct file files[2];
        const char *variable, *kind;
    } cases[] = {
        {{{".dockerenv", ""}}, NULL, "docker"},
        {{{"run/.containerenv", ""}}, NULL, "podman"},
        {{{".dockerenv", ""}}, "KUBERNETES_SERVICE_HOST", "kubernetes"},
        {{{"run/secrets/kubernetes.io/x", ""}}, NULL, "kubernetes"},
        {{{"proc/self/cgroup", "4:memory:/kubepods/burstable/pod1/abc\n"}}, NULL, "kubernetes"},
        {{{"proc/self/cgroup", "0::/system.slice/docker-0123.scope\n"}}, NULL, "docker"},
        {{{"proc/self/cgroup", "0::/machine.slice/libpod-0123.scope\n"}}, NULL, "podman"},
        {{{"proc/self/cgroup", "0::/system.slice/docker.service\n"}}, NULL, NULL},
        {{{NULL, NULL}}, "container", "container"},
        {{{NULL, NULL}}, "APPTAINER_CONTAINER", "container"},
        {{{NULL, NULL}}, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        clear_container_variables();
        if (cases[i].variable)
            setenv(cases[i].variable, "x", 1);
        host_tree_make(cases[i].files);
        const char *kind = host_container();
        cr_expect_str_eq(kind ? kind : "none", cases[i].kind ? cases[i].kind : "none",
                         "case %zu: %s", i, kind ? kind : "none");
        host_tree_remove();
    }
}

Test(host, variables_that_change_speed_are_recorded_and_secrets_are_not)
{
    setenv("OPENBLAS_NUM_THREADS", "3", 1);
    setenv("GPUBENCH_HOST", "node-7", 1);
    setenv("GOMP_CPU_AFFINITY", "0-3", 1);
    setenv("NVIDIA_VISIBLE_DEVICES", "all", 1);
    setenv("NVIDIA_API_KEY", "not for others", 1);
    setenv("CUDA_registry_token", "not for others", 1);
    static const char *const others[] = {"NVIDIA_NGC_CREDS", "CUDA_PAT",         "OMP_PWD",
                                         "MKL_SESSION",      "NVIDIA_SIGNATURE", "CUDA_PASSPHRASE",
                                         "OPENBLAS_URL",     "CUBLAS_ANYTHING"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        setenv(others[i], "not for others", 1);
    setenv("CUDA_CACHE_PATH", "https://me:password@host/cache", 1);
    setenv("HOMEBREW", "x", 1);
    struct facts f = {0};
    host_facts(&f);
    cr_expect_str_eq(facts_get_text(&f, "host.name"), "node-7");
    cr_expect_str_eq(facts_get_text(&f, "env.OPENBLAS_NUM_THREADS"), "3");
    cr_expect_null(facts_get(&f, "env.CUDA_CACHE_PATH"));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char path[64];
        snprintf(path, sizeof path, "env.%s", others[i]);
        cr_expect_null(facts_get(&f, path), "%s", path);
    }
    cr_expect_str_eq(facts_get_text(&f, "env.GOMP_CPU_AFFINITY"), "0-3");
    cr_expect_str_eq(facts_get_text(&f, "env.NVIDIA_VISIBLE_DEVICES"), "all");
    for (size_t i = 0; i < f.count; i++) {
        cr_expect_neq(f.list[i].type == FACT_TEXT && !strcmp(f.list[i].text, "not for others"), 1,
                      "%s", f.list[i].path);
        cr_expect_str_neq(f.list[i].path, "env.HOMEBREW");
    }
    facts_free(&f);
}

Test(host, this_machine_has_sensible_numbers_and_is_described_in_five_milliseconds)
{
    clock_t best = CLOCKS_PER_SEC; /* of processor time: others may be busy here */
    for (int i = 0; i < 10; i++) {
        struct facts f = {0};
        const clock_t start = clock();
        host_facts(&f);
        const clock_t taken = clock() - start;
        best = taken < best ? taken : best;
        facts_free(&f);
    }
    cr_expect_lt(best, 5 * CLOCKS_PER_SEC / 1000, "%ld µs", (long)best);

    const struct cpu_limit l = host_cpu_limit();
    cr_expect(l.threads >= 1 && l.threads <= l.cores && l.threads <= l.affinity);
    const uint64_t memory = host_memory_available(NULL);
    cr_expect(memory > 1 << 20 && memory < UINT64_C(1) << 50, "%llu", (unsigned long long)memory);
}
