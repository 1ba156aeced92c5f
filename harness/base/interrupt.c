/* interrupt.c - a flag that a signal handler may set. */
#define _GNU_SOURCE 1 /* syscall */

#include "harness/base/interrupt.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile sig_atomic_t interrupting_signal;

void interrupt_request(int signal_number)
{
    interrupting_signal = signal_number;
}

static volatile sig_atomic_t allowed_ms = 800;

void interrupt_allow(unsigned ms)
{
    allowed_ms = (sig_atomic_t)ms;
}

unsigned interrupt_allowed(void)
{
    return (unsigned)allowed_ms;
}

static volatile sig_atomic_t was_stopped;

void interrupt_note_stop(void)
{
    was_stopped = 1;
}

bool interrupt_was_stopped(void)
{
    return was_stopped;
}

int interrupt_requested(void)
{
    return interrupting_signal;
}

enum status interrupt_check(struct failure *why)
{
    const int signal_number = interrupt_requested();
    if (!signal_number)
        return STATUS_OK;
    return fail(why, STATUS_INTERRUPTED, "interrupted by signal %d: nothing was saved",
                signal_number);
}

static bool (*is_wrong_success)(void);
static pid_t own_process; /* not one that a library has forked */

void interrupt_on_success(bool (*is_wrong)(void))
{
    own_process = getpid();
    is_wrong_success = is_wrong;
}

/* Replaces libc's function, for libraries too. */
void _exit(int code)
{
    if (code == 0 && is_wrong_success && getpid() == own_process && is_wrong_success())
        code = 1;
    for (;;)
        syscall(SYS_exit_group, code);
}
