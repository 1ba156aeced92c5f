/* test_trial.c - doctor's small job on a backend in host memory: its line, and what it says of a
 * job that fails or computes nonsense. */
#include "bench/doctor/trial.h"

#include "harness/base/interrupt.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { OWN, REDUCE, HALF, GEMM, LATER_GEMM, SYRK, COUNT };
static const struct variant table[COUNT] = {
    [OWN] = {.op = OP_SUM_AAT, .name = "own", .steps = {"matmul + sum"}},
    [REDUCE] = {.op = OP_REDUCE, .name = "library-reduce", .library = true},
    [HALF] = {.op = OP_MATMUL, .name = "half", .arithmetic = ARITH_F16, .library = true},
    [GEMM] = {.op = OP_MATMUL, .name = "gemm", .library = true},
    [LATER_GEMM] = {.op = OP_MATMUL, .name = "later-gemm", .library = true},
    [SYRK] = {.op = OP_MATMUL, .name = "syrk", .library = true, .symmetric = true},
};
static struct backend backend;
static struct doctor_line lines[2];
static struct doctor_sheet sheet;
static struct facts facts;
static struct device_facts device_facts, known;
static enum fake_fault fault;

/* How each call ends, the variants that run, and what was called. */
static enum status opens, begins, loads, runs_as, references;
static bool has_choice, can[COUNT];
static nanos opened_at, closed_at;
static int opened, closed;

/* Of products: the times of their runs, the last of which goes on; the calls, as "1000 gemm". */
static const nanos *times;
static bool is_interrupted;
static char calls[400];
static const struct problem *planned;

static enum status open_device(const struct device_request *request, struct device **device,
                               struct failure *why)
{
    cr_expect_eq(request->index, 0);
    opened_at = clock_now();
    *device = NULL;
    opened++;
    return opens == STATUS_OK ? STATUS_OK : fail(why, opens, "it does not open: plug it in");
}

static void close_device(struct device *device)
{
    (void)device;
    closed++;
    closed_at = clock_now();
}

static const struct device_facts *facts_of(const struct device *device)
{
    (void)device;
    return &device_facts;
}

static void add_facts(const struct device *device, struct facts *to)
{
    (void)device;
    facts_text(to, "device.name", "Example");
}

static const struct variant *choose(const struct device *device, const struct problem *p,
                                    enum arithmetic arithmetic)
{
    (void)device;
    cr_expect(p->op == OP_SUM_AAT && p->n == 256 && arithmetic == ARITH_F32);
    return has_choice ? &table[OWN] : NULL;
}

static bool can_run(const struct device *device, const struct variant *v, const struct problem *p,
                    char *reason, size_t bytes)
{
    (void)device, (void)p;
    snprintf(reason, bytes, "it is missing");
    return can[v - table];
}

static void plan(const struct device *device, const struct variant *v, const struct problem *p,
                 struct plan *out)
{
    (void)device, (void)v;
    *out = (struct plan){.problem = *p, .fits = true};
}

static enum status begin(struct device *device, const struct plan *to, struct job **job,
                         struct failure *why)
{
    (void)device;
    if (begins != STATUS_OK)
        return fail(why, begins, "no memory");
    struct problem p = to->problem;
    p.n = p.op == OP_MATMUL ? 1 : p.n; /* products are not computed */
    *job = fake_job(p, fault, (struct entry){5, 3});
    static struct problem last;
    last = to->problem;
    planned = &last;
    return STATUS_OK;
}

static enum status load(struct job *job, const struct variant *v, struct failure *why)
{
    (void)job, (void)v;
    return loads == STATUS_OK ? STATUS_OK : fail(why, loads, "it does not load");
}

static enum status run(struct job *job, const struct variant *v, unsigned launches,
                       struct sample *sample, struct failure *why)
{
    if (v->op != OP_MATMUL)
        return runs_as == STATUS_OK ? fake_backend.run(job, v, launches, sample, why)
                                    : fail(why, runs_as, "it does not run");
    const size_t used = strlen(calls);
    snprintf(calls + used, sizeof calls - used, "%s%d %s", used ? ", " : "", (int)planned->n,
             v->name);
    sample->wall_ns = *times;
    times += times[1] > 0;
    if (is_interrupted)
        interrupt_request(SIGINT);
    return sample->wall_ns > 1 ? STATUS_OK : fail(why, STATUS_FAILED, "it does not run");
}

