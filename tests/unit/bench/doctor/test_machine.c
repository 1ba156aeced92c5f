/* test_machine.c - doctor's lines about CPU, OpenBLAS, container, memory and the place of results,
 * from trees of the host's files. */
#include "bench/doctor/machine.h"

#include "harness/host/host.h"
#include "tests/unit/host_tree.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 8 };
static struct doctor_line lines[LINES];
static struct doctor_sheet sheet;
static struct facts facts;
static const char *warning;

static void begin(void)
{
    static const char *const marks[] = {"KUBERNETES_SERVICE_HOST", "APPTAINER_CONTAINER",
                                        "SINGULARITY_CONTAINER", "container"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        unsetenv(marks[i]);
    sheet = (struct doctor_sheet){lines, 0, LINES};
    warning = "";
    facts_text(&facts, "cpu.model", "Abacus 3000");
    facts_text(&facts, "cpu.isa", "avx2");
    facts_text(&facts, "cpu.energy", "RAPL");
    facts_text(&facts, "blas.version", "0.3.28");
    facts_text(&facts, "blas.core", "Haswell");
    facts_text(&facts, "blas.core_by", "OpenBLAS");
    facts_text(&facts, "blas.threading", "pthreads");
}

static void end(void)
{
    facts_free(&facts);
}
TestSuite(doctor_machine, .init = begin, .fini = end);

static void says(size_t at, const char *what, enum doctor_state state, const char *found,
                 const char *advice)
{
    cr_assert_lt(at, sheet.count, "no line %s", what);
    cr_expect_str_eq(lines[at].what, what);
    cr_expect_eq(lines[at].state, state, "%s: %s", what, doctor_word(lines[at].state));
    cr_expect_str_eq(lines[at].found, found);
    cr_expect_str_eq(lines[at].advice, advice);
}

#define V2(cpus)                                                                                   \
    {"proc/self/cgroup", "0::/\n"}, {"proc/self/mountinfo", V2_MOUNTS},                            \
        {"sys/fs/cgroup/cpu.max", cpus " 100000\n"}, {"sys/devices/system/cpu/online", "0-4095\n"}

/* The lines about the CPU on a host with these files, and its limit. */
static struct cpu_limit look_at_cpu(const struct file *files)
{
    sheet.count = 0;
    host_tree_make(files);
    cpu_doctor(&sheet, &facts, warning);
    const struct cpu_limit limit = host_cpu_limit();
    host_tree_remove();
    return limit;
}
#define CPU(...) look_at_cpu((const struct file[]){__VA_ARGS__, {NULL, NULL}})

static const char *cpu_text(struct cpu_limit limit, const char *quota)
{
    static char text[160];
    snprintf(text, sizeof text, "Abacus 3000, avx2, %d of %d CPUs (%s%s)", limit.threads,
             limit.cores, limit.by, quota);
    return text;
}

Test(doctor_machine, a_quota_of_less_than_the_threads_is_a_warning)
{
    static const char advice[] =
        "the quota stops the threads now and then, and times vary: give whole CPUs";
    struct cpu_limit limit = CPU(V2("50000"));
    cr_expect_eq(limit.threads, 1);
    says(0, "cpu", DOCTOR_WARN, cpu_text(limit, " of 0.5"), advice);
    limit = CPU(V2("100000"));
    says(0, "cpu", DOCTOR_OK, cpu_text(limit, ""), "");
    limit = CPU(V2("max"));
    says(0, "cpu", DOCTOR_OK, cpu_text(limit, ""), "");
    says(1, "cpu energy", DOCTOR_OK, "RAPL", "");
    says(2, "OpenBLAS", DOCTOR_OK, "0.3.28, Haswell, pthreads", "");
    cr_expect_eq(sheet.count, 3, "a product that was not timed has no line");
}

Test(doctor_machine, a_slow_product_is_excused_by_a_quota_that_stops_its_threads)
{
    facts_real(&facts, "cpu.peak_f32_flops", 1e12);
    facts_real(&facts, "doctor.gemm_flops", 1e11);
    facts_integer(&facts, "doctor.gemm_n", 1000);
    CPU(V2("50000"));
    says(3, "sgemm", DOCTOR_OK, "100.0 GFLOP/s, 10 % of the measured multiply-adds, N = 1000", "");
    CPU(V2("100000"));
    cr_assert_eq(sheet.count, 4);
    cr_expect_eq(lines[3].state, DOCTOR_WARN);
}

Test(doctor_machine, an_openblas_whose_kernels_the_user_named_says_so)
{
    facts_text(&facts, "blas.core_by", "OPENBLAS_CORETYPE");
    CPU({"etc/none", ""});
    says(2, "OpenBLAS", DOCTOR_OK, "0.3.28, Haswell (OPENBLAS_CORETYPE), pthreads", "");
}

Test(doctor_machine, each_warning_is_a_line_of_openblas_or_of_the_threads)
{
    facts_integer(&facts, "cpu.threads", 4);
    facts_text(&facts, "cpu.threads_by", "--threads");
    warning = "4 threads on 2 CPUs";
    CPU({"etc/none", ""});
    says(2, "threads", DOCTOR_WARN, "4 (--threads)", "4 threads on 2 CPUs");
    says(3, "OpenBLAS", DOCTOR_OK, "0.3.28, Haswell, pthreads", "");
    cr_expect_eq(sheet.count, 4);
    warning = "OpenBLAS is old\n4 threads on 2 CPUs";
    CPU({"etc/none", ""});
    says(2, "OpenBLAS", DOCTOR_WARN, "0.3.28, Haswell, pthreads", "OpenBLAS is old");
    says(3, "threads", DOCTOR_WARN, "4 (--threads)", "4 threads on 2 CPUs");
    cr_expect_eq(sheet.count, 4, "no second line of OpenBLAS");
}

Test(doctor_machine, where_there_is_no_openblas_it_says_what_to_install)
{
    static const char advice[] = "install libopenblas0-pthread; the reference loops run without it";
    facts_free(&facts);
    CPU({"etc/none", ""});
    says(2, "OpenBLAS", DOCTOR_WARN, "not found", advice);
    warning = "without OpenBLAS it is slow";
    CPU({"etc/none", ""});
    says(2, "threads", DOCTOR_WARN, "0 ()", "without OpenBLAS it is slow");
    says(3, "OpenBLAS", DOCTOR_WARN, "not found", advice);
    cr_expect_eq(sheet.count, 4);
}

/* The lines about the machine, and the text of its limits: "2 of 4096 CPUs". */
static const char *look_at_machine(const struct file *files)
{
    static char cpus[64];
    sheet.count = 0;
    host_tree_make(files);
    machine_doctor(&sheet, &facts);
    const struct cpu_limit limit = host_cpu_limit();
    snprintf(cpus, sizeof cpus, "%d of %d CPUs", limit.threads, limit.cores);
    host_tree_remove();
    return cpus;
}
#define MACHINE(...) look_at_machine((const struct file[]){__VA_ARGS__, {NULL, NULL}})

Test(doctor_machine, a_container_is_told_with_its_limits)
{
    char text[160];
    MACHINE({"proc/meminfo", MEMINFO});
    says(0, "container", DOCTOR_OK, "none", "");
    says(1, "memory", DOCTOR_OK, "8.0 GiB available (host)", "");
    cr_expect_eq(sheet.count, 2);
    facts_text(&facts, "container.cgroup_version", "v2");
    snprintf(text, sizeof text, "docker, cgroup v2, %s, no memory limit",
             MACHINE(V2("50000"), {".dockerenv", "-"}));
    says(0, "container", DOCTOR_OK, text, "");
    facts_integer(&facts, "host.limits.memory", INT64_C(3) << 30);
    snprintf(
        text, sizeof text, "podman, cgroup v2, %s, 3.0 GiB, seccomp filter",
        MACHINE(V2("50000"), {"run/.containerenv", "-"}, {"proc/self/status", "Seccomp:\t2\n"}));
    says(0, "container", DOCTOR_OK, text, "");
}

Test(doctor_machine, a_load_of_more_than_half_the_threads_is_a_warning)
{
    char text[64];
    MACHINE({"etc/none", ""});
    const size_t without = sheet.count;
    const int threads = host_cpu_limit().threads;
    facts_real(&facts, "host.load_1min", 0.5 * threads);
    host_set_root(NULL);
    sheet.count = 0;
    machine_doctor(&sheet, &facts);
    cr_expect_eq(sheet.count, without);
    facts_real(&facts, "host.load_1min", 0.5 * threads + 0.01);
    sheet.count = 0;
    machine_doctor(&sheet, &facts);
    cr_assert_eq(sheet.count, without + 1);
    snprintf(text, sizeof text, "%.1f on %d CPUs", 0.5 * threads + 0.01, threads);
    says(without, "load", DOCTOR_WARN, text, "other work is running: times will vary");
}

Test(doctor_machine, the_place_of_results_is_shown_and_fails_if_nothing_can_be_written_there)
{
    char path[512], text[512];
    setenv("HOME", scratch_make(), 1);
    snprintf(path, sizeof path, "%s/results", getenv("HOME"));
    results_doctor(&sheet, path);
    says(0, "results", DOCTOR_OK, "~/results", "");
    setenv("HOME", "/none", 1);
    results_doctor(&sheet, path);
    says(1, "results", DOCTOR_OK, path, "");
    scratch_remove();
    snprintf(path, sizeof path, "/proc/%0200d", 7);
    snprintf(text, sizeof text, "%.120s is not writable", path);
    results_doctor(&sheet, path);
    says(2, "results", DOCTOR_FAIL, text,
         "set GPUBENCH_RESULTS, mount a volume there, or use --no-save");
    unsetenv("HOME");
    unsetenv("XDG_DATA_HOME");
    unsetenv("GPUBENCH_RESULTS");
    results_doctor(&sheet, NULL);
    says(3, "results", DOCTOR_FAIL, "no place for them",
         "there is no place for the result: HOME is not set; name one with --results DIR, "
         "--output FILE or $GPUBENCH_RESULTS, or use --no-save");
    cr_expect_eq(sheet.count, 4);
}
