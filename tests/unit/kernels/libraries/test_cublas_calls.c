/* test_cublas_calls.c - how each variant of cuBLAS and cublasLt calls its library, compared with
 * tests/golden/cublas.txt, which UPDATE_GOLDEN=1 writes anew, and that a call that fails ends in a
 * sentence. Driver and library only take notes. */
#include "kernels/backend/gpu_backend.h"
#include "kernels/libraries/cublas.h"
#include "tests/unit/fake_library.h"
#include "tests/unit/golden.h"
#include "tests/unit/kernels/launchers/noting_driver.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const sonames[] = {"libcublas.so.13", "libcublasLt.so.13"};
static struct device device;
static struct failure why;

/* Sets a variable of both libraries. */
static void set(const char *symbol, const void *value, size_t bytes)
{
    for (int i = 0; i < 2; i++) {
        void *library = dlopen(sonames[i], RTLD_NOW | RTLD_LOCAL);
        cr_assert_not_null(library);
        void *at = dlsym(library, symbol);
        cr_assert_not_null(at);
        memcpy(at, value, bytes);
        dlclose(library);
    }
}

static void use_noting_libraries(void)
{
    static int stream;
    fake_library_load("notes/libcublas.so.13");
    fake_library_load("notes/libcublasLt.so.13");
    set("noting_cublas_notes", &notes, sizeof notes);
    device = noting_h100();
    device.stream = (CUstream)&stream;
}

static bool is_of_cublas(const struct variant *v)
{
    return v->library && strncmp(v->name, "cublas", 6) == 0 && !strstr(v->name, "cub-") &&
           !strstr(v->name, "-cub");
}

/* Loads and runs v of order n; the status of the first call that fails. */
static enum status run(const struct variant *v, uint64_t n)
{
    const struct problem p = {v->op, n, 1, RANGE_UNIT, element_of(v->arithmetic)};
    struct plan plan;
    struct job *job = NULL;
    struct sample sample;
    noting_begin();
    if (!gpu_backend.can_run(&device, v, &p, why.text, sizeof why.text))
        return STATUS_NO_DEVICE;
    gpu_backend.plan(&device, v, &p, &plan);
    fprintf(notes, "  needs %llu bytes\n", (unsigned long long)plan.bytes);
    enum status status = gpu_backend.begin(&device, &plan, &job, &why);
    if (status == STATUS_OK)
        status = gpu_backend.load(job, v, &why);
    if (status == STATUS_OK)
        status = gpu_backend.run(job, v, 1, &sample, &why);
    if (status == STATUS_OK)
        status = gpu_backend.run(job, v, 1, &sample, &why);
    gpu_backend.end(job);
    return status;
}

static void note(const struct variant *v, uint64_t n, const char *how)
{
    fprintf(notes, "%s/%s/%s n=%llu%s\n", op_name(v->op), arithmetic_name(v->arithmetic), v->name,
            (unsigned long long)n, how);
    if (run(v, n) != STATUS_OK)
        fprintf(notes, "  %s\n", why.text);
}

Test(cublas_calls, of_each_variant_are_the_golden_ones)
{
    char *text;
    size_t bytes;
    notes = open_memstream(&text, &bytes);
    use_noting_libraries();
    for (size_t i = 0; i < gpu_backend.variant_count; i++) {
        const struct variant *v = &gpu_backend.variants[i];
        if (!is_of_cublas(v))
            continue;
        device.cc = strstr(v->name, "bf16x9") ? 100 : 90;
        note(v, 304, "");
        note(v, 289, "");
        device.share = (struct share){.begin = 1, .end = 2, .of = 3};
        if (v->op == OP_MATMUL)
            note(v, 304, " a third");
        device.share = (struct share){0};
    }
    fclose(notes);
    golden_expect("tests/golden/cublas.txt", text);
    free(text);
}

static const struct variant *variant_of(enum op op, enum arithmetic arithmetic, const char *name)
{
    const struct variant *v = gpu_backend.variants;
    while (v->op != op || v->arithmetic != arithmetic || strcmp(v->name, name) != 0)
        v++;
    return v;
}

static void expect_failure(const struct variant *v, const char *call, const char *text)
{
    set("noting_cublas_fails", &call, sizeof call);
    cr_expect_eq(run(v, 304), STATUS_FAILED, "%s", call);
    cr_expect_eq(strncmp(why.text, text, strlen(text)), 0, "%s: %s", call, why.text);
    cr_expect(strstr(why.text, " failed: cuBLAS status 14 (libcublas"), "%s", why.text);
}

