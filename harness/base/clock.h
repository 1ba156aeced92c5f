/* clock.h - wall time in nanoseconds. */
#ifndef HARNESS_CLOCK_H
#define HARNESS_CLOCK_H

#include <stdint.h>
#include <time.h>

typedef uint64_t nanos;

/* Nanoseconds of CLOCK_MONOTONIC: for differences only. */
static inline nanos clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (nanos)t.tv_sec * 1000000000u + (nanos)t.tv_nsec;
}

/* Nanoseconds from the start of this process (its fork, from /proc/self/stat, to a kernel tick of
 * 10 ms) to now. */
nanos clock_since_process_start(void);

#endif
