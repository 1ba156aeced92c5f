/* The CPU backend through the contract of harness/contract/backend.h: every variant of every
 * operation against the oracles. */
#define _GNU_SOURCE 1 /* sched_setaffinity */

#include "cpu/backend/cpu_backend.h"
#include "cpu/backend/job.h"
#include "harness/host/host.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct backend *const cpu = &cpu_backend;

static struct device *open_cpu(int threads)
{
    struct device_request request = {.threads = threads, .libraries = "*"};
    struct failure why = {0};
    struct device *device = NULL;

    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_OK, "%s", why.text);
    return device;
}

/* The variants of libraries that are not installed here are not tested. */
static bool is_installed(const struct device *device, const struct variant *v)
{
    return cpu->library_state(device, v) != LIBRARY_ABSENT;
}

static struct job *begin_of(struct device *device, enum op op, uint64_t n, enum element element)
{
    struct problem p = {.op = op, .n = n, .seed = 1, .element = element};
    struct failure why = {0};
    struct job *job = NULL;

    struct plan plan;
    cpu->plan(device, NULL, &p, &plan);
    cr_assert_eq(cpu->begin(device, &plan, &job, &why), STATUS_OK, "%s", why.text);
    return job;
}

static struct job *begin_job(struct device *device, enum op op, uint64_t n)
{
    return begin_of(device, op, n, ELEMENT_F32);
}

static void load_variant(struct job *job, const struct variant *v)
{
    struct failure why = {0};

    cr_assert_eq(cpu->load(job, v, &why), STATUS_OK, "%s", why.text);
}

static const struct variant *find_variant(enum op op, const char *name)
{
    for (size_t i = 0; i < cpu->variant_count; i++)
        if (cpu->variants[i].op == op && !strcmp(cpu->variants[i].name, name))
            return &cpu->variants[i];
    cr_assert_fail("no %s/%s", op_name(op), name);
    return NULL;
}

/* |got - want| relative to scale, NaN failing. */
static void expect_near(const struct variant *v, uint64_t n, const char *what, double got,
                        double want, double scale)
{
    const double limit = element_of(v->arithmetic) == ELEMENT_F64 ? 1e-14 : 1e-6;
    cr_expect(fabs(got - want) <= limit * scale, "%s/%s n %llu %s: %.17g, want %.17g",
              op_name(v->op), v->name, (unsigned long long)n, what, got, want);
}

static double wanted_sum(struct job *job, enum op op, size_t n)
{
    long double *columns = malloc(n * sizeof *columns), sum = 0;

    cr_assert(columns);
    cr_assert_eq(cpu->oracle_column_sums(job, columns, NULL), STATUS_OK);
    for (size_t k = 0; k < n; k++)
        sum += op == OP_REDUCE ? columns[k] : columns[k] * columns[k];
    free(columns);
    return (double)sum;
}

static void expect_c(struct job *job, const struct variant *v, size_t n)
{
    long double *columns = malloc(n * sizeof *columns), *want = malloc(n * sizeof *want);
    long double *got = malloc(n * sizeof *got), *dots = malloc(n * n * sizeof *dots);
    double *c = malloc(n * n * sizeof *c);
    struct entry *entries = malloc(n * n * sizeof *entries);

    cr_assert(columns && want && got && dots && c && entries);
    for (size_t i = 0; i < n * n; i++)
        entries[i] = (struct entry){(uint32_t)(i / n), (uint32_t)(i % n)};
    cr_assert_eq(cpu->oracle_column_sums(job, columns, NULL), STATUS_OK);
    cr_assert_eq(cpu->oracle_a_times(job, columns, want, NULL), STATUS_OK);
    cr_assert_eq(cpu->c_row_sums(job, got, NULL), STATUS_OK);
    for (size_t i = 0; i < n; i++)
        expect_near(v, n, "row sum", (double)got[i], (double)want[i], (double)want[i]);
    cr_assert_eq(cpu->oracle_dots(job, entries, n * n, dots, NULL), STATUS_OK);
    cr_assert_eq(cpu->c_entries(job, entries, n * n, c, NULL), STATUS_OK);
    for (size_t i = 0; i < n * n; i++)
        expect_near(v, n, "entry", c[i], (double)dots[i], (double)dots[i]);
    free(columns);
    free(want);
    free(got);
    free(dots);
    free(c);
    free(entries);
}

