/* http_limits.h - how long a request may take, one try of it, and the pause before another. */
#ifndef HARNESS_HTTP_LIMITS_H
#define HARNESS_HTTP_LIMITS_H

#include "harness/base/clock.h"

#include <stdint.h>

#define HTTP_TIMEOUT_S 30.0
#define HTTP_CONNECT_S 5.0
enum { HTTP_TRIES = 3 };

/* The limits of one try of a request that may take timeout_s with all its tries. */
struct http_limits {
    double whole_s;  /* timeout_s, or HTTP_TIMEOUT_S if that is 0 */
    long connect_ms; /* until there is a connection */
    nanos patience;  /* while no byte moves */
};
struct http_limits http_limits(double timeout_s);

/* Milliseconds until the deadline, at least 1, because libcurl takes 0 for no limit. */
long http_left_ms(nanos now, nanos deadline);

/* The pause in seconds after a failed try, counted from 0: half a second, then one second, each
 * varied by up to a half of it by `random`, so that clients that failed together do not return
 * together. */
double http_pause_s(int attempt, uint32_t random);

#endif
