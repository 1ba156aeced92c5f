/* test_run.c - the steps of a run: how it starts, opens its device and makes its references, and
 * what it warns of. */
#include "bench/run/run.h"
#include "harness/base/clock.h"
#include "harness/result/tool.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct backend backend;
static const struct place place = {.backend = &backend, .opens = "the driver"};
static struct options options;
static struct run run;
static struct failure why;
static struct device_facts facts;
static struct device_request asked;
static enum status opens;

static enum status open_device(const struct device_request *request, struct device **device,
                               struct failure *failure)
{
    asked = *request;
    *device = NULL;
    return opens == STATUS_OK ? STATUS_OK : fail(failure, opens, "it does not open");
}

static const struct device_facts *facts_of(const struct device *device)
{
    (void)device;
    return &facts;
}

static enum status no_entries(struct job *job, const struct entry *e, size_t count, double *out,
                              struct failure *failure)
{
    (void)job, (void)e, (void)count, (void)out;
    return fail(failure, STATUS_FAILED, "no entries");
}

static void begin(void)
{
    backend = fake_backend;
    backend.open = open_device;
    backend.device_facts = facts_of;
    options = (struct options){0};
    run = (struct run){.options = &options, .place = &place};
    facts = (struct device_facts){.name = "Example"};
    why = (struct failure){0};
    opens = STATUS_OK;
    cr_redirect_stderr();
}

static const char *said(void)
{
    static char text[4096];
    fflush(stderr);
    text[fread(text, 1, sizeof text - 1, cr_get_redirected_stderr())] = '\0';
    return text;
}

Test(run, it_begins_with_the_problem_and_the_command_line, .init = begin)
{
    char *argv[] = {"gpubench", "gpu", "100"};
    options = (struct options){.argc = 3,
                               .argv = argv,
                               .op = OP_REDUCE,
                               .n = 100,
                               .seed = 5,
                               .range = RANGE_SIGNED,
                               .is_cold = true};
    cr_assert_eq(run_start(&run, &options, &place, &why), STATUS_OK);
    const struct problem *p = &run.result.problem;
    cr_expect(p->op == OP_REDUCE && p->n == 100 && p->seed == 5 && p->range == RANGE_SIGNED);
    cr_expect(run.result.is_cold);
    cr_expect_str_eq(run.result.backend_name, "fake");
    cr_expect_eq(run.result.argc, 3);
    cr_expect_str_eq(run.result.argv[2], "100");
    cr_expect_eq(strlen(run.result.started), 16);
    cr_expect(run.result.started[8] == 'T' && run.result.started[15] == 'Z');
    cr_expect_eq(run.people, stdout);
    run_end(&run);
    options.json = true;
    cr_assert_eq(run_start(&run, &options, &place, &why), STATUS_OK);
    cr_expect_eq(run.people, stderr, "standard output is for the JSON");
    run_end(&run);
}

Test(run, the_device_is_opened_as_the_options_say, .init = begin)
{
    static struct publishing publishing;
    options = (struct options){
        .device = 3, .threads = 4, .is_bound = true, .image = "native", .memory_limit = 5000};
    run.share = (struct share){.begin = 1, .end = 2, .of = 4};
    run.libraries = (char *)"mkl";
    cr_assert_eq(run_open(&run, &why), STATUS_OK);
    cr_expect(asked.index == 3 && asked.threads == 4 && asked.is_bound);
    cr_expect_str_eq(asked.image, "native");
    cr_expect_str_eq(asked.libraries, "mkl");
    cr_expect_eq(asked.memory_limit, 5000);
    cr_expect(asked.share.begin == 1 && asked.share.end == 2 && asked.share.of == 4);
    cr_expect_null(asked.found, "nothing is published");
    cr_expect_str_eq(run.result.device.name, "Example");
    cr_assert_eq(run.result.phase_count, 1);
    cr_expect_str_eq(run.result.phases[0].name, "open");
    cr_expect_str_eq(run.result.phases[0].what, "the driver");
    run.publishing = &publishing;
    cr_assert_eq(run_open(&run, &why), STATUS_OK);
    cr_expect_eq(asked.found, &run.found);
    opens = STATUS_NO_DEVICE;
    cr_expect_eq(run_open(&run, &why), STATUS_NO_DEVICE);
    cr_expect_str_eq(why.text, "it does not open");
    cr_expect_eq(run.result.phase_count, 2);
    cr_expect_str_empty(said());
}

