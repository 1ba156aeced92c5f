/* test_checking.c - what comparing costs is timed before a soak, and a backend that does not count
 * its launches made one. */
#include "harness/soak/soak.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct variant sum = {.op = OP_SUM_AAT, .name = "s", .steps = {"s"}};

static void plan(const struct device *device, const struct variant *v, const struct problem *p,
                 struct plan *out)
{
    (void)device, (void)v;
    *out = (struct plan){.problem = *p, .bytes = 1, .fits = true};
}

static enum status begin_job(struct device *device, const struct plan *p, struct job **job,
                             struct failure *why)
{
    (void)device, (void)why;
    *job = fake_job(p->problem, FAULT_NONE, (struct entry){0, 0});
    return STATUS_OK;
}

static enum status ok(struct job *job, const struct variant *v, struct failure *why)
{
    (void)job, (void)v, (void)why;
    return STATUS_OK;
}

static const struct device_facts *facts_of(const struct device *device)
{
    (void)device;
    return NULL;
}

/* A checked launch takes launch_ns, and the first of a soak leaves other bits. */
static nanos launch_ns;
static unsigned checked[8];
static size_t checks;

static enum status run_checked(struct job *job, const struct variant *v, unsigned launches,
                               struct sample *sample, struct mismatches *found, struct failure *why)
{
    (void)job, (void)v, (void)why;
    checked[checks++] = launches;
    sample->device_ns = launch_ns * (checks == 2 ? 1 : 2);
    if (checks == 1)
        *found = (struct mismatches){.launches = 1, .words = 1, .known = 1};
    return STATUS_OK;
}

static struct soak soak;
static struct backend backend;

static void begin(void)
{
    const struct problem p = {.n = 20};
    backend = fake_backend;
    backend.plan = plan;
    backend.begin = begin_job;
    backend.load = ok;
    backend.device_facts = facts_of;
    soak = (struct soak){.backend = &backend, .memory = 1};
    soak_add(&soak, &sum, &p);
}

static void end(void)
{
    soak_free(&soak);
}

TestSuite(checking, .init = begin, .fini = end);

static void expect_checks(nanos ns, unsigned second, unsigned third)
{
    struct failure why;
    backend.keep = ok;
    backend.run_checked = run_checked;
    launch_ns = ns;
    cr_assert_eq(soak_prepare(&soak, &why), STATUS_OK);
    cr_expect_eq(checks, 3);
    cr_expect(checked[0] == 1 && checked[1] == second && checked[2] == third, "%u %u %u",
              checked[0], checked[1], checked[2]);
    cr_expect_eq(soak.launches, 1 + second + third);
    cr_expect_eq(soak.loads[0].launches, soak.launches);
    cr_expect_eq(soak.loads[0].jobs[0].launches, soak.launches);
    cr_expect_eq(soak.loads[0].wrong, 1);
    cr_expect_float_eq(soak.loads[0].plain_s, 1e-6, 1e-12);
    cr_expect_float_eq(soak.loads[0].checked_s, (double)ns * 1e-9, 1e-12);
    cr_expect_eq(soak.wrong, 1);
    cr_expect_eq(soak.errors[0].what.launch, 1);
}

Test(checking, short_launches_are_timed_in_batches)
{
    expect_checks(1000000, 4, 16);
}

Test(checking, long_ones_one_by_one)
{
    expect_checks(20000000, 1, 1);
}

static enum status run_uncounted(struct job *job, const struct variant *v, unsigned launches,
                                 struct sample *sample, struct failure *why)
{
    const enum status status = fake_backend.run(job, v, launches, sample, why);
    sample->launches = 0;
    return status;
}

static nanos clock_ns;

static nanos fake_now(void)
{
    return clock_ns += 1000000;
}

Test(checking, a_run_that_is_not_counted_is_one)
{
    struct failure why;
    backend.run = run_uncounted;
    cr_assert_eq(soak_prepare(&soak, &why), STATUS_OK);
    soak.seconds = 0.01;
    soak.now = fake_now;
    soak_run(&soak);
    cr_expect_geq(soak.launches, 9);
    cr_expect_eq(soak.launches, soak.loads[0].jobs[0].launches);
}