static enum status a_entries(struct job *job, const struct entry *e, size_t count, double *out,
                             struct failure *why)
{
    return references == STATUS_OK ? fake_backend.a_entries(job, e, count, out, why)
                                   : fail(why, references, "A cannot be read");
}

static void start(void)
{
    backend = fake_backend;
    backend.variants = table;
    backend.variant_count = COUNT;
    backend.open = open_device;
    backend.close = close_device;
    backend.device_facts = facts_of;
    backend.facts = add_facts;
    backend.auto_variant = choose;
    backend.can_run = can_run;
    backend.plan = plan;
    backend.begin = begin;
    backend.load = load;
    backend.run = run;
    backend.a_entries = a_entries;
    device_facts = (struct device_facts){.warning = "it is slow\nand old"};
    sheet = (struct doctor_sheet){.line = lines, .max = 2};
    has_choice = true;
    for (size_t i = 0; i < COUNT; i++)
        can[i] = i != LATER_GEMM;
}

static void end(void)
{
    facts_free(&facts);
}
TestSuite(doctor_trial, .init = start, .fini = end);

static double unit_of(const char *name)
{
    return strcmp(name, "s") == 0 ? 1 : strcmp(name, "ms") == 0 ? 1e-3 : 1e-6;
}

Test(doctor_trial, a_job_that_is_verified_is_a_line_with_the_time_of_all_of_it)
{
    double taken = 0;
    char unit[8] = "";
    int read = 0;
    const nanos before = clock_now();
    cr_assert_eq(trial_of(&sheet, &backend, &facts, &known), STATUS_OK, "%s", lines[0].advice);
    const nanos after = clock_now();
    cr_assert_eq(sheet.count, 1);
    cr_expect_str_eq(lines[0].what, "fake trial");
    cr_expect_eq(lines[0].state, DOCTOR_OK);
    cr_expect_str_empty(lines[0].advice);
    sscanf(lines[0].found, "sum-aat/f32/own, N = 256: verified, %lf %7s in all%n", &taken, unit,
           &read);
    cr_expect(read > 0 && lines[0].found[read] == '\0', "%s", lines[0].found);
    taken *= unit_of(unit);
    cr_expect_geq(taken, 0.999 * (double)(closed_at - opened_at) * 1e-9);
    cr_expect_leq(taken, 1.001 * (double)(after - before) * 1e-9);
    cr_expect_eq(closed, 1);
    cr_expect_str_eq(facts_get_text(&facts, "device.name"), "Example");
    cr_expect_str_eq(facts_get_text(&facts, "warning"), "it is slow and old");
    cr_expect_str_eq(known.warning, "it is slow\nand old");
    cr_expect_null(facts_get(&facts, "doctor.gemm_n"), "only the CPU's library is timed");
    cr_expect_str_empty(calls);
}

/* The only line, of a trial that ends so. */
static void expect_failure(enum status status, const char *found, const char *advice)
{
    sheet.count = 0;
    cr_expect_eq(trial_of(&sheet, &backend, &facts, &known), status);
    cr_assert_eq(sheet.count, 1);
    cr_expect_eq(lines[0].state, DOCTOR_FAIL);
    cr_expect_str_eq(lines[0].found, found);
    cr_expect_eq(strncmp(lines[0].advice, advice, strlen(advice)), 0, "%s", lines[0].advice);
    cr_expect_eq(closed, opened);
}

Test(doctor_trial, each_step_that_fails_is_told_with_its_reason)
{
    has_choice = false;
    expect_failure(STATUS_FAILED, "sum-aat/f32", "no f32 variant of sum-aat can run");
    has_choice = true;
    begins = STATUS_NO_MEMORY;
    expect_failure(STATUS_NO_MEMORY, "sum-aat/f32/own", "no memory");
    begins = STATUS_OK;
    loads = STATUS_FAILED;
    expect_failure(STATUS_FAILED, "sum-aat/f32/own", "it does not load");
    loads = STATUS_OK;
    runs_as = STATUS_LOST;
    expect_failure(STATUS_LOST, "sum-aat/f32/own", "it does not run");
    runs_as = STATUS_OK;
    references = STATUS_FAILED;
    expect_failure(STATUS_FAILED, "sum-aat/f32/own", "A cannot be read");
    references = STATUS_OK;
    fault = FAULT_NO_ANSWER;
    expect_failure(STATUS_FAILED, "sum-aat/f32/own", "no answer from own");
    fault = FAULT_NAN_ENTRY;
    expect_failure(STATUS_WRONG, "sum-aat/f32/own", "wrong result: ");
}

