/* test_gpu_doctor.c - what doctor says of simulated GPUs, compared with tests/golden/doctor-*.txt,
 * which UPDATE_GOLDEN=1 writes anew. Lines that follow from the build are left out. */
#include "harness/doctor/doctor.h"
#include "tests/unit/fake_library.h"
#include "tests/unit/golden.h"
#include "tests/unit/host_tree.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 128 };

/* What is the same in every build and on every host. */
static bool is_kept(const char *what)
{
    static const char *const others[] = {"variants", "waived", "image",
                                         "cuBLAS",   "CUB",    "JIT cache"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(what, others[i]) == 0)
            return false;
    return true;
}

static void simulate(const char *profile, const char *nvml, const char *devices)
{
    setenv("FAKECUDA_PROFILE", profile, 1);
    setenv("FAKENVML", nvml, 1);
    setenv("FAKECUDA_DEVICES", devices, 1);
    setenv("FAKENVML_LINKS", "4", 1);
    unsetenv("CUDA_VISIBLE_DEVICES");
    unsetenv("CUDA_DEVICE_ORDER");
    fake_library_load("libcuda.so.1");
    fake_library_load("libnvidia-ml.so.1");
}

static void expect_golden(const char *profile, const char *nvml, const char *devices)
{
    static struct doctor_line lines[LINES];
    struct doctor_sheet sheet = {lines, 0, LINES};
    char path[128], *text;
    size_t bytes;
    simulate(profile, nvml, devices);
    host_tree_make((const struct file[]){{NULL, NULL}}); /* the host itself has nothing to say */
    gpu_doctor(&sheet);
    host_tree_remove();
    FILE *file = open_memstream(&text, &bytes);
    for (size_t i = 0; i < sheet.count; i++)
        if (is_kept(lines[i].what))
            fprintf(file, "%s | %s | %s | %s\n", lines[i].what, lines[i].found,
                    doctor_word(lines[i].state), lines[i].advice);
    fclose(file);
    snprintf(path, sizeof path, "tests/golden/doctor-%s-%s.txt", profile, nvml);
    golden_expect(path, text);
    free(text);
}

Test(gpu_doctor, an_h100_of_two)
{
    expect_golden("h100", "ok", "2");
}

Test(gpu_doctor, an_h100_that_is_held_back)
{
    expect_golden("h100", "throttled", "1");
}

Test(gpu_doctor, a_gt_750m_without_sensors)
{
    expect_golden("gt750m", "absent-fields", "1");
}

Test(gpu_doctor, a_slice_of_an_h100)
{
    expect_golden("mig", "ok", "1");
}

Test(gpu_doctor, a_jetson)
{
    expect_golden("orin", "no-init", "1");
}

Test(gpu_doctor, a_gpu_beside_grace)
{
    expect_golden("gh200", "old", "1");
}

Test(gpu_doctor, a_driver_without_a_device)
{
    expect_golden("none", "failing", "1");
}

/* The lines of what is said, with how it is found, of two T4s in a state that the tests set. */
static const char *found(const char *what, const struct file *files)
{
    static struct doctor_line lines[LINES];
    struct doctor_sheet sheet = {lines, 0, LINES};
    host_tree_make(files);
    gpu_doctor(&sheet);
    host_tree_remove();
    for (size_t i = 0; i < sheet.count; i++)
        if (strcmp(lines[i].what, what) == 0)
            return lines[i].found;
    return "";
}

#define NO_FILES                                                                                   \
    (const struct file[])                                                                          \
    {                                                                                              \
        {                                                                                          \
            NULL, NULL                                                                             \
        }                                                                                          \
    }

Test(gpu_doctor, names_the_version_of_the_kernel_module)
{
    simulate("t4", "ok", "2");
    cr_expect_str_eq(found("driver", (const struct file[]){{"sys/module/nvidia/version", "550.1\n"},
                                                           {NULL, NULL}}),
                     "550.1 · CUDA 12.4");
    cr_expect_str_eq(found("driver", NO_FILES), "CUDA 12.4");
}

Test(gpu_doctor, counts_the_gpus_that_are_visible)
{
    simulate("t4", "ok", "2");
    cr_expect_str_eq(found("CUDA_VISIBLE_DEVICES", NO_FILES), "");
    setenv("CUDA_VISIBLE_DEVICES", "0,1", 1);
    cr_expect_str_eq(found("CUDA_VISIBLE_DEVICES", NO_FILES), "\"0,1\": 2 GPUs");
    setenv("FAKECUDA_DEVICES", "1", 1);
    cr_expect_str_eq(found("CUDA_VISIBLE_DEVICES", NO_FILES), "\"0,1\": 1 GPU");
}

Test(gpu_doctor, names_the_order_of_several_gpus)
{
    simulate("t4", "ok", "2");
    setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 1);
    cr_expect_str_eq(found("GPU numbers", NO_FILES), "CUDA_DEVICE_ORDER=PCI_BUS_ID");
    setenv("CUDA_DEVICE_ORDER", "", 1);
    cr_expect_str_eq(found("GPU numbers", NO_FILES),
                     "CUDA: the fastest first; nvidia-smi numbers them by PCI id");
    setenv("FAKECUDA_DEVICES", "1", 1);
    cr_expect_str_eq(found("GPU numbers", NO_FILES), "");
}

Test(gpu_doctor, knows_the_compute_modes)
{
    static const char *const modes[][2] = {{"0", "default"},
                                           {"1", "exclusive: one thread at a time"},
                                           {"2", "prohibited: no program may use it"},
                                           {"3", "exclusive: one process at a time"}};
    simulate("t4", "ok", "1");
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        setenv("FAKECUDA_COMPUTE_MODE", modes[i][0], 1);
        cr_expect_str_eq(found("compute mode", NO_FILES), modes[i][1]);
    }
}
