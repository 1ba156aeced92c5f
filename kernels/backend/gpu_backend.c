/* gpu_backend.c - the table of GPU variants, and the backend made of it
 * (harness/contract/backend.h).
 *
 * One row a variant, in reading order: each names its kernel file below kernels/, and within an
 * operation the rows climb from the plain idea to the fast one. `auto` takes the last row that can
 * run (select.c). */
#include "kernels/backend/gpu_backend.h"

#include "kernels/job/job.h"
#include "kernels/launchers/ampere.h"
#include "kernels/launchers/hopper.h"
#include "kernels/launchers/tensor.h"
#include "kernels/libraries/cub.h"
#include "kernels/libraries/cublas.h"

#include <stdint.h>

#define NEVER UINT64_MAX

/* A table reads better in columns. */
/* clang-format off */

/* The kernels. auto_from_n: `auto` takes the row from this order on. */
#define KERNEL(op, file, x, y, ...)      KERNEL_IN("portable", op, file, x, y, __VA_ARGS__)
#define KERNEL_SM90(op, file, x, y, ...) KERNEL_IN("sm90", op, file, x, y, __VA_ARGS__)
#define KERNEL_IN(folder, op, file, x, y, ...) \
    {.module = #op "/" folder "/" #file, .symbol = #op "_" #file, .block_x = x, .block_y = y, .least_cc = 30, __VA_ARGS__}
#define TILES(t)    .grid = GRID_TILES, .tile = t
#define TRIANGLE(t) .grid = GRID_TRIANGLE, .tile = t
#define WAVES(b)    .grid = GRID_WAVES, .blocks_per_sm = b
#define CUBLAS(cc, f, ...) \
    {.least_cc = cc, .auto_from_n = NEVER, .launch = f, .prepare = cublas_prepare, .available = cublas_available, __VA_ARGS__}
/* The plugin has code for cc 7.5 and newer, which is where CUDA 13's compiler begins. */
#define CUB(cc, f, p, a, ...) \
    {.least_cc = cc, .auto_from_n = NEVER, .launch = f, .prepare = p, .available = a, .float_sum = true, __VA_ARGS__}
#define GEMM(cc, ...)     CUBLAS(cc, cublas_gemm, __VA_ARGS__)
#define GEMM_CUB(cc, ...) CUB(cc, cub_sum_of_gemm, cub_prepare_with_cublas, cub_available_with_cublas, __VA_ARGS__)
/* What cuBLAS multiplies in on tensor cores; A in 16 bits is given to it. */
#define IN_TF32 .arithmetic = ARITH_TF32, .suits = cublas_multiplies
#define IN_BF16 .arithmetic = ARITH_BF16, .needs_half = true, .suits = cublas_multiplies
#define IN_F16  .arithmetic = ARITH_F16, .needs_half = true
/* Hopper alone: Aᵀ through the copy engine, `kib` of dynamic shared memory. */
#define FFMA_SM90(kib) \
    .only_cc = 90, .tile = 128, .shared_bytes = (kib) << 10, .needs_transpose = true, \
    .prepare = hopper_prepare, .launch = hopper_ffma
/* Asynchronous copies, cc 8.0 and up. FFMA_SM80: of Aᵀ. MMA: tensor cores, of A itself or of a copy that is rounded to
 * the arithmetic. */
#define SM80(op, file, threads, kib, ...) \
    {.module = #op "/sm80/" #file, .symbol = #op "_" #file, .block_x = threads, .block_y = 1, .shared_bytes = (kib) << 10, .least_cc = 80, __VA_ARGS__}
#define FFMA_SM80(op, file, ...) \
    SM80(op, file, 128, 48, WAVES(2), .tile = 128, .needs_transpose = true, .prepare = ampere_prepare_transpose, .launch = ampere_ffma, __VA_ARGS__)
#define MMA(op, file, arith, threads, waves, kib, ...) \
    SM80(op, file, threads, kib, waves, .tile = 128, .auto_from_n = NEVER, .arithmetic = ARITH_##arith, .prepare = ampere_prepare, .launch = ampere_mma, __VA_ARGS__)

/* Hopper's tensor cores: what is made of A (tensor.h), and the kernel. Panels of k are of a size that the L2
 * cache holds beside what else passes through it. */
#define PLANES(symbol, data_type, bytes, count) \
    .split = symbol, .type = CU_TENSOR_MAP_DATA_TYPE_##data_type, .element_bytes = bytes, .planes = count
#define OVER_2XF16 (1 + 1.0 / 64)
#define RECIPE static const struct tensor_recipe
RECIPE sum_3xf16  = {PLANES(NULL, FLOAT16, 2, 2), .splits_itself = true, .cols = 192, .chunks_per_step = 1, .triangle = true, .panel_mib = 40, .over_products = 1};
RECIPE sum_2xf16  = {PLANES(NULL, FLOAT16, 2, 2), .splits_itself = true, .cols = 192, .chunks_per_step = 1, .triangle = true, .panel_mib = 40, .over_products = OVER_2XF16};
RECIPE sum_3xtf32 = {PLANES(NULL, FLOAT32, 4, 2), .splits_itself = true, .cols = 192, .chunks_per_step = 1, .triangle = true, .panel_mib = 96, .over_products = 1};
RECIPE sum_tf32   = {PLANES(NULL, TFLOAT32, 4, 1), .cols = 192, .chunks_per_step = 2, .triangle = true, .panel_mib = 40, .over_products = 1};
RECIPE sum_bf16   = {PLANES(NULL, BFLOAT16, 2, 1), .splits_itself = true, .cols = 192, .chunks_per_step = 2, .triangle = true, .panel_mib = 96, .over_products = 1};
RECIPE sum_f16    = {PLANES(NULL, FLOAT16, 2, 1), .splits_itself = true, .cols = 192, .chunks_per_step = 2, .triangle = true, .panel_mib = 96, .over_products = 1};
RECIPE sym_3xf16  = {PLANES("split_f16_hi_lo", FLOAT16, 2, 2), .cols = 192, .chunks_per_step = 1, .triangle = true, .over_products = 1};
RECIPE sym_2xf16  = {PLANES("split_f16_hi_q", FLOAT16, 2, 2), .cols = 192, .chunks_per_step = 1, .triangle = true, .over_products = OVER_2XF16};
RECIPE sym_3xtf32 = {PLANES("split_tf32_hi_lo", FLOAT32, 4, 2), .cols = 192, .chunks_per_step = 1, .triangle = true, .over_products = 1};
RECIPE sym_tf32   = {PLANES(NULL, TFLOAT32, 4, 1), .cols = 192, .chunks_per_step = 2, .triangle = true, .over_products = 1};
RECIPE sym_bf16   = {PLANES("split_bf16", BFLOAT16, 2, 1), .cols = 192, .chunks_per_step = 2, .triangle = true, .over_products = 1};
RECIPE sym_f16    = {PLANES("split_f16_hi", FLOAT16, 2, 1), .cols = 192, .chunks_per_step = 2, .triangle = true, .over_products = 1};
RECIPE full_tf32  = {PLANES(NULL, TFLOAT32, 4, 1), .cols = 256, .chunks_per_step = 1, .over_products = 1};
RECIPE full_bf16  = {PLANES("split_bf16", BFLOAT16, 2, 1), .cols = 256, .chunks_per_step = 1, .over_products = 1};
RECIPE full_f16   = {PLANES("split_f16_hi", FLOAT16, 2, 1), .cols = 256, .chunks_per_step = 1, .over_products = 1};
#define TENSOR(op, file, recipe, kib) \
    KERNEL_SM90(op, file, 384, 1, WAVES(1), .only_cc = 90, .shared_bytes = (kib) << 10, .auto_from_n = NEVER, .tensor = &recipe, \
           .available = tensor_available, .prepare = tensor_prepare, .launch = tensor_launch)

static const struct kernel
    sum_3xf16_sm90  = TENSOR(sum_aat, f32_3xf16_sm90,  sum_3xf16,  201),
    sum_2xf16_sm90  = TENSOR(sum_aat, f32_2xf16_sm90,  sum_2xf16,  201),
    sum_3xtf32_sm90 = TENSOR(sum_aat, f32_3xtf32_sm90, sum_3xtf32, 201),
    sum_tf32_sm90   = TENSOR(sum_aat, tf32_sm90,       sum_tf32,   201),
    sum_bf16_sm90   = TENSOR(sum_aat, bf16_sm90,       sum_bf16,   201),
    sum_f16_sm90    = TENSOR(sum_aat, f16_sm90,        sum_f16,    201),
    sym_3xf16_sm90  = TENSOR(matmul, f32_3xf16_symmetric_sm90,  sym_3xf16,  201),
    sym_2xf16_sm90  = TENSOR(matmul, f32_2xf16_symmetric_sm90,  sym_2xf16,  201),
    sym_3xtf32_sm90 = TENSOR(matmul, f32_3xtf32_symmetric_sm90, sym_3xtf32, 201),
    sym_tf32_sm90   = TENSOR(matmul, tf32_symmetric_sm90,       sym_tf32,   201),
    sym_bf16_sm90   = TENSOR(matmul, bf16_symmetric_sm90,       sym_bf16,   201),
    sym_f16_sm90    = TENSOR(matmul, f16_symmetric_sm90,        sym_f16,    201),
    full_tf32_sm90  = TENSOR(matmul, tf32_sm90, full_tf32, 193),
    full_bf16_sm90  = TENSOR(matmul, bf16_sm90, full_bf16, 193),
    full_f16_sm90   = TENSOR(matmul, f16_sm90,  full_f16,  193),

    triangle        = KERNEL(sum_aat, triangle,        16, 16, TRIANGLE(64)),
    kepler_triangle = KERNEL(sum_aat, kepler_triangle, 256, 1, TRIANGLE(96),  .auto_from_n = 192),
    warp_triangle   = KERNEL(sum_aat, warp_triangle,   256, 1, TRIANGLE(128), .auto_from_n = 256, .auto_from_cc = 35),
    sum_ffma_sm90   = KERNEL_SM90(sum_aat, ffma_sm90,       256, 1, WAVES(2), FFMA_SM90(96), .auto_from_n = 512),

    naive           = KERNEL(matmul, naive,           16, 16, TILES(16),  .auto_from_n = NEVER),
    coalesced       = KERNEL(matmul, coalesced,       32, 32, TILES(4), .tile_cols = 8, .auto_from_n = NEVER),
    tile            = KERNEL(matmul, tile,            32, 32, TILES(32),  .auto_from_n = NEVER),
    register_tile   = KERNEL(matmul, register_tile,   16, 16, TILES(64)),
    vector_tile     = KERNEL(matmul, vector_tile,     16, 16, TILES(128), .auto_from_n = NEVER),
    kepler          = KERNEL(matmul, kepler,          256, 1, TILES(96),  .auto_from_n = 192),
    warp_tile       = KERNEL(matmul, warp_tile,       256, 1, TILES(128), .auto_from_n = NEVER),
    ffma_sm90       = KERNEL_SM90(matmul, ffma_sm90,       384, 1, WAVES(1), FFMA_SM90(192), .auto_from_n = NEVER),
    symmetric_small = KERNEL(matmul, symmetric_small, 256, 1, TRIANGLE(64),  .auto_from_n = 128, .auto_from_cc = 35),
    symmetric       = KERNEL(matmul, symmetric,       256, 1, TRIANGLE(128), .auto_from_n = 3072, .auto_from_cc = 35),
    symmetric_sm90  = KERNEL_SM90(matmul, ffma_symmetric_sm90, 256, 1, WAVES(2), FFMA_SM90(96), .auto_from_n = 3072),

    atomic          = KERNEL(reduce, atomic,       256, 1, WAVES(4), .auto_from_n = NEVER, .adds_to_sum = true),
    shared_tree     = KERNEL(reduce, shared_tree,  256, 1, WAVES(8), .auto_from_n = NEVER, .adds_to_sum = true),
    warp_shuffle    = KERNEL(reduce, warp_shuffle, 256, 1, WAVES(8), .auto_from_n = NEVER, .adds_to_sum = true),
    vector_loads    = KERNEL(reduce, vector_loads, 256, 1, WAVES(8), .auto_from_n = NEVER, .adds_to_sum = true),
    one_pass        = KERNEL(reduce, one_pass,     256, 1, WAVES(4)),
    short_blocks    = KERNEL_SM90(reduce, short_blocks_sm90, 512, 1, .grid = GRID_CHUNKS, .tile = 512 * 8 * 4, .only_cc = 90, .auto_from_n = 1536),
    small_blocks    = KERNEL_SM90(reduce, small_blocks_sm90, 256, 1, .grid = GRID_CHUNKS, .tile = 256 * 4 * 4, .only_cc = 90),
    wide_sm90       = KERNEL_SM90(reduce, wide_sm90,    128, 1, WAVES(8), .only_cc = 90, .auto_from_n = NEVER),
    bulk_sm90       = KERNEL_SM90(reduce, bulk_sm90,    288, 1, WAVES(1), .only_cc = 90, .shared_bytes = 128 << 10, .auto_from_n = NEVER),

    sum_ffma_sm80   = FFMA_SM80(sum_aat, ffma_sm80, .auto_from_n = 512),
    ffma_sm80       = FFMA_SM80(matmul, ffma_sm80, .auto_from_n = NEVER),
    symmetric_sm80  = FFMA_SM80(matmul, ffma_symmetric_sm80, .auto_from_n = 3072),
    small_32_sm80   = SM80(matmul, small_32_sm80, 256, 32, TRIANGLE(32), .auto_from_n = 128),
    small_64_sm80   = SM80(matmul, small_64_sm80, 256, 72, TRIANGLE(64), .auto_from_n = 1536),
    sum_mma_tf32         = MMA(sum_aat, mma_tf32_sm80,        TF32, 256, WAVES(1), 144, .tile_cols = 256),
    sum_mma_tf32_copy    = MMA(sum_aat, mma_tf32_copy_sm80,   TF32, 256, WAVES(1), 144, .tile_cols = 256, .reads_copy = true),
    sum_mma_tf32_square  = MMA(sum_aat, mma_tf32_square_sm80, TF32, 128, WAVES(2),  96),
    sum_mma_bf16         = MMA(sum_aat, mma_bf16_sm80,        BF16, 256, WAVES(1), 144, .tile_cols = 256, .reads_copy = true),
    sum_mma_bf16_square  = MMA(sum_aat, mma_bf16_square_sm80, BF16, 128, WAVES(2),  96, .reads_copy = true),
    sum_mma_f16          = MMA(sum_aat, mma_f16_sm80,         F16,  256, WAVES(1), 144, .tile_cols = 256, .reads_copy = true),
    sum_mma_f16_square   = MMA(sum_aat, mma_f16_square_sm80,  F16,  128, WAVES(2),  96, .reads_copy = true),
    mma_tf32             = MMA(matmul, mma_tf32_sm80,           TF32, 256, WAVES(1), 96),
    mma_symmetric_tf32   = MMA(matmul, mma_symmetric_tf32_sm80, TF32, 256, WAVES(1), 96),
    mma_bf16             = MMA(matmul, mma_bf16_sm80,           BF16, 256, WAVES(1), 96, .reads_copy = true),
    mma_symmetric_bf16   = MMA(matmul, mma_symmetric_bf16_sm80, BF16, 256, WAVES(1), 96, .reads_copy = true),
    mma_f16              = MMA(matmul, mma_f16_sm80,            F16,  256, WAVES(1), 96, .reads_copy = true),
    mma_symmetric_f16    = MMA(matmul, mma_symmetric_f16_sm80,  F16,  256, WAVES(1), 96, .reads_copy = true),

    sgemm           = GEMM(30),
    sgemm_cub       = GEMM_CUB(75),
    ssyrk           = CUBLAS(30, cublas_ssyrk),
    gemm_tf32       = GEMM(80, IN_TF32),
    gemm_tf32_cub   = GEMM_CUB(80, IN_TF32),
    gemm_bf16       = GEMM(80, IN_BF16),
    gemm_bf16_cub   = GEMM_CUB(80, IN_BF16),
    gemm_f16        = GEMM(70, IN_F16),
    gemm_f16_cub    = GEMM_CUB(75, IN_F16),
    sasum           = CUBLAS(30, cublas_sasum, .suits = cublas_sums, .float_sum = true),
    cub             = CUB(75, cub_sum, cub_prepare, cub_available);

/* The variants, as `list` shows them. */
#define ROW(o, name_, kernel, steps_, needs_, ...) \
    {.op = o, .name = name_, .row = &kernel, .steps = {steps_}, .needs = needs_, __VA_ARGS__}
/* A library's: C is stored, then added up. In an arithmetic of tensor cores the product is cublasGemmEx. */
#define STORED(name_, kernel, needs_, ...) \
    {.op = OP_SUM_AAT, .name = name_, .row = &kernel, .library = true, .needs = needs_, .steps = {"matmul", "reduce"}, .note = __VA_ARGS__}
#define SUM_AAT(name, kernel, needs, ...) \
    ROW(OP_SUM_AAT, name, kernel, "matmul + sum", needs, .symmetric = true, .note = __VA_ARGS__)
#define MATMUL(name, kernel, needs, ...)  ROW(OP_MATMUL, name, kernel, "matmul", needs, .note = __VA_ARGS__)
#define TENSOR_ROW(o, name_, is_symmetric, arith, kernel, step0, step1, ...) \
    {.op = o, .name = name_, .arithmetic = ARITH_##arith, .row = &kernel, .steps = {step0, step1}, .needs = "cc 9.0", \
     .symmetric = is_symmetric, .note = __VA_ARGS__}
#define TENSOR_SUM(arith, kernel, step0, step1, ...) \
    TENSOR_ROW(OP_SUM_AAT, "wgmma-sm90", true, arith, kernel, step0, step1, __VA_ARGS__)
#define TENSOR_MATMUL(name, is_symmetric, arith, kernel, step0, step1, ...) \
    TENSOR_ROW(OP_MATMUL, name, is_symmetric, arith, kernel, step0, step1, __VA_ARGS__)
#define TENSOR_SYMMETRIC(arith, kernel, step0, step1, ...) \
    TENSOR_MATMUL("wgmma-symmetric-sm90", true, arith, kernel, step0, step1, __VA_ARGS__)
#define REDUCE(name, kernel, needs, ...)  ROW(OP_REDUCE, name, kernel, "reduce", needs, .note = __VA_ARGS__)
#define MMA_ROW(o, name_, arith, kernel, step0, step1, ...) \
    {.op = o, .name = name_, .arithmetic = ARITH_##arith, .row = &kernel, .steps = {step0, step1}, .needs = "cc 8.0", .note = __VA_ARGS__}
#define MMA_SUM(name, arith, kernel, step0, step1, ...) \
    MMA_ROW(OP_SUM_AAT, name, arith, kernel, step0, step1, __VA_ARGS__, .symmetric = true)
#define MMA_MATMUL(name, arith, kernel, step0, step1, ...) MMA_ROW(OP_MATMUL, name, arith, kernel, step0, step1, __VA_ARGS__)

const struct variant gpu_variants[] = {
    STORED("cublas-sgemm",     sgemm,         "cuBLAS",         "cublasSgemm in pedantic FP32, C stored, then its sum"),
    STORED("cublas-sgemm-cub", sgemm_cub,     "cuBLAS and CUB", "the same, with CUB for the sum, in float32"),
    STORED("cublas-ssyrk",     ssyrk,         "cuBLAS",         "cublasSsyrk, one triangle stored, then its sum", .symmetric = true),
    STORED("cublas-gemm",      gemm_tf32,     "cuBLAS 11, cc 8.0",          "cublasGemmEx, C stored in FP32, then its sum", .arithmetic = ARITH_TF32),
    STORED("cublas-gemm-cub",  gemm_tf32_cub, "cuBLAS 11 and CUB, cc 8.0",  "the same, with CUB for the sum, in float32", .arithmetic = ARITH_TF32),
    STORED("cublas-gemm",      gemm_bf16,     "cuBLAS 11, cc 8.0",          "cublasGemmEx, given A in bf16, C stored in FP32, then its sum", .arithmetic = ARITH_BF16),
    STORED("cublas-gemm-cub",  gemm_bf16_cub, "cuBLAS 11 and CUB, cc 8.0",  "the same, with CUB for the sum, in float32", .arithmetic = ARITH_BF16),
    STORED("cublas-gemm",      gemm_f16,      "cuBLAS, cc 7.0",             "cublasGemmEx, given A in f16, C stored in FP32, then its sum", .arithmetic = ARITH_F16),
    STORED("cublas-gemm-cub",  gemm_f16_cub,  "cuBLAS and CUB, cc 7.5",     "the same, with CUB for the sum, in float32", .arithmetic = ARITH_F16),
    SUM_AAT("triangle",        triangle,        "cc 3.0", "lower-triangle 64×64 tiles, added up where they were made; readable"),
    SUM_AAT("kepler-triangle", kepler_triangle, "cc 3.0", "the same for 63 registers: 96×96 tiles, 6×6 a thread"),
    SUM_AAT("warp-triangle",   warp_triangle,   "cc 3.0", "128×128 tiles, warp tiles, double buffering"),
    SUM_AAT("ffma-sm80",       sum_ffma_sm80,   "cc 8.0", "asynchronous copies feed a ring; 128×128 tiles, two blocks an SM"),
    SUM_AAT("ffma-sm90",       sum_ffma_sm90,   "cc 9.0", "copy engine feeds a ring; consumers issue little but FFMA"),

    TENSOR_SUM(F32_3XF16,  sum_3xf16_sm90,  "split + matmul + sum", NULL, "three f16 products, promoted: FP32's accuracy"),
    TENSOR_SUM(F32_2XF16,  sum_2xf16_sm90,  "split + matmul + sum", NULL, "two symmetric f16 products, promoted: FP32-class on non-negative data only"),
    TENSOR_SUM(F32_3XTF32, sum_3xtf32_sm90, "split + matmul + sum", NULL, "three tf32 products, promoted: FP32's accuracy"),
    TENSOR_SUM(TF32,       sum_tf32_sm90,   "matmul + sum", NULL,    "A rounded by the copy engine; promoted"),
    TENSOR_SUM(BF16,       sum_bf16_sm90,   "convert + matmul + sum", NULL, "promoted"),
    TENSOR_SUM(F16,        sum_f16_sm90,    "convert + matmul + sum", NULL, "rows scaled to f16's range; promoted"),

    MMA_SUM("mma-sm80-square", TF32, sum_mma_tf32_square, "matmul + sum", NULL, "128×128 tiles, two blocks an SM; for 100 KiB of shared memory"),
    MMA_SUM("mma-sm80-copy",   TF32, sum_mma_tf32_copy,   "round", "matmul + sum", "mma-sm80 from a copy of A that was rounded before"),
    MMA_SUM("mma-sm80",        TF32, sum_mma_tf32,        "matmul + sum", NULL, "asynchronous copies feed mma.sync; 128×256 tiles; A rounded on the way; promoted"),
    MMA_SUM("mma-sm80-square", BF16, sum_mma_bf16_square, "convert", "matmul + sum", "128×128 tiles, two blocks an SM; for 100 KiB of shared memory"),
    MMA_SUM("mma-sm80",        BF16, sum_mma_bf16,        "convert", "matmul + sum", "asynchronous copies feed mma.sync; 128×256 tiles; promoted"),
    MMA_SUM("mma-sm80-square", F16,  sum_mma_f16_square,  "convert", "matmul + sum", "128×128 tiles, two blocks an SM; for 100 KiB of shared memory"),
    MMA_SUM("mma-sm80",        F16,  sum_mma_f16,         "convert", "matmul + sum", "asynchronous copies feed mma.sync; 128×256 tiles; promoted"),

    MATMUL("cublas-sgemm",    sgemm,           "cuBLAS", "cublasSgemm in pedantic FP32", .library = true),
    MATMUL("cublas-gemm",     gemm_tf32,       "cuBLAS 11, cc 8.0", "cublasGemmEx, C in FP32", .library = true, .arithmetic = ARITH_TF32),
    MATMUL("cublas-gemm",     gemm_bf16,       "cuBLAS 11, cc 8.0", "cublasGemmEx, given A in bf16, C in FP32", .library = true, .arithmetic = ARITH_BF16),
    MATMUL("cublas-gemm",     gemm_f16,        "cuBLAS, cc 7.0",    "cublasGemmEx, given A in f16, C in FP32", .library = true, .arithmetic = ARITH_F16),
    MATMUL("naive",           naive,           "cc 3.0", "one thread one entry, straight from global memory"),
    MATMUL("coalesced",       coalesced,       "cc 3.0", "one warp one entry, neighbouring lanes read neighbouring words"),
    MATMUL("tile",            tile,            "cc 3.0", "32×32 tiles in shared memory"),
    MATMUL("register-tile",   register_tile,   "cc 3.0", "64×64 tiles, 4×4 entries a thread in registers"),
    MATMUL("vector-tile",     vector_tile,     "cc 3.0", "128×128 tiles, 8×8 a thread, 16-byte loads"),
    MATMUL("kepler",          kepler,          "cc 3.0", "96×96 tiles, 6×6 a thread: for cc 3.0's 63 registers"),
    MATMUL("warp-tile",       warp_tile,       "cc 3.0", "warp tiles, double-buffered shared memory, L2-friendly order"),
    MATMUL("ffma-sm90",       ffma_sm90,       "cc 9.0", "copy engine feeds a ring; consumers issue little but FFMA"),
    MATMUL("ffma-sm80",       ffma_sm80,       "cc 8.0", "asynchronous copies feed a ring; 128×128 tiles, two blocks an SM"),
    MATMUL("symmetric-small", symmetric_small, "cc 3.0", "lower triangle only, each tile stored twice; 64×64, for small N", .symmetric = true),
    MATMUL("small-sm80-32",   small_32_sm80,   "cc 8.0", "the same through a ring of asynchronous copies; 32×32, k in four slices", .symmetric = true),
    MATMUL("small-sm80",      small_64_sm80,   "cc 8.0", "the same with 64×64 tiles", .symmetric = true),
    MATMUL("symmetric",       symmetric,       "cc 3.0", "warp-tile on the lower triangle only, each tile stored twice", .symmetric = true),
    MATMUL("symmetric-sm80",  symmetric_sm80,  "cc 8.0", "ffma-sm80 on the lower triangle only, each tile stored twice", .symmetric = true),
    MATMUL("symmetric-sm90",  symmetric_sm90,  "cc 9.0", "ffma-sm90 on the lower triangle only, each tile stored twice", .symmetric = true),

    TENSOR_MATMUL("wgmma-sm90", false, TF32, full_tf32_sm90, "matmul", NULL, "128×256 entries a block, clusters of two"),
    TENSOR_MATMUL("wgmma-sm90", false, BF16, full_bf16_sm90, "convert", "matmul", "the same"),
    TENSOR_MATMUL("wgmma-sm90", false, F16,  full_f16_sm90,  "convert", "matmul", "the same, rows scaled to f16's range"),
    TENSOR_SYMMETRIC(F32_3XF16,  sym_3xf16_sm90,  "split", "matmul", "three f16 products, promoted: FP32's accuracy; the triangle, stored twice"),
    TENSOR_SYMMETRIC(F32_2XF16,  sym_2xf16_sm90,  "split", "matmul", "two symmetric f16 products: FP32-class on non-negative data only"),
    TENSOR_SYMMETRIC(F32_3XTF32, sym_3xtf32_sm90, "split", "matmul", "three tf32 products, promoted: FP32's accuracy"),
    TENSOR_SYMMETRIC(TF32,       sym_tf32_sm90,   "matmul", NULL,    "A rounded by the copy engine; promoted"),
    TENSOR_SYMMETRIC(BF16,       sym_bf16_sm90,   "convert", "matmul", "promoted"),
    TENSOR_SYMMETRIC(F16,        sym_f16_sm90,    "convert", "matmul", "rows scaled to f16's range; promoted"),

    MMA_MATMUL("mma-sm80",           TF32, mma_tf32,           "matmul", NULL, "asynchronous copies feed mma.sync; A rounded on the way; promoted"),
    MMA_MATMUL("mma-symmetric-sm80", TF32, mma_symmetric_tf32, "matmul", NULL, "the same on the lower triangle only, each tile stored twice", .symmetric = true),
    MMA_MATMUL("mma-sm80",           BF16, mma_bf16,           "convert", "matmul", "asynchronous copies feed mma.sync; promoted"),
    MMA_MATMUL("mma-symmetric-sm80", BF16, mma_symmetric_bf16, "convert", "matmul", "the same on the lower triangle only, each tile stored twice", .symmetric = true),
    MMA_MATMUL("mma-sm80",           F16,  mma_f16,            "convert", "matmul", "asynchronous copies feed mma.sync; promoted"),
    MMA_MATMUL("mma-symmetric-sm80", F16,  mma_symmetric_f16,  "convert", "matmul", "the same on the lower triangle only, each tile stored twice", .symmetric = true),

    REDUCE("cub",          cub,          "CUB",    "NVIDIA's cub::DeviceReduce::Sum, in float32", .library = true),
    REDUCE("cublas-sasum", sasum,        "cuBLAS", "cublasSasum, the sum of absolute values, in float32: for [0,1) alone", .library = true),
    REDUCE("atomic",       atomic,       "cc 3.0", "a sum in every thread, added to one word of memory"),
    REDUCE("shared-tree",  shared_tree,  "cc 3.0", "a tree in shared memory, one addition to memory a block"),
    REDUCE("warp-shuffle", warp_shuffle, "cc 3.0", "the tree within a warp by shuffles"),
    REDUCE("vector-loads", vector_loads, "cc 3.0", "16-byte loads, several in flight"),
    REDUCE("one-pass",     one_pass,     "cc 3.0", "eight 16-byte loads in flight, partials added in a fixed order, one launch"),
    REDUCE("small-blocks-sm90", small_blocks, "cc 9.0", "a block for each 16 KiB, four loads a thread: for small N"),
    REDUCE("bulk-sm90",    bulk_sm90,    "cc 9.0", "the bulk copy engine keeps a ring of 16 KiB stages full"),
    REDUCE("wide-sm90",    wide_sm90,    "cc 9.0", "sixteen loads in flight, past the first-level cache, 256 bytes at a time into the second"),
    REDUCE("short-blocks-sm90", short_blocks, "cc 9.0", "a block for each 64 KiB, no loop: for large N"),
};
/* clang-format on */
_Static_assert(sizeof gpu_variants / sizeof *gpu_variants <= GPU_VARIANTS_MAX,
               "job->function has room");
const size_t gpu_variant_count = sizeof gpu_variants / sizeof *gpu_variants;

static const struct device_facts *facts_of(const struct device *d)
{
    return &d->facts;
}

const struct backend gpu_backend = {
    .name = "gpu",
    .variants = gpu_variants,
    .variant_count = sizeof gpu_variants / sizeof *gpu_variants,
    .count = device_count,
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
    .go_cold = gpu_go_cold,
    .copy_in = gpu_copy_in,
    .telemetry_start = gpu_telemetry_start,
    .telemetry_stop = gpu_telemetry_stop,
};
