/* driver.c - describes the errors of the CUDA driver, and reads its version. */
#include "kernels/driver/driver.h"

#include "harness/host/files.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *driver_error(const struct driver *cu, CUresult error)
{
    static char text[160];
    const char *name = NULL, *words = NULL;
    if (cu->cuGetErrorName)
        cu->cuGetErrorName(error, &name);
    if (cu->cuGetErrorString)
        cu->cuGetErrorString(error, &words);
    if (name)
        snprintf(text, sizeof text, "%s (%s)", name, words ? words : "no description");
    else
        snprintf(text, sizeof text, "CUDA error %d", (int)error);
    return text;
}

/* Common errors and what to do about them. After one that is_lost, every later call on the context
 * fails until the process ends. */
static const struct known {
    CUresult error;
    bool is_lost;
    const char *advice;
} known[] = {
    {CUDA_ERROR_OUT_OF_MEMORY, false,
     "; another process may hold the device's memory: nvidia-smi shows who"},
    {CUDA_ERROR_DEVICE_UNAVAILABLE, true,
     "; another process uses it exclusively, or it has failed: nvidia-smi shows which"},
    {CUDA_ERROR_ECC_UNCORRECTABLE, true,
     "; its memory is faulty: nvidia-smi -q -d ECC counts the errors, a reset may retire the page"},
    {CUDA_ERROR_NVLINK_UNCORRECTABLE, true, "; nvidia-smi nvlink -e shows which link"},
    {CUDA_ERROR_UNSUPPORTED_PTX_VERSION, false,
     "; the driver is too old for this image: install a newer one, or try --image portable"},
    {CUDA_ERROR_ILLEGAL_ADDRESS, true,
     "; a kernel accessed memory out of bounds, a bug in gpubench: please report the command"},
    {CUDA_ERROR_LAUNCH_TIMEOUT, true,
     "; the device drives a display and the driver stops long kernels: try a smaller N"},
    {CUDA_ERROR_CONTEXT_IS_DESTROYED, true, ""},
    {CUDA_ERROR_HARDWARE_STACK_ERROR, true, ""},
    {CUDA_ERROR_ILLEGAL_INSTRUCTION, true, ""},
    {CUDA_ERROR_MISALIGNED_ADDRESS, true, ""},
    {CUDA_ERROR_INVALID_ADDRESS_SPACE, true, ""},
    {CUDA_ERROR_INVALID_PC, true, ""},
    {CUDA_ERROR_LAUNCH_FAILED, true, "; look for Xid in dmesg, which may say why"},
    {CUDA_ERROR_NOT_PERMITTED, false,
     "; the container or a policy forbids it: ls -l /dev/nvidia* shows who may"},
    {CUDA_ERROR_UNKNOWN, true, "; look for Xid in dmesg, which may say why"},
};

static const struct known *find_known(CUresult error)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].error == error)
            return &known[i];
    return NULL;
}

struct cuda_version cuda_version(int version)
{
    struct cuda_version v;
    snprintf(v.text, sizeof v.text, "%d.%d", version / 1000, version % 1000 / 10);
    return v;
}

enum status driver_status(CUresult error)
{
    const struct known *k = find_known(error);
    return k && k->is_lost                     ? STATUS_LOST
           : error == CUDA_ERROR_OUT_OF_MEMORY ? STATUS_NO_MEMORY
                                               : STATUS_FAILED;
}

enum status driver_fail(const struct driver *cu, CUresult error, struct failure *why,
                        const char *what)
{
    const struct known *k = find_known(error);
    return fail(why, driver_status(error), "%s: %s%s", what, driver_error(cu, error),
                k ? k->advice : "");
}

void driver_kernel_version(char *text, size_t bytes)
{
    static const char *const files[] = {"/sys/module/nvidia/version",
                                        "/proc/driver/nvidia/version"};
    char line[256];
    *text = 0;
    for (size_t i = 0; i < 2 && !*text; i++) {
        FILE *f = host_open(files[i]);
        if (!f)
            continue;
        if (fgets(line, sizeof line, f)) {
            /* the second file says "NVRM version: NVIDIA UNIX … Kernel Module  580.159.04  Fri …"
             */
            for (char *word = strtok(line, " \t\n"); word; word = strtok(NULL, " \t\n"))
                if (word[0] >= '0' && word[0] <= '9' && strchr(word, '.')) {
                    snprintf(text, bytes, "%s", word);
                    break;
                }
        }
        fclose(f);
    }
}
