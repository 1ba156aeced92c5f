/* driver.h - what the files of the fake driver share. The entry points are those of
 * kernels/driver/driver_symbols.h, with the program's own types: a signature that differs, or one
 * that is missing, does not build.
 *
 *   driver_device.c   starting, devices, the context, errors in words
 *   driver_memory.c   device memory: exact blocks of the host's heap
 *   driver_module.c   images: PTX text is read for its version, target and entries
 *   driver_launch.c   launches, streams, events
 *   driver_graph.c    capture and graphs
 *   model.c           how long a launch would take
 *   sample.cc         large launches of which some blocks are run
 *   inject.c          failures on demand */
#ifndef FAKECUDA_DRIVER_H
#define FAKECUDA_DRIVER_H

#include "kernels/driver/cuda_abi.h"
#include "tests/fakecuda/profiles.h"

#pragma GCC visibility push(default)
#define X(name, symbol, parameters) CUresult symbol parameters;
#define OPTIONAL(name, symbol, parameters)
#include "kernels/driver/driver_symbols.h"
#undef X
#undef OPTIONAL
#pragma GCC visibility pop

/* CUresult values that the program does not name. */
enum {
    FAKE_NOT_INITIALIZED = 3,
    FAKE_INVALID_DEVICE = 101,
    FAKE_INVALID_CONTEXT = 201,
    FAKE_INVALID_HANDLE = 400,
    FAKE_NOT_FOUND = 500,
    FAKE_OUT_OF_RESOURCES = 701,
    FAKE_CAPTURE_UNSUPPORTED = 900
};

/* An entry point that drivers have since a CUDA version: in older profiles dlsym() finds NULL.
 * Follow it with the body. */
#define SINCE(version, symbol, parameters)                                                         \
    static CUresult since_##symbol parameters;                                                     \
    __attribute__((used)) static CUresult(*resolve_##symbol(void)) parameters                      \
    {                                                                                              \
        return profile_get()->driver >= (version) ? since_##symbol : NULL;                         \
    }                                                                                              \
    __attribute__((visibility("default"), ifunc("resolve_" #symbol))) CUresult symbol parameters;  \
    static CUresult since_##symbol parameters

/* What has to precede a call. */
enum needs { NEEDS_NOTHING, NEEDS_INIT, NEEDS_CONTEXT };

/* Every entry point starts with this: failures asked for, cuInit forgotten, no context, or an
 * earlier kernel's fault. */
#define ENTER(name, needs)                                                                         \
    do {                                                                                           \
        CUresult entered = fake_enter(name, needs);                                                \
        if (entered)                                                                               \
            return entered;                                                                        \
    } while (0)
CUresult fake_enter(const char *name, enum needs needs);

/* Records a kernel's failure: every later call on the context returns it, as a real driver does. */
void fake_break_context(CUresult error);

/* inject.c: the error that $FAKECUDA_FAIL sets for this call, or 0. Does not return if
 * $FAKECUDA_HANG names the call. */
CUresult inject(const char *name);

/* inject.c: whether $FAKECUDA_SKIP says to leave out this launch of the kernel. */
bool inject_skip(const char *kernel);

/* The number of the multiprocessor that $FAKECUDA_SM makes faulty for this launch, or -1. */
int inject_sick_sm(const char *kernel);
void inject_spoil(const char *kernel, void **parameters);

/* inject.c: flips the bit that $FAKECUDA_FLIP names, after a launch of the kernel. */
void inject_flip(const char *kernel, void *const *parameters);

/* driver_device.c: the device of the context, -1 before there is one. */
int fake_current_device(void);

/* driver_launch.c: the order of work. Everything goes on the one stream, which does not wait for
 * what is on none: STREAM(stream) refuses another. Whether all of it has been waited for. */
#define STREAM(stream)                                                                             \
    do {                                                                                           \
        if (!stream_takes(stream))                                                                 \
            return (CUresult)FAKE_INVALID_HANDLE;                                                  \
    } while (0)
bool stream_takes(CUstream stream);
bool stream_is_idle(void);

/* For libraries beside this one (nccl.c): work() moves on what is on the stream beside the first,
 * and says whether it is done; whether all of the first stream has been waited for; whether the
 * range lies within one allocation. */
#pragma GCC visibility push(default)
void fakecuda_put_beside(bool (*work)(void));
bool fakecuda_is_idle(void);
bool fakecuda_is_beside(CUstream stream);
bool fakecuda_is_allocated(const void *pointer, size_t bytes);
#pragma GCC visibility pop

/* driver_memory.c: whether the range lies within one allocation. */
bool memory_is_allocated(CUdeviceptr pointer, size_t bytes);

/* driver_graph.c: a node of a graph, a kernel or (if `kernel` is NULL) a memset. */
enum { FAKE_PARAMETERS_MAX = 24, FAKE_PARAMETER_WORDS = 6 };
struct fake_node {
    CUfunction function;
    unsigned grid[3], block[3], shared_bytes;
    uint64_t parameter[FAKE_PARAMETERS_MAX][FAKE_PARAMETER_WORDS];
    CUdeviceptr to;
    unsigned char value;
    size_t bytes;
};
bool fake_is_capturing(void);
CUresult fake_capture(const struct fake_node *node);
/* Records that a call was made that cannot be captured. */
void fake_spoil_capture(void);

/* driver_module.c */
struct CUfunc_st {
    const struct cuda_cpu_kernel *kernel;
    const char *name;
    int max_threads, shared_bytes; /* from .maxntid and .shared of the PTX */
    int dynamic_shared_limit;
    size_t parameter_count;
    unsigned char
        parameter_bytes[FAKE_PARAMETERS_MAX]; /* each FAKE_PARAMETER_WORDS words at most */
};

#endif
