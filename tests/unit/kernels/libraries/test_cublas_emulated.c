/* test_cublas_emulated.c - where cuBLAS emulates, how much memory that takes, and that a product
 * which it did not emulate is refused: with the fake cuBLAS on a simulated GPU. */
#include "kernels/libraries/cublas_emulated.h"

#include "harness/base/need.h"
#include "kernels/job/job.h"
#include "tests/unit/fake_library.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory */

/* By cuBLAS's rules: 10 planes hold 79 bits and a sign. With S = N up to 1024 and R = N up to 128,
 * the planes of both factors take 2·S·R·10 bytes, scales 8·S, the sums in int32 4·S·S·10, at most
 * 4 GiB, for every 8192 columns; a quarter more, and 128 MiB. The count of bits is 4 bytes. */
static const struct {
    uint64_t n, product;
} figures[] = {
    {1, 2621440 + 8192 + 41943040},
    {128, 2621440 + 8192 + 41943040},
    {129, 5242880 + 8192 + 41943040},
    {1024, 20971520 + 8192 + 41943040},
    {1025, 47185920 + 16384 + 167772160},
    {8192, 1342177280 + 65536 + 2684354560},
    {8193, 1533542400 + 73728 + UINT64_C(2) * 3397386240},
    {10240, 2097152000 + 81920 + UINT64_C(2) * 4194304000},
    {10241, UINT64_C(2335703040) + 90112 + UINT64_C(2) * 4294967296},
    {16385, UINT64_C(5748817920) + 139264 + UINT64_C(3) * 4294967296},
};

Test(cublas_emulated, fixed_point_takes_the_memory_that_cublas_asks_for)
{
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        const struct problem p = {.op = OP_SUM_AAT, .n = figures[i].n, .element = ELEMENT_F64};
        const uint64_t want = figures[i].product / 4 * 5 + 134217728 + 4;
        const uint64_t got = cublas_fixed_point.bytes(NULL, &p);
        cr_expect_eq(got, want, "N = %llu: %llu bytes, want %llu", (unsigned long long)p.n,
                     (unsigned long long)got, (unsigned long long)want);
    }
}

/* ---- where it emulates */

static void load_cublas(const char *version)
{
    setenv("FAKECUBLAS_VERSION", version, 1);
    fake_library_load("libcuda.so.1");
    fake_library_load("cublas/libcublas.so.13");
}

static bool is_available(const struct family *family, int cc, char reason[200])
{
    const struct device d = {.cc = cc, .facts.simulated = true};
    *reason = '\0';
    return family->available(&d, reason, 200);
}

Test(cublas_emulated, each_emulates_on_the_gpus_that_nvidia_lists)
{
    static const struct {
        int cc;
        bool has_bf16x9, has_fixed_point;
    } gpus[] = {{75, false, false},  {80, false, true},  {86, false, true},  {89, false, true},
                {90, false, true},   {100, true, true},  {103, true, false}, {110, false, true},
                {120, false, true},  {121, false, true}, {91, false, false}, {101, false, false},
                {111, false, false}, {130, false, false}};
    char reason[200];
    load_cublas("13.1");
    for (size_t i = 0; i < sizeof gpus / sizeof *gpus; i++) {
        const int cc = gpus[i].cc;
        cr_expect_eq(is_available(&cublas_bf16x9, cc, reason), gpus[i].has_bf16x9, "%d: %s", cc,
                     reason);
        cr_expect_eq(is_available(&cublas_fixed_point, cc, reason), gpus[i].has_fixed_point,
                     "%d: %s", cc, reason);
    }
    is_available(&cublas_bf16x9, 121, reason);
    cr_expect_str_eq(reason, "cuBLAS emulates FP32 on cc 10.0 and 10.3 alone; on 12.1 it would "
                             "compute in plain FP32");
    is_available(&cublas_fixed_point, 75, reason);
    cr_expect_str_eq(reason, "cuBLAS emulates FP64 on cc 8.x, 9.0, 10.0, 11.0 and 12.x alone; on "
                             "7.5 it would compute in plain FP64");
}