static void expect_right(struct device *device, const struct variant *v, uint64_t n)
{
    struct job *job = begin_of(device, v->op, n, element_of(v->arithmetic));
    struct sample sample;
    double sum, want = wanted_sum(job, v->op, (size_t)n);

    load_variant(job, v);
    cr_assert_eq(cpu->poison(job, NULL), STATUS_OK);
    cr_assert_eq(cpu->answer(job, v, &sum, NULL), STATUS_OK);
    cr_expect(isnan(sum), "%s/%s n %llu: poison does not show", op_name(v->op), v->name,
              (unsigned long long)n);
    cr_assert_eq(cpu->run(job, v, 1, &sample, NULL), STATUS_OK);
    cr_assert_eq(cpu->answer(job, v, &sum, NULL), STATUS_OK);
    expect_near(v, n, "sum", sum, want, want);
    if (v->op == OP_MATMUL)
        expect_c(job, v, (size_t)n);
    cpu->end(job);
}

Test(cpu_backend, every_variant_of_every_operation_agrees_with_the_oracles)
{
    static const uint64_t orders[] = {1, 2, 3, 5, 31, 33, 64, 65, 127, 129, 257};
    struct device *device = open_cpu(2);

    for (size_t i = 0; i < cpu->variant_count; i++) {
        const struct variant *v = &cpu->variants[i];
        struct problem p = {.op = v->op, .n = 1, .element = element_of(v->arithmetic)};
        char reason[256];
        if (!is_installed(device, v))
            continue;
        cr_assert(cpu->can_run(device, v, &p, reason, sizeof reason), "%s", reason);
        for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
            expect_right(device, v, orders[o]);
    }
    cpu->close(device);
}

Test(cpu_backend, the_oracles_agree_with_plain_loops_over_a)
{
    enum { N = 33 };
    struct device *device = open_cpu(2);
    struct job *job = begin_job(device, OP_MATMUL, N);
    struct entry entry = {32, 7};
    float a[N * N];
    long double columns[N], dot;
    double picked, want_column = 0, want_dot = 0;

    cr_assert_eq(cpu->read_a(job, a, NULL), STATUS_OK);
    cr_assert_eq(cpu->a_entries(job, &entry, 1, &picked, NULL), STATUS_OK);
    cr_expect_eq(picked, (double)a[32 * N + 7]);
    for (size_t k = 0; k < N; k++) {
        want_column += (double)a[k * N + 5];
        want_dot += (double)a[32 * N + k] * (double)a[7 * N + k];
    }
    cr_assert_eq(cpu->oracle_column_sums(job, columns, NULL), STATUS_OK);
    cr_assert_eq(cpu->oracle_dots(job, &entry, 1, &dot, NULL), STATUS_OK);
    cr_expect_float_eq((double)columns[5], want_column, 1e-12);
    cr_expect_float_eq((double)dot, want_dot, 1e-12);
    cpu->end(job);
    cpu->close(device);
}

Test(cpu_backend, an_entry_that_is_not_written_shows_as_nan)
{
    struct device *device = open_cpu(1);
    struct job *job = begin_job(device, OP_MATMUL, 65);
    struct entry corners[] = {{0, 0}, {0, 64}, {64, 0}, {64, 64}, {31, 32}};
    double c[5];
    long double rows[65];

    load_variant(job, find_variant(OP_MATMUL, "reference"));
    cr_assert_eq(cpu->poison(job, NULL), STATUS_OK);
    cr_assert_eq(cpu->c_entries(job, corners, 5, c, NULL), STATUS_OK);
    for (int i = 0; i < 5; i++)
        cr_expect(isnan(c[i]), "corner %d", i);
    cr_assert_eq(cpu->c_row_sums(job, rows, NULL), STATUS_OK);
    for (int i = 0; i < 65; i++)
        cr_expect(isnan(rows[i]), "row %d", i);
    cpu->end(job);
    cpu->close(device);
}

