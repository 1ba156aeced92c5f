/* test_document.c - what a document says of its start, its ranks and what held clocks back, at the
 * borders of each. */
#include "harness/result/contestant.h"
#include "harness/result/document.h"
#include "harness/result/tool.h"
#include "tests/unit/example_result.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect_json(const json_t *document, const char *path, const char *want)
{
    const json_t *value = json_value(document, path);
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    cr_expect_str_eq(text ? text : "(none)", want, "%s: %s", path, text ? text : "(none)");
    free(text);
}

Test(document, only_a_start_in_the_usual_form_is_rewritten)
{
    static const struct {
        const char *started, *want;
    } cases[] = {{"20261124T101502Z", "\"2026-11-24T10:15:02Z\""},
                 {"20261124 101502Z", "\"20261124 101502Z\""},
                 {"20261124T101502+", "\"20261124T101502+\""},
                 {"20261124T101502Z0", "\"20261124T101502Z0\""},
                 {"2026112T1101502Z", "\"2026112T1101502Z\""},
                 {"", "\"\""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result r = {.backend_name = "gpu"};
        strcpy(r.started, cases[i].started);
        json_t *document = result_to_json(&r);
        expect_json(document, "started", cases[i].want);
        json_decref(document);
    }
}

Test(document, a_device_has_what_is_known_of_it)
{
    struct result r = {.backend_name = "gpu",
                       .device = {.memory_total = 1, .peak_bytes = 1, .peak_flops = {1}}};
    json_t *document = result_to_json(&r);
    expect_json(document, "device.memory", "{\"total\":1,\"free\":0}");
    expect_json(document, "device.peak", "{\"f32_flops\":1.0,\"memory_bytes_per_s\":1.0}");
    json_decref(document);
}

Test(document, each_rank_has_a_place_its_share_and_its_times)
{
    double compute[] = {0.5, 0.25}, waiting[] = {0.125, 0}, exchange[] = {0.0625, 1};
    struct rank_result list[] = {
        {.host = "a",
         .device = "GPU A",
         .place = "/gpu:0",
         .uuid = "GPU-1",
         .pci = "0000:01:00.0",
         .share = 0.75,
         .part = 3,
         .want = 4,
         .error = 0.5,
         .sm_mhz = 1755,
         .compute_s = compute,
         .waiting_s = waiting,
         .exchange_s = exchange,
         .link_bytes_s = 2e9,
         .shares_device = true},
        {.host = "b", .device = "CPU", .place = "/cpu:0", .share = 0.25},
    };
    struct rank_results ranks = {.count = 2,
                                 .hosts = 2,
                                 .devices = 1,
                                 .transport = "Open MPI 4.1",
                                 .links = "NCCL 2.28.9",
                                 .exchange = "ring",
                                 .balance = "measured",
                                 .alone_s = 1.5,
                                 .efficiency = 0.9375,
                                 .samples = 2,
                                 .list = list};
    list[1].compute_s = list[1].waiting_s = list[1].exchange_s = exchange;
    struct result r = {.backend_name = "gpu", .ranks = &ranks};
    json_t *document = result_to_json(&r);
    static const char *const cases[][2] = {
        {"ranks.count", "2"},
        {"ranks.hosts", "2"},
        {"ranks.devices", "1"},
        {"ranks.transport", "\"Open MPI 4.1\""},
        {"ranks.exchange", "\"ring\""},
        {"ranks.links", "\"NCCL 2.28.9\""},
        {"ranks.balance", "\"measured\""},
        {"ranks.alone_s", "1.5"},
        {"ranks.efficiency", "0.9375"},
        {"ranks.list.0",
         "{\"rank\":0,\"host\":\"a\",\"device\":\"GPU A\",\"place\":\"/gpu:0\","
         "\"pci\":\"0000:01:00.0\",\"uuid\":\"GPU-1\",\"shares_device\":true,\"share\":0.75,"
         "\"part\":3.0,\"want\":4.0,\"error\":0.5,\"sm_hz\":1755000000.0,"
         "\"compute_s\":[0.5,0.25],\"waiting_s\":[0.125,0.0],\"exchange_s\":[0.0625,1.0],"
         "\"link_bytes_per_s\":2000000000.0}"},
        {"ranks.list.1",
         "{\"rank\":1,\"host\":\"b\",\"device\":\"CPU\",\"place\":\"/cpu:0\","
         "\"shares_device\":false,\"share\":0.25,\"part\":0.0,\"want\":0.0,\"error\":0.0,"
         "\"sm_hz\":null,\"compute_s\":[0.0625,1.0],\"waiting_s\":[0.0625,1.0],"
         "\"exchange_s\":[0.0625,1.0],\"link_bytes_per_s\":null}"},
        {"ranks.list.2", "(none)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_json(document, cases[i][0], cases[i][1]);
    json_decref(document);
    ranks.links[0] = '\0';
    document = result_to_json(&r);
    expect_json(document, "ranks.links", "(none)");
    json_decref(document);
}

/* Each sample that saw a reason counts once, also the first reason and the last. */
Test(document, reasons_that_held_clocks_back_are_counted)
{
    struct example e;
    example_fill(&e);
    for (size_t i = 0; i < e.contestants[0].count; i++)
        e.fused_samples[i].throttle = 0;
    e.fused_samples[0].throttle = 1;
    e.fused_samples[1].throttle = 1u << 31 | 4;
    e.fused_samples[5].throttle = 4;
    json_t *document = result_to_json(&e.r);
    expect_json(document, "results.0.summary.throttled",
                "{\"gpu_idle\":1,\"sw_power_cap\":2,\"bit_31\":1}");
    json_decref(document);
    facts_free(&e.r.facts);
}

Test(document, samples_that_were_taken_before_the_clock_settled_are_counted_if_there_are_any)
{
    struct example e;
    example_fill(&e);
    e.contestants[0].settling = 0;
    json_t *document = result_to_json(&e.r);
    expect_json(document, "results.0.summary.settling", "(none)");
    json_decref(document);
    e.contestants[0].settling = 1;
    document = result_to_json(&e.r);
    expect_json(document, "results.0.summary.settling", "1");
    json_decref(document);
    facts_free(&e.r.facts);
}

Test(document, samples_of_several_launches_say_how_they_became_one)
{
    static const struct variant v = {.name = "v"};
    static const struct {
        bool is_graph;
        unsigned launches;
        const char *want;
    } cases[] = {{true, 8, "\"graph\""}, {false, 8, "\"stream\""}, {true, 1, "(none)"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample samples[] = {
            {.device_ns = 1, .launches = i < 2 ? 1 : 8},
            {.device_ns = 1, .launches = cases[i].launches, .is_graph = cases[i].is_graph}};
        struct contestant c = {.variant = &v, .samples = samples, .count = 2};
        struct result r = {.backend_name = "gpu", .contestants = &c, .contestant_count = 1};
        json_t *document = result_to_json(&r);
        expect_json(document, "results.0.summary.batch", cases[i].want);
        json_decref(document);
    }
}

Test(document, the_program_is_named_with_its_build)
{
    struct facts f = {0};
    tool_facts(&f);
    cr_expect_str_eq(facts_get_text(&f, "tool.version"), tool_version());
    cr_expect_str_eq(facts_get_text(&f, "tool.commit"), tool_commit());
    cr_expect_str_eq(facts_get_text(&f, "tool.build"), tool_build());
    cr_assert_not_null(facts_get(&f, "tool.dirty"));
    cr_expect_eq(facts_get(&f, "tool.dirty")->integer, tool_is_dirty());
    const char *compiler = facts_get_text(&f, "tool.compiler");
    cr_expect(strncmp(compiler, "gcc ", 4) == 0 || strstr(compiler, "lang "), "%s", compiler);
    facts_free(&f);
}
