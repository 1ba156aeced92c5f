/* recheck.c - compares answers of timed runs with the verified answer, and speeds with the device's
 * peak. */
#include "harness/verify/recheck.h"

#include <math.h>
#include <string.h>

/* For runs at least this long, the time for poisoning and adding up C is negligible. */
enum { LONG_NS = 20000000 };

/* One run in ONE_IN starts from a poisoned answer. */
enum { ONE_IN = 8 };

/* A CPU's peak is measured, and a library may exceed it when other tenants of the host are quieter.
 */
static const double over_measured_peak = 2, over_peak = 1.01;

bool recheck_poisons(const struct variant *v, nanos run_ns, uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return run_ns >= LONG_NS || (v->op != OP_MATMUL && (*random >> 33) % ONE_IN == 0);
}

bool recheck_is_same(const struct variant *v, const struct verdict *verdict, double sum)
{
    if (v->library || v->order_varies)
        return fabs(sum - verdict->sum) <= verdict->limit.sum * verdict->sum_scale;
    return memcmp(&sum, &verdict->sum, sizeof sum) == 0;
}

enum status recheck_answer(const struct backend *backend, struct job *job, const struct variant *v,
                           const struct verdict *verdict, bool was_poisoned, struct failure *why)
{
    double sum;
    if (!verdict->ok || (v->op == OP_MATMUL && !was_poisoned))
        return STATUS_OK;
    const enum status status = backend->answer(job, v, &sum, why);
    if (status != STATUS_OK)
        return status;
    if (isnan(sum))
        return fail(
            why, STATUS_WRONG,
            "a timed run left no result: the device did not do the work (the first run did, "
            "and was verified)");
    if (!recheck_is_same(v, verdict, sum))
        return fail(why, STATUS_WRONG,
                    "a timed run gave the sum %.17g, the verified one %.17g: the same work on the "
                    "same data must give the same bits",
                    sum, verdict->sum);
    return STATUS_OK;
}

enum status recheck_speed(const struct problem *p, const struct variant *v,
                          const struct device_facts *device, double median_s, struct failure *why)
{
    const bool reads = p->op == OP_REDUCE;
    const double work = reads ? problem_bytes(p) : problem_flop_done(p, v->symmetric);
    const double peak = reads ? device->peak_bytes : device->peak_flops[v->arithmetic];
    const double most = device->cache_bytes ? over_peak : over_measured_peak;
    if (reads && problem_bytes(p) < 4 * (double)device->cache_bytes)
        return STATUS_OK;
    if (peak > 0 && median_s > 0 && work / median_s > most * peak)
        return fail(why, STATUS_WRONG,
                    "a median of %.3g s is %.0f %% of the device's peak: the times of this device "
                    "or its driver are not to be believed",
                    median_s, 100 * work / median_s / peak);
    return STATUS_OK;
}
