/* clock.c - the age of this process, including the time that the dynamic linker took; the limit of
 * calls that may hang. */
#include "harness/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Field 22 of /proc/self/stat, in clock ticks since boot; 0 if it cannot be read (proc(5)). */
static unsigned long long start_ticks(void)
{
    char stat[1024];
    FILE *file = fopen("/proc/self/stat", "re");
    if (!file)
        return 0;
    const size_t length = fread(stat, 1, sizeof stat - 1, file);
    fclose(file);
    stat[length] = '\0';

    /* Field 2, the program's name, may contain spaces and parentheses, so the other fields are
     * counted from the last ')' of the line. */
    const char *after_name = strrchr(stat, ')');
    unsigned long long ticks = 0;
    if (!after_name || sscanf(after_name + 1,
                              " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s" /*  3 … 12 */
                              " %*s %*s %*s %*s %*s %*s %*s %*s %*s"     /* 13 … 21 */
                              " %llu",
                              &ticks) != 1)
        return 0;
    return ticks;
}

nanos clock_since_process_start(void)
{
    const unsigned long long ticks = start_ticks();
    const long ticks_per_second = sysconf(_SC_CLK_TCK);
    struct timespec now;
    if (!ticks || ticks_per_second <= 0 || clock_gettime(CLOCK_BOOTTIME, &now) != 0)
        return 0;

    const nanos now_ns = (nanos)now.tv_sec * 1000000000u + (nanos)now.tv_nsec;
    const nanos start_ns = ticks * (1000000000u / (nanos)ticks_per_second);
    return now_ns > start_ns ? now_ns - start_ns : 0;
}

double clock_hang_seconds(void)
{
    const char *text = getenv("GPUBENCH_HANG_SECONDS");
    char *end;
    const double seconds = text ? strtod(text, &end) : -1;
    return text && end != text && !*end && seconds >= 0 && seconds < 1e9 ? seconds
                                                                         : (double)HANG_SECONDS;
}