Test(run, each_line_of_a_devices_warning_is_one, .init = begin)
{
    snprintf(facts.warning, sizeof facts.warning, "first\nsecond");
    cr_assert_eq(run_open(&run, &why), STATUS_OK);
    options.quiet = true;
    cr_assert_eq(run_open(&run, &why), STATUS_OK);
    cr_expect_str_eq(said(), "gpubench: first\ngpubench: second\n");
}

static enum status begin_job(struct device *device, const struct plan *plan, struct job **job,
                             struct failure *failure)
{
    (void)device, (void)plan, (void)job;
    return opens == STATUS_OK ? STATUS_OK : fail(failure, opens, "no memory");
}

Test(run, what_the_plan_says_of_memory_follows_the_devices_summary, .init = begin)
{
    backend.begin = begin_job;
    snprintf(run.result.device.place, sizeof run.result.device.place, "/gpu:0");
    cr_assert_eq(run_begin(&run, &why), STATUS_OK);
    cr_expect_str_empty(run.result.device.summary);
    snprintf(run.plan.sentence, sizeof run.plan.sentence, "A in 3 panels");
    cr_assert_eq(run_begin(&run, &why), STATUS_OK);
    cr_expect_str_eq(run.result.device.summary, "A in 3 panels");
    cr_assert_eq(run_begin(&run, &why), STATUS_OK);
    cr_expect_str_eq(run.result.device.summary, "A in 3 panels · A in 3 panels");
    cr_assert_eq(run.result.phase_count, 3);
    cr_expect_str_eq(run.result.phases[0].name, "fill");
    cr_expect_str_eq(run.result.phases[0].place, "/gpu:0");
    opens = STATUS_NO_MEMORY;
    cr_expect_eq(run_begin(&run, &why), STATUS_NO_MEMORY);
    cr_expect_eq(run.result.phase_count, 3);
}

/* What is said before a full verification that takes so long; nothing is computed. */
static void announce(enum op op, double f32, double f64)
{
    run.result.problem = (struct problem){op, 1000, 1, RANGE_UNIT, ELEMENT_F32};
    run.result.device.peak_flops[ARITH_F32] = f32;
    run.result.device.f64_flops = f64;
    run.oracle.is_full = false;
    cr_expect_eq(run_make_oracle(&run, &why), STATUS_FAILED);
}

Test(run, a_full_verification_of_more_than_two_seconds_is_announced, .init = begin)
{
    backend.a_entries = no_entries;
    announce(OP_MATMUL, 1, 1);
    cr_expect_not(run.oracle.is_full);
    options.verify = "full";
    announce(OP_MATMUL, 1e9, 1e9);
    cr_expect(run.oracle.is_full);
    announce(OP_MATMUL, 1, 2e8);
    announce(OP_SUM_AAT, 1e20, 1);
    options.quiet = true;
    announce(OP_MATMUL, 1, 1);
    cr_expect_str_eq(said(), "gpubench: --verify full compares all 1000000 entries of C with "
                             "float64: about 10 s a variant\n");
}

Test(run, a_full_verification_of_a_sum_repeats_the_run, .init = begin)
{
    backend.a_entries = no_entries;
    options.verify = "full";
    announce(OP_SUM_AAT, 1e9, 1);
    const char *text = said();
    static const char first[] = "gpubench: --verify full repeats the run ";
    cr_expect_eq(strncmp(text, first, strlen(first)), 0, "%s", text);
    cr_expect(strstr(text, " times over A with other signs of its rows: "), "%s", text);
}

/* When a run that begins at that time is said to have begun, and that the clock is right. */
static const char *date_of(time_t now, bool is_right)
{
    run_date(&run, now);
    cr_expect_eq(run.result.is_clock_wrong, !is_right, "%lld", (long long)now);
    return run.result.started;
}

