/* test_point.c - one N on one side: what is timed after the contest, how often, and what becomes of
 * a point that fails, does not fit or is interrupted. */
#include "bench/sweep/sweep.h"

#include "harness/base/interrupt.h"
#include "tests/unit/allocated.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <string.h>

enum { FIRST, SECOND, TENSOR, PRODUCT, COUNT };
static const struct variant table[COUNT] = {
    [FIRST] = {OP_SUM_AAT, "first", ARITH_F32, .steps = {"matmul"}},
    [SECOND] = {OP_SUM_AAT, "second", ARITH_F32, .steps = {"matmul"}},
    [TENSOR] = {OP_SUM_AAT, "tensor", ARITH_TF32, .steps = {"matmul"}},
    [PRODUCT] = {OP_MATMUL, "product", ARITH_F32, .steps = {"matmul"}},
};

static struct device_facts facts;
static struct backend backend;
static const struct place place = {.backend = &backend};
static struct options options;
static struct sweep s;
static struct failure why;
static json_t *document;

/* What the device does, and what was asked of it. */
static bool fits, is_contest_over;
static nanos wall_ns, copy_ns;            /* of each run and each copy */
static const struct variant *cannot;      /* its result is never right */
static unsigned calls, launches, answers; /* since the contest is over */
static unsigned fails_at, interrupts_at;  /* the call that fails, or during which SIGINT comes */
static unsigned copies[2], no_pages, copy_interrupts; /* by pinned; the copies that fail */

static const struct device_facts *facts_of(const struct device *device)
{
    (void)device;
    return &facts;
}

static void add_facts(const struct device *device, struct facts *to)
{
    (void)device;
    facts_text(to, "device.mood", "good");
    is_contest_over = true;
}

static bool can_run(const struct device *device, const struct variant *v, const struct problem *p,
                    char *reason, size_t bytes)
{
    (void)device, (void)v, (void)p, (void)reason, (void)bytes;
    return true;
}

static void plan(const struct device *device, const struct variant *v, const struct problem *p,
                 struct plan *out)
{
    (void)device, (void)v;
    *out = (struct plan){.problem = *p, .fits = fits};
    if (!fits)
        snprintf(out->sentence, sizeof out->sentence, "N = %d needs too much", (int)p->n);
}

static const struct variant *choose(const struct device *device, const struct problem *p,
                                    enum arithmetic arithmetic)
{
    (void)device;
    for (size_t i = 0; i < COUNT; i++)
        if (table[i].op == p->op && table[i].arithmetic == arithmetic)
            return &table[i];
    return NULL;
}

static enum status begin_job(struct device *device, const struct plan *p, struct job **job,
                             struct failure *unused)
{
    (void)device, (void)unused;
    *job = fake_job(p->problem, FAULT_NONE, (struct entry){0, 0});
    return STATUS_OK;
}

static enum status load(struct job *job, const struct variant *v, struct failure *failure)
{
    (void)job;
    return v == cannot ? fail(failure, STATUS_FAILED, "it does not load") : STATUS_OK;
}

static enum status timed(struct job *job, const struct variant *v, unsigned times,
                         struct sample *sample, struct failure *failure)
{
    const enum status status = fake_backend.run(job, v, times, sample, failure);
    sample->wall_ns = sample->device_ns = wall_ns;
    if (!is_contest_over)
        return status;
    launches = times;
    calls++;
    if (calls == interrupts_at)
        interrupt_request(SIGINT);
    return calls == fails_at ? fail(failure, STATUS_FAILED, "call %u failed", calls) : status;
}

static enum status answer(struct job *job, const struct variant *v, double *sum,
                          struct failure *failure)
{
    answers += is_contest_over;
    return fake_backend.answer(job, v, sum, failure);
}

static enum status copy_in(struct job *job, bool pinned, nanos *taken, size_t count,
                           struct failure *failure)
{
    (void)job;
    for (size_t i = 0; i < count; i++)
        taken[i] = copy_ns + (nanos)i;
    copies[pinned] += (unsigned)count;
    const unsigned all = copies[0] + copies[1];
    if (all == copy_interrupts)
        interrupt_request(SIGINT);
    return all == no_pages || all == copy_interrupts ? fail(failure, STATUS_FAILED, "no pages")
                                                     : STATUS_OK;
}

