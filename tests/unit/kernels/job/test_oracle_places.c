/* test_oracle_places.c - where references and entries are read from when a job has only some rows
 * of A or C, and what becomes of the values: the driver is an H100's that computes nothing. */
#include "kernels/job/oracle.h"

#include "harness/base/interrupt.h"
#include "kernels/job/job.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { N = 300, MOST = 5000 };

static struct device device;
static struct job *job;
static struct failure why;
static CUdeviceptr matrix;
static unsigned rows, blocks, first_row, launches, fails_at, allocations, freed, refused_at;
static struct entry sent[MOST];
static const void *values;
static CUresult (*note_memory)(CUdeviceptr *at, size_t bytes);

static CUresult look(CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                     unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared,
                     CUstream stream, void **parameters, void **extra)
{
    const char *name = (const char *)(void *)function;
    (void)grid_y, (void)grid_z, (void)block_x, (void)block_y, (void)block_z;
    (void)shared, (void)stream, (void)extra;
    blocks = grid_x;
    if (++launches == fails_at)
        return CUDA_ERROR_INVALID_VALUE;
    if (strncmp(name, "gather", 6) == 0 || strstr(name, "column_sums"))
        matrix = *(CUdeviceptr *)parameters[0];
    if (strstr(name, "column_sums"))
        rows = *(unsigned *)parameters[1];
    if (strncmp(name, "fill", 4) == 0)
        first_row = *(unsigned *)parameters[4];
    return CUDA_SUCCESS;
}

static CUresult give_memory(CUdeviceptr *at, size_t bytes)
{
    return ++allocations == refused_at ? CUDA_ERROR_OUT_OF_MEMORY : note_memory(at, bytes);
}

static CUresult take_back(CUdeviceptr at)
{
    (void)at;
    freed++;
    return CUDA_SUCCESS;
}

static CUresult keep_entries(CUdeviceptr to, const void *from, size_t bytes, CUstream stream)
{
    (void)to, (void)stream;
    memcpy(sent, from, bytes < sizeof sent ? bytes : sizeof sent);
    return CUDA_SUCCESS;
}

/* `values`, or of each entry that was sent 1000 times its row and its column, as a float. */
static CUresult give_values(void *to, CUdeviceptr from, size_t bytes)
{
    (void)from;
    if (values) {
        memcpy(to, values, bytes);
        return CUDA_SUCCESS;
    }
    for (size_t i = 0; i < bytes / sizeof(float); i++)
        ((float *)to)[i] = (float)(1000 * (first_row + sent[i].row) + sent[i].col);
    return CUDA_SUCCESS;
}

static void make_job(enum op op, enum element element, struct share share, unsigned panel_rows)
{
    const struct problem p = {op, N, 1, RANGE_UNIT, element};
    notes = notes ? notes : fopen("/dev/null", "we");
    noting_begin();
    device = noting_h100();
    device.share = share;
    note_memory = device.cu.cuMemAlloc;
    device.cu.cuMemAlloc = give_memory;
    device.cu.cuMemFree = take_back;
    device.cu.cuLaunchKernel = look;
    device.cu.cuMemcpyHtoDAsync = keep_entries;
    device.cu.cuMemcpyDtoH = give_values;
    fails_at = refused_at = 0;
    cr_assert_eq(job_new(&device, &p, panel_rows, &job, &why), STATUS_OK, "%s", why.text);
    launches = allocations = freed = 0;
}

static const struct share whole = {0}, middle = {.begin = 1, .end = 2, .of = 3};
static const struct entry entries[] = {{100, 0}, {199, 299}};