Test(run, a_clock_before_the_build_or_that_no_date_has_is_wrong, .init = begin)
{
    const time_t made = (time_t)tool_made(), end = 7258118400; /* of the year 2199 */
    options.quiet = true;
    cr_assert_gt(made, 1);
    date_of(made, true);
    date_of(made - 1, false);
    cr_expect_str_eq(date_of(end - 1, true), "21991231T235959Z");
    cr_expect_str_eq(date_of(end, false), "19700101T000001Z");
    cr_expect_str_eq(date_of(2, false), "19700101T000002Z");
    cr_expect_str_eq(date_of(1, false), "19700101T000001Z");
    cr_expect_str_eq(date_of(0, false), "19700101T000001Z");
    cr_expect_str_eq(date_of(-1, false), "19700101T000001Z");
    cr_expect_str_empty(said());
}

/* What is said of the clock, without the date of the build. It is said once in a process, so each
 * test may call this once. */
static void expect_warning(time_t now, const char *words)
{
    char want[160];
    snprintf(want, sizeof want, "gpubench: the clock says %s, and this build is of ", words);
    run_date(&run, now);
    run_date(&run, now);
    const char *text = said();
    cr_expect_eq(strncmp(text, want, strlen(want)), 0, "%s", text);
    const char *rest = text + strlen(want) + strlen("2026-11-30");
    cr_expect_str_eq(rest, ": the result's date is wrong, and so is its place in the history; set "
                           "the clock\n");
}

Test(run, a_wrong_clock_is_said_once_with_its_date, .init = begin)
{
    expect_warning(86400, "1970-01-02");
}

Test(run, the_first_second_is_a_date, .init = begin)
{
    expect_warning(0, "1970-01-01");
}

Test(run, a_clock_before_1970_has_no_date, .init = begin)
{
    expect_warning(-1, "no date from 1970 to 2199");
}

Test(run, a_clock_behind_2199_has_no_date, .init = begin)
{
    expect_warning(7258118400, "no date from 1970 to 2199");
}

Test(run, a_lap_ends_where_the_next_one_begins)
{
    nanos from = clock_now() - 1000000, before = from;
    const nanos first = run_lap(&from);
    cr_expect_geq(first, 1000000);
    cr_expect_eq(from, before + first);
}

static size_t asked_for_facts;

static void add_own_facts(const struct device *device, struct facts *to)
{
    (void)device;
    asked_for_facts++;
    facts_text(to, "device.uuid", "GPU-asked");
}

/* A fact as a number, -1 if it is absent. */
static long long number(const char *path)
{
    const struct fact *fact = facts_get(&run.result.facts, path);
    return fact ? (long long)fact->integer : -1;
}

Test(run, its_facts_say_what_was_wrong_with_the_clock_and_how_a_was_streamed, .init = begin)
{
    backend.facts = add_own_facts;
    run_add_facts(&run);
    cr_expect_eq(number("host.clock_before_build"), -1);
    cr_expect_eq(number("device.memory.panel_rows"), -1);
    facts_free(&run.result.facts);
    run.result.is_clock_wrong = true;
    run.plan.panel_rows = 1;
    options.host = "named";
    run_add_facts(&run);
    cr_expect_eq(number("host.clock_before_build"), 1);
    cr_expect_eq(number("device.memory.panel_rows"), 1);
    cr_expect_str_eq(facts_get_text(&run.result.facts, "host.name"), "named");
    facts_free(&run.result.facts);
}

Test(run, a_device_that_did_not_answer_is_not_asked_again, .init = begin)
{
    backend.facts = add_own_facts;
    snprintf(run.result.device.uuid, sizeof run.result.device.uuid, "GPU-opened");
    run_add_facts(&run);
    cr_expect_eq(asked_for_facts, 1);
    cr_expect(run.is_asking);
    cr_expect_str_eq(facts_get_text(&run.result.facts, "device.uuid"), "GPU-asked");
    facts_free(&run.result.facts);
    run_add_facts(&run);
    cr_expect_eq(asked_for_facts, 1);
    cr_expect_str_eq(facts_get_text(&run.result.facts, "device.uuid"), "GPU-opened");
    facts_free(&run.result.facts);
    run.result.device.uuid[0] = '\0';
    run_add_facts(&run);
    cr_expect_null(facts_get(&run.result.facts, "device.uuid"));
    facts_free(&run.result.facts);
}
