/* test_signals.c - what the program says and how it ends when a signal comes, or when a library
 * ends it. Each case is a child process, because that is what ends. */
#include "bench/signals.h"

#include "harness/base/interrupt.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs act() in a child that catches signals; what it wrote to standard error is in `said`. Returns
 * its exit status, or 1000 and the number of the signal that it died of. */
static char said[1024];
static int child(void (*act)(int number), int number)
{
    int ends[2], status;
    cr_assert_eq(pipe(ends), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        for (int i = 1; i < 32; i++)
            signal(i, SIG_DFL); /* those of the test program and of sanitizers */
        act(number);
        _exit(99);
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t n; (n = read(ends[0], said + used, sizeof said - 1 - used)) > 0;)
        used += (size_t)n;
    said[used] = '\0';
    for (size_t i = 0; i < used; i++)
        said[i] = said[i] ? said[i] : '0'; /* so that it shows */
    close(ends[0]);
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static const char crashed[] =
    "gpubench: crashed, in itself or in a library such as BLAS or the NVIDIA driver: gpubench "
    "doctor and nvidia-smi may tell more\n";

static void crash(int number)
{
    signals_catch();
    raise(number);
}

Test(signals, a_crash_gets_a_sentence_and_is_still_a_crash)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        cr_expect_eq(child(crash, numbers[i]), 1000 + numbers[i]);
        const char *more = said + strlen(crashed); /* qemu adds a line */
        cr_expect(strncmp(said, crashed, strlen(crashed)) == 0 && (!*more || strstr(more, "qemu")),
                  "%s", said);
    }
}

static void crash_elsewhere(int number)
{
    signal(number, SIG_IGN); /* the handler of a sanitizer */
    signals_catch();
    raise(number);
}

Test(signals, who_handles_crashes_already_goes_on_doing_so)
{
    cr_expect_eq(child(crash_elsewhere, SIGFPE), 99);
    cr_expect_str_eq(said, "");
}

/* One signal is a request, and this process says by its exit status which. */
static void request(int number)
{
    signals_catch();
    raise(number);
    signals_main_has_ended();
    _exit(interrupt_requested());
}

static void insist(int number)
{
    signals_catch();
    raise(SIGTERM);
    raise(number);
}

Test(signals, the_first_is_a_request_and_the_second_ends_at_once)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        cr_expect_eq(child(request, numbers[i]), numbers[i]);
        cr_expect_eq(child(insist, numbers[i]), 128 + numbers[i]);
        cr_expect_str_eq(said, "");
    }
}

static void hang_up_under_nohup(int number)
{
    signal(number, SIG_IGN);
    signals_catch();
    raise(number);
    _exit(interrupt_requested() ? 1 : 7);
}

Test(signals, nohup_is_heeded_and_a_reader_that_goes_is_no_end)
{
    cr_expect_eq(child(hang_up_under_nohup, SIGHUP), 7);
    cr_expect_eq(child(crash, SIGPIPE), 99);
    cr_expect_eq(child(crash, SIGXFSZ), 99);
}

/* A request that nothing heeds: the handler of the alarm ends the process. */
static void hang(int number)
{
    signals_catch();
    interrupt_allow(1);
    raise(number);
    for (;;)
        pause();
}

Test(signals, who_does_not_end_in_the_time_allowed_is_ended_with_a_sentence)
{
    cr_expect_eq(child(hang, SIGTERM), 128 + SIGTERM);
    cr_expect_str_eq(said, "gpubench: interrupted; what was not saved by then is lost\n");
}

static void go_on(int number)
{
    signals_catch();
    const bool before = interrupt_was_stopped();
    raise(number);
    _exit(!before && interrupt_was_stopped() ? 7 : 8);
}

Test(signals, a_process_that_was_stopped_knows_it)
{
    cr_expect_eq(child(go_on, SIGCONT), 7);
}

static const char ended[] =
    "gpubench: a library, such as BLAS or the NVIDIA driver, ended the program in the middle: "
    "gpubench doctor and nvidia-smi may tell more\n";

static void end_by_exit(int code)
{
    signals_catch();
    exit(code);
}

static void end_at_once(int code)
{
    signals_catch();
    _exit(code);
}

static void end_quickly(int code)
{
    signals_catch();
    quick_exit(code);
}

static void end_after_main(int code)
{
    signals_catch();
    signals_main_has_ended();
    quick_exit(code); /* exit() would look for leaks under a sanitizer */
}

Test(signals, a_library_that_ends_the_program_is_a_failure_with_a_sentence)
{
    cr_expect_eq(child(end_by_exit, 0), 1);
    cr_expect_str_eq(said, ended);
    cr_expect_eq(child(end_at_once, 0), 1);
    cr_expect_str_eq(said, ended);
    cr_expect_eq(child(end_quickly, 0), 1);
    cr_expect_str_eq(said, ended);
    cr_expect_eq(child(end_after_main, 0), 0);
    cr_expect_str_eq(said, "");
}
