/* test_self_test.c - what two equal sets of runs say about a machine's noise. */
#include "bench/gate/self_test.h"

#include "bench/cli/verb.h"
#include "harness/text/json_text.h"
#include "tests/unit/harness/reading/document.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 20 };

/* A command whose runs, which a file counts, take 1 s and `spread` of it more in every second one.
 */
static struct command command_of(const char *key, const char *state, double spread)
{
    char script[2048];
    struct command c;
    snprintf(script, sizeof script,
             "echo >>log; n=$(wc -l <log); s=1; [ $((n / 2 %% 2)) = 0 ] || s=%.3f; "
             "echo '{\"schema\":\"gpubench-result/1\",\"started\":\"'$(date -u -d 1hour "
             "+%%Y-%%m-%%dT%%H:%%M:%%SZ)'\",\"simulated\":false,"
             "\"device\":{\"backend\":\"gpu\",\"name\":\"G\"},\"problem\":{\"op\":\"sum-aat\","
             "\"n\":100},\"results\":[{\"key\":\"%s\",\"backend\":\"gpu\",\"op\":\"sum-aat\","
             "\"variant\":\"t\",\"arithmetic\":\"f32\",\"n\":100,\"state\":\"%s\",\"summary\":"
             "{\"median_s\":'$s',\"count\":2},\"samples\":{\"s\":[0.5,1.'$n'7]}}]}'",
             1 + spread, key, state);
    command_from_words(&c, (const char *const[]){"sh", "-c", script}, 3);
    return c;
}

static enum status test(const struct options *o, struct command first, const struct command *second,
                        struct failure *why)
{
    struct commands c = {0};
    commands_add(&c, first);
    if (second)
        commands_add(&c, *second);
    const enum status status = self_test(o, &c, RUNS, why);
    commands_free(&c);
    fflush(stdout);
    return status;
}

static const char *printed(void)
{
    static char text[8192];
    FILE *out = cr_get_redirected_stdout();
    text[fread(text, 1, sizeof text - 1, out)] = '\0';
    return text;
}

TestSuite(self_test, .init = cr_redirect_stdout);

Test(self_test, a_quiet_machine_s_noise_is_printed_and_kept)
{
    const struct options o = {.results = scratch_make()};
    struct failure why = {0};
    cr_assert_eq(chdir(o.results), 0);
    const struct command b = command_of("gpu/b", "ok", 0.002);
    cr_expect_eq(test(&o, command_of("gpu/a", "ok", 0.002), &b, &why), STATUS_OK, "%s", why.text);
    const char *text = printed();
    cr_expect(strstr(text,
                     "gpu/a   noise (A/A) 0.2 %   smallest change that is found 3.1 %  20 runs\n"
                     "gpu/b   noise (A/A) 0.2 %   smallest change that is found 3.2 %  20 runs\n"
                     "saved   ") == text,
              "%s", text);
    glob_t found = {0};
    cr_assert_eq(glob("*/noise.json", 0, NULL, &found), 0);
    json_t *kept = json_load_file(found.gl_pathv[0], 0, NULL);
    const json_t *entries = json_object_get(kept, "entries");
    cr_expect_eq(json_array_size(entries), 2);
    cr_expect_float_eq(json_number_value(json_at(json_array_get(entries, 0), "noise")), 0.002,
                       1e-5);
    cr_expect_eq(json_number_value(json_at(json_array_get(entries, 1), "processes")), (double)RUNS);
    json_decref(kept);
    globfree(&found);
    scratch_remove();
}

Test(self_test, a_noisy_machine_is_no_gate)
{
    const struct options o = {.results = scratch_make()};
    struct failure why = {0};
    cr_assert_eq(chdir(o.results), 0);
    cr_expect_eq(test(&o, command_of("gpu/a", "ok", 0.9), NULL, &why), STATUS_INCONCLUSIVE);
    cr_expect_str_eq(why.text, "this machine is too noisy for a gate: two equal sets of runs of "
                               "gpu/a differ by 90 %. Nothing was stored; end other programs and "
                               "test again.");
    cr_expect_str_eq(printed(), "gpu/a   noise (A/A) 90 %   smallest change that is found none "
                                "below 100 %  20 runs\n");
    cr_expect_eq(scratch_count(""), 1); /* the log */
    why = (struct failure){0};
    cr_expect_eq(test(&o, command_of("gpu/a", "failed", 0), NULL, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, " has no time, so nothing was tested."), "%s", why.text);
    scratch_remove();
}
