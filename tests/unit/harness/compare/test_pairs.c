/* test_pairs.c - runs of A and B that took turns: which are pairs, and what a row says of them. */
#include "harness/compare/compare.h"

#include <criterion/criterion.h>
#include <math.h>

enum { RUNS = 10, RESULTS = 2 };

/* Runs of `count` results each, "gpu/a" and "gpu/b". */
struct side {
    struct readings runs;
    struct reading list[RUNS];
    struct read_result results[RUNS][RESULTS];
};

static struct side a, b;
static struct comparison c;
static struct failure why;
static struct compare_rules rules;

static void fill(struct side *s, size_t count, double median_s)
{
    for (size_t i = 0; i < RUNS; i++) {
        for (size_t k = 0; k < RESULTS; k++)
            s->results[i][k] =
                (struct read_result){.key = k ? "gpu/b" : "gpu/a",
                                     .backend = "gpu",
                                     .reason = "",
                                     .state = READ_OK,
                                     .median_s = median_s * (1 + 1e-4 * (double)(i * 7 % 10)),
                                     .sm_hz = NAN,
                                     .cpu_flops = NAN,
                                     .link_share = NAN,
                                     .load = NAN,
                                     .cpus = NAN};
        s->list[i] = (struct reading){.source = (char *)"it",
                                      .device = "G",
                                      .fingerprint = "f",
                                      .results = s->results[i],
                                      .count = count};
    }
    s->runs = (struct readings){.list = s->list, .count = RUNS};
}

static void begin(void)
{
    fill(&a, 1, 1);
    fill(&b, 1, 1.05);
    rules = (struct compare_rules){.alpha = CHANGE_ALPHA, .is_paired = true, .is_complete = true};
}

static void end(void)
{
    comparison_free(&c);
}

TestSuite(pairs, .init = begin, .fini = end);

