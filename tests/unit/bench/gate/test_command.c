/* test_command.c - the commands that a check runs, and what it refuses of what they print. */
#include "bench/gate/command.h"
#include "harness/base/interrupt.h"
#include "tests/unit/harness/reading/document.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The command of a run with that command line, cut at blanks: as text, or the failure's. */
static const char *command_of(const char *line)
{
    static char text[1024];
    char document[2048], words[1024] = "", copy[1024];
    struct readings r = {0};
    struct failure why = {0};
    struct command command = {0};
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        sprintf(words + strlen(words), "%s\"%s\"", *words ? "," : "", word);
    snprintf(document, sizeof document, DOCUMENT("\"argv\":[%s],", RESULT("\"ok\"", "")), words);
    cr_assert_eq(add(&r, document, &why), STATUS_OK, "%s", why.text);
    if (command_from_run(&command, &r.list[0], &why) == STATUS_OK)
        snprintf(text, sizeof text, "%s", command.text);
    else
        snprintf(text, sizeof text, "%d: %.900s", (int)why.status, why.text);
    command_free(&command);
    readings_free(&r);
    return text;
}

Test(command, of_a_run_has_each_option_that_affects_the_measurement_and_no_other)
{
    cr_expect_str_eq(command_of("gpubench gpu 100"), "gpubench gpu 100");
    cr_expect_str_eq(
        command_of(
            "./gpubench gpu 100 --variant a,b --arith tf32 --all --seed 18446744073709551615 "
            "--range wide --device 3 --image portable --samples 7 --max-time 0.25 "
            "--cache cold --memory-limit 3M --op matmul --publish x --output y --json"),
        "gpubench gpu 100 --op matmul --variant a,b --arith tf32 --all --seed 18446744073709551615 "
        "--range wide --device 3 --image portable --samples 7 --max-time 0.250000 --cache cold "
        "--memory-limit 3145728");
    cr_expect_str_eq(
        command_of("gpubench cpu 64 --op reduce --type f64 --range signed --threads 2 --bind "
                   "--blas x.so --seed 0 --samples 1"),
        "gpubench cpu 64 --op reduce --seed 0 --range signed --type f64 --threads 2 --bind --blas "
        "x.so --samples 1");
    cr_expect_str_eq(command_of("gpubench gpu 64 --op sum-aat --seed 1 --range unit --cache hot"),
                     "gpubench gpu 64");
}

