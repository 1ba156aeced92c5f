/* hang.c - called on the guard's thread, while the main one is stuck in a driver: no return, no
 * cleaning up, and no exit handlers, for those of the driver would be stuck as well. */
#include "bench/devices/hang.h"

#include "bench/terminal/progress.h"
#include "harness/base/interrupt.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

void hang_end(void *context, const struct variant *v, const struct failure *why)
{
    (void)context, (void)v;
    progress_stop();
    fflush(stdout);
    fprintf(stderr, "gpubench: %s\n", why->text);
    _exit(why->status == STATUS_INTERRUPTED ? 128 + interrupt_requested() : exit_code(why->status));
}

static void give_up(int number)
{
    (void)number;
    static const char words[] = "gpubench: the device hangs, and so does what was to be saved\n";
    _exit(write(STDERR_FILENO, words, sizeof words - 1) > 0 ? 1 : 1);
}

void hang_hurry(unsigned seconds)
{
    signal(SIGALRM, give_up);
    alarm(seconds);
}
