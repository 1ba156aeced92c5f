/* select.c - which variants can run on a device, and which one `auto` takes. */
#include "kernels/job/kernel.h"

#include "kernels/device/images.h"
#include "kernels/device/modules.h"
#include "kernels/job/job.h"
#include "kernels/job/stream.h"

#include <stdio.h>

/* A may fit into memory where A and what a variant makes of it do not: then it can be streamed. */
static bool has_memory(const struct device *d, const struct variant *v, const struct problem *p,
                       char *reason, size_t bytes)
{
    const uint64_t needed = gpu_bytes_needed(d, v, p), of_a = gpu_bytes_needed(d, NULL, p);
    if (needed <= d->facts.memory_free)
        return true;
    const int used =
        snprintf(reason, bytes, "needs %.1f GiB, %.1f GiB are free", (double)needed / (1u << 30),
                 (double)d->facts.memory_free / (1u << 30));
    if (stream_can(v) && !gpu_streams(d, p) && of_a >> 30 && used > 0 && (size_t)used < bytes)
        snprintf(reason + used, bytes - (size_t)used, "; with --memory-limit %lluG it streams A",
                 (unsigned long long)((of_a - 1) >> 30));
    return false;
}

bool kernel_can_run(const struct device *d, const struct variant *v, const struct problem *p,
                    char *reason, size_t bytes)
{
    const struct kernel *k = kernel_of(v);
    if (k->only_cc && d->cc != k->only_cc) {
        snprintf(reason, bytes, "needs cc %d.%d, this is %d.%d", k->only_cc / 10, k->only_cc % 10,
                 d->cc / 10, d->cc % 10);
        return false;
    }
    if (d->cc < k->least_cc) {
        snprintf(reason, bytes, "needs cc %d.%d, this is %d.%d", k->least_cc / 10, k->least_cc % 10,
                 d->cc / 10, d->cc % 10);
        return false;
    }
    if (k->module && !module_family(d, k->module)) {
        if (d->image_family)
            snprintf(reason, bytes, "has no %s image", d->image_family);
        else
            snprintf(reason, bytes, "needs a newer driver than CUDA %d.%d", d->cu.version / 1000,
                     d->cu.version % 1000 / 10);
        return false;
    }
    if (d->facts.simulated && k->module && image_find(k->module, "hopper")) {
        snprintf(reason, bytes, "the simulated GPU runs no kernels of Hopper alone");
        return false;
    }
    if (k->shared_bytes > 48u << 10 && (int)k->shared_bytes > d->shared_optin_bytes) {
        snprintf(reason, bytes, "needs %u KiB of shared memory a block, this has %d",
                 k->shared_bytes >> 10, d->shared_optin_bytes >> 10);
        return false;
    }
    /* A launch of a row's own cannot be cut in pieces (pieces.c), and one that is stopped ends the
     * run. */
    const double longest_s = 1;
    const double peak = d->facts.peak_flops[v->arithmetic] > 0 ? d->facts.peak_flops[v->arithmetic]
                                                               : d->facts.peak_flops[ARITH_F32];
    const double seconds = problem_flop_done(p, v->symmetric) / (0.5 * peak);
    if (k->launch && d->kernel_timeout && seconds > longest_s) {
        snprintf(reason, bytes,
                 "is one launch of some %.0f s, and this GPU stops a kernel that takes seconds",
                 seconds);
        return false;
    }
    if (p->range == RANGE_WIDE && v->arithmetic == ARITH_F16 && !k->tensor) {
        snprintf(reason, bytes,
                 "f16 holds at most 65504, which entries of this A are beyond, and "
                 "this variant scales no rows");
        return false;
    }
    if (k->available && !k->available(d, reason, bytes))
        return false;
    if (k->suits && !k->suits(k, p, reason, bytes))
        return false;
    return has_memory(d, v, p, reason, bytes);
}

/* Rows stand in the order of the ladder, so the last that may run is the fastest. */
const struct variant *kernel_auto(const struct device *d, const struct problem *p)
{
    char reason[160];
    for (size_t i = gpu_variant_count; i-- > 0;) {
        const struct variant *v = &gpu_variants[i];
        if (v->op == p->op && v->arithmetic == ARITH_F32 && p->n >= kernel_of(v)->auto_from_n &&
            d->cc >= kernel_of(v)->auto_from_cc && kernel_can_run(d, v, p, reason, sizeof reason))
            return v;
    }
    return NULL;
}
