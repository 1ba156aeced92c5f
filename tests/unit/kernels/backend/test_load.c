/* test_load.c - what is read back of a job, and copies of its matrix, on an H100 that only notes
 * the calls. */
#include "kernels/backend/gpu.h"
#include "kernels/backend/gpu_backend.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct device device;
static struct job *job;
static struct failure why;
static char *text;
static size_t bytes, looked_at;

static void begin(enum op op, uint64_t n, enum element element, uint64_t memory)
{
    const struct problem p = {op, n, 1, RANGE_UNIT, element};
    struct plan plan;
    notes = open_memstream(&text, &bytes);
    device = noting_h100();
    device.facts.memory_free = memory;
    noting_begin();
    gpu_plan(&device, NULL, &p, &plan);
    cr_assert_eq(gpu_begin(&device, &plan, &job, &why), STATUS_OK, "%s", why.text);
    fflush(notes);
    looked_at = bytes;
}

static void end(void)
{
    gpu_end(job);
    fclose(notes);
    free(text);
}

static void expect_notes(const char *wanted)
{
    fflush(notes);
    cr_expect_str_eq(text + looked_at, wanted);
    looked_at = bytes;
}

/* Rows of 3 entries have a pitch of 32. */
Test(load, a_is_read_back_without_its_padding)
{
    float a[9];
    begin(OP_REDUCE, 3, ELEMENT_F32, 1 << 30);
    const unsigned pitch = job->pitch;
    cr_expect_eq(gpu_read_a(job, a, &why), STATUS_OK);
    char wanted[200];
    snprintf(wanted, sizeof wanted, "  read 12 from 100000\n  read 12 from %x\n  read 12 from %x\n",
             0x100000 + 4 * pitch, 0x100000 + 8 * pitch);
    expect_notes(wanted);
    noting_calls = 0;
    noting_fails_at = 2;
    cr_expect_eq(gpu_read_a(job, a, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "reading A back: CUDA error 1");
    cr_expect_eq(noting_calls, 2);
    end();
}

Test(load, a_streamed_a_cannot_be_read_back)
{
    begin(OP_SUM_AAT, 2000, ELEMENT_F32, 14 << 20);
    cr_expect_eq(gpu_read_a(job, NULL, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "A is not in the GPU's memory: it is streamed");
    end();
}

Test(load, copies_are_of_as_many_bytes_as_a_dense_matrix_has)
{
    nanos taken[1];
    begin(OP_REDUCE, 100, ELEMENT_F64, 1 << 30);
    cr_expect_eq(gpu_copy_out(job, false, taken, 1, &why), STATUS_OK);
    expect_notes("  read 80000 from 100000\n  read 80000 from 100000\n  wait\n"
                 "  read 80000 from 100000\n  wait\n");
    cr_expect_eq(gpu_copy_in(job, false, taken, 1, &why), STATUS_OK);
    fflush(notes);
    cr_expect(strstr(text + looked_at, "  copy 80000 to 100000"), "%s", text + looked_at);
    end();
}

Test(load, what_does_not_fit_is_not_begun)
{
    struct plan plan = {.fits = false, .sentence = "it is too large"};
    struct job *none = (struct job *)&plan;
    struct device d = noting_h100();
    cr_expect_eq(gpu_begin(&d, &plan, &none, &why), STATUS_NO_MEMORY);
    cr_expect_str_eq(why.text, "it is too large");
    cr_expect_null(none);
    gpu_end(NULL);
}

/* Row sums of C, of this rank's rows alone, as the GPU tells them. */
static CUresult tell_rows(void *to, CUdeviceptr from, size_t room)
{
    double rows[4] = {1, 20, 300, 4000};
    (void)from;
    memcpy(to, rows, room < sizeof rows ? room : sizeof rows);
    return CUDA_SUCCESS;
}

Test(load, the_answer_of_a_product_is_the_sum_of_its_rows)
{
    double sum;
    const struct variant *v = gpu_variants;
    while (v->op != OP_MATMUL || v->library)
        v++;
    begin(OP_MATMUL, 4, ELEMENT_F32, 1 << 30);
    cr_assert_eq(gpu_load(job, v, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(gpu_load(job, v, &why), STATUS_OK, "a second time it is there");
    device.cu.cuMemcpyDtoH = tell_rows;
    cr_expect_eq(gpu_answer(job, v, &sum, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(sum, 4321);
    end();
}
