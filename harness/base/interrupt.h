/* interrupt.h - SIGINT and SIGTERM, as a request that long work looks at between its steps. */
#ifndef HARNESS_INTERRUPT_H
#define HARNESS_INTERRUPT_H

#include "harness/base/status.h"

/* For the program's signal handler: async-signal-safe. 0 takes the request back. */
void interrupt_request(int signal_number);
int interrupt_requested(void); /* the signal's number, or 0 */

/* STATUS_INTERRUPTED, with its sentence, once a request is there; else STATUS_OK. */
enum status interrupt_check(struct failure *why);

#endif
