/* test_gpu_doctor_libraries.c - what doctor says of the driver, the environment, the compiled code
 * and NVIDIA's libraries, line by line; of the GPU itself test_gpu_doctor.c has it. */
#include "harness/doctor/doctor.h"
#include "tests/unit/fake_library.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES = 128 };

static struct doctor_line lines[LINES];
static struct doctor_sheet sheet;

/* Asks doctor on a simulated GPU, with a home of its own. */
static void ask(const char *profile)
{
    sheet = (struct doctor_sheet){lines, 0, LINES};
    setenv("FAKECUDA_PROFILE", profile, 1);
    setenv("FAKENVML", "no-init", 1); /* its sensors take a seventh of a second */
    fake_library_load("libcuda.so.1");
    fake_library_load("libnvidia-ml.so.1");
    fake_library_load("cublas/libcublas.so.13");
    gpu_doctor(&sheet);
}

static void use_home(void)
{
    unsetenv("CUDA_CACHE_PATH");
    unsetenv("CUDA_CACHE_DISABLE");
    unsetenv("CUDA_VISIBLE_DEVICES");
    unsetenv("CUDA_DEVICE_ORDER");
    setenv("HOME", scratch_make(), 1);
}

/* The first line of this name, or NULL. */
static const struct doctor_line *line_of(const char *what)
{
    for (size_t i = 0; i < sheet.count; i++)
        if (strcmp(lines[i].what, what) == 0)
            return &lines[i];
    return NULL;
}

static void expect_line(const char *what, enum doctor_state state, const char *found,
                        const char *advice)
{
    const struct doctor_line *line = line_of(what);
    cr_assert_not_null(line, "%s", what);
    cr_expect_eq(line->state, state, "%s: %s", what, line->found);
    cr_expect_str_eq(line->found, found);
    cr_expect_eq(strncmp(line->advice, advice, strlen(advice)), 0, "%s: %s", what, line->advice);
    cr_expect_eq(*line->advice == '\0', *advice == '\0', "%s: %s", what, line->advice);
}

Test(gpu_doctor_libraries, cublas_wants_a_driver_of_its_major_version)
{
    use_home();
    ask("a100");
    expect_line("cuBLAS", DOCTOR_WARN, "libcublas.so.13 wants a driver of CUDA 13, this is 12.2",
                "install cuBLAS of the driver's CUDA, or a newer driver");
    ask("h100");
    expect_line("cuBLAS", DOCTOR_OK, "libcublas.so.13", "");
    scratch_remove();
}

Test(gpu_doctor_libraries, the_image_is_the_one_that_the_driver_can_load)
{
    static const struct {
        const char *profile, *found, *advice;
        enum doctor_state state;
    } cases[] = {
        {"a100", "portable: this driver has CUDA 12.2", "native code wants a driver of CUDA 13",
         DOCTOR_WARN},
        {"t4", "portable: this driver has CUDA 12.4", "native code wants a driver of CUDA 13",
         DOCTOR_WARN},
        {"v100", "portable", "the driver compiles each kernel at first use", DOCTOR_WARN},
        {"gt750m", "portable", "the driver compiles each kernel at first use", DOCTOR_WARN},
        {"old-driver", "none: this driver has CUDA 8.0", "install a driver of CUDA 9.0 (384)",
         DOCTOR_FAIL},
    };
    use_home();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask(cases[i].profile);
        if (line_of("image"))
            expect_line("image", cases[i].state, cases[i].found, cases[i].advice);
        else
            cr_expect_eq(line_of("device 0")->state, DOCTOR_FAIL);
    }
    ask("h100"); /* native, or portable in a build without nvcc; the driver is new enough */
    cr_expect_null(strstr(line_of("image")->found, "this driver"), "%s", line_of("image")->found);
    scratch_remove();
}

Test(gpu_doctor_libraries, compute_modes_are_named)
{
    static const char *const found[] = {"default", "exclusive: one thread at a time",
                                        "prohibited: no program may use it",
                                        "exclusive: one process at a time"};
    use_home();
    for (int mode = 0; mode < 4; mode++) {
        char text[4];
        snprintf(text, sizeof text, "%d", mode);
        setenv("FAKECUDA_COMPUTE_MODE", text, 1);
        ask("h100");
        expect_line("compute mode", mode == 2 ? DOCTOR_FAIL : DOCTOR_OK, found[mode],
                    mode == 2 ? "sudo nvidia-smi -c DEFAULT" : "");
    }
    scratch_remove();
}

Test(gpu_doctor_libraries, the_environment_that_chooses_gpus_is_told)
{
    use_home();
    setenv("FAKECUDA_DEVICES", "2", 1);
    ask("h100");
    cr_expect_null(line_of("CUDA_VISIBLE_DEVICES"));
    expect_line("GPU numbers", DOCTOR_OK,
                "CUDA: the fastest first; nvidia-smi numbers them by PCI id",
                "export CUDA_DEVICE_ORDER=PCI_BUS_ID");
    cr_expect_not_null(line_of("device 1"));
    cr_expect_null(line_of("device 2"));
    setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 1);
    ask("h100");
    expect_line("GPU numbers", DOCTOR_OK, "CUDA_DEVICE_ORDER=PCI_BUS_ID", "");
    setenv("CUDA_DEVICE_ORDER", "", 1);
    ask("h100");
    cr_expect_eq(strncmp(line_of("GPU numbers")->found, "CUDA: the", 9), 0);
    setenv("FAKECUDA_DEVICES", "1", 1);
    setenv("CUDA_VISIBLE_DEVICES", "0", 1);
    ask("h100");
    expect_line("CUDA_VISIBLE_DEVICES", DOCTOR_OK, "\"0\": 1 GPU", "");
    cr_expect_null(line_of("GPU numbers"));
    scratch_remove();
}

