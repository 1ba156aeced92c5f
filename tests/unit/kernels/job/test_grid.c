/* test_grid.c - the pieces of a grid on a GPU with a time limit, on an H100 that only notes them
 * and takes as long as the tests say. */
#include "harness/base/interrupt.h"
#include "kernels/backend/gpu_backend.h"
#include "kernels/job/job.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct device device;
static struct job *job;
static const struct variant *variant;
static struct failure why;
static char *text;
static size_t bytes, looked_at;
static float piece_ms;

/* Pieces are timed by events of their own. */
static CUresult elapsed(float *ms, CUevent from, CUevent to)
{
    (void)to;
    *ms = from == device.event[PIECE_BEGIN] ? piece_ms : 0.5f;
    return CUDA_SUCCESS;
}

/* The triangle of N = 1024 has 136 tiles of 64 by 64. A first piece has four tiles of each SM. */
static void begin(int sms)
{
    const struct problem p = {OP_SUM_AAT, 1024, 1, RANGE_UNIT, ELEMENT_F32};
    struct plan plan;
    variant = gpu_backend.variants;
    while (variant->op != OP_SUM_AAT || strcmp(variant->name, "triangle") != 0)
        variant++;
    notes = open_memstream(&text, &bytes);
    device = noting_h100();
    device.sms = sms;
    device.kernel_timeout = true;
    device.cu.cuEventElapsedTime = elapsed;
    noting_begin();
    gpu_backend.plan(&device, variant, &p, &plan);
    cr_assert_eq(gpu_backend.begin(&device, &plan, &job, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(gpu_backend.load(job, variant, &why), STATUS_OK, "%s", why.text);
    fflush(notes);
    looked_at = bytes;
}

static void end(void)
{
    gpu_backend.end(job);
    fclose(notes);
    free(text);
}

/* Runs it, and compares the tiles of each launch: "8@0 128@8", with an exclamation mark if it is
 * timed. */
static void expect(float ms, const char *wanted)
{
    struct sample sample;
    char said[400] = "";
    piece_ms = ms;
    cr_expect_eq(gpu_backend.run(job, variant, 1, &sample, &why), STATUS_OK, "%s", why.text);
    fflush(notes);
    for (const char *at = strstr(text + looked_at, "  sum_aat_triangle "); at;
         at = strstr(at + 1, "  sum_aat_triangle ")) {
        unsigned tiles, first;
        cr_assert_eq(sscanf(at, "  sum_aat_triangle %u", &tiles), 1);
        cr_assert_eq(
            sscanf(strchr(at, '\n'), "\n %*x %*x %*x %*x %*x %*u %*u %*u,%*u,%*u,%*u,%u", &first),
            1);
        const char *next = strchr(strchr(at, '\n') + 1, '\n');
        const bool is_timed = strncmp(next, "\n  event 5\n", 11) == 0;
        snprintf(said + strlen(said), sizeof said - strlen(said), "%s%u@%u%s", *said ? " " : "",
                 tiles, first, is_timed ? "!" : "");
    }
    looked_at = bytes;
    cr_expect_str_eq(said, wanted);
}

Test(grid, without_a_time_limit_is_one_launch)
{
    begin(2);
    device.kernel_timeout = false;
    expect(1, "136@0");
    end();
}

Test(grid, the_first_piece_is_small_and_the_next_ones_take_a_fifth_of_a_second)
{
    begin(2);
    expect(100, "8@0! 16@8! 32@24! 64@56! 16@120!");
    end();
    begin(16);
    expect(400, "64@0! 32@64! 16@96! 8@112! 4@120! 2@124! 1@126! 1@127! 1@128! 1@129! 1@130! "
                "1@131! 1@132! 1@133! 1@134! 1@135!");
    end();
}

Test(grid, a_piece_grows_by_sixty_four_at_most_whatever_was_timed)
{
    begin(1);
    expect(0.001f, "4@0! 132@4!");
    end();
    begin(1);
    expect(0, "4@0! 132@4!");
    end();
}

Test(grid, an_interrupt_ends_it_after_a_piece)
{
    struct sample sample;
    begin(2);
    piece_ms = 100;
    interrupt_request(SIGINT);
    cr_expect_eq(gpu_backend.run(job, variant, 1, &sample, &why), STATUS_INTERRUPTED);
    fflush(notes);
    const char *first = strstr(text + looked_at, "  sum_aat_triangle ");
    cr_assert_not_null(first);
    cr_expect_null(strstr(first + 1, "  sum_aat_triangle "));
    end();
}

/* The sizes stay for the next launches. The last piece, smaller than the others, changes nothing
 * unless it took too long. */
Test(grid, what_fits_one_piece_is_one_launch_that_is_not_timed)
{
    begin(17);
    expect(100, "68@0! 68@68!");
    expect(100, "136@0");
    end();
    begin(16);
    expect(130, "64@0! 72@64!");
    expect(130, "98@0! 38@98!");
    end();
}
