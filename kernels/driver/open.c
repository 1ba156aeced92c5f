/* open.c - finds, loads and starts the CUDA driver. */
#include "kernels/driver/open.h"

#include "kernels/driver/explain.h"
#include "kernels/driver/jit_cache.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define LIBRARY "libcuda.so.1"

enum status driver_open(struct driver *cu, struct failure *why)
{
    memset(cu, 0, sizeof *cu);
    jit_cache_prepare();
    static const char *const names[] = {LIBRARY, DRIVER_WSL_DIRECTORY LIBRARY,
                                        DRIVER_JETSON_DIRECTORY LIBRARY,
                                        DRIVER_TEGRA_DIRECTORY LIBRARY};
    char reason[400] = "";
    for (size_t i = 0; i < sizeof names / sizeof *names && !cu->library; i++) {
        cu->library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (!cu->library && i == 0)
            snprintf(reason, sizeof reason, "%s", dlerror());
    }
    if (!cu->library)
        return explain_no_library(reason, why);
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
    if (error)
        return explain_init(cu, error, why);
    const enum status status = driver_count(cu, &count, why);
    return status == STATUS_OK && !count ? explain_init(cu, CUDA_ERROR_NO_DEVICE, why) : status;
}

enum status driver_count(const struct driver *cu, int *count, struct failure *why)
{
    *count = 0;
    const CUresult error = cu->cuDeviceGetCount(count);
    if (error)
        return explain_init(cu, error, why);
    if (*count >= 0 && *count <= DRIVER_DEVICES_MAX)
        return STATUS_OK;
    return fail(why, STATUS_FAILED,
                "the driver counts %d GPUs, which cannot be (at most %d): install it again", *count,
                DRIVER_DEVICES_MAX);
}
