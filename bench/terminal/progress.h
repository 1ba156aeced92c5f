/* progress.h - one line on standard error that shows the current step, on a terminal only.
 *
 * "sampling f32/naive 40 %  12 s, 18 s left": the time left is estimated from the growth of the
 * share so far.
 *
 * A thread of its own paints the line, so that it also moves during one long product. The line
 * appears after half a second and is wiped at the end. */
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#include "harness/base/clock.h"

#include <stdbool.h>
#include <stddef.h>

/* Starts the line if standard error is a terminal; without one, everything below does nothing. */
void progress_start(void);

/* Sets the text of the current step and the share of it that is done, 0 to 1; a negative share
 * means that it is not known. */
void progress_say(double share, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Until the next call, progress_say() reports a part of a longer task: this text comes first, and
 * its shares 0 to 1 are shown as `from` to `to`. */
void progress_within(double from, double to, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Wipes the line until the next progress_say(), so that other text can be written to the terminal.
 */
void progress_hide(void);

/* Wipes the line and ends the thread. */
void progress_stop(void);

/* Wipes the line from within a signal handler. */
void progress_wipe_in_handler(void);

/* ---- for tests: the line apart from the terminal and the clock ---- */

struct progress {
    char text[256], whole[256]; /* of progress_say(), "" while hidden; of progress_within() */
    double share;               /* of all, or less than 0 */
    double from, to;            /* the part that progress_within() gives */
    double first_share;         /* where the share began to grow without falling back */
    nanos since, first_time;    /* when the text appeared, and when first_share was reached */
};
#define PROGRESS_NOTHING {.share = -1, .to = 1, .first_share = -1}

/* Takes the share that progress_say() was given. */
void progress_advance(struct progress *p, double share, nanos now);

/* The line, cut to `columns`, because a longer one would wrap and its second row could not be
 * wiped. */
void progress_text(const struct progress *p, nanos now, bool is_interrupted, size_t columns,
                   char *out, size_t bytes);

/* How long a step is not shown; at first half a second. */
void progress_set_patience(nanos ns);

#endif
