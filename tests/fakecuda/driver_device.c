/* driver_device.c - starts the driver; its devices, the context, error texts. A process has a
 * context on one device only, so all devices share one state and differ in their numbers. */
#include "tests/fakecuda/driver.h"
#include "tests/fakecuda/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool initialised, has_context;
static CUresult broken;

/* Errors after which a real context is of no use any more. */
static bool stays(CUresult error)
{
    return error == CUDA_ERROR_DEVICE_UNAVAILABLE || error == CUDA_ERROR_ECC_UNCORRECTABLE ||
           (error >= CUDA_ERROR_ILLEGAL_ADDRESS && error <= CUDA_ERROR_LAUNCH_FAILED &&
            (int)error != FAKE_OUT_OF_RESOURCES) ||
           error == CUDA_ERROR_UNKNOWN;
}

CUresult fake_enter(const char *name, enum needs needs)
{
    if (profile_get()->init_error == CUDA_ERROR_STUB_LIBRARY)
        return CUDA_ERROR_STUB_LIBRARY;
    CUresult wanted = inject(name);
    if (wanted && needs >= NEEDS_CONTEXT && stays(wanted))
        broken = wanted;
    if (wanted)
        return wanted;
    if (needs >= NEEDS_INIT && !initialised)
        return (CUresult)FAKE_NOT_INITIALIZED;
    if (needs >= NEEDS_CONTEXT && !has_context)
        return (CUresult)FAKE_INVALID_CONTEXT;
    return needs >= NEEDS_CONTEXT ? broken : CUDA_SUCCESS;
}

void fake_break_context(CUresult error)
{
    broken = error;
}

CUresult cuInit(unsigned flags)
{
    ENTER(__func__, NEEDS_NOTHING);
    if (flags)
        return CUDA_ERROR_INVALID_VALUE;
    initialised = !profile_get()->init_error;
    return (CUresult)profile_get()->init_error;
}

CUresult cuDriverGetVersion(int *version)
{
    ENTER(__func__, NEEDS_NOTHING);
    *version = profile_get()->driver;
    return CUDA_SUCCESS;
}

static int from_environment(const char *variable, int otherwise)
{
    const char *text = getenv(variable);
    return text ? atoi(text) : otherwise;
}

CUresult cuDeviceGetCount(int *count)
{
    ENTER(__func__, NEEDS_INIT);
    *count = from_environment("FAKECUDA_DEVICES", 1);
    return CUDA_SUCCESS;
}

static CUresult check_device(CUdevice device)
{
    const bool is_one = device >= 0 && device < from_environment("FAKECUDA_DEVICES", 1);
    return is_one ? CUDA_SUCCESS : (CUresult)FAKE_INVALID_DEVICE;
}

CUresult cuDeviceGet(CUdevice *device, int ordinal)
{
    ENTER(__func__, NEEDS_INIT);
    *device = ordinal;
    return check_device(ordinal);
}

CUresult cuDeviceGetName(char *name, int bytes, CUdevice device)
{
    ENTER(__func__, NEEDS_INIT);
    if (bytes <= 0)
        return CUDA_ERROR_INVALID_VALUE;
    snprintf(name, (size_t)bytes, "%s", profile_get()->name);
    return check_device(device);
}

CUresult cuDeviceGetPCIBusId(char *id, int bytes, CUdevice device)
{
    ENTER(__func__, NEEDS_INIT);
    const char *made_up = getenv("FAKECUDA_PCI");
    if (bytes < 13)
        return CUDA_ERROR_INVALID_VALUE;
    if (made_up)
        snprintf(id, (size_t)bytes, "%s", made_up);
    else
        snprintf(id, (size_t)bytes, "0000:%02x:00.0", 1 + (unsigned)device);
    return check_device(device);
}

static CUresult get_uuid(CUuuid *uuid, CUdevice device)
{
    memset(uuid, 0, sizeof *uuid);
    strncpy(uuid->bytes, profile_get()->word, sizeof uuid->bytes - 1);
    uuid->bytes[sizeof uuid->bytes - 1] = (char)device;
    return check_device(device);
}

SINCE(9020, cuDeviceGetUuid, (CUuuid * uuid, CUdevice device))
{
    ENTER("cuDeviceGetUuid", NEEDS_INIT);
    return get_uuid(uuid, device);
}

SINCE(11040, cuDeviceGetUuid_v2, (CUuuid * uuid, CUdevice device))
{
    ENTER("cuDeviceGetUuid_v2", NEEDS_INIT);
    return get_uuid(uuid, device);
}

CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device)
{
    ENTER(__func__, NEEDS_INIT);
    *bytes = (size_t)profile_get()->memory_mib << 20;
    return check_device(device);
}

