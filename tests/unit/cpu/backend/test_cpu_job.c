/* test_cpu_job.c - what a job has in memory, its poison, scaled rows and samples, entry by entry,
 * on a device without any library. */
#include "cpu/backend/cpu_backend.h"
#include "cpu/backend/job.h"
#include "cpu/backend/steps.h"
#include "harness/host/files.h"
#include "harness/verify/oracle.h"
#include "tests/unit/cpu/backend/opened.h"
#include "tests/unit/scratch.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static struct device d;

static void open_device(void)
{
    d = (struct device){.threads = 2, .pool = parallel_open(2), .facts = {.memory_free = 3 << 20}};
}

/* A job of a plan that is not judged. */
static enum status begun(struct problem p, struct job **job, struct failure *why)
{
    const struct plan plan = {.problem = p, .fits = true};
    *why = (struct failure){.text = ""};
    return cpu_job_begin(&d, &plan, job, why);
}

static struct job *job_of(enum op op, uint64_t n, enum element element)
{
    struct job *job = NULL;
    struct failure why;
    const struct problem p = {op, n, 1, RANGE_SIGNED, element};
    cr_assert_eq(begun(p, &job, &why), STATUS_OK, "%s", why.text);
    return job;
}

/* ---- memory */

Test(cpu_job, a_matrix_of_two_mebibytes_begins_at_a_huge_page)
{
    open_device();
    struct job *job = job_of(OP_REDUCE, 512, ELEMENT_F64);
    cr_expect_eq((uintptr_t)job->a % (2 << 20), 0);
    cpu_job_end(job);
    job = job_of(OP_REDUCE, 7, ELEMENT_F32);
    cr_expect_eq((uintptr_t)job->a % 64, 0);
    cpu_job_end(job);
    cpu_job_end(NULL);
}

Test(cpu_job, scratch_and_c_are_made_once_and_only_for_variants_that_need_them)
{
    struct failure why;
    open_device();
    struct job *job = job_of(OP_SUM_AAT, 40, ELEMENT_F32);
    cr_assert_eq(cpu_job_load(job, find_variant(OP_SUM_AAT, "reference"), &why), STATUS_OK);
    cr_expect(!job->c && !job->scratch);
    cr_assert_eq(cpu_job_load(job, find_variant(OP_SUM_AAT, "fused-triangle"), &why), STATUS_OK);
    void *const scratch = job->scratch;
    cr_expect(!job->c && scratch);
    cr_assert_eq(cpu_job_load(job, find_variant(OP_SUM_AAT, "fused-triangle"), &why), STATUS_OK);
    cr_expect_eq(job->scratch, scratch);
    cpu_job_end(job);
    job = job_of(OP_MATMUL, 40, ELEMENT_F32);
    cr_assert_eq(cpu_job_load(job, find_variant(OP_MATMUL, "reference"), &why), STATUS_OK);
    void *const c = job->c;
    cr_expect(c && !job->scratch);
    cr_assert_eq(cpu_job_load(job, find_variant(OP_MATMUL, "reference"), &why), STATUS_OK);
    cr_expect_eq(job->c, c);
    cpu_job_end(job);
}

/* Of A, or of the panels. */
Test(cpu_job, memory_that_the_system_refuses_is_told_with_what_seemed_free)
{
    static const struct {
        uint32_t panels;
        uint64_t n;
        const char *size;
    } cases[] = {{0, PROBLEM_MAX_N, "29.1 TiB"}, {2, 2000, "125.0 TiB"}};
    for (size_t i = 0; i < 2; i++) {
        struct job *job = NULL;
        struct failure why;
        const struct problem p = {OP_SUM_AAT, cases[i].n, 1, RANGE_UNIT, ELEMENT_F64};
        open_device();
        d.share = (struct share){.panels = cases[i].panels,
                                 .panel_rows = cases[i].panels ? UINT32_MAX : 0};
        const enum status status = begun(p, &job, &why);
        if (status == STATUS_OK)
            cr_skip_test("this system promises any memory");
        cr_expect_eq(status, STATUS_NO_MEMORY);
        cr_expect_null(job);
        char want[256];
        snprintf(want, sizeof want,
                 "the system refused %s for A at N = %d, and 3.0 MiB seemed free: take a smaller N",
                 cases[i].size, (int)cases[i].n);
        cr_expect_str_eq(why.text, want);
    }
}

