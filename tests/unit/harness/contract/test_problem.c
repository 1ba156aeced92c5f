/* test_problem.c - names, the work of a problem, and how it is cut into shares. */
#include "harness/contract/problem.h"

#include <criterion/criterion.h>

Test(problem, every_operation_is_found_again_by_its_name)
{
    for (int i = 0; i < OP_COUNT; i++) {
        enum op op = OP_COUNT;
        cr_expect(op_parse(op_name((enum op)i), &op));
        cr_expect_eq((int)op, i);
    }
    cr_expect_str_eq(op_name(OP_SUM_AAT), "sum-aat");
}

Test(problem, every_arithmetic_is_found_again_by_its_name_and_has_a_note)
{
    for (int i = 0; i < ARITH_COUNT; i++) {
        enum arithmetic arithmetic = ARITH_COUNT;
        cr_expect(arithmetic_parse(arithmetic_name((enum arithmetic)i), &arithmetic));
        cr_expect_eq((int)arithmetic, i);
        cr_expect_neq(arithmetic_note((enum arithmetic)i)[0], '\0');
    }
    cr_expect_str_eq(arithmetic_name(ARITH_F32_3XF16), "f32-3xf16");
}

Test(problem, an_unknown_name_is_refused_and_changes_nothing)
{
    static const char *const wrong[] = {"", "sum", "sum-aat ", "MATMUL", "f3", "f32 ", "F32"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        enum op op = OP_REDUCE;
        enum arithmetic arithmetic = ARITH_BF16;
        cr_expect_not(op_parse(wrong[i], &op), "%s", wrong[i]);
        cr_expect_not(arithmetic_parse(wrong[i], &arithmetic), "%s", wrong[i]);
        cr_expect_eq(op, OP_REDUCE);
        cr_expect_eq(arithmetic, ARITH_BF16);
    }
}

Test(problem, ranges_are_named_as_intervals)
{
    cr_expect_str_eq(range_name(RANGE_UNIT), "[0,1)");
    cr_expect_str_eq(range_name(RANGE_SIGNED), "[-1,1)");
}

Test(problem, work_and_traffic_belong_to_the_operation)
{
    static const struct {
        enum op op;
        uint64_t n;
        double flop, flop_symmetric, bytes;
    } cases[] = {
        {OP_SUM_AAT, 10000, 2e12, 1.0001e12, 4e8},
        {OP_MATMUL, 10000, 2e12, 1.0001e12, 8e8},
        {OP_REDUCE, 10000, 1e8, 1e8, 4e8},
        {OP_MATMUL, 1, 2, 2, 8},
        {OP_SUM_AAT, PROBLEM_MAX_N, 1.6e19, 8.000004e18, 1.6e13},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct problem p = {.op = cases[i].op, .n = cases[i].n};
        cr_expect_eq(problem_flop(&p), cases[i].flop, "case %zu", i);
        cr_expect_eq(problem_flop_done(&p, false), cases[i].flop, "case %zu", i);
        cr_expect_eq(problem_flop_done(&p, true), cases[i].flop_symmetric, "case %zu", i);
        cr_expect_eq(problem_bytes(&p), cases[i].bytes, "case %zu", i);
    }
}

/* Of the triangle of tiles, those before a cut. */
static uint64_t tiles_before(struct cut c, uint64_t tile, uint64_t down)
{
    const uint64_t row = (c.row + tile - 1) / tile;
    return (row > down ? down : row) * (row + 1) / 2 + c.col / tile;
}

