/* test_finish.c - a failure that is published: as which card, of which variants, and when not. */
#include "bench/run/run.h"
#include "harness/base/clock.h"
#include "harness/host/host.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdlib.h>
#include <string.h>

static const struct variant variants[2] = {
    {.op = OP_SUM_AAT, .name = "first", .arithmetic = ARITH_F32},
    {.op = OP_SUM_AAT, .name = "second", .arithmetic = ARITH_F32},
};
static struct options options;
static struct publishing publishing;
static struct run run;
static struct failure why;

static void begin(void)
{
    cr_redirect_stderr();
    options = (struct options){.results = scratch_make(), .device = 2, .offline = true};
    cr_assert_eq(
        publishing_begin(&publishing, &options, "pushgateway+http://127.0.0.1:9/", NULL, &why),
        STATUS_OK, "%s", why.text);
    run = (struct run){.options = &options,
                       .publishing = &publishing,
                       .began = clock_now(),
                       .result.backend_name = "gpu",
                       .card = "GPU-own"};
    run.result.problem = (struct problem){.op = OP_SUM_AAT, .n = 100, .seed = 1};
    run.chosen = calloc(2, sizeof *run.chosen);
    cr_assert(run.chosen);
    why = (struct failure){.status = STATUS_FAILED, .text = "it is broken"};
}

static void end(void)
{
    run_end(&run);
    publishing_end(&publishing);
    scratch_remove();
}

/* The card that the failure is published of; "" if none. */
static const char *card(void)
{
    cr_expect(run_queue_failure(&run, &why));
    return facts_get_text(&run.result.facts, "device.uuid");
}

Test(finish, a_gpu_that_did_not_open_is_the_card_that_is_known, .init = begin, .fini = end)
{
    cr_expect_str_eq(card(), "GPU-own");
    cr_expect_str_eq(run.result.device.place, "/gpu:2");
    cr_expect_eq(scratch_count(".pending"), 1);
}

Test(finish, a_cpu_is_no_card, .init = begin, .fini = end)
{
    run.result.backend_name = "cpu";
    cr_expect_str_eq(card(), "");
    cr_expect_str_eq(run.result.device.place, "/cpu:2");
}

Test(finish, several_ranks_are_no_card, .init = begin, .fini = end)
{
    run.ranks = 2;
    cr_expect_str_eq(card(), "");
}

Test(finish, a_card_that_did_open_keeps_its_name, .init = begin, .fini = end)
{
    facts_text(&run.result.facts, "device.uuid", "GPU-open");
    cr_expect_str_eq(card(), "GPU-open");
}

Test(finish, what_the_driver_found_is_the_card, .init = begin, .fini = end)
{
    run.card[0] = '\0';
    run.found.count = 3;
    snprintf(run.found.uuid[2], sizeof run.found.uuid[2], "GPU-third");
    cr_expect_str_eq(card(), "GPU-third");
    cr_expect_str_eq(run.card, "GPU-third", "also the next time");
}

Test(finish, a_card_of_this_machines_stored_results_is_known_by_its_number, .init = begin,
     .fini = end)
{
    struct facts here = {0};
    char text[1024];
    unsetenv("CUDA_VISIBLE_DEVICES");
    host_facts(&here);
    snprintf(text, sizeof text,
             "{\"schema\":\"gpubench-result/1\",\"started\":\"2026-11-24T10:00:02Z\","
             "\"simulated\":false,\"device\":{\"backend\":\"gpu\",\"name\":\"G\",\"index\":2,"
             "\"uuid\":\"GPU-stored\"},\"host\":{\"machine\":\"%s\"},"
             "\"problem\":{\"op\":\"sum-aat\",\"n\":100},\"results\":[]}",
             facts_get_text(&here, "host.machine"));
    if (*facts_get_text(&here, "host.machine")) {
        scratch_file("old.json", text);
        run.card[0] = '\0';
        cr_expect_str_eq(card(), "GPU-stored");
    }
    facts_free(&here);
}

Test(finish, a_card_that_nobody_knows_is_said_to_be_unknown, .init = begin, .fini = end)
{
    static const char said[] = "which card GPU 2 is cannot be known";
    char text[2048];
    run.card[0] = '\0';
    cr_expect_str_eq(card(), "");
    fflush(stderr);
    FILE *errors = cr_get_redirected_stderr();
    text[fread(text, 1, sizeof text - 1, errors)] = '\0';
    cr_expect(strstr(text, said), "%s", text);
    cr_expect(run.is_card_asked);
}

Test(finish, what_was_to_run_has_failed_with_the_reason, .init = begin, .fini = end)
{
    run.chosen[0] = &variants[0];
    run.chosen[1] = &variants[1];
    run.chosen_count = 2;
    run.result.job_variant = &variants[0];
    card();
    cr_assert_eq(run.result.contestant_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct contestant *c = &run.result.contestants[i];
        cr_expect_eq(c->variant, &variants[i]);
        cr_expect_eq(c->state, CONTESTANT_FAILED);
        cr_expect_str_eq(c->reason, "it is broken");
    }
    cr_expect_null(run.result.job_variant);
}

Test(finish, a_contestant_keeps_its_own_reason_and_wrong_stays_wrong, .init = begin, .fini = end)
{
    run.result.contestants = calloc(2, sizeof *run.result.contestants);
    run.result.contestant_count = 2;
    for (size_t i = 0; i < 2; i++)
        run.result.contestants[i].variant = &variants[i];
    run.result.contestants[0].state = CONTESTANT_WAIVED;
    snprintf(run.result.contestants[0].reason, sizeof run.result.contestants[0].reason, "old");
    why.status = STATUS_WRONG;
    card();
    cr_expect_eq(run.result.contestants[0].state, CONTESTANT_WAIVED);
    cr_expect_str_eq(run.result.contestants[0].reason, "old");
    cr_expect_eq(run.result.contestants[1].state, CONTESTANT_WRONG);
    cr_expect_str_eq(run.result.contestants[1].reason, "it is broken");
}

Test(finish, where_the_device_was_to_choose_the_entry_is_called_auto, .init = begin, .fini = end)
{
    card();
    cr_assert_eq(run.result.contestant_count, 1);
    cr_expect_str_eq(run.result.contestants[0].variant->name, "auto");
    cr_expect_eq(run.result.contestants[0].variant->op, OP_SUM_AAT);
    cr_expect_eq(run.result.contestants[0].variant->arithmetic, ARITH_F32);
}

Test(finish, nothing_is_published_of_an_invalid_command_or_of_one_that_was_ended, .init = begin,
     .fini = end)
{
    run.began = 0;
    cr_expect_not(run_queue_failure(&run, &why));
    run.began = clock_now();
    run.is_finished = true;
    cr_expect_not(run_queue_failure(&run, &why));
    run.is_finished = false;
    why.status = STATUS_INTERRUPTED;
    cr_expect_not(run_queue_failure(&run, &why));
    why.status = STATUS_FAILED;
    publishing.to.kind = TO_HTTP;
    cr_expect_not(run_queue_failure(&run, &why));
    run.publishing = NULL;
    cr_expect_not(run_queue_failure(&run, &why));
    cr_expect_leq(scratch_count(".pending"), 0);
}
