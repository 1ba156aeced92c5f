/* test_share.c - which of a result's differences from its model are named, to the last percent. */
#include "harness/catalogue/catalogue.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct variant variant = {.op = OP_SUM_AAT, .name = "x"};
static const char none[] = "; clock, power limit, PCIe and ECC are not the reason, as far as known";

/* A result of the model "Card", which is as the catalogue has it but that it takes 38 s, not 19. */
struct run {
    struct sample samples[4];
    struct contestant c;
    struct result r;
    double power_limit_w;
    int64_t generation, width;
    bool ecc;
};

static struct run usual(void)
{
    static const struct sample sample = {.device_ns = 38000000000, .sm_mhz = 2000};
    return (struct run){.samples = {sample, sample, sample, sample},
                        .c = {.variant = &variant, .count = 4},
                        .r = {.backend_name = "gpu", .problem = {.n = 8}},
                        .power_limit_w = 700,
                        .generation = 5,
                        .width = 16,
                        .ecc = true};
}

static char there_ecc = '1'; /* of the model in the catalogue */

/* The share; *differences is what is said behind the sentence that names it. */
static double share_of(struct run *run, const char **differences)
{
    static char text[512];
    char entry[160];
    scratch_make();
    snprintf(entry, sizeof entry,
             "Card\tgpu/sum-aat/f32/x/n=8\t1\t19\t19\t19\t2e9\t700\t5\t16\t%c\t580.1\t"
             "2026-11-29\n",
             there_ecc);
    scratch_file("gpubench/reference.tsv", entry);
    setenv("XDG_CONFIG_HOME", scratch_path(""), 1);
    run->c.samples = run->samples;
    snprintf(run->r.device.name, sizeof run->r.device.name, "Card");
    facts_real(&run->r.facts, "device.power_limit_w", run->power_limit_w);
    facts_integer(&run->r.facts, "device.pcie.generation", run->generation);
    facts_integer(&run->r.facts, "device.pcie.width", run->width);
    facts_boolean(&run->r.facts, "device.ecc", run->ecc);
    const double share = catalogue_compare(&run->r, &run->c, text, sizeof text);
    facts_free(&run->r.facts);
    scratch_remove();
    *differences = strstr(text, "(1 run, driver 580.1)");
    *differences = *differences ? *differences + strlen("(1 run, driver 580.1)") : text;
    return share;
}

static void expect_differences(struct run run, const char *want)
{
    const char *differences;
    cr_expect_float_eq(share_of(&run, &differences), 0.5, 1e-9);
    cr_expect_str_eq(differences, want, "%s, not %s", differences, want);
}

Test(share, each_difference_is_named_and_one_within_its_tolerance_is_not)
{
    struct run run = usual();
    expect_differences(run, none);
    run.power_limit_w = 695;
    run.samples[0].sm_mhz = run.samples[1].sm_mhz = run.samples[2].sm_mhz = 1970;
    expect_differences(run, none);
    run.power_limit_w = 690;
    expect_differences(run, "; power limit 690 W, there 700 W");
    run = usual();
    for (int i = 0; i < 4; i++)
        run.samples[i].sm_mhz = 1950;
    expect_differences(run, "; SM clock 1.95 GHz, there 2 GHz");
    run = usual();
    run.generation = 4;
    expect_differences(run, "; PCIe generation 4, there 5");
    run = usual();
    run.width = 15;
    expect_differences(run, "; PCIe width 15, there 16");
    run = usual();
    run.ecc = false;
    expect_differences(run, "; ECC off, there on");
}

Test(share, ecc_that_the_model_had_off_is_named_too)
{
    struct run run = usual();
    there_ecc = '0';
    expect_differences(run, "; ECC on, there off");
    run.ecc = false;
    expect_differences(run, none);
}

Test(share, samples_of_unknown_clock_do_not_count)
{
    struct run run = usual();
    run.samples[0].sm_mhz = run.samples[1].sm_mhz = run.samples[2].sm_mhz = 0;
    expect_differences(run, none);
}

Test(share, reasons_are_counted_by_sample_and_an_idle_gpu_is_none)
{
    struct run run = usual();
    run.samples[0].throttle = run.samples[1].throttle = 1; /* gpu_idle */
    expect_differences(run, none);
    run.samples[0].throttle = 1u << 1;
    run.samples[3].throttle = 1u << 1 | 1u << 10 | 1u << 11;
    expect_differences(run,
                       "; applications_clocks in 2 of 4 samples; reliability in 1 of 4 samples");
}

Test(share, of_95_percent_and_more_nothing_is_said)
{
    const char *differences;
    struct run run = usual();
    for (int i = 0; i < 4; i++)
        run.samples[i].device_ns = 20000000000;
    cr_expect_eq(share_of(&run, &differences), 0.95);
    cr_expect_str_empty(differences);
    for (int i = 0; i < 4; i++)
        run.samples[i].device_ns = 20200000000;
    share_of(&run, &differences);
    cr_expect_str_eq(differences, none);
}

Test(share, what_failed_or_was_not_sampled_or_was_a_first_run_has_none)
{
    const char *differences;
    for (int i = 0; i < 3; i++) {
        struct run run = usual();
        if (i == 0)
            run.c.state = CONTESTANT_FAILED;
        if (i == 1)
            run.c.count = 0;
        run.c.is_first_run = i == 2;
        cr_expect(isnan(share_of(&run, &differences)), "case %d", i);
        cr_expect_str_empty(differences);
    }
}