Test(problem, shares_differ_by_one_tile_at_most)
{
    static const uint64_t orders[] = {1, 63, 64, 65, 1000, 2000000};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (uint32_t of = 1; of <= 40; of++) {
            const uint64_t n = orders[o], tile = 64, down = (n + tile - 1) / tile;
            const uint64_t all = down * (down + 1) / 2;
            uint64_t before = 0;
            for (uint32_t at = 0; at <= of; at++) {
                const struct cut c = cut_of_tiles(n, tile, at, of);
                const uint64_t now = tiles_before(c, tile, down);
                cr_assert_leq(c.col, c.row);
                cr_assert_leq(c.row + c.rows, n);
                if (at > 0) {
                    cr_assert_geq(now - before, all / of);
                    cr_assert_leq(now - before, (all + of - 1) / of);
                } else {
                    cr_assert_eq(now, 0);
                }
                before = now;
            }
            cr_assert_eq(before, all);
        }
}

Test(problem, shares_of_rows_follow_each_other_and_differ_by_one_grain_at_most)
{
    static const uint64_t orders[] = {1, 63, 64, 65, 1000, 2000000};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
        for (uint32_t of = 1; of <= 40; of++) {
            const uint64_t n = orders[o], grain = o % 2 ? 1 : 64, grains = (n + grain - 1) / grain;
            uint64_t before = 0;
            for (uint32_t at = 0; at < of; at++) {
                const struct rows r =
                    rows_of_share(n, grain, &(struct share){.begin = at, .end = at + 1, .of = of});
                const uint64_t here = (r.count + grain - 1) / grain;
                cr_assert_eq(r.first, before);
                cr_assert(r.first % grain == 0 || r.first == n);
                cr_assert(here == grains / of || here == (grains + of - 1) / of);
                before = r.first + r.count;
            }
            cr_assert_eq(before, n);
        }
    cr_assert_eq(rows_of_share(70, 64, &(struct share){0}).count, 70);
}

/* Cut into as many parts as it has tiles, part i begins at tile i, also in rows of a million. */
Test(problem, the_row_of_a_tile_is_exact_up_to_the_largest_order)
{
    for (uint64_t row = PROBLEM_MAX_N - 65536; row <= PROBLEM_MAX_N - 1; row += 13107) {
        const uint64_t tiles = row * (row + 1) / 2,
                       all = (uint64_t)PROBLEM_MAX_N * (PROBLEM_MAX_N + 1) / 2;
        const uint32_t of = UINT32_MAX;
        for (int64_t step = -2; step <= 2; step++) {
            const uint32_t at = (uint32_t)((int64_t)((unsigned __int128)tiles * of / all) + step);
            const uint64_t number = (uint64_t)((unsigned __int128)all * at / of);
            const struct cut c = cut_of_tiles(PROBLEM_MAX_N, 1, at, of);
            cr_assert_eq(c.row * (c.row + 1) / 2 + c.col, number);
            cr_assert_leq(c.col, c.row);
        }
    }
}

static void expect_cut(uint64_t n, uint32_t at, uint32_t of, uint64_t row, uint64_t rows,
                       uint64_t col)
{
    const struct cut c = cut_of_tiles(n, 64, at, of);
    cr_expect(c.row == row && c.rows == rows && c.col == col, "%u of %u: row %d, rows %d, col %d",
              at, of, (int)c.row, (int)c.rows, (int)c.col);
}

/* Tiles are counted row by row: 0; 1 2; 3 4 5; … */
Test(problem, a_cut_is_a_tile_of_the_triangle_with_the_rows_that_are_left)
{
    static const struct {
        uint32_t at;
        uint64_t row, rows, col;
    } cases[] = {{0, 0, 64, 0},    {1, 64, 64, 0},    {2, 64, 64, 64}, {3, 128, 64, 0},
                 {4, 128, 64, 64}, {5, 128, 64, 128}, {6, 192, 8, 0},  {7, 192, 8, 64},
                 {8, 192, 8, 128}, {9, 192, 8, 192},  {10, 200, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_cut(200, cases[i].at, 10, cases[i].row, cases[i].rows, cases[i].col);
    expect_cut(64, 0, 1, 0, 64, 0);
    expect_cut(64, 1, 1, 64, 0, 0);
    expect_cut(1, 1, 2, 0, 1, 0);
}
