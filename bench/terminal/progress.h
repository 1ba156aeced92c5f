/* progress.h - one line on standard error that says what is going on, on a terminal only, and
 * leaves no trace.
 *
 * "sampling f32/naive 40 %  12 s, 18 s left": what is left is worked out from how fast the share
 * has grown, once that can be told.
 *
 * It is painted from a thread of its own, so that it moves while one long product runs, and only
 * once something has taken half a second. */
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

/* Starts the line if standard error is a terminal; without one, everything below does nothing. */
void progress_start(void);

/* What is being done now, and its share done, 0 … 1, or less than 0 if that is not known. */
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

#endif