Test(oracle_places, entries_of_a_share_of_a_are_counted_from_its_first_row)
{
    double out[2];
    make_job(OP_REDUCE, ELEMENT_F32, middle, 0);
    cr_expect_eq(job->first_row, 100);
    cr_expect_eq(gpu_a_entries(job, entries, 2, out, &why), STATUS_OK);
    cr_expect_eq(matrix, job->a - (CUdeviceptr)100 * 300 * 4);
    job_free(job);
    make_job(OP_REDUCE, ELEMENT_F64, middle, 0);
    values = out;
    cr_expect_eq(gpu_a_entries(job, entries, 2, out, &why), STATUS_OK);
    cr_expect_eq(matrix, job->a - (CUdeviceptr)100 * 300 * 8);
    job_free(job);
}

Test(oracle_places, columns_of_some_rows_begin_at_the_first_of_them)
{
    static const double zeros[2 * N];
    static long double out[N];
    values = zeros;
    make_job(OP_REDUCE, ELEMENT_F32, middle, 0);
    cr_expect_eq(gpu_columns_of(job, 130, 20, out, &why), STATUS_OK);
    cr_expect_eq(matrix, job->a + (CUdeviceptr)30 * 300 * 4);
    cr_expect_eq(rows, 20);
    job_free(job);
    make_job(OP_SUM_AAT, ELEMENT_F64, whole, 0);
    cr_expect_eq(gpu_columns_of(job, 7, 5, out, &why), STATUS_OK);
    cr_expect_eq(matrix, job->a + (CUdeviceptr)7 * 320 * 8);
    cr_expect_eq(gpu_column_sums(job, out, &why), STATUS_OK);
    cr_expect_eq(matrix, job->a);
    cr_expect_eq(rows, N);
    job_free(job);
}

Test(oracle_places, entries_of_c_are_counted_from_its_first_row)
{
    static const double zeros[N];
    double out[2];
    long double sums[N] = {[63] = 7, [164] = 8};
    values = zeros;
    make_job(OP_MATMUL, ELEMENT_F32, whole, 0);
    job->c = 1 << 28;
    job->of_c = (struct rows){64, 100};
    cr_expect_eq(gpu_c_entries(job, entries, 2, out, &why), STATUS_OK);
    cr_expect_eq(matrix, (1 << 28) - 64 * 320 * 4);
    sums[64] = sums[163] = 9;
    cr_expect_eq(gpu_c_row_sums(job, sums, &why), STATUS_OK);
    cr_expect(sums[63] == 7 && sums[64] == 0 && sums[163] == 0 && sums[164] == 8);
    launches = 0;
    job->of_c.count = 0;
    cr_expect_eq(gpu_c_row_sums(job, sums, &why), STATUS_OK);
    cr_expect_eq(launches, 0);
    job->c = 0;
    job_free(job);
}

/* A thread for each entry, 256 in a block. */
Test(oracle_places, entries_are_gathered_by_just_as_many_blocks_as_they_fill)
{
    static const struct entry many[513];
    static double out[513];
    make_job(OP_SUM_AAT, ELEMENT_F32, whole, 0);
    for (size_t count = 255; count <= 513; count++) {
        cr_expect_eq(gpu_a_entries(job, many, count, out, &why), STATUS_OK);
        cr_expect_eq(blocks, count <= 256 ? 1 : count <= 512 ? 2 : 3, "%zu: %u", count, blocks);
    }
    job_free(job);
}

/* ---- values */

static void expect_divided(bool is_rounded, double of_sums, double of_dots)
{
    static const double all[N] = {16129, 127, 1};
    static long double out[N];
    values = all;
    gpu_oracle_of_int8(job, is_rounded);
    cr_expect_eq(job->oracle_levels, is_rounded ? 127 : 0);
    cr_expect_eq(gpu_column_sums(job, out, &why), STATUS_OK);
    cr_expect_eq(out[0], of_sums);
    cr_expect_eq(out[1], of_sums / 127);
    cr_expect_eq(gpu_a_times(job, out, out, &why), STATUS_OK);
    cr_expect_eq(out[0], of_sums);
    cr_expect_eq(gpu_dots(job, entries, 2, out, &why), STATUS_OK);
    cr_expect_eq(out[0], of_dots);
}

