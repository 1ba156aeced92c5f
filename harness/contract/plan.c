/* plan.c - decides whether a problem fits into memory or is streamed. */
#include "harness/contract/plan.h"

#include "harness/contract/device.h"

#include <inttypes.h>
#include <stdio.h>

char *amount_of_bytes(char *out, uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double x = (double)bytes;
    size_t u = 0;
    while (u + 1 < sizeof units / sizeof *units && x >= 1023.95) {
        x /= 1024;
        u++;
    }
    snprintf(out, AMOUNT_BYTES, "%.*f %s", u == 0 ? 0 : 1, x, units[u]);
    return out;
}

void plan_judge(struct plan *plan, const struct device_facts *device, const struct variant *v,
                const char *way_out)
{
    const struct problem *p = &plan->problem;
    const uint64_t available = device->memory_free; /* 0: unknown */
    char need[AMOUNT_BYTES], have[AMOUNT_BYTES];
    plan->fits = available == 0 || plan->bytes <= available;
    if (plan->fits)
        return;
    amount_of_bytes(need, plan->bytes);
    amount_of_bytes(have, available);
    if (v)
        snprintf(plan->sentence, sizeof plan->sentence, "needs %s, %s are free", need, have);
    else
        snprintf(plan->sentence, sizeof plan->sentence,
                 "N = %" PRIu64 " needs %s%s for %s%s; %s has %s free. %s", p->n,
                 p->op == OP_SUM_AAT ? "at least " : "", need, op_name(p->op),
                 p->op == OP_MATMUL ? " (A and C)" : "", device->name, have,
                 way_out ? way_out : "Choose a smaller N.");
}
