/* test_two.c - what rank 0 makes of the runs of two ranks. Rank 1 is the transport of this test,
 * which answers each kind of message with what rank 1 would say. */
#include "bench/gpu_cpu/ranked.h"
#include "bench/plugin/transport.h"
#include "harness/base/need.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct moment its;      /* how each run of rank 1 goes */
static struct failure its_end; /* what it says when the ranks agree */
static double its_part;        /* of a matmul, whose rows are added up after a run */
static int runs, told_failed;

static int send_to(const void *data, size_t bytes, int to, int channel)
{
    int number = 0;
    cr_expect(to == 1 && channel == CHANNEL_STAR);
    if (bytes == sizeof number)
        memcpy(&number, data, bytes);
    told_failed += number != 0;
    return 0;
}

static int receive_from(void *data, size_t bytes, int from, int channel)
{
    cr_expect(from == 1 && channel == CHANNEL_STAR);
    memset(data, 0, bytes);
    if (bytes == sizeof its)
        memcpy(data, &its, bytes);
    else if (bytes == sizeof its_end)
        memcpy(data, &its_end, bytes);
    else if (bytes == sizeof its_part)
        memcpy(data, &its_part, bytes);
    return 0;
}

static int test(int request)
{
    (void)request;
    return 1;
}

static enum status work(struct job *job, const struct variant *v, unsigned launches,
                        struct sample *sample, struct failure *why)
{
    (void)v, (void)why;
    runs++;
    *sample = (struct sample){.launches = launches, .sm_mhz = 1000, .wall_ns = 7};
    job->sum = 10;
    return STATUS_OK;
}

static enum status answer(struct job *job, const struct variant *v, double *sum,
                          struct failure *why)
{
    (void)v, (void)why;
    *sum = job->sum;
    return STATUS_OK;
}

static const struct transport transport = {.version = TRANSPORT_VERSION,
                                           .size = 2,
                                           .send = send_to,
                                           .receive = receive_from,
                                           .test = test};
static struct rank_info info[2] = {{.name = "rank 0 on here"}, {.name = "rank 1 on there"}};
static struct ranks ranks;
static struct variant variant;
static struct backend backend;
static struct place place;
static struct options options;
static struct run run;
static struct ranked k;
static struct contestant c;
static struct failure why;

static void begin(void)
{
    backend = fake_backend;
    backend.run = work;
    backend.answer = answer;
    variant = (struct variant){.op = OP_SUM_AAT, .name = "plain", .arithmetic = ARITH_F32};
    place = (struct place){.backend = &backend, .brief_s = 1};
    ranks = (struct ranks){.transport = &transport, .size = 2, .info = info, .hosts = 2};
    options = (struct options){.samples = 2};
    run = (struct run){.options = &options, .place = &place, .share = {.end = 1, .of = 2}};
    run.result.problem = (struct problem){OP_SUM_AAT, 8, 1, RANGE_UNIT, ELEMENT_F32};
    run.job = fake_job(run.result.problem, FAULT_NONE, (struct entry){0, 0});
    k = (struct ranked){.run = &run, .ranks = &ranks, .variant = &variant};
    k.now = need_array(2, sizeof *k.now);
    k.results.list = need_array(2, sizeof *k.results.list);
    k.results.count = 2;
    k.results.list[0].share = 0.25;
    k.results.list[1].share = 0.75;
    c = (struct contestant){.variant = &variant, .verdict = {.sum = 42, .sum_scale = 42}};
    its = (struct moment){.part = 32, .sample = {.sm_mhz = 2000, .wall_ns = 9}};
}

static void end(void)
{
    for (int i = 0; i < 2; i++) {
        free(k.results.list[i].compute_s);
        free(k.results.list[i].waiting_s);
        free(k.results.list[i].exchange_s);
    }
    free(k.results.list);
    free(k.now);
    free(c.samples);
    fake_backend.end(run.job);
}

