/* hang.c - ends the process from the guard's thread while the main thread is stuck in a driver. It
 * skips cleanup and exit handlers, because those of the driver would hang as well. */
#include "bench/devices/hang.h"

#include "bench/terminal/progress.h"
#include "bench/terminal/words.h"
#include "harness/base/interrupt.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

void hang_end(void *context, const struct variant *v, const struct failure *why)
{
    (void)context, (void)v;
    progress_stop();
    fflush(stdout);
    words_warn("%s", why->text);
    _exit(why->status == STATUS_INTERRUPTED ? 128 + interrupt_requested() : exit_code(why->status));
}

static void give_up(int number)
{
    (void)number;
    static const char words[] = "gpubench: the device hangs, and so does saving the result\n";
    const ssize_t written = write(STDERR_FILENO, words, sizeof words - 1);
    (void)written; /* the process ends either way */
    _exit(1);
}

void hang_hurry(unsigned seconds)
{
    signal(SIGALRM, give_up);
    alarm(seconds);
}
