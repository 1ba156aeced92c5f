/* jit_cache.h - where the driver stores the kernels that it compiled from PTX, for the next start.
 *
 * That is $CUDA_CACHE_PATH, or ~/.nv/ComputeCache. In a container there is often no home, or one
 * that cannot be written, and the driver then compiles at every start and says nothing. */
#ifndef KERNELS_JIT_CACHE_H
#define KERNELS_JIT_CACHE_H

#include <limits.h>

enum jit_cache_state {
    JIT_CACHE_USUAL,   /* the driver's own choice, or $CUDA_CACHE_PATH, can be written */
    JIT_CACHE_MOVED,   /* it cannot: $CUDA_CACHE_PATH was set to `path` */
    JIT_CACHE_NOWHERE, /* no directory for temporary files can be written either */
    JIT_CACHE_OFF,     /* $CUDA_CACHE_DISABLE */
};

struct jit_cache {
    enum jit_cache_state state;
    char path[PATH_MAX];  /* where it is; "" if NOWHERE or OFF */
    char usual[PATH_MAX]; /* where the driver would have put it; "" without a home */
};

/* Finds a directory and sets $CUDA_CACHE_PATH to it. Call it before the driver is loaded. */
struct jit_cache jit_cache_prepare(void);

#endif
