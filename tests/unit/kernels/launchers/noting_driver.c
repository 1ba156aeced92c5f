/* noting_driver.c - entry points of a driver that note their arguments. */
#include "tests/unit/kernels/launchers/noting_driver.h"

#include "tests/unit/kernels/launchers/kernel_arguments.h"

#include <string.h>

FILE *notes;
unsigned noting_calls, noting_fails_at;
const char *noting_failed;
static CUdeviceptr next_address;

/* What a call answers: an error if it is the one that is to fail. */
static CUresult outcome(const char *call)
{
    if (++noting_calls != noting_fails_at)
        return CUDA_SUCCESS;
    noting_failed = call;
    return CUDA_ERROR_INVALID_VALUE;
}

/* Tells the contents of copies apart. */
static unsigned digest(const void *from, size_t bytes)
{
    unsigned sum = 2166136261u;
    for (size_t i = 0; i < bytes; i++)
        sum = (sum ^ ((const unsigned char *)from)[i]) * 16777619u;
    return sum & 0xffff;
}

static CUresult allocate(CUdeviceptr *at, size_t bytes)
{
    fprintf(notes, "  %zu bytes\n", bytes);
    const CUresult error = outcome("cuMemAlloc");
    if (error)
        return error;
    *at = next_address;
    next_address += (bytes + 511) / 256 * 256;
    return CUDA_SUCCESS;
}

static CUresult release(CUdeviceptr at)
{
    (void)at;
    return CUDA_SUCCESS;
}

static CUresult copy_in(CUdeviceptr to, const void *from, size_t bytes, CUstream stream)
{
    (void)stream;
    fprintf(notes, "  copy %zu to %llx: %04x\n", bytes, (unsigned long long)to,
            digest(from, bytes));
    return outcome("cuMemcpyHtoDAsync");
}

static CUresult copy_out(void *to, CUdeviceptr from, size_t bytes)
{
    fprintf(notes, "  read %zu from %llx\n", bytes, (unsigned long long)from);
    memset(to, 0, bytes);
    return outcome("cuMemcpyDtoH");
}

static CUresult set(CUdeviceptr to, unsigned char value, size_t bytes, CUstream stream)
{
    (void)stream;
    fprintf(notes, "  set %zu at %llx to %d\n", bytes, (unsigned long long)to, value);
    return outcome("cuMemsetD8Async");
}

static CUresult set_rows(CUdeviceptr to, size_t pitch, unsigned char value, size_t width,
                         size_t height, CUstream stream)
{
    (void)stream;
    fprintf(notes, "  set %zu rows of %zu in %zu at %llx to %d\n", height, width, pitch,
            (unsigned long long)to, value);
    return outcome("cuMemsetD2D8Async");
}

static CUresult load_module(CUmodule *module, const void *image, unsigned count,
                            CUjit_option *names, void **values)
{
    (void)image, (void)count, (void)names, (void)values;
    *module = (CUmodule)&notes;
    return outcome("cuModuleLoadDataEx");
}

static CUresult function_named(CUfunction *function, CUmodule module, const char *name)
{
    (void)module;
    *function = (CUfunction)(uintptr_t)name; /* the table's own text */
    return outcome("cuModuleGetFunction");
}

static CUresult global_named(CUdeviceptr *at, size_t *bytes, CUmodule module, const char *name)
{
    (void)module;
    *at = 256;
    *bytes = 1 << 20;
    fprintf(notes, "  %s\n", name);
    return outcome("cuModuleGetGlobal");
}

static CUresult set_attribute(CUfunction function, CUfunction_attribute attribute, int value)
{
    (void)function;
    fprintf(notes, "  attribute %d = %d\n", (int)attribute, value);
    return outcome("cuFuncSetAttribute");
}

static CUresult get_attribute(int *value, CUfunction_attribute attribute, CUfunction function)
{
    (void)attribute, (void)function;
    *value = 64;
    return outcome("cuFuncGetAttribute");
}

static CUresult occupancy(int *blocks, CUfunction function, int block, size_t shared)
{
    (void)function;
    fprintf(notes, "  blocks of %d with %zu bytes\n", block, shared);
    *blocks = 2;
    return outcome("cuOccupancyMaxActiveBlocksPerMultiprocessor");
}

static void note_launch(CUfunction function, const unsigned grid[3], const unsigned block[3],
                        unsigned shared, void **parameters)
{
    const char *name = (const char *)(void *)function;
    fprintf(notes, "  %s %u×%u×%u, %u×%u×%u, %u\n", name, grid[0], grid[1], grid[2], block[0],
            block[1], block[2], shared);
    kernel_arguments_write(notes, name, parameters);
}

