/* test_noise.c - the noise of A against A, estimated and kept. */
#include "harness/compare/compare.h"
#include "harness/compare/noise.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

Test(noise, it_is_the_interval_of_a_against_a_and_the_gate_sees_what_it_says)
{
    double steady[20], shaky[20];
    for (int i = 0; i < 20; i++) {
        steady[i] = 1 + 0.0005 * (i * 7 % 10);
        shaky[i] = 1 + 0.02 * (i * 7 % 10);
    }
    const struct noise_entry a = noise_estimate(steady, 20, 10, CHANGE_GPU),
                             b = noise_estimate(shaky, 20, 10, CHANGE_GPU);
    cr_expect(a.noise > 0 && a.noise < 0.005, "%g", a.noise);
    cr_expect(a.smallest >= CHANGE_GPU && a.smallest < 0.04, "%g", a.smallest);
    cr_expect(b.noise > 0.03 && b.noise < 0.2, "%g", b.noise);
    cr_expect(b.smallest >= 2 * b.noise, "%g of %g", b.smallest, b.noise);
    cr_expect(isnan(noise_estimate(steady, 9, 10, CHANGE_GPU).noise));
}

Test(noise, what_is_kept_is_found_again_for_its_machine_and_key_alone)
{
    char path[4096], fingerprint[72];
    struct noise n = {0}, read = {0};
    struct failure why = {0};
    snprintf(fingerprint, sizeof fingerprint, "sha256:%064d", 7);
    struct noise_entry e = {
        .key = (char *)"gpu/k", .noise = 0.02, .smallest = 0.05, .processes = 20};
    strcpy(e.fingerprint, fingerprint);
    scratch_make();
    noise_put(&n, &e);
    e.noise = 0.04; /* again: replaced */
    e.unsure = 3;
    strcpy(e.measured, "2026-11-29T10:15:02Z");
    noise_put(&n, &e);
    e.key = (char *)"gpu/unmeasured"; /* only checks are known */
    e.noise = e.smallest = NAN;
    noise_put(&n, &e);
    cr_assert_eq(noise_save(&n, fingerprint, scratch_path("r"), path, sizeof path, &why), STATUS_OK,
                 "%s", why.text);
    noise_load(&read, scratch_path("r"), fingerprint);
    cr_assert_eq(read.count, 2);
    const struct noise_entry *kept = noise_of(&read, fingerprint, "gpu/k");
    cr_expect_eq(kept->noise, 0.04);
    cr_expect_eq(kept->unsure, 3);
    cr_expect_str_eq(kept->measured, "2026-11-29T10:15:02Z");
    cr_expect(isnan(noise_of(&read, fingerprint, "gpu/unmeasured")->noise));
    cr_expect_null(noise_of(&read, fingerprint, "gpu/other"));
    cr_expect_null(noise_of(&read, "sha256:other", "gpu/k"));
    cr_expect_null(noise_of(NULL, fingerprint, "gpu/k"));
    size_t forgotten;
    cr_expect_eq(noise_forget(scratch_path("r"), &forgotten, &why), STATUS_OK);
    cr_expect_eq(forgotten, 1);
    noise_free(&read);
    noise_load(&read, scratch_path("r"), fingerprint);
    cr_expect_eq(read.count, 0);
    noise_free(&n);
    noise_free(&read);
    scratch_remove();
}

Test(noise, it_is_forgotten_in_a_directory_of_any_name_and_in_no_other)
{
    struct failure why = {0};
    size_t forgotten = 7;
    scratch_make();
    scratch_file("[a]*?\\b/1/noise.json", "{}");
    scratch_file("[a]*?\\b/2/noise.json", "{}");
    scratch_file("[a]*?\\b/2/other.json", "{}");
    scratch_file("a/1/noise.json", "{}"); /* what the name means as a pattern */
    cr_expect_eq(noise_forget(scratch_path("none"), &forgotten, &why), STATUS_OK);
    cr_expect_eq(forgotten, 0);
    cr_expect_eq(noise_forget(scratch_path("[a]*?\\b"), &forgotten, &why), STATUS_OK);
    cr_expect_eq(forgotten, 2);
    cr_expect_eq(scratch_count("[a]*?\\b/1"), 0);
    cr_expect_eq(scratch_count("[a]*?\\b/2"), 1);
    cr_expect_eq(scratch_count("a/1"), 1);
    /* A directory of that name cannot be removed, which is said. */
    scratch_file("r/1/noise.json/x", "");
    cr_expect_eq(noise_forget(scratch_path("r"), &forgotten, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "r/1/noise.json: "), "%s", why.text);
    scratch_remove();
}

Test(noise, the_sides_are_every_other_median_and_ten_are_enough)
{
    /* Each pair is 2 % apart, and the pairs drift: A against B in turns finds 2 %, halves would
     * not.
     */
    double turns[21];
    for (int i = 0; i < 21; i++)
        turns[i] = (i % 2 ? 1.02 : 1) * (1 + i / 2 * 1e-4);
    const struct noise_entry e = noise_estimate(turns, 20, 10, CHANGE_GPU);
    cr_expect_float_eq(e.noise, 0.0206, 2e-4, "%.17g", e.noise);
    cr_expect_eq(e.processes, 20);
    cr_expect_float_eq(noise_estimate(turns, 10, 10, CHANGE_GPU).noise, 0.0204, 2e-4);
    cr_expect_float_eq(noise_estimate(turns, 21, 10, CHANGE_GPU).noise, 0.0206, 2e-4);
    cr_expect(noise_estimate(turns, 20, 64, CHANGE_GPU).noise > 0);
    cr_expect(isnan(noise_estimate(turns, 20, 65, CHANGE_GPU).noise), "more than are ever drawn");
}

