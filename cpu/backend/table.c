/* table.c - the table of the CPU's variants. */
#include "cpu/backend/table.h"

#include "cpu/backend/parts.h"
#include "cpu/backend/steps.h"

#include <stdio.h>

#define ROW(...) (&(const struct cpu_variant){__VA_ARGS__})

/* The names of the variants of files, which are written when a file is added. */
enum { SSYRK, SGEMM, DSYRK, DGEMM, ROUTINES };
static char file_names[BLAS_FILES][ROUTINES][BLAS_NAME_BYTES + 8];

/* The rows of one library in one type: the triangle, which is half the work, and all of C. `letter`
 * begins the names of its routines. */
#define PRODUCTS(index, id, title, arith, letter, triangle, full)                                  \
    {.op = OP_SUM_AAT,                                                                             \
     .name = triangle,                                                                             \
     .arithmetic = arith,                                                                          \
     .symmetric = true,                                                                            \
     .library = true,                                                                              \
     .blas = id,                                                                                   \
     .steps = {"matmul", "reduce"},                                                                \
     .needs = title,                                                                               \
     .note = #letter "syrk makes the lower triangle of C, half the work; its sum in float64",      \
     .source = "cpu/backend/steps.c",                                                              \
     .row = ROW(.is_blas = true, .library = index, .stores_c = true,                               \
                .step = {cpu_step_multiply_##letter##syrk, cpu_step_sum_c_lower})},                \
        {.op = OP_SUM_AAT,                                                                         \
         .name = full,                                                                             \
         .arithmetic = arith,                                                                      \
         .library = true,                                                                          \
         .blas = id,                                                                               \
         .steps = {"matmul", "reduce"},                                                            \
         .needs = title,                                                                           \
         .note = #letter "gemm makes all of C; its sum in float64",                                \
         .source = "cpu/backend/steps.c",                                                          \
         .row = ROW(.is_blas = true, .library = index, .stores_c = true,                           \
                    .step = {cpu_step_multiply_##letter##gemm, cpu_step_sum_c})},                  \
        {.op = OP_MATMUL,                                                                          \
         .name = triangle,                                                                         \
         .arithmetic = arith,                                                                      \
         .symmetric = true,                                                                        \
         .library = true,                                                                          \
         .blas = id,                                                                               \
         .steps = {"matmul", "mirror"},                                                            \
         .needs = title,                                                                           \
         .note =                                                                                   \
             #letter "syrk makes the lower triangle of C, half the work; copied to the upper one", \
         .source = "cpu/backend/steps.c",                                                          \
         .row = ROW(.is_blas = true, .library = index, .stores_c = true,                           \
                    .step = {cpu_step_multiply_##letter##syrk, cpu_step_mirror_c})},               \
        {.op = OP_MATMUL,                                                                          \
         .name = full,                                                                             \
         .arithmetic = arith,                                                                      \
         .library = true,                                                                          \
         .blas = id,                                                                               \
         .steps = {"matmul"},                                                                      \
         .needs = title,                                                                           \
         .note = #letter "gemm makes all of C",                                                    \
         .source = "cpu/backend/steps.c",                                                          \
         .row = ROW(.is_blas = true, .library = index, .stores_c = true,                           \
                    .step = {cpu_step_multiply_##letter##gemm})},

/* The rows of our own loops in one type. */
#define OWN(arith)                                                                                 \
    {.op = OP_SUM_AAT,                                                                             \
     .name = "fused-triangle",                                                                     \
     .arithmetic = arith,                                                                          \
     .symmetric = true,                                                                            \
     .steps = {"matmul + sum"},                                                                    \
     .needs = "",                                                                                  \
     .note =                                                                                       \
         "packed strips, tiles in registers, one triangle; C is never stored: the one to learn "   \
         "from",                                                                                   \
     .source = "cpu/fused/fused.c",                                                                \
     .row = ROW(.has_scratch = true, .step = {cpu_step_multiply_and_sum_fused})},                  \
        {.op = OP_SUM_AAT,                                                                         \
         .name = "reference",                                                                      \
         .arithmetic = arith,                                                                      \
         .steps = {"matmul + sum"},                                                                \
         .needs = "",                                                                              \
         .note = "plain loops over tiles of C, which is never stored: the one to read",            \
         .source = "cpu/reference/loops.h",                                                        \
         .row = ROW(.step = {cpu_step_multiply_and_sum_reference})},                               \
        {.op = OP_MATMUL,                                                                          \
         .name = "reference",                                                                      \
         .arithmetic = arith,                                                                      \
         .steps = {"matmul"},                                                                      \
         .needs = "",                                                                              \
         .note = "plain loops over tiles of C: the one to read",                                   \
         .source = "cpu/reference/loops.h",                                                        \
         .row = ROW(.stores_c = true, .step = {cpu_step_multiply_reference})},                     \
        {.op = OP_REDUCE,                                                                          \
         .name = "plain",                                                                          \
         .arithmetic = arith,                                                                      \
         .steps = {"reduce"},                                                                      \
         .needs = "",                                                                              \
         .note = "float64 sums of the rows, added in a fixed order, on all threads",               \
         .source = "cpu/loops/sums.c",                                                             \
         .row = ROW(.step = {cpu_step_sum_a})},

#define LIBRARY(index, id, title, ssyrk, sgemm, dsyrk, dgemm)                                      \
    PRODUCTS(index, id, title, ARITH_F32, s, ssyrk, sgemm)                                         \
    PRODUCTS(index, id, title, ARITH_F64, d, dsyrk, dgemm)
#define NAMED(index, id, title)                                                                    \
    LIBRARY(index, id, title, id "-ssyrk", id "-sgemm", id "-dsyrk", id "-dgemm")
#define FILE_ROWS(i)                                                                               \
    LIBRARY(BLAS_NAMED + i, blas_rows[BLAS_NAMED + i].name, "a file", file_names[i][SSYRK],        \
            file_names[i][SGEMM], file_names[i][DSYRK], file_names[i][DGEMM])

const struct variant cpu_variants[CPU_OWN_ROWS + CPU_LIBRARY_ROWS * BLAS_MAX] = {
    LIBRARY(BLAS_OPENBLAS, "openblas", "OpenBLAS", "openblas-syrk", "openblas-sgemm",
            "openblas-dsyrk", "openblas-dgemm") OWN(ARITH_F32) OWN(ARITH_F64)
    /* The indices of blas_rows. */
    NAMED(1, "openblas-pthread", "OpenBLAS with pthreads")
        NAMED(2, "openblas-openmp", "OpenBLAS with OpenMP")
            NAMED(3, "openblas64", "OpenBLAS with 64-bit integers") NAMED(4, "blis", "BLIS")
                NAMED(5, "aocl", "AOCL-BLAS") NAMED(6, "mkl", "Intel MKL")
                    NAMED(7, "nvpl", "NVPL BLAS") NAMED(8, "atlas", "ATLAS")
                        NAMED(9, "netlib", "Netlib BLAS") FILE_ROWS(0) FILE_ROWS(1) FILE_ROWS(2)
                            FILE_ROWS(3) FILE_ROWS(4) FILE_ROWS(5) FILE_ROWS(6) FILE_ROWS(7)};

void cpu_variants_add(size_t library)
{
    static const char *const routines[] = {"ssyrk", "sgemm", "dsyrk", "dgemm"};
    for (size_t r = 0; r < ROUTINES; r++)
        snprintf(file_names[library - BLAS_NAMED][r], sizeof file_names[0][0], "%s-%s",
                 blas_rows[library].name, routines[r]);
}
