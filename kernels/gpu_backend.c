/* gpu_backend.c - the table of GPU variants, and the backend made of it (harness/backend.h).
 *
 * One row a variant, in reading order: each names its kernel file below kernels/, and within an
 * operation the rows climb from the plain idea to the fast one. `auto` takes the last row that can
 * run (select.c). */
#include "kernels/gpu_backend.h"

#include "kernels/cublas.h"
#include "kernels/job.h"

#include <stdint.h>

#define NEVER UINT64_MAX

#define ONE_STEP(words)                                                                            \
    {                                                                                              \
        words                                                                                      \
    }

#define MATMUL(name_, kernel_, note_, ...)                                                         \
    {                                                                                              \
        .op = OP_MATMUL, .name = name_, .arithmetic = ARITH_F32, .steps = ONE_STEP("matmul"),      \
        .needs = "cc 3.0", .note = note_, .row = &kernel_, __VA_ARGS__                             \
    }
#define SUM_AAT(name_, kernel_, note_)                                                             \
    {                                                                                              \
        .op = OP_SUM_AAT, .name = name_, .arithmetic = ARITH_F32, .symmetric = true,               \
        .steps = ONE_STEP("matmul + sum"), .needs = "cc 3.0", .note = note_, .row = &kernel_       \
    }
#define REDUCE(name_, kernel_, note_)                                                              \
    {                                                                                              \
        .op = OP_REDUCE, .name = name_, .arithmetic = ARITH_F32, .steps = ONE_STEP("reduce"),      \
        .needs = "cc 3.0", .note = note_, .row = &kernel_                                          \
    }

static const struct kernel matmul_naive = {.module = "matmul/naive",
                                           .symbol = "matmul_naive",
                                           .grid = GRID_TILES,
                                           .tile = 16,
                                           .block_x = 16,
                                           .block_y = 16,
                                           .least_cc = 30,
                                           .auto_from_n = NEVER},
                           matmul_coalesced = {.module = "matmul/coalesced",
                                               .symbol = "matmul_coalesced",
                                               .grid = GRID_TILES,
                                               .tile = 4,
                                               .tile_cols = 8,
                                               .block_x = 32,
                                               .block_y = 32,
                                               .least_cc = 30,
                                               .auto_from_n = NEVER},
                           matmul_tile = {.module = "matmul/tile",
                                          .symbol = "matmul_tile",
                                          .grid = GRID_TILES,
                                          .tile = 32,
                                          .block_x = 32,
                                          .block_y = 32,
                                          .least_cc = 30,
                                          .auto_from_n = NEVER},
                           matmul_register_tile = {.module = "matmul/register_tile",
                                                   .symbol = "matmul_register_tile",
                                                   .grid = GRID_TILES,
                                                   .tile = 64,
                                                   .block_x = 16,
                                                   .block_y = 16,
                                                   .least_cc = 30},
                           matmul_vector_tile = {.module = "matmul/vector_tile",
                                                 .symbol = "matmul_vector_tile",
                                                 .grid = GRID_TILES,
                                                 .tile = 128,
                                                 .block_x = 16,
                                                 .block_y = 16,
                                                 .least_cc = 30,
                                                 .auto_from_n = NEVER},
                           matmul_kepler = {.module = "matmul/kepler",
                                            .symbol = "matmul_kepler",
                                            .grid = GRID_TILES,
                                            .tile = 96,
                                            .block_x = 256,
                                            .block_y = 1,
                                            .least_cc = 30,
                                            .auto_from_n = 192},
                           matmul_warp_tile = {.module = "matmul/warp_tile",
                                               .symbol = "matmul_warp_tile",
                                               .grid = GRID_TILES,
                                               .tile = 128,
                                               .block_x = 256,
                                               .block_y = 1,
                                               .least_cc = 30,
                                               .auto_from_n = NEVER},
                           matmul_symmetric = {.module = "matmul/symmetric",
                                               .symbol = "matmul_symmetric",
                                               .grid = GRID_TRIANGLE,
                                               .tile = 128,
                                               .block_x = 256,
                                               .block_y = 1,
                                               .least_cc = 30,
                                               .auto_from_cc = 35,
                                               .auto_from_n = 256};

static const struct kernel sum_aat_triangle = {.module = "sum_aat/triangle",
                                               .symbol = "sum_aat_triangle",
                                               .grid = GRID_TRIANGLE,
                                               .tile = 64,
                                               .block_x = 16,
                                               .block_y = 16,
                                               .least_cc = 30},
                           sum_aat_kepler = {.module = "sum_aat/kepler_triangle",
                                             .symbol = "sum_aat_kepler_triangle",
                                             .grid = GRID_TRIANGLE,
                                             .tile = 96,
                                             .block_x = 256,
                                             .block_y = 1,
                                             .least_cc = 30,
                                             .auto_from_n = 192},
                           sum_aat_warp = {.module = "sum_aat/warp_triangle",
                                           .symbol = "sum_aat_warp_triangle",
                                           .grid = GRID_TRIANGLE,
                                           .tile = 128,
                                           .block_x = 256,
                                           .block_y = 1,
                                           .least_cc = 30,
                                           .auto_from_cc = 35,
                                           .auto_from_n = 256};

