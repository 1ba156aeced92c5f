/* slow_clock.c - the CPU time of a thread passes $CPU_TIME times as fast: what is measured by it, as
 * a CPU's peak is, seems slow, as it does while the host runs another machine. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *t)
{
    const long failed = syscall(SYS_clock_gettime, clock, t);
    if (!failed && clock == CLOCK_THREAD_CPUTIME_ID) {
        const double times = atof(getenv("CPU_TIME"));
        const double seconds = times * ((double)t->tv_sec + 1e-9 * (double)t->tv_nsec);
        t->tv_sec = (time_t)seconds;
        t->tv_nsec = (long)(1e9 * (seconds - (double)t->tv_sec));
    }
    return (int)failed;
}
