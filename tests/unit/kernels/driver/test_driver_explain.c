/* test_driver_explain.c - the messages for a driver that is missing or does not start. */
#include "kernels/driver/explain.h"
#include "tests/unit/host_tree.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define DOCKER {".dockerenv", "-"}
#define WSL    {"dev/dxg", "-"}
#define JETSON {"etc/nv_tegra_release", "-"}
#define LAPTOP {"usr/bin/prime-select", "-"}
#define PLACE(...)                                                                                 \
    (const struct file[])                                                                          \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            NULL, NULL                                                                             \
        }                                                                                          \
    }
#define NOWHERE                                                                                    \
    (const struct file[])                                                                          \
    {                                                                                              \
        {                                                                                          \
            NULL, NULL                                                                             \
        }                                                                                          \
    }

static const char not_found[] =
    "libcuda.so.1: cannot open shared object file: No such file or directory";

static CUresult start(unsigned flags)
{
    (void)flags;
    return CUDA_SUCCESS;
}

static CUresult text_of(CUresult error, const char **text)
{
    (void)error;
    *text = "WORDS";
    return CUDA_SUCCESS;
}

static const struct driver driver = {
    .cuInit = start, .cuGetErrorName = text_of, .cuGetErrorString = text_of};

static void set_up(void)
{
    static const char *const marks[] = {"KUBERNETES_SERVICE_HOST", "APPTAINER_CONTAINER",
                                        "SINGULARITY_CONTAINER", "container",
                                        "CUDA_VISIBLE_DEVICES"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        unsetenv(marks[i]);
}
TestSuite(driver_explain, .init = set_up);

/* Both texts are in what is said of a driver that is not found there. */
static void without_library(const struct file *place, const char *reason, const char *one,
                            const char *other)
{
    struct failure why = {0};
    host_tree_make(place);
    cr_expect_eq(explain_no_library(reason, &why), STATUS_NO_DEVICE);
    cr_expect(strstr(why.text, one) && strstr(why.text, other), "%s", why.text);
    cr_expect(strstr(why.text, " To run on the CPU: gpubench cpu N"), "%s", why.text);
    host_tree_remove();
}

/* The same of a driver that does not start. */
static void without_start(const struct file *place, CUresult error, const char *one,
                          const char *other)
{
    struct failure why = {0};
    host_tree_make(place);
    cr_expect_eq(explain_init(&driver, error, &why), STATUS_NO_DEVICE);
    cr_expect(strstr(why.text, one) && strstr(why.text, other), "%s", why.text);
    host_tree_remove();
}

Test(driver_explain, a_driver_that_is_not_found)
{
    without_library(NOWHERE, not_found, "libcuda.so.1 was not found. Install the driver",
                    "apt-get install nvidia-driver");
    without_library(NOWHERE, NULL, "libcuda.so.1 was not found. ", "apt-get install nvidia-driver");
    without_library(PLACE(LAPTOP), not_found, "apt-get install nvidia-driver",
                    " On a laptop with two GPUs: sudo prime-select on-demand");
    without_library(PLACE(DOCKER, LAPTOP), not_found, "was not found. This looks like a container",
                    "on the host");
    without_library(PLACE(DOCKER, {"dev/nvidiactl", "-"}), not_found,
                    "was not found, though /dev/nvidiactl is there. ",
                    "This container has the device but not the driver's libraries");
    without_library(PLACE(WSL), not_found, "was not found, nor in /usr/lib/wsl/lib/",
                    "This is WSL 2");
    without_library(PLACE(WSL, DOCKER), not_found, "nor in /usr/lib/wsl/lib/",
                    "This is a container in WSL 2");
    without_library(PLACE(JETSON), not_found, "This is a Jetson", "nvidia-l4t-cuda");
    without_library(PLACE({"sys/module/nvgpu/x", "-"}), not_found, "This is a Jetson", "");
    without_library(PLACE({"dev/nvhost-ctrl-gpu", "-"}), not_found, "This is a Jetson", "");
}

Test(driver_explain, a_driver_that_does_not_load_is_not_called_missing)
{
    static const char *const reasons[] = {
        "libcuda.so.1: wrong ELF class",
        "libnvidia-x.so: cannot open shared object file: No such file or directory"};
    for (size_t i = 0; i < 2; i++)
        without_library(PLACE(WSL), reasons[i], "is here but cannot be loaded: ", reasons[i]);
}

Test(driver_explain, a_driver_that_does_not_start)
{
    without_start(NOWHERE, CUDA_ERROR_NO_DEVICE, "finds no CUDA device. Check that lspci", "");
    without_start(PLACE(DOCKER), CUDA_ERROR_NO_DEVICE, "In a container: start it", "");
    without_start(PLACE(JETSON), CUDA_ERROR_NO_DEVICE, "This is a Jetson", "");
    without_start(PLACE(LAPTOP), CUDA_ERROR_NO_DEVICE, "prime-select on-demand", "");
    without_start(NOWHERE, CUDA_ERROR_STUB_LIBRARY, "cuInit error 34, ", "link stub");
    without_start(NOWHERE, CUDA_ERROR_SYSTEM_NOT_READY, "nvidia-fabricmanager", "WORDS");
    without_start(NOWHERE, CUDA_ERROR_UNKNOWN, "rmmod nvidia_uvm", "");
    without_start(NOWHERE, (CUresult)3, "cuInit error 3, ", "Check that nvidia-smi works");
    without_start(PLACE(WSL, DOCKER), (CUresult)3, "cuInit error 3, ",
                  "This is a container in WSL 2");
    without_start(PLACE(WSL), CUDA_ERROR_NO_DEVICE, "library is not Windows' own", "apt-get purge");
    setenv("CUDA_VISIBLE_DEVICES", "7", 1);
    without_start(NOWHERE, CUDA_ERROR_NO_DEVICE, "CUDA_VISIBLE_DEVICES=\"7\" hides every GPU", "");
    without_start(NOWHERE, CUDA_ERROR_UNKNOWN, "rmmod nvidia_uvm", "");
}