Test(command, of_a_run_that_does_not_say_how_it_was_measured_is_none)
{
    static const char *const lines[] = {"",
                                        "gpubench",
                                        "gpubench sweep",
                                        "gpubench gpu",
                                        "gpubench cpu 5 --help",
                                        "gpubench cpu 5 --no-such-option"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        cr_expect(strstr(command_of(lines[i]), "x.json does not say how it was measured"), "%s: %s",
                  lines[i], command_of(lines[i]));
    cr_expect_eq(atoi(command_of("gpubench gpu")), STATUS_NOT_COMPARABLE);
    cr_expect(strstr(command_of("gpubench gpu"), "measured: gpu needs N"));
    cr_expect(strstr(command_of("gpubench"), "measured; write"));
}

Test(command, of_a_run_on_all_devices_names_the_one_that_was_used)
{
    struct readings r = {0};
    struct failure why = {0};
    struct command command = {0};
    const char *expected[] = {"gpubench gpu 100 --device 2", "gpubench gpu 100",
                              "gpubench gpu 100 --device 1023", "gpubench gpu 100"};
    const char *indices[] = {"2", "-1", "5000", "0"};
    for (size_t i = 0; i < 4; i++) {
        char document[1024];
        snprintf(
            document, sizeof document,
            "{\"schema\":\"gpubench-result/1\",\"started\":\"2026-11-24T10:15:02Z\",\"simulated\":false,"
            "\"device\":{\"backend\":\"gpu\",\"name\":\"G\",\"index\":%s},"
            "\"problem\":{\"op\":\"sum-aat\",\"n\":100},"
            "\"argv\":[\"gpubench\",\"gpu\",\"100\",\"--all-devices\"],\"results\":[]}",
            indices[i]);
        cr_assert_eq(add(&r, document, &why), STATUS_OK, "%s", why.text);
        cr_assert_eq(command_from_run(&command, &r.list[r.count - 1], &why), STATUS_OK);
        cr_expect_str_eq(command.text, expected[i]);
        command_free(&command);
    }
    readings_free(&r);
}

Test(command, of_words_adds_what_makes_it_print_its_result_and_itself_for_its_verbs)
{
    const char *const own[] = {"cpu", "9"}, *const other[] = {"sh", "-c", "x"};
    struct command c;
    command_from_words(&c, own, 2);
    cr_expect_str_eq(c.text, "gpubench cpu 9");
    const char *const argv[] = {"/proc/self/exe", "cpu", "9", "--json", "--quiet", "--no-save"};
    for (size_t i = 0; i < 6; i++)
        cr_expect_str_eq(c.argv[i], argv[i]);
    cr_expect_null(c.argv[6]);
    command_free(&c);
    command_from_words(&c, other, 3);
    cr_expect_str_eq(c.text, "sh -c x");
    cr_expect_str_eq(c.argv[0], "sh");
    cr_expect_str_eq(c.argv[3], "--json");
    cr_expect_null(c.argv[6]);

    struct commands all = {0};
    commands_add(&all, c);
    command_from_words(&c, own, 2);
    commands_add(&all, c);
    command_from_words(&c, own, 2);
    commands_add(&all, c);
    cr_expect_eq(all.count, 2);
    commands_free(&all);
}

/* Runs a shell script once: the status, with its sentence in *why. */
static enum status run(const char *script, struct readings *to, struct failure *why)
{
    const char *const words[] = {"sh", "-c", script};
    struct command c;
    command_from_words(&c, words, 3);
    *why = (struct failure){0};
    const enum status status = command_run(&c, to, why);
    command_free(&c);
    return status;
}

Test(command, that_ends_without_a_result_says_how_it_ended)
{
    struct readings r = {0};
    struct failure why;
    cr_expect_eq(run("kill -9 $$", &r, &why), STATUS_FAILED);
    cr_expect_str_eq(why.text, "sh -c kill -9 $$ was ended by signal 9 (Killed).");
    cr_expect_eq(run("exit 77", &r, &why), STATUS_NO_DEVICE);
    cr_expect_eq(run("exit 2", &r, &why), STATUS_USAGE);
    cr_expect_eq(run("echo {}; exit 3", &r, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "ended with exit status 3 and no result."), "%s", why.text);
    cr_expect_eq(run("exit 0", &r, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "exit status 0 and no result"), "%s", why.text);
    cr_expect_eq(run("head -c 67108865 /dev/zero", &r, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "/dev/zero printed more than a result can be."), "%s", why.text);
    const char *const none[] = {"/no/such/program"};
    struct command c;
    command_from_words(&c, none, 1);
    cr_expect_eq(command_run(&c, &r, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "cannot run /no/such/program: No such file"), "%s", why.text);
    command_free(&c);
    cr_expect_eq(r.count, 0);
}

#define PRINT(started, samples, state)                                                             \
    "s=" started                                                                                   \
    "; echo '{\"schema\":\"gpubench-result/1\",\"started\":\"'$s'\",\"simulated\":false,"          \
    "\"device\":{\"backend\":\"gpu\",\"name\":\"G\"},\"problem\":{\"op\":\"sum-aat\",\"n\":100},"  \
    "\"results\":[" RESULT("\"" state "\"", ",\"summary\":{\"median_s\":0.5,\"count\":2},"         \
                                            "\"samples\":{\"s\":[" samples "]}") "]}'"
#define NOW "$(date -u -d 1hour +%Y-%m-%dT%H:%M:%SZ)"

Test(command, counts_only_results_that_it_measured_anew)
{
    struct readings r = {0};
    struct failure why;
    cr_expect_eq(run(PRINT(NOW, "0.25,0.75", "ok"), &r, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(r.count, 1);
    cr_expect_eq(run(PRINT("2026-01-01T00:00:00Z", "0.26,0.75", "ok"), &r, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "started at 2026-01-01T00:00:00Z, before the command"), "%s",
              why.text);
    readings_shorten(&r, 1);
    cr_expect_eq(run(PRINT(NOW, "0.27,0.75", "ok") "; exit 1", &r, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "exit status 1, and no result in what it printed failed"), "%s",
              why.text);
    readings_shorten(&r, 1);
    cr_expect_eq(run(PRINT(NOW, "0.28,0.75", "wrong") "; exit 1", &r, &why), STATUS_OK, "%s",
                 why.text);
    cr_expect_eq(run(PRINT(NOW, "0.29,0.75", "failed") "; exit 1", &r, &why), STATUS_OK, "%s",
                 why.text);
    readings_free(&r);
}

Test(command, that_prints_the_same_result_again_has_not_measured)
{
    struct readings r = {0};
    struct failure why;
    cr_expect_eq(run(PRINT("2199-01-01T00:00:00Z", "0.25,0.75", "ok"), &r, &why), STATUS_OK, "%s",
                 why.text);
    cr_expect_eq(run(PRINT("2199-01-01T00:00:00Z", "0.25,0.75", "ok"), &r, &why), STATUS_FAILED);
    cr_expect(strstr(why.text, "printed the same result again, with the same start and samples"),
              "%s", why.text);
    readings_free(&r);
}

/* Prints a result with samples of its own each time, and notes its name in the file "log". */
#define TURN(name, simulated, end)                                                                 \
    "echo -n " name " >>log; echo '{\"schema\":\"gpubench-result/1\",\"started\":\"'" NOW "'\","   \
    "\"simulated\":" simulated ",\"device\":{\"backend\":\"gpu\",\"name\":\"G\"},"                 \
    "\"problem\":{\"op\":\"sum-aat\",\"n\":100},\"results\":[" RESULT(                             \
        "\"ok\"", ",\"summary\":{\"median_s\":0.5,\"count\":2},"                                   \
                  "\"samples\":{\"s\":[0.75,1.'$(wc -c <log)'7]}") "]}'" end

/* Measures the two scripts until each has two runs; what was run is in *log. */
static enum status measure(const char *first, const char *second, char log[32], struct failure *why)
{
    struct readings r = {0};
    struct commands c = {0};
    const char *const scripts[] = {first, second};
    *why = (struct failure){0};
    cr_assert_eq(chdir(scratch_make()), 0);
    for (int i = 0; i < 2; i++) {
        struct command one;
        command_from_words(&one, (const char *const[]){"sh", "-c", scripts[i]}, 3);
        commands_add(&c, one);
    }
    const enum status status = commands_measure(&c, &r, 2, 2, "run", why);
    FILE *file = fopen("log", "re");
    log[file ? fread(log, 1, 31, file) : 0] = '\0';
    if (file)
        fclose(file);
    commands_free(&c);
    readings_free(&r);
    scratch_remove();
    return status;
}

Test(command, several_take_turns)
{
    char log[32];
    struct failure why;
    cr_expect_eq(measure(TURN("a", "false", ""), TURN("b", "false", ""), log, &why), STATUS_OK,
                 "%s", why.text);
    cr_expect_str_eq(log, "abab");
    cr_expect_eq(measure(TURN("a", "true", ""), TURN("b", "true", ""), log, &why),
                 STATUS_NOT_COMPARABLE);
    cr_expect_str_eq(log, "a");
    cr_expect_eq(measure(TURN("a", "false", ""), "exit 77", log, &why), STATUS_NO_DEVICE);
    cr_expect_eq(measure(TURN("a", "false", ";") TURN("c", "false", ""), "exit 77", log, &why),
                 STATUS_FAILED);
    cr_expect(strstr(why.text, "printed more than one result."), "%s", why.text);
}

/* A signal that comes while the command runs decides, whatever the command prints or ends with. */
Test(command, an_interruption_while_it_runs_is_no_failure_of_the_command)
{
    struct readings r = {0};
    struct failure why = {0};
    signal(SIGINT, interrupt_request);
    cr_expect_eq(run("kill -INT $PPID; exit 3", &r, &why), STATUS_INTERRUPTED, "%s", why.text);
    interrupt_request(0);
    cr_expect_eq(run("kill -INT $PPID; " PRINT(NOW, "0.25,0.75", "ok"), &r, &why),
                 STATUS_INTERRUPTED);
    cr_expect_eq(r.count, 0);
    cr_expect_eq(run("touch never", &r, &why), STATUS_INTERRUPTED, "nor is another begun");
    cr_expect_neq(access("never", F_OK), 0);
    readings_free(&r);
}
