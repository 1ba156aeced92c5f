/* test_cpu_open.c - what opening the CPU says, warns of and leaves behind; and plans under a limit
 * of this process. No library is there, which makes it quick. */
#define _GNU_SOURCE 1 /* sched_setaffinity */

#include "cpu/backend/job.h"
#include "cpu/blas/room.h"
#include "cpu/chip/isa.h"
#include "harness/host/files.h"
#include "harness/host/host.h"
#include "harness/host/limits.h"
#include "tests/unit/cpu/backend/opened.h"
#include "tests/unit/cpu/blas/stand_in.h"
#include "tests/unit/scratch.h"

#include <sched.h>
#include <sys/wait.h>

static struct device *open_alone(struct device_request request)
{
    struct failure why = {.text = ""};
    struct device *device = NULL;
    unsetenv("GOTO_NUM_THREADS");
    unsetenv("OMP_NUM_THREADS");
    memset(blas_rows[BLAS_OPENBLAS].files, 0, sizeof blas_rows[0].files);
    blas_rows[BLAS_OPENBLAS].files[0] = "libno-such-blas.so";
    cr_assert_eq(cpu->open(&request, &device, &why), STATUS_OK, "%s", why.text);
    return device;
}

Test(cpu_open, a_line_says_threads_who_decided_them_vectors_and_libraries)
{
    char want[128];
    clean_environment();
    isa_limit(ISA_BASELINE);
    struct device *device = open_alone((struct device_request){.threads = 1});
    snprintf(want, sizeof want, "1 thread (request) · %s · no OpenBLAS", isa_name(ISA_BASELINE));
    cr_expect_str_eq(device->facts.summary, want);
    cr_expect_str_eq(device->facts.place, "/cpu:0");
    cr_expect_str_empty(device->facts.warning);
    cr_expect_eq(device->facts.peak_flops[ARITH_F64], device->facts.peak_flops[ARITH_F32] / 2);
    cr_expect_eq(device->facts.f64_flops, device->facts.peak_flops[ARITH_F32] / 8);
    cpu->close(device);
    cpu->close(NULL);
}

/* Twice as many threads as CPUs have the speed of as many as there are. */
Test(cpu_open, more_threads_than_cpus_run_on_those_that_there_are)
{
    const int cpus = host_cpu_limit().affinity;
    char want[64];
    clean_environment();
    struct device *device = open_alone((struct device_request){.threads = 2 * cpus});
    snprintf(want, sizeof want, "%d threads on %d CPU%s (request) · ", 2 * cpus, cpus,
             cpus == 1 ? "" : "s");
    if (host_cpu_limit().quota == 0)
        cr_expect_eq(strncmp(device->facts.summary, want, strlen(want)), 0, "%s",
                     device->facts.summary);
    cr_expect_eq(device->at_once, cpus);
    cpu->close(device);
}

Test(cpu_open, fewer_threads_than_were_asked_for_are_warned_of)
{
    clean_environment();
    setenv("OPENBLAS_NUM_THREADS", "2", 1);
    struct device *device = open_alone((struct device_request){.threads = 3});
    cr_expect_str_eq(device->facts.warning, "--threads 3: OPENBLAS_NUM_THREADS allows 2, so 2 run");
    cpu->close(device);
    device = open_alone((struct device_request){.threads = 2});
    cr_expect_str_empty(device->facts.warning);
    cr_expect_str_eq(device->threads_by, "request");
    cpu->close(device);
    setenv("OPENBLAS_NUM_THREADS", "two", 1);
    device = open_alone((struct device_request){.threads = 3});
    cr_expect_str_eq(device->facts.warning, device->bad_threads);
    cr_expect(strstr(device->bad_threads, "two"), "%s", device->bad_threads);
    cpu->close(device);
}

/* ---- where threads run */

static void needs_two_cpus(void)
{
    cpu_set_t both;
    CPU_ZERO(&both);
    CPU_SET(0, &both);
    CPU_SET(1, &both);
    clean_environment();
    if (sched_setaffinity(0, sizeof both, &both) != 0 || host_cpu_limit().affinity < 2)
        cr_skip_test("CPUs 0 and 1 are not allowed");
}

