/* The choice among OpenBLAS's core types, without a library; tests/cli/openblas.bats has one. */
#include "cpu/blas/cores.h"
#include "cpu/chip/isa.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(cores, those_below_the_cpu_are_low)
{
    cr_expect(cores_is_low("Prescott", CORE_AVX512));
    cr_expect(cores_is_low("Nehalem", CORE_AVX2));
    cr_expect(cores_is_low("Sandybridge", CORE_AVX2));
    cr_expect(cores_is_low("Prescott", CORE_AVX));
    cr_expect(cores_is_low("haswell", CORE_AVX512));
    cr_expect(cores_is_low("Zen", CORE_AVX512));
    cr_expect_not(cores_is_low("Zen", CORE_AVX2));
    cr_expect_not(cores_is_low("SkylakeX", CORE_AVX512));
    cr_expect_not(cores_is_low("Prescott", CORE_SSE));
    cr_expect_not(cores_is_low("SomethingNewer", CORE_AVX512));
}

Test(cores, on_arm_those_for_no_cpu_or_without_sve_are_low)
{
    cr_expect(cores_is_low("armv8", CORE_NEON));
    cr_expect(cores_is_low("armv8", CORE_SVE));
    cr_expect(cores_is_low("neoversen1", CORE_SVE));
    cr_expect_not(cores_is_low("neoversen1", CORE_NEON));
    cr_expect_not(cores_is_low("neoversev1", CORE_SVE));
    cr_expect_not(cores_is_low("neoversev2", CORE_SVE), "newer than this program");
    cr_expect_not(cores_is_low("Prescott", CORE_SVE), "another architecture's");
    cr_expect_not(cores_is_low("Prescott", CORE_ARMV8), "another architecture's");
}

static const char *candidates(const char *own, enum core_level level)
{
    static char list[128];
    const char *name;
    *list = '\0';
    for (int i = 0; (name = cores_candidate(i, own, level)); i++)
        sprintf(list + strlen(list), "%s ", name);
    return list;
}

Test(cores, candidates_are_within_the_cpu_and_the_best_comes_first)
{
    cr_expect_str_eq(candidates("Prescott", CORE_AVX512), "SkylakeX Haswell Zen Sandybridge ");
    cr_expect_str_eq(candidates("haswell", CORE_AVX512), "SkylakeX Zen Sandybridge ");
    cr_expect_str_eq(candidates("Nehalem", CORE_AVX2), "Haswell Zen Sandybridge ");
    cr_expect_str_eq(candidates("Nehalem", CORE_AVX), "Sandybridge ");
    cr_expect_str_eq(candidates("Nehalem", CORE_SSE), "");
    cr_expect_str_eq(candidates("armv8", CORE_SVE), "neoversev1 armv8sve neoversen1 cortexa57 ");
    cr_expect_str_eq(candidates("neoversen1", CORE_SVE), "neoversev1 armv8sve cortexa57 ");
    cr_expect_str_eq(candidates("armv8", CORE_NEON), "neoversen1 cortexa57 ");
}

Test(cores, the_choice_is_right_and_clearly_faster)
{
    static const struct {
        struct trial trials[3];
        int best;
    } cases[] = {
        {{{.flops = 30}, {.flops = 100}, {.flops = 90}}, 1},
        {{{.flops = 30}, {.flops = 100}, {.flops = 140}}, 1}, /* alike: the earlier one */
        {{{.flops = 30}, {.flops = 100}, {.flops = 160}}, 2},
        {{{.flops = 30}, {.end = TRIAL_WRONG}, {.flops = 90}}, 2},
        {{{.flops = 30}, {.end = TRIAL_CRASHED}, {.end = TRIAL_HUNG}}, 0},
        {{{.flops = 30}, {.flops = 33}, {.end = TRIAL_OTHER}}, 0}, /* not worth it */
        {{{.end = TRIAL_WRONG}, {.flops = 33}, {.end = TRIAL_OTHER}}, 1},
        {{{.end = TRIAL_CRASHED}, {.end = TRIAL_WRONG}, {.end = TRIAL_OTHER}}, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(cores_best(cases[i].trials, 3), cases[i].best, "case %zu", i);
}

Test(cores, a_sentence_is_said_only_of_what_is_not_the_librarys_own_good_choice)
{
    char text[512];
    struct core_choice c = {.trial = {{.core = "Prescott", .flops = 30}}, .count = 1};
    unsetenv("OPENBLAS_CORETYPE");
    isa_limit(ISA_BASELINE);
    if (cores_level() == CORE_SSE) { /* else there is AVX, and it is low */
        cores_sentence(&c, "0.3", text, sizeof text);
        cr_expect_str_empty(text);
    }
    isa_limit(ISA_AVX512);
    c.trial[1] = (struct trial){.core = "Haswell", .flops = 90};
    c.count = 2;
    c.chosen = 1;
    cores_sentence(&c, "0.3", text, sizeof text);
    cr_expect(strstr(text, "gpubench has it run Haswell, which are 3.0 times as fast"), "%s", text);
    c.trial[0].end = TRIAL_WRONG;
    cores_sentence(&c, "0.3", text, sizeof text);
    cr_expect(strstr(text, "fail (wrong product); gpubench has it run Haswell"), "%s", text);
}