/* The attributes that the program reads; others return CUDA_ERROR_INVALID_VALUE, as a real driver
 * does for an unknown one. */
CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice device)
{
    ENTER(__func__, NEEDS_INIT);
    const struct profile *p = profile_get();
    switch (attribute) {
    case CU_DEVICE_ATTRIBUTE_CLOCK_RATE:
        *value = p->clock_khz;
        break;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
        *value = p->sms;
        break;
    case CU_DEVICE_ATTRIBUTE_KERNEL_EXEC_TIMEOUT:
        *value = model_tells_of_limit();
        break;
    case CU_DEVICE_ATTRIBUTE_INTEGRATED:
        *value = strcmp(p->word, "orin") == 0;
        break;
    case CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES:
        if (p->driver < 9020)
            return CUDA_ERROR_INVALID_VALUE;
        *value = strcmp(p->word, "gh200") == 0;
        break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_MODE:
        *value = getenv("FAKECUDA_COMPUTE_MODE") ? atoi(getenv("FAKECUDA_COMPUTE_MODE")) : 0;
        break;
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
        *value = 1024;
        break;
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR:
        *value = p->cc == 75 ? 1024 : 2048;
        break;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK:
        *value = 48 << 10;
        break;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR:
        *value = p->shared_optin_bytes + (p->cc >= 80 ? 1 << 10 : 0);
        break;
    case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK:
    case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR:
        *value = 65536;
        break;
    case CU_DEVICE_ATTRIBUTE_WARP_SIZE:
        *value = 32;
        break;
    case CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY:
    case CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS:
    case CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING:
    case CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY:
    case CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT:
        *value = 1;
        break;
    case CU_DEVICE_ATTRIBUTE_ECC_ENABLED:
        *value = p->ecc;
        break;
    case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE:
        *value = p->memory_clock_khz;
        break;
    case CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH:
        *value = p->bus_bits;
        break;
    case CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE:
        *value = p->l2_kib << 10;
        break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
        *value = p->cc / 10;
        break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
        *value = p->cc % 10;
        break;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN:
        if (p->driver < 9000)
            return CUDA_ERROR_INVALID_VALUE;
        *value = p->shared_optin_bytes;
        break;
    default:
        return CUDA_ERROR_INVALID_VALUE;
    }
    return check_device(device);
}

static int current_device = -1;

int fake_current_device(void)
{
    return current_device;
}

CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device)
{
    ENTER(__func__, NEEDS_INIT);
    static char the_context;
    current_device = device;
    if (device == from_environment("FAKECUDA_LOST", -1))
        return CUDA_ERROR_UNKNOWN;
    *context = (CUcontext)(void *)&the_context;
    return check_device(device);
}

CUresult cuCtxSetCurrent(CUcontext context)
{
    ENTER(__func__, NEEDS_INIT);
    has_context = context;
    return CUDA_SUCCESS;
}

/* ---- error texts ---- */
static const struct error {
    int code;
    const char *name, *text;
} errors[] = {
    {0, "CUDA_SUCCESS", "no error"},
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {34, "CUDA_ERROR_STUB_LIBRARY", "CUDA driver is a stub library"},
    {46, "CUDA_ERROR_DEVICE_UNAVAILABLE", "CUDA-capable device(s) is/are busy or unavailable"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {209, "CUDA_ERROR_NO_BINARY_FOR_GPU",
     "no kernel image is available for execution on the device"},
    {214, "CUDA_ERROR_ECC_UNCORRECTABLE", "uncorrectable ECC error encountered"},
    {218, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
     "the provided PTX was compiled with an unsupported toolchain."},
    {304, "CUDA_ERROR_OPERATING_SYSTEM", "OS call failed or operation not supported on this OS"},
    {400, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {500, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {600, "CUDA_ERROR_NOT_READY", "device not ready"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"},
    {702, "CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated"},
    {719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {800, "CUDA_ERROR_NOT_PERMITTED", "operation not permitted"},
    {802, "CUDA_ERROR_SYSTEM_NOT_READY", "system not yet initialized"},
    {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
     "system has unsupported display driver / cuda driver combination"},
    {804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
     "forward compatibility was attempted on non supported HW"},
    {999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

static const struct error *find_error(CUresult code)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == (int)code)
            return &errors[i];
    return NULL;
}

CUresult cuGetErrorName(CUresult error, const char **name)
{
    const struct error *e = find_error(error);
    *name = e ? e->name : NULL;
    return e ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuGetErrorString(CUresult error, const char **text)
{
    const struct error *e = find_error(error);
    *text = e ? e->text : NULL;
    return e ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
