/* test_publishing.c - what is published after a measurement, and how addresses are shown. */
#include "bench/stored/publishing.h"
#include "tests/unit/harness/reading/document.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(publishing, the_worse_of_two_failures_decides_and_the_other_is_a_warning,
     .init = cr_redirect_stderr)
{
    static const enum status ended[] = {STATUS_OK, STATUS_REGRESSION, STATUS_NO_DEVICE},
                             worse[] = {STATUS_PUBLISH_FAILED, STATUS_REGRESSION,
                                        STATUS_PUBLISH_FAILED};
    const struct options options = {.results = scratch_make(), .offline = true};
    struct publishing p;
    struct failure why = {0};
    char url[4200], text[4096];
    snprintf(url, sizeof url, "file://%s/", scratch_path("none"));
    cr_assert_eq(publishing_begin(&p, &options, url, NULL, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(publishing_send(&p, STATUS_REGRESSION, &why), STATUS_REGRESSION); /* nothing to */
    json_t *document = json_pack("{s:s}", "started", "2026-11-24T10:00:02Z");
    cr_assert_eq(publishing_add(&p, document, false, &why), STATUS_OK);
    for (size_t i = 0; i < 3; i++) {
        snprintf(why.text, sizeof why.text, "first %zu", i);
        cr_expect_eq(publishing_send(&p, ended[i], &why), worse[i]);
        cr_expect(strstr(why.text, i == 1 ? "first 1" : "1 result waits in "), "%s", why.text);
    }
    fflush(stderr);
    FILE *warned = cr_get_redirected_stderr();
    text[fread(text, 1, sizeof text - 1, warned)] = '\0';
    cr_expect_eq(strncmp(text, "gpubench: file://", 17), 0, "nothing is said before: %s", text);
    cr_expect(!strstr(text, "first 0") && !strstr(text, "first 1"), "%s", text);
    char *waits = strstr(text, "1 result waits in ");
    cr_assert(waits, "%s", text);
    cr_expect(!strstr(waits + 1, "1 result waits in "), "%s", text);
    cr_expect(strstr(waits, "gpubench: first 2\n"), "%s", text);
    json_decref(document);
    publishing_end(&p);
    scratch_remove();
}

Test(publishing, arguments_are_shown_without_secrets)
{
    char *argv[] = {"gpubench",
                    "https://me:secret@h/p?token=secret",
                    "--to=https://me:secret@h/p",
                    "--title=x",
                    "-",
                    "to=https://me:known@h/",
                    "-t=https://me:secret@h/p",
                    "x-t=https://me:known@h/p",
                    NULL};
    static const char *const shown[] = {
        "gpubench", "https://...@h/p",        "--to=https://...@h/p", "--title=x",
        "-",        "to=https://me:known@h/", "-t=https://...@h/p",   "x-t=https://me:known@h/p"};
    char **out = publishing_arguments(8, argv);
    for (size_t i = 0; i < 8; i++)
        cr_expect_str_eq(out[i], shown[i]);
    cr_expect_null(out[8]);
    publishing_free_arguments(out);
    publishing_free_arguments(NULL);
}

/* What publishing tells people while it sends one document to an address. */
static char *told(const char *to, bool is_list)
{
    char results[4200], url[4200], *text;
    size_t bytes;
    snprintf(results, sizeof results, "%s", scratch_path("results"));
    const struct options options = {.results = results, .offline = true};
    struct publishing p;
    struct failure why = {0};
    snprintf(url, sizeof url, "file://%s", scratch_path(to));
    FILE *people = open_memstream(&text, &bytes);
    cr_assert_eq(publishing_begin(&p, &options, url, people, &why), STATUS_OK, "%s", why.text);
    p.is_list = is_list;
    json_t *document = json_loads(DOCUMENT("", RESULT("\"ok\"", "")), 0, NULL);
    cr_assert_eq(publishing_add(&p, document, false, &why), STATUS_OK, "%s", why.text);
    publishing_send(&p, STATUS_OK, &why);
    publishing_end(&p);
    json_decref(document);
    fclose(people);
    return text;
}

Test(publishing, people_hear_what_was_sent_and_in_a_list_also_what_was_not)
{
    scratch_make();
    scratch_file("box", NULL);
    for (int is_list = 0; is_list < 2; is_list++) {
        char *text = told("box/", is_list);
        cr_expect_eq(strncmp(text, "published        ", 17), 0, "%s", text);
        cr_expect_str_eq(text + strlen(text) - 6, "/box/\n");
        free(text);
        text = told("none/", is_list);
        cr_expect_eq(strncmp(text, "not published    ", 17) == 0, is_list, "%s", text);
        cr_expect_eq(*text != 0, is_list);
        free(text);
    }
    scratch_remove();
}

Test(publishing, only_a_baseline_on_a_server_needs_access)
{
    const struct options options = {.ca_file = "/nowhere/ca.pem", .offline = true};
    struct readings readings = {0};
    struct failure why = {0};
    cr_expect_eq(publishing_baseline(&options, "https://node1/base.json", &readings, &why),
                 STATUS_USAGE);
    cr_expect_str_eq(why.text,
                     "--ca-file /nowhere/ca.pem cannot be read: No such file or directory");
    cr_expect_eq(publishing_baseline(&options, "/nowhere/base.json", &readings, &why),
                 STATUS_NOT_COMPARABLE);
    cr_expect(strstr(why.text, "/nowhere/base.json"), "%s", why.text);
    readings_free(&readings);
}
