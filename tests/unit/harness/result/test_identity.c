/* test_identity.c - which facts make a class of machine. */
#include "harness/result/document.h"
#include "harness/result/identity.h"
#include "harness/result/store.h"
#include "harness/result/tool.h"
#include "tests/unit/example_result.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fingerprint_with(const char *backend, const char *path, const char *json, char out[72])
{
    struct result r = {.backend_name = backend, .problem = {.n = 10}};
    example_facts(&r.facts);
    json_t *document = result_to_json(&r);
    if (path) {
        char *dot = strrchr(path, '.');
        char parent[100];
        snprintf(parent, sizeof parent, "%.*s", (int)(dot - path), path);
        json_t *patch = json_loads(json, JSON_DECODE_ANY, NULL), *object = NULL;
        char *save = NULL;
        object = document;
        for (char *w = strtok_r(parent, ".", &save); w; w = strtok_r(NULL, ".", &save)) {
            if (!json_object_get(object, w))
                json_object_set_new(object, w, json_object());
            object = json_object_get(object, w);
        }
        json_object_set_new(object, dot + 1, patch);
    }
    store_fingerprint(document, out);
    json_decref(document);
    facts_free(&r.facts);
}

Test(identity, hard_facts_change_the_fingerprint_and_others_do_not)
{
    static const struct {
        const char *path, *json;
        bool gpu, cpu; /* whether it changes a result's of that backend */
    } cases[] = {
        {"device.name", "\"another\"", true, false},
        {"device.compute_capability", "\"8.0\"", true, false},
        {"device.sms", "114", true, false},
        {"device.ecc", "true", true, false},
        {"device.mig", "\"1g.10gb\"", true, false},
        {"device.power_limit_w", "600", true, false},
        {"device.simulated", "true", true, true},
        {"host.cpu.model", "\"another\"", false, true},
        {"host.limits.cpu_quota", "2", false, true},
        {"host.limits.affinity", "3", false, true},
        {"host.cpu.smt", "false", false, true},
        {"cpu.threads", "7", false, true},
        {"blas.core", "\"Zen\"", false, true},
        {"blas.threads", "3", false, true},
        {"blas.name", "\"OpenBLAS\"", false, true},
        {"host.name", "\"node2\"", false, false},
        {"host.load_1min", "99.5", false, false},
        {"host.memory.total", "1", false, false},
        {"driver.version", "\"418.40\"", false, false},
        {"device.uuid", "\"GPU-1\"", false, false},
        {"device.memory.free", "1", false, false},
        {"env.OMP_NUM_THREADS", "\"3\"", false, false},
        {"tool.commit", "\"fffffff\"", false, false},
        {"container.kind", "\"docker\"", false, false},
        {"problem.n", "11", false, false},
    };
    char before[72], after[72];
    for (int cpu = 0; cpu <= 1; cpu++) {
        fingerprint_with(cpu ? "cpu" : "gpu", NULL, NULL, before);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            fingerprint_with(cpu ? "cpu" : "gpu", cases[i].path, cases[i].json, after);
            cr_expect_eq(strcmp(before, after) != 0, cpu ? cases[i].cpu : cases[i].gpu, "%s of %s",
                         cases[i].path, cpu ? "cpu" : "gpu");
        }
    }
}

Test(identity, the_fingerprint_is_the_sha256_of_the_canonical_text)
{
    json_t *document = json_loads("{\"device\": {\"backend\": \"gpu\", \"simulated\": false,"
                                  "\"name\": \"Example GPU\", \"sms\": 132, \"power_limit_w\": 700,"
                                  "\"memory\": {\"total\": 85899345920}}}",
                                  0, NULL);
    char *text = identity_text(document), out[72];
    cr_expect_str_eq(text, "gpubench-identity/1\nbackend=gpu\ndevice.simulated=false\n"
                           "device.name=Example GPU\ndevice.sms=132000000e-6\n"
                           "device.memory.total=2^(109/3)\ndevice.power_limit_w=700000000e-6\n");
    free(text);
    store_fingerprint(document, out);
    cr_expect_eq(strlen(out), 71);
    cr_expect_str_eq(out,
                     "sha256:8a70c854eb3fad25188ce89def41ae21b19b5305d5858093957ac65b4e0b0b1a");
    json_decref(document);
}

Test(identity, backends_never_share_a_fingerprint)
{
    char gpu[72], cpu[72];
    fingerprint_with("gpu", NULL, NULL, gpu);
    fingerprint_with("cpu", NULL, NULL, cpu);
    cr_expect_str_neq(gpu, cpu);
}

Test(identity, a_whole_number_counts_the_same_as_a_real_of_that_value)
{
    char whole[72], real[72];
    fingerprint_with("gpu", "device.power_limit_w", "700", whole);
    fingerprint_with("gpu", "device.power_limit_w", "700.0", real);
    cr_expect_str_eq(whole, real);
}

Test(identity, what_drivers_report_differently_of_one_cards_memory_is_one_size)
{
    static const struct {
        const char *one, *other;
        bool same;
    } cases[] = {
        {"85520809984", "84929150976", true}, /* H100 80 GB by drivers 535 and 580 */
        {"2096889856", "2147155968", true},
        {"42505273344", "85899345920", false}, /* A100 40 GB and 80 GB */
        {"6442450944", "3221225472", false},
    };
    char one[72], other[72];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fingerprint_with("gpu", "device.memory.total", cases[i].one, one);
        fingerprint_with("gpu", "device.memory.total", cases[i].other, other);
        cr_expect_eq(strcmp(one, other) == 0, cases[i].same, "%s and %s", cases[i].one,
                     cases[i].other);
    }
}

Test(identity, each_fact_has_one_class_for_a_backend)
{
    cr_expect_eq(identity_class_of("blas.threads", "cpu"), IDENTITY_HARD);
    cr_expect_eq(identity_class_of("blas.threads", "gpu"), IDENTITY_SOFT);
    cr_expect_eq(identity_class_of("tool.commit", "gpu"), IDENTITY_PROVENANCE);
    cr_expect_eq(identity_class_of("toolbox", "gpu"), IDENTITY_SOFT);
    cr_expect_eq(identity_class_of("host.load_1min", "cpu"), IDENTITY_VOLATILE);
    cr_expect_eq(identity_class_of("device.peak.f32_flops", "gpu"), IDENTITY_VOLATILE);
    cr_expect_eq(identity_class_of("of.a.later.version", "gpu"), IDENTITY_SOFT);

    size_t count;
    const struct identity_field *fields = identity_fields(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(fields[i].path, fields[k].path);
}

Test(tool, a_build_without_the_makefile_says_unknown_and_never_nothing)
{
    struct facts f = {0};
    tool_facts(&f);
    static const char *const paths[] = {"tool.version", "tool.commit", "tool.build",
                                        "tool.compiler"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        cr_expect_gt(strlen(facts_get_text(&f, paths[i])), 3, "%s", paths[i]);
    cr_expect_not_null(facts_get(&f, "tool.dirty"));
    facts_free(&f);
}