Test(oracle_places, references_of_integers_are_divided_once_for_each_factor)
{
    make_job(OP_SUM_AAT, ELEMENT_F32, whole, 0);
    expect_divided(true, 127, 1);
    expect_divided(false, 16129, 16129);
    job_free(job);
}

Test(oracle_places, references_of_float64_are_sums_of_two)
{
    static const double pairs[2 * N] = {1, 0x1p-60, 3, -0x1p-59};
    static long double out[N], x[N];
    double sent_pairs[4];
    values = pairs;
    make_job(OP_SUM_AAT, ELEMENT_F64, whole, 0);
    cr_expect_eq(gpu_column_sums(job, out, &why), STATUS_OK);
    cr_expect(out[0] == 1 + 0x1p-60L && out[1] == 3 - 0x1p-59L);
    x[0] = 1 + 0x1p-60L, x[1] = 5;
    cr_expect_eq(gpu_a_times(job, x, out, &why), STATUS_OK);
    cr_expect(out[0] == 1 + 0x1p-60L && out[1] == 3 - 0x1p-59L);
    memcpy(sent_pairs, sent, sizeof sent_pairs);
    cr_expect(sent_pairs[0] == 1 && sent_pairs[1] == 0x1p-60 && sent_pairs[2] == 5 &&
              sent_pairs[3] == 0);
    job_free(job);
}

/* ---- a streamed A */

Test(oracle_places, entries_of_a_streamed_a_come_panel_by_panel_into_their_places)
{
    static struct entry e[MOST];
    static double out[MOST];
    make_job(OP_SUM_AAT, ELEMENT_F32, whole, 100);
    for (unsigned i = 0; i < MOST; i++) /* nine tenths are in the second panel */
        e[i] = (struct entry){i % 10 ? 100 + i * 7 % 100 : i * 13 % N, i * 11 % N};
    e[0].row = 0, e[1].row = 99, e[2].row = 100, e[3].row = 299;
    cr_expect_eq(gpu_a_entries(job, e, MOST, out, &why), STATUS_OK, "%s", why.text);
    for (unsigned i = 0; i < MOST; i++)
        cr_assert_eq(out[i], 1000.0 * e[i].row + e[i].col, "%u: %g", i, out[i]);
    cr_expect_eq(launches, 3 + 4, "three panels, of which the second is read twice");
    job_free(job);
}

Test(oracle_places, column_sums_of_a_streamed_a_are_those_of_all_its_panels)
{
    static const double all[N] = {1, 2};
    static long double out[N];
    values = all;
    make_job(OP_SUM_AAT, ELEMENT_F32, whole, 128);
    cr_expect_eq(gpu_column_sums(job, out, &why), STATUS_OK);
    cr_expect(out[0] == 3 && out[1] == 6 && out[2] == 0);
    cr_expect_eq(rows, 300 - 2 * 128);
    launches = 0;
    cr_expect_eq(gpu_columns_of(job, 10, 200, out, &why), STATUS_OK);
    cr_expect(out[0] == 2 && out[1] == 4 && out[2] == 0);
    cr_expect_eq(first_row, 138);
    cr_expect_eq(rows, 72);
    cr_expect_eq(launches, 2 * 3);
    interrupt_request(SIGINT);
    cr_expect_eq(gpu_columns_of(job, 10, 200, out, &why), STATUS_INTERRUPTED);
    cr_expect_eq(launches, 3 * 3);
    job_free(job);
}

/* ---- calls that fail */

static long double references[N];
static double numbers[2];

static enum status ask(int what)
{
    switch (what) {
    case 0:
        return gpu_column_sums(job, references, &why);
    case 1:
        return gpu_a_times(job, references, references, &why);
    case 2:
        return gpu_dots(job, entries, 2, references, &why);
    case 3:
        return gpu_a_entries(job, entries, 2, numbers, &why);
    default:
        return gpu_c_row_sums(job, references, &why);
    }
}

