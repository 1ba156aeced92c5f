/* test_verify_rows.c - the verdict on some rows of C, which is all that one of several ranks has.
 */
#include "tests/unit/harness/verify/judged.h"

#include <math.h>
#include <string.h>

enum { N = 200 };
static const struct rows some = {64, 70};

static enum status answer_of_rows(struct job *job, const struct variant *v, double *sum,
                                  struct failure *why)
{
    (void)v, (void)why;
    *sum = 0;
    for (size_t i = some.first * N; i < (some.first + some.count) * N; i++)
        *sum += (double)job->c[i];
    return STATUS_OK;
}

/* A right C but for one entry that is multiplied. */
static struct verdict judged_rows(enum range range, struct entry at, float factor)
{
    const struct problem p = matmul(N, range);
    const struct variant v = {.op = OP_MATMUL, .name = "v"};
    struct backend backend = fake_backend;
    struct job *job = fake_job(p, FAULT_NONE, nowhere);
    struct oracle o;
    struct verdict verdict;
    struct sample sample;
    backend.answer = answer_of_rows;
    cr_assert_eq(oracle_make_rows(&backend, job, &p, some, &o, NULL), STATUS_OK);
    backend.run(job, &v, 1, &sample, NULL);
    job->c[at.row * N + at.col] *= factor;
    cr_assert_eq(verify(&backend, job, &v, &o, 0, &verdict, NULL), STATUS_OK);
    for (size_t i = 0; i < o.entry_count; i++)
        cr_assert(o.entries[i].row >= some.first && o.entries[i].row < some.first + some.count &&
                  o.entries[i].col < N);
    oracle_free(&o);
    backend.end(job);
    return verdict;
}

Test(verify_rows, right_rows_pass_and_their_sum_is_what_was_expected)
{
    for (enum range range = RANGE_UNIT; range <= RANGE_WIDE; range++) {
        const struct verdict v = judged_rows(range, nowhere, 1);
        cr_expect(v.ok, "%s: %s", range_name(range), v.reason);
        cr_expect(fabs(v.sum - v.want) <= 1e-6 * v.sum_scale, "%g of %g", v.sum, v.want);
    }
    const struct verdict v = judged_rows(RANGE_UNIT, nowhere, 1);
    cr_expect_float_eq(v.want / ((double)(some.count * N * N) / 4), 1, 0.02, "%g", v.want);
}

Test(verify_rows, a_wrong_entry_in_them_is_found_and_others_are_not_looked_at)
{
    const uint32_t first = (uint32_t)some.first, behind = first + (uint32_t)some.count;
    for (uint32_t col = 0; col < N; col += 66) {
        cr_expect_not(judged_rows(RANGE_UNIT, (struct entry){first, col}, 1.001f).ok);
        cr_expect_not(judged_rows(RANGE_SIGNED, (struct entry){behind - 1, col}, 1.5f).ok);
        cr_expect(judged_rows(RANGE_UNIT, (struct entry){first - 1, col}, 2).ok);
        cr_expect(judged_rows(RANGE_UNIT, (struct entry){behind, col}, 2).ok);
    }
}
