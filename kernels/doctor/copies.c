/* copies.c - times copies between host and GPUs. Memory is plain device memory of the driver, large
 * enough that the start of a copy does not count. */
#include "kernels/doctor/copies.h"

#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/contract/guard.h"
#include "kernels/device/device.h"
#include "kernels/doctor/sensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_MOST = 256 << 20, BYTES_LEAST = 1 << 20, COPIES = 3, IN_A_ROW = 4, LOOKED_AT = 4096 };

/* A GPU, open, with memory to copy. */
struct end {
    struct device *device; /* NULL if it does not open or has no memory */
    CUdeviceptr at;
    size_t bytes;
};

static void allocate(struct end *e)
{
    const struct driver *cu = &e->device->cu;
    e->bytes = BYTES_MOST;
    while (cu->cuMemAlloc(&e->at, e->bytes) && e->bytes > BYTES_LEAST)
        e->bytes /= 2;
}

/* Fills a GPU's memory with one byte. */
static CUresult fill(const struct end *e, unsigned char byte)
{
    const struct driver *cu = &e->device->cu;
    CUresult error = cu->cuCtxSetCurrent(e->device->context);
    if (!error)
        error = cu->cuMemsetD8Async(e->at, byte, e->bytes, e->device->stream);
    return error ? error : cu->cuStreamSynchronize(e->device->stream);
}

/* Whether the memory, looked at where it begins, is not full of this byte. */
static bool is_other(const struct end *e, unsigned char byte)
{
    unsigned char seen[LOOKED_AT], want[LOOKED_AT];
    memset(want, byte, sizeof want);
    return e->device->cu.cuCtxSetCurrent(e->device->context) ||
           e->device->cu.cuMemcpyDtoH(seen, e->at, sizeof seen) ||
           memcmp(seen, want, sizeof seen) != 0;
}

static void open_end(struct end *e, int index, char *trouble, size_t trouble_bytes)
{
    struct device_request request = {.index = index};
    struct failure why;
    if (device_open(&request, &e->device, &why)) {
        snprintf(trouble, trouble_bytes, "%.250s", why.text);
        return;
    }
    if (!e->device->integrated)
        allocate(e);
    if (e->at)
        return;
    if (!e->device->integrated) /* else it works in the CPU's memory, and no copy is needed */
        snprintf(trouble, trouble_bytes, "it has no %d MiB of memory free", BYTES_LEAST >> 20);
    device_close(e->device);
    e->device = NULL;
}

static void close_end(struct end *e)
{
    if (!e->device)
        return;
    e->device->cu.cuCtxSetCurrent(e->device->context);
    e->device->cu.cuMemFree(e->at);
    device_close(e->device);
}

static double rate(const struct end *e, bool is_out, bool pinned, char *trouble,
                   size_t trouble_bytes)
{
    nanos taken[COPIES];
    struct failure why;
    if (interrupt_requested())
        return NAN;
    guard_enter("copying between host and device");
    const enum status status =
        device_copy(e->device, e->at, e->bytes, is_out, pinned, taken, COPIES, &why);
    guard_leave();
    if (status)
        snprintf(trouble, trouble_bytes, "%.250s", why.text);
    return status ? NAN : link_best(e->bytes, taken, COPIES);
}

static void measure_host(struct gpu_copies *c, int i, const struct end *e)
{
    char *trouble = c->trouble[i];
    const size_t bytes = sizeof c->trouble[i];
    e->device->cu.cuCtxSetCurrent(e->device->context);
    c->host[i] = (struct link_rates){.in_pinned = rate(e, false, true, trouble, bytes),
                                     .in_pageable = rate(e, false, false, trouble, bytes),
                                     .out_pinned = rate(e, true, true, trouble, bytes),
                                     .out_pageable = rate(e, true, false, trouble, bytes)};
    c->pcie[i] = sensors_pcie(e->device, nvml_open(e->device->pci));
}

/* Whether `from` reaches the memory of `to`; lets it. */
static bool reach(const struct end *from, const struct end *to)
{
    const struct driver *cu = &from->device->cu;
    int can = 0;
    if (!cu->cuDeviceCanAccessPeer || !cu->cuCtxEnablePeerAccess ||
        cu->cuDeviceCanAccessPeer(&can, from->device->handle, to->device->handle) || !can)
        return false;
    const CUresult error = cu->cuCtxEnablePeerAccess(to->device->context, 0);
    return !error || error == CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED;
}

/* The best of a few times that some copies in a row take. What arrives is another byte than what
 * was there. */
static double rate_between(const struct end *from, const struct end *to, bool *is_wrong)
{
    const struct driver *cu = &from->device->cu;
    const size_t bytes = from->bytes < to->bytes ? from->bytes : to->bytes;
    nanos taken[COPIES];
    CUresult error = cu->cuMemcpyPeerAsync ? fill(to, 0xa5) : CUDA_ERROR_UNKNOWN;
    if (!error)
        error = fill(from, 0x3c);                 /* and its context is the current one */
    for (int i = -1; i < COPIES && !error; i++) { /* the first one does not count */
        const nanos start = clock_now();
        for (int k = 0; k < IN_A_ROW && !error; k++)
            error = cu->cuMemcpyPeerAsync(to->at, to->device->context, from->at,
                                          from->device->context, bytes, from->device->stream);
        if (!error)
            error = cu->cuStreamSynchronize(from->device->stream);
        if (i >= 0)
            taken[i] = clock_now() - start;
    }
    *is_wrong = !error && is_other(to, 0x3c);
    return error ? NAN : link_best(IN_A_ROW * (uint64_t)bytes, taken, COPIES);
}

static void measure_pairs(struct gpu_copies *c, const struct end *ends)
{
    for (int i = 0; i < c->count * c->count && !interrupt_requested(); i++) {
        const struct end *from = &ends[i / c->count], *to = &ends[i % c->count];
        if (from == to || !from->device || !to->device)
            continue;
        guard_enter("copying between GPUs");
        from->device->cu.cuCtxSetCurrent(from->device->context);
        c->is_direct[i] = reach(from, to);
        c->between[i] = rate_between(from, to, &c->is_wrong[i]);
        guard_leave();
    }
}

enum status gpu_copies_measure(struct gpu_copies *c, struct failure *why)
{
    const enum status status = device_count(&c->count, why);
    const size_t count = status ? 0 : (size_t)c->count;
    c->count = (int)count;
    c->host = need_array(count + 1, sizeof *c->host);
    c->pcie = need_array(count + 1, sizeof *c->pcie);
    c->trouble = need_array(count + 1, sizeof *c->trouble);
    c->between = need_array(count * count + 1, sizeof *c->between);
    c->is_direct = need_array(count * count + 1, sizeof *c->is_direct);
    c->is_wrong = need_array(count * count + 1, sizeof *c->is_wrong);
    struct end *ends = need_array(count + 1, sizeof *ends);
    for (size_t i = 0; i < count * count; i++)
        c->between[i] = NAN;
    for (int i = 0; i < c->count; i++) {
        c->host[i] = (struct link_rates){NAN, NAN, NAN, NAN};
        open_end(&ends[i], i, c->trouble[i], sizeof c->trouble[i]);
        if (ends[i].device)
            measure_host(c, i, &ends[i]);
    }
    measure_pairs(c, ends);
    for (int i = 0; i < c->count; i++)
        close_end(&ends[i]);
    free(ends);
    return status;
}

void gpu_copies_free(struct gpu_copies *c)
{
    free(c->host);
    free(c->pcie);
    free(c->trouble);
    free(c->between);
    free(c->is_direct);
    free(c->is_wrong);
}
