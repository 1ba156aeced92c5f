/* interrupt.h - SIGINT and SIGTERM as a request that long work checks between its steps. */
#ifndef HARNESS_INTERRUPT_H
#define HARNESS_INTERRUPT_H

#include "harness/base/status.h"

#include <stdbool.h>

/* For a signal handler (async-signal-safe). 0 cancels the request. */
void interrupt_request(int signal_number);
int interrupt_requested(void); /* the signal's number, or 0 */

/* How long after a request the program may take to save what it has, in milliseconds; at first
 * 800. */
void interrupt_allow(unsigned ms);
unsigned interrupt_allowed(void);

/* The same for a process that was stopped (SIGSTOP, Ctrl-Z) and goes on: its times include that. */
void interrupt_note_stop(void);
bool interrupt_was_stopped(void);

/* Sets what happens if a library calls _exit(0) in the calling process: the exit status becomes 1
 * if is_wrong() is true. This program itself does not end so. */
void interrupt_on_success(bool (*is_wrong)(void));

/* STATUS_INTERRUPTED with a message if there is a request, else STATUS_OK. */
enum status interrupt_check(struct failure *why);

#endif
