/* interrupt.c - a flag that a signal handler may set. */
#include "harness/base/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t interrupting_signal;

void interrupt_request(int signal_number)
{
    interrupting_signal = signal_number;
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
