/* explain.c - why the CUDA driver did not load or start: what users meet, by place and by error. */
#define _GNU_SOURCE 1 /* dladdr */

#include "kernels/driver/explain.h"

#include "harness/host/container.h"
#include "harness/host/files.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char on_cpu[] = " To run on the CPU: gpubench cpu N";

/* WSL 2, where the driver is Windows' own and a Linux driver does not work. */
static bool is_wsl(void)
{
    return host_exists("/dev/dxg");
}

/* A Jetson, whose driver is a part of its system, Jetson Linux. */
static bool is_jetson(void)
{
    return host_exists("/sys/module/nvgpu") || host_exists("/dev/nvhost-ctrl-gpu") ||
           host_exists("/etc/nv_tegra_release");
}

static const char jetson_advice[] =
    "This is a Jetson, whose driver is a part of Jetson Linux: sudo apt-get install "
    "nvidia-l4t-cuda; in a container: --runtime nvidia. Install no other NVIDIA driver.";

static const char *wsl_advice(void)
{
    return host_container()
               ? "This is a container in WSL 2: start it with --gpus all, and install the NVIDIA "
                 "Container Toolkit in WSL."
               : "This is WSL 2, where the driver comes from Windows: install or update NVIDIA's "
                 "driver in Windows, then type wsl --shutdown there. Install no NVIDIA driver "
                 "inside WSL.";
}

/* "" except on a laptop with two GPUs that Ubuntu's prime-select switches. */
static const char *laptop_advice(void)
{
    return !host_container() && host_exists("/usr/bin/prime-select")
               ? " On a laptop with two GPUs: sudo prime-select on-demand, then start it again."
               : "";
}

enum status explain_no_library(const char *reason, struct failure *why)
{
    /* dlerror() calls a library that is not there "cannot open shared object file: No such …". */
    if (reason && !(strstr(reason, "No such file") && strstr(reason, "libcuda.so.1: cannot open")))
        return fail(
            why, STATUS_NO_DEVICE,
            "libcuda.so.1, the NVIDIA driver, is here but cannot be loaded: %.300s. Install "
            "the driver again, or correct LD_LIBRARY_PATH.%s",
            reason, on_cpu);
    const char *advice =
        is_wsl()      ? wsl_advice()
        : is_jetson() ? jetson_advice
        : host_container() && host_exists("/dev/nvidiactl")
            ? "This container has the device but not the driver's libraries: start it with --gpus "
              "all through the NVIDIA Container Toolkit, with "
              "NVIDIA_DRIVER_CAPABILITIES=compute,utility."
        : host_container()
            ? "This looks like a container: start it with --gpus all, and install the NVIDIA "
              "Container Toolkit on the host" DRIVER_ASK_DOCTOR "."
            : "Install the driver for your card (on Debian: apt-get install nvidia-driver)" DRIVER_ASK_DOCTOR
              ".";
    return fail(why, STATUS_NO_DEVICE, "no NVIDIA driver: libcuda.so.1 was not found%s. %s%s%s",
                is_wsl() ? ", nor in " DRIVER_WSL_DIRECTORY
                : host_container() && host_exists("/dev/nvidiactl")
                    ? ", though /dev/nvidiactl is there"
                    : "",
                advice, laptop_advice(), on_cpu);
}

/* The file that libcuda.so.1 was loaded from. */
static const char *loaded_path(const struct driver *cu)
{
    Dl_info info;
    return dladdr(*(void *const *)&cu->cuInit, &info) ? info.dli_fname : "libcuda.so.1";
}

/* Whether the operating system denies a device node, whatever error the driver returns for that. */
static bool is_denied(const char **path, int *error)
{
    static const char *const nodes[] = {"/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia0",
                                        "/dev/nvmap", "/dev/nvhost-ctrl-gpu"};
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        *path = nodes[i];
        *error = host_use_error(nodes[i]);
        if (*error == EPERM || *error == EACCES)
            return true;
    }
    return false;
}

static const char *no_device_advice(void)
{
    return is_wsl()      ? wsl_advice()
           : is_jetson() ? jetson_advice
           : host_container()
               ? "In a container: start it with --gpus all, and install the NVIDIA Container "
                 "Toolkit on the host."
               : "Check that lspci and nvidia-smi show the card.";
}