static void expect_since(const struct family *family, const char *version, const char *refusal)
{
    char reason[200];
    setenv("FAKECUBLAS_VERSION", version, 1);
    cr_expect_eq(is_available(family, 100, reason), refusal == NULL, "%s: %s", version, reason);
    cr_expect_str_eq(reason, refusal ? refusal : "", "%s", version);
}

Test(cublas_emulated, bf16x9_is_there_from_12_9_on)
{
    load_cublas("12.8");
    expect_since(&cublas_bf16x9, "12.8", "needs cuBLAS 12.9, this is 12.8");
    expect_since(&cublas_bf16x9, "12.9", NULL);
    expect_since(&cublas_fixed_point, "12.9", "needs cuBLAS 13.1, this is 12.9");
}

Test(cublas_emulated, fixed_point_is_there_from_13_1_on)
{
    load_cublas("13.0");
    expect_since(&cublas_bf16x9, "13.0", NULL);
    expect_since(&cublas_fixed_point, "13.0", "needs cuBLAS 13.1, this is 13.0");
    expect_since(&cublas_fixed_point, "13.1", NULL);
    expect_since(&cublas_fixed_point, "none", "needs cuBLAS 13.1, this is 0.0");
}

Test(cublas_emulated, a_later_version_emulates_too)
{
    load_cublas("14.0");
    expect_since(&cublas_bf16x9, "14.0", NULL);
    expect_since(&cublas_fixed_point, "14.0", NULL);
}

/* Of another cuBLAS than the fake one, or without any. */
Test(cublas_emulated, neither_runs_on_a_simulated_gpu)
{
    char reason[200];
    cr_expect_not(is_available(&cublas_bf16x9, 100, reason));
    cr_expect_str_eq(reason, "cuBLAS needs a real GPU, this one is simulated");
    cr_expect_not(is_available(&cublas_fixed_point, 100, reason));
    cr_expect_str_eq(reason, "cuBLAS needs a real GPU, this one is simulated");
}

Test(cublas_emulated, bf16x9_needs_products_that_have_bits_of_their_own)
{
    char reason[100] = "";
    cr_expect(cublas_bf16x9.suits(NULL, &(struct problem){.n = 64}, reason, sizeof reason));
    cr_expect_str_eq(reason, "");
    cr_expect_not(cublas_bf16x9.suits(NULL, &(struct problem){.n = 63}, reason, sizeof reason));
    cr_expect_str_eq(reason, "cannot be distinguished from plain FP32 by its bits below N = 64");
}

/* ---- on a simulated B200 */

enum { N = 64, PARTIAL_BYTES = 1 << 16 };

static const struct family *family;
static struct device *device;
static struct job *job;
static struct failure why;
static struct variant variant;
static struct loaded loaded = {.variant = &variant};

