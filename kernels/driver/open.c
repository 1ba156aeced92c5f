/* open.c - finds, loads and starts the CUDA driver. */
#include "kernels/driver/open.h"

#include "kernels/driver/explain.h"
#include "kernels/driver/jit_cache.h"

#include <dlfcn.h>
#include <string.h>

#define LIBRARY "libcuda.so.1"

enum status driver_open(struct driver *cu, struct failure *why)
{
    memset(cu, 0, sizeof *cu);
    jit_cache_prepare();
    cu->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!cu->library)
        cu->library = dlopen(DRIVER_WSL_DIRECTORY LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!cu->library)
        return explain_no_library(why);
    const char *missing = NULL;
#define LOOK_UP(name, symbol) *(void **)&cu->name = dlsym(cu->library, #symbol)
#define X(name, symbol, parameters)                                                                \
    LOOK_UP(name, symbol);                                                                         \
    if (!cu->name)                                                                                 \
        missing = #symbol;
#define OPTIONAL(name, symbol, parameters) LOOK_UP(name, symbol);
#include "kernels/driver/driver_symbols.h"
#undef X
#undef OPTIONAL
#undef LOOK_UP
    if (!cu->cuEventElapsedTime)
        cu->cuEventElapsedTime = cu->cuEventElapsedTime_v2;
    if (!cu->cuEventElapsedTime)
        missing = "cuEventElapsedTime";
    if (missing)
        return fail(
            why, STATUS_NO_DEVICE,
            "the NVIDIA driver is too old: it has no %s; gpubench needs 384 (CUDA 9.0) or newer",
            missing);
    CUresult error = cu->cuInit(0);
    if (error)
        return explain_init(cu, error, why);
    int count = 0;
    error = cu->cuDriverGetVersion(&cu->version);
    if (!error)
        error = cu->cuDeviceGetCount(&count);
    if (error || !count)
        return explain_init(cu, error ? error : CUDA_ERROR_NO_DEVICE, why);
    return STATUS_OK;
}
