/* test_modules.c - which image of a module a device takes, and what is said if none loads. Drivers
 * here are too old for cubins, which only builds with nvcc have. */
#include "kernels/device/modules.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char all[] = "service/fill", ampere[] = "service/copy_sm80",
                  hopper[] = "service/split_sm90";
static CUresult load_error;
static const char *log_text;
static unsigned loads;

static CUresult load(CUmodule *module, const void *image, unsigned count, CUjit_option *names,
                     void **values)
{
    cr_expect_not_null(image);
    cr_assert_eq(count, 2);
    cr_expect_eq(names[0], CU_JIT_ERROR_LOG_BUFFER);
    cr_expect_eq(names[1], CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
    cr_expect_eq((size_t)values[1], 255);
    if (log_text)
        snprintf(values[0], (size_t)values[1], "%s", log_text);
    *module = (CUmodule)(uintptr_t)++loads;
    return load_error;
}

static CUresult find(CUfunction *function, CUmodule module, const char *name)
{
    cr_expect_str_eq(name, "symbol");
    *function = (CUfunction)(uintptr_t)(100 + (uintptr_t)module);
    return CUDA_SUCCESS;
}

static struct device gpu(int cc, int version)
{
    return (struct device){
        .cc = cc,
        .cu = {.version = version, .cuModuleLoadDataEx = load, .cuModuleGetFunction = find}};
}

static void expect_family(int cc, int version, const char *forced, const char *module,
                          const char *wanted)
{
    struct device d = gpu(cc, version);
    d.image_family = forced;
    const char *family = module_family(&d, module);
    cr_expect_str_eq(family ? family : "none", wanted, "%s on %d with CUDA %d, %s", module, cc,
                     version, forced ? forced : "not forced");
}

Test(modules, an_image_needs_its_gpu_and_its_driver)
{
    expect_family(30, 9000, NULL, all, "portable");
    expect_family(30, 8999, NULL, all, "none");
    expect_family(29, 9000, NULL, all, "none");
    expect_family(120, 12080, NULL, all, "portable");
    expect_family(80, 11000, NULL, ampere, "ampere");
    expect_family(80, 10999, NULL, ampere, "none");
    expect_family(79, 11000, NULL, ampere, "none");
    expect_family(120, 11000, NULL, ampere, "ampere");
    expect_family(90, 12000, NULL, hopper, "hopper");
    expect_family(90, 11999, NULL, hopper, "none");
    expect_family(89, 12000, NULL, hopper, "none");
    expect_family(91, 12000, NULL, hopper, "none");
    expect_family(90, 12080, NULL, "service/none", "none");
}

Test(modules, an_image_that_is_forced_is_the_first_and_must_suit)
{
    expect_family(90, 12080, "portable", all, "portable");
    expect_family(90, 12080, "portable", ampere, "none");
    expect_family(90, 12080, "ampere", all, "portable");
    expect_family(90, 12080, "ampere", ampere, "ampere");
    expect_family(90, 12080, "ampere", hopper, "none");
    expect_family(90, 12080, "hopper", hopper, "hopper");
    expect_family(90, 12080, "hopper", all, "portable");
    expect_family(80, 12080, "hopper", all, "none");
    expect_family(75, 12080, "ampere", all, "none");
    expect_family(90, 12080, "native", all, "none");
    expect_family(90, 12080, "native", hopper, "none");
}

Test(modules, a_module_is_loaded_once)
{
    struct device d = gpu(90, 12080);
    struct failure why;
    CUfunction f;
    cr_expect_eq(module_function(&d, all, "symbol", &f, &why), STATUS_OK);
    cr_expect_eq((uintptr_t)f, 101);
    cr_expect_eq(module_function(&d, hopper, "symbol", &f, &why), STATUS_OK);
    cr_expect_eq((uintptr_t)f, 102);
    cr_expect_eq(module_function(&d, all, "symbol", &f, &why), STATUS_OK);
    cr_expect_eq((uintptr_t)f, 101);
    cr_expect_eq(loads, 2);
    cr_expect_eq(d.module_count, 2);
    cr_expect_str_eq(d.module[0].name, all);
    cr_expect_str_eq(d.module[0].family, "portable");
    cr_expect_str_eq(d.module[1].name, hopper);
    cr_expect_str_eq(d.module[1].family, "hopper");
    cr_expect_str_eq(d.image_note, "", "the first image that was tried did load");
}

static void expect_failure(struct device *d, const char *module, enum status status,
                           const char *says)
{
    struct failure why = {0};
    CUfunction f;
    cr_expect_eq(module_function(d, module, "symbol", &f, &why), status);
    cr_expect_str_eq(why.text, says);
}

Test(modules, what_does_not_load_is_told_with_what_the_compiler_says)
{
    struct device d = gpu(90, 12080);
    load_error = CUDA_ERROR_INVALID_VALUE;
    expect_failure(&d, all, STATUS_FAILED,
                   "no image of service/fill loads: portable image: CUDA error 1. Is the driver "
                   "older than the GPU, or its JIT cache broken (CUDA_CACHE_DISABLE=1 goes around "
                   "it)?");
    log_text = "line 7";
    expect_failure(&d, all, STATUS_FAILED,
                   "no image of service/fill loads: portable image: CUDA error 1: line 7. Is the "
                   "driver older than the GPU, or its JIT cache broken (CUDA_CACHE_DISABLE=1 goes "
                   "around it)?");
    cr_expect_eq(d.module_count, 0);
    load_error = CUDA_ERROR_LAUNCH_FAILED;
    expect_failure(&d, all, STATUS_LOST,
                   "service/fill: CUDA error 719; look for Xid in dmesg, which may say why");
}

Test(modules, without_an_image_it_says_for_what)
{
    struct device d = gpu(75, 12080);
    expect_failure(&d, ampere, STATUS_FAILED,
                   "kernels of service/copy_sm80 have no device image for compute capability 7.5 "
                   "and this driver");
    d.image_family = "portable";
    expect_failure(&d, ampere, STATUS_FAILED,
                   "kernels of service/copy_sm80 have no portable image for compute capability 7.5 "
                   "and this driver");
    cr_expect_eq(loads, 0);
}

Test(modules, there_is_room_for_128)
{
    struct device d = gpu(90, 12080);
    struct failure why;
    CUfunction f;
    d.module_count = DEVICE_MODULES_MAX - 1;
    cr_expect_eq(module_function(&d, all, "symbol", &f, &why), STATUS_OK);
    cr_expect_eq(d.module_count, DEVICE_MODULES_MAX);
    expect_failure(&d, hopper, STATUS_FAILED, "more than 128 device modules");
    cr_expect_eq(module_function(&d, all, "symbol", &f, &why), STATUS_OK);
}