static CUresult copy_not(CUdeviceptr to, const void *from, size_t bytes, CUstream stream)
{
    (void)to, (void)from, (void)bytes, (void)stream;
    return CUDA_ERROR_INVALID_VALUE;
}

static CUresult wait_not(CUstream stream)
{
    (void)stream;
    return CUDA_ERROR_INVALID_VALUE;
}

static CUresult read_not(void *to, CUdeviceptr from, size_t bytes)
{
    (void)to, (void)from, (void)bytes;
    return CUDA_ERROR_INVALID_VALUE;
}

static void expect_failure(int what, enum status status, const char *text, unsigned launched)
{
    launches = allocations = freed = 0;
    cr_expect_eq(ask(what), status, "%d", what);
    cr_expect(strstr(why.text, text), "%d: \"%s\" lacks \"%s\"", what, why.text, text);
    cr_expect_eq(launches, launched, "%d: %u launches", what, launches);
    cr_expect_eq(freed, allocations - (refused_at ? 1 : 0), "%d: %u of %u freed", what, freed,
                 allocations);
    fails_at = refused_at = 0;
}

Test(oracle_places, after_a_call_that_failed_none_follows_and_the_memory_is_given_back)
{
    static const unsigned memory[] = {2, 2, 2, 2, 1}, launched[] = {2, 1, 1, 1, 1};
    make_job(OP_MATMUL, ELEMENT_F32, whole, 0);
    job->of_c = (struct rows){0, N};
    const struct driver cu = device.cu;
    for (int what = 0; what < 5; what++) {
        for (unsigned at = 1; at <= memory[what]; at++) {
            refused_at = at;
            expect_failure(what, STATUS_NO_MEMORY, "GPU memory for verification", 0);
        }
        for (unsigned at = 1; at <= launched[what]; at++) {
            fails_at = at;
            expect_failure(what, STATUS_FAILED, "", at);
        }
        device.cu.cuStreamSynchronize = wait_not;
        expect_failure(what, STATUS_FAILED, "verifying", launched[what]);
        device.cu = cu;
        device.cu.cuMemcpyDtoH = read_not;
        expect_failure(what, STATUS_FAILED, "reading a reference back", launched[what]);
        device.cu = cu;
        device.cu.cuMemcpyHtoDAsync = copy_not;
        if (what >= 1 && what <= 3)
            expect_failure(what, STATUS_FAILED, "copying to the GPU for verification", 0);
        device.cu = cu;
    }
    job_free(job);
}

static uint64_t bytes_at(uint64_t n, enum element element)
{
    return oracle_bytes(&(struct problem){.op = OP_MATMUL, .n = n, .element = element});
}

/* A band for every 64 rows, at most 64 of them and 8 MiB, and the sums; or 4096 entries at once, of
 * 8 bytes for the place and those of the value. */
Test(oracle_places, references_take_this_much_memory)
{
    cr_expect_eq(bytes_at(64, ELEMENT_F32), 4096 * 12);
    cr_expect_eq(bytes_at(64, ELEMENT_F64), 4096 * 16);
    cr_expect_eq(bytes_at(1000, ELEMENT_F32), 17 * 1000 * 8);
    cr_expect_eq(bytes_at(1024, ELEMENT_F32), 17 * 1024 * 8);
    cr_expect_eq(bytes_at(1025, ELEMENT_F32), 18 * 1025 * 8);
    cr_expect_eq(bytes_at(10000, ELEMENT_F32), 65 * 10000 * 8);
    cr_expect_eq(bytes_at(10000, ELEMENT_F64), 53 * 10000 * 16);
    cr_expect_eq(bytes_at(100000, ELEMENT_F32), 11 * 100000 * 8);
    cr_expect_eq(bytes_at(2000000, ELEMENT_F32), 2 * 2000000 * 8);
}
