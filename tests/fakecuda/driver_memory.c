/* driver_memory.c - device memory, as blocks of the host's heap of exactly the requested size, so
 * that ASan sees an access to the first byte behind it. New memory is 0xff throughout, a NaN in
 * every format, so that reads of unwritten memory show in the result. */
#include "tests/fakecuda/driver.h"
#include "tests/fakecuda/sample.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* This list keeps memory reachable until the process ends, so that memory which the program does
 * not free at its end is not reported as a leak. */
static struct allocation {
    char *begin;
    size_t bytes;
    struct allocation *next;
} *allocations;
static size_t allocated_bytes;

/* The bytes that may be allocated in total: the device's memory, or $FAKECUDA_MEMORY. */
static size_t capacity(void)
{
    const char *wall = getenv("FAKECUDA_MEMORY");
    return wall ? strtoull(wall, NULL, 10) : (size_t)profile_get()->memory_mib << 20;
}

static void *host(CUdeviceptr p)
{
    return (void *)(uintptr_t)p;
}

bool memory_is_allocated(CUdeviceptr pointer, size_t bytes)
{
    const uintptr_t begin = (uintptr_t)pointer;
    for (const struct allocation *a = allocations; a; a = a->next) {
        const uintptr_t first = (uintptr_t)a->begin;
        if (begin >= first && begin - first <= a->bytes && bytes <= a->bytes - (begin - first))
            return true;
    }
    return false;
}

bool fakecuda_is_allocated(const void *pointer, size_t bytes)
{
    return memory_is_allocated((CUdeviceptr)(uintptr_t)pointer, bytes);
}

CUresult cuMemGetInfo_v2(size_t *available, size_t *total)
{
    ENTER(__func__, NEEDS_CONTEXT);
    *total = (size_t)profile_get()->memory_mib << 20;
    *available = *total - allocated_bytes;
    return CUDA_SUCCESS;
}

CUresult cuMemAlloc_v2(CUdeviceptr *pointer, size_t bytes)
{
    ENTER(__func__, NEEDS_CONTEXT);
    if (!bytes)
        return CUDA_ERROR_INVALID_VALUE;
    if (bytes > capacity() - allocated_bytes)
        return CUDA_ERROR_OUT_OF_MEMORY;
    struct allocation *a = malloc(sizeof *a);
    char *begin = malloc(bytes);
    if (!a || !begin) {
        free(a);
        free(begin);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    memset(begin, 0xff, bytes);
    *a = (struct allocation){begin, bytes, allocations};
    allocations = a;
    allocated_bytes += bytes;
    *pointer = (uintptr_t)begin;
    return CUDA_SUCCESS;
}

CUresult cuMemFree_v2(CUdeviceptr pointer)
{
    ENTER(__func__, NEEDS_CONTEXT);
    for (struct allocation **a = &allocations; *a; a = &(*a)->next)
        if ((*a)->begin == host(pointer)) {
            struct allocation *gone = *a;
            *a = gone->next;
            allocated_bytes -= gone->bytes;
            sample_forget();
            free(gone->begin);
            free(gone);
            return CUDA_SUCCESS;
        }
    return pointer ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream stream)
{
    ENTER(__func__, NEEDS_CONTEXT);
    STREAM(stream);
    if (!memory_is_allocated(to, bytes))
        return CUDA_ERROR_INVALID_VALUE;
    sample_forget();
    memcpy(host(to), from, bytes);
    return CUDA_SUCCESS;
}

CUresult cuMemHostAlloc(void **pointer, size_t bytes, unsigned flags)
{
    ENTER(__func__, NEEDS_CONTEXT);
    if (!bytes || flags)
        return CUDA_ERROR_INVALID_VALUE;
    *pointer = malloc(bytes);
    return *pointer ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuMemFreeHost(void *pointer)
{
    ENTER(__func__, NEEDS_CONTEXT);
    free(pointer);
    return CUDA_SUCCESS;
}

/* A plain copy does not wait for a non-blocking stream: it would read what was there before. */
CUresult cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes)
{
    ENTER(__func__, NEEDS_CONTEXT);
    if (!stream_is_idle())
        return CUDA_ERROR_NOT_READY;
    if (!memory_is_allocated(from, bytes))
        return CUDA_ERROR_INVALID_VALUE;
    memcpy(to, host(from), bytes);
    return CUDA_SUCCESS;
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t bytes, CUstream stream)
{
    ENTER(__func__, NEEDS_CONTEXT);
    STREAM(stream);
    if (!memory_is_allocated(to, bytes))
        return CUDA_ERROR_INVALID_VALUE;
    if (fake_is_capturing())
        return fake_capture(&(struct fake_node){.to = to, .value = value, .bytes = bytes});
    memset(host(to), value, bytes);
    return CUDA_SUCCESS;
}

CUresult cuMemsetD2D8Async(CUdeviceptr to, size_t pitch, unsigned char value, size_t width,
                           size_t height, CUstream stream)
{
    ENTER(__func__, NEEDS_CONTEXT);
    STREAM(stream);
    if (!height || width > pitch || !memory_is_allocated(to, (height - 1) * pitch + width))
        return CUDA_ERROR_INVALID_VALUE;
    for (size_t row = 0; row < height; row++)
        memset(host(to + row * pitch), value, width);
    return CUDA_SUCCESS;
}

/* ---- between devices, which share the host's memory here. $FAKECUDA_PEERS says which reach each
 * other: "none", "pairs" (0 and 1, 2 and 3, …) or "all", the default. With "broken" nothing
 * arrives. ---- */

SINCE(0, cuDeviceCanAccessPeer, (int *can, CUdevice device, CUdevice peer))
{
    ENTER("cuDeviceCanAccessPeer", NEEDS_INIT);
    const char *peers = getenv("FAKECUDA_PEERS");
    if (device == peer)
        return CUDA_ERROR_INVALID_VALUE;
    *can =
        !peers || !strcmp(peers, "broken") || (!strcmp(peers, "pairs") && device / 2 == peer / 2);
    return CUDA_SUCCESS;
}

SINCE(0, cuCtxEnablePeerAccess, (CUcontext peer, unsigned flags))
{
    ENTER("cuCtxEnablePeerAccess", NEEDS_CONTEXT);
    return peer && !flags ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

SINCE(0, cuMemcpyPeerAsync,
      (CUdeviceptr to, CUcontext to_context, CUdeviceptr from, CUcontext from_context, size_t bytes,
       CUstream stream))
{
    ENTER("cuMemcpyPeerAsync", NEEDS_CONTEXT);
    STREAM(stream);
    if (!to_context || !from_context || !memory_is_allocated(to, bytes) ||
        !memory_is_allocated(from, bytes))
        return CUDA_ERROR_INVALID_VALUE;
    if (!getenv("FAKECUDA_PEERS") || strcmp(getenv("FAKECUDA_PEERS"), "broken") != 0)
        memmove(host(to), host(from), bytes);
    return CUDA_SUCCESS;
}
