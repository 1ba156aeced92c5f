/* test_cub.c - which plugin of CUB is taken, and what it is asked: with a fake one, on memory of
 * this process. */
#include "kernels/libraries/cub.h"

#include "harness/base/need.h"
#include "kernels/job/job.h"
#include "tests/unit/fake_library.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Points $GPUBENCH_PLUGINS to the fake plugin. */
static void use_fake(const char *cuda)
{
    char path[4096];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 64);
    cr_assert_gt(length, 0);
    path[length] = '\0';
    strcpy(strrchr(path, '/'), "/fakecuda/cub");
    fake_library_load("cub/libgpubench-cub.so");
    setenv("GPUBENCH_PLUGINS", path, 1);
    setenv("FAKECUB_CUDA", cuda, 1);
}

static void expect_loads(const char *built, int driver, const char *refusal)
{
    char reason[160] = "";
    setenv("FAKECUB_CUDA", built, 1);
    cr_expect_eq(cub_loads(driver, reason, sizeof reason), *refusal == '\0', "%s", reason);
    cr_expect_str_eq(reason, refusal);
}

Test(cub, it_runs_on_a_driver_of_its_own_major_version_or_a_newer_one)
{
    use_fake("13000");
    expect_loads("13000", 13000, "");
    expect_loads("13090", 13000, "");
    expect_loads("13090", 14000, "");
    expect_loads("12080", 12000, "");
    expect_loads("13000", 12080, "CUB was built with CUDA 13.0, the driver has 12.8");
    expect_loads("13020", 11040, "CUB was built with CUDA 13.2, the driver has 11.4");
    expect_loads("12090", 9010, "CUB was built with CUDA 12.9, the driver has 9.1");
}

Test(cub, its_version_is_that_of_cub_and_of_cuda)
{
    char text[64];
    use_fake("13020");
    cub_version(text, sizeof text);
    cr_expect_str_eq(text, "3.0.1, built with CUDA 13.2");
    setenv("FAKECUB_CUDA", "12090", 1);
    cub_version(text, sizeof text);
    cr_expect_str_eq(text, "3.0.1, built with CUDA 12.9");
}

Test(cub, without_a_plugin_that_loads_there_is_no_version)
{
    char text[64] = "x", reason[160] = "";
    char directory[] = "/tmp/gpubench-cub-XXXXXX", path[64];
    cr_assert_not_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/libgpubench-cub.so", directory);
    FILE *file = fopen(path, "we");
    cr_assert(file && fputs("no library\n", file) >= 0 && fclose(file) == 0);
    setenv("GPUBENCH_PLUGINS", directory, 1);
    cub_version(text, sizeof text);
    cr_expect_str_eq(text, "");
    cr_expect_not(cub_loads(99000, reason, sizeof reason));
    cr_expect_eq(strncmp(reason, "libgpubench-cub.so does not load: ", 34), 0, "%s", reason);
    unlink(path);
    rmdir(directory);
}

/* Another library of that name loads, and is then refused each time that it is asked for. */
Test(cub, a_plugin_that_lacks_functions_is_none)
{
    char other[4096], link[64], directory[] = "/tmp/gpubench-cub-XXXXXX", reason[160];
    const ssize_t length = readlink("/proc/self/exe", other, sizeof other - 64);
    cr_assert_gt(length, 0);
    other[length] = '\0';
    strcpy(strrchr(other, '/'), "/fakecuda/libnvidia-ml.so.1");
    fake_library_load("libnvidia-ml.so.1");
    cr_assert_not_null(mkdtemp(directory));
    snprintf(link, sizeof link, "%s/libgpubench-cub.so", directory);
    cr_assert_eq(symlink(other, link), 0);
    setenv("GPUBENCH_PLUGINS", directory, 1);
    for (int i = 0; i < 2; i++) {
        *reason = '\0';
        cr_expect_not(cub_loads(99000, reason, sizeof reason));
        cr_expect_str_eq(reason, "libgpubench-cub.so is not this program's: it lacks functions");
    }
    unlink(link);
    rmdir(directory);
}

static bool is_available(const struct family *family, struct device d, char reason[160])
{
    *reason = '\0';
    return family->available(&d, reason, 160);
}

Test(cub, it_needs_a_real_gpu_and_its_driver)
{
    const struct device real = {.cu.version = 13000}, old = {.cu.version = 12020};
    const struct device simulated = {.cu.version = 13000, .facts.simulated = true};
    char reason[160];
    use_fake("13000");
    cr_expect(is_available(&cub_sum, real, reason), "%s", reason);
    cr_expect(is_available(&cub_sum_f64, real, reason), "%s", reason);
    cr_expect_not(is_available(&cub_sum, old, reason));
    cr_expect_str_eq(reason, "CUB was built with CUDA 13.0, the driver has 12.2");
    cr_expect_not(is_available(&cub_sum, simulated, reason));
    cr_expect_str_eq(reason, "CUB needs a real GPU, this one is simulated");
}