/* What to do about an error of cuInit(); NULL for one without words of its own. */
static const char *init_advice(CUresult error)
{
    switch ((int)error) {
    case CUDA_ERROR_STUB_LIBRARY:
        return "It is the CUDA toolkit's link stub and not a driver: take the toolkit's stubs "
               "directory out of LD_LIBRARY_PATH, or install the NVIDIA driver.";
    case CUDA_ERROR_OPERATING_SYSTEM:
        return "A call of the operating system failed: see that /dev/nvidia-uvm exists (sudo "
               "nvidia-modprobe -u), that the sandbox or container passes /dev/nvidia* on, and "
               "that dmesg shows no Xid.";
    case CUDA_ERROR_SYSTEM_NOT_READY:
        return "The GPUs' NVSwitch fabric is not ready: sudo systemctl start nvidia-fabricmanager, "
               "of the driver's version; nvidia-smi -q shows Fabric: State: Completed when it is. "
               "In a virtual machine or container, the host has to run it.";
    case CUDA_ERROR_SYSTEM_DRIVER_MISMATCH:
        return "The library and the kernel module are of different versions: restart the machine, "
               "or reload the nvidia modules; in a container, restart it.";
    case CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE:
        return "This library is of CUDA's forward compatibility package (cuda-compat), which is "
               "for data-centre GPUs only: take its directory out of LD_LIBRARY_PATH and "
               "/etc/ld.so.conf.d, or remove the package, so that the driver's own is loaded.";
    case CUDA_ERROR_UNKNOWN:
        return "After the machine was suspended, this helps: sudo rmmod nvidia_uvm; sudo modprobe "
               "nvidia_uvm. Else dmesg shows why (look for Xid and NVRM); in a container, restart "
               "it.";
    default:
        return NULL;
    }
}

enum status explain_init(const struct driver *cu, CUresult error, struct failure *why)
{
    const char *visible = getenv("CUDA_VISIBLE_DEVICES"), *node;
    const char *path = loaded_path(cu), *advice = init_advice(error);
    int denied;
    if (error == CUDA_ERROR_NO_DEVICE && visible)
        return fail(
            why, STATUS_NO_DEVICE,
            "the NVIDIA driver is installed, but CUDA_VISIBLE_DEVICES=\"%.60s\" hides every "
            "GPU. Unset it, or name one that nvidia-smi -L lists.%s",
            visible, on_cpu);
    if (is_wsl() && strncmp(path, DRIVER_WSL_DIRECTORY, sizeof DRIVER_WSL_DIRECTORY - 1) != 0 &&
        !host_container())
        return fail(
            why, STATUS_NO_DEVICE,
            "the NVIDIA driver did not start: cuInit error %d, %s, from %.200s. This is WSL 2 and that "
            "library is not Windows' own: remove the Linux driver (apt-get purge "
            "'libnvidia-compute-*' libcuda1), so that " DRIVER_WSL_DIRECTORY
            "libcuda.so.1 is loaded.%s",
            (int)error, driver_error(cu, error), path, on_cpu);
    if (!is_wsl() && error != CUDA_ERROR_STUB_LIBRARY && is_denied(&node, &denied)) {
        const struct host_denial denial = host_denial(denied);
        return fail(
            why, STATUS_NO_DEVICE,
            "the NVIDIA driver did not start: cuInit error %d, %s; %s does not open: %s. Next step: %s.%s",
            (int)error, driver_error(cu, error), node, denial.cause, denial.advice, on_cpu);
    }
    if (error == CUDA_ERROR_NO_DEVICE)
        return fail(why, STATUS_NO_DEVICE,
                    "the NVIDIA driver is installed but finds no CUDA device. %s%s%s",
                    no_device_advice(), laptop_advice(), on_cpu);
    if (!advice && is_wsl())
        advice = wsl_advice();
    return fail(why, STATUS_NO_DEVICE,
                "the NVIDIA driver did not start: cuInit error %d, %s, from %.200s. %s%s",
                (int)error, driver_error(cu, error), path,
                advice ? advice
                       : "Check that nvidia-smi works and that /dev/nvidia* can be opened.",
                on_cpu);
}
