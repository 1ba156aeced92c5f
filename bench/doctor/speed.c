/* speed.c - doctor --measure: how fast the main job is on each GPU, verified, and what share of
 * what its model usually reaches that is. */
#include "bench/doctor/measure.h"

#include "bench/devices/backends.h"
#include "bench/terminal/words.h"
#include "harness/base/need.h"
#include "harness/catalogue/catalogue.h"
#include "harness/stats/stats.h"
#include "harness/verify/verify.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The largest order that fits, and is expected to take a second at most. */
static const struct variant *choose(const struct backend *backend, struct device *device,
                                    struct problem *p, struct plan *plan)
{
    static const uint64_t orders[] = {10000, 2000, 256};
    const struct device_facts *facts = backend->device_facts(device);
    for (size_t i = facts->simulated ? 2 : 0; i < sizeof orders / sizeof *orders; i++) {
        *p = (struct problem){OP_SUM_AAT, orders[i], 1, RANGE_UNIT, ELEMENT_F32};
        const struct variant *v = backend->auto_variant(device, p, ARITH_F32);
        const double half = 0.5 * facts->peak_flops[ARITH_F32];
        backend->plan(device, v, p, plan);
        if (v && plan->fits && !plan->panel_rows &&
            (i == 2 || problem_flop_done(p, v->symmetric) < half))
            return v;
    }
    return NULL;
}

static enum status verify_and_measure(const struct backend *backend, struct job *job,
                                      struct contestant *c, const struct result *r,
                                      struct failure *why)
{
    struct oracle oracle = {0};
    struct sample sample = {0};
    const struct measure_plan plan = {.stop = stop_rule_default(300000000),
                                      .warmup_ns = 200000000,
                                      .max_warmups = 50,
                                      .min_sample_ns = 50000,
                                      .problem = r->problem,
                                      .device = &r->device};
    enum status status = backend->load(job, c->variant, why);
    if (status == STATUS_OK)
        status = backend->run(job, c->variant, 1, &sample, why);
    if (status == STATUS_OK)
        status = oracle_make(backend, job, &r->problem, &oracle, why);
    oracle.device = &r->device;
    if (status == STATUS_OK)
        status = verify(backend, job, c->variant, &oracle, sample.wall_ns, &c->verdict, why);
    oracle_free(&oracle);
    if (status == STATUS_OK && !c->verdict.ok)
        status = fail(why, STATUS_WRONG, "wrong result: %s", c->verdict.reason);
    if (status == STATUS_OK)
        status = measure(backend, job, c, 1, &plan, why);
    if (status == STATUS_OK && c->state != CONTESTANT_OK)
        status = fail(why, STATUS_FAILED, "%s", c->reason);
    return status;
}

static double median_of(const struct contestant *c)
{
    double *seconds = need_array(c->count, sizeof *seconds);
    for (size_t i = 0; i < c->count; i++)
        seconds[i] = (double)c->samples[i].device_ns * 1e-9;
    const double median = stats_median(seconds, c->count);
    free(seconds);
    return median;
}

static void add_line(struct doctor_sheet *sheet, const char *what, const struct result *r,
                     const struct contestant *c)
{
    static const double usual = 0.95;
    char share[512], taken[WORDS_BYTES];
    const double reached = catalogue_compare(r, c, share, sizeof share);
    words_time(taken, median_of(c));
    doctor_add(sheet, what, reached < usual ? DOCTOR_WARN : DOCTOR_OK,
               reached < usual ? "gpubench soak shows whether it lasts" : "",
               "sum-aat/f32/%s, N = %" PRIu64 ": %s; %s", c->variant->name, r->problem.n, taken,
               isnan(reached) ? "no reference for this model" : share);
}

void measure_speed(struct doctor_sheet *sheet, const struct backend *backend, int index)
{
    char what[32];
    struct device *device = NULL;
    struct job *job = NULL;
    struct plan plan;
    struct failure why = {0};
    struct result r = {.backend_name = backend->name};
    struct contestant c = {0};
    snprintf(what, sizeof what, "speed of GPU %d", index);
    if (backend->open(&(struct device_request){.index = index}, &device, &why) != STATUS_OK) {
        doctor_add(sheet, what, DOCTOR_WARN, why.text, "not measured");
        return;
    }
    r.device = *backend->device_facts(device);
    backend->facts(device, &r.facts);
    c.variant = choose(backend, device, &r.problem, &plan);
    enum status status;
    if (c.variant)
        status = backend->begin(device, &plan, &job, &why);
    else if (backend->auto_variant(device, &r.problem, ARITH_F32))
        status = fail(&why, STATUS_NO_MEMORY,
                      "too little memory is free: end other programs that use this GPU");
    else
        status = fail(&why, STATUS_FAILED, "no variant runs on this GPU: gpubench list says why");
    if (status == STATUS_OK)
        status = verify_and_measure(backend, job, &c, &r, &why);
    if (status == STATUS_OK)
        add_line(sheet, what, &r, &c);
    else
        doctor_add(sheet, what, status == STATUS_WRONG ? DOCTOR_FAIL : DOCTOR_WARN, why.text,
                   "not measured");
    if (job)
        backend->end(job);
    backend->close(device);
    facts_free(&r.facts);
    contestant_free(&c);
}

void measure_speeds(struct doctor_sheet *sheet)
{
    const struct backend *backend = place_named("gpu")->backend;
    struct failure why;
    int count;
    if (backend->count(&count, &why) != STATUS_OK)
        return; /* the sheet has a line about the driver already */
    for (int i = 0; i < count; i++)
        measure_speed(sheet, backend, i);
}
