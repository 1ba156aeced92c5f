/* test_sms.c - which multiprocessor is suspect, by the digests of all. */
#include "kernels/compare/sms.h"
#include "kernels/interface/sm_note.h"

#include <criterion/criterion.h>
#include <string.h>

enum { SMS = 12, BLOCKS = 4 * SMS, RIGHT = 1234 };

/* Four blocks on each of twelve multiprocessors, numbered from 100 on. */
static void all_right(struct sm_note notes[BLOCKS])
{
    for (unsigned i = 0; i < BLOCKS; i++)
        notes[i] = (struct sm_note){.digest = RIGHT, .sm = 100 + i % SMS};
}

Test(sms, agreement_names_nobody_and_counts_who_took_part)
{
    struct sm_note notes[BLOCKS];
    struct sm_trial trial = {0};
    all_right(notes);
    sms_judge(notes, BLOCKS, &trial);
    sms_judge(notes, BLOCKS / 2 - 1, &trial);
    cr_expect_eq(trial.sms, SMS);
    cr_expect_eq(trial.launches, 2);
    cr_expect_eq(trial.suspects, 0);
}

Test(sms, those_with_other_bits_than_the_most_are_suspect_once_a_launch)
{
    struct sm_note notes[BLOCKS];
    struct sm_trial trial = {0};
    all_right(notes);
    notes[5].digest = 1; /* two blocks of one */
    notes[5 + SMS].digest = 2;
    sms_judge(notes, BLOCKS, &trial);
    notes[11].digest = 3;
    sms_judge(notes, BLOCKS, &trial);
    cr_expect_eq(trial.suspects, 2);
    cr_expect_eq(trial.suspect[0].sm, 105);
    cr_expect_eq(trial.suspect[0].wrong, 2);
    cr_expect_eq(trial.suspect[1].sm, 111);
    cr_expect_eq(trial.suspect[1].wrong, 1);
}

/* Digests of one multiprocessor each; which one is suspect by more than half of the others. */
static unsigned only_suspect(const char *digests)
{
    struct sm_note notes[BLOCKS];
    struct sm_trial trial = {0};
    const size_t count = strlen(digests);
    for (size_t i = 0; i < count; i++)
        notes[i] = (struct sm_note){.digest = (unsigned long long)digests[i],
                                    .sm = digests[i] == 'a' ? 0 : 1 + (unsigned)i};
    sms_judge(notes, count, &trial);
    return trial.suspects == 1 ? trial.suspect[0].sm : 0;
}

Test(sms, the_most_are_found_in_whatever_order_they_come)
{
    cr_expect_eq(only_suspect("aaab"), 4);
    cr_expect_eq(only_suspect("baaa"), 1);
    cr_expect_eq(only_suspect("abaa"), 2);
    cr_expect_eq(only_suspect("aab"), 3);
    cr_expect_eq(only_suspect("aba"), 2);
    struct sm_note notes[] = {{.digest = 1, .sm = 0},
                              {.digest = 2, .sm = 5},
                              {.digest = 2, .sm = 5},
                              {.digest = 1, .sm = 0},
                              {.digest = 1, .sm = 0}};
    struct sm_trial trial = {0};
    sms_judge(notes, 5, &trial);
    cr_expect_eq(trial.suspects, 1);
    cr_expect_eq(trial.suspect[0].sm, 5);
}

Test(sms, without_a_majority_all_are_suspect)
{
    struct sm_note notes[4];
    struct sm_trial trial = {0};
    for (unsigned i = 0; i < 4; i++)
        notes[i] = (struct sm_note){.digest = i % 2, .sm = i % 2};
    sms_judge(notes, 4, &trial);
    cr_expect_eq(trial.sms, 2);
    cr_expect_eq(trial.suspects, 2);
}

Test(sms, of_many_suspects_some_are_kept_and_no_number_is_too_large)
{
    struct sm_note notes[BLOCKS];
    struct sm_trial trial = {0};
    all_right(notes);
    for (unsigned i = 0; i < SMS - 1; i++)
        notes[i].digest = i, notes[i].sm = 100 + i;
    notes[BLOCKS - 1].sm = 4000000000u;
    sms_judge(notes, BLOCKS, &trial);
    cr_expect_eq(trial.suspects, SUSPECTS_KEPT);
}
