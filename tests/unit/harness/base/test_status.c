#include "harness/base/status.h"

#include <criterion/criterion.h>
#include <string.h>
#include <wchar.h>

Test(status, fail_formats_the_sentence_and_returns_the_status)
{
    struct failure why;

    cr_assert_eq(fail(&why, STATUS_NO_MEMORY, "N = %d needs %.1f GiB", 60000, 13.4),
                 STATUS_NO_MEMORY);
    cr_assert_eq(why.status, STATUS_NO_MEMORY);
    cr_assert_str_eq(why.text, "N = 60000 needs 13.4 GiB");
}

Test(status, fail_accepts_nobody_to_tell)
{
    cr_assert_eq(fail(NULL, STATUS_USAGE, "%s", "nobody listens"), STATUS_USAGE);
}

Test(status, fail_cuts_a_long_sentence_and_terminates_it)
{
    char lengthy[3000];
    memset(lengthy, 'x', sizeof lengthy - 1);
    lengthy[sizeof lengthy - 1] = '\0';
    struct failure why;

    fail(&why, STATUS_FAILED, "%s", lengthy);

    cr_assert_eq(strlen(why.text), sizeof why.text - 1);
}

/* Half of a pair of UTF-16 is no character in any locale. */
Test(status, a_sentence_that_cannot_be_formatted_is_empty)
{
    static const wchar_t half[] = {0xd800, 0};
    struct failure why;
    cr_expect_eq(fail(&why, STATUS_FAILED, "no such name: %ls", half), STATUS_FAILED);
    cr_expect_str_eq(why.text, "");
}

Test(status, a_failure_can_be_wrapped_in_another_sentence)
{
    struct failure why;
    fail(&why, STATUS_FAILED, "no such file");

    fail(&why, STATUS_FAILED, "cannot read x.json: %s", why.text);

    cr_assert_str_eq(why.text, "cannot read x.json: no such file");
}

Test(status, each_status_has_the_documented_exit_code_and_name)
{
    static const struct {
        enum status status;
        int code;
        const char *name;
    } cases[] = {
        {STATUS_OK, 0, "ok"},
        {STATUS_FAILED, 1, "failed"},
        {STATUS_LOST, 1, "device lost"},
        {STATUS_WRONG, 1, "wrong result"},
        {STATUS_NO_MEMORY, 1, "does not fit in memory"},
        {STATUS_USAGE, 2, "usage"},
        {STATUS_REGRESSION, 3, "regression"},
        {STATUS_INCONCLUSIVE, 4, "inconclusive"},
        {STATUS_NOT_COMPARABLE, 5, "not comparable, or a file is missing or holds no result"},
        {STATUS_PUBLISH_FAILED, 6, "publish failed, result saved"},
        {STATUS_NO_DEVICE, 77, "no usable device"},
        {STATUS_INTERRUPTED, 130, "interrupted"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_eq(exit_code(cases[i].status), cases[i].code, "%s", cases[i].name);
        cr_expect_str_eq(status_name(cases[i].status), cases[i].name);
    }
}

Test(status, a_number_that_is_no_status_counts_as_a_failure)
{
    cr_expect_eq(exit_code((enum status)1000), 1);
    cr_expect_str_eq(status_name((enum status)1000), "unknown status");
    cr_expect_str_eq(status_name(STATUS_INTERRUPTED + 1), "unknown status");
}

Test(status, the_worse_of_two_is_the_one_listed_first_whatever_their_order)
{
    static const enum status worst_first[] = {
        STATUS_INTERRUPTED,    STATUS_USAGE,      STATUS_FAILED,
        STATUS_NOT_COMPARABLE, STATUS_REGRESSION, STATUS_INCONCLUSIVE,
        STATUS_PUBLISH_FAILED, STATUS_NO_DEVICE,  STATUS_OK,
    };
    enum { COUNT = sizeof worst_first / sizeof worst_first[0] };

    for (int i = 0; i < COUNT; i++)
        for (int j = i; j < COUNT; j++) {
            cr_expect_eq(status_worse(worst_first[i], worst_first[j]), worst_first[i], "%s, %s",
                         status_name(worst_first[i]), status_name(worst_first[j]));
            cr_expect_eq(status_worse(worst_first[j], worst_first[i]), worst_first[i], "%s, %s",
                         status_name(worst_first[j]), status_name(worst_first[i]));
        }
}

Test(status, a_wrong_result_is_as_bad_as_a_failure)
{
    cr_expect_eq(exit_code(status_worse(STATUS_WRONG, STATUS_NOT_COMPARABLE)), 1);
    cr_expect_eq(exit_code(status_worse(STATUS_REGRESSION, STATUS_NO_MEMORY)), 1);
}

Test(status, the_number_behind_the_last_status_has_no_name)
{
    enum {
#define X(name, code, text) +1
        COUNT = 0 STATUS_LIST(X)
#undef X
    };
    cr_expect_str_eq(status_name((enum status)COUNT), "unknown status");
    cr_expect_eq(exit_code((enum status)COUNT), 1);
    cr_expect_str_neq(status_name((enum status)(COUNT - 1)), "unknown status");
}