static void begin(void)
{
    backend = fake_backend;
    backend.name = "gpu";
    backend.variants = table;
    backend.variant_count = COUNT;
    backend.device_facts = facts_of;
    backend.facts = add_facts;
    backend.can_run = can_run;
    backend.plan = plan;
    backend.auto_variant = choose;
    backend.begin = begin_job;
    backend.load = load;
    backend.run = timed;
    backend.answer = answer;
    backend.copy_in = copy_in;
    facts = (struct device_facts){.name = "Example"};
    options = (struct options){
        .op = OP_SUM_AAT, .samples = 1, .max_time_s = 0.001, .seed = 1, .variants = "first"};
    s = (struct sweep){.options = &options,
                       .side = {&place, &place},
                       .device = {(struct device *)&facts, (struct device *)&facts},
                       .n = {24},
                       .count = 1};
    fits = true;
    wall_ns = copy_ns = 100000000;
}

static void end(void)
{
    json_decref(document);
    interrupt_request(0);
}

TestSuite(sweep_point, .init = begin, .fini = end);

static enum status take_point(size_t side)
{
    json_decref(document);
    document = json_string("left over");
    json_t *left_over = document;
    is_contest_over = false;
    calls = launches = answers = copies[0] = copies[1] = 0;
    why = (struct failure){0};
    const enum status status = sweep_measure(&s, side, 24, &document, &why);
    json_decref(left_over);
    return status;
}

static const json_t *result(size_t i)
{
    return json_array_get(json_object_get(document, "results"), i);
}

static size_t samples_of(const json_t *object, const char *name)
{
    return json_array_size(json_object_get(json_object_get(object, name), "samples_s"));
}

static const char *variants(void)
{
    static char text[128];
    text[0] = '\0';
    for (size_t i = 0; result(i); i++)
        sprintf(text + strlen(text), "%s%s", i ? " " : "",
                json_string_value(json_object_get(result(i), "variant")));
    return text;
}

Test(sweep_point, calls_and_copies_are_timed_for_a_fifth_of_a_second_each_but_twenty_at_most)
{
    static const struct {
        nanos each;
        unsigned count;
    } rows[] = {{400000000, 1}, {200000001, 1}, {199999999, 1}, {100000001, 1},
                {99999999, 2},  {10000001, 19}, {9999999, 20},  {100, 20}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wall_ns = copy_ns = rows[i].each;
        cr_assert_eq(take_point(0), STATUS_OK, "%s", why.text);
        cr_expect_eq(calls, rows[i].count, "%lld ns: %u", (long long)wall_ns, calls);
        cr_expect_eq(samples_of(result(0), "call"), rows[i].count);
        const json_t *copied = json_object_get(document, "copy_in");
        cr_expect_eq(samples_of(copied, "pinned"), rows[i].count);
        cr_expect_eq(samples_of(copied, "pageable"), rows[i].count);
        cr_expect(copies[0] == rows[i].count + 1 && copies[1] == rows[i].count + 1);
    }
}

Test(sweep_point, a_call_is_one_launch_and_reads_its_answer_back_but_no_product)
{
    wall_ns = 50000000;
    cr_assert_eq(take_point(0), STATUS_OK, "%s", why.text);
    cr_expect(calls == 4 || calls == 3, "%u", calls);
    cr_expect_eq(launches, 1);
    cr_expect_eq(answers, calls);
    const json_t *call = json_object_get(result(0), "call");
    const double median = json_number_value(json_object_get(call, "median_s"));
    cr_expect(median > 0 && median < 1, "%g", median);
    options.op = OP_MATMUL;
    options.variants = "product";
    cr_assert_eq(take_point(0), STATUS_OK, "%s", why.text);
    cr_expect_eq(launches, 1);
    cr_expect_eq(answers, 0);
}

Test(sweep_point, the_document_has_the_problem_the_device_and_its_facts)
{
    copy_ns = 100000000;
    cr_assert_eq(take_point(0), STATUS_OK, "%s", why.text);
    const json_t *device = json_object_get(document, "device");
    cr_expect_str_eq(json_string_value(json_object_get(device, "name")), "Example");
    cr_expect_str_eq(json_string_value(json_object_get(device, "mood")), "good");
    cr_expect_eq(json_integer_value(json_object_get(json_object_get(document, "problem"), "n")),
                 24);
    const json_t *copied = json_object_get(document, "copy_in");
    cr_expect_float_eq(json_number_value(json_object_get(copied, "bytes")), 24 * 24 * 4, 0);
    const json_t *pinned = json_object_get(copied, "pinned");
    cr_expect_float_eq(json_number_value(json_object_get(pinned, "median_s")), 0.1, 1e-8);
}

Test(sweep_point, a_side_without_copies_has_none)
{
    backend.copy_in = NULL;
    cr_assert_eq(take_point(0), STATUS_OK, "%s", why.text);
    cr_expect_null(json_object_get(document, "copy_in"));
    cr_expect_gt(samples_of(result(0), "call"), 0);
}