Test(gpu_doctor_libraries, where_compiled_kernels_are_kept_is_told)
{
    char found[400];
    use_home();
    ask("h100");
    snprintf(found, sizeof found, "%s/.nv/ComputeCache", getenv("HOME"));
    expect_line("JIT cache", DOCTOR_OK, found, "");
    setenv("CUDA_CACHE_DISABLE", "1", 1);
    ask("h100");
    expect_line("JIT cache", DOCTOR_WARN, "disabled by CUDA_CACHE_DISABLE",
                "every start compiles again: set CUDA_CACHE_PATH");
    unsetenv("CUDA_CACHE_DISABLE");
    scratch_file("file", "no directory");
    setenv("TMPDIR", getenv("HOME"), 1);
    setenv("CUDA_CACHE_PATH", scratch_path("file/below"), 1);
    ask("h100");
    snprintf(found, sizeof found, "%s/file/below is not writable: %s/gpubench-cuda-%u",
             getenv("HOME"), getenv("HOME"), (unsigned)geteuid());
    expect_line("JIT cache", DOCTOR_WARN, found, "it lasts as long as that place");
    unsetenv("CUDA_CACHE_PATH");
    unsetenv("HOME");
    ask("h100");
    snprintf(found, sizeof found, "no home: %s/gpubench-cuda-%u", getenv("TMPDIR"),
             (unsigned)geteuid());
    expect_line("JIT cache", DOCTOR_WARN, found, "it lasts as long as that place");
    scratch_remove();
}

/* "cub" is listed though "cublas-sgemm-cub" is. A name that two operations or arithmetics have is
 * listed once and counted twice. */
Test(gpu_doctor_libraries, a_variant_that_is_waived_is_listed_with_others_of_its_reason)
{
    static const char *const waived[] = {
        "needs cc 7.5, this is 3.0 (5): cublas-sgemm-cub, cublas-gemm-cub, cublas-dgemm-cub, cub",
        "needs cc 8.0, this is 3.0 (41): cublas-gemm, cublas-gemm-cub, ffma-sm80, "
        "mma-direct-sm80-64, mma-direct-sm80, mma-sm80-square, mma-sm80-copy, mma-sm80, "
        "cublas-fixed-point, dmma-sm80, …",
        "needs cc 7.0, this is 3.0 (2): cublas-gemm",
        "needs cc 10.0, this is 3.0 (2): cublas-bf16x9",
        "needs cc 9.0, this is 3.0 (43): ffma-sm90, wgmma-sm90, fused-sum, dmma-sm90, moduli-15, "
        "moduli-14, moduli-13, symmetric-sm90, wgmma, tma-ring, warp-specialised, cluster, "
        "promotion, triangle, …",
        "needs cc 8.9, this is 3.0 (2): cublas-lt",
    };
    use_home();
    ask("gt750m");
    const struct doctor_line *line = line_of("variants");
    cr_assert_not_null(line);
    cr_expect_str_eq(line->found, "sum-aat 10 of 52, matmul 16 of 63, reduce 8 of 14");
    for (size_t i = 0; i < sizeof waived / sizeof *waived; i++) {
        cr_assert_str_eq((++line)->what, "waived");
        cr_expect_eq(line->state, DOCTOR_OK);
        cr_expect_str_eq(line->found, waived[i]);
    }
    cr_expect_str_neq(line[1].what, "waived");
    scratch_remove();
}

Test(gpu_doctor_libraries, a_gpu_that_does_not_open_fails_and_the_next_one_is_looked_at)
{
    use_home();
    setenv("FAKECUDA_DEVICES", "2", 1);
    setenv("FAKECUDA_FAIL", "cuDevicePrimaryCtxRetain:1:2", 1);
    ask("h100");
    cr_assert_not_null(line_of("device 0"));
    cr_expect_eq(line_of("device 0")->state, DOCTOR_FAIL);
    cr_expect_eq(strncmp(line_of("device 0")->found, "cannot open a context on the GPU: ", 34), 0,
                 "%s", line_of("device 0")->found);
    cr_assert_not_null(line_of("device 1"));
    cr_expect_eq(line_of("device 1")->state, DOCTOR_OK);
    scratch_remove();
}

/* The driver counts them when it is opened, and again when they are listed. */
Test(gpu_doctor_libraries, gpus_that_cannot_be_counted_are_told)
{
    use_home();
    setenv("FAKECUDA_FAIL", "cuDeviceGetCount:2:999", 1);
    ask("h100");
    expect_line("devices", DOCTOR_FAIL, "cannot be counted", "the NVIDIA driver did not start: ");
    cr_expect_null(line_of("device 0"));
    scratch_remove();
}

Test(gpu_doctor_libraries, without_a_driver_that_works_only_the_reason_is_told)
{
    use_home();
    ask("stub");
    cr_expect_eq(sheet.count, 1);
    cr_expect_str_eq(lines[0].what, "driver");
    cr_expect_eq(lines[0].state, DOCTOR_FAIL);
    cr_expect_null(strstr(lines[0].advice, "gpubench doctor"), "%s", lines[0].advice);
    cr_expect_neq(*lines[0].advice, '\0');
    scratch_remove();
}
