/* test_sms_try.c - which launches a trial of multiprocessors makes, on an H100 that only notes
 * them. */
#include "kernels/backend/gpu_backend.h"
#include "kernels/compare/sms.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { LAUNCHES = 128, NOTE_BYTES = 16, BLOCKS_PER_SM = 4 };

static struct device device;
static struct job *job;
static struct failure why;
static char *text;
static size_t bytes;

static void begin(int cc, enum element element)
{
    const struct problem p = {OP_SUM_AAT, 300, 1, RANGE_UNIT, element};
    notes = open_memstream(&text, &bytes);
    device = noting_h100();
    device.cc = cc;
    device.sms = 2;
    noting_begin();
    cr_assert_eq(job_new(&device, &p, 0, &job, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(sms_prepare(job, &why), STATUS_OK, "%s", why.text);
    noting_calls = 0;
}

static void end(void)
{
    job_free(job);
    fclose(notes);
    free(text);
}

static unsigned count_of(const char *line)
{
    unsigned count = 0;
    fflush(notes);
    for (const char *at = strstr(text, line); at; at = strstr(at + 1, line))
        count++;
    return count;
}

/* The entry is in the third row and second column of tiles of 64. */
static void try(struct sm_trial trial[SM_UNITS], enum status wanted)
{
    memset(trial, 0, SM_UNITS * sizeof *trial);
    cr_expect_eq(sms_try(job, (struct entry){130, 70}, trial, &why), wanted, "%s", why.text);
}

Test(sms_try, each_unit_computes_the_tile_of_the_entry_on_all_multiprocessors_128_times)
{
    struct sm_trial trial[SM_UNITS];
    begin(90, ELEMENT_F32);
    try(trial, STATUS_OK);
    for (int u = 0; u < SM_UNITS; u++) {
        cr_expect_eq(trial[u].launches, LAUNCHES, "unit %d: %u", u, trial[u].launches);
        cr_expect_eq(trial[u].sms, 1, "the notes of no kernel name the first one");
        cr_expect_eq(trial[u].suspects, 0);
    }
    cr_expect_eq(count_of("  trial_fma 8×1×1, 16×16×1, 0\n    100000 300 320 128 64 1"), LAUNCHES);
    cr_expect_eq(count_of("  trial_tensor_sm80 8×1×1, 256×1×1, 0\n    100000 300 320 128 64 1"),
                 LAUNCHES);
    cr_expect_eq(count_of("  set 128 at 1"), 2 * LAUNCHES);
    cr_expect_eq(count_of("  read 128 from 1"), 2 * LAUNCHES);
    end();
}

Test(sms_try, float64_has_kernels_of_its_own)
{
    struct sm_trial trial[SM_UNITS];
    begin(80, ELEMENT_F64);
    try(trial, STATUS_OK);
    cr_expect_eq(count_of("  trial_fma_f64 8×"), LAUNCHES);
    cr_expect_eq(count_of("  trial_tensor_f64_sm80 8×"), LAUNCHES);
    end();
}

Test(sms_try, without_tensor_cores_they_are_not_tried)
{
    struct sm_trial trial[SM_UNITS];
    begin(75, ELEMENT_F32);
    try(trial, STATUS_OK);
    cr_expect_eq(trial[0].launches, LAUNCHES);
    cr_expect_eq(trial[1].launches, 0);
    cr_expect_eq(count_of("trial_tensor"), 0);
    end();
}

/* A launch clears the notes, finds its kernel, runs, is waited for and read. */
Test(sms_try, nothing_follows_a_call_that_failed)
{
    static const char *const says[] = {"clearing notes of multiprocessors: CUDA error 1",
                                       "trial_fma: CUDA error 1", "trial_fma: CUDA error 1",
                                       "a trial of multiprocessors: CUDA error 1",
                                       "reading notes of multiprocessors: CUDA error 1"};
    enum { CALLS = sizeof says / sizeof *says };
    struct sm_trial trial[SM_UNITS];
    begin(90, ELEMENT_F32);
    for (unsigned i = 0; i < 2 * CALLS; i++) {
        noting_calls = 0;
        noting_fails_at = i + 1;
        try(trial, STATUS_FAILED);
        cr_expect_eq(noting_calls, i + 1);
        cr_expect_eq(trial[0].launches, i / CALLS);
        cr_expect_eq(trial[1].launches, 0);
        cr_expect_str_eq(why.text, says[i % CALLS]);
    }
    end();
}
