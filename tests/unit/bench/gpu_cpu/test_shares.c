/* test_shares.c - how the work is divided among ranks. */
#include "bench/gpu_cpu/ranked.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct run run;
static struct ranks ranks;
static struct ranked k;

/* Divides the work of `size` ranks as rank `own` does it. */
static void divide(int size, int own, bool is_ring, uint64_t n, const double *speed)
{
    run = (struct run){.result.problem.n = n};
    ranks = (struct ranks){.size = size, .rank = own};
    k = (struct ranked){.run = &run, .ranks = &ranks, .is_ring = is_ring, .grain = 1};
    shares_divide(&k, speed);
}

static void expect_at(const uint64_t *want)
{
    for (int r = 0; r <= ranks.size; r++)
        cr_expect_eq(k.at[r], want[r], "at[%d] is %lu, not %lu", r, (unsigned long)k.at[r],
                     (unsigned long)want[r]);
    free(k.at);
}

Test(shares, without_speeds_each_rank_has_one_part)
{
    divide(3, 1, false, 100, NULL);
    cr_expect_eq(run.share.begin, 1);
    cr_expect_eq(run.share.end, 2);
    cr_expect_eq(run.share.of, 3);
    expect_at((const uint64_t[]){0, 1, 2, 3});
}

Test(shares, of_a_million_parts_each_rank_has_as_many_as_it_is_fast)
{
    divide(4, 2, false, 100, (const double[]){1, 2, 4, 1});
    cr_expect_eq(run.share.begin, 393216);
    cr_expect_eq(run.share.end, 917504);
    cr_expect_eq(run.share.of, 1048576);
    cr_expect_not(run.share.is_block);
    expect_at((const uint64_t[]){0, 131072, 393216, 917504, 1048576});
}

Test(shares, a_rank_alone_has_no_share)
{
    divide(1, 0, true, 100, NULL);
    cr_expect_eq(run.share.of, 0);
    cr_expect_eq(run.share.panels, 0);
    expect_at((const uint64_t[]){0, 100});
}

Test(shares, in_a_ring_there_is_room_for_the_largest_block_of_another)
{
    divide(2, 1, true, 101, NULL);
    cr_expect_eq(run.share.of, 101);
    cr_expect_eq(run.share.end, 101);
    cr_expect_eq(run.share.panels, 1, "two ranks");
    cr_expect_eq(run.share.panel_rows, 51, "%u", run.share.panel_rows);
    free(k.at);
    divide(4, 0, true, 100, NULL);
    cr_expect(run.share.is_block);
    cr_expect_eq(run.share.panels, 2);
    cr_expect_eq(run.share.panel_rows, 25);
    expect_at((const uint64_t[]){0, 25, 50, 75, 100});
}

Test(shares, the_rows_of_a_rank_are_those_between_its_cuts)
{
    uint64_t first, rows;
    static struct cut cuts[3] = {
        {.row = 0}, {.row = 60, .rows = 20, .col = 40}, {.row = 100, .rows = 20, .col = 0}};
    static uint64_t at[3] = {0, 30, 100};
    run = (struct run){.result.problem = {.op = OP_SUM_AAT, .n = 100}};
    ranks = (struct ranks){.size = 2};
    k = (struct ranked){.run = &run, .ranks = &ranks, .cuts = cuts, .at = at};
    shares_rows(&k, &first, &rows);
    cr_expect(first == 0 && rows == 80, "the rows that its part of the triangle needs");
    ranks.rank = 1;
    shares_rows(&k, &first, &rows);
    cr_expect(first == 0 && rows == 100);
    run.result.problem.op = OP_MATMUL;
    shares_rows(&k, &first, &rows);
    cr_expect(first == 0 && rows == 100);
    run.result.problem.op = OP_REDUCE;
    shares_rows(&k, &first, &rows);
    cr_expect(first == 60 && rows == 40);
    k.is_ring = true;
    shares_rows(&k, &first, &rows);
    cr_expect(first == 30 && rows == 70);
}

/* The middle of three cuts is in a row of tiles. If `cannot`, no cut can be made at 2. */
static bool cannot;

static bool cut(const struct device *device, const struct variant *v, const struct problem *p,
                uint32_t at, struct cut *out)
{
    static const struct cut cuts[3] = {{0}, {.row = 60, .rows = 20, .col = 40}, {.row = 100}};
    (void)device, (void)v, (void)p;
    *out = cuts[at];
    return at < 2 || !cannot;
}

static unsigned grain(const struct variant *v)
{
    (void)v;
    return 8;
}

Test(shares, the_share_of_a_rank_is_that_of_the_entries_between_its_cuts)
{
    static const struct variant variant = {.name = "plain"};
    static const struct backend backend = {.cut = cut, .block_grain = grain};
    static const struct place place = {.backend = &backend};
    static const struct {
        enum op op;
        double first;
    } cases[] = {{OP_SUM_AAT, 0.52}, {OP_MATMUL, 0.6}, {OP_REDUCE, 0.6}};
    struct rank_result results[2] = {{.share = 7}, {.share = 7}};
    struct failure why = {0};
    for (size_t i = 0; i < 3; i++) {
        divide(2, 1, false, 100, NULL);
        run.place = &place;
        run.result.problem.op = cases[i].op;
        k.variant = &variant;
        k.results.list = results;
        k.results.count = 2;
        cr_assert_eq(shares_find(&k, &why), STATUS_OK);
        cr_expect_float_eq(results[0].share, cases[i].first, 1e-12);
        cr_expect_float_eq(results[1].share, 1 - cases[i].first, 1e-12);
        cr_expect_eq(k.grain, 1);
        cannot = i == 2;
        cr_expect_eq(shares_find(&k, &why), cannot ? STATUS_FAILED : STATUS_OK);
        free(k.cuts);
        free(k.at);
    }
    cr_expect_str_eq(why.text, "plain cannot be divided among ranks: name another variant.");

    divide(2, 0, true, 100, NULL);
    run.place = &place;
    k.variant = &variant;
    k.results.list = results;
    k.results.count = 2;
    cr_assert_eq(shares_find(&k, &why), STATUS_OK);
    cr_expect_eq(k.grain, 8);
    cr_expect_float_eq(results[0].share + results[1].share, 1, 1e-12);
    cr_expect(results[0].share > 0.4 && results[0].share < 0.6);
    free(k.at);

    divide(1, 0, false, 100, NULL);
    results[0].share = 7;
    run.place = &place;
    k.results.list = results;
    k.results.count = 1;
    cr_assert_eq(shares_find(&k, &why), STATUS_OK);
    cr_expect_eq(results[0].share, 7, "alone it has all, and nothing is divided");
    free(k.at);
}
