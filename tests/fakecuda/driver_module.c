/* driver_module.c - device images. PTX is refused as a real JIT would: too new a version, too new a
 * target. What is accepted is only read for its entries; the code that runs is the same source
 * compiled for the CPU, found by name. A cubin or fatbin, or PTX of a kernel beyond the portable
 * subset, is never accepted (209), so that the program goes down its ladder of images. */
#include "tests/fakecuda/driver.h"
#include "tests/fakecuda/launch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHARED_LIMIT = 48 << 10 };

struct CUmod_st {
    char *ptx; /* a copy, because the caller may free its own */
    struct CUfunc_st *functions;
    size_t function_count;
};

struct log {
    char *text;
    size_t bytes;
};

static CUresult refuse(struct log *log, CUresult error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static CUresult refuse(struct log *log, CUresult error, const char *format, ...)
{
    va_list a;
    va_start(a, format);
    if (log->bytes)
        vsnprintf(log->text, log->bytes, format, a);
    va_end(a);
    return error;
}

static CUresult check_ptx(const char *ptx, struct log *log)
{
    const struct profile *p = profile_get();
    int major, minor, target;
    const char *version = strstr(ptx, ".version "), *arch = strstr(ptx, ".target sm_");
    if (!version || !arch || sscanf(version, ".version %d.%d", &major, &minor) != 2 ||
        sscanf(arch, ".target sm_%d", &target) != 1)
        return refuse(log, CUDA_ERROR_INVALID_PTX,
                      "ptxas fatal   : Missing .version or .target directive");
    if (10 * major + minor > p->ptx)
        return refuse(log, CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
                      "ptxas fatal   : Unsupported .version %d.%d; current version is '%d.%d'",
                      major, minor, p->ptx / 10, p->ptx % 10);
    if (target > p->cc)
        return refuse(log, CUDA_ERROR_INVALID_PTX,
                      "ptxas fatal   : SM version specified by .target is higher than default SM "
                      "version assumed");
    return CUDA_SUCCESS;
}

/* Bytes of the module's .shared variables that belong to the kernel, whose name compilers include
 * in theirs. */
static int shared_bytes_of(const char *ptx, const char *kernel)
{
    int sum = 0, bytes;
    char variable[256];
    for (const char *at = ptx; (at = strstr(at, ".shared .align ")); at++)
        if (sscanf(at, ".shared .align %*d .b8 %255[^[][%d]", variable, &bytes) == 2 &&
            strstr(variable, kernel))
            sum += bytes;
    return sum;
}

static int max_threads_of(const char *entry)
{
    const char *body = strchr(entry, '{'), *bound = strstr(entry, ".maxntid");
    int x = 1024, y = 1, z = 1;
    if (bound && (!body || bound < body))
        sscanf(bound, ".maxntid %d, %d, %d", &x, &y, &z);
    return x * y * z;
}

/* Sizes and number of the parameters: plain numbers and pointers (".param .u64 name"), and structs
 * (".param .align 4 .b8 name[24]") that are not too large; false for anything else. */
static bool read_parameters(const char *entry, struct CUfunc_st *f)
{
    const char *end = strchr(entry, ')');
    for (const char *at = entry; end && (at = strstr(at, ".param .")) && at < end; at++) {
        unsigned bits = 0, bytes = 0;
        if (sscanf(at, ".param .align %*u .b8 %*[A-Za-z0-9_$][%u]", &bytes) != 1 &&
            sscanf(at, ".param .%*1[a-z]%u", &bits) == 1)
            bytes = bits / 8;
        if (f->parameter_count == FAKE_PARAMETERS_MAX || !bytes ||
            bytes > FAKE_PARAMETER_WORDS * sizeof(uint64_t))
            return false;
        f->parameter_bytes[f->parameter_count++] = (unsigned char)bytes;
    }
    return true;
}

static bool add_entries(struct CUmod_st *m)
{
    static const char word[] = ".visible .entry ";
    for (char *at = m->ptx; (at = strstr(at, word)); at++)
        m->function_count++;
    m->functions = calloc(m->function_count ? m->function_count : 1, sizeof *m->functions);
    if (!m->functions)
        return false;
    struct CUfunc_st *f = m->functions;
    for (char *at = m->ptx; (at = strstr(at, word)); f++) {
        at += sizeof word - 1;
        f->max_threads = max_threads_of(at);
        if (!read_parameters(at, f))
            return false;
        f->name = at;
        at += strcspn(at, "( \n");
        if (*at)
            *at++ = 0;
    }
    return true;
}

static void destroy(struct CUmod_st *m)
{
    if (!m)
        return;
    free(m->ptx);
    free(m->functions);
    free(m);
}

static CUresult load(CUmodule *module, const char *image, struct log *log)
{
    *module = NULL;
    if (!memcmp(image, "\177ELF", 4) || !memcmp(image, "\x50\xed\x55\xba", 4))
        return CUDA_ERROR_NO_BINARY_FOR_GPU;
    CUresult error = check_ptx(image, log);
    if (error)
        return error;
    struct CUmod_st *m = calloc(1, sizeof *m);
    if (m)
        m->ptx = strdup(image);
    if (!m || !m->ptx || !add_entries(m)) {
        destroy(m);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    for (struct CUfunc_st *f = m->functions; f < m->functions + m->function_count; f++) {
        if (!(f->kernel = cuda_cpu_find(f->name))) {
            refuse(log, CUDA_ERROR_NO_BINARY_FOR_GPU, "fakecuda: %s is beyond what runs on the CPU",
                   f->name);
            destroy(m);
            return CUDA_ERROR_NO_BINARY_FOR_GPU;
        }
        f->shared_bytes = shared_bytes_of(image, f->name);
        f->dynamic_shared_limit = SHARED_LIMIT - f->shared_bytes;
    }
    *module = m;
    return CUDA_SUCCESS;
}

CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned options,
                            CUjit_option *names, void **values)
{
    ENTER(__func__, NEEDS_CONTEXT);
    struct log log = {NULL, 0};
    for (unsigned i = 0; i < options; i++) {
        if (names[i] == CU_JIT_ERROR_LOG_BUFFER)
            log.text = values[i];
        if (names[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES)
            log.bytes = (size_t)values[i];
    }
    return load(module, image, &log);
}

CUresult cuModuleUnload(CUmodule module)
{
    /* The result does not matter: a module of a broken context is gone with it. */
    const CUresult entered = fake_enter(__func__, NEEDS_CONTEXT);
    destroy(module);
    return entered;
}

CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name)
{
    ENTER(__func__, NEEDS_CONTEXT);
    for (struct CUfunc_st *f = module->functions; f < module->functions + module->function_count;
         f++)
        if (!strcmp(f->name, name)) {
            *function = f;
            return CUDA_SUCCESS;
        }
    return (CUresult)FAKE_NOT_FOUND;
}

/* Module variables are not modelled: no kernel that runs here has one. */
CUresult cuModuleGetGlobal_v2(CUdeviceptr *pointer, size_t *bytes, CUmodule module,
                              const char *name)
{
    ENTER(__func__, NEEDS_CONTEXT);
    (void)pointer, (void)bytes, (void)module, (void)name;
    return (CUresult)FAKE_NOT_FOUND;
}

/* Registers are not modelled: 32 for every kernel. */
CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute, CUfunction function)
{
    ENTER(__func__, NEEDS_CONTEXT);
    enum { MAX_THREADS_PER_BLOCK = 0, SHARED_SIZE_BYTES = 1, LOCAL_SIZE_BYTES = 3 };
    switch ((int)attribute) {
    case MAX_THREADS_PER_BLOCK:
        *value = function->max_threads;
        break;
    case SHARED_SIZE_BYTES:
        *value = function->shared_bytes;
        break;
    case LOCAL_SIZE_BYTES:
        *value = 0;
        break;
    case CU_FUNC_ATTRIBUTE_NUM_REGS:
        *value = 32;
        break;
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
        *value = function->dynamic_shared_limit;
        break;
    default:
        return CUDA_ERROR_INVALID_VALUE;
    }
    return CUDA_SUCCESS;
}

CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value)
{
    ENTER(__func__, NEEDS_CONTEXT);
    if (attribute != CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES || value < 0 ||
        value > profile_get()->shared_optin_bytes - function->shared_bytes)
        return CUDA_ERROR_INVALID_VALUE;
    function->dynamic_shared_limit = value;
    return CUDA_SUCCESS;
}
