/* test_block_launches.c - how the errors of blocks are asked for and merged: on an H100 that only
 * notes launches, and tells errors that this file makes up. */
#include "harness/base/interrupt.h"
#include "kernels/backend/gpu.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { N = 300 };

static struct device device;
static struct job *job;
static struct failure why;
static char *text;
static size_t bytes;
static double x[N], out[N];
static uint32_t col[N];
static double worst[4][N]; /* of each tile of blocks, what the GPU tells */
static uint32_t worst_col[4][N];

static CUresult tell(void *to, CUdeviceptr from, size_t room)
{
    (void)from;
    memset(to, 0, room);
    if (room % sizeof worst[0] == 0 && room > N * 2 * sizeof(uint32_t))
        memcpy(to, worst, room);
    return CUDA_SUCCESS;
}

/* FLOP/s in float64, for a quarter of a second of launches of 2·n² each. */
static void begin(double f64_flops)
{
    const struct problem p = {OP_MATMUL, N, 1, RANGE_UNIT, ELEMENT_F32};
    notes = open_memstream(&text, &bytes);
    device = noting_h100();
    device.facts.f64_flops = f64_flops;
    noting_begin();
    cr_assert_eq(job_new(&device, &p, 0, &job, &why), STATUS_OK, "%s", why.text);
    job->of_c = (struct rows){0, N};
}

static void end(void)
{
    job_free(job);
    fclose(notes);
    free(text);
}

/* "first+count" of each launch that compares blocks. */
static void expect_launches(const char *wanted)
{
    char said[256] = "";
    fflush(notes);
    for (const char *at = strstr(text, "blocks_compare"); at;
         at = strstr(at + 1, "blocks_compare")) {
        unsigned first, blocks;
        const int read =
            sscanf(strchr(at, '\n'), "\n %*x %*x %*u %*u %*x %*x %*u %u %u", &first, &blocks);
        cr_assert_eq(read, 2, "%.200s", at);
        snprintf(said + strlen(said), sizeof said - strlen(said), "%s%u+%u", *said ? " " : "",
                 first, blocks);
    }
    cr_expect_str_eq(said, wanted);
}

static void expect_at_once(double blocks_of_a_quarter_second, const char *wanted)
{
    begin(blocks_of_a_quarter_second * 4 * 2.0 * (double)N * (double)N);
    cr_expect_eq(gpu_c_block_errors(job, x, 1, out, col, &why), STATUS_OK, "%s", why.text);
    expect_launches(wanted);
    end();
}

Test(block_launches, take_a_quarter_of_a_second_within_one_tile_and_four)
{
    expect_at_once(0, "0+64 64+64 128+64 192+64 256+44");
    expect_at_once(64.5, "0+64 64+64 128+64 192+64 256+44");
    expect_at_once(127.5, "0+64 64+64 128+64 192+64 256+44");
    expect_at_once(128.5, "0+128 128+128 256+44");
    expect_at_once(255.5, "0+192 192+108");
    expect_at_once(256.5, "0+256 256+44");
    expect_at_once(1e9, "0+256 256+44");
}

/* A block of the kernel compares 64 rows. */
static void expect_grid(unsigned first_row, unsigned rows, unsigned wanted)
{
    unsigned across = 0;
    begin(1e12);
    job->of_c = (struct rows){first_row, rows};
    cr_expect_eq(gpu_c_block_errors(job, x, 64, out, col, &why), STATUS_OK);
    fflush(notes);
    cr_assert_eq(sscanf(strstr(text, "blocks_compare"), "blocks_compare %u", &across), 1);
    cr_expect_eq(across, wanted, "%u rows from %u: %u", rows, first_row, across);
    end();
}

Test(block_launches, reach_the_last_row_of_c)
{
    expect_grid(0, 64, 1);
    expect_grid(0, 65, 2);
    expect_grid(3, 128, 2);
    expect_grid(3, 129, 3);
    expect_grid(0, N, 5);
}

Test(block_launches, are_as_many_as_there_are_blocks_of_that_width)
{
    begin(1e12);
    cr_expect_eq(gpu_c_block_errors(job, x, 64, out, col, &why), STATUS_OK);
    expect_launches("0+5");
    end();
}

Test(block_launches, leave_the_worst_error_of_each_row_and_its_column)
{
    begin(1e12);
    device.cu.cuMemcpyDtoH = tell;
    job->of_c = (struct rows){1, N - 2};
    for (unsigned tile = 0; tile < 4; tile++)
        for (unsigned i = 0; i < N; i++) {
            worst[tile][i] = tile == i % 4 ? 2 + i : 1;
            worst_col[tile][i] = 10 * tile;
        }
    worst[2][6] = 1e300;
    worst[3][7] = 0.99e300;
    cr_expect_eq(gpu_c_block_errors(job, x, 1, out, col, &why), STATUS_OK);
    cr_expect_eq(out[0], -1, "above the rows of C");
    cr_expect_eq(out[N - 1], -1, "below the rows of C");
    cr_expect_eq(out[1], 3);
    cr_expect_eq(out[2], 4);
    cr_expect_eq(out[N - 2], 300);
    cr_expect(isinf(out[6]), "an entry that is no number is told as 1e300");
    cr_expect_eq(out[7], 0.99e300);
    end();
}

Test(block_launches, end_with_an_interrupt)
{
    begin(0);
    interrupt_request(SIGINT);
    cr_expect_eq(gpu_c_block_errors(job, x, 1, out, col, &why), STATUS_INTERRUPTED);
    expect_launches("");
    end();
}

/* x, then two numbers of each row of the diagonal, weights of 256 blocks, and the errors of four
 * tiles of blocks, all of eight bytes; the columns take half of them. */
Test(block_launches, have_memory_for_four_tiles_of_blocks)
{
    cr_expect_eq(blocks_bytes(N), (3 + 256 + 4 + 2) * N * sizeof(double));
}
