/* clock.h - time in nanoseconds. */
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

/* The time since this process was forked, as /proc/self/stat records it (in steps of 10 ms); 0 if
 * it cannot be read. */
nanos clock_since_process_start(void);

#endif