/* A job with A and room for C. */
static void make_job(enum arithmetic arithmetic)
{
    const struct device_request request = {.index = 0};
    const bool is_f64 = arithmetic == ARITH_F64_INT8;
    const struct problem p = {.op = OP_SUM_AAT,
                              .n = N,
                              .seed = 1,
                              .range = RANGE_UNIT,
                              .element = is_f64 ? ELEMENT_F64 : ELEMENT_F32};
    setenv("FAKECUDA_PROFILE", "b200", 1);
    load_cublas("13.1");
    family = is_f64 ? &cublas_fixed_point : &cublas_bf16x9;
    variant.arithmetic = arithmetic;
    cr_assert_eq(device_open(&request, &device, &why), STATUS_OK, "%s", why.text);
    device->sms = 2; /* fewer blocks to simulate */
    cr_assert(family->available(device, why.text, sizeof why.text), "%s", why.text);
    cr_assert_eq(job_new(device, &p, 0, &job, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(job_buffer(job, NULL, "C", N * N * job_entry_bytes(job), &job->c, &why),
                 STATUS_OK);
    cr_assert_eq(job_buffer(job, NULL, "partial sums", PARTIAL_BYTES, &job->partials, &why),
                 STATUS_OK);
    job->of_c = (struct rows){0, N};
}

static void end_job(void)
{
    job_free(job);
    device_close(device);
}

/* The sum of C = A·Aᵀ, from A itself. */
static double sum_of_a(void)
{
    double sum = 0;
    for (int k = 0; k < N; k++) {
        double column = 0;
        for (int i = 0; i < N; i++) {
            const size_t at = (size_t)i * job->pitch + (size_t)k;
            column += variant.arithmetic == ARITH_F64_INT8
                          ? ((const double *)(uintptr_t)job->a)[at]
                          : (double)((const float *)(uintptr_t)job->a)[at];
        }
        sum += column * column;
    }
    return sum;
}

static double sum_of_c(void)
{
    double sum = 0;
    cr_assert_eq(family->launch(job, &loaded, 1, &why), STATUS_OK, "%s", why.text);
    cr_assert_eq(job_wait(job, "adding", &why), STATUS_OK);
    device->cu.cuMemcpyDtoH(&sum, job->sum, sizeof sum);
    return sum;
}

/* Step 0 multiplies, whatever C was, and step 1 adds both halves of C. */
static void expect_sum(void)
{
    const size_t bytes = N * N * job_entry_bytes(job);
    void *c = (void *)(uintptr_t)job->c;
    const double want = sum_of_a();
    cr_assert_eq(family->prepare(job, &loaded, &why), STATUS_OK, "%s", why.text);
    memset(c, 0x41, bytes);
    cr_assert_eq(family->launch(job, &loaded, 0, &why), STATUS_OK, "%s", why.text);
    cr_expect_float_eq(sum_of_c(), want, 1e-6 * want, "%g, want %g", sum_of_c(), want);
    memset(c, 0, bytes);
    if (variant.arithmetic == ARITH_F64_INT8)
        ((double *)c)[1] = 5;
    else
        ((float *)c)[1] = 5;
    cr_expect_eq(sum_of_c(), 5, "%g", sum_of_c());
}

static void expect_failure(enum status status, const char *text)
{
    why.text[0] = '\0';
    cr_expect_eq(family->prepare(job, &loaded, &why), status, "%s", why.text);
    cr_expect(strstr(why.text, text), "\"%s\" lacks \"%s\"", why.text, text);
}

/* ---- calls that fail */

static int calls, fails_at, waits;
static CUresult (*allocate)(CUdeviceptr *at, size_t bytes);

static CUresult allocate_or_not(CUdeviceptr *at, size_t bytes)
{
    return calls++ == fails_at ? CUDA_ERROR_OUT_OF_MEMORY : allocate(at, bytes);
}

static CUresult set_not(CUdeviceptr at, unsigned char value, size_t bytes, CUstream stream)
{
    (void)at, (void)value, (void)bytes, (void)stream;
    return CUDA_ERROR_INVALID_VALUE;
}

static CUresult wait_not(CUstream stream)
{
    (void)stream;
    waits++;
    return CUDA_ERROR_INVALID_VALUE;
}

static CUresult copy_not(void *to, CUdeviceptr from, size_t bytes)
{
    (void)to, (void)from, (void)bytes;
    return CUDA_ERROR_INVALID_VALUE;
}

/* Whether C is a product, no entry of which is 0. */
static bool has_multiplied(void)
{
    return ((const double *)(uintptr_t)job->c)[0] != 0;
}

/* Before a workspace was allocated. */
static void expect_no_product_without_memory(void)
{
    static const char *const texts[] = {"for cuBLAS's workspace", "for cuBLAS's count of bits"};
    allocate = device->cu.cuMemAlloc;
    device->cu.cuMemAlloc = allocate_or_not;
    for (fails_at = 0; fails_at < 2; fails_at++) {
        calls = 0;
        expect_failure(STATUS_NO_MEMORY, texts[fails_at]);
        cr_expect_not(has_multiplied());
    }
    device->cu.cuMemAlloc = allocate;
}

static void expect_the_call_of_the_driver_that_failed(void)
{
    const struct driver cu = device->cu;
    device->cu.cuMemsetD8Async = set_not;
    device->cu.cuStreamSynchronize = wait_not;
    expect_failure(STATUS_FAILED, "reading cuBLAS's count of bits");
    cr_expect_not(has_multiplied());
    cr_expect_eq(waits, 0);
    device->cu.cuMemsetD8Async = cu.cuMemsetD8Async;
    expect_failure(STATUS_FAILED, "multiplying");
    cr_expect(has_multiplied());
    device->cu.cuStreamSynchronize = cu.cuStreamSynchronize;
    device->cu.cuMemcpyDtoH = copy_not;
    expect_failure(STATUS_FAILED, "reading cuBLAS's count of bits");
    device->cu = cu;
}

static void expect_the_call_of_cublas_that_failed(void)
{
    const CUstream stream = device->stream;
    const CUdeviceptr c = job->c;
    device->stream = NULL;
    expect_failure(STATUS_FAILED, "cublasSetStream failed: cuBLAS status 7 (libcublas.so.13)");
    device->stream = stream;
    job->c = 0;
    expect_failure(STATUS_FAILED, "cublasGemmEx failed: cuBLAS status 7 (libcublas.so.13)");
    job->c = c;
    setenv("FAKECUBLAS_REFUSES", "cublasSetEmulationStrategy", 1);
    expect_failure(STATUS_FAILED, "cublasSetEmulationStrategy failed: cuBLAS status 15");
    unsetenv("FAKECUBLAS_REFUSES");
}

static void expect_all_settings_of_fixed_point(void)
{
    static const char *const settings[] = {"cublasSetWorkspace",
                                           "cublasSetFixedPointEmulationMantissaControl",
                                           "cublasSetFixedPointEmulationMaxMantissaBitCount",
                                           "cublasSetFixedPointEmulationMantissaBitCountPointer"};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        setenv("FAKECUBLAS_REFUSES", settings[i], 1);
        expect_failure(STATUS_FAILED, "setting up cuBLAS's fixed point failed: cuBLAS status 15");
    }
    unsetenv("FAKECUBLAS_REFUSES");
}

/* One test, because the workspace is 181 MiB. */
Test(cublas_emulated, fixed_point_is_made_or_says_why_not)
{
    make_job(ARITH_F64_INT8);
    memset((void *)(uintptr_t)job->c, 0, N * N * sizeof(double));
    expect_no_product_without_memory();
    expect_the_call_of_the_driver_that_failed();
    expect_the_call_of_cublas_that_failed();
    expect_all_settings_of_fixed_point();
    expect_sum();
    setenv("FAKECUBLAS_BITS", "1", 1);
    cr_expect_eq(family->prepare(job, &loaded, &why), STATUS_OK, "%s", why.text);
    setenv("FAKECUBLAS_BITS", "0", 1);
    expect_failure(STATUS_NO_DEVICE, "in plain FP64: that is cublas-dgemm");
    unsetenv("FAKECUBLAS_BITS");
    setenv("FAKECUBLAS", "plain", 1);
    expect_failure(STATUS_NO_DEVICE, "in plain FP64: that is cublas-dgemm");
    end_job();
}

Test(cublas_emulated, bf16x9_is_made_or_says_why_not)
{
    make_job(ARITH_F32_9XBF16);
    expect_the_call_of_cublas_that_failed();
    expect_sum();
    const struct driver cu = device->cu;
    device->cu.cuStreamSynchronize = wait_not;
    expect_failure(STATUS_FAILED, "multiplying");
    cr_expect_eq(waits, 1);
    device->cu = cu;
    setenv("FAKECUBLAS", "plain", 1);
    expect_failure(STATUS_NO_DEVICE, "has the bits of its plain FP32: that is cublas-sgemm");
    end_job();
}
