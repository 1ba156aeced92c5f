/* test_series.c - points of a second are added up, merged when there is no more room, and become
 * the samples of a result. */
#include "harness/soak/series.h"
#include "harness/soak/soak_json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* A point whose numbers all differ, of launches from from_s to to_s. */
static struct soak_point point(double from_s, double to_s, double scale)
{
    return (struct soak_point){.from_s = from_s,
                               .to_s = to_s,
                               .flop = 2 * scale,
                               .device_s = 3 * scale,
                               .wall_s = 4 * scale,
                               .launches = (uint64_t)(5 * scale),
                               .wrong = (uint64_t)(6 * scale),
                               .sm_mhz = {7 * scale, scale},
                               .power_w = {8 * scale, scale},
                               .temperature_c = {9 * scale, scale},
                               .memory_c = {10 * scale, scale},
                               .throttle = scale > 1 ? 8 : 2};
}

static void expect_mean(struct soak_mean m, double sum, double seconds)
{
    cr_expect_eq(m.sum, sum);
    cr_expect_eq(m.seconds, seconds);
}

static void expect_three(const struct soak_point *p, double from_s, double to_s)
{
    cr_expect_eq(p->from_s, from_s);
    cr_expect_eq(p->to_s, to_s);
    cr_expect_eq(p->flop, 6);
    cr_expect_eq(p->device_s, 9);
    cr_expect_eq(p->wall_s, 12);
    cr_expect_eq(p->launches, 15);
    cr_expect_eq(p->wrong, 18);
    expect_mean(p->sm_mhz, 21, 3);
    expect_mean(p->power_w, 24, 3);
    expect_mean(p->temperature_c, 27, 3);
    expect_mean(p->memory_c, 30, 3);
    cr_expect_eq(p->throttle, 10);
}

static void add(struct soak_series *s, struct soak_point p)
{
    soak_series_add(s, &p);
}

Test(series, launches_of_a_second_are_one_point)
{
    struct soak_series s = soak_series_new(4);
    add(&s, point(0.25, 0.5, 1));
    add(&s, point(0.99, 1.5, 2)); /* it began in the same second */
    cr_expect_eq(s.count, 1);
    expect_three(&s.points[0], 0.25, 1.5);
    add(&s, point(1, 1.25, 1));
    cr_expect_eq(s.count, 2);
    cr_expect_eq(s.points[1].from_s, 1);
    soak_series_free(&s);
    cr_expect(!s.points && !s.count && !s.room);
}

Test(series, without_room_neighbours_become_one_point_of_twice_the_time)
{
    struct soak_series s = soak_series_new(4);
    add(&s, point(0, 1, 1));
    add(&s, point(1, 2, 2));
    add(&s, point(3, 4, 1)); /* alone in its two seconds */
    add(&s, point(5, 6, 1));
    cr_expect_eq(s.period_s, 1);
    add(&s, point(6, 7, 1));
    cr_expect_eq(s.period_s, 2);
    cr_expect_eq(s.count, 4);
    expect_three(&s.points[0], 0, 2);
    cr_expect_eq(s.points[1].from_s, 3);
    cr_expect_eq(s.points[2].from_s, 5);
    cr_expect_eq(s.points[3].from_s, 6);
    add(&s, point(20, 21, 1));
    cr_expect_eq(s.period_s, 4);
    cr_expect_eq(s.count, 3);
    cr_expect_eq(s.points[1].from_s, 5);
    cr_expect_eq(s.points[1].to_s, 7);
    cr_expect_eq(s.points[2].from_s, 20);
    soak_series_free(&s);
}

