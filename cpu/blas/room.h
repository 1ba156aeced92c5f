/* room.h - whether the process may take the address space that OpenBLAS needs.
 *
 * Each of OpenBLAS's threads maps a buffer of 128 MiB and tries again for ever if that is refused,
 * and the end of the process waits for the threads. So a refusal must be known before the library
 * is loaded. */
#ifndef CPU_BLAS_ROOM_H
#define CPU_BLAS_ROOM_H

#include "harness/base/status.h"

#include <stddef.h>

/* Whether a limit is in force at all: on the address space, on data, or on committed memory. */
int room_is_limited(void);

/* Lets this process take no more address space than now and that many bytes. */
void room_leave(size_t bytes);

/* STATUS_NO_MEMORY, with what is needed and what is allowed, if that many threads of OpenBLAS, and
 * as many of our own, do not fit. */
enum status room_check(int threads, struct failure *why);

#endif