/* Of a product's sum, cuBLAS is asked first. */
Test(cub, the_sum_of_a_product_needs_cublas_too)
{
    const struct device simulated = {.cu.version = 13000, .facts.simulated = true};
    struct device old = {.cu.version = 12020};
    char reason[160];
    use_fake("13000");
    fake_library_load("libcuda.so.1");
    fake_library_load("cublas/libcublas.so.13");
    cr_expect_not(is_available(&cub_sum_of_gemm, old, reason));
    cr_expect_str_eq(reason, "CUB was built with CUDA 13.0, the driver has 12.2");
    cr_expect_not(is_available(&cub_sum_of_dgemm, simulated, reason));
    cr_expect_str_eq(reason, "CUB needs a real GPU, this one is simulated");
    old.cu.version = 13000;
    cr_expect(is_available(&cub_sum_of_gemm, old, reason), "%s", reason);
}

/* ---- sums */

static double memory[64]; /* A or C */
static double sum;
static float sum_f32;
static size_t allocated;
static bool is_full;

static CUresult allocate(CUdeviceptr *at, size_t bytes)
{
    if (is_full)
        return CUDA_ERROR_OUT_OF_MEMORY;
    *at = (CUdeviceptr)(uintptr_t)malloc(bytes);
    allocated = bytes;
    return CUDA_SUCCESS;
}

static CUresult release(CUdeviceptr at)
{
    free((void *)(uintptr_t)at);
    return CUDA_SUCCESS;
}

static struct device device;
static struct job *job;
static struct loaded *loaded;
static struct failure why;

/* A job of a matrix of 3 rows, with 4 or 3 entries in each. */
static void make_job(enum op op, enum element element)
{
    static int stream;
    use_fake("13000");
    device = (struct device){.stream = (CUstream)&stream,
                             .cu = {.cuMemAlloc = allocate, .cuMemFree = release}};
    job = need(sizeof *job);
    loaded = need(sizeof *loaded);
    *job = (struct job){.device = &device,
                        .problem = {.op = op, .n = 3, .element = element},
                        .n = 3,
                        .pitch = op == OP_REDUCE ? 3 : 4,
                        .sum = (CUdeviceptr)(uintptr_t)&sum,
                        .sum_f32 = (CUdeviceptr)(uintptr_t)&sum_f32,
                        .loaded = loaded};
    *(op == OP_REDUCE ? &job->a : &job->c) = (CUdeviceptr)(uintptr_t)memory;
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        if (element == ELEMENT_F64)
            memory[i] = (double)i + 1;
        else
            ((float *)memory)[i] = (float)i + 1;
    allocated = 0;
    cr_assert(cub_loads(13000, why.text, sizeof why.text), "%s", why.text);
}

static double sum_of(const struct family *family, int step)
{
    cr_assert_eq(family->launch(job, loaded, step, &why), STATUS_OK, "%s", why.text);
    return family == &cub_sum || family == &cub_sum_of_gemm ? (double)sum_f32 : sum;
}

Test(cub, reduce_adds_a_in_the_type_of_its_entries)
{
    make_job(OP_REDUCE, ELEMENT_F32);
    cr_assert_eq(cub_sum.prepare(job, loaded, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(allocated, 768);
    cr_expect_eq(sum_of(&cub_sum, 0), 9 * 10 / 2);
    job_free(job);
    make_job(OP_REDUCE, ELEMENT_F64);
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(cub_sum_f64.prepare(job, loaded, &why), STATUS_OK, "%s", why.text);
        cr_expect_eq(sum_of(&cub_sum_f64, 0), 9 * 10 / 2);
    }
    job_free(job);
}

/* The padding is zero on a GPU; here it is added too, which shows that nothing else is. */
Test(cub, after_a_product_it_adds_c_with_its_padding)
{
    make_job(OP_SUM_AAT, ELEMENT_F32);
    cr_assert_eq(cub_sum.prepare(job, loaded, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(sum_of(&cub_sum_of_gemm, 1), 12 * 13 / 2);
    job_free(job);
    make_job(OP_SUM_AAT, ELEMENT_F64);
    cr_assert_eq(cub_sum_f64.prepare(job, loaded, &why), STATUS_OK, "%s", why.text);
    cr_expect_eq(sum_of(&cub_sum_of_dgemm, 1), 12 * 13 / 2);
    job_free(job);
}

static void expect_failure(enum status is, enum status status, const char *text)
{
    cr_expect_eq(is, status);
    cr_expect(strstr(why.text, text), "%s", why.text);
}

Test(cub, what_fails_is_told_in_the_words_of_cuda)
{
    static const char refused[] = "cub::DeviceReduce::Sum failed: invalid argument";
    make_job(OP_REDUCE, ELEMENT_F32);
    setenv("FAKECUB_ERROR", "size", 1);
    expect_failure(cub_sum.prepare(job, loaded, &why), STATUS_FAILED, refused);
    cr_expect_eq(allocated, 0);
    unsetenv("FAKECUB_ERROR");
    is_full = true;
    expect_failure(cub_sum.prepare(job, loaded, &why), STATUS_NO_MEMORY, "CUB's scratch memory");
    is_full = false;
    cr_assert_eq(cub_sum.prepare(job, loaded, &why), STATUS_OK, "%s", why.text);
    setenv("FAKECUB_ERROR", "sum", 1);
    expect_failure(cub_sum.launch(job, loaded, 0, &why), STATUS_FAILED, refused);
    job_free(job);
}