Test(cpu_backend, a_sample_splits_its_time_into_the_steps)
{
    struct device *device = open_cpu(1);

    for (size_t i = 0; i < cpu->variant_count; i++) {
        const struct variant *v = &cpu->variants[i];
        if (!is_installed(device, v))
            continue;
        struct job *job = begin_of(device, v->op, 200, element_of(v->arithmetic));
        struct sample sample;
        nanos steps = 0;

        load_variant(job, v);
        cr_assert_eq(cpu->run(job, v, 3, &sample, NULL), STATUS_OK);
        cr_expect_eq(sample.launches, 3);
        cr_expect_eq(sample.device_ns, sample.wall_ns);
        for (int s = 0; s < VARIANT_STEPS_MAX; s++) {
            cr_expect_eq(sample.step_ns[s] > 0, v->steps[s] != NULL, "%s step %d", v->name, s);
            steps += sample.step_ns[s];
        }
        cr_expect(steps <= sample.wall_ns && steps + VARIANT_STEPS_MAX >= sample.wall_ns);
        cpu->end(job);
    }
    cpu->close(device);
}

Test(cpu_backend, the_same_input_gives_the_same_sum_again)
{
    struct device *device = open_cpu(2);

    for (size_t i = 0; i < cpu->variant_count; i++) {
        const struct variant *v = &cpu->variants[i];
        if (!is_installed(device, v))
            continue;
        struct job *job = begin_of(device, v->op, 129, element_of(v->arithmetic));
        struct sample sample;
        double first, again;

        load_variant(job, v);
        cr_assert_eq(cpu->run(job, v, 1, &sample, NULL), STATUS_OK);
        cr_assert_eq(cpu->answer(job, v, &first, NULL), STATUS_OK);
        cr_assert_eq(cpu->run(job, v, 1, &sample, NULL), STATUS_OK);
        cr_assert_eq(cpu->answer(job, v, &again, NULL), STATUS_OK);
        cr_expect_eq(first, again, "%s/%s", op_name(v->op), v->name);
        cpu->end(job);
    }
    cpu->close(device);
}

Test(cpu_backend, a_matrix_that_does_not_fit_is_refused_in_a_sentence)
{
    static const struct {
        enum op op;
        const char *needs;
    } cases[] = {{OP_SUM_AAT, "14.6 TiB for sum-aat;"},
                 {OP_MATMUL, "29.1 TiB for matmul (A and C);"},
                 {OP_REDUCE, "14.6 TiB for reduce;"}};
    struct device *device = open_cpu(1);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct problem p = {.op = cases[i].op, .n = 2000000};
        struct failure why = {0};
        struct job *job = NULL;
        struct plan plan;
        cpu->plan(device, NULL, &p, &plan);
        cr_assert_eq(cpu->begin(device, &plan, &job, &why), STATUS_NO_MEMORY);
        cr_expect_null(job);
        cr_expect(strstr(why.text, "N = 2000000 needs"), "%s", why.text);
        cr_expect(strstr(why.text, cases[i].needs), "%s", why.text);
        cr_expect(strstr(why.text, "iB free. Choose a smaller N."), "%s", why.text);
    }
    cpu->close(device);
}

Test(cpu_backend, an_order_outside_the_limits_is_refused)
{
    static const uint64_t orders[] = {0, PROBLEM_MAX_N + 1u, UINT64_MAX};
    struct device *device = open_cpu(1);

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct problem p = {.op = OP_REDUCE, .n = orders[i]};
        struct failure why = {0};
        struct job *job = NULL;
        const struct plan plan = {.problem = p, .fits = true};
        cr_expect_eq(cpu->begin(device, &plan, &job, &why), STATUS_USAGE, "%s", why.text);
    }
    cpu->close(device);
}

Test(cpu_backend, there_is_one_cpu_device)
{
    struct device_request request = {.index = 1};
    struct device *device = NULL;
    struct failure why = {0};

    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_USAGE);
    cr_expect_str_eq(why.text, "there is no CPU device 1: all of the CPU is device 0");
}

static uint64_t planned_bytes(const struct device *device, enum op op, const char *name)
{
    const struct problem p = {.op = op, .n = 1000};
    struct plan plan;

    cpu->plan(device, name ? find_variant(op, name) : NULL, &p, &plan);
    cr_expect(plan.fits && plan.sentence[0] == '\0', "%s", plan.sentence);
    return plan.bytes;
}

