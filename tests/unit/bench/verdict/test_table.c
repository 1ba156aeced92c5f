/* test_table.c - a comparison for people: every kind of row, and each note below the table. */
#include "tests/unit/bench/verdict/example_rows.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void plain(FILE *to, const struct verdicts *v)
{
    verdicts_print(to, v, false);
}

static void colored(FILE *to, const struct verdicts *v)
{
    verdicts_print(to, v, true);
}

Test(verdicts, the_table_has_each_kind_of_row)
{
    example_verdicts();
    char *text = example_printed(plain);
    cr_expect_str_eq(
        text,
        "base abc1234 (2026-01-02)   now unknown (2026-02-03)   node1 · H100\n"
        "                base                now   change   99 % interval       n\n"
        "a   125.0 ms ± 0.2 %   125.0 ms ± 0.2 %        ~   -1.0 … +1.0 %   10+12   SAME           "
        "within ±3 %\n"
        "b   125.0 ms ± 0.2 %   117.5 ms ± 0.2 %   -6.0 %   -7.0 … -5.0 %   10+12   FAST           "
        "\n"
        "c   125.0 ms ± 0.2 %   132.5 ms ± 0.2 %   +6.0 %   +5.0 … +7.0 %   10+12   SLOW           "
        "\n"
        "d   125.0 ms ± 0.2 %   127.5 ms ± 0.2 %   +2.0 %   +1.0 … +3.0 %   10+12   UNSURE         "
        "too few\n"
        "e                  -                  -        -               -       -   OTHER MACHINE  "
        "other GPU\n"
        "f                  -                  -        -               -       -   ONLY BASE      "
        "\n"
        "g                  -                  -        -               -       -   ONLY NEW       "
        "\n"
        "h                  -                  -        -               -       -   WRONG          "
        "sum is wrong\n"
        "i                  -                  -        -               -       -   FAILED         "
        "no memory\n");
    free(text);
}

Test(verdicts, the_heading_is_of_the_first_row_that_both_sides_have)
{
    static const char heading[] = "base abc1234 (2026-01-02)   now unknown (2026-02-03)   node1 · ";
    struct comparison *c = (struct comparison *)(uintptr_t)example_verdicts()->comparison;
    const struct compare_row only_base = *example_row("f");
    c->count = 1;
    char *text = example_printed(plain);
    cr_expect_eq(strncmp(text, heading, strlen(heading)), 0, "%s", text);
    free(text);
    *example_row("a") = only_base;
    text = example_printed(plain);
    cr_expect_null(strstr(text, "base abc1234"), "%s", text);
    free(text);
}

Test(verdicts, colours_mean_good_bad_open_and_neither)
{
    static const char *const tinted[] = {
        "\033[32m SAME\033",    "\033[32m FAST\033",          "\033[31m SLOW\033",
        "\033[33m UNSURE\033",  "\033[31m OTHER MACHINE\033", "\033[2m ONLY BASE\033",
        "\033[2m ONLY NEW\033", "\033[31m WRONG\033",         "\033[31m FAILED\033"};
    example_verdicts();
    char *text = example_printed(colored);
    for (size_t i = 0; i < sizeof tinted / sizeof *tinted; i++)
        cr_expect(strstr(text, tinted[i]), "%s", tinted[i] + 1);
    free(text);
}

Test(verdicts, changes_and_intervals_that_are_large_or_unknown)
{
    char text[WORDS_BYTES];
    struct compare_row row = {.shift = {.low = log(0.5), .high = log(3)}};
    cr_expect_str_eq(verdicts_change(text, 0.9994), "+99.9 %");
    cr_expect_str_eq(verdicts_change(text, -0.9996), "-100 %");
    cr_expect_str_eq(verdicts_change(text, 1.5), "+150 %");
    cr_expect_str_eq(verdicts_interval(text, &row), "-50.0 … +200.0 %");
    row.shift.low = -INFINITY;
    cr_expect_str_eq(verdicts_interval(text, &row), "-");
    cr_expect_str_eq(verdicts_side(text, &(struct compare_side){.median_s = 2, .spread = NAN}),
                     "2.000 s");
}

Test(verdicts, the_heading_names_the_machines_that_differ)
{
    struct reading other = {.identity = (char *)"device.name=A100\nhost.cpu=X\n",
                            .started = "2026-03-04T00:00:00Z",
                            .device = "A100",
                            .commit = "def",
                            .label = ""};
    struct verdicts *v = example_verdicts();
    example_row("e")->now.reading = &other;
    char *text = example_printed(plain);
    static const char same[] = "base abc1234 (2026-01-02)   now def (2026-03-04)   A100\n";
    cr_expect(strncmp(text, same, sizeof same - 1) == 0, "%s", text);
    cr_expect(strstr(text, "\nother machine  device.name  H100 → A100\n"), "%s", text);
    cr_expect(!strstr(text, "host.cpu"));
    free(text);
    ((struct compare_rules *)v->rules)->is_cross_host = true;
    text = example_printed(plain);
    cr_expect(strstr(text, "\ndiffers  device.name  H100 → A100\n"), "%s", text);
    free(text);
}

