/* reference.c - finds the library's result for an arithmetic, and compares medians with it. */
#include "harness/result/reference.h"

#include "harness/base/need.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdlib.h>

enum arithmetic reference_arithmetic(enum arithmetic arithmetic)
{
    switch (arithmetic) {
    case ARITH_F32_3XF16:
    case ARITH_F32_2XF16:
    case ARITH_F32_3XTF32:
        return ARITH_F32;
    default:
        return arithmetic;
    }
}

const struct contestant *reference_for(const struct result *r, enum arithmetic arithmetic)
{
    for (size_t i = 0; i < r->contestant_count; i++) {
        const struct contestant *c = &r->contestants[i];
        if (c->state == CONTESTANT_OK && c->count > 0 && c->variant->library &&
            !c->variant->symmetric && c->variant->arithmetic == reference_arithmetic(arithmetic))
            return c;
    }
    return NULL;
}

static double median_seconds(const struct contestant *c)
{
    double *seconds = need_array(c->count, sizeof *seconds);
    for (size_t i = 0; i < c->count; i++)
        seconds[i] = (double)c->samples[i].device_ns / 1e9;
    const double median = stats_median(seconds, c->count);
    free(seconds);
    return median;
}

double reference_speedup(const struct result *r, const struct contestant *c)
{
    const struct contestant *reference = reference_for(r, c->variant->arithmetic);
    return reference ? median_seconds(reference) / median_seconds(c) : NAN;
}