Test(cpu_backend, a_plan_counts_c_only_where_it_is_stored)
{
    struct device *device = open_cpu(1);

    cr_expect_eq(planned_bytes(device, OP_SUM_AAT, NULL), 4000000);
    cr_expect_eq(planned_bytes(device, OP_SUM_AAT, "reference"), 4000000);
    cr_expect_eq(planned_bytes(device, OP_SUM_AAT, "openblas-syrk"), 8000000);
    cr_expect_eq(planned_bytes(device, OP_MATMUL, "reference"), 8000000);
    cr_expect_eq(planned_bytes(device, OP_MATMUL, NULL), 8000000);
    cpu->close(device);
}

Test(cpu_backend, auto_takes_half_the_work_where_openblas_is_there_and_the_fastest_loops_where_not)
{
    static const struct {
        enum op op;
        const char *with, *without;
    } cases[] = {{OP_SUM_AAT, "openblas-syrk", "fused-triangle"},
                 {OP_MATMUL, "openblas-syrk", "reference"},
                 {OP_REDUCE, "plain", "plain"}};
    struct device *device = open_cpu(1);

    for (int i = 0; i < 3; i++) {
        struct problem p = {.op = cases[i].op, .n = 10};
        cr_expect_str_eq(cpu->auto_variant(device, &p, ARITH_F32)->name, cases[i].with);
    }
    device->blas = NULL;
    for (int i = 0; i < 3; i++) {
        struct problem p = {.op = cases[i].op, .n = 10};
        cr_expect_str_eq(cpu->auto_variant(device, &p, ARITH_F32)->name, cases[i].without);
    }
    cpu->close(device);
}

