/* test_verify_large.c - a lost step in one tile of a product of order 10000 that is not stored. */
#include "harness/verify/verify.h"
#include "tests/unit/fake_backend.h"
#include "tests/unit/harness/verify/judged.h"

#include <criterion/criterion.h>
#include <math.h>

/* A matrix of order 10000 as formulas: entries near n/4 with the errors of a right FP32 kernel, and
 * one tile that may be wrong. Nothing of its size is ever stored. */
enum { MODEL_N = 10000, MODEL_TILE = 128 };
static const struct model {
    double tile_error; /* relative, in each entry of one tile */
    int tile_row, tile_col;
} *model;

/* Between -1 and 1, mean 0, by place. */
static double wiggle(uint32_t row, uint32_t col, uint32_t salt)
{
    uint32_t x = (row * 2654435761u) ^ (col * 2246822519u) ^ (salt * 3266489917u);
    x = (x ^ x >> 15) * 2246822519u;
    x ^= x >> 13;
    return x * 0x1p-31 - 1;
}

static bool in_tile(uint32_t row, uint32_t col)
{
    return (int)row / MODEL_TILE == model->tile_row && (int)col / MODEL_TILE == model->tile_col;
}

static double model_value(uint32_t row, uint32_t col)
{
    return (double)MODEL_N / 4. * (1 + 0.02 * wiggle(row, col, 0));
}

static enum status model_column_sums(struct job *job, long double *out, struct failure *why)
{
    (void)job, (void)why;
    for (int k = 0; k < MODEL_N; k++)
        out[k] = (double)MODEL_N / 2.;
    return STATUS_OK;
}

static enum status model_a_times(struct job *job, const long double *x, long double *out,
                                 struct failure *why)
{
    (void)job, (void)why;
    for (int i = 0; i < MODEL_N; i++)
        out[i] = (double)MODEL_N / 2. * x[i];
    return STATUS_OK;
}

static enum status model_dots(struct job *job, const struct entry *e, size_t count,
                              long double *out, struct failure *why)
{
    (void)job, (void)why;
    for (size_t i = 0; i < count; i++)
        out[i] = model_value(e[i].row, e[i].col);
    return STATUS_OK;
}

static enum status model_c_entries(struct job *job, const struct entry *e, size_t count,
                                   double *out, struct failure *why)
{
    (void)job, (void)why;
    for (size_t i = 0; i < count; i++) {
        double c = model_value(e[i].row, e[i].col) * (1 + 2.6e-6 * wiggle(e[i].row, e[i].col, 1));
        if (in_tile(e[i].row, e[i].col))
            c *= 1 - model->tile_error;
        out[i] = (double)(float)c;
    }
    return STATUS_OK;
}

static const double model_row_sum = (double)MODEL_N * (double)MODEL_N / 4;

static enum status model_c_row_sums(struct job *job, long double *out, struct failure *why)
{
    (void)job, (void)why;
    for (uint32_t i = 0; i < MODEL_N; i++) {
        out[i] = model_row_sum * (1 - 3e-8 + 6e-8 * wiggle(i, 0, 2));
        if ((int)i / MODEL_TILE == model->tile_row)
            out[i] -= model_row_sum * model->tile_error * (double)MODEL_TILE / (double)MODEL_N;
    }
    return STATUS_OK;
}

static enum status model_answer(struct job *job, const struct variant *v, double *sum,
                                struct failure *why)
{
    (void)job, (void)v, (void)why;
    const double share =
        (double)MODEL_TILE * (double)MODEL_TILE / ((double)MODEL_N * (double)MODEL_N);
    *sum = model_row_sum * (double)MODEL_N * (1 - 3.3e-8 - model->tile_error * share);
    return STATUS_OK;
}

static enum status model_a_entries(struct job *job, const struct entry *e, size_t count,
                                   double *out, struct failure *why)
{
    (void)job, (void)why;
    const struct problem p = {OP_MATMUL, MODEL_N, 1, RANGE_UNIT, ELEMENT_F32};
    for (size_t i = 0; i < count; i++)
        out[i] = (double)fake_entry_of_a(&p, e[i]);
    return STATUS_OK;
}

static const struct backend model_backend = {
    .name = "model",
    .answer = model_answer,
    .oracle_column_sums = model_column_sums,
    .oracle_a_times = model_a_times,
    .oracle_dots = model_dots,
    .a_entries = model_a_entries,
    .c_row_sums = model_c_row_sums,
    .c_entries = model_c_entries,
};

static struct verdict judge_model(const struct oracle *o, const struct model *m)
{
    const struct variant v = {.op = OP_MATMUL, .name = "v", .arithmetic = ARITH_F32};
    struct verdict verdict;
    model = m;
    cr_assert_eq(verify(&model_backend, NULL, &v, o, 0, &verdict, NULL), STATUS_OK);
    return verdict;
}

Test(verify, at_ten_thousand_a_k_step_of_8_lost_in_any_one_tile_is_found)
{
    const struct problem p = matmul(MODEL_N, RANGE_UNIT);
    struct oracle o;
    cr_assert_eq(oracle_make(&model_backend, NULL, &p, &o, NULL), STATUS_OK);

    const struct verdict right = judge_model(&o, &(struct model){.tile_error = 0});
    cr_expect(right.ok, "%s", right.reason);
    cr_expect_float_eq(right.rel_f, 1.5e-6, 1e-7, "as FP32 really is: %g", right.rel_f);

    size_t seen = 0;
    for (int tile = 0; tile < MODEL_N / MODEL_TILE; tile++) {
        const struct model lost = {8. / (double)MODEL_N, tile,
                                   (tile * 37 + 5) % (MODEL_N / MODEL_TILE)};
        const struct verdict v = judge_model(&o, &lost);
        cr_expect_not(v.ok, "tile row %d", tile);
        cr_expect_leq(fabs(v.sum_error), v.limit.sum, "the sum cannot tell");
        cr_expect_gt(v.row_error, 5 * v.limit.row);
        seen += v.worst_entry > v.limit.entry;
    }
    cr_expect_geq(seen, 70 * (MODEL_N / MODEL_TILE) / 100, "%zu seen in an entry too", seen);
    oracle_free(&o);
}
