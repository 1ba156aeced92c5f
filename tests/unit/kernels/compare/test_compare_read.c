/* test_compare_read.c - what a note of differences says of their places in the answer. */
#include "kernels/compare/compare.h"

#include "kernels/interface/difference.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct difference_note given[COMPARE_LAUNCHES_MAX];
static unsigned cleared;
static bool cannot_read;

static CUresult allocate(CUdeviceptr *at, size_t bytes)
{
    (void)bytes;
    *at = 4096;
    return CUDA_SUCCESS;
}

static CUresult release(CUdeviceptr at)
{
    (void)at;
    return CUDA_SUCCESS;
}

static CUresult wait_stream(CUstream stream)
{
    (void)stream;
    return CUDA_SUCCESS;
}

static CUresult read_notes(void *to, CUdeviceptr from, size_t bytes)
{
    (void)from;
    memcpy(to, given, bytes);
    return cannot_read ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

static CUresult clear(CUdeviceptr to, unsigned char value, size_t bytes, CUstream stream)
{
    (void)to, (void)stream;
    cr_expect_eq(value, 0);
    cr_expect_eq(bytes, COMPARE_LAUNCHES_MAX * sizeof(struct difference_note));
    cleared++;
    return CUDA_SUCCESS;
}

static struct device device = {.cu = {.cuMemAlloc = allocate,
                                      .cuMemFree = release,
                                      .cuStreamSynchronize = wait_stream,
                                      .cuMemcpyDtoH = read_notes,
                                      .cuMemsetD8Async = clear}};
static const struct kernel kernel;

/* Reads the notes of three launches of a product or sum. */
static enum status read_three(enum op op, enum element element, struct mismatches *found)
{
    const struct variant v = {.op = op, .name = "v", .row = &kernel};
    struct failure why = {0};
    struct job *job = calloc(1, sizeof *job);
    cr_assert_not_null(job);
    *job = (struct job){.device = &device,
                        .problem = {.op = op, .n = 30, .element = element},
                        .n = 30,
                        .pitch = 32,
                        .c = 1 << 20,
                        .sum = 1 << 10};
    cleared = 0;
    const enum status status = compare_read(job, &v, 3, found, &why);
    job->c = 0;
    job_free(job);
    return status;
}

/* Word `first` to word `last`, of `words` that differ. */
static struct difference_note note_of(unsigned long long first, unsigned last, unsigned words)
{
    return (struct difference_note){
        .inverted = ~first, .last = last + 1, .words = words, .bits = 5};
}

static void expect_place(const struct mismatch *m, unsigned row, unsigned col, unsigned last_row,
                         unsigned last_col)
{
    cr_expect(m->first.row == row && m->first.col == col, "%u %u", m->first.row, m->first.col);
    cr_expect(m->last.row == last_row && m->last.col == last_col, "%u %u", m->last.row,
              m->last.col);
}

Test(compare_read, places_are_rows_and_columns_of_c)
{
    struct mismatches found = {0};
    memset(given, 0, sizeof given);
    given[1] = note_of(3 * 32 + 7, 9 * 32 + 29, 4);
    cr_expect_eq(read_three(OP_MATMUL, ELEMENT_F32, &found), STATUS_OK);
    cr_expect(found.launches == 1 && found.words == 4 && found.known == 1);
    cr_expect_eq(found.list[0].launch, 1);
    cr_expect_eq(found.list[0].bits, 5);
    expect_place(&found.list[0], 3, 7, 9, 29);
    cr_expect_eq(found.list[0].first_address, (1 << 20) + 4 * (3 * 32 + 7));
    cr_expect_eq(found.list[0].last_address, (1 << 20) + 4 * (9 * 32 + 29));
    cr_expect_eq(cleared, 1);
}

/* An entry of float64 is two words. */
Test(compare_read, places_of_float64_count_two_words_each)
{
    struct mismatches found = {0};
    memset(given, 0, sizeof given);
    given[2] = note_of(2 * (3 * 32 + 7) + 1, 2 * (9 * 32 + 29), 4);
    cr_expect_eq(read_three(OP_MATMUL, ELEMENT_F64, &found), STATUS_OK);
    cr_expect_eq(found.list[0].launch, 2);
    expect_place(&found.list[0], 3, 7, 9, 29);
}

Test(compare_read, a_sum_has_one_place)
{
    struct mismatches found = {0};
    memset(given, 0, sizeof given);
    given[0] = note_of(0, 1, 2);
    given[2] = note_of(1, 1, 1);
    cr_expect_eq(read_three(OP_SUM_AAT, ELEMENT_F32, &found), STATUS_OK);
    cr_expect(found.launches == 2 && found.words == 3 && found.known == 2);
    cr_expect_eq(found.list[0].first_address, 1 << 10);
    cr_expect_eq(found.list[0].last_address, (1 << 10) + 4);
    cr_expect_eq(found.list[1].launch, 2);
}

Test(compare_read, without_a_difference_nothing_is_cleared)
{
    struct mismatches found = {0};
    memset(given, 0, sizeof given);
    cr_expect_eq(read_three(OP_MATMUL, ELEMENT_F32, &found), STATUS_OK);
    cr_expect(found.launches == 0 && found.known == 0);
    cr_expect_eq(cleared, 0);
    cannot_read = true;
    cr_expect_eq(read_three(OP_MATMUL, ELEMENT_F32, &found), STATUS_FAILED);
}

Test(compare_read, of_many_launches_some_places_are_kept_and_all_are_counted)
{
    struct mismatches found = {0};
    for (unsigned i = 0; i < COMPARE_LAUNCHES_MAX; i++)
        given[i] = note_of(0, 0, 1);
    for (unsigned i = 0; i < 2 * MISMATCHES_KEPT; i++)
        cr_expect_eq(read_three(OP_MATMUL, ELEMENT_F32, &found), STATUS_OK);
    cr_expect_eq(found.known, MISMATCHES_KEPT);
    cr_expect_eq(found.launches, 6 * MISMATCHES_KEPT);
    cr_expect_eq(found.words, 6 * MISMATCHES_KEPT);
}
