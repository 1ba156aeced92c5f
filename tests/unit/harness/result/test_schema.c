/* test_schema.c - docs/result.schema.json, and the example in docs/results-format.md. */
#include "harness/result/document.h"
#include "harness/result/tool.h"
#include "tests/unit/example_result.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The validator's complaints about the files in the scratch directory, "" if it has none. */
static const char *complaints(void)
{
    static char text[1 << 16];
    char command[PATH_MAX + 64];
    snprintf(command, sizeof command, "scripts/check/validate-result %s/*.json 2>&1",
             scratch_path(""));
    FILE *pipe = popen(command, "r");
    cr_assert_not_null(pipe);
    text[fread(text, 1, sizeof text - 1, pipe)] = '\0';
    const int rc = pclose(pipe);
    cr_assert_eq(rc == 0, text[0] == '\0', "status %d: %s", rc, text);
    return text;
}

static const char *complaints_about(const json_t *document)
{
    scratch_make();
    cr_assert_eq(json_dump_file(document, scratch_path("x.json"), 0), 0);
    const char *text = complaints();
    scratch_remove();
    return text;
}

Test(schema, the_document_is_valid_by_the_schema)
{
    json_t *document = example_document();
    cr_expect_str_empty(complaints_about(document));
    json_decref(document);

    struct result bare = {
        .backend_name = "cpu", .started = "20261124T101502Z", .problem = {.n = 1}};
    tool_facts(&bare.facts);
    facts_text(&bare.facts, "host.name", "node1");
    document = result_to_json(&bare);
    cr_expect_str_empty(complaints_about(document));
    json_decref(document);
    facts_free(&bare.facts);
}

Test(schema, the_schema_refuses_what_the_format_forbids)
{
    static const struct {
        const char *what, *path, *key, *json, *complaint;
    } cases[] = {
        {"another major", "", "schema", "\"gpubench-result/2\"", "$.schema:"},
        {"a fingerprint cut short", "", "fingerprint", "\"sha256:12\"", "$.fingerprint:"},
        {"a time in another zone", "", "started", "\"2026-11-24T10:15:02+01:00\"", "$.started:"},
        {"a word for a number", "problem", "n", "\"100\"", "$.problem.n:"},
        {"a state of no meaning", "results.0", "state", "\"good\"", "$.results[0].state:"},
        {"a right result without verdict", "results.0", "verdict", NULL, "$.results[0]:"},
        {"a right result whose verdict is not ok", "results.0.verdict", "ok", "false",
         "$.results[0]:"},
        {"times without samples", "results.0", "samples", NULL, "$.results[0]:"},
        {"a wrong result with a time", "results.3", "summary", "{}", "$.results[3]"},
        {"a waived result without a reason", "results.2", "reason", NULL, "$.results[2]:"},
        {"a negative time", "results.0.samples", "device_s", "[-1.0]",
         "$.results[0].samples.device_s[0]:"},
        {"a key without n", "results.0", "key", "\"gpu/sum-aat/f32/warp-triangle\"",
         "$.results[0].key:"},
    };
    const size_t count = sizeof cases / sizeof cases[0];
    char name[64];
    scratch_make();
    for (size_t i = 0; i < count; i++) {
        json_t *document = example_document();
        json_t *object = (json_t *)json_value(document, cases[i].path);
        cr_assert(json_is_object(object), "%s", cases[i].what);
        if (cases[i].json)
            json_object_set_new(object, cases[i].key,
                                json_loads(cases[i].json, JSON_DECODE_ANY, NULL));
        else
            json_object_del(object, cases[i].key);
        snprintf(name, sizeof name, "case-%zu.json", i);
        cr_assert_eq(json_dump_file(document, scratch_path(name), 0), 0);
        json_decref(document);
    }
    const char *text = complaints(); /* one start of the validator for all */
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "case-%zu.json: %s", i, cases[i].complaint);
        cr_expect_not_null(strstr(text, name), "%s: %s", cases[i].what, text);
    }
    scratch_remove();
}

Test(schema, a_field_of_a_later_version_is_no_error)
{
    json_t *document = example_document();
    json_object_set_new(document, "later", json_true());
    json_object_set_new((json_t *)json_value(document, "results.0"), "energy_j", json_real(1.5));
    cr_expect_str_empty(complaints_about(document));
    json_decref(document);
}

/* The documentation's example is this test's: so it cannot go stale. */
Test(schema, the_example_in_the_documentation_is_what_is_written)
{
    FILE *file = fopen("docs/results-format.md", "r");
    cr_assert_not_null(file, "run from the repository's root");
    static char page[1 << 16];
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);

    char *start = strstr(page, "```json\n");
    cr_assert_not_null(start);
    start += strlen("```json\n");
    char *end = strstr(start, "```");
    cr_assert_not_null(end);
    *end = '\0';
    json_t *document = example_document();
    char *text = example_text(document);
    cr_expect_str_eq(start, text, "docs/results-format.md should have:\n%s", text);
    free(text);
    json_decref(document);
}
