#include "harness/base/interrupt.h"
#include "harness/contract/philox.h"
#include "harness/verify/verify.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct entry nowhere = {0, 0};

/* A job and its oracle; the job's A is kept for looking at. */
static struct job *job_with_oracle(struct problem p, struct oracle *oracle)
{
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct failure why = {.text = ""};
    cr_assert_eq(oracle_make(&fake_backend, job, &p, oracle, &why), STATUS_OK, "%s", why.text);
    return job;
}

static double dot(const struct job *job, size_t row, size_t col)
{
    const size_t n = job->problem.n;
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += (double)job->a[row * n + k] * (double)job->a[col * n + k];
    return sum;
}

Test(oracle, the_identity_gives_the_sum_of_all_products)
{
    static const uint64_t orders[] = {1, 2, 3, 31, 33, 64, 100};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        for (int range = RANGE_UNIT; range <= RANGE_SIGNED; range++) {
            const struct problem p = {OP_SUM_AAT, orders[i], 7, (enum range)range, ELEMENT_F32};
            struct oracle o;
            struct job *job = job_with_oracle(p, &o);
            double want = 0;
            for (size_t row = 0; row < p.n; row++)
                for (size_t col = 0; col < p.n; col++)
                    want += dot(job, row, col);
            cr_expect_float_eq(o.sum, want, 1e-12 * o.sum_scale, "n=%lu", p.n);
            cr_expect_null(o.row_sums);
            cr_expect_null(o.entries);
            oracle_free(&o);
            fake_backend.end(job);
        }
}

Test(oracle, reduce_wants_the_sum_of_a)
{
    const struct problem p = {OP_REDUCE, 100, 3, RANGE_SIGNED, ELEMENT_F32};
    struct oracle o;
    struct job *job = job_with_oracle(p, &o);
    double want = 0;
    for (size_t i = 0; i < p.n * p.n; i++)
        want += (double)job->a[i];
    cr_expect_float_eq(o.sum, want, 1e-9);
    cr_expect_eq(o.sum_scale, 5000, "half of n², the expected sum of magnitudes");
    oracle_free(&o);
    fake_backend.end(job);
}

Test(oracle, matmul_also_gets_row_sums_and_entries)
{
    const struct problem p = {OP_MATMUL, 70, 5, RANGE_UNIT, ELEMENT_F32};
    struct oracle o;
    struct job *job = job_with_oracle(p, &o);

    cr_assert_eq(o.entry_count, 70 * 70, "a small matrix is looked at as a whole");
    for (size_t i = 0; i < o.entry_count; i++)
        cr_expect_float_eq(o.values[i], dot(job, o.entries[i].row, o.entries[i].col), 1e-12);
    for (size_t row = 0; row < p.n; row++) {
        double want = 0;
        for (size_t col = 0; col < p.n; col++)
            want += dot(job, row, col);
        cr_expect_float_eq(o.row_sums[row], want, 1e-9);
    }
    cr_expect_eq(o.sum_scale, (double)o.sum);
    cr_expect_float_eq(oracle_row_scale(&o, 3), o.sum / 70, 1e-9);
    cr_expect_eq(oracle_entry_scale(&o, (struct entry){3, 4}), 70. / 4);
    oracle_free(&o);
    fake_backend.end(job);
}

/* An entry near zero has no digit in int8, and its square is the sum. */
Test(oracle, of_one_entry_the_scale_is_not_as_small_as_the_entry)
{
    double least = 1;
    for (uint64_t seed = 0; seed < 50; seed++) {
        const struct problem p = {OP_MATMUL, 1, seed, RANGE_UNIT, ELEMENT_F32};
        struct oracle o;
        struct job *job = job_with_oracle(p, &o);
        cr_expect_eq(o.sum_scale, fmax((double)o.sum, 1. / 16), "seed %lu", seed);
        cr_expect_eq(oracle_row_scale(&o, 0), o.sum_scale, "seed %lu", seed);
        least = fmin(least, (double)o.sum);
        oracle_free(&o);
        fake_backend.end(job);
    }
    cr_expect_lt(least, 1. / 16, "no seed had a small entry");
}

/* The formulas of oracle.c against the matrix itself. */
Test(oracle, on_a_signed_range_scales_are_the_sums_of_magnitudes)
{
    const struct problem p = {OP_MATMUL, 90, 2, RANGE_SIGNED, ELEMENT_F32};
    struct oracle o;
    struct job *job = job_with_oracle(p, &o);
    double magnitudes = 0, squares = 0;
    for (size_t row = 0; row < p.n; row++)
        for (size_t col = 0; col < p.n; col++) {
            const double c = dot(job, row, col);
            magnitudes += fabs(c);
            squares += row == col ? 0 : c * c;
        }
    cr_expect_float_eq(o.sum_scale / magnitudes, 1, 0.05);
    cr_expect_float_eq(oracle_row_scale(&o, 3) * 90, o.sum_scale, 1e-6);
    cr_expect_float_eq(oracle_entry_scale(&o, (struct entry){3, 4}) / sqrt(squares / (90 * 89)), 1,
                       0.05);
    oracle_free(&o);
    fake_backend.end(job);
}

