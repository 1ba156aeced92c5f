/* test_process.c - what a program that is run prints, gets and may do. */
#include "harness/base/interrupt.h"
#include "harness/base/process.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct process_output run(const char *script, int input, enum process_kind kind, size_t most)
{
    struct process_output out;
    char *argv[] = {(char *)(uintptr_t)"sh", (char *)(uintptr_t)"-c", (char *)(uintptr_t)script,
                    NULL};
    cr_assert_eq(process_read(argv, input, kind, most, &out), 0);
    return out;
}

static void expect_output(const char *script, enum process_kind kind, const char *want)
{
    struct process_output out = run(script, -1, kind, 1 << 20);
    cr_assert_not_null(out.bytes);
    cr_expect_str_eq(out.bytes, want, "%s, not %s", out.bytes, want);
    cr_expect_eq(out.count, strlen(want));
    free(out.bytes);
}

Test(process, what_it_prints_and_how_it_ends_is_returned)
{
    struct process_output out = run("printf 'a\\nb'; exit 3", -1, PROCESS_COMMAND, 3);
    cr_assert_not_null(out.bytes);
    cr_expect_str_eq(out.bytes, "a\nb");
    cr_expect_eq(out.count, 3);
    cr_expect(WIFEXITED(out.ended) && WEXITSTATUS(out.ended) == 3);
    free(out.bytes);
    expect_output(":", PROCESS_TOOL, "");
}

Test(process, it_is_killed_if_it_prints_too_much, .timeout = 30)
{
    struct process_output out = run("printf abcd; exec sleep 100", -1, PROCESS_COMMAND, 3);
    cr_expect_null(out.bytes);
    cr_expect(WIFSIGNALED(out.ended));
    out = run("yes", -1, PROCESS_COMMAND, 1 << 18);
    cr_expect_null(out.bytes);
}

Test(process, more_than_the_first_buffer_is_read_too)
{
    struct process_output out = run("head -c 200000 /dev/zero", -1, PROCESS_TOOL, 1 << 20);
    cr_assert_not_null(out.bytes);
    cr_expect_eq(out.count, 200000);
    free(out.bytes);
}

Test(process, an_interruption_ends_it, .timeout = 30)
{
    interrupt_request(SIGINT);
    const struct process_output out = run("exec sleep 100", -1, PROCESS_COMMAND, 1);
    interrupt_request(0);
    cr_expect(WIFSIGNALED(out.ended) && WTERMSIG(out.ended) == SIGTERM, "%#x", out.ended);
    free(out.bytes);
}

Test(process, it_reads_the_input_it_is_given)
{
    scratch_make();
    scratch_file("in", "text");
    const int input = open(scratch_path("in"), O_RDONLY);
    struct process_output out = run("cat", input, PROCESS_TOOL, 100);
    cr_assert_not_null(out.bytes);
    cr_expect_str_eq(out.bytes, "text");
    free(out.bytes);
    close(input);
    scratch_remove();
}

Test(process, what_it_leaves_running_is_not_waited_for, .timeout = 30)
{
    expect_output("sleep 60 & echo $((1 + 1))", PROCESS_TOOL, "2\n");
}

Test(process, what_it_leaves_running_is_not_read_though_it_writes_on, .timeout = 30)
{
    struct process_output out = run("while :; do echo x; done & echo y", -1, PROCESS_TOOL, 4 << 20);
    cr_assert_not_null(out.bytes);
    cr_expect_lt(out.count, 4 << 20);
    free(out.bytes);
}

Test(process, a_tool_gets_few_variables_and_a_command_all_but_secrets)
{
    setenv("GPUBENCH_TOKEN", "secret", 1);
    setenv("AWS_SESSION_TOKEN", "secret", 1);
    setenv("GPUBENCH_TOKENS", "1", 1);
    setenv("GNUPLOT_LIB", "2", 1);
    setenv("TZ", "3", 1);
    setenv("TZX", "4", 1);
    static const char print[] =
        "echo $GPUBENCH_TOKEN$AWS_SESSION_TOKEN,$GPUBENCH_TOKENS,$GNUPLOT_LIB,$TZ,$TZX";
    expect_output(print, PROCESS_TOOL, ",,2,3,\n");
    expect_output(print, PROCESS_COMMAND, ",1,2,3,4\n");
}

Test(process, a_broken_pipe_ends_it_though_this_program_ignores_them)
{
    signal(SIGPIPE, SIG_IGN);
    expect_output("trap '' TERM; (kill -PIPE $(exec sh -c 'echo $PPID'); echo lives)",
                  PROCESS_COMMAND, "");
}

Test(process, one_that_is_not_there_is_an_error)
{
    struct process_output out = {.count = 1, .ended = 1};
    char *argv[] = {(char *)(uintptr_t)"/nonexistent/program", NULL};
    cr_expect_eq(process_read(argv, -1, PROCESS_TOOL, 1, &out), ENOENT);
    cr_expect(!out.bytes && !out.count && !out.ended, "nothing is left of what was there before");
}

Test(process, a_plugin_is_looked_for_where_the_user_says_first)
{
    char path[PATH_MAX];
    scratch_make();
    scratch_file("a.so", "");
    setenv("GPUBENCH_PLUGINS", scratch_path(""), 1);
    cr_expect(process_plugin(path, "a.so"));
    cr_expect_eq(access(path, F_OK), 0);
    cr_expect_not(process_plugin(path, "b.so"));
    unsetenv("GPUBENCH_PLUGINS");
    cr_expect_not(process_plugin(path, "a.so"));
    char program[PATH_MAX] = "";
    cr_assert_gt(readlink("/proc/self/exe", program, sizeof program - 1), 0);
    cr_expect(process_plugin(path, strrchr(program, '/') + 1), "beside the program");
    cr_expect_str_eq(path, program);
    scratch_remove();
}
