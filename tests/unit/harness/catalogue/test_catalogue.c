/* test_catalogue.c - what a model usually reaches, and what is said of a result that does not. */
#include "harness/catalogue/catalogue.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char lines[] =
    "# a comment\n"
    "Card A\tgpu/sum-aat/f32/x/n=8\t5\t0.01\t0.0099\t0.0102\t1.98e9\t700\t5\t16\t1\t580.1\t2026-11-29\n"
    "Card B\tgpu/sum-aat/f32/x/n=8\t6\t0.02\t0.02\t0.02\t-\t-\t-\t-\t-\t-\t2026-11-29\n";

static void use(const char *text)
{
    scratch_make();
    FILE *file;
    setenv("XDG_CONFIG_HOME", scratch_path(""), 1);
    char folder[4096], path[4200];
    snprintf(folder, sizeof folder, "mkdir -p %s", scratch_path("gpubench"));
    cr_assert_eq(system(folder), 0);
    cr_assert_eq(catalogue_path(path, sizeof path, NULL), STATUS_OK);
    file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static const struct variant variant = {.op = OP_SUM_AAT, .name = "x"};

/* A run of three samples of that long on that card. */
static double compare(const char *card, double seconds, double sm_mhz, double power_limit_w,
                      uint32_t throttle, bool is_soak, char *text, size_t bytes)
{
    struct sample samples[3];
    for (int i = 0; i < 3; i++)
        samples[i] = (struct sample){
            .device_ns = (nanos)(seconds * 1e9), .sm_mhz = sm_mhz, .throttle = throttle};
    struct contestant c = {.variant = &variant, .samples = samples, .count = 3};
    struct result r = {.backend_name = "gpu", .problem = {.n = 8}, .is_soak = is_soak};
    snprintf(r.device.name, sizeof r.device.name, "%s", card);
    facts_integer(&r.facts, "device.power_limit_w", (int64_t)power_limit_w);
    facts_boolean(&r.facts, "device.ecc", true);
    facts_integer(&r.facts, "device.pcie.width", 16);
    const double share = catalogue_compare(&r, &c, text, bytes);
    facts_free(&r.facts);
    return share;
}

Test(catalogue, a_share_names_the_model_the_runs_and_the_driver)
{
    char text[512];
    use(lines);
    cr_expect_float_eq(compare("Card A", 0.0101, 1980, 700, 0, false, text, sizeof text), 0.99,
                       1e-3);
    cr_expect_str_eq(text, "0.99 of what Card A reached (5 runs, driver 580.1)");
    compare("Card A", 0.0101, 1980, 700, 0, true, text, sizeof text);
    cr_expect_str_eq(text, "0.99 of what Card A reached (5 runs, driver 580.1)", "%s", text);
    cr_expect(isnan(compare("Card C", 0.0101, 1980, 700, 0, false, text, sizeof text)));
    cr_expect_str_empty(text);
    scratch_remove();
}

Test(catalogue, below_95_percent_it_says_what_differs)
{
    char text[512];
    use(lines);
    compare("Card A", 0.0111, 1400, 350, 1 << 2, false, text, sizeof text);
    cr_expect_str_eq(text,
                     "0.90 of what Card A reached (5 runs, driver 580.1); SM clock 1.4 GHz, "
                     "there 1.98 GHz; power limit 350 W, there 700 W; sw_power_cap in 3 of 3 "
                     "samples",
                     "%s", text);
    compare("Card A", 0.0111, 1980, 700, 0, false, text, sizeof text);
    cr_expect_not_null(strstr(text, "are not the reason"), "%s", text);
    compare("Card B", 0.03, 1000, 100, 0, false, text, sizeof text); /* nothing known of it */
    cr_expect_not_null(strstr(text, "are not the reason"), "%s", text);
    scratch_remove();
}

Test(catalogue, a_hostile_file_gives_no_entry_and_no_crash)
{
    static const char *const bad[] = {
        "Card A\tgpu/x\t5\t0.01",
        "Card A\tgpu/x\t0\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "Card A\tgpu/x\t0.5\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "Card A\tgpu/x\t-\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "Card A\tgpu/x\t5\tinf\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "Card A\tgpu/x\t5\t0.01\t0.01\t0.01\t-1\t-\t-\t-\t-\t-\t-\n",
        "Card A\tgpu/x\t5\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t\t-\n",
        "Card A\tgpu/x\t5\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t\n",
        "Card A\t\t5\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "Card A\tgpu/x\t5\t-1\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "Card A\tgpu/x\t5\tnan\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "Card\033[31m\tgpu/x\t5\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "\tgpu/x\t5\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "a\tb\t5\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\tmore\n",
        "a\tb\t1000001\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "a\tb\t5\t0\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "a\tb\t5\t0.01\t0\t0.01\t-\t-\t-\t-\t-\t-\t-\n",
        "a\tb\t5\t0.01\t0.01\t0\t-\t-\t-\t-\t-\t-\t-\n",
        "a\tb\t5\t0.01\t0.01\t0.01\t1e9x\t-\t-\t-\t-\t-\t-\n",
        "a\tb\t5\t0.01\t0.01\t0.01\t\t-\t-\t-\t-\t-\t-\n",
        "a\tb\t5\t0.01\t0.01\t0.01\t-\t-\t-\t-\t-\t-\t2026-11-29 10:00Z\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct catalogue c = {0};
        cr_expect_eq(catalogue_read(&c, bad[i]), 1, "%s", bad[i]);
        cr_expect_eq(c.count, 0, "%s", bad[i]);
        catalogue_free(&c);
    }
}

/* A text without a newline at its end, with empty lines; numbers and names at their limits. */
Test(catalogue, each_field_is_written_as_it_was_read)
{
    static const char *const entries[] = {
        "A\tk\t1\t1e-05\t1e-06\t2\t0\t0\t0\t0\t0\t580.1\t2026-11-29T10:0",
        ("B\tk\t1000000\t3\t2\t4\t1.98e+09\t700\t5\t16\t1\t"
         "123456789012345678901234567890123456789\t-"),
        "B\tl\t2\t3\t2\t4\t-\t-\t-\t-\t-\t-\t2026-11-29",
    };
    struct catalogue c = {0};
    char text[1024];
    size_t bytes;
    snprintf(text, sizeof text, "%s\n\n# B\n%s\n\n%s", entries[0], entries[1], entries[2]);
    cr_expect_eq(catalogue_read(&c, text), 0);
    cr_assert_eq(c.count, 3);
    char *written = catalogue_text(&c, &bytes);
    const char *first = strstr(written, "A\tk");
    cr_assert_not_null(first);
    snprintf(text, sizeof text, "%s\n%s\n%s\n", entries[0], entries[1], entries[2]);
    cr_expect_str_eq(first, text, "%s", first);
    cr_expect_eq(bytes, strlen(written));
    free(written);
    catalogue_free(&c);
}

Test(catalogue, text_that_is_written_reads_back)
{
    struct catalogue c = {0}, again = {0};
    size_t bytes;
    cr_expect_eq(catalogue_read(&c, lines), 0);
    cr_assert_eq(c.count, 2);
    struct catalogue_entry e = c.list[0];
    e.runs = 9;
    catalogue_set(&c, &e);
    cr_expect_eq(c.count, 2);
    char *text = catalogue_text(&c, &bytes);
    cr_expect_eq(catalogue_read(&again, text), 0);
    cr_assert_eq(again.count, 2);
    cr_expect_eq(again.list[0].runs, 9);
    cr_expect_float_eq(again.list[0].sm_hz, 1.98e9, 1);
    cr_expect(isnan(again.list[1].ecc));
    free(text);
    catalogue_free(&c);
    catalogue_free(&again);
}

Test(catalogue, the_settings_are_below_xdg_config_home_or_home_and_must_fit)
{
    char path[64];
    setenv("XDG_CONFIG_HOME", "relative", 1);
    setenv("HOME", "/home/a", 1);
    cr_expect_eq(catalogue_path(path, sizeof path, NULL), STATUS_OK);
    cr_expect_str_eq(path, "/home/a/.config/gpubench/reference.tsv");
    setenv("XDG_CONFIG_HOME", "/x", 1);
    const size_t length = strlen("/x/gpubench/reference.tsv");
    cr_expect_eq(catalogue_path(path, length + 1, NULL), STATUS_OK);
    cr_expect_str_eq(path, "/x/gpubench/reference.tsv");
    cr_expect_eq(catalogue_path(path, length, NULL), STATUS_FAILED);
    setenv("HOME", "", 1);
    cr_expect_eq(catalogue_path(path, sizeof path, NULL), STATUS_OK, "HOME is not asked");
    unsetenv("XDG_CONFIG_HOME");
    cr_expect_eq(catalogue_path(path, sizeof path, NULL), STATUS_FAILED);
}

Test(catalogue, an_entry_is_found_by_its_whole_name_and_a_soak_by_its_runs)
{
    struct catalogue c = {0};
    static const char *const keys[] = {"k", "k/soak", "ks"};
    for (unsigned i = 0; i < 3; i++) {
        struct catalogue_entry e = {.device = "Card", .runs = i + 1};
        snprintf(e.key, sizeof e.key, "%s", keys[i]);
        if (i != 1)
            catalogue_set(&c, &e);
    }
    cr_expect_null(catalogue_find(&c, "Car", "k"));
    cr_expect_null(catalogue_find(&c, "Card", "/soak"));
    cr_assert_not_null(catalogue_find(&c, "Card", "k/soak"));
    cr_expect_eq(catalogue_find(&c, "Card", "k/soak")->runs, 1);
    cr_expect_eq(catalogue_find(&c, "Card", "ks")->runs, 3);
    cr_expect_null(catalogue_find(&c, "Card", "k/soaks"));
    catalogue_free(&c);
    cr_expect_eq(c.count, 0);
}