static const struct kernel reduce_one_pass = {.module = "reduce/one_pass",
                                              .symbol = "reduce_one_pass",
                                              .grid = GRID_WAVES,
                                              .block_x = 256,
                                              .block_y = 1,
                                              .blocks_per_sm = 4,
                                              .least_cc = 30};

static const struct kernel cublas_sgemm_row = {.least_cc = 30,
                                               .auto_from_n = NEVER,
                                               .launch = cublas_sgemm,
                                               .prepare = cublas_prepare,
                                               .available = cublas_available},
                           cublas_ssyrk_row = {.least_cc = 30,
                                               .auto_from_n = NEVER,
                                               .launch = cublas_ssyrk,
                                               .prepare = cublas_prepare,
                                               .available = cublas_available};

const struct variant gpu_variants[] = {
    {.op = OP_SUM_AAT,
     .name = "cublas-sgemm",
     .library = true,
     .steps = {"matmul", "reduce"},
     .needs = "cuBLAS",
     .note = "cublasSgemm in pedantic FP32, C stored, then its sum",
     .row = &cublas_sgemm_row},
    {.op = OP_SUM_AAT,
     .name = "cublas-ssyrk",
     .library = true,
     .symmetric = true,
     .steps = {"matmul", "reduce"},
     .needs = "cuBLAS",
     .note = "cublasSsyrk, one triangle stored, then its sum",
     .row = &cublas_ssyrk_row},
    SUM_AAT("triangle", sum_aat_triangle,
            "lower-triangle 64×64 tiles, added up where they were made; readable"),
    SUM_AAT("kepler-triangle", sum_aat_kepler,
            "the same for 63 registers: 96×96 tiles, 6×6 a thread"),
    SUM_AAT("warp-triangle", sum_aat_warp, "128×128 tiles, warp tiles, double buffering"),

    {.op = OP_MATMUL,
     .name = "cublas-sgemm",
     .library = true,
     .steps = {"matmul"},
     .needs = "cuBLAS",
     .note = "cublasSgemm in pedantic FP32",
     .row = &cublas_sgemm_row},
    MATMUL("naive", matmul_naive, "one thread one entry, straight from global memory"),
    MATMUL("coalesced", matmul_coalesced,
           "one warp one entry, neighbouring lanes read neighbouring words"),
    MATMUL("tile", matmul_tile, "32×32 tiles in shared memory"),
    MATMUL("register-tile", matmul_register_tile, "64×64 tiles, 4×4 entries a thread in registers"),
    MATMUL("vector-tile", matmul_vector_tile, "128×128 tiles, 8×8 a thread, 16-byte loads"),
    MATMUL("kepler", matmul_kepler, "96×96 tiles, 6×6 a thread: fits cc 3.0's 63 registers"),
    MATMUL("warp-tile", matmul_warp_tile,
           "warp tiles, double-buffered shared memory, L2-friendly order"),
    MATMUL("symmetric", matmul_symmetric, "lower-triangle tiles only, each stored twice",
           .symmetric = true),

    REDUCE("one-pass", reduce_one_pass,
           "eight 16-byte loads in flight, partials added in a fixed order, one launch"),
};
const size_t gpu_variant_count = sizeof gpu_variants / sizeof *gpu_variants;

static const struct device_facts *facts_of(const struct device *d)
{
    return &d->facts;
}

const struct backend gpu_backend = {
    .name = "gpu",
    .variants = gpu_variants,
    .variant_count = sizeof gpu_variants / sizeof *gpu_variants,
    .open = device_open,
    .close = device_close,
    .device_facts = facts_of,
    .facts = device_add_facts,
    .can_run = kernel_can_run,
    .auto_variant = kernel_auto,
    .bytes_needed = gpu_bytes_needed,
    .begin = gpu_begin,
    .end = gpu_end,
    .load = gpu_load,
    .run = gpu_run,
    .answer = gpu_answer,
    .poison = gpu_poison,
    .oracle_column_sums = gpu_column_sums,
    .oracle_a_times = gpu_a_times,
    .oracle_dots = gpu_dots,
    .a_entries = gpu_a_entries,
    .c_row_sums = gpu_c_row_sums,
    .c_entries = gpu_c_entries,
    .read_a = gpu_read_a,
};
