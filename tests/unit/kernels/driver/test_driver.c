/* test_driver.c - the version of the kernel module, and what is said of the driver's errors. */
#include "kernels/driver/open.h"
#include "tests/unit/fake_library.h"
#include "tests/unit/host_tree.h"

#include <criterion/criterion.h>
#include <string.h>

#define SYS  "sys/module/nvidia/version"
#define PROC "proc/driver/nvidia/version"

static void expect_version(const struct file *files, const char *wanted)
{
    char text[16] = "before";
    host_tree_make(files);
    driver_kernel_version(text, sizeof text);
    host_tree_remove();
    cr_expect_str_eq(text, wanted);
}

Test(driver, its_version_is_the_first_word_with_digits_and_a_point)
{
    static const char line[] = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  "
                               "580.159.04  Release Build  (root@host)  Fri Nov 7 2025 1.2\n";
    expect_version((const struct file[]){{SYS, "570.86.15\n"}, {PROC, line}, {NULL, NULL}},
                   "570.86.15");
    expect_version((const struct file[]){{PROC, line}, {NULL, NULL}}, "580.159.04");
    expect_version((const struct file[]){{SYS, "no number. 7\n"}, {PROC, line}, {NULL, NULL}},
                   "580.159.04");
    expect_version((const struct file[]){{SYS, "0.9\n"}, {NULL, NULL}}, "0.9");
    expect_version((const struct file[]){{SYS, "9.0\n"}, {NULL, NULL}}, "9.0");
    expect_version((const struct file[]){{SYS, "\n570.1\n"}, {NULL, NULL}}, "");
    expect_version((const struct file[]){{SYS, NULL}, {NULL, NULL}}, "");
    expect_version((const struct file[]){{NULL, NULL}}, "");
    expect_version((const struct file[]){{SYS, "1234567890.12345678\n"}, {NULL, NULL}},
                   "1234567890.1234");
}

/* Of the functions that are missing it names the last one that it looked for. */
Test(driver, one_that_lacks_a_function_is_too_old)
{
    struct driver cu;
    struct failure why = {0};
    fake_library_load("empty/libcuda.so.1");
    cr_expect_eq(driver_open(&cu, &why), STATUS_NO_DEVICE);
    cr_expect_str_eq(why.text, "the NVIDIA driver is too old: it has no cuEventElapsedTime; "
                               "gpubench needs 384 (CUDA 9.0) or newer");
}

static CUresult name_of(CUresult error, const char **text)
{
    *text = error == CUDA_ERROR_NOT_PERMITTED ? NULL : "NAME";
    return CUDA_SUCCESS;
}

static CUresult words_of(CUresult error, const char **text)
{
    *text = error == CUDA_ERROR_LAUNCH_FAILED ? NULL : "words";
    return CUDA_SUCCESS;
}

Test(driver, its_errors_have_name_and_words_as_far_as_it_tells_them)
{
    struct driver cu = {.cuGetErrorName = name_of, .cuGetErrorString = words_of};
    cr_expect_str_eq(driver_error(&cu, CUDA_ERROR_INVALID_VALUE), "NAME (words)");
    cr_expect_str_eq(driver_error(&cu, CUDA_ERROR_LAUNCH_FAILED), "NAME (no description)");
    cr_expect_str_eq(driver_error(&cu, CUDA_ERROR_NOT_PERMITTED), "CUDA error 800");
    cu.cuGetErrorString = NULL;
    cr_expect_str_eq(driver_error(&cu, CUDA_ERROR_INVALID_VALUE), "NAME (no description)");
    cu.cuGetErrorName = NULL;
    cr_expect_str_eq(driver_error(&cu, CUDA_ERROR_INVALID_VALUE), "CUDA error 1");
}

Test(driver, an_error_says_what_to_do_if_that_is_known)
{
    const struct driver cu = {0};
    struct failure why;
    cr_expect_eq(driver_fail(&cu, CUDA_ERROR_INVALID_VALUE, &why, "doing it"), STATUS_FAILED);
    cr_expect_str_eq(why.text, "doing it: CUDA error 1");
    cr_expect_eq(driver_fail(&cu, CUDA_ERROR_OUT_OF_MEMORY, &why, "doing it"), STATUS_NO_MEMORY);
    cr_expect_str_eq(why.text, "doing it: CUDA error 2; another process may hold the device's "
                               "memory: nvidia-smi shows who");
    cr_expect_eq(driver_fail(&cu, CUDA_ERROR_UNKNOWN, &why, "doing it"), STATUS_LOST);
    cr_expect_str_eq(why.text,
                     "doing it: CUDA error 999; look for Xid in dmesg, which may say why");
    cr_expect_eq(driver_fail(&cu, CUDA_ERROR_NOT_PERMITTED, &why, "doing it"), STATUS_FAILED);
    cr_expect(strstr(why.text, "ls -l /dev/nvidia*"), "%s", why.text);
    cr_expect_eq(driver_status(CUDA_ERROR_DEVICE_UNAVAILABLE), STATUS_LOST);
    cr_expect_eq(driver_status(CUDA_ERROR_UNSUPPORTED_PTX_VERSION), STATUS_FAILED);
}