Test(noise, entries_that_say_nothing_are_not_read_and_others_may_lack_either_number)
{
    char fingerprint[72];
    struct noise read = {0};
    snprintf(fingerprint, sizeof fingerprint, "sha256:%064d", 7);
    scratch_make();
    scratch_file("r/000000000000/noise.json",
                 "{\"schema\":\"gpubench-noise/1\",\"fingerprint\":\"sha256:00000000000000000000000"
                 "00000000000000000000000000000000000000007\",\"entries\":[{\"key\":\"gpu/none\"},"
                 "{\"noise\":0.01},{\"key\":\"gpu/zero\",\"noise\":0},{\"key\":\"gpu/limit\","
                 "\"noise\":0.2},{\"key\":\"gpu/wild\",\"noise\":0.21,\"unsure_checks\":1},"
                 "{\"key\":\"gpu/many\",\"noise\":0.1,\"processes\":1e9,\"unsure_checks\":-1}]}");
    noise_load(&read, scratch_path("r"), fingerprint);
    cr_assert_eq(read.count, 4);
    cr_expect_eq(noise_of(&read, fingerprint, "gpu/zero")->noise, 0);
    cr_expect_eq(noise_of(&read, fingerprint, "gpu/limit")->noise, 0.2);
    cr_expect(isnan(noise_of(&read, fingerprint, "gpu/wild")->noise), "it would hide all changes");
    cr_expect_eq(noise_of(&read, fingerprint, "gpu/wild")->unsure, 1);
    cr_expect_eq(noise_of(&read, fingerprint, "gpu/many")->processes, 0, "no number of processes");
    cr_expect_eq(noise_of(&read, fingerprint, "gpu/many")->unsure, 0);
    noise_free(&read);
    scratch_remove();
}

/* How many entries are read of a file with this beginning. */
static size_t entries_of(const char *beginning)
{
    char text[512];
    struct noise read = {0};
    snprintf(text, sizeof text, "{%s\"entries\":[{\"key\":\"gpu/k\",\"noise\":0.1}]}", beginning);
    scratch_file("r/abc/noise.json", text);
    noise_load(&read, scratch_path("r"), "sha256:abc");
    const size_t count = read.count;
    noise_free(&read);
    return count;
}

Test(noise, a_file_of_another_kind_or_machine_or_that_is_no_file_is_not_read)
{
    struct noise read = {0};
    scratch_make();
    cr_expect_eq(entries_of("\"schema\":\"gpubench-noise/1\",\"fingerprint\":\"sha256:abc\","), 1);
    cr_expect_eq(entries_of("\"schema\":\"gpubench-noise/2\",\"fingerprint\":\"sha256:abc\","), 0);
    cr_expect_eq(entries_of("\"schema\":\"gpubench-noise/1\",\"fingerprint\":\"sha256:abd\","), 0);
    cr_expect_eq(entries_of("\"schema\":\"gpubench-noise/1\","), 0);
    cr_expect_eq(entries_of("\"fingerprint\":\"sha256:abc\","), 0);
    cr_expect_eq(entries_of("\"schema\":\"gpubench-noise/1\",\"fingerprint\":\"sha256:abc\","
                            "\"entries\":[],"),
                 0, "which of two lists is meant?");
    scratch_file("pipe/abc", NULL);
    cr_assert_eq(mkfifo(scratch_path("pipe/abc/noise.json"), 0600), 0);
    noise_load(&read, scratch_path("pipe"), "sha256:abc"); /* does not wait for a writer */
    cr_expect_eq(read.count, 0);
    scratch_remove();
}

Test(noise, a_name_that_is_too_long_is_refused)
{
    char directory[PATH_MAX], path[PATH_MAX];
    struct noise none = {0};
    struct failure why = {0};
    scratch_make();
    memset(directory, '/', sizeof directory); /* many of them mean one */
    directory[sizeof directory - 1] = '\0';
    cr_expect_eq(noise_save(&none, "sha256:abc", directory, path, sizeof path, &why),
                 STATUS_FAILED);
    cr_expect_str_eq(why.text, "the name of the results directory is too long.");
    noise_load(&none, directory, "sha256:abc");
    cr_expect_eq(none.count, 0);
    snprintf(directory, sizeof directory, "%s", scratch_path("r"));
    const size_t bytes = strlen(directory) + strlen("/abc/noise.json") + 1;
    cr_expect_eq(noise_save(&none, "sha256:abc", directory, path, bytes - 1, &why), STATUS_FAILED);
    cr_expect_eq(noise_save(&none, "sha256:abc", directory, path, bytes, &why), STATUS_OK);
    cr_expect_str_eq(path, scratch_path("r/abc/noise.json"));
    scratch_remove();
}
