/* test_gemm.c - what doctor says of OpenBLAS's product. */
#include "bench/doctor/gemm.h"

#include <criterion/criterion.h>
#include <string.h>

static struct doctor_line line;
static struct doctor_sheet sheet;

/* The line about a product at so many FLOP/s where the CPU's peak is 1e12; `core_by`: who chose the
 * kernels. */
static const char *described(double flops, const char *core_by, bool is_stopped)
{
    struct facts facts = {0};
    sheet = (struct doctor_sheet){.line = &line, .max = 1};
    facts_real(&facts, "doctor.gemm_flops", flops);
    facts_integer(&facts, "doctor.gemm_n", 1024);
    facts_real(&facts, "cpu.peak_f32_flops", 1e12);
    facts_text(&facts, "blas.core_by", core_by);
    gemm_describe(&sheet, &facts, is_stopped);
    facts_free(&facts);
    cr_assert_eq(sheet.count, 1);
    cr_expect_str_eq(line.what, "sgemm");
    return line.found;
}

Test(doctor_gemm, from_half_of_the_peak_on_a_product_is_well)
{
    cr_expect_str_eq(described(8e11, "", false),
                     "800.0 GFLOP/s, 80 % of the measured multiply-adds, N = 1024");
    cr_expect_eq(line.state, DOCTOR_OK);
    cr_expect_str_empty(line.advice);
    described(5e11, "", false);
    cr_expect_eq(line.state, DOCTOR_OK);
    described(1e12, "", false);
    cr_expect_eq(line.state, DOCTOR_OK);
}

Test(doctor_gemm, a_slow_one_is_advised_by_what_may_have_caused_it)
{
    cr_expect_str_eq(described(4.9e11, "gpubench", false),
                     "490.0 GFLOP/s, 49 % of the measured multiply-adds, N = 1024");
    cr_expect_eq(line.state, DOCTOR_WARN);
    cr_expect(strstr(line.advice, "OpenBLAS may have no kernels for this CPU"), "%s", line.advice);
    described(4.9e11, "OPENBLAS_CORETYPE", false);
    cr_expect_eq(line.state, DOCTOR_WARN);
    cr_expect(strstr(line.advice, "OPENBLAS_CORETYPE may name"), "%s", line.advice);
    described(4.9e11, "OPENBLAS_CORETYPE", true);
    cr_expect_eq(line.state, DOCTOR_OK, "a limit that stops the process explains it");
    cr_expect_str_empty(line.advice);
}

Test(doctor_gemm, faster_than_the_peak_means_that_the_peak_was_disturbed)
{
    const char *found = described(1.01e12, "", false);
    cr_expect_eq(line.state, DOCTOR_WARN);
    cr_expect_eq(strncmp(found, "1.010 TFLOP/s, N = 1024; ", 25), 0, "%s", found);
    cr_expect_null(strstr(found, "101 %"), "%s", found);
    cr_expect(strstr(line.advice, "try again when idle"), "%s", line.advice);
}

Test(doctor_gemm, what_was_not_measured_has_no_line)
{
    static const char *const names[] = {"doctor.gemm_flops", "doctor.gemm_n", "cpu.peak_f32_flops"};
    for (size_t without = 0; without < 4; without++) {
        struct facts facts = {0};
        sheet = (struct doctor_sheet){.line = &line, .max = 1};
        for (size_t i = 0; i < 3; i++) {
            if (i == 1 && i != without)
                facts_integer(&facts, names[i], 1024);
            else if (i != without)
                facts_real(&facts, names[i], without == 3 && i == 2 ? 0 : 1e11);
        }
        gemm_describe(&sheet, &facts, false);
        cr_expect_eq(sheet.count, 0, "%zu", without);
        facts_free(&facts);
    }
}