Test(sweep_point, a_copy_that_fails_has_a_reason_and_the_point_is_whole)
{
    for (no_pages = 1; no_pages <= 4; no_pages++) {
        copy_ns =
            400000000; /* each kind is copied once to learn how long it takes, and once more */
        cr_assert_eq(take_point(0), STATUS_OK, "%s", why.text);
        const json_t *copied = json_object_get(document, "copy_in");
        const char *of = no_pages <= 2 ? "pinned_reason" : "pageable_reason";
        cr_expect_str_eq(json_string_value(json_object_get(copied, of)), "no pages");
        cr_expect_eq(samples_of(copied, "pinned"), no_pages <= 2 ? 0 : 1);
        cr_expect_eq(samples_of(copied, "pageable"), no_pages <= 2 ? 1 : 0);
    }
}

Test(sweep_point, a_point_that_does_not_fit_is_left_out_with_the_reason)
{
    fits = false;
    options.variants = NULL;
    cr_assert_eq(take_point(0), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(json_string_value(json_object_get(document, "waived")),
                     "N = 24 needs too much");
    cr_expect_str_eq(variants(), "");
    cr_expect_eq(calls, 0);
    cr_expect_null(json_object_get(document, "copy_in"));
}

Test(sweep_point, each_variant_that_ran_is_called)
{
    options.variants = NULL;
    options.all = true;
    cannot = &table[SECOND];
    cr_assert_eq(take_point(0), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(variants(), "first second tensor");
    cr_expect_gt(samples_of(result(0), "call"), 0);
    cr_expect_null(json_object_get(result(1), "call"));
    cr_expect_str_eq(json_string_value(json_object_get(result(1), "state")), "failed");
    cr_expect_gt(samples_of(result(2), "call"), 0);
}

Test(sweep_point, the_cpu_takes_part_with_its_best_whatever_is_asked_of_the_gpu)
{
    options.all = true;
    options.device = 3;
    options.variants = "second";
    options.arithmetics = "f32";
    cr_assert_eq(take_point(1), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(variants(), "first");
    options.all = false;
    cr_assert_eq(take_point(0), STATUS_OK, "%s", why.text);
    cr_expect_str_eq(variants(), "second");
}

Test(sweep_point, a_run_starts_with_the_sweeps_options_and_a_second_of_samples)
{
    struct options o;
    struct run run;
    options.device = 3;
    cr_assert_eq(sweep_start(&s, 0, 77, &o, &run, &why), STATUS_OK, "%s", why.text);
    cr_expect(o.n == 77 && o.device == 3 && run.is_table && run.device == s.device[0]);
    cr_expect_float_eq(o.max_time_s, 0.001, 0);
    cr_expect_str_eq(run.result.device.name, "Example");
    run_end(&run);
    options.max_time_s = 0;
    s.device[1] = NULL;
    cr_assert_eq(sweep_start(&s, 1, 77, &o, &run, &why), STATUS_OK, "%s", why.text);
    cr_expect_float_eq(o.max_time_s, 1, 0);
    cr_expect_eq(o.device, 0);
    cr_expect_str_eq(run.result.device.name, "", "it is not open yet");
    run_end(&run);
}

Test(sweep_point, a_call_that_fails_ends_the_point)
{
    for (fails_at = 1; fails_at <= 2; fails_at++) {
        wall_ns = 1000000;
        cr_expect_eq(take_point(0), STATUS_FAILED);
        cr_expect_eq(calls, fails_at);
        cr_expect_null(document);
    }
    cr_expect_str_eq(why.text, "call 2 failed");
}

Test(sweep_point, an_interruption_ends_the_point)
{
    for (int step = 0; step < 3; step++) {
        interrupt_request(0);
        interrupts_at = step == 0 ? 1 : 0;
        copy_interrupts = step == 1 ? 1 : step == 2 ? 3 : 0;
        copy_ns = 400000000;
        cr_expect_eq(take_point(0), STATUS_INTERRUPTED, "%d", step);
        cr_expect_str_eq(why.text, "interrupted; nothing was saved");
        cr_expect_null(document);
        cr_expect(step > 0 || calls == 1);
        cr_expect_eq(copies[0] + copies[1], copy_interrupts);
    }
}

Test(sweep_point, what_is_not_a_variant_is_refused)
{
    options.variants = "nothing";
    cr_expect_eq(take_point(0), STATUS_USAGE);
    cr_expect(strstr(why.text, "unknown variant \"nothing\""), "%s", why.text);
    cr_expect_null(document);
}

static void once(void *unused)
{
    (void)unused;
    take_point(0);
    fits = !fits;
}

Test(sweep_point, it_gives_back_all_memory)
{
    cr_expect_not(allocated_grows(once, NULL));
}