Test(cublas_calls, one_that_fails_is_told)
{
    static const struct {
        enum op op;
        enum arithmetic arithmetic;
        const char *name, *call, *text;
    } cases[] = {
        {OP_SUM_AAT, ARITH_F32, "cublas-sgemm", "cublasCreate_v2", "cublasCreate failed"},
        {OP_SUM_AAT, ARITH_F32, "cublas-sgemm", "cublasSetStream_v2", "cublasSetStream failed"},
        {OP_SUM_AAT, ARITH_F32, "cublas-sgemm", "cublasSetMathMode", "cublasSetMathMode failed"},
        {OP_SUM_AAT, ARITH_F32, "cublas-sgemm", "cublasSgemm_v2", "cublasSgemm failed"},
        {OP_SUM_AAT, ARITH_F32, "cublas-ssyrk", "cublasSetMathMode", "cublasSetMathMode failed"},
        {OP_SUM_AAT, ARITH_F32, "cublas-ssyrk", "cublasSsyrk_v2", "cublasSsyrk failed"},
        {OP_SUM_AAT, ARITH_F64, "cublas-dgemm", "cublasDgemm_v2", "cublasDgemm failed"},
        {OP_SUM_AAT, ARITH_F64, "cublas-dsyrk", "cublasDsyrk_v2", "cublasDsyrk failed"},
        {OP_SUM_AAT, ARITH_F16, "cublas-gemm", "cublasGemmEx", "cublasGemmEx failed"},
        {OP_SUM_AAT, ARITH_INT8, "cublas-gemm", "cublasGemmEx", "cublasGemmEx failed"},
        {OP_REDUCE, ARITH_F32, "cublas-sasum", "cublasSetPointerMode_v2", "cublasSasum failed"},
        {OP_REDUCE, ARITH_F32, "cublas-sasum", "cublasSasum_v2", "cublasSasum failed"},
    };
    notes = fopen("/dev/null", "we");
    use_noting_libraries();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_failure(variant_of(cases[i].op, cases[i].arithmetic, cases[i].name), cases[i].call,
                       cases[i].text);
    fclose(notes);
}

/* Where cuBLAS is installed it is found. */
Test(cublas_calls, without_the_library_a_reason_is_given)
{
    const struct device real = {.cc = 90};
    char reason[200] = "";
    const bool is_found = cublas_gemm.available(&real, reason, sizeof reason);
    cr_expect_str_eq(reason, is_found ? ""
                                      : "cuBLAS was not found (libcublas.so.13, .12, .11 or .10): "
                                        "set LD_LIBRARY_PATH to it");
}

/* Of other libraries than the noting one, or without any. */
Test(cublas_calls, cublas_lt_needs_a_real_gpu_and_an_order_that_is_a_multiple_of_16)
{
    const struct variant *v = variant_of(OP_SUM_AAT, ARITH_FP8, "cublas-lt");
    struct problem p = {OP_SUM_AAT, 304, 1, RANGE_UNIT, ELEMENT_F32};
    char reason[200] = "";
    notes = fopen("/dev/null", "we");
    use_noting_libraries();
    cr_expect(gpu_backend.can_run(&device, v, &p, reason, sizeof reason), "%s", reason);
    p.n = 312;
    cr_expect_not(gpu_backend.can_run(&device, v, &p, reason, sizeof reason));
    cr_expect_str_eq(reason, "cublasLt multiplies fp8 only where N is a multiple of 16");
    p.n = 304;
    device.facts.simulated = true;
    cr_expect_not(gpu_backend.can_run(&device, v, &p, reason, sizeof reason));
    cr_expect_str_eq(reason, "cuBLAS needs a real GPU, this one is simulated");
    fclose(notes);
}

static bool can(enum op op, enum arithmetic arithmetic, const char *name, uint64_t n,
                enum range range)
{
    const struct problem p = {op, n, 1, range, element_of(arithmetic)};
    why.text[0] = '\0';
    return gpu_backend.can_run(&device, variant_of(op, arithmetic, name), &p, why.text,
                               sizeof why.text);
}

Test(cublas_calls, sasum_counts_to_what_an_int_holds_and_adds_no_negative_numbers)
{
    notes = fopen("/dev/null", "we");
    use_noting_libraries();
    cr_expect(can(OP_REDUCE, ARITH_F32, "cublas-sasum", 46340, RANGE_UNIT), "%s", why.text);
    cr_expect_not(can(OP_REDUCE, ARITH_F32, "cublas-sasum", 46341, RANGE_UNIT));
    cr_expect_str_eq(why.text, "counts in 32 bits: N is at most 46340");
    cr_expect_not(can(OP_REDUCE, ARITH_F32, "cublas-sasum", 100, RANGE_SIGNED));
    cr_expect_str_eq(why.text, "adds absolute values: on [-1,1) that is not the sum");
    fclose(notes);
}

static void use_major(int major)
{
    notes = fopen("/dev/null", "we");
    use_noting_libraries();
    set("noting_cublas_major", &major, sizeof major);
}