Test(doctor_trial, a_device_that_does_not_open_is_a_line_unless_there_is_none)
{
    opens = STATUS_FAILED;
    cr_expect_eq(trial_of(&sheet, &backend, &facts, &known), STATUS_FAILED);
    cr_assert_eq(sheet.count, 1);
    cr_expect_str_eq(lines[0].found, "does not open");
    cr_expect_str_eq(lines[0].advice, "it does not open: plug it in");
    opens = STATUS_NO_DEVICE;
    sheet.count = 0;
    cr_expect_eq(trial_of(&sheet, &backend, &facts, &known), STATUS_NO_DEVICE);
    cr_expect_eq(sheet.count, 0);
    cr_expect_eq(facts.count, 0);
    cr_expect_eq(closed, 0);
}

/* Times a library's product on the CPU, and returns the order of the fastest, or 0. */
static int timed(const nanos *list, double *flops)
{
    times = list;
    calls[0] = '\0';
    backend.name = "cpu";
    facts_free(&facts);
    cr_expect_eq(trial_of(&sheet, &backend, &facts, &known), STATUS_OK);
    const struct fact *n = facts_get(&facts, "doctor.gemm_n");
    const struct fact *rate = facts_get(&facts, "doctor.gemm_flops");
    cr_assert_eq(!n, !rate);
    *flops = rate ? rate->real : 0;
    return n ? (int)n->integer : 0;
}

Test(doctor_trial, a_librarys_product_is_timed_by_the_best_of_four_runs)
{
    double flops;
    cr_expect_eq(timed((const nanos[]){20000000, 8000000, 9000000, 10000000, 0}, &flops), 1000);
    cr_expect_float_eq(flops, 2e9 / 8e-3, 1);
    cr_expect_str_eq(calls, "1000 gemm, 1000 gemm, 1000 gemm, 1000 gemm");
}

Test(doctor_trial, a_product_that_takes_no_8_ms_is_repeated_at_a_larger_order)
{
    double flops;
    static const nanos short_ones[] = {9000000,  7999999,  9000000,  9000000, 50000000,
                                       40000000, 50000000, 50000000, 0};
    cr_expect_eq(timed(short_ones, &flops), 2000);
    cr_expect_float_eq(flops, 16e9 / 40e-3, 1);
    cr_expect_str_eq(calls + strlen("1000 gemm, ") * 4,
                     "2000 gemm, 2000 gemm, 2000 gemm, 2000 gemm");
    /* A larger one that is slower is disturbed: the better rate counts. */
    cr_expect_eq(timed((const nanos[]){7000000, 400000000, 0}, &flops), 1000 * 2);
    cr_expect_float_eq(flops, 2e9 / 7e-3, 1);
}

Test(doctor_trial, a_product_that_takes_three_tenths_of_a_second_is_not_repeated)
{
    double flops;
    cr_expect_eq(timed((const nanos[]){300000000, 0}, &flops), 1000);
    cr_expect_str_eq(calls, "1000 gemm");
    cr_expect_eq(timed((const nanos[]){299999999, 400000000, 0}, &flops), 1000);
    cr_expect_float_eq(flops, 2e9 / 0.299999999, 1);
    cr_expect_str_eq(calls, "1000 gemm, 1000 gemm");
}

Test(doctor_trial, after_ctrl_c_no_further_product_runs)
{
    double flops;
    is_interrupted = true;
    cr_expect_eq(timed((const nanos[]){9000000, 0}, &flops), 1000);
    cr_expect_str_eq(calls, "1000 gemm");
}

Test(doctor_trial, a_product_that_cannot_run_has_no_facts)
{
    double flops;
    can[GEMM] = false;
    cr_expect_eq(timed((const nanos[]){9000000, 0}, &flops), 0);
    cr_expect_str_empty(calls);
    can[GEMM] = true;
    cr_expect_eq(timed((const nanos[]){1, 0}, &flops), 0, "its run fails");
    cr_expect_str_eq(calls, "1000 gemm");
    can[LATER_GEMM] = true;
    timed((const nanos[]){300000000, 0}, &flops);
    cr_expect_str_eq(calls, "1000 later-gemm");
}