/* Where rows differ in size, so do the scales: each is a sum of magnitudes again. */
Test(oracle, on_a_wide_range_every_row_has_a_scale_of_its_own)
{
    const struct problem p = {OP_MATMUL, 300, 2, RANGE_WIDE, ELEMENT_F32};
    struct oracle o;
    struct job *job = job_with_oracle(p, &o);
    double magnitudes = 0, ratios = 0;
    unsigned rows = 0;
    for (uint32_t row = 0; row < p.n; row++) {
        double of_row = 0;
        for (uint32_t col = 0; col < p.n; col++)
            of_row += fabs(dot(job, row, col));
        magnitudes += of_row;
        const double scale = oracle_row_scale(&o, row);
        if (philox_row_factor(row) > 0) {
            cr_expect(scale < 2 * of_row && of_row < 2 * scale, "row %u: %g, not %g", row, scale,
                      of_row);
            ratios += scale / of_row;
            rows++;
        } else {
            cr_expect_eq(scale, 0);
        }
    }
    cr_expect_float_eq(ratios / rows, 1, 0.1, "%g", ratios / rows);
    cr_expect_float_eq(o.sum_scale / magnitudes, 1, 0.15);
    cr_expect_float_eq(oracle_entry_scale(&o, (struct entry){3, 4}),
                       (double)philox_row_factor(3) * (double)philox_row_factor(4) * sqrt(300) / 3,
                       1e-30);
    oracle_free(&o);
    fake_backend.end(job);
}

Test(oracle, rows_of_a_wide_range_are_large_small_denormal_and_zero)
{
    unsigned zero = 0, denormal = 0, large = 0;
    float least = 1, most = 1;
    for (uint32_t row = 0; row < 1600; row++) {
        const float f = philox_row_factor(row);
        zero += f == 0;
        denormal += f > 0 && f < 0x1p-126f;
        large += f > 65504;
        least = f >= 0x1p-126f && f < least ? f : least;
        most = f > most ? f : most;
        cr_expect(f == 0 || frexpf(f, &(int){0}) == 0.5f, "a power of two");
    }
    cr_expect_eq(least, 0x1p-32f);
    cr_expect_eq(most, 0x1p20f);
    cr_expect(zero > 80 && zero < 120 && denormal > 80 && denormal < 120 && large > 80, "%u %u %u",
              zero, denormal, large);
}

static bool has(const struct oracle *o, uint32_t row, uint32_t col)
{
    for (size_t i = 0; i < o->entry_count; i++)
        if (o->entries[i].row == row && o->entries[i].col == col)
            return true;
    return false;
}

