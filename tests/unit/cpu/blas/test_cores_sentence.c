/* test_cores_sentence.c - the choice among the core types of an OpenBLAS of plain loops, and the
 * sentence that is said of it, to the last word. */
#include "cpu/blas/cores.h"
#include "cpu/chip/isa.h"
#include "tests/unit/cpu/blas/stand_in.h"

#include <strings.h>

/* A core type below every CPU that has more than the least, and one that is not. */
#if defined(__aarch64__)
static const char low[] = "armv8", good[] = "neoversev1";
#else
static const char low[] = "Prescott", good[] = "SkylakeX";
#endif

static char said[512];

static void expect_said(const struct core_choice *c, const char *want)
{
    cores_sentence(c, "0.3.9", said, sizeof said);
    cr_expect_str_eq(said, want);
}

static struct core_choice choice_of(const char *core, double flops)
{
    struct core_choice c = {.trial = {{.flops = flops}}, .count = 1};
    snprintf(c.trial[0].core, sizeof c.trial[0].core, "%s", core);
    return c;
}

static void add(struct core_choice *c, const char *core, enum trial_end end, double flops)
{
    struct trial *t = &c->trial[c->count++];
    *t = (struct trial){.end = end, .flops = flops};
    snprintf(t->core, sizeof t->core, "%s", core);
}

Test(cores, a_better_core_type_is_said_with_how_much_better_it_is)
{
    struct core_choice c = choice_of("Prescott", 30);
    add(&c, "SkylakeX", TRIAL_WRONG, 0);
    add(&c, "Haswell", TRIAL_RIGHT, 75);
    c.chosen = 2;
    expect_said(&c, "OpenBLAS 0.3.9 takes its Prescott kernels for this CPU; gpubench has it run "
                    "Haswell, which are 2.5 times as fast in a short trial (a newer OpenBLAS may "
                    "choose so by itself)");
    c.by_user = true;
    expect_said(&c, "");
}

Test(cores, kernels_that_fail_are_said_with_how_they_do)
{
    struct core_choice c = choice_of("Prescott", 0);
    c.trial[0].end = TRIAL_CRASHED;
    c.trial[0].signal = 4;
    add(&c, "Haswell", TRIAL_RIGHT, 75);
    c.chosen = 1;
    expect_said(&c, "the Prescott kernels that OpenBLAS 0.3.9 takes for this CPU fail (crash "
                    "(signal 4)); gpubench has it run Haswell: install a newer OpenBLAS");
    c.trial[0].core[0] = '\0';
    expect_said(&c, "the own kernels that OpenBLAS 0.3.9 takes for this CPU fail (crash (signal "
                    "4)); gpubench has it run Haswell: install a newer OpenBLAS");
}

Test(cores, a_low_core_type_that_stays_is_said_with_the_others_that_failed)
{
    struct core_choice c = choice_of(low, 30);
    char want[512];
    static const char *const lists[] = {"", " (Zen wrong product)",
                                        " (Zen wrong product, Haswell no end)"};
    if (!cores_is_low(low, cores_level()))
        cr_skip_test("this CPU has no more than %s", low);
    for (int i = 0; i < 3; i++) {
        if (i > 0)
            add(&c, i == 1 ? "Zen" : "Haswell", i == 1 ? TRIAL_WRONG : TRIAL_HUNG, 0);
        snprintf(want, sizeof want,
                 "this OpenBLAS does not know the CPU and runs %s kernels on it, and none of its "
                 "others is both right and faster%s: install a newer OpenBLAS",
                 low, lists[i]);
        expect_said(&c, want);
    }
    c.trial[1].end = TRIAL_RIGHT; /* and slower */
    c.count = 2;
    snprintf(want, sizeof want,
             "this OpenBLAS does not know the CPU and runs %s kernels on it, and none of its "
             "others is both right and faster: install a newer OpenBLAS",
             low);
    expect_said(&c, want);
    c.trial[0].end = TRIAL_WRONG;
    expect_said(&c, "");
}

Test(cores, nothing_is_said_of_a_good_one)
{
    struct core_choice c = choice_of(good, 30);
    expect_said(&c, "");
    c.trial[0].end = TRIAL_WRONG;
    c.chosen = -1;
    expect_said(&c, "");
    c.trial[0].end = TRIAL_HUNG;
    c.chosen = 0;
    expect_said(&c, "");
}

Test(cores, a_name_that_is_ignored_is_said_before_the_rest)
{
    struct core_choice c = choice_of(good, 30);
    c.is_ignored = true;
    setenv("OPENBLAS_CORETYPE", "Hazwell", 1);
    char want[512];
    snprintf(want, sizeof want,
             "OPENBLAS_CORETYPE=Hazwell is not a core type of OpenBLAS 0.3.9 for this CPU and is "
             "ignored; it runs %s",
             good);
    expect_said(&c, want);
    add(&c, "Haswell", TRIAL_RIGHT, 60);
    c.chosen = 1;
    cores_sentence(&c, "0.3.9", said, sizeof said);
    cr_expect(strstr(said, "is ignored; OpenBLAS 0.3.9 takes its "), "%s", said);
}

