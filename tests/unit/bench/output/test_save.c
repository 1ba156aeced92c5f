/* test_save.c - where a result is saved, and what is left if that fails. */
#include "bench/output/save.h"

#include "tests/unit/example_result.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <string.h>

static char saved[4096];
static struct failure why;

static enum status save(struct options options)
{
    json_t *document = example_document();
    strcpy(saved, "left over");
    why = (struct failure){0};
    const enum status status = save_document(&options, document, saved, sizeof saved, &why);
    json_decref(document);
    return status;
}

Test(save, a_result_that_is_not_to_be_saved_has_no_place, .init = (void (*)(void))scratch_make,
     .fini = scratch_remove)
{
    cr_expect_eq(save((struct options){.discard = true}), STATUS_OK);
    cr_expect_str_empty(saved);
    cr_expect_eq(save((struct options){.discard = true, .output = scratch_path("one.json")}),
                 STATUS_OK);
    cr_expect_str_empty(saved);
    cr_expect_eq(scratch_count(""), 1);
}

Test(save, both_places_are_tried_and_the_first_failure_is_told,
     .init = (void (*)(void))scratch_make, .fini = scratch_remove)
{
    char results[512], nowhere[512];
    snprintf(results, sizeof results, "%s", scratch_path("results"));
    snprintf(nowhere, sizeof nowhere, "%s", scratch_path("none/one.json"));
    cr_expect_neq(save((struct options){.results = results, .output = nowhere}), STATUS_OK);
    cr_expect(strstr(why.text, "none/one.json"), "%s", why.text);
    cr_expect_eq(strncmp(saved, results, strlen(results)), 0, "it is saved nevertheless: %s",
                 saved);
    scratch_file("file", "");
    snprintf(results, sizeof results, "%s", scratch_path("file"));
    cr_expect_neq(save((struct options){.results = results}), STATUS_OK);
    cr_expect(strstr(why.text, "Not a directory"), "%s", why.text);
    cr_expect_str_empty(saved);
    cr_expect_neq(save((struct options){.results = results, .output = nowhere}), STATUS_OK);
    cr_expect(strstr(why.text, "none/one.json"), "%s", why.text);
    cr_expect_str_empty(saved);
}
