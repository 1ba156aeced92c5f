/* example_result.c - fills in the run field by field. */
#include "tests/unit/example_result.h"

#include "harness/result/contestant.h"
#include "harness/result/document.h"
#include "harness/text/json_text.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct variant fused = {
    .op = OP_SUM_AAT, .name = "warp-triangle", .symmetric = true, .steps = {"matmul + sum"}};
static const struct variant cublas = {
    .op = OP_SUM_AAT, .name = "cublas-sgemm", .library = true, .steps = {"matmul", "reduce"}};
static const struct variant hopper = {.op = OP_SUM_AAT,
                                      .name = "wgmma-sm90",
                                      .arithmetic = ARITH_F32_3XF16,
                                      .steps = {"matmul + sum"}};
static const struct variant tiled = {
    .op = OP_SUM_AAT, .name = "triangle", .steps = {"matmul + sum"}};

void example_facts(struct facts *f)
{
    facts_text(f, "tool.version", "0.1.0");
    facts_text(f, "tool.commit", "1a2b3c4d5e6f");
    facts_boolean(f, "tool.dirty", false);
    facts_text(f, "tool.build", "release");
    facts_text(f, "host.name", "node1");
    facts_text(f, "host.cpu.model", "Example CPU");
    facts_integer(f, "host.cpu.cores", 16);
    facts_integer(f, "host.memory.total", INT64_C(68719476736));
    facts_real(f, "host.limits.cpu_quota", 3.5);
    facts_text(f, "container.kind", "podman");
    facts_text(f, "env.CUDA_VISIBLE_DEVICES", "0");
    facts_text(f, "device.compute_capability", "9.0");
    facts_integer(f, "device.sms", 132);
    facts_text(f, "driver.version", "580.1");
}

static struct verdict right(double error)
{
    return (struct verdict){.ok = true,
                            .sum = 250015.25 * (1 + error),
                            .want = 250015.25,
                            .sum_error = error,
                            .row_error = NAN,
                            .rel_f = NAN,
                            .bias = NAN,
                            .worst_entry = NAN,
                            .block_error = NAN,
                            .weighted_error = NAN,
                            .limit = {.sum = 1e-6,
                                      .row = 2e-6,
                                      .rel_f = 3e-6,
                                      .bias = 5e-6,
                                      .entry = 4e-6,
                                      .block = NAN,
                                      .weighted = NAN}};
}

void example_fill(struct example *e)
{
    static char *argv[] = {"gpubench", "gpu", "100", "--all"};
    static const nanos fused_ns[] = {18410, 18400, 18420, 18430, 18410, 18390};
    *e = (struct example){0};
    for (int i = 0; i < 6; i++)
        e->fused_samples[i] = (struct sample){.launches = 3,
                                              .device_ns = fused_ns[i],
                                              .wall_ns = fused_ns[i] + 2000,
                                              .sm_mhz = 1755,
                                              .throttle = i < 2 ? 0x4 : 0};
    e->fused_samples[5].sm_mhz = 0;
    for (unsigned i = 0; i < 5; i++)
        e->cublas_samples[i] = (struct sample){.launches = 1,
                                               .device_ns = 38300 + i,
                                               .wall_ns = 40000 + i,
                                               .step_ns = {38000, 300 + i}};
    e->contestants[0] = (struct contestant){.variant = &fused,
                                            .verdict = right(-3.1e-8),
                                            .samples = e->fused_samples,
                                            .count = 6,
                                            .warmups = 3,
                                            .stop = STOP_CONVERGED,
                                            .launches_per_sample = 3};
    e->contestants[1] = (struct contestant){.variant = &cublas,
                                            .verdict = right(2e-8),
                                            .samples = e->cublas_samples,
                                            .count = 5,
                                            .warmups = 3,
                                            .stop = STOP_TIME,
                                            .launches_per_sample = 1};
    e->contestants[2] = (struct contestant){
        .variant = &hopper, .state = CONTESTANT_WAIVED, .reason = "needs cc 9.0, this is 3.0"};
    e->contestants[3] = (struct contestant){
        .variant = &tiled, .state = CONTESTANT_WRONG, .reason = "rel. error 2.4e-04, limit 1e-06"};
    e->contestants[3].samples = e->fused_samples;
    e->contestants[3].count = 6;
    e->contestants[3].verdict = right(2.4e-4);
    e->contestants[3].verdict.ok = false;
    e->contestants[3].verdict.sum = NAN;
    strcpy(e->contestants[3].verdict.reason, "the sum is not a number");

    struct result *r = &e->r;
    r->problem = (struct problem){.op = OP_SUM_AAT, .n = 100, .seed = 1};
    r->backend_name = "gpu";
    r->device = (struct device_facts){.name = "Example GPU",
                                      .place = "/gpu:0",
                                      .summary = "cc 9.0, driver 580.1, image portable",
                                      .peak_bytes = 3.35e12,
                                      .memory_total = UINT64_C(85899345920),
                                      .memory_free = UINT64_C(84825604096),
                                      .simulated = true};
    r->device.peak_flops[ARITH_F32] = 66.9e12;
    example_facts(&r->facts);
    strcpy(r->started, "20261124T101502Z");
    r->argc = 4;
    r->argv = argv;
    r->job_variant = &fused;
    r->sum = 250015.25;
    r->time_taken_ns = 352114000;
    result_add_phase(r, "open", 214100000, NULL, "driver and context");
    result_add_phase(r, "matmul + sum", 18410, "/gpu:0", "sum-aat/f32/%s", "warp-triangle");
    r->contestants = e->contestants;
    r->contestant_count = 4;
}

json_t *example_document(void)
{
    struct example e;
    example_fill(&e);
    json_t *document = result_to_json(&e.r);
    facts_free(&e.r.facts);
    cr_assert_not_null(document);
    return document;
}

char *example_text(const json_t *document)
{
    char *text = NULL;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    json_text_write(document, to);
    fclose(to);
    return text;
}

const json_t *json_value(const json_t *here, const char *path)
{
    char words[200], *save = NULL;
    snprintf(words, sizeof words, "%s", path);
    for (char *word = strtok_r(words, ".", &save); here && word; word = strtok_r(NULL, ".", &save))
        here = json_is_array(here) ? json_array_get(here, strtoul(word, NULL, 10))
                                   : json_object_get(here, word);
    return here;
}
