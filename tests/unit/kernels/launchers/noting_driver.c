/* noting_driver.c - entry points of a driver that note their arguments. */
#include "tests/unit/kernels/launchers/noting_driver.h"

#include "kernels/interface/tile_range.h"

#include <string.h>

FILE *notes;
static CUdeviceptr next_address;

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
    return CUDA_SUCCESS;
}

static CUresult copy_out(void *to, CUdeviceptr from, size_t bytes)
{
    (void)from;
    memset(to, 0, bytes);
    return CUDA_SUCCESS;
}

static CUresult set(CUdeviceptr to, unsigned char value, size_t bytes, CUstream stream)
{
    (void)stream;
    fprintf(notes, "  set %zu at %llx to %d\n", bytes, (unsigned long long)to, value);
    return CUDA_SUCCESS;
}

static CUresult set_rows(CUdeviceptr to, size_t pitch, unsigned char value, size_t width,
                         size_t height, CUstream stream)
{
    (void)to, (void)stream;
    fprintf(notes, "  set %zu rows of %zu in %zu to %d\n", height, width, pitch, value);
    return CUDA_SUCCESS;
}

static CUresult load_module(CUmodule *module, const void *image, unsigned count,
                            CUjit_option *names, void **values)
{
    (void)image, (void)count, (void)names, (void)values;
    *module = (CUmodule)&notes;
    return CUDA_SUCCESS;
}

static CUresult function_named(CUfunction *function, CUmodule module, const char *name)
{
    (void)module;
    *function = (CUfunction)(uintptr_t)name; /* the table's own text */
    return CUDA_SUCCESS;
}

static CUresult global_named(CUdeviceptr *at, size_t *bytes, CUmodule module, const char *name)
{
    (void)module;
    *at = 256;
    *bytes = 1 << 20;
    fprintf(notes, "  %s\n", name);
    return CUDA_SUCCESS;
}

static CUresult set_attribute(CUfunction function, CUfunction_attribute attribute, int value)
{
    (void)function;
    fprintf(notes, "  attribute %d = %d\n", (int)attribute, value);
    return CUDA_SUCCESS;
}

static CUresult get_attribute(int *value, CUfunction_attribute attribute, CUfunction function)
{
    (void)attribute, (void)function;
    *value = 64;
    return CUDA_SUCCESS;
}

static CUresult occupancy(int *blocks, CUfunction function, int block, size_t shared)
{
    (void)function;
    fprintf(notes, "  blocks of %d with %zu bytes\n", block, shared);
    *blocks = 2;
    return CUDA_SUCCESS;
}

static unsigned number(const void *parameter)
{
    return *(const unsigned *)parameter;
}

static CUresult launch_kernel(CUfunction function, unsigned grid_x, unsigned grid_y,
                              unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z,
                              unsigned shared, CUstream stream, void **parameters, void **extra)
{
    const char *name = (const char *)(void *)function;
    (void)stream, (void)extra;
    fprintf(notes, "  %s %u×%u×%u, %u×%u×%u, %u\n", name, grid_x, grid_y, grid_z, block_x, block_y,
            block_z, shared);
    if (strncmp(name, "fill_philox", 11) == 0)
        fprintf(notes, "    at %llx: %u rows from %u on, column %u, in %u\n",
                *(unsigned long long *)parameters[0], number(parameters[2]), number(parameters[4]),
                4 * number(parameters[5]), number(parameters[3]));
    if ((strcmp(name, "sum_c") == 0 || strcmp(name, "sum_c_f64") == 0) && number(parameters[3]))
        fputs("    of the lower half\n", notes);
    if (strncmp(name, "convert_", 8) == 0)
        fprintf(notes, "    %zu\n",
                *(size_t *)parameters[strncmp(name, "convert_c", 9) == 0 ? 1 : 2]);
    if (strstr(name, "sum_aat_") == name && strstr(name, "triangle")) {
        const struct tile_range *r = parameters[7];
        fprintf(notes, "    %llx by %llx: %u from %u on by %u from %u on, the first %u, of %u\n",
                *(unsigned long long *)parameters[0], *(unsigned long long *)parameters[1], r->rows,
                r->row, r->cols, r->col, r->first, r->down);
    }
    return CUDA_SUCCESS;
}

static CUresult launch_with_attributes(const CUlaunchConfig *c, CUfunction function,
                                       void **parameters, void **extra)
{
    launch_kernel(function, c->gridDimX, c->gridDimY, c->gridDimZ, c->blockDimX, c->blockDimY,
                  c->blockDimZ, c->sharedMemBytes, c->hStream, parameters, extra);
    for (unsigned i = 0; i < c->numAttrs; i++)
        if (c->attrs[i].id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION)
            fprintf(notes, "    cluster %u×%u×%u\n", c->attrs[i].value.clusterDim.x,
                    c->attrs[i].value.clusterDim.y, c->attrs[i].value.clusterDim.z);
        else
            fprintf(notes, "    attribute %d = %d\n", (int)c->attrs[i].id,
                    c->attrs[i].value.cooperative);
    return CUDA_SUCCESS;
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
    return CUDA_SUCCESS;
}

static CUresult record(CUevent event, CUstream stream)
{
    (void)event, (void)stream;
    return CUDA_SUCCESS;
}

static CUresult wait_event(CUevent event)
{
    (void)event;
    return CUDA_SUCCESS;
}

static CUresult wait_stream(CUstream stream)
{
    (void)stream;
    return CUDA_SUCCESS;
}

static CUresult elapsed(float *ms, CUevent from, CUevent to)
{
    (void)from, (void)to;
    *ms = 0.5f;
    return CUDA_SUCCESS;
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
    d.facts.memory_total = d.facts.memory_free = (uint64_t)80 << 30;
    return d;
}