Test(series, a_point_of_a_sample_counts_all_its_launches_and_what_is_known)
{
    const struct sample sample = {.launches = 4,
                                  .device_ns = 250000000,
                                  .wall_ns = 500000000,
                                  .sm_mhz = 1755,
                                  .temperature_c = 64,
                                  .throttle = 5};
    const struct soak_point p = soak_point_of(&sample, 3, 10, 2);
    cr_expect_eq(p.from_s, 1);
    cr_expect_eq(p.to_s, 3);
    cr_expect_eq(p.flop, 40);
    cr_expect_eq(p.device_s, 1);
    cr_expect_eq(p.wall_s, 2);
    cr_expect_eq(p.launches, 4);
    cr_expect_eq(p.wrong, 2);
    cr_expect_eq(p.throttle, 5);
    expect_mean(p.sm_mhz, 3510, 2);
    expect_mean(p.power_w, 0, 0);
    expect_mean(p.temperature_c, 128, 2);
    expect_mean(p.memory_c, 0, 0);
    cr_expect_eq(soak_mean(&p.sm_mhz), 1755);
    cr_expect_eq(soak_mean(&p.power_w), 0);
    cr_expect_eq(soak_point_of(&sample, 1.5, 10, 0).from_s, 0, "it does not begin before the soak");
}

static const struct variant fast = {.op = OP_SUM_AAT, .name = "fast"};

static struct result contestants_of(const struct soak *soak, struct soak_verdict verdict)
{
    struct result r = {.backend_name = "gpu"};
    soak_to_contestants(soak, &verdict, &r);
    return r;
}

static void let_go(struct result *r)
{
    for (size_t i = 0; i < r->contestant_count; i++)
        contestant_free(&r->contestants[i]);
    free(r->contestants);
}

Test(series, samples_of_a_result_are_means_of_a_launch)
{
    struct soak soak = {.launches = 1};
    struct soak_job job = {.verdict = {.ok = true, .sum = 42}};
    soak_add(&soak, &fast, &(struct problem){.n = 64});
    soak_add(&soak, &fast, &(struct problem){.n = 64});
    struct soak_load *load = &soak.loads[0];
    load->jobs = &job;
    load->job_count = 1;
    add(&load->series, (struct soak_point){.from_s = 0,
                                           .device_s = 1,
                                           .wall_s = 2,
                                           .launches = 4,
                                           .sm_mhz = {3510, 2},
                                           .power_w = {600, 2},
                                           .temperature_c = {128, 2},
                                           .throttle = 5});
    add(&load->series, (struct soak_point){.from_s = 1, .wall_s = 1, .launches = 1});
    add(&load->series,
        (struct soak_point){.from_s = 2, .device_s = 5, .wall_s = 5, .launches = 5000000000});
    struct result r = contestants_of(&soak, (struct soak_verdict){.outcome = SOAK_OK});
    cr_assert_eq(r.contestant_count, 2);
    const struct contestant *c = &r.contestants[0];
    cr_expect_eq(c->variant, &fast);
    cr_expect_eq(c->stop, STOP_TIME);
    cr_expect_eq(c->state, CONTESTANT_OK);
    cr_expect(c->verdict.ok && c->verdict.sum == 42);
    cr_assert_eq(c->count, 2, "a point without the device's time is no sample");
    cr_expect_eq(c->samples[0].launches, 4);
    cr_expect_eq(c->samples[0].device_ns, 250000000);
    cr_expect_eq(c->samples[0].wall_ns, 500000000);
    cr_expect_eq(c->samples[0].sm_mhz, 1755);
    cr_expect_eq(c->samples[0].power_w, 300);
    cr_expect_eq(c->samples[0].temperature_c, 64);
    cr_expect_eq(c->samples[0].throttle, 4, "without bit 0, idle");
    cr_expect_eq(c->samples[1].launches, UINT32_MAX);
    cr_expect_eq(c->samples[1].device_ns, 1);

    c = &r.contestants[1];
    cr_expect_eq(c->state, CONTESTANT_FAILED);
    cr_expect_eq(c->count, 0);
    cr_expect_str_eq(c->reason, "it had no turn before the soak ended");
    cr_expect_str_eq(c->verdict.reason, c->reason);
    let_go(&r);

    r = contestants_of(&soak, (struct soak_verdict){.outcome = SOAK_FAULTY, .reason = "bad"});
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(r.contestants[i].state, CONTESTANT_WRONG);
        cr_expect_not(r.contestants[i].verdict.ok);
        cr_expect_str_eq(r.contestants[i].reason, "bad");
    }
    cr_expect_eq(r.contestants[0].count, 2);
    let_go(&r);
    load->jobs = NULL;
    load->job_count = 0;
    soak_free(&soak);
}
