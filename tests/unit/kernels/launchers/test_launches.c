/* test_launches.c - what every GPU variant asks of the driver: memory, copies, and the shape of
 * each launch, on an H100 that is a struct of functions that take notes. Compared with
 * tests/golden/launches.txt, which UPDATE_GOLDEN=1 writes anew; kernels of Hopper run nowhere
 * without such a GPU, so nothing else sees a wrong shape of theirs. */
#include "kernels/backend/gpu_backend.h"
#include "kernels/device/device.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char golden[] = "tests/golden/launches.txt";
static FILE *notes;
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
    (void)to, (void)stream;
    fprintf(notes, "  copy %zu: %04x\n", bytes, digest(from, bytes));
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
    (void)to, (void)stream;
    fprintf(notes, "  set %zu to %d\n", bytes, value);
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

static CUresult launch_kernel(CUfunction function, unsigned grid_x, unsigned grid_y,
                              unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z,
                              unsigned shared, CUstream stream, void **parameters, void **extra)
{
    (void)stream, (void)parameters, (void)extra;
    fprintf(notes, "  %s %u×%u×%u, %u×%u×%u, %u\n", (const char *)(void *)function, grid_x, grid_y,
            grid_z, block_x, block_y, block_z, shared);
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
    (void)address;
    memset(map, 0, sizeof *map);
    fprintf(notes, "  map %d, %d, %d, %d, %d:", (int)type, (int)interleave, (int)swizzle,
            (int)promotion, (int)fill);
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
    *ms = 1;
    return CUDA_SUCCESS;
}

static struct device h100(void)
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
    d.facts.simulated = true;
    d.facts.memory_total = d.facts.memory_free = (uint64_t)80 << 30;
    return d;
}

static void note(struct device *d, const struct variant *v, uint64_t n, const char *how)
{
    const struct problem p = {v->op, n, 1, RANGE_UNIT,
                              strstr(arithmetic_name(v->arithmetic), "f64") ? ELEMENT_F64
                                                                            : ELEMENT_F32};
    struct plan plan;
    struct job *job = NULL;
    struct sample sample;
    struct failure why = {0};
    gpu_backend.plan(d, v, &p, &plan);
    fprintf(notes, "%s/%s/%s n=%llu%s: %llu bytes, %u rows\n", op_name(v->op),
            arithmetic_name(v->arithmetic), v->name, (unsigned long long)n, how,
            (unsigned long long)plan.bytes, plan.panel_rows);
    enum status status = gpu_backend.begin(d, &plan, &job, &why);
    if (status == STATUS_OK)
        status = gpu_backend.load(job, v, &why);
    if (status == STATUS_OK)
        status = gpu_backend.run(job, v, 1, &sample, &why);
    if (status != STATUS_OK)
        fprintf(notes, "  %s\n", why.text);
    gpu_backend.end(job);
}

/* The text of the golden file; to be freed. */
static char *read_golden(void)
{
    char *text = NULL;
    size_t room = 0;
    FILE *file = fopen(golden, "re");
    cr_assert(file, "no %s: run this in the root of the repository", golden);
    cr_assert(getdelim(&text, &room, '\0', file) > 0);
    fclose(file);
    return text;
}

/* Where two texts differ first: whole lines, from the variant's own on. */
static void expect_same(const char *is, const char *was)
{
    size_t at = 0;
    while (is[at] && is[at] == was[at])
        at++;
    if (is[at] == was[at])
        return;
    while (at > 0 && (is[at] == ' ' || is[at - 1] != '\n'))
        at--;
    cr_expect_fail(
        "is\n%.700s\nand was\n%.700s\nIf that is meant: UPDATE_GOLDEN=1 build/tests/unit "
        "--filter 'launches/*' writes %s anew.",
        is + at, was + at, golden);
}

Test(launches, of_each_variant_are_the_golden_ones)
{
    char *text;
    size_t bytes;
    notes = open_memstream(&text, &bytes);
    for (size_t i = 0; i < gpu_backend.variant_count; i++) {
        const struct variant *v = &gpu_backend.variants[i];
        if (v->library)
            continue;
        struct device whole = h100(), small = h100(), shared = h100();
        note(&whole, v, 1000, "");
        if (v->op != OP_SUM_AAT)
            continue;
        small.facts.memory_free = 14 << 20;
        note(&small, v, 2000, " streamed");
        shared.share = (struct share){.begin = 1, .end = 2, .of = 3};
        note(&shared, v, 1000, " a third");
    }
    fclose(notes);
    if (getenv("UPDATE_GOLDEN")) {
        FILE *file = fopen(golden, "we");
        cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
    }
    char *was = read_golden();
    expect_same(text, was);
    free(was);
    free(text);
}