/* Compares anew; the only row. */
static const struct compare_row *row(void)
{
    comparison_free(&c);
    cr_assert_eq(compare_pairs(&a.runs, &b.runs, &rules, &c, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(c.count, 1);
    return c.rows;
}

static void expect_outcome(enum status status, const char *sentence)
{
    why = (struct failure){0};
    cr_expect_eq(comparison_outcome(&c, &rules, false, &why), status);
    cr_expect_str_eq(why.text, sentence);
}

Test(pairs, ten_of_one_result_are_judged)
{
    cr_expect_eq(row()->state, ROW_JUDGED);
    cr_expect_eq(row()->change, CHANGE_SLOW);
    cr_expect_float_eq(change_of(row()->shift.estimate), 0.05, 1e-9);
    cr_expect_eq(row()->threshold, CHANGE_GPU);
    cr_expect_eq(row()->base.processes, RUNS);
    cr_expect_eq(row()->base.reading, &a.list[RUNS - 1]);
    cr_expect_eq(row()->now.reading, &b.list[RUNS - 1]);
    expect_outcome(STATUS_REGRESSION, "1 of 1 slower by 3 % or more: gpu/a is +5.0 %.");
}

Test(pairs, single_results_belong_together_whatever_they_are_called)
{
    for (size_t i = 0; i < RUNS; i++)
        b.results[i][0].key = "gpu/other";
    cr_expect_eq(row()->state, ROW_JUDGED);
    cr_expect_str_eq(row()->key, "gpu/a");
    fill(&b, RESULTS, 1.05); /* of several the name decides, wherever it stands */
    for (size_t i = 0; i < RUNS; i++) {
        b.results[i][0].key = "gpu/other";
        b.results[i][1].key = "gpu/a";
        b.results[i][1].median_s = 0.5 * a.results[i][0].median_s;
    }
    cr_expect_float_eq(change_of(row()->shift.estimate), -0.5, 1e-9);
    for (size_t i = 0; i < RUNS; i++)
        b.results[i][1].key = "gpu/third";
    cr_expect_eq(row()->state, ROW_ONLY_BASE);
    cr_expect_eq(row()->base.processes, 0);
    expect_outcome(STATUS_NOT_COMPARABLE, "gpu/a has no pair of runs with a time in A and in B.");
}

Test(pairs, each_result_of_the_first_run_is_a_row_unless_it_was_waived)
{
    fill(&a, RESULTS, 1);
    fill(&b, RESULTS, 1);
    cr_assert_eq(compare_pairs(&a.runs, &b.runs, &rules, &c, &why), STATUS_OK);
    cr_assert_eq(c.count, 2);
    cr_expect_str_eq(c.rows[0].key, "gpu/a");
    cr_expect_str_eq(c.rows[1].key, "gpu/b");
    cr_expect_eq(c.rows[1].change, CHANGE_SAME);
    a.results[0][0].state = READ_WAIVED;
    cr_expect_str_eq(row()->key, "gpu/b");
}

Test(pairs, a_pair_counts_if_both_have_a_time_and_both_are_warm_or_cold)
{
    a.results[0][0].state = READ_WAIVED;
    a.results[1][0].is_copy = true;
    b.results[2][0].state = READ_WAIVED;
    b.results[3][0].median_s = 0;
    a.list[0].results = a.results[9]; /* the first run decides which rows there are */
    cr_expect_eq(row()->base.processes, RUNS - 3);
    b.results[4][0].is_first_run = true;
    cr_expect_eq(row()->base.processes, RUNS - 4);
    a.results[4][0].is_first_run = true;
    cr_expect_eq(row()->base.processes, RUNS - 3, "cold on both sides");
    cr_expect_eq(row()->now.processes, RUNS - 3);
    a.list[5].count = 0;
    cr_expect_eq(row()->base.processes, RUNS - 4, "A has no such result");
    b.list[6].count = 0;
    cr_expect_eq(row()->base.processes, RUNS - 5, "B has none");
    b.runs.count = 8;
    cr_expect_eq(row()->base.processes, 3, "the last two of A are alone");
}

Test(pairs, a_run_that_failed_or_was_wrong_breaks_the_row_on_either_side)
{
    a.results[RUNS - 1][0].state = READ_FAILED;
    a.results[RUNS - 1][0].reason = "x";
    cr_expect_eq(row()->state, ROW_BROKEN);
    cr_expect_not(row()->is_wrong);
    cr_expect_eq(row()->now.reading, &a.list[RUNS - 1]);
    expect_outcome(STATUS_FAILED, "gpu/a failed: x");
    begin();
    b.results[0][0].state = READ_WRONG;
    cr_expect_eq(row()->state, ROW_BROKEN);
    cr_expect(row()->is_wrong);
    cr_expect_eq(row()->now.reading, &b.list[0]);
    expect_outcome(STATUS_WRONG, "gpu/a gave a wrong result: see the result file");
}

Test(pairs, none_are_compared_of_simulated_runs_or_without_runs)
{
    b.list[RUNS - 1].is_simulated = true;
    cr_expect_eq(compare_pairs(&a.runs, &b.runs, &rules, &c, &why), STATUS_NOT_COMPARABLE);
    b.list[RUNS - 1].is_simulated = false;
    a.list[0].is_simulated = true;
    cr_expect_eq(compare_pairs(&a.runs, &b.runs, &rules, &c, &why), STATUS_NOT_COMPARABLE);
    a.runs.count = 0;
    cr_expect_eq(compare_pairs(&a.runs, &b.runs, &rules, &c, &why), STATUS_OK);
    cr_expect_eq(c.count, 0);
    expect_outcome(STATUS_NOT_COMPARABLE, "the two sides have no result in common that has a time "
                                          "on both: gpubench compare --json lists their keys.");
}

/* Differences of clocks are the change's own doing in pairs, heat is not. */
Test(pairs, of_the_doubts_only_heat_counts)
{
    for (size_t i = 0; i < RUNS; i++) {
        a.results[i][0].sm_hz = 2e9;
        b.results[i][0].sm_hz = 1.5e9;
        b.results[i][0].load = 99;
        b.results[i][0].cpus = 1;
    }
    cr_expect_eq(row()->change, CHANGE_SLOW);
    b.results[0][0].throttle = 1u << 6;
    cr_expect_eq(row()->change, CHANGE_UNSURE);
    cr_expect_str_eq(row()->reason, "hw_thermal_slowdown in 1 of 10 runs of the new side");
}

Test(pairs, too_few_say_how_many_can)
{
    b.runs.count = 7;
    cr_expect_eq(row()->change, CHANGE_UNSURE);
    cr_expect_str_eq(row()->reason, "too few processes to tell (7+7; 8+8 can)");
    b.runs.count = 8;
    cr_expect_eq(row()->change, CHANGE_SLOW);
}
