/* test_stream_plan.c - every tile of the triangle is taken once, within the memory there is. */
#include "kernels/job/stream_plan.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const struct stream_cost costs[] = {
    {264, 0.0036, 0.002}, /* an H100 */
    {6, 0.02, 0.0001},    /* a GT 750M */
    {1, 0, 0},
    {100000, 1, 1},
};

/* Marks the tiles of a range; false if one was taken before, or lies above the diagonal. */
static bool take(char *taken, struct tile_range r)
{
    for (unsigned row = r.row; row < r.row + r.rows; row++)
        for (unsigned col = r.col; col < r.col + r.cols; col++) {
            if (col > row) {
                if (r.row != r.col)
                    return false;
                continue;
            }
            if (row >= r.down || taken[row * r.down + col]++)
                return false;
        }
    return true;
}

static void check(unsigned down, unsigned capacity, struct stream_cost cost)
{
    const struct stream_plan plan = stream_plan_make(down, capacity, cost);
    char *taken = calloc(down, down);
    struct tile_range step = {0};
    unsigned panel = 0, tiles = 0;
    while (stream_plan_next(&plan, &step)) {
        const bool is_diagonal = step.row == step.col;
        cr_assert(take(taken, step), "%u strips, room for %u: range at %u, %u", down, capacity,
                  step.row, step.col);
        if (is_diagonal)
            panel = step.row;
        cr_assert_eq(step.row, panel, "a rectangle before its panel of rows is made");
        cr_assert_leq(step.rows + (is_diagonal ? 0 : step.cols), capacity,
                      "%u strips, room for %u: %u and %u at once", down, capacity, step.rows,
                      step.cols);
        cr_assert_eq(step.down, down);
        tiles += is_diagonal ? step.rows * (step.rows + 1) / 2 : step.rows * step.cols;
    }
    cr_assert_eq(tiles, down * (down + 1) / 2, "%u strips, room for %u: %u tiles", down, capacity,
                 tiles);
    free(taken);
}

Test(stream_plan, takes_every_tile_once_and_never_more_strips_than_there_is_room_for)
{
    for (size_t c = 0; c < sizeof costs / sizeof *costs; c++)
        for (unsigned down = 1; down <= 40; down++)
            for (unsigned capacity = 2; capacity <= down + 2; capacity++)
                check(down, capacity, costs[c]);
}

/* 1 GiB at N = 30000 on an H100: 235 strips of 128 rows, of which 69 fit. In memory the triangle
 * takes 105 waves. */
Test(stream_plan, costs_at_most_a_tenth_more_than_memory_on_an_h100)
{
    const struct stream_plan plan = stream_plan_make(235, 69, costs[0]);
    cr_expect_lt(stream_plan_waves(&plan), 105 * 1.1);
    cr_expect_gt(stream_plan_waves(&plan), 105);
}

Test(stream_plan, makes_as_few_strips_as_it_can_where_that_is_what_costs)
{
    const struct stream_plan plan = stream_plan_make(100, 21, (struct stream_cost){1, 1, 0});
    cr_expect_eq(plan.rows, 20);
}

/* On 264 tiles of 128 rows at once, N = 30000, 67 TFLOP/s and 3.35 TB/s: a wave is 2·128²·30000·264
 * FLOP at 50.25 TFLOP/s, 5.165 ms, and a strip 128·30000·4 bytes at 837.5 GB/s, 18.34 µs. */
Test(stream_plan, costs_are_those_of_filling_and_launching_in_waves)
{
    struct stream_cost cost = stream_cost_of(264, 128, 30000, 4, 67e12, 3.35e12);
    const double wave_s = 2.0 * 128 * 128 * 30000 * 264 / 50.25e12;
    cr_expect_eq(cost.wave, 264);
    cr_expect_float_eq(wave_s, 5.165e-3, 1e-6);
    cr_expect_float_eq(cost.strip, 128 * 30000 * 4.0 / 837.5e9 / wave_s, 1e-12);
    cr_expect_float_eq(cost.strip, 0.00355, 1e-5);
    cr_expect_float_eq(cost.step, 10e-6 / wave_s, 1e-12);
    const double strip = cost.strip;
    cost = stream_cost_of(264, 128, 30000, 8, 67e12, 3.35e12);
    cr_expect_float_eq(cost.strip, 2 * strip, 1e-12);
}

Test(stream_plan, costs_of_an_unknown_gpu_are_a_hundredth_and_a_thousandth)
{
    static const double peaks[][2] = {{0, 0}, {1e12, 0}, {0, 1e12}};
    for (size_t i = 0; i < sizeof peaks / sizeof *peaks; i++) {
        const struct stream_cost cost = stream_cost_of(7, 64, 1000, 4, peaks[i][0], peaks[i][1]);
        cr_expect_eq(cost.wave, 7);
        cr_expect_eq(cost.strip, 0.01);
        cr_expect_eq(cost.step, 0.001);
    }
}
