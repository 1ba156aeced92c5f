/* clock.c - the limit of calls that may hang. */
#include "harness/base/clock.h"

#include <stdbool.h>
#include <stdlib.h>

/* Whether the text is a number of seconds, which is then in *seconds. */
static bool read_seconds(const char *text, double *seconds)
{
    char *end;
    *seconds = strtod(text, &end);
    return end != text && !*end && *seconds >= 0 && *seconds < 1e9;
}

double clock_hang_seconds(void)
{
    const char *text = getenv("GPUBENCH_HANG_SECONDS");
    double seconds;
    return text && read_seconds(text, &seconds) ? seconds : (double)HANG_SECONDS;
}

const char *clock_hang_invalid(void)
{
    const char *text = getenv("GPUBENCH_HANG_SECONDS");
    double seconds;
    return text && *text && !read_seconds(text, &seconds) ? text : NULL;
}