Test(cpu_job, a_ring_has_its_own_rows_and_room_for_panels_of_others)
{
    open_device();
    d.share = (struct share){
        .begin = 10, .end = 25, .of = 40, .is_block = true, .panels = 2, .panel_rows = 16};
    struct job *job = job_of(OP_SUM_AAT, 40, ELEMENT_F32);
    cr_expect_eq(job->first, 10);
    cr_expect_eq(job->held, 15);
    cr_expect_eq(cpu_job_host_panel(job, PANEL_OWN), job->a);
    cr_expect(job->panels[0] && job->panels[1] && job->panels[0] != job->panels[1]);
    cr_expect_eq(cpu_job_host_panel(job, (enum panel)0), job->panels[0]);
    cr_expect_eq(cpu_job_host_panel(job, (enum panel)1), job->panels[1]);
    memset(job->panels[1], 1, 16 * 40 * sizeof(float));
    const struct entry at = {24, 39};
    double got;
    cr_assert_eq(cpu_job_a_entries(job, &at, 1, &got, NULL), STATUS_OK);
    cr_expect_eq(got, oracle_entry_of_a(&job->problem, at));
    cpu_job_end(job);
}

/* ---- what is read */

Test(cpu_job, only_rows_that_are_in_memory_are_added_up)
{
    struct failure why = {.text = ""};
    long double whole[40], parts[40], part[40];
    open_device();
    struct job *job = job_of(OP_SUM_AAT, 40, ELEMENT_F64);
    cr_assert_eq(cpu_job_oracle_column_sums(job, whole, NULL), STATUS_OK);
    cr_assert_eq(cpu_job_oracle_columns_of(job, 0, 13, parts, NULL), STATUS_OK);
    cr_assert_eq(cpu_job_oracle_columns_of(job, 13, 27, part, NULL), STATUS_OK);
    for (int k = 0; k < 40; k++)
        cr_expect(fabsl(whole[k] - parts[k] - part[k]) < 1e-14L, "column %d", k);
    cpu_job_end(job);

    d.share = (struct share){.begin = 10, .end = 25, .of = 40, .is_block = true};
    job = job_of(OP_SUM_AAT, 40, ELEMENT_F32);
    cr_expect_eq(cpu_job_oracle_columns_of(job, 10, 15, part, &why), STATUS_OK);
    cr_expect_eq(cpu_job_oracle_columns_of(job, 24, 1, part, &why), STATUS_OK);
    for (uint32_t k = 0; k < 40; k++)
        cr_expect_eq(part[k], oracle_entry_of_a(&job->problem, (struct entry){24, k}));
    cr_expect_eq(cpu_job_oracle_columns_of(job, 9, 2, part, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "this rank has the rows of A from 10 to 25, not to 11");
    cr_expect_eq(cpu_job_oracle_columns_of(job, 10, 16, part, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "this rank has the rows of A from 10 to 25, not to 26");
    cpu_job_end(job);
}

Test(cpu_job, of_c_nothing_is_read_before_it_is_stored)
{
    struct failure why;
    open_device();
    struct job *job = job_of(OP_SUM_AAT, 40, ELEMENT_F32);
    const struct entry at = {0, 0};
    long double sums[40];
    double x[40] = {0}, out[40];
    uint32_t col[40];
    for (int i = 0; i < 3; i++) {
        why = (struct failure){.text = ""};
        const enum status status = i == 0   ? cpu_job_c_row_sums(job, sums, &why)
                                   : i == 1 ? cpu_job_c_entries(job, &at, 1, out, &why)
                                            : cpu_job_c_block_errors(job, x, 8, out, col, &why);
        cr_expect_eq(status, STATUS_FAILED);
        cr_expect_str_eq(why.text, "no variant that stores C has been loaded: load one first");
    }
    cpu_job_end(job);
}

Test(cpu_job, a_sum_is_of_all_entries_or_of_the_lower_triangle_twice)
{
    open_device();
    for (int element = ELEMENT_F32; element <= ELEMENT_F64; element++) {
        struct job *job = job_of(OP_MATMUL, 3, (enum element)element);
        struct failure why;
        cr_assert_eq(cpu_job_load(job, find_variant(OP_MATMUL, "reference"), &why), STATUS_OK);
        for (int i = 0; i < 9; i++)
            if (element == ELEMENT_F64)
                ((double *)job->c)[i] = 1 << i;
            else
                ((float *)job->c)[i] = (float)(1 << i);
        cpu_step_sum_c(job);
        cr_expect_eq(job->scalar, 511);
        cpu_step_sum_c_lower(job); /* the diagonal is 1, 16 and 256, below it are 8, 64 and 128 */
        cr_expect_eq(job->scalar, 1 + 16 + 256 + 2 * (8 + 64 + 128));
        double sum;
        cr_assert_eq(cpu_job_answer(job, find_variant(OP_MATMUL, "reference"), &sum, NULL),
                     STATUS_OK);
        cr_expect_eq(sum, 511);
        cr_assert_eq(cpu_job_answer(job, find_variant(OP_REDUCE, "plain"), &sum, NULL), STATUS_OK);
        cr_expect_eq(sum, job->scalar);
        cpu_step_mirror_c(job);
        cpu_step_sum_c(job);
        cr_expect_eq(job->scalar, 1 + 16 + 256 + 2 * (8 + 64 + 128));
        cpu_job_end(job);
    }
}

Test(cpu_job, the_sum_of_a_is_that_of_the_rows_in_memory)
{
    open_device();
    d.share = (struct share){.begin = 1, .end = 2, .of = 4};
    struct job *job = job_of(OP_REDUCE, 40, ELEMENT_F64);
    double want = 0;
    for (uint32_t i = 10; i < 20; i++)
        for (uint32_t k = 0; k < 40; k++)
            want += oracle_entry_of_a(&job->problem, (struct entry){i, k});
    cpu_step_sum_a(job);
    cr_expect_float_eq(job->scalar, want, 1e-13);
    cpu_job_end(job);
}

/* ---- poison and scaled rows */

/* Rows of 70000 entries are more than one piece of work. */
Test(cpu_job, poison_is_in_every_entry)
{
    static const size_t orders[] = {3, 70000};
    open_device();
    for (int i = 0; i < 2; i++) {
        const size_t n = orders[i];
        float *c = calloc(3 * n, sizeof *c);
        struct job job = {.device = &d,
                          .problem = {.op = OP_MATMUL, .n = n, .element = ELEMENT_F32},
                          .n = n,
                          .of_c = {5, 2},
                          .c = c,
                          .scalar = 1};
        cr_assert_eq(cpu_job_poison(&job, NULL), STATUS_OK);
        for (size_t k = 0; k < 2 * n; k++)
            cr_assert(isnan(c[k]), "entry %zu of %zu", k, n);
        for (size_t k = 2 * n; k < 3 * n; k++)
            cr_assert_eq(c[k], 0, "entry %zu of %zu", k, n);
        cr_expect(isnan(job.scalar));
        free(c);
    }
}

Test(cpu_job, every_row_is_multiplied_by_its_factor_and_restored)
{
    float factor[40];
    open_device();
    for (int i = 0; i < 40; i++)
        factor[i] = (float)(i + 2);
    for (int element = ELEMENT_F32; element <= ELEMENT_F64; element++)
        for (int is_block = 0; is_block < 2; is_block++) {
            d.share = is_block ? (struct share){.begin = 10, .end = 25, .of = 40, .is_block = true}
                               : (struct share){0};
            struct job *job = job_of(OP_SUM_AAT, 40, (enum element)element);
            for (int again = 0; again < 3; again++) {
                cr_assert_eq(cpu_job_scale_rows(job, NULL, again < 2 ? factor : NULL, NULL),
                             STATUS_OK);
                for (uint32_t i = 0; i < job->held * 40; i++) {
                    const struct entry at = {(uint32_t)job->first + i / 40, i % 40};
                    double got, want = oracle_entry_of_a(&job->problem, at);
                    cpu_job_a_entries(job, &at, 1, &got, NULL);
                    if (again < 2)
                        want *= (double)factor[at.row];
                    cr_assert_eq(got, element == ELEMENT_F64 ? want : (double)(float)want,
                                 "A[%u][%u]", at.row, at.col);
                }
            }
            cpu_job_end(job);
        }
}

/* ---- samples */

Test(cpu_job, of_no_launch_a_sample_has_no_time)
{
    struct sample sample = {.wall_ns = 5};
    struct failure why;
    open_device();
    struct job *job = job_of(OP_REDUCE, 40, ELEMENT_F32);
    const struct variant *v = find_variant(OP_REDUCE, "plain");
    cr_assert_eq(cpu_job_load(job, v, &why), STATUS_OK);
    cr_assert_eq(cpu_job_run(job, v, 0, &sample, &why), STATUS_OK);
    cr_expect(sample.launches == 0 && sample.wall_ns == 0 && sample.step_ns[0] == 0);
    cr_expect(isnan(job->scalar), "nothing ran");
    cr_assert_eq(cpu_job_run(job, v, 2, &sample, &why), STATUS_OK);
    cr_expect(sample.launches == 2 && sample.wall_ns > 0 && sample.wall_ns == sample.device_ns);
    cr_expect(sample.step_ns[0] > 0 && sample.step_ns[1] == 0);
    cpu_job_end(job);
}

/* The mean power of a short sample is that since the first of two marks, which move on after 0.1 s.
 * Time passes by setting the marks back. */
Test(cpu_job, marks_of_the_energy_move_on_after_a_tenth_of_a_second)
{
    static const nanos tenth = 100000000;
    struct sample sample;
    struct failure why;
    host_set_root(scratch_make());
    scratch_file("sys/class/powercap/intel-rapl:0/name", "package-0\n");
    scratch_file("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850\n");
    scratch_file("sys/class/powercap/intel-rapl:0/energy_uj", "1000000\n");
    open_device();
    energy_open(&d.energy);
    struct job *job = job_of(OP_REDUCE, 4, ELEMENT_F32);
    const struct variant *v = find_variant(OP_REDUCE, "plain");
    cr_assert_eq(cpu_job_load(job, v, &why), STATUS_OK);
    cpu_job_run(job, v, 1, &sample, &why);
    cr_expect(d.marks[0].is_known && d.marks[1].is_known);
    cr_expect_eq(d.marks[0].when, d.marks[1].when);
    const nanos first = d.marks[1].when;
    cpu_job_run(job, v, 1, &sample, &why);
    if (clock_now() - first < tenth)
        cr_expect(d.marks[0].when == first && d.marks[1].when == first, "too early");

    const nanos start = clock_now(), before = start - tenth;
    d.marks[0].when = start - 2 * tenth;
    d.marks[1].when = before;
    scratch_file("sys/class/powercap/intel-rapl:0/energy_uj", "4000000\n"); /* 3 J */
    cpu_job_run(job, v, 1, &sample, &why);
    cr_expect_eq(d.marks[0].when, before);
    cr_expect_gt(d.marks[1].when, first);
    const double seconds = (double)(d.marks[1].when - (start - 2 * tenth)) * 1e-9;
    if (clock_now() - start < tenth / 2) /* else it is no short sample */
        cr_expect_float_eq(sample.power_w, 3 / seconds, 1e-9, "%g W", sample.power_w);
    cr_expect_float_eq(sample.energy_j, sample.power_w * (double)sample.wall_ns * 1e-9, 1e-12);
    cpu_job_end(job);
    host_set_root(NULL);
    scratch_remove();
}
