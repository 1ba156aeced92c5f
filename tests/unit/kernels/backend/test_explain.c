/* test_explain.c - what is said where the driver does not load or start, by the kind of machine. */
#include "kernels/driver/explain.h"
#include "tests/unit/host_tree.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static CUresult init(unsigned flags)
{
    (void)flags;
    return CUDA_SUCCESS;
}

/* error 0: no library was found. */
static void says(CUresult error, const char *words, const char *unwanted, const struct file *files)
{
    const struct driver cu = {.cuInit = init};
    struct failure why = {0};
    host_tree_make(files);
    unsetenv("CUDA_VISIBLE_DEVICES");
    unsetenv("container");
    unsetenv("KUBERNETES_SERVICE_HOST");
    cr_expect_eq(error ? explain_init(&cu, error, &why) : explain_no_library(NULL, &why),
                 STATUS_NO_DEVICE);
    cr_expect(strstr(why.text, words), "%s", why.text);
    cr_expect_not(strstr(why.text, unwanted), "%s", why.text);
    cr_expect(strstr(why.text, "gpubench cpu N"), "%s", why.text);
    host_tree_remove();
}
#define SAYS(error, words, unwanted, ...)                                                          \
    says(error, words, unwanted, (const struct file[]){__VA_ARGS__, {NULL, NULL}})

Test(explain, wsl_is_never_advised_to_install_a_linux_driver)
{
    const struct file dxg = {"dev/dxg", "-"}, docker = {".dockerenv", "-"};
    SAYS(0, "driver in Windows", "apt-get", dxg);
    SAYS(0, "wsl --shutdown", "apt-get install", dxg);
    SAYS(0, "container in WSL 2: start it with --gpus all", "apt-get", dxg, docker);
    SAYS(CUDA_ERROR_NO_DEVICE, "remove the Linux driver", "install", dxg);
    SAYS(CUDA_ERROR_NO_DEVICE, "start it with --gpus all", "lspci", dxg, docker);
    SAYS(0, "apt-get install nvidia-driver", "Windows", {"etc/hostname", "x"});
}

Test(explain, a_laptop_with_two_gpus_is_told_of_prime_select)
{
    const struct file prime = {"usr/bin/prime-select", "-"};
    SAYS(0, "sudo prime-select on-demand", "container", prime);
    SAYS(CUDA_ERROR_NO_DEVICE, "sudo prime-select on-demand", "container", prime);
}

Test(explain, a_container_with_the_device_and_without_the_library_needs_its_capabilities)
{
    SAYS(0, "NVIDIA_DRIVER_CAPABILITIES=compute,utility", "apt-get", {".dockerenv", "-"},
         {"dev/nvidiactl", "-"});
}
