/* signals.c - installs the handlers of signals and of exit. */
#include "bench/signals.h"

#include "bench/terminal/progress.h"
#include "harness/base/durable.h"
#include "harness/base/interrupt.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t has_ended; /* main() has returned */

/* Says that a call did not end in time after an interrupt, and ends. */
static void on_alarm(int number)
{
    static const char words[] = "gpubench: interrupted; what was not saved by then is lost\n";
    (void)number;
    progress_wipe_in_handler();
    durable_discard_in_handler();
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    _exit(128 + interrupt_requested());
}

/* The first Ctrl-C ends the program after the step in progress, but within a second, or as long as
 * saving may take; the next one at once. */
static void on_signal(int number)
{
    if (interrupt_requested()) {
        progress_wipe_in_handler();
        durable_discard_in_handler();
        _exit(128 + number);
    }
    interrupt_request(number);
    const unsigned ms = interrupt_allowed();
    setitimer(ITIMER_REAL,
              &(struct itimerval){.it_value = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000}},
              NULL);
}

static void on_continue(int number)
{
    (void)number;
    interrupt_note_stop();
}

/* Says that a library, and not this program, called exit() or _exit(). */
static bool is_ended_by_another(void)
{
    static const char words[] =
        "gpubench: a library, such as BLAS or the NVIDIA driver, ended the program in the middle: "
        "gpubench doctor and nvidia-smi may tell more\n";
    if (has_ended)
        return false;
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    return true;
}

static void on_exit_by_another(void)
{
    if (is_ended_by_another())
        _exit(1);
}

/* A crash, most often of a driver, gets a sentence. Sanitizers have handlers of their own. */
static void on_crash(int number)
{
    static const char words[] =
        "gpubench: crashed, in itself or in a library such as BLAS or the NVIDIA driver: gpubench doctor "
        "and nvidia-smi may tell more\n";
    progress_wipe_in_handler();
    durable_discard_in_handler();
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_crashes(void)
{
    static char stack[1 << 16]; /* the program's own stack may be exhausted */
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    struct sigaction old;
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(numbers[i],
                      &(struct sigaction){.sa_handler = on_crash, .sa_flags = SA_ONSTACK}, NULL);
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction hangup;
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) /* else by nohup */
        sigaction(SIGHUP, &action, NULL);
    sigaction(SIGCONT, &(struct sigaction){.sa_handler = on_continue, .sa_flags = SA_RESTART},
              NULL);
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL);
    /* A reader that goes away must not cost the result; end_of() reports it. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit on files is an error like any other */
}

void signals_catch(void)
{
    interrupt_on_success(is_ended_by_another);
    atexit(on_exit_by_another);
    (void)!at_quick_exit(on_exit_by_another);
    catch_crashes();
    catch_signals();
}

void signals_main_has_ended(void)
{
    has_ended = 1;
}