Test(verdicts, of_many_differences_twelve_are_shown)
{
    struct reading other = {.identity = (char *)"p=1\n", .started = "", .device = "", .label = ""};
    char identity[512] = "";
    struct reading many = other;
    example_verdicts();
    for (int i = 0; i < 14; i++)
        sprintf(identity + strlen(identity), "field%d=%d\n", i, i);
    many.identity = identity;
    example_row("e")->base.reading = &many;
    other.commit = many.commit = "x";
    example_row("e")->now.reading = &other;
    char *text = example_printed(plain);
    cr_expect(strstr(text, "other machine  field11  11 → -\nother machine  3 more\n"), "%s", text);
    free(text);
    identity[0] = '\0';
    for (int i = 0; i < 11; i++)
        sprintf(identity + strlen(identity), "field%d=%d\n", i, i);
    text = example_printed(plain);
    cr_expect(strstr(text, "other machine  p        - → 1\n"), "%s", text);
    cr_expect(!strstr(text, "more"), "%s", text);
    free(text);
}

/* The notes below the table, from the first one on. */
static void expect_notes(const char *notes)
{
    char *text = example_printed(plain);
    const char *from = strstr(text, "no memory\n");
    cr_assert(from);
    cr_expect_str_eq(from + strlen("no memory\n"), notes);
    free(text);
}

Test(verdicts, runs_that_are_left_out_are_counted_for_each_side)
{
    example_verdicts();
    example_row("a")->base.left_out = 1;
    example_row("b")->now.left_out = 2;
    example_row("i")->now.left_out = 3; /* what is not judged leaves nothing out */
    example_row("c")->now.copies = 1;
    example_row("c")->base.copies = 2;
    example_row("d")->now.old = 5;
    expect_notes(
        "! a: 1 run of the base side (failed, wrong, waived or cold) is left out\n"
        "! b: 2 runs of the now side (failed, wrong, waived or cold) are left out\n"
        "! c: 2 runs of the base side with the samples of an earlier run, but another start, are "
        "left out\n"
        "! c: 1 run of the now side with the samples of an earlier run, but another start, is left "
        "out\n"
        "! d: 5 of 12 runs of the now side have the samples of a run of the base side, but another "
        "start: was this measured again?\n");
}

Test(verdicts, a_slow_link_is_named_once_for_each_side)
{
    example_verdicts();
    example_row("e")->base.slow_links = 1;
    for (const char *key = "a"; key; key = *key == 'a' ? "c" : NULL) {
        struct compare_row *row = example_row(key);
        row->base.slow_links = 3;
        row->base.link_share = 0.25;
        row->now.slow_links = 4;
        row->now.link_share = 0.5;
    }
    expect_notes("! base: the PCIe link was below its maximum, at 25 % of it, in 3 of 10 runs: "
                 "copies take longer\n"
                 "! now: the PCIe link was below its maximum, at 50 % of it, in 4 of 12 runs: "
                 "copies take longer\n");
}

Test(verdicts, noise_other_cards_and_a_gate_that_is_never_sure)
{
    char measured[24], notes[640];
    const time_t day = time(NULL) - 3 * 86400 - 3600;
    strftime(measured, sizeof measured, "%Y-%m-%dT%H:%M:%SZ", gmtime(&day));
    example_verdicts();
    for (const char *key = "a"; key; key = *key == 'a' ? "b" : NULL) {
        struct compare_row *row = example_row(key);
        row->noise = 0.0125;
        snprintf(row->noise_measured, sizeof row->noise_measured, "%s", measured);
        row->is_other_card = true;
        row->threshold = 0.1;
    }
    example_row("a")->change = CHANGE_FAST;
    example_row("c")->unsure_checks = 4;
    example_row("d")->unsure_checks = 5;
    example_row("e")->unsure_checks = 6;
    snprintf(
        notes, sizeof notes,
        "! threshold 10 %%: two cards or hosts of one model are compared\n"
        "! this machine's own noise (A/A) is 1.2 %% (measured %.10s, 3 days ago); no threshold "
        "is below twice that, and check --forget-noise forgets it\n"
        "! d: this gate was UNSURE in its last 5 checks and protects nothing; --self-test says "
        "how small a change it can find, --processes and --threshold help\n",
        measured);
    expect_notes(notes);
    example_row("a")->noise_measured[0] = '\0';
    char *text = example_printed(plain);
    cr_expect(strstr(text, "(measured at an unknown time)"), "%s", text);
    free(text);
}