Test(oracle, scattered_entries_include_the_places_where_kernels_go_wrong)
{
    enum { N = 300 };
    const struct problem p = {OP_MATMUL, N, 1, RANGE_UNIT, ELEMENT_F32};
    struct oracle o;
    struct job *job = job_with_oracle(p, &o);

    cr_assert_eq(o.entry_count, 8192 + N, "and the diagonal");
    for (uint32_t i = 0; i < N; i++)
        cr_expect(has(&o, i, i), "C[%u][%u]", i, i);
    static const struct entry wanted[] = {
        {0, 0},       {0, N - 1},     {N - 1, 0}, {N - 1, N - 1}, /* corners */
        {1, 1},       {N - 2, N - 2},                             /* the diagonal's ends */
        {31, 31},     {32, 32},       {33, 33},   {127, 127},
        {128, 128},   {129, 129},     {256, 256}, {288, 288}, /* tile borders */
        {N - 1, 128}, {128, N - 1},   {255, 0},   {0, 255},   /* at the edges */
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        cr_expect(has(&o, wanted[i].row, wanted[i].col), "C[%u][%u]", wanted[i].row, wanted[i].col);

    size_t below = 0, above = 0;
    for (size_t i = 0; i < o.entry_count; i++) {
        cr_assert(o.entries[i].row < N && o.entries[i].col < N);
        below += o.entries[i].row > o.entries[i].col;
        above += o.entries[i].row < o.entries[i].col;
    }
    cr_expect(below > 3500 && above > 3500, "%zu, %zu", below, above);
    oracle_free(&o);
    fake_backend.end(job);
}

Test(oracle, both_sides_of_tile_borders_are_looked_at_along_all_four_edges)
{
    enum { N = 1024 };
    const struct problem p = {OP_MATMUL, N, 1, RANGE_UNIT, ELEMENT_F32};
    struct oracle o;
    struct job *job = job_with_oracle(p, &o);
    for (uint32_t tile = 32; tile <= 256; tile *= 2) {
        const uint32_t borders[] = {tile, 2 * tile, N - tile};
        for (int b = 0; b < 3; b++)
            for (uint32_t place = borders[b] - 1; place <= borders[b] + 1; place++)
                cr_expect(has(&o, place, 0) && has(&o, 0, place) && has(&o, place, N - 1) &&
                              has(&o, N - 1, place),
                          "tile %u, place %u", tile, place);
    }
    oracle_free(&o);
    fake_backend.end(job);
}

/* Of this order, the number of edges is odd, so that no two edges are each other's partners. */
Test(oracle, places_where_borders_cross_are_looked_at_in_both_triangles)
{
    enum { N = 300 };
    static const uint32_t borders[] = {32, 64, 128, 256, 288};
    const struct problem p = {OP_MATMUL, N, 1, RANGE_UNIT, ELEMENT_F32};
    struct oracle o;
    struct job *job = job_with_oracle(p, &o);
    unsigned crossings = 0;
    for (uint32_t i = 0; i < 15; i++)
        for (uint32_t j = 0; j < i; j++) {
            const uint32_t row = borders[i / 3] - 1 + i % 3, col = borders[j / 3] - 1 + j % 3;
            crossings += has(&o, row, col) && has(&o, col, row);
        }
    cr_expect_geq(crossings, 15, "%u", crossings);
    oracle_free(&o);
    fake_backend.end(job);
}

Test(oracle, every_tile_of_a_middle_sized_matrix_is_looked_into)
{
    enum { N = 91 * 7, TILES = (N + 15) / 16 };
    const struct problem p = {OP_MATMUL, N, 1, RANGE_UNIT, ELEMENT_F32};
    struct oracle o;
    struct job *job = job_with_oracle(p, &o);

    static unsigned seen[TILES][TILES];
    for (size_t i = 0; i < o.entry_count; i++)
        seen[o.entries[i].row / 16][o.entries[i].col / 16]++;
    for (int i = 0; i < TILES; i++)
        for (int j = 0; j < TILES; j++)
            cr_expect_gt(seen[i][j], 0, "tile %d, %d", i, j);
    oracle_free(&o);
    fake_backend.end(job);
}

Test(oracle, places_are_other_ones_for_each_seed_and_in_each_process)
{
    const struct problem p = {OP_MATMUL, 100, 1, RANGE_UNIT, ELEMENT_F32},
                         q = {OP_MATMUL, 100, 2, RANGE_UNIT, ELEMENT_F32};
    struct oracle o1, o2;
    struct job *job1 = job_with_oracle(p, &o1), *job2 = job_with_oracle(q, &o2);
    cr_expect_neq(memcmp(o1.entries, o2.entries, o1.entry_count * sizeof o1.entries[0]), 0);
    cr_expect_neq(oracle_random(&o1, 0), oracle_random(&o2, 0));
    o2.salt[0] = o1.salt[0];
    o2.salt[1] = o1.salt[1] + 1; /* of another process */
    cr_expect_neq(oracle_random(&o1, 0), oracle_random(&o2, 0));
    cr_expect_neq(o1.sum, o2.sum);
    oracle_free(&o1);
    oracle_free(&o2);
    fake_backend.end(job1);
    fake_backend.end(job2);
}

Test(oracle, a_wrong_fill_is_found_and_named)
{
    static const struct {
        uint64_t n;
        struct entry place;
    } cases[] = {
        {1, {0, 0}},     {64, {17, 40}},  {200, {0, 0}},
        {200, {0, 199}}, {200, {199, 0}}, {200, {199, 199}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct problem p = {OP_SUM_AAT, cases[i].n, 1, RANGE_SIGNED, ELEMENT_F32};
        struct job *job = fake_job(p, FAULT_WRONG_FILL, cases[i].place);
        struct oracle o;
        struct failure why = {.text = ""};
        cr_expect_eq(oracle_make(&fake_backend, job, &p, &o, &why), STATUS_WRONG, "case %zu", i);
        char name[32];
        snprintf(name, sizeof name, "A[%u][%u] is ", cases[i].place.row, cases[i].place.col);
        cr_expect_not_null(strstr(why.text, name), "%s", why.text);
        fake_backend.end(job);
    }
}

Test(oracle, another_seed_is_a_wrong_fill)
{
    const struct problem p = {OP_REDUCE, 100, 1, RANGE_UNIT, ELEMENT_F32},
                         other = {OP_REDUCE, 100, 2, RANGE_UNIT, ELEMENT_F32};
    struct job *job = fake_job(other, FAULT_NONE, nowhere);
    struct oracle o;
    cr_expect_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_WRONG);
    fake_backend.end(job);
}

Test(oracle, an_interrupt_ends_it)
{
    const struct problem p = {OP_MATMUL, 100, 1, RANGE_UNIT, ELEMENT_F32};
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    interrupt_request(SIGINT);
    cr_expect_eq(oracle_make(&fake_backend, job, &p, &o, NULL), STATUS_INTERRUPTED);
    cr_expect_null(o.row_sums);
    fake_backend.end(job);
}
