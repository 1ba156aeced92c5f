/* test_http_limits.c - how long a try may take, how long a client pauses, and what a token is. */
#include "harness/net/http.h"
#include "harness/net/http_limits.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void expect_limits(double timeout_s, double whole_s, long connect_ms, nanos patience)
{
    const struct http_limits l = http_limits(timeout_s);
    cr_expect_eq(l.whole_s, whole_s);
    cr_expect_eq(l.connect_ms, connect_ms, "%g s: %ld ms", timeout_s, l.connect_ms);
    cr_expect_eq(l.patience, patience, "%g s: %llu ns", timeout_s, (unsigned long long)l.patience);
}

Test(http_limits, three_tries_fit_into_the_time_of_all)
{
    expect_limits(0, 30, 5000, 7500000000);
    expect_limits(-1, 30, 5000, 7500000000);
    expect_limits(30, 30, 5000, 7500000000);
    expect_limits(60, 60, 5000, 15000000000);
    expect_limits(15, 15, 2500, 3750000000);
    expect_limits(0.5, 0.5, 83, 125000000);
    expect_limits(0.001, 0.001, 1, 250000);
}

Test(http_limits, a_deadline_is_a_millisecond_away_at_least)
{
    cr_expect_eq(http_left_ms(5000000, 10000000), 5);
    cr_expect_eq(http_left_ms(5000000, 10999999), 5);
    cr_expect_eq(http_left_ms(5000000, 7000000), 2);
    cr_expect_eq(http_left_ms(5000000, 6000000), 1);
    cr_expect_eq(http_left_ms(5000000, 5000000), 1);
    cr_expect_eq(http_left_ms(5000000, 1000000), 1);
}

Test(http_limits, pauses_are_varied_by_half_and_double)
{
    cr_expect_eq(http_pause_s(0, 0), 0.25);
    cr_expect_eq(http_pause_s(0, UINT32_MAX), 0.75);
    cr_expect_eq(http_pause_s(1, 0), 0.5);
    cr_expect_eq(http_pause_s(1, UINT32_MAX), 1.5);
    cr_expect_float_eq(http_pause_s(0, UINT32_MAX / 2), 0.5, 1e-6);
}

static struct failure why;

Test(http_limits, a_token_is_one_printable_line)
{
    static const struct {
        const char *text, *token;
    } cases[] = {{"secret", "secret"}, {"secret\r\n\n", "secret"},
                 {"!~", "!~"},         {"a b", NULL},
                 {"a\x7f", NULL},      {"\n", NULL},
                 {"a\nb", NULL},       {" a", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_access access = {.token = NULL};
        setenv("GPUBENCH_TOKEN", cases[i].text, 1);
        const enum status status = http_access_token(&access, NULL, &why);
        cr_expect_eq(status, cases[i].token ? STATUS_OK : STATUS_USAGE, "%s", cases[i].text);
        cr_expect(cases[i].token ? strcmp(access.token, cases[i].token) == 0 : !access.token);
        http_access_free(&access);
        cr_expect_null(access.token);
    }
    setenv("GPUBENCH_TOKEN", "", 1);
    struct http_access access = {.token = NULL};
    cr_expect_eq(http_access_token(&access, NULL, &why), STATUS_OK, "empty is unset");
    cr_expect_null(access.token);
    cr_expect_eq(http_access_token(&access, "/nonexistent", &why), STATUS_USAGE);
}

Test(http_limits, a_token_is_read_from_its_file)
{
    struct http_access access = {.token = NULL};
    setenv("GPUBENCH_TOKEN", "of the environment", 1);
    scratch_make();
    scratch_file("token", "secret\n");
    scratch_file("one", "s");
    scratch_file("empty", "");
    scratch_file("two", "one\ntwo\n");
    cr_expect_eq(http_access_token(&access, scratch_path("token"), &why), STATUS_OK);
    cr_expect_str_eq(access.token, "secret");
    http_access_free(&access);
    cr_expect_eq(http_access_token(&access, scratch_path("one"), &why), STATUS_OK);
    cr_expect_str_eq(access.token, "s");
    http_access_free(&access);
    static const char *const none[] = {"empty", "two"};
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(http_access_token(&access, scratch_path(none[i]), &why), STATUS_USAGE);
        cr_expect_eq(why.status, STATUS_USAGE);
        cr_expect_not_null(strstr(why.text, " holds no token: one line"), "%s", why.text);
        cr_expect_null(access.token);
    }
    cr_expect_eq(http_access_token(&access, scratch_path("none"), &why), STATUS_USAGE);
    cr_expect_eq(why.status, STATUS_USAGE);
    cr_expect_not_null(strstr(why.text, "/none cannot be read: No such file"), "%s", why.text);
    scratch_remove();
}