static int allowed_cpus(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

Test(cpu_open, the_caller_is_bound_as_its_threads_are_until_the_device_is_closed)
{
    needs_two_cpus();
    struct device *device = open_alone((struct device_request){.threads = 1, .is_bound = true});
    cr_expect_eq(allowed_cpus(), 1);
    cr_expect(strstr(device->facts.summary, "1 thread (request) bound · "), "%s",
              device->facts.summary);
    cpu->close(device);
    cr_expect_eq(allowed_cpus(), 2);
}

Test(cpu_open, a_device_that_is_not_bound_leaves_the_callers_cpus_alone)
{
    cpu_set_t one;
    needs_two_cpus();
    struct device *device = open_alone((struct device_request){.threads = 1});
    cr_expect_eq(allowed_cpus(), 2);
    CPU_ZERO(&one);
    CPU_SET(1, &one);
    sched_setaffinity(0, sizeof one, &one);
    cpu->close(device);
    cr_expect_eq(allowed_cpus(), 1);
}

/* Each of two CPUs is a node of its own. */
Test(cpu_open, threads_that_may_run_on_several_nodes_are_told_how_to_stay_on_one)
{
    needs_two_cpus();
    host_set_root(scratch_make());
    scratch_file("sys/devices/system/node/online", "0-1\n");
    scratch_file("sys/devices/system/node/node0/cpulist", "0\n");
    scratch_file("sys/devices/system/node/node1/cpulist", "1\n");
    struct device *device = open_alone((struct device_request){.threads = 2});
    cr_expect_str_eq(device->facts.warning,
                     "the threads may run on 2 NUMA nodes and read each other's memory, which is "
                     "slower: --bind keeps each at its own, numactl --cpunodebind=0 --membind=0 "
                     "keeps all on one");
    cpu->close(device);
    device = open_alone((struct device_request){.threads = 1});
    cr_expect_str_empty(device->facts.warning);
    cpu->close(device);
    device = open_alone((struct device_request){.threads = 2, .is_bound = true});
    cr_expect_str_empty(device->facts.warning);
    cpu->close(device);
    host_set_root(NULL);
    scratch_remove();
}

/* ---- plans */

static const char *refused(const char *variant, int threads)
{
    static struct plan plan;
    struct device d = {.threads = threads, .facts = {.memory_free = 10 << 20}};
    const struct problem p = {.op = OP_SUM_AAT, .n = 3000};
    d.facts.memory_total = d.facts.memory_free;
    cpu->plan(&d, variant ? find_variant(OP_SUM_AAT, variant) : NULL, &p, &plan);
    return plan.fits ? "fits" : plan.sentence;
}

static bool has(const char *text, const char *begin, const char *end)
{
    const char *at = strstr(text, begin);
    const bool is_right = at && strstr(at, end) && strcmp(strstr(at, end), end) == 0;
    if (!is_right)
        fprintf(stderr, "%s\n", text);
    return is_right;
}

static bool plans_name_the_limit(void)
{
    room_leave(20 << 20);
    return has(refused("reference", 1), ", of the ", " that this process may have") &&
           has(refused(NULL, 1), "Of the ",
               " that this process may have, the rest is in use: raise the limit, or choose a "
               "smaller N.") &&
           has(refused(NULL, 2), "Of the ",
               ", the rest is in use: raise the limit, take fewer threads with --threads, or "
               "choose a smaller N.");
}

Test(cpu_open, a_plan_beyond_a_limit_of_this_process_names_the_limit)
{
    struct process_limit limit;
    int ended;
    if (!host_process_limit(&limit)) {
        cr_expect(has(refused(NULL, 1), "N = 3000 needs ", " Choose a smaller N."));
        cr_expect_null(strstr(refused("reference", 1), "this process"));
    }
    if (!limits_work())
        cr_skip_test("limits of address space mean nothing here");
    const pid_t child = fork();
    if (child == 0)
        _exit(plans_name_the_limit());
    cr_assert_eq(waitpid(child, &ended, 0), child);
    cr_expect(WIFEXITED(ended) && WEXITSTATUS(ended) == 1);
}

static uint64_t planned(struct share share, enum op op, const char *variant, enum element element)
{
    struct plan plan;
    struct device d = {.threads = 1, .share = share, .facts = {.memory_free = 1 << 30}};
    const struct problem p = {.op = op, .n = 1000, .element = element};
    cpu->plan(&d, variant ? find_variant(op, variant) : NULL, &p, &plan);
    cr_expect(plan.fits, "%s", plan.sentence);
    return plan.bytes;
}

/* Of a block of sum-aat that is its own rows and a panel or two of others', and a strip of C. */
Test(cpu_open, a_plan_counts_the_rows_of_a_share_and_panels)
{
    const struct share all = {.of = 0}, second = {.begin = 1, .end = 2, .of = 4},
                       ring = {.begin = 100,
                               .end = 300,
                               .of = 1000,
                               .is_block = true,
                               .panels = 2,
                               .panel_rows = 250};
    cr_expect_eq(planned(all, OP_MATMUL, "reference", ELEMENT_F64), 2 * 8000000);
    cr_expect_eq(planned(second, OP_MATMUL, "reference", ELEMENT_F32), 4000000 + 1000000);
    cr_expect_eq(planned(second, OP_REDUCE, "plain", ELEMENT_F32), 1000000);
    cr_expect_eq(planned(ring, OP_SUM_AAT, NULL, ELEMENT_F32), (200 + 2 * 250) * 4000);
    cr_expect_eq(planned(ring, OP_SUM_AAT, "openblas-syrk", ELEMENT_F32),
                 (200 + 2 * 250 + 256) * 4000);
    isa_limit(ISA_BASELINE);
    cr_expect_eq(planned(all, OP_SUM_AAT, "fused-triangle", ELEMENT_F32) -
                     planned(all, OP_SUM_AAT, "reference", ELEMENT_F32),
                 4 * 84 * 12288 + 336 * 8);
}

Test(cpu_open, what_cannot_run_here_says_why)
{
    struct device d = {.threads = 1};
    const struct variant *v = find_variant(OP_MATMUL, "reference"); /* of float32 */
    struct problem p = {.op = OP_REDUCE, .n = 10};
    char reason[256] = "";
    cr_expect_not(cpu->can_run(&d, v, &p, reason, sizeof reason));
    cr_expect_str_eq(reason, "does matmul, not reduce");
    p = (struct problem){.op = OP_MATMUL, .n = 10, .element = ELEMENT_F64};
    cr_expect_not(cpu->can_run(&d, v, &p, reason, sizeof reason));
    cr_expect_str_eq(reason, "multiplies f32 entries: add --type f32");
    p.element = ELEMENT_F32;
    cr_expect(cpu->can_run(&d, v, &p, reason, sizeof reason));
    d.share.of = 2;
    cr_expect(cpu->can_run(&d, v, &p, reason, sizeof reason));
    p.op = OP_SUM_AAT;
    cr_expect_not(
        cpu->can_run(&d, find_variant(OP_SUM_AAT, "reference"), &p, reason, sizeof reason));
    cr_expect_str_eq(reason, "cannot be divided among ranks");
}

Test(cpu_open, a_library_is_added_by_its_file_and_has_eight_variants)
{
    struct failure why = {.text = ""};
    const size_t before = cpu->variant_count;
    cr_expect_str_eq(cpu->add_library("blis", &why), "blis");
    cr_expect_eq(cpu->variant_count, before);
    cr_expect_str_eq(cpu->add_library("libmine.so.1", &why), "mine");
    cr_expect_eq(cpu->variant_count, before + 8);
    cr_expect_str_eq(cpu->variants[before].name, "mine-ssyrk");
    cr_expect_str_eq(cpu->variants[before + 7].name, "mine-dgemm");
    cr_expect_str_eq(cpu->add_library("libmine.so.1", &why), "mine");
    cr_expect_eq(cpu->variant_count, before + 8);
    cr_expect_null(cpu->add_library("nothing", &why));
    cr_expect_eq(why.status, STATUS_USAGE);
    cr_expect_eq(cpu->variant_count, before + 8);
}