Test(two_ranks, a_run_has_the_sum_of_the_parts_and_both_moments, .init = begin, .fini = end)
{
    its.wall_ns = 5000;
    cr_expect_eq(ranked_take(&k, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(k.sum, 42);
    cr_expect(k.now[0].part == 10 && k.now[1].part == 32);
    cr_expect(k.now[0].sample.wall_ns == 7 && k.now[1].sample.wall_ns == 9);
    cr_expect_eq(k.now[1].wall_ns, 5000);
    cr_expect(k.total_ns >= k.now[0].wall_ns);
    cr_expect_eq(told_failed, 0);
}

Test(two_ranks, of_a_matmul_the_parts_come_after_the_run, .init = begin, .fini = end)
{
    variant.op = OP_MATMUL;
    its.part = 999;
    its_part = 3;
    cr_expect_eq(ranked_take(&k, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(k.sum, 13);
    cr_expect(k.now[0].part == 10 && k.now[1].part == 3);
    fail(&its_end, STATUS_LOST, "its GPU is gone");
    cr_expect_eq(ranked_take(&k, &why), STATUS_LOST);
    cr_expect_str_eq(why.text, "rank 1 on there: its GPU is gone");
}

Test(two_ranks, a_run_that_fails_on_one_is_told_to_all_with_its_reason, .init = begin, .fini = end)
{
    its.status = STATUS_LOST;
    fail(&its_end, STATUS_LOST, "its GPU is gone");
    cr_expect_eq(ranked_take(&k, &why), STATUS_LOST);
    cr_expect_str_eq(why.text, "rank 1 on there: its GPU is gone");
    cr_expect_gt(told_failed, 0);
    cr_expect_not(ranks.is_broken);
}

/* Samples runs in which rank 1 worked for `wall` ns, `exchange` ns of which it waited for panels.
 */
static void sample_of(nanos wall, nanos exchange)
{
    its.wall_ns = wall;
    its.exchange_ns = exchange;
    cr_assert_eq(ranked_take(&k, &why), STATUS_OK);
    cr_assert_eq(ranked_sample(&k, &c, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(c.count, 2);
}

Test(two_ranks, a_sample_is_that_of_the_slower_rank_and_has_the_time_of_both, .init = begin,
     .fini = end)
{
    sample_of(3600000000000, 3000);
    const struct rank_result *list = k.results.list;
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(c.samples[i].sm_mhz, 2000, "%g", c.samples[i].sm_mhz);
        cr_expect_eq(c.samples[i].launches, 1);
        cr_expect_eq(c.samples[i].wall_ns, c.samples[i].device_ns);
        cr_expect_lt(c.samples[i].wall_ns, 3600000000000, "rank 0's clock counts");
        cr_expect_float_eq(list[1].compute_s[i], 3599.999997, 1e-8);
        cr_expect_float_eq(list[1].exchange_s[i], 3e-6, 1e-12);
        cr_expect_eq(list[1].waiting_s[i], 0);
        cr_expect_eq(list[0].exchange_s[i], 0);
        cr_expect_float_eq(list[0].compute_s[i] + list[0].waiting_s[i],
                           1e-9 * (double)c.samples[i].wall_ns, 1e-12);
    }
    cr_expect_eq(list[0].sm_mhz, 1000);
    cr_expect_eq(list[1].sm_mhz, 2000);
    cr_expect_eq(k.results.samples, 2);
    cr_expect_eq(runs, 1 + 3 + 2, "three of them alone");
}

Test(two_ranks, or_of_rank_0_if_that_is_the_slower_one, .init = begin, .fini = end)
{
    its.sample.sm_mhz = 0;
    sample_of(0, 0);
    for (size_t i = 0; i < 2; i++)
        cr_expect_eq(c.samples[i].sm_mhz, 1000);
    cr_expect_eq(k.results.list[1].sm_mhz, 0, "unknown");
    double seconds[2];
    for (size_t i = 0; i < 2; i++)
        seconds[i] = 1e-9 * (double)c.samples[i].wall_ns;
    const double median = (seconds[0] + seconds[1]) / 2;
    cr_expect_float_eq(k.results.efficiency * median * 2 * 0.25 / k.results.alone_s, 1, 1e-9);
}

Test(two_ranks, a_later_sum_that_differs_is_told_to_all, .init = begin, .fini = end)
{
    c.verdict.sum = 42.5;
    cr_assert_eq(ranked_take(&k, &why), STATUS_OK);
    cr_expect_eq(ranked_sample(&k, &c, &why), STATUS_WRONG);
    cr_expect_str_eq(why.text, "wrong result: a later run gave 42, the verified one 42.5. No time "
                               "is reported.");
    cr_expect_eq(c.count, 1);
}

static void close_nothing(struct device *device)
{
    (void)device;
}

static enum status open_nothing(const struct device_request *request, struct device **device,
                                struct failure *unused)
{
    (void)request, (void)device;
    return fail(unused, STATUS_NO_DEVICE, "no second time");
}

/* Divides the work anew after a run in which rank 1 worked for `wall` ns, `exchange` ns of which it
 * waited; then the device does not open, which ends it. */
static void divided(nanos wall, nanos exchange)
{
    its.wall_ns = wall;
    its.exchange_ns = exchange;
    backend.open = open_nothing;
    backend.close = close_nothing;
    if (!run.job)
        run.job = fake_job(run.result.problem, FAULT_NONE, (struct entry){0, 0});
    cr_expect_eq(shares_measure(&k, &why), STATUS_NO_DEVICE);
    cr_expect_str_eq(why.text, "rank 0 on here: no second time");
    cr_expect(!run.job && !run.device);
    cr_expect_eq(k.at[0], 0);
    cr_expect_eq(k.at[2], 1 << 20);
}

Test(two_ranks, shares_by_measured_speed_are_as_the_work_that_each_did_in_its_time, .init = begin)
{
    divided(3600000000000, 0);
    cr_expect_eq(k.at[1], 1038194, "none is slower than a hundredth of the fastest: %lu",
                 (unsigned long)k.at[1]);
    cr_expect_eq(run.share.end, k.at[1]);
    divided(5000, 5000);
    cr_expect_lt(k.at[1], 1 << 19, "without its waiting, rank 1 took one nanosecond for more");
    k.results.list[0].share = 0;
    divided(5000, 1);
    cr_expect_eq(k.at[1], 10382, "nor one that had nothing to do: %lu", (unsigned long)k.at[1]);
    k.results.list[1].share = 0;
    divided(5000, 1);
    cr_expect_eq(k.at[1], 1 << 19);
    free(k.at);
    free(k.results.list);
    free(k.now);
}
