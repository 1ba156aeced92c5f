/* test_hang.c - how a process ends whose device does not answer: in a child of the test. */
#include "bench/devices/hang.h"

#include "harness/base/interrupt.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs it in a child, and compares what that prints on both streams, and its exit code. */
static void expect_end(void (*run)(void), const char *want, int code)
{
    char got[256] = "";
    size_t used = 0;
    int pipes[2], how;
    cr_assert_eq(pipe(pipes), 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(pipes[1], STDOUT_FILENO);
        dup2(pipes[1], STDERR_FILENO);
        run();
        _exit(99);
    }
    close(pipes[1]);
    for (ssize_t more = 1; more > 0; used += (size_t)more)
        more = read(pipes[0], got + used, sizeof got - 1 - used);
    close(pipes[0]);
    cr_assert_eq(waitpid(child, &how, 0), child);
    cr_expect_str_eq(got, want);
    cr_expect_eq(used, strlen(want), "no zero byte");
    cr_expect(WIFEXITED(how) && WEXITSTATUS(how) == code, "%d", how);
}

static void lose_device(void)
{
    const struct failure why = {STATUS_NO_DEVICE, "the card is gone"};
    printf("an answer; ");
    hang_end(NULL, NULL, &why);
}

static void interrupt(void)
{
    const struct failure why = {STATUS_INTERRUPTED, "stopped"};
    interrupt_request(SIGTERM);
    hang_end(NULL, NULL, &why);
}

/* The alarm is that of hang_hurry(), sooner. */
static void hurry(void)
{
    hang_hurry(100);
    if (alarm(0) == 100)
        raise(SIGALRM);
}

Test(hang, what_was_printed_is_shown_and_then_the_reason)
{
    expect_end(lose_device, "an answer; gpubench: the card is gone\n", 77);
    expect_end(interrupt, "gpubench: stopped\n", 128 + SIGTERM);
}

Test(hang, saving_that_hangs_too_is_given_up)
{
    expect_end(hurry, "gpubench: the device hangs, and so does saving the result\n", 1);
}
