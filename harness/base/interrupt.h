/* interrupt.h - SIGINT and SIGTERM as a request that long work checks between its steps. */
#ifndef HARNESS_INTERRUPT_H
#define HARNESS_INTERRUPT_H

#include "harness/base/status.h"

/* For a signal handler (async-signal-safe). 0 cancels the request. */
void interrupt_request(int signal_number);
int interrupt_requested(void); /* the signal's number, or 0 */

/* STATUS_INTERRUPTED with a message if there is a request, else STATUS_OK. */
enum status interrupt_check(struct failure *why);

#endif
