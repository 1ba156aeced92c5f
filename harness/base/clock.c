/* clock.c - the limit of calls that may hang. */
#include "harness/base/clock.h"

#include <stdlib.h>

double clock_hang_seconds(void)
{
    const char *text = getenv("GPUBENCH_HANG_SECONDS");
    char *end;
    const double seconds = text ? strtod(text, &end) : -1;
    return text && end != text && !*end && seconds >= 0 && seconds < 1e9 ? seconds
                                                                         : (double)HANG_SECONDS;
}
