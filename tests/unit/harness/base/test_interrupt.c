#include "harness/base/interrupt.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

Test(interrupt, nothing_is_requested_at_first)
{
    struct failure why;
    cr_expect_eq(interrupt_requested(), 0);
    cr_expect_eq(interrupt_check(&why), STATUS_OK);
}

Test(interrupt, a_signal_handler_may_ask_for_it)
{
    signal(SIGTERM, interrupt_request);
    raise(SIGTERM);

    struct failure why;
    cr_expect_eq(interrupt_requested(), SIGTERM);
    cr_expect_eq(interrupt_check(&why), STATUS_INTERRUPTED);
    cr_expect_not_null(strstr(why.text, "signal 15"), "%s", why.text);
}

Test(interrupt, zero_takes_the_request_back)
{
    interrupt_request(SIGINT);
    interrupt_request(0);
    cr_expect_eq(interrupt_check(NULL), STATUS_OK);
}

Test(interrupt, what_is_allowed_and_whether_the_process_was_stopped_is_kept)
{
    cr_expect_eq(interrupt_allowed(), 800);
    interrupt_allow(3000);
    cr_expect_eq(interrupt_allowed(), 3000);
    cr_expect_not(interrupt_was_stopped());
    interrupt_note_stop();
    cr_expect(interrupt_was_stopped());
}

static bool yes(void)
{
    return true;
}

static bool no(void)
{
    return false;
}

/* With which code a process ends that calls _exit(code), or whose child does so. */
static int code_of(bool (*is_wrong)(void), int code, bool in_child)
{
    int ended = 0;
    const pid_t process = fork();
    if (process == 0) {
        interrupt_on_success(is_wrong);
        const pid_t child = in_child ? fork() : 0;
        if (child == 0)
            _exit(code);
        waitpid(child, &ended, 0);
        _exit(WEXITSTATUS(ended) + 10);
    }
    waitpid(process, &ended, 0);
    cr_expect(WIFEXITED(ended));
    return WEXITSTATUS(ended);
}

/* A library that ends the program in the middle must not make it look like a success. */
Test(interrupt, a_success_that_is_none_ends_with_1)
{
    cr_expect_eq(code_of(yes, 0, false), 1);
    cr_expect_eq(code_of(no, 0, false), 0);
    cr_expect_eq(code_of(NULL, 0, false), 0);
    cr_expect_eq(code_of(yes, 3, false), 3);
    cr_expect_eq(code_of(yes, 0, true), 10, "a child of a library may succeed");
}