Test(cublas_calls, cublas_10_has_neither_tf32_nor_bf16_nor_int8)
{
    static const enum arithmetic lacks[] = {ARITH_TF32, ARITH_BF16, ARITH_INT8};
    use_major(10);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_not(can(OP_MATMUL, lacks[i], "cublas-gemm", 304, RANGE_UNIT));
        cr_expect_str_eq(why.text, "needs cuBLAS 11, libcublas.so.13 is older");
    }
    cr_expect(can(OP_MATMUL, ARITH_F16, "cublas-gemm", 304, RANGE_UNIT), "%s", why.text);
    cr_expect(can(OP_MATMUL, ARITH_F32, "cublas-sgemm", 304, RANGE_UNIT), "%s", why.text);
    fclose(notes);
}

/* The calls of cuBLAS that a product makes. */
static void expect_calls(int major, enum arithmetic arithmetic, const char *name,
                         const char *math_mode, const char *compute)
{
    char *text;
    size_t bytes;
    notes = open_memstream(&text, &bytes);
    use_noting_libraries();
    set("noting_cublas_major", &major, sizeof major);
    cr_expect_eq(run(variant_of(OP_MATMUL, arithmetic, name), 304), STATUS_OK, "%s", why.text);
    fclose(notes);
    cr_expect(strstr(text, math_mode), "%s", text);
    cr_expect(strstr(text, compute), "%s", text);
    free(text);
}

Test(cublas_calls, cublas_10_computes_f16_in_tensor_cores_by_its_own_names)
{
    expect_calls(10, ARITH_F16, "cublas-gemm", "cublasSetMathMode: 1, 1\n", " by 320, 0, 99\n");
    expect_calls(10, ARITH_F32, "cublas-sgemm", "cublasSetMathMode: 1, 0\n", "cublasSgemm_v2");
}

Test(cublas_calls, cublas_11_has_all)
{
    use_major(11);
    cr_expect(can(OP_MATMUL, ARITH_TF32, "cublas-gemm", 304, RANGE_UNIT), "%s", why.text);
    cr_expect(can(OP_MATMUL, ARITH_INT8, "cublas-gemm", 304, RANGE_UNIT), "%s", why.text);
    fclose(notes);
    expect_calls(11, ARITH_F16, "cublas-gemm", "cublasSetMathMode: 1, 0\n", " by 320, 68, -1\n");
    expect_calls(11, ARITH_F32, "cublas-sgemm", "cublasSetMathMode: 1, 2\n", "cublasSgemm_v2");
}

/* A is converted again if its rows were scaled, and not for another run. */
Test(cublas_calls, a_is_converted_once_for_each_a)
{
    static const float factors[304] = {2};
    const struct variant *v = variant_of(OP_SUM_AAT, ARITH_F16, "cublas-gemm");
    const struct problem p = {OP_SUM_AAT, 304, 1, RANGE_UNIT, ELEMENT_F32};
    struct plan plan;
    struct job *job;
    struct sample sample;
    char *text;
    size_t bytes, converted = 0;
    notes = open_memstream(&text, &bytes);
    use_noting_libraries();
    cr_assert(gpu_backend.can_run(&device, v, &p, why.text, sizeof why.text), "%s", why.text);
    gpu_backend.plan(&device, v, &p, &plan);
    cr_assert_eq(gpu_backend.begin(&device, &plan, &job, &why), STATUS_OK);
    cr_assert_eq(gpu_backend.load(job, v, &why), STATUS_OK);
    for (int turn = 0; turn < 3; turn++) {
        cr_assert_eq(gpu_backend.scale_rows(job, v, turn == 1 ? factors : NULL, &why), STATUS_OK);
        for (int again = 0; again < 2; again++)
            cr_assert_eq(gpu_backend.run(job, v, 1, &sample, &why), STATUS_OK, "%s", why.text);
    }
    gpu_backend.end(job);
    fclose(notes);
    for (const char *at = text; (at = strstr(at, "convert_f16")); at++)
        converted++;
    cr_expect_eq(converted, 3, "%zu", converted);
    free(text);
}

Test(cublas_calls, one_of_cublas_lt_that_fails_is_told)
{
    static const char *const choosing[] = {
        "cublasLtCreate",
        "cublasLtMatmulDescCreate",
        "cublasLtMatmulDescSetAttribute",
        "cublasLtMatrixLayoutCreate",
        "cublasLtMatmulPreferenceCreate",
        "cublasLtMatmulPreferenceSetAttribute",
        "cublasLtMatmulAlgoGetHeuristic",
    };
    const int one = 1;
    const char *none = NULL;
    notes = fopen("/dev/null", "we");
    use_noting_libraries();
    const struct variant *v = variant_of(OP_SUM_AAT, ARITH_FP8, "cublas-lt");
    for (size_t i = 0; i < sizeof choosing / sizeof *choosing; i++)
        expect_failure(v, choosing[i], "choosing a product of cublasLt failed");
    expect_failure(v, "cublasLtMatmul", "cublasLtMatmul failed");
    set("noting_cublas_fails", &none, sizeof none);
    set("noting_cublas_finds_none", &one, sizeof one);
    cr_expect_eq(run(v, 304), STATUS_FAILED);
    cr_expect_str_eq(why.text, "libcublasLt.so.13 has no product in fp8 of N = 304");
    fclose(notes);
}
