/* http_limits.c - divides the time of a request between its tries. */
#include "harness/net/http_limits.h"

#include <math.h>

struct http_limits http_limits(double timeout_s)
{
    const double whole_s = timeout_s > 0 ? timeout_s : HTTP_TIMEOUT_S;
    const double share = fmin(whole_s / HTTP_TIMEOUT_S, 1);
    return (struct http_limits){
        .whole_s = whole_s,
        .connect_ms = (long)fmax(1000 * HTTP_CONNECT_S * share, 1),
        .patience = (nanos)(1e9 * whole_s / (HTTP_TRIES + 1)),
    };
}

long http_left_ms(nanos now, nanos deadline)
{
    enum { MS = 1000000 };
    return deadline > now + MS ? (long)((deadline - now) / MS) : 1;
}

double http_pause_s(int attempt, uint32_t random)
{
    return 0.5 * (double)(1 << attempt) * (0.5 + (double)random / UINT32_MAX);
}
