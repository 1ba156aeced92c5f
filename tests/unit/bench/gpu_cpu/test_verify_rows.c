/* test_verify_rows.c - two ranks verify their rows of a product, and rank 0 judges all of it. */
#include "bench/gpu_cpu/ranked.h"
#include "bench/ranks/local.h"
#include "tests/unit/fake_backend.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N = 160, CUT = 96 }; /* rank 1 begins there */

static const struct variant variant = {OP_MATMUL, "plain", ARITH_F32, .steps = {"matmul"}};
static struct verdict verdict;
static struct failure why;
static struct rank_result results[2];

static double part_of(const struct job *job, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from * N; i < to * N; i++)
        sum += (double)job->c[i];
    return sum;
}

static int own;          /* this process's rank */
static int rounded = -1; /* whose rows have an error of their own */

/* Makes half of the entries of each row larger. */
static void round_rows(struct job *job, void *unused)
{
    (void)unused;
    for (size_t i = own ? CUT * N : 0; i < (own ? N : CUT) * N && own == rounded; i += 2)
        job->c[i] *= 1 + 1e-6f;
}

static enum status answer_of_rows(struct job *job, const struct variant *v, double *sum,
                                  struct failure *unused)
{
    (void)v, (void)unused;
    *sum = own ? part_of(job, CUT, N) : part_of(job, 0, CUT);
    return STATUS_OK;
}

/* What rank `rank` does, whose socket to the other is `end`. Its product has the fault at `place`.
 */
static enum status verify_as(int rank, int end, const char *how, enum fake_fault fault,
                             struct entry place)
{
    static struct rank_info info[2] = {{.name = "rank 0 on here"}, {.name = "rank 1 on there"}};
    struct backend backend = fake_backend;
    const struct place machine = {.backend = &backend};
    const struct problem problem = {OP_MATMUL, N, 1, RANGE_UNIT, ELEMENT_F32};
    const struct options options = {.verify = how};
    char text[64];
    snprintf(text, sizeof text, "%d:2:-1:0.%d=%d", rank, !rank, end);
    setenv("GPUBENCH_RANKS", text, 1);
    struct ranks ranks = {.transport = local_transport(), .rank = rank, .size = 2, .info = info};
    struct run run = {
        .options = &options, .place = &machine, .result.problem = problem, .ranks = 2};
    struct cut cuts[3] = {{.row = 0}, {.row = CUT}, {.row = N}};
    struct moment now[2] = {{.sample.wall_ns = 1000}, {.sample.wall_ns = 1000}};
    struct ranked k = {.run = &run, .ranks = &ranks, .variant = &variant, .cuts = cuts, .now = now};
    cr_assert(ranks.transport);
    own = rank;
    backend.answer = answer_of_rows;
    memset(results, 0, sizeof results);
    for (int i = 0; i < 2; i++)
        snprintf(results[i].place, sizeof results[i].place, "/cpu:%d", i);
    k.results.list = results;
    k.results.count = 2;
    run.job = fake_job(problem, fault, place);
    run.job->spoil = round_rows;
    struct sample sample;
    cr_assert_eq(fake_backend.run(run.job, &variant, 1, &sample, &why), STATUS_OK);
    now[0].part = part_of(run.job, 0, CUT);
    now[1].part = part_of(run.job, CUT, N);
    k.sum = now[0].part + now[1].part;
    const enum status status = ranked_verify_rows(&k, &verdict, &why);
    oracle_free(&run.oracle);
    fake_backend.end(run.job);
    return status;
}

/* The status of rank 0, and that of rank 1, each of which has its own fault at a row. */
static enum status verify_both(const char *how, const enum fake_fault *faults, uint32_t row,
                               enum status *of_child)
{
    int ends[2], ended;
    why = (struct failure){0};
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const pid_t child = fork();
    if (child == 0)
        _exit((int)verify_as(1, ends[1], how, faults[1], (struct entry){row, 3}));
    close(ends[1]);
    const enum status status = verify_as(0, ends[0], how, faults[0], (struct entry){row, 3});
    close(ends[0]);
    cr_assert(waitpid(child, &ended, 0) == child && WIFEXITED(ended));
    *of_child = (enum status)WEXITSTATUS(ended);
    return status;
}

