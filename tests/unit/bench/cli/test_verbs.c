/* test_verbs.c - the verb that a word names, or what was probably meant. */
#include "bench/verbs.h"

#include <criterion/criterion.h>
#include <string.h>

static struct failure why;

static const char *refused(const char *word)
{
    why = (struct failure){0};
    cr_expect_null(verb_find(word, &why), "%s", word);
    cr_expect_eq(why.status, STATUS_USAGE, "%s", word);
    return why.text;
}

Test(verbs, each_is_found_by_its_whole_name)
{
    for (size_t i = 0; i < verb_count; i++)
        cr_expect_eq(verb_find(verbs[i]->name, &why), verbs[i]);
    cr_expect_str_eq(verbs[0]->name, "gpu");
    cr_expect_str_eq(verbs[verb_count - 1]->name, "help");
}

Test(verbs, a_word_that_is_none_is_refused_with_what_was_meant)
{
    cr_expect_str_eq(refused("hlep"),
                     "unknown verb \"hlep\": did you mean \"help\"? gpubench --help shows all.");
    cr_expect_str_eq(refused("GPU"),
                     "unknown verb \"GPU\": did you mean \"gpu\"? gpubench --help shows all.");
    cr_expect_str_eq(refused(""), "unknown verb \"\": gpubench --help shows all.");
    cr_expect_str_eq(refused("Version"),
                     "Version is no verb: gpubench --version shows the version.");
    cr_expect_str_eq(refused("4k"), "which device? gpubench gpu 4k, or gpubench cpu 4k");
    cr_expect_str_eq(refused("Run"), "which device? gpubench gpu N, or gpubench cpu N");
    cr_expect_str_eq(refused("test"), "which device? gpubench gpu N, or gpubench cpu N");
}

Test(verbs, a_long_word_is_cut)
{
    cr_expect_str_eq(
        refused("version-and-much-more-than-that"),
        "unknown verb \"version-and-much-more-than-that\": gpubench --help shows all.");
    cr_expect_str_eq(
        refused("0123456789012345678901234567890123456789x"),
        "which device? gpubench gpu 0123456789012345678901234567890123456789, or gpubench cpu "
        "0123456789012345678901234567890123456789");
}