Test(cores, a_sentence_stays_within_its_room)
{
    struct core_choice c = choice_of(low, 30);
    for (int i = 1; i < CORES_TRIALS; i++)
        add(&c, "a-core-type-of-thirty-letters-x", TRIAL_DISOBEYS, 0);
    char text[64];
    memset(text, 'x', sizeof text);
    cores_sentence(&c, "0.3.9", text, 32);
    cr_expect(memchr(text, '\0', 32) && text[33] == 'x');
    cores_sentence(&c, "0.3.9", said, sizeof said);
    cr_expect_leq(strlen(said), 400, "the list is cut: %s", said);
}

/* ---- the choice, with trials */

static struct core_choice chosen(void)
{
    const struct blas_row row = stand_in_row("libopenblas.so");
    return cores_choose(&row, 1, 30);
}

static void needs_avx2(void)
{
    clean_environment();
#if !defined(__x86_64__)
    cr_skip_test("these are core types of x86-64");
#endif
    isa_limit(ISA_AVX2);
    if (cores_level() != CORE_AVX2)
        cr_skip_test("this CPU has no AVX2");
}

static void expect_trials(const struct core_choice *c, const char *want)
{
    char list[256] = "";
    for (int i = 0; i < c->count; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s%s", i ? " " : "",
                 c->trial[i].end == TRIAL_RIGHT ? "" : "!", c->trial[i].core);
    cr_expect_str_eq(list, want);
}

Test(cores, a_core_type_that_is_good_enough_is_the_only_one_tried)
{
    needs_avx2();
    setenv("SHIM_OWN", "Haswell", 1);
    const struct core_choice c = chosen();
    expect_trials(&c, "Haswell");
    cr_expect(c.chosen == 0 && !c.by_user && !c.is_ignored && c.trial[0].flops == 0);
}

Test(cores, others_are_tried_until_two_are_right)
{
    needs_avx2();
    setenv("SHIM_WRONG", "Prescott", 1);
    setenv("SHIM_KNOWS", "Haswell Zen Sandybridge", 1);
    setenv("SHIM_SLOW", "Zen", 1); /* four times, which no busy machine makes up for */
    struct core_choice c = chosen();
    expect_trials(&c, "!Prescott Haswell Zen");
    cr_expect_eq(c.chosen, 1);
    setenv("SHIM_WRONG", "Prescott Haswell", 1);
    setenv("SHIM_SLOW", "Sandybridge", 1);
    c = chosen();
    expect_trials(&c, "!Prescott !Haswell Zen Sandybridge");
    cr_expect_eq(c.chosen, 2);
    setenv("SHIM_KNOWS", "Haswell", 1);
    c = chosen();
    expect_trials(&c, "!Prescott !Haswell !Zen !Sandybridge");
    cr_expect_eq(c.chosen, -1);
}

Test(cores, others_are_tried_where_the_librarys_own_crashes_or_is_low)
{
    needs_avx2();
    setenv("SHIM_CRASH", "Prescott", 1);
    setenv("SHIM_KNOWS", "Zen", 1);
    struct core_choice c = chosen();
    expect_trials(&c, "!Prescott !Haswell Zen !Sandybridge");
    cr_expect_eq(c.chosen, 2);
    setenv("SHIM_CRASH", "", 1);
    setenv("SHIM_SLOW", "", 1);
    c = chosen();
    expect_trials(&c, "Prescott !Haswell Zen !Sandybridge");
    cr_expect_gt(c.trial[0].flops, 0);
}

Test(cores, the_users_own_is_taken_whatever_it_does)
{
    needs_avx2();
    setenv("OPENBLAS_CORETYPE", "haswell", 1);
    setenv("SHIM_WRONG", "haswell", 1);
    setenv("SHIM_KNOWS", "haswell Zen", 1);
    const struct core_choice c = chosen();
    expect_trials(&c, "!haswell");
    cr_expect(c.by_user && !c.is_ignored && c.chosen == 0);
}

Test(cores, a_name_that_the_library_has_not_is_ignored)
{
    needs_avx2();
    setenv("OPENBLAS_CORETYPE", "Hazwell", 1);
    setenv("SHIM_OWN", "Haswell", 1);
    const struct core_choice c = chosen();
    expect_trials(&c, "Haswell");
    cr_expect(c.is_ignored && !c.by_user);
    cr_expect_str_eq(getenv("OPENBLAS_CORETYPE"), "Hazwell");
    setenv("OPENBLAS_CORETYPE", "", 1);
    cr_expect_not(chosen().is_ignored, "an empty name is no core type");
}