static CUresult launch_kernel(CUfunction function, unsigned grid_x, unsigned grid_y,
                              unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z,
                              unsigned shared, CUstream stream, void **parameters, void **extra)
{
    (void)stream, (void)extra;
    note_launch(function, (unsigned[]){grid_x, grid_y, grid_z},
                (unsigned[]){block_x, block_y, block_z}, shared, parameters);
    return outcome("cuLaunchKernel");
}

static CUresult launch_with_attributes(const CUlaunchConfig *c, CUfunction function,
                                       void **parameters, void **extra)
{
    (void)extra;
    note_launch(function, (unsigned[]){c->gridDimX, c->gridDimY, c->gridDimZ},
                (unsigned[]){c->blockDimX, c->blockDimY, c->blockDimZ}, c->sharedMemBytes,
                parameters);
    for (unsigned i = 0; i < c->numAttrs; i++)
        if (c->attrs[i].id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION)
            fprintf(notes, "    cluster %u×%u×%u\n", c->attrs[i].value.clusterDim.x,
                    c->attrs[i].value.clusterDim.y, c->attrs[i].value.clusterDim.z);
        else
            fprintf(notes, "    attribute %d = %d\n", (int)c->attrs[i].id,
                    c->attrs[i].value.cooperative);
    return outcome("cuLaunchKernelEx");
}

static CUresult encode(CUtensorMap *map, CUtensorMapDataType type, unsigned rank, void *address,
                       const uint64_t *dim, const uint64_t *stride, const unsigned *box,
                       const unsigned *element_stride, CUtensorMapInterleave interleave,
                       CUtensorMapSwizzle swizzle, CUtensorMapL2promotion promotion,
                       CUtensorMapFloatOOBfill fill)
{
    memset(map, 0, sizeof *map);
    fprintf(notes, "  map of %llx, %d, %d, %d, %d, %d:", (unsigned long long)(uintptr_t)address,
            (int)type, (int)interleave, (int)swizzle, (int)promotion, (int)fill);
    for (unsigned i = 0; i < rank; i++)
        fprintf(notes, " %llu by %llu in %u by %u", (unsigned long long)dim[i],
                (unsigned long long)(i + 1 < rank ? stride[i] : 0), box[i], element_stride[i]);
    fputc('\n', notes);
    return outcome("cuTensorMapEncodeTiled");
}

/* Events are numbered from 1 on, because NULL is none. */
static unsigned number_of(CUevent event)
{
    return (unsigned)(uintptr_t)event - 1;
}

static CUresult record(CUevent event, CUstream stream)
{
    (void)stream;
    fprintf(notes, "  event %u\n", number_of(event));
    return outcome("cuEventRecord");
}

static CUresult wait_event(CUevent event)
{
    fprintf(notes, "  wait for event %u\n", number_of(event));
    return outcome("cuEventSynchronize");
}

static CUresult wait_stream(CUstream stream)
{
    (void)stream;
    fputs("  wait\n", notes);
    return outcome("cuStreamSynchronize");
}

/* Other times between other events, all below a millisecond, in which the host need not wait. */
static CUresult elapsed(float *ms, CUevent from, CUevent to)
{
    fprintf(notes, "  time from event %u to %u\n", number_of(from), number_of(to));
    *ms = 0.0625f * (float)(number_of(to) * number_of(to) - number_of(from) * number_of(from));
    return outcome("cuEventElapsedTime");
}

void noting_begin(void)
{
    next_address = 1 << 20;
}

struct device noting_h100(void)
{
    struct device d = {.cc = 90,
                       .sms = 132,
                       .l2_bytes = 50 << 20,
                       .shared_optin_bytes = 227 << 10,
                       .clock_khz = 1980000,
                       .cu = {.version = 13000,
                              .cuMemAlloc = allocate,
                              .cuMemFree = release,
                              .cuMemcpyHtoDAsync = copy_in,
                              .cuMemcpyDtoH = copy_out,
                              .cuMemsetD8Async = set,
                              .cuMemsetD2D8Async = set_rows,
                              .cuModuleLoadDataEx = load_module,
                              .cuModuleGetFunction = function_named,
                              .cuModuleGetGlobal = global_named,
                              .cuFuncSetAttribute = set_attribute,
                              .cuFuncGetAttribute = get_attribute,
                              .cuOccupancyMaxActiveBlocksPerMultiprocessor = occupancy,
                              .cuLaunchKernel = launch_kernel,
                              .cuLaunchKernelEx = launch_with_attributes,
                              .cuTensorMapEncodeTiled = encode,
                              .cuEventRecord = record,
                              .cuEventSynchronize = wait_event,
                              .cuEventQuery = wait_event,
                              .cuStreamSynchronize = wait_stream,
                              .cuEventElapsedTime = elapsed}};
    for (unsigned i = 0; i < DEVICE_EVENTS; i++)
        d.event[i] = (CUevent)(uintptr_t)(i + 1);
    d.facts.memory_total = d.facts.memory_free = (uint64_t)80 << 30;
    return d;
}
