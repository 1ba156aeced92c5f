/* clock.h - time in nanoseconds, and the limit of calls that may hang. */
#ifndef HARNESS_CLOCK_H
#define HARNESS_CLOCK_H

#include <stdint.h>
#include <time.h>

typedef uint64_t nanos;

/* CLOCK_MONOTONIC; only differences have a meaning. */
static inline nanos clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (nanos)t.tv_sec * 1000000000u + (nanos)t.tv_nsec;
}

/* How many seconds a call may take that may hang, beside the time of its work:
 * $GPUBENCH_HANG_SECONDS, of which 0 means no limit, or HANG_SECONDS if that is not a number. */
enum { HANG_SECONDS = 60 };
double clock_hang_seconds(void);
/* The variable's text if it is set to something else than a number of seconds, or NULL. */
const char *clock_hang_invalid(void);

#endif
