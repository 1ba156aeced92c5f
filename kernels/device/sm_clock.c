/* sm_clock.c - reads the multiprocessors' clocks with a kernel before and after work. */
#include "kernels/device/sm_clock.h"

#include "harness/base/need.h"
#include "harness/stats/stats.h"
#include "kernels/device/launch.h"
#include "kernels/device/modules.h"

#include <stdlib.h>

/* HOLD is how many cycles the reading before work takes, 5 to 15 µs. Meanwhile the host puts the
 * work on the stream, so that no gap before it is measured as a part of it. */
enum { BLOCKS_PER_SM = 2, LEAST_NS = 20000, HOLD = 12000 };

struct sm_clock {
    struct device *device;
    CUfunction read;
    CUdeviceptr moments; /* 2 · count: before, after */
    struct sm_moment *on_host;
    size_t count;
    bool failed; /* since the last reading before work */
};

struct sm_clock *sm_clock_new(struct device *d)
{
    struct sm_clock *c = need(sizeof *c);
    c->device = d;
    c->count = (size_t)d->sms * BLOCKS_PER_SM;
    c->on_host = need_array(2 * c->count, sizeof *c->on_host);
    if (module_function(d, "service/sm/clock", "read_clocks", &c->read, NULL) == STATUS_OK &&
        d->cu.cuMemAlloc(&c->moments, 2 * c->count * sizeof *c->on_host) == CUDA_SUCCESS)
        return c;
    sm_clock_free(c);
    return NULL;
}

void sm_clock_free(struct sm_clock *c)
{
    if (!c)
        return;
    if (c->moments)
        c->device->cu.cuMemFree(c->moments);
    free(c->on_host);
    free(c);
}

static void read_to(struct sm_clock *c, size_t first, unsigned hold)
{
    CUdeviceptr to = c->moments + first * sizeof *c->on_host;
    void *arguments[] = {&to, &hold};
    const struct shape shape = {.grid_x = (unsigned)c->count, .block_x = 32};
    if (launch(c->device, c->read, shape, arguments, "read_clocks", NULL) != STATUS_OK)
        c->failed = true;
}

void sm_clock_before(struct sm_clock *c)
{
    if (!c)
        return;
    c->failed = false;
    read_to(c, 0, HOLD);
}

void sm_clock_after(struct sm_clock *c)
{
    if (c)
        read_to(c, c->count, 0);
}

double sm_clock_mhz(struct sm_clock *c)
{
    if (!c || c->failed)
        return 0;
    const struct driver *cu = &c->device->cu;
    const size_t bytes = 2 * c->count * sizeof *c->on_host;
    if (cu->cuStreamSynchronize(c->device->stream) ||
        cu->cuMemcpyDtoH(c->on_host, c->moments, bytes))
        return 0;
    return sm_clock_between(c->on_host, c->on_host + c->count, c->count);
}

static int by_sm(const void *left, const void *right)
{
    const struct sm_moment *a = left, *b = right;
    return (a->sm > b->sm) - (a->sm < b->sm);
}

/* Compares one block of each multiprocessor that is in both readings. */
double sm_clock_between(const struct sm_moment *before, const struct sm_moment *after, size_t count)
{
    struct sm_moment *a = need_array(count + 1, sizeof *a), *b = need_array(count + 1, sizeof *b);
    double *mhz = need_array(count + 1, sizeof *mhz);
    size_t used = 0;
    double middle = 0;
    for (size_t i = 0; i < count; i++) {
        a[i] = before[i];
        b[i] = after[i];
    }
    qsort(a, count, sizeof *a, by_sm);
    qsort(b, count, sizeof *b, by_sm);
    for (size_t i = 0, k = 0; i < count && k < count;) {
        if (a[i].sm != b[k].sm) {
            if (a[i].sm < b[k].sm)
                i++;
            else
                k++;
            continue;
        }
        if (b[k].timer_ns >= a[i].timer_ns + LEAST_NS && b[k].cycles > a[i].cycles)
            mhz[used++] =
                (double)(b[k].cycles - a[i].cycles) * 1e3 / (double)(b[k].timer_ns - a[i].timer_ns);
        for (const unsigned sm = a[i].sm; i < count && a[i].sm == sm;)
            i++;
        for (const unsigned sm = b[k].sm; k < count && b[k].sm == sm;)
            k++;
    }
    if (used > 0)
        middle = stats_median(mhz, used);
    free(a);
    free(b);
    free(mhz);
    return middle;
}