Test(ranked_rows, right_rows_of_both_are_a_right_product)
{
    static const enum fake_fault none[2] = {FAULT_NONE, FAULT_NONE};
    for (int full = 0; full < 2; full++) {
        enum status of_child;
        cr_expect_eq(verify_both(full ? "full" : NULL, none, 0, &of_child), STATUS_OK, "%s",
                     why.text);
        cr_expect_eq(of_child, STATUS_OK);
        cr_expect(verdict.ok);
        cr_expect_eq(verdict.is_full, full);
        cr_expect_lt(fabs(verdict.sum_error), 1e-6);
        cr_expect(fabs(verdict.row_error) <= verdict.limit.row, "%g", verdict.row_error);
        cr_expect(fabs(verdict.rel_f) <= verdict.limit.rel_f, "%g", verdict.rel_f);
        cr_expect(fabs(verdict.worst_entry) <= verdict.limit.entry, "%g", verdict.worst_entry);
        for (int i = 0; i < 2; i++) {
            cr_expect_lt(fabs(results[i].error), 1e-6, "%g", results[i].error);
            cr_expect_float_eq(results[i].part / results[i].want, 1, 1e-6);
        }
        cr_expect_float_eq(results[0].want + results[1].want, verdict.want, 1e-9 * verdict.want);
    }
}

Test(ranked_rows, of_each_error_the_largest_counts)
{
    static const enum fake_fault none[2] = {FAULT_NONE, FAULT_NONE};
    struct verdict of[3]; /* without these errors; with those of rank 0; of rank 1 */
    enum status of_child;
    for (rounded = -1; rounded < 2; rounded++) {
        cr_assert_eq(verify_both(NULL, none, 0, &of_child), STATUS_OK, "%s", why.text);
        of[rounded + 1] = verdict;
    }
    for (int rank = 0; rank < 2; rank++) {
        const struct verdict *v = &of[rank + 1];
        cr_expect_gt(fabs(v->row_error), 1.5 * fabs(of->row_error), "rank %d", rank);
        cr_expect_gt(v->rel_f, 1.5 * of->rel_f, "rank %d", rank);
        cr_expect_gt(fabs(v->bias), 1.5 * fabs(of->bias), "rank %d", rank);
        cr_expect_gt(v->worst_entry, 1.5 * of->worst_entry, "rank %d", rank);
        cr_expect(v->block_error > 0 && v->block_error <= v->limit.block, "rank %d", rank);
        cr_expect_gt(v->limit.bias, 0);
        cr_expect(v->ok);
    }
}

Test(ranked_rows, the_rank_whose_rows_are_wrong_is_named_with_its_rows)
{
    static const struct {
        enum fake_fault faults[2];
        uint32_t row;
        const char *text;
    } cases[] = {
        {{FAULT_NAN_ENTRY, FAULT_NONE},
         5,
         "wrong result of rank 0 on here (/cpu:0, ): in its rows of C of matmul/f32/plain, 0 to "
         "95: "},
        {{FAULT_NONE, FAULT_NAN_ENTRY},
         100,
         "wrong result of rank 1 on there (/cpu:1, ): in its rows of C of matmul/f32/plain, 96 to "
         "159: "},
    };
    for (size_t i = 0; i < 2; i++) {
        enum status of_child;
        cr_expect_eq(verify_both(NULL, cases[i].faults, cases[i].row, &of_child), STATUS_WRONG);
        cr_expect_eq(of_child, STATUS_WRONG);
        cr_expect_eq(strncmp(why.text, cases[i].text, strlen(cases[i].text)), 0, "%s", why.text);
        cr_expect(strstr(why.text, ". No time is reported."), "%s", why.text);
    }
}