Test(cpu_backend, without_openblas_its_variants_say_what_to_install)
{
    struct device *device = open_cpu(1);
    const struct variant *v = find_variant(OP_SUM_AAT, "openblas-sgemm");
    struct problem p = {.op = OP_SUM_AAT, .n = 10};
    struct failure why = {0};
    char reason[256];
    struct job *job;

    device->blas = NULL;
    snprintf(device->no_blas.text, sizeof device->no_blas.text, "OpenBLAS is missing");
    cr_expect_not(cpu->can_run(device, v, &p, reason, sizeof reason));
    cr_expect_str_eq(reason, "OpenBLAS is missing");
    job = begin_job(device, OP_SUM_AAT, 10);
    cr_expect_eq(cpu->load(job, v, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "OpenBLAS is missing");
    cpu->end(job);
    cpu->close(device);
}

Test(cpu_backend, a_library_that_is_missing_or_not_openblas_is_refused_in_a_sentence)
{
    const struct blas_row missing = {.title = "OpenBLAS",
                                     .files = {"libno-such-blas.so.0", "libno-such-blas.so"},
                                     .install = "apt-get install libopenblas0-pthread"};
    const struct blas_row other = {.title = "OpenBLAS", .files = {"libm.so.6"}, .install = "x"};
    struct blas blas;
    struct failure why = {0};
    bool is_absent;

    cr_expect_eq(blas_open(&missing, 1, &blas, &is_absent, &why), STATUS_FAILED);
    cr_expect(is_absent);
    cr_expect(strstr(why.text, "OpenBLAS cannot be loaded (libno-such-blas.so.0:"), "%s", why.text);
    cr_expect(strstr(why.text, "apt-get install libopenblas0-pthread"), "%s", why.text);
    cr_expect_eq(blas_open(&other, 1, &blas, &is_absent, &why), STATUS_FAILED);
    cr_expect_not(is_absent);
    cr_expect(strstr(why.text, "libm.so.6 has no cblas_sgemm"), "%s", why.text);
}

Test(cpu_backend, threads_are_the_least_of_what_is_asked_and_what_the_user_gives_openblas)
{
    static const struct {
        const char *variable;
        int asked, threads;
        const char *by;
    } cases[] = {{"", 2, 2, "request"},
                 {"1", 2, 1, "OPENBLAS_NUM_THREADS"},
                 {"8", 2, 2, "request"},
                 {"many", 3, 3, "request"},
                 {"-1", 1, 1, "request"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct facts facts = {0};
        setenv("OPENBLAS_NUM_THREADS", cases[i].variable, 1);
        struct device *device = open_cpu(cases[i].asked);
        cpu->facts(device, &facts);
        cr_expect_eq(facts_get(&facts, "cpu.threads")->integer, cases[i].threads, "case %zu", i);
        cr_expect_eq(facts_get(&facts, "blas.threads")->integer, cases[i].threads, "case %zu", i);
        cr_expect_str_eq(facts_get_text(&facts, "cpu.threads_by"), cases[i].by);
        facts_free(&facts);
        cpu->close(device);
    }
}

Test(cpu_backend, loading_openblas_leaves_the_environment_as_it_was)
{
    unsetenv("OPENBLAS_NUM_THREADS");
    cpu->close(open_cpu(1));
    cr_expect_null(getenv("OPENBLAS_NUM_THREADS"));
    setenv("OPENBLAS_NUM_THREADS", "2", 1);
    cpu->close(open_cpu(1));
    cr_expect_str_eq(getenv("OPENBLAS_NUM_THREADS"), "2");
}

/* Adds 10 mJ to a counter each millisecond, or later: 10 W at most. Never leaves the file empty. */
static void *run_counter(void *stop)
{
    FILE *file = fopen(scratch_path("sys/class/powercap/intel-rapl:0/energy_uj"), "r+");
    for (unsigned uj = 0; file && !__atomic_load_n((bool *)stop, __ATOMIC_RELAXED); uj += 10000) {
        rewind(file);
        fprintf(file, "%010u\n", uj);
        fflush(file);
        usleep(1000);
    }
    if (file)
        fclose(file);
    return NULL;
}

Test(cpu_backend, samples_have_power_and_energy_where_the_counter_can_be_read)
{
    host_set_root(scratch_make());
    scratch_file("sys/class/powercap/intel-rapl:0/name", "package-0\n");
    scratch_file("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850\n");
    scratch_file("sys/class/powercap/intel-rapl:0/energy_uj", "0000000000\n");
    struct device *device = open_cpu(1);
    struct job *job = begin_job(device, OP_SUM_AAT, 900);
    const struct variant *v = find_variant(OP_SUM_AAT, "reference");
    struct facts facts = {0};
    struct sample sample;
    bool stop = false;
    pthread_t counter;

    load_variant(job, v);
    pthread_create(&counter, NULL, run_counter, &stop);
    usleep(20000);
    cr_assert_eq(cpu->run(job, v, 2, &sample, NULL), STATUS_OK);
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    pthread_join(counter, NULL);
    cr_expect(sample.power_w > 0 && sample.power_w < 11, "%g W", sample.power_w);
    cr_expect_float_eq(sample.energy_j, sample.power_w * (double)sample.wall_ns * 1e-9, 1e-9);
    cpu->facts(device, &facts);
    cr_expect_str_eq(facts_get_text(&facts, "cpu.energy"), "powercap: package-0");
    facts_free(&facts);
    cpu->end(job);
    cpu->close(device);
    host_set_root(NULL);
    scratch_remove();
}

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

Test(cpu_backend, the_device_says_what_it_is)
{
    static const char *const texts[] = {"cpu.model",    "cpu.isa",   "cpu.threads_by",
                                        "blas.version", "blas.core", "blas.config"};
    struct device *device = open_cpu(1);
    const struct device_facts *f = cpu->device_facts(device);
    struct facts facts = {0};

    cpu->facts(device, &facts);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect(*facts_get_text(&facts, texts[i]), "%s is empty", texts[i]);
    cr_expect_str_eq(facts_get_text(&facts, "blas.name"), "OpenBLAS");
    cr_expect_str_eq(f->place, "/cpu:0");
    cr_expect(*f->name);
    cr_expect(strstr(f->summary, "OpenBLAS"), "%s", f->summary);
    cr_expect(f->peak_flops[ARITH_F32] > 1e8 && f->peak_flops[ARITH_F32] < 1e16);
    cr_expect(f->memory_free > 0 && f->memory_free <= f->memory_total);
    cr_expect_not(f->simulated);
    facts_free(&facts);
    cpu->close(device);
}
