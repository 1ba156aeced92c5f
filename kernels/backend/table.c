/* table.c - the table of GPU variants, and the backend made of it (harness/contract/backend.h).
 *
 * One row per variant: its kernel file below kernels/, how that is launched, and what `list` shows.
 * Within an operation the rows go from the plain idea to the fast one; `auto` takes the last one
 * that can run (select.c). The rows begin at gpu_variants[]; before them come the macros that write
 * them, one group for each family of kernels. The CPU's rows are in cpu/backend/table.c. */
#include "kernels/backend/gpu.h"
#include "kernels/backend/gpu_backend.h"
#include "kernels/compare/compare.h"
#include "kernels/compare/sms.h"
#include "kernels/doubles/dmma.h"
#include "kernels/doubles/residues.h"

#include "kernels/job/oracle.h"
#include "kernels/launchers/ffma.h"
#include "kernels/launchers/ladder.h"
#include "kernels/launchers/mma.h"
#include "kernels/launchers/wgmma.h"
#include "kernels/libraries/cub.h"
#include "kernels/libraries/cublas.h"
#include "kernels/libraries/cublas_emulated.h"
#include "kernels/libraries/cublas_lt.h"
#include "kernels/ring/ring.h"

#include <stdint.h>

/* A table reads better in columns. */
/* clang-format off */

/* ---- A row of our own: the operation, its folder and file, the compute capability it needs, (steps), whether it makes
 * one triangle only; then members of struct kernel. Kernels on tensor cores promote, unless (members of struct variant)
 * say otherwise. ---- */
#define ROW(op_, folder, file, name_, arith, cc, steps_, is_symmetric, note_, ...) \
    ROW_THAT(ADDS_OF_##arith, false, #op_ "_" #file, op_, folder, file, name_, arith, cc, steps_, is_symmetric, note_, __VA_ARGS__)
#define ROW_THAT(adds_, order_varies_, symbol_, op_, folder, file, name_, arith, cc, steps_, is_symmetric, note_, ...) \
    {.op = OP_OF_##op_, .name = name_, .arithmetic = ARITH_##arith, .symmetric = is_symmetric, .steps = {LIST steps_}, \
     .needs = CC_##cc, .note = note_, .source = "kernels/" #op_ "/" folder "/" #file ".cu", .adds = adds_, .order_varies = order_varies_, \
     .row = &(const struct kernel){.module = #op_ "/" folder "/" #file, .symbol = symbol_, .least_cc = cc, __VA_ARGS__}}
#define LIST(...) __VA_ARGS__
#define ADDS_OF_F32        ADDS_TO_NEAREST
#define ADDS_OF_F32_3XF16  ADDS_PROMOTED
#define ADDS_OF_F32_2XF16  ADDS_PROMOTED
#define ADDS_OF_F32_3XTF32 ADDS_PROMOTED
#define ADDS_OF_F32_9XBF16 ADDS_TO_NEAREST
#define ADDS_OF_TF32       ADDS_PROMOTED
#define ADDS_OF_BF16       ADDS_PROMOTED
#define ADDS_OF_F16        ADDS_PROMOTED
#define ADDS_OF_INT8       ADDS_TO_NEAREST
#define ADDS_OF_FP8        ADDS_PROMOTED
#define ADDS_OF_F64        ADDS_TO_NEAREST
#define ADDS_OF_F64_INT8   ADDS_TO_NEAREST
#define OP_OF_sum_aat OP_SUM_AAT
#define OP_OF_matmul  OP_MATMUL
#define OP_OF_reduce  OP_REDUCE
#define CC_30 "cc 3.0"
#define CC_70 "cc 7.0"
#define CC_75 "cc 7.5"
#define CC_80 "cc 8.0"
#define CC_89 "cc 8.9"
#define CC_90 "cc 9.0"
#define CC_100 "cc 10.0"

#define BLOCK(x, y)  .block_x = x, .block_y = y
#define SHARED(kib)  .shared_bytes = (kib) << 10
#define TILES(t)     .grid = GRID_TILES, .tile = t
#define TRIANGLE(t)  .grid = GRID_TRIANGLE, .tile = t
#define WAVES(b)     .grid = GRID_WAVES, .blocks_per_sm = b
#define CHUNKS(size) .grid = GRID_CHUNKS, .tile = size
#define AUTO(n)      .auto_from_n = n /* `auto` may choose the row from this order on */
#define NO_AUTO      .auto_from_n = UINT64_MAX
#define HOPPER       .only_cc = 90

/* Portable kernels. */
#define SUM_AAT(name, file, note, ...)   ROW(sum_aat, "portable", file, name, F32, 30, ("matmul + sum"), true, note, __VA_ARGS__)
#define MATMUL(name, file, note, ...)    ROW(matmul, "portable", file, name, F32, 30, ("matmul"), false, note, __VA_ARGS__)
#define SYMMETRIC(name, file, note, ...) ROW(matmul, "portable", file, name, F32, 30, ("matmul"), true, note, __VA_ARGS__)
#define REDUCE(name, file, note, ...)    ROW(reduce, "portable", file, name, F32, 30, ("reduce"), false, note, __VA_ARGS__)
#define REDUCE_ANY_ORDER(name, file, note, ...) \
    ROW_THAT(ADDS_TO_NEAREST, true, "reduce" "_" #file, reduce, "portable", file, name, F32, 30, ("reduce"), false, note, .adds_to_sum = true, __VA_ARGS__)
#define REDUCE_SM90(name, file, note, ...) \
    ROW(reduce, "sm90", file, name, F32, 90, ("reduce"), false, note, HOPPER, __VA_ARGS__)

/* FFMA through rings in shared memory (launchers/ffma.h). */
#define FFMA_SM80 BLOCK(128, 1), SHARED(48), WAVES(2), .tile = 128, .family = &ffma_sm80
#define FFMA_SM90 HOPPER, .tile = 128, .family = &ffma_sm90

/* mma.sync (launchers/mma.h). Two steps: the kernel reads a rounded copy of A. */
#define MMA_SUM(file, name, arith, steps, note, ...) \
    ROW(sum_aat, "sm80", file, name, arith, 80, steps, true, note, .tile = 128, .at_once = true, .family = &mma_sm80, __VA_ARGS__)
#define WIDE   BLOCK(256, 1), WAVES(1), SHARED(144), .tile_cols = 256
#define SQUARE BLOCK(128, 1), WAVES(2), SHARED(96)
#define MMA(file, name, arith, steps, is_symmetric, note) \
    ROW(matmul, "sm80", file, name, arith, 80, steps, is_symmetric, note, .auto_from_n = is_symmetric ? 0 : UINT64_MAX, \
        .tile = 128, .family = &mma_sm80, BLOCK(256, 1), WAVES(1), SHARED(96))

/* The same from A itself, for small N: one launch, and a file has the kernels of all arithmetics. */
#define MMA_DIRECT(file, symbol, name, arith, note, ...) \
    ROW_THAT(ADDS_OF_##arith, false, "sum_aat_" symbol, sum_aat, "sm80", file, name, arith, 80, ("matmul + sum"), true, note, .at_once = true, \
        .family = &mma_sm80, __VA_ARGS__)
#define DIRECT_128(symbol, arith, note) \
    MMA_DIRECT(mma_direct_sm80, symbol, "mma-direct-sm80", arith, note, NO_AUTO, .tile = 128, BLOCK(256, 1), WAVES(1), SHARED(128))
#define DIRECT_64(symbol, arith, note) \
    MMA_DIRECT(mma_direct_64_sm80, symbol, "mma-direct-sm80-64", arith, note, AUTO(0), .tile = 64, BLOCK(128, 1), WAVES(3), SHARED(64))

/* The ladder (kernels/README.md): one readable file per step, from the first tensor-core kernel to the fused sum. Those
 * that load by the copy engine: launchers/ladder.h. */
#define RUNG(op, file, name, cc, adds, is_symmetric, note, threads, waves, kib, ...) \
    ROW_THAT(adds, false, #op "_" #file, op, "ladder", file, name, BF16, cc, ("convert", "matmul"), is_symmetric, note, NO_AUTO, BLOCK(threads, 1), WAVES(waves), \
        SHARED(kib), .tile = 128, __VA_ARGS__)
#define BY_COPIES     .family = &mma_sm80
#define BY_TMA(cols)  HOPPER, .tile_cols = cols, .family = &ladder_sm90
#define BY_PAIRS(cols) HOPPER, .tile_cols = cols, .family = &ladder_clusters_sm90

/* wgmma (launchers/wgmma.h): shared memory in KiB; then members of struct wgmma_recipe. Panels of k have a size that the
 * L2 cache holds together with the other data that passes through it. */
#define WGMMA(adds, op, file, name, arith, steps, is_symmetric, note, kib, auto_from, ...) \
    WGMMA_OF(adds, #op "_" #file, op, file, name, arith, steps, is_symmetric, note, kib, auto_from, __VA_ARGS__)
#define WGMMA_OF(adds, symbol, op, file, name, arith, steps, is_symmetric, note, kib, auto_from, ...) \
    ROW_THAT(adds, false, symbol, op, "sm90", file, name, arith, 90, steps, is_symmetric, note, HOPPER, AUTO(auto_from), BLOCK(384, 1), WAVES(1), SHARED(kib), \
        .family = &wgmma_sm90, .recipe = &(const struct wgmma_recipe){__VA_ARGS__})
#define WGMMA_SUM(file, arith, steps, note, mib, auto_from, ...) \
    WGMMA(ADDS_PROMOTED, sum_aat, file, "wgmma-sm90", arith, steps, true, note, 201, auto_from, .panel_mib = mib, .cols = 192, .triangle = true, __VA_ARGS__)
#define WGMMA_SYMMETRIC(file, arith, steps, note, ...) \
    WGMMA(ADDS_PROMOTED, matmul, file, "wgmma-symmetric-sm90", arith, steps, true, note, 201, 0, .cols = 192, .triangle = true, __VA_ARGS__)
#define WGMMA_FULL(file, arith, steps, note, ...) \
    WGMMA(ADDS_TRUNCATED, matmul, file, "wgmma-sm90", arith, steps, false, note, 193, UINT64_MAX, .cols = 256, .chunks_per_step = 1, .over_products = 1, __VA_ARGS__)
#define WGMMA_8_BITS(symbol, arith, note, kib, ...) \
    WGMMA_OF(ADDS_OF_##arith, "matmul_" symbol, matmul, eight_bits_symmetric_sm90, "wgmma-symmetric-sm90", arith, ("convert", "matmul"), true, note, kib, 128, \
        .triangle = true, PLANES(UINT8, 1, 1), __VA_ARGS__)
#define INT8_STEP        .chunks_per_step = 1, .over_products = 127 * 127 /* support/eight_bits.cuh */
#define FP8_STEP         .chunks_per_step = 1, .over_products = 256 * 256
#define PLANES(data_type, bytes, count) .type = CU_TENSOR_MAP_DATA_TYPE_##data_type, .element_bytes = bytes, .planes = count
#define SPLIT_BY(symbol) .split = symbol
#define SPLITS_ITSELF    .splits_itself = true
#define STEP(chunks)     .chunks_per_step = chunks, .over_products = 1
#define STEP_2XF16       .chunks_per_step = 1, .over_products = 1 + 1.0 / 64

/* NVIDIA's libraries: what `list` says it needs, and the compute capability. Those that sum a product store C first. The
 * plugin with CUB has code for cc 7.5 and newer, the oldest that CUDA 13 compiles for. */
#define LIBRARY(op_, name_, arith, needs_, cc, steps_, is_symmetric, note_, family_) \
    {.op = OP_OF_##op_, .name = name_, .arithmetic = ARITH_##arith, .library = true, .source = "kernels/libraries", .symmetric = is_symmetric, \
     .adds = ADDS_OF_##arith == ADDS_TO_NEAREST || ARITH_##arith == ARITH_FP8 ? ADDS_OF_##arith : ADDS_TRUNCATED, .sums_in_f32 = IN_F32_##family_, \
     .steps = {LIST steps_}, .needs = needs_, .note = note_, \
     .row = &(const struct kernel){.least_cc = cc, NO_AUTO, .family = &family_}}
#define IN_F32_cublas_gemm     false
#define IN_F32_cublas_lt       false
#define IN_F32_cublas_bf16x9   false
#define IN_F32_cublas_fixed_point false
#define IN_F32_cublas_syrk    false
#define IN_F32_cub_sum_of_gemm true
#define IN_F32_cub_sum_of_dgemm false
#define IN_F32_cub_sum         true
#define IN_F32_cub_sum_f64     false
#define IN_F32_cublas_sasum    true
#define STORED(name, arith, needs, cc, note, family) \
    LIBRARY(sum_aat, name, arith, needs, cc, ("matmul", "reduce"), false, note, family)
#define GEMM(name, arith, needs, cc, note) LIBRARY(matmul, name, arith, needs, cc, ("matmul"), false, note, cublas_gemm)

/* float64. The moduli of f64-int8, the order from which they suffice on [0,1), and whether they do on [-1,1). */
#define F64(op, file, name, cc, steps, is_symmetric, note, ...) \
    ROW(op, "f64", file, name, F64, cc, steps, is_symmetric, note, __VA_ARGS__)
#define DMMA_SM80 BLOCK(256, 1), WAVES(1), SHARED(96), .tile = 128, .family = &dmma_sm80
#define DMMA_SM90 HOPPER, BLOCK(256, 1), SHARED(193), .grid = GRID_WAVES, .blocks_per_sm = 1, .family = &dmma_sm90
#define F64_INT8(op, name, moduli_, unit_from, with_signed, note) \
    ROW(op, "f64", int8_f64_sm90, name, F64_INT8, 90, ("scale + residues + " STEP_OF_##op), true, note, HOPPER, AUTO(0), \
        BLOCK(384, 1), WAVES(1), SHARED(193), .family = &residues_sm90, \
        .recipe = &(const struct residue_recipe){moduli_, unit_from, with_signed})
#define STEP_OF_sum_aat "matmul + sum"
#define STEP_OF_matmul  "matmul"

const struct variant gpu_variants[] = {
    STORED("cublas-sgemm",     F32,  "cuBLAS",                    30, "cublasSgemm in pedantic FP32, C stored, then its sum", cublas_gemm),
    STORED("cublas-sgemm-cub", F32,  "cuBLAS and CUB",            75, "the same, with CUB for the sum, in float32", cub_sum_of_gemm),
    LIBRARY(sum_aat, "cublas-ssyrk", F32, "cuBLAS", 30, ("matmul", "reduce"), true, "cublasSsyrk, one triangle stored, then its sum", cublas_syrk),
    STORED("cublas-gemm",      TF32, "cuBLAS 11, " CC_80,         80, "cublasGemmEx, C stored in FP32, then its sum", cublas_gemm),
    STORED("cublas-gemm-cub",  TF32, "cuBLAS 11 and CUB, " CC_80, 80, "the same, with CUB for the sum, in float32", cub_sum_of_gemm),
    STORED("cublas-gemm",      BF16, "cuBLAS 11, " CC_80,         80, "cublasGemmEx, given A in bf16, C stored in FP32, then its sum", cublas_gemm),
    STORED("cublas-gemm-cub",  BF16, "cuBLAS 11 and CUB, " CC_80, 80, "the same, with CUB for the sum, in float32", cub_sum_of_gemm),
    STORED("cublas-gemm",      F16,  "cuBLAS, " CC_70,            70, "cublasGemmEx, given A in f16, C stored in FP32, then its sum", cublas_gemm),
    STORED("cublas-gemm-cub",  F16,  "cuBLAS and CUB, " CC_75,    75, "the same, with CUB for the sum, in float32", cub_sum_of_gemm),
    STORED("cublas-bf16x9", F32_9XBF16, "cuBLAS 12.9, " CC_100, 100, "cublasGemmEx emulating FP32 by bf16, C stored, then its sum", cublas_bf16x9),

    SUM_AAT("triangle",        triangle,        "lower-triangle 64×64 tiles, added up where they were made; readable", BLOCK(16, 16), TRIANGLE(64)),
    SUM_AAT("kepler-triangle", kepler_triangle, "the same for 63 registers: 96×96 tiles, 6×6 a thread", BLOCK(256, 1), TRIANGLE(96), AUTO(192)),
    SUM_AAT("warp-triangle",   warp_triangle,   "128×128 tiles, warp tiles, double buffering", BLOCK(256, 1), TRIANGLE(128), AUTO(256), .auto_from_cc = 35),
    ROW(sum_aat, "sm80", ffma_sm80, "ffma-sm80", F32, 80, ("matmul + sum"), true, "asynchronous copies feed a ring; 128×128 tiles, two blocks an SM", FFMA_SM80, AUTO(512)),
    ROW(sum_aat, "sm90", ffma_sm90, "ffma-sm90", F32, 90, ("matmul + sum"), true, "copy engine feeds a ring; consumers issue little but FFMA", FFMA_SM90, BLOCK(256, 1), WAVES(2), SHARED(96), AUTO(512)),

    WGMMA_SUM(f32_3xf16_sm90,  F32_3XF16,  ("split + matmul + sum"),   "three f16 products, promoted: FP32's accuracy", 40, 0, PLANES(FLOAT16, 2, 2), SPLITS_ITSELF, STEP(1)),
    WGMMA_SUM(f32_2xf16_sm90,  F32_2XF16,  ("split + matmul + sum"),   "two symmetric f16 products, promoted: FP32-class on non-negative data only", 40, 0, PLANES(FLOAT16, 2, 2), SPLITS_ITSELF, STEP_2XF16),
    WGMMA_SUM(f32_3xtf32_sm90, F32_3XTF32, ("split + matmul + sum"),   "three tf32 products, promoted: FP32's accuracy", 96, 0, PLANES(FLOAT32, 4, 2), SPLITS_ITSELF, STEP(1)),

    ROW(sum_aat, "ladder", fused_sum_sm90, "fused-sum", BF16, 90, ("convert", "matmul + sum"), true, "the ladder's triangle, added up in registers: C is never stored",
        NO_AUTO, BLOCK(384, 1), WAVES(1), SHARED(201), .tile = 128, BY_PAIRS(192)),

    DIRECT_64("mma_direct_tf32_64_sm80", TF32, "A rounded on the way from float32, no launch before; 64×64 tiles, for small N"),
    DIRECT_128("mma_direct_tf32_sm80", TF32, "the same with 128×128 tiles"),
    DIRECT_64("mma_direct_bf16_64_sm80", BF16, "A rounded on the way from float32, no launch before; 64×64 tiles, for small N"),
    DIRECT_128("mma_direct_bf16_sm80", BF16, "the same with 128×128 tiles"),
    DIRECT_64("mma_direct_f16_64_sm80", F16, "A rounded on the way from float32, no launch before; 64×64 tiles, for small N"),
    DIRECT_128("mma_direct_f16_sm80", F16, "the same with 128×128 tiles"),
    MMA_SUM(mma_tf32_square_sm80, "mma-sm80-square", TF32, ("matmul + sum"),            "128×128 tiles, two blocks an SM; for 100 KiB of shared memory", SQUARE, AUTO(384)),
    MMA_SUM(mma_tf32_copy_sm80,   "mma-sm80-copy",   TF32, ("round", "matmul + sum"),   "mma-sm80 from a copy of A that was rounded before", WIDE, NO_AUTO),
    MMA_SUM(mma_tf32_sm80,        "mma-sm80",        TF32, ("matmul + sum"),            "asynchronous copies feed mma.sync; 128×256 tiles; A rounded on the way; promoted", WIDE, AUTO(4096)),
    MMA_SUM(mma_bf16_square_sm80, "mma-sm80-square", BF16, ("convert", "matmul + sum"), "128×128 tiles, two blocks an SM; for 100 KiB of shared memory", SQUARE, AUTO(768)),
    MMA_SUM(mma_bf16_sm80,        "mma-sm80",        BF16, ("convert", "matmul + sum"), "asynchronous copies feed mma.sync; 128×256 tiles; promoted", WIDE, AUTO(4096)),
    MMA_SUM(mma_f16_square_sm80,  "mma-sm80-square", F16,  ("convert", "matmul + sum"), "128×128 tiles, two blocks an SM; for 100 KiB of shared memory", SQUARE, AUTO(768)),
    MMA_SUM(mma_f16_sm80,         "mma-sm80",        F16,  ("convert", "matmul + sum"), "asynchronous copies feed mma.sync; 128×256 tiles; promoted", WIDE, AUTO(4096)),

    WGMMA_SUM(tf32_sm90,       TF32,       ("matmul + sum"),           "A rounded by the copy engine; promoted", 40, 768, PLANES(TFLOAT32, 4, 1), STEP(2)),
    WGMMA_SUM(bf16_sm90,       BF16,       ("convert + matmul + sum"), "promoted", 96, 1536, PLANES(BFLOAT16, 2, 1), SPLITS_ITSELF, STEP(2)),
    WGMMA_SUM(f16_sm90,        F16,        ("convert + matmul + sum"), "rows scaled to f16's range; promoted", 96, 1536, PLANES(FLOAT16, 2, 1), SPLITS_ITSELF, STEP(2)),

    STORED("cublas-gemm", INT8, "cuBLAS 11, " CC_80, 80, "cublasGemmEx, given A in int8, C stored in int32, then its sum", cublas_gemm),
    ROW(sum_aat, "portable", triangle_int8, "triangle", INT8, 30, ("matmul + sum"), true, "lower-triangle 64×64 tiles, A rounded on the way, integer sums", BLOCK(16, 16), TRIANGLE(64)),
    ROW(sum_aat, "sm80", mma_int8_sm80, "mma-sm80", INT8, 80, ("convert", "matmul + sum"), true, "asynchronous copies feed mma.sync; 128×128 tiles, two blocks an SM", .tile = 128,
        .family = &mma_sm80, SQUARE, AUTO(768)),
    WGMMA(ADDS_TO_NEAREST, sum_aat, int8_sm90, "wgmma-sm90", INT8, ("convert + matmul + sum"), true, "exact sums in int32 and int64", 193, 256,
        .panel_mib = 48, .cols = 256, .triangle = true, PLANES(UINT8, 1, 1), SPLITS_ITSELF, INT8_STEP),
    STORED("cublas-lt", FP8, "cuBLAS 12, " CC_89, 89, "cublasLtMatmul, given A in e4m3, C stored in FP32, then its sum", cublas_lt),
    ROW_THAT(ADDS_TO_NEAREST, false, "sum_aat_triangle_fp8", sum_aat, "portable", triangle_fp8, "triangle", FP8, 30, ("matmul + sum"), true, "lower-triangle 64×64 tiles, A rounded on the way, float32 sums", BLOCK(16, 16), TRIANGLE(64)),
    WGMMA_SUM(fp8_sm90, FP8, ("convert + matmul + sum"), "promoted every 128 k", 48, 256, PLANES(UINT8, 1, 1), SPLITS_ITSELF, FP8_STEP),

    STORED("cublas-dgemm", F64, "cuBLAS", 30, "cublasDgemm, C stored, then its sum", cublas_gemm),
    STORED("cublas-dgemm-cub", F64, "cuBLAS and CUB", 75, "the same, with CUB for the sum, in float64", cub_sum_of_dgemm),
    LIBRARY(sum_aat, "cublas-dsyrk", F64, "cuBLAS", 30, ("matmul", "reduce"), true, "cublasDsyrk, one triangle stored, then its sum", cublas_syrk),
    STORED("cublas-fixed-point", F64_INT8, "cuBLAS 13.1, " CC_80, 80, "cublasGemmEx emulating FP64 by int8, C stored, then its sum", cublas_fixed_point),
    F64(sum_aat, triangle_f64,  "triangle",  30, ("matmul + sum"), true, "lower-triangle 64×64 tiles, added up where they were made", BLOCK(16, 16), TRIANGLE(64)),
    F64(sum_aat, dmma_f64_sm80, "dmma-sm80", 80, ("matmul + sum"), true, "asynchronous copies feed mma.sync in FP64; 128×128 tiles", DMMA_SM80, AUTO(256)),
    F64(sum_aat, dmma_f64_sm90, "dmma-sm90", 90, ("matmul + sum"), true, "copy engine and clusters of two feed mma.sync in FP64", DMMA_SM90, AUTO(2048)),
    F64_INT8(sum_aat, "moduli-15", 15, 1,          true,  "15 int8 products by residues, 16 entries at a time"),
    F64_INT8(sum_aat, "moduli-14", 14, 1,          true,  "14: the least that are as accurate as cublasDgemm on [-1,1)"),
    F64_INT8(sum_aat, "moduli-13", 13, 1,          false, "13: the least that are as accurate as cublasDgemm on [0,1)"),

    GEMM("cublas-sgemm", F32,  "cuBLAS",            30, "cublasSgemm in pedantic FP32"),
    GEMM("cublas-gemm",  TF32, "cuBLAS 11, " CC_80, 80, "cublasGemmEx, C in FP32"),
    GEMM("cublas-gemm",  BF16, "cuBLAS 11, " CC_80, 80, "cublasGemmEx, given A in bf16, C in FP32"),
    GEMM("cublas-gemm",  F16,  "cuBLAS, " CC_70,    70, "cublasGemmEx, given A in f16, C in FP32"),
    LIBRARY(matmul, "cublas-bf16x9", F32_9XBF16, "cuBLAS 12.9, " CC_100, 100, ("matmul"), false, "cublasGemmEx emulating FP32 by bf16", cublas_bf16x9),
    MATMUL("naive",         naive,         "one thread one entry, straight from global memory", BLOCK(16, 16), TILES(16), NO_AUTO),
    MATMUL("coalesced",     coalesced,     "one warp one entry, neighbouring lanes read neighbouring words", BLOCK(32, 32), TILES(4), .tile_cols = 8, NO_AUTO),
    MATMUL("tile",          tile,          "32×32 tiles in shared memory", BLOCK(32, 32), TILES(32), NO_AUTO),
    MATMUL("register-tile", register_tile, "64×64 tiles, 4×4 entries a thread in registers", BLOCK(16, 16), TILES(64)),
    MATMUL("vector-tile",   vector_tile,   "128×128 tiles, 8×8 a thread, 16-byte loads", BLOCK(16, 16), TILES(128), NO_AUTO),
    MATMUL("kepler",        kepler,        "96×96 tiles, 6×6 a thread: for cc 3.0's 63 registers", BLOCK(256, 1), TILES(96), AUTO(192)),
    MATMUL("warp-tile",     warp_tile,     "warp tiles, double-buffered shared memory, L2-friendly order", BLOCK(256, 1), TILES(128), NO_AUTO),
    ROW(matmul, "sm90", ffma_sm90, "ffma-sm90", F32, 90, ("matmul"), false, "copy engine feeds a ring; consumers issue little but FFMA", FFMA_SM90, BLOCK(384, 1), WAVES(1), SHARED(192), NO_AUTO),
    ROW(matmul, "sm80", ffma_sm80, "ffma-sm80", F32, 80, ("matmul"), false, "asynchronous copies feed a ring; 128×128 tiles, two blocks an SM", FFMA_SM80, NO_AUTO),
    SYMMETRIC("symmetric-small", symmetric_small, "lower triangle only, each tile stored twice; 64×64, for small N", BLOCK(256, 1), TRIANGLE(64), AUTO(128), .auto_from_cc = 35),
    ROW(matmul, "sm80", small_32_sm80, "small-sm80-32", F32, 80, ("matmul"), true, "the same through a ring of asynchronous copies; 32×32, k in four slices", BLOCK(256, 1), SHARED(32), TRIANGLE(32), AUTO(128)),
    ROW(matmul, "sm80", small_64_sm80, "small-sm80", F32, 80, ("matmul"), true, "the same with 64×64 tiles", BLOCK(256, 1), SHARED(72), TRIANGLE(64), AUTO(1536)),
    SYMMETRIC("symmetric", symmetric, "warp-tile on the lower triangle only, each tile stored twice", BLOCK(256, 1), TRIANGLE(128), AUTO(3072), .auto_from_cc = 35),
    ROW(matmul, "sm80", ffma_symmetric_sm80, "symmetric-sm80", F32, 80, ("matmul"), true, "ffma-sm80 on the lower triangle only, each tile stored twice", FFMA_SM80, AUTO(3072)),
    ROW(matmul, "sm90", ffma_symmetric_sm90, "symmetric-sm90", F32, 90, ("matmul"), true, "ffma-sm90 on the lower triangle only, each tile stored twice", FFMA_SM90, BLOCK(256, 1), WAVES(2), SHARED(96), AUTO(3072)),

    RUNG(matmul, mma_sm80,              "mma",              80, ADDS_TRUNCATED_BY_MMA, false, "the first kernel on tensor cores: mma.sync from shared memory", 256, 2, 36, BY_COPIES),
    RUNG(matmul, cp_async_sm80,         "cp-async",         80, ADDS_TRUNCATED_BY_MMA, false, "mma from a ring of asynchronous copies", 256, 2, 96, BY_COPIES),
    RUNG(matmul, wgmma_sm90,            "wgmma",            90, ADDS_TRUNCATED, false, "cp-async with Hopper's instruction: one warpgroup, synchronous", 128, 2, 97, HOPPER, BY_COPIES),
    RUNG(matmul, tma_ring_sm90,         "tma-ring",         90, ADDS_TRUNCATED, false, "wgmma from a ring that the copy engine fills", 128, 2, 97, BY_TMA(128)),
    RUNG(matmul, warp_specialised_sm90, "warp-specialised", 90, ADDS_TRUNCATED, false, "one warpgroup loads, two multiply 128×256 entries", 384, 1, 193, BY_TMA(256)),
    RUNG(matmul, cluster_sm90,          "cluster",          90, ADDS_TRUNCATED, false, "two blocks share the columns that they load", 384, 1, 193, BY_PAIRS(256)),
    RUNG(matmul, promotion_sm90,        "promotion",        90, ADDS_PROMOTED,  false, "the accumulator is emptied every 128 k; 128×192 entries", 384, 1, 201, BY_PAIRS(192)),
    RUNG(matmul, triangle_sm90,         "triangle",         90, ADDS_PROMOTED,  true,  "the lower triangle only, each tile stored twice", 384, 1, 201, BY_PAIRS(192)),

    MMA(mma_tf32_sm80,           "mma-sm80",           TF32, ("matmul"),            false, "asynchronous copies feed mma.sync; A rounded on the way; promoted"),
    MMA(mma_symmetric_tf32_sm80, "mma-symmetric-sm80", TF32, ("matmul"),            true,  "the same on the lower triangle only, each tile stored twice"),
    MMA(mma_bf16_sm80,           "mma-sm80",           BF16, ("convert", "matmul"), false, "asynchronous copies feed mma.sync; promoted"),
    MMA(mma_symmetric_bf16_sm80, "mma-symmetric-sm80", BF16, ("convert", "matmul"), true,  "the same on the lower triangle only, each tile stored twice"),
    MMA(mma_f16_sm80,            "mma-sm80",           F16,  ("convert", "matmul"), false, "asynchronous copies feed mma.sync; promoted"),
    MMA(mma_symmetric_f16_sm80,  "mma-symmetric-sm80", F16,  ("convert", "matmul"), true,  "the same on the lower triangle only, each tile stored twice"),

    WGMMA_FULL(tf32_sm90, TF32, ("matmul"),            "128×256 entries a block, clusters of two", PLANES(TFLOAT32, 4, 1)),
    WGMMA_FULL(bf16_sm90, BF16, ("convert", "matmul"), "the same", PLANES(BFLOAT16, 2, 1), SPLIT_BY("split_bf16")),
    WGMMA_FULL(f16_sm90,  F16,  ("convert", "matmul"), "the same, rows scaled to f16's range", PLANES(FLOAT16, 2, 1), SPLIT_BY("split_f16_hi")),
    WGMMA_SYMMETRIC(f32_3xf16_symmetric_sm90,  F32_3XF16,  ("split", "matmul"),   "three f16 products, promoted: FP32's accuracy; the triangle, stored twice", PLANES(FLOAT16, 2, 2), SPLIT_BY("split_f16_hi_lo"), STEP(1)),
    WGMMA_SYMMETRIC(f32_2xf16_symmetric_sm90,  F32_2XF16,  ("split", "matmul"),   "two symmetric f16 products: FP32-class on non-negative data only", PLANES(FLOAT16, 2, 2), SPLIT_BY("split_f16_hi_q"), STEP_2XF16),
    WGMMA_SYMMETRIC(f32_3xtf32_symmetric_sm90, F32_3XTF32, ("split", "matmul"),   "three tf32 products, promoted: FP32's accuracy", PLANES(FLOAT32, 4, 2), SPLIT_BY("split_tf32_hi_lo"), STEP(1)),
    WGMMA_SYMMETRIC(tf32_symmetric_sm90,       TF32,       ("matmul"),            "A rounded by the copy engine; promoted", PLANES(TFLOAT32, 4, 1), STEP(2)),
    WGMMA_SYMMETRIC(bf16_symmetric_sm90,       BF16,       ("convert", "matmul"), "promoted", PLANES(BFLOAT16, 2, 1), SPLIT_BY("split_bf16"), STEP(2)),
    WGMMA_SYMMETRIC(f16_symmetric_sm90,        F16,        ("convert", "matmul"), "rows scaled to f16's range; promoted", PLANES(FLOAT16, 2, 1), SPLIT_BY("split_f16_hi"), STEP(2)),

    LIBRARY(matmul, "cublas-gemm", INT8, "cuBLAS 11, " CC_80, 80, ("matmul", "convert"), false, "cublasGemmEx, given A in int8; C in int32, then in FP32", cublas_gemm),
    ROW(matmul, "portable", register_tile_int8, "register-tile", INT8, 30, ("matmul"), false, "64×64 tiles, 4×4 entries a thread, A rounded on the way, integer sums", BLOCK(16, 16), TILES(64)),
    MMA(mma_symmetric_int8_sm80, "mma-symmetric-sm80", INT8, ("convert", "matmul"), true, "asynchronous copies feed mma.sync; the triangle, each tile stored twice"),
    WGMMA_8_BITS("int8_symmetric_sm90", INT8, "exact sums in int32; the triangle, stored twice", 193, .cols = 256, SPLIT_BY("split_int8"), INT8_STEP),
    LIBRARY(matmul, "cublas-lt", FP8, "cuBLAS 12, " CC_89, 89, ("matmul"), false, "cublasLtMatmul, given A in e4m3, C in FP32", cublas_lt),
    ROW_THAT(ADDS_TO_NEAREST, false, "matmul_register_tile_fp8", matmul, "portable", register_tile_fp8, "register-tile", FP8, 30, ("matmul"), false, "64×64 tiles, 4×4 entries a thread, A rounded on the way, float32 sums", BLOCK(16, 16), TILES(64)),
    WGMMA_8_BITS("fp8_symmetric_sm90", FP8, "promoted every 128 k; the triangle, stored twice", 201, .cols = 192, SPLIT_BY("split_e4m3"), FP8_STEP),

    GEMM("cublas-dgemm", F64, "cuBLAS", 30, "cublasDgemm"),
    LIBRARY(matmul, "cublas-fixed-point", F64_INT8, "cuBLAS 13.1, " CC_80, 80, ("matmul"), false, "cublasGemmEx emulating FP64 by int8", cublas_fixed_point),
    F64(matmul, naive_f64,         "naive",         30, ("matmul"), false, "one thread one entry, straight from global memory", BLOCK(16, 16), TILES(16), NO_AUTO),
    F64(matmul, tile_f64,          "tile",          30, ("matmul"), false, "32×32 tiles in shared memory", BLOCK(32, 32), TILES(32), NO_AUTO),
    F64(matmul, register_tile_f64, "register-tile", 30, ("matmul"), false, "64×64 tiles, 4×4 entries a thread in registers", BLOCK(16, 16), TILES(64)),
    F64(matmul, dmma_f64_sm80,           "dmma-sm80",           80, ("matmul"), false, "asynchronous copies feed mma.sync in FP64; 128×128 tiles", DMMA_SM80, NO_AUTO),
    F64(matmul, dmma_symmetric_f64_sm80, "dmma-symmetric-sm80", 80, ("matmul"), true,  "the same on the lower triangle only, each tile stored twice", DMMA_SM80, NO_AUTO),
    F64(matmul, dmma_f64_sm90,           "dmma-sm90",           90, ("matmul"), false, "copy engine and clusters of two feed mma.sync in FP64", DMMA_SM90, NO_AUTO),
    F64(matmul, dmma_symmetric_f64_sm90, "dmma-symmetric-sm90", 90, ("matmul"), true,  "the same on the lower triangle only, each tile stored twice", DMMA_SM90, AUTO(512)),
    F64_INT8(matmul, "moduli-15", 15, 1,          true,  "15 int8 products by residues, each entry by the CRT"),
    F64_INT8(matmul, "moduli-14", 14, 1,          true,  "14: the least that are as accurate as cublasDgemm on [-1,1)"),
    F64_INT8(matmul, "moduli-13", 13, 1,          false, "13: the least that are as accurate as cublasDgemm on [0,1) at small N"),
    F64_INT8(matmul, "moduli-12", 12, 2048,       false, "12, centred: as accurate as cublasDgemm on [0,1) from N = 2048 on"),

    LIBRARY(reduce, "cub",          F32, "CUB",    75, ("reduce"), false, "NVIDIA's cub::DeviceReduce::Sum, in float32", cub_sum),
    LIBRARY(reduce, "cublas-sasum", F32, "cuBLAS", 30, ("reduce"), false, "cublasSasum, the sum of absolute values, in float32: for [0,1) alone", cublas_sasum),
    REDUCE_ANY_ORDER("atomic",       atomic,       "a sum in every thread, added to one word of memory", BLOCK(256, 1), WAVES(4), NO_AUTO),
    REDUCE_ANY_ORDER("shared-tree",  shared_tree,  "a tree in shared memory, one addition to memory a block", BLOCK(256, 1), WAVES(8), NO_AUTO),
    REDUCE_ANY_ORDER("warp-shuffle", warp_shuffle, "the tree within a warp by shuffles", BLOCK(256, 1), WAVES(8), NO_AUTO),
    REDUCE_ANY_ORDER("vector-loads", vector_loads, "16-byte loads, several in flight", BLOCK(256, 1), WAVES(8), NO_AUTO),
    REDUCE("one-pass",     one_pass,     "eight 16-byte loads in flight, partials added in a fixed order, one launch", BLOCK(256, 1), WAVES(4)),
    REDUCE_SM90("small-blocks-sm90", small_blocks_sm90, "a block for each 16 KiB, four loads a thread: for small N", BLOCK(256, 1), CHUNKS(256 * 4 * 4), NO_AUTO),
    REDUCE_SM90("wide-sm90",         wide_sm90,         "sixteen loads in flight, past the first-level cache, 256 bytes at a time into the second", BLOCK(128, 1), WAVES(8), NO_AUTO),
    REDUCE_SM90("short-blocks-sm90", short_blocks_sm90, "a block for each 64 KiB, no loop: for large N", BLOCK(512, 1), CHUNKS(512 * 8 * 4), NO_AUTO),
    REDUCE_SM90("bulk-sm90",         bulk_sm90,         "the bulk copy engine keeps a ring of 16 KiB stages full", BLOCK(288, 1), WAVES(1), SHARED(128), AUTO(0), .at_once = true),
    REDUCE("at-once",      at_once,      "a block for each 16 KiB, one atomic addition a block: for what the L2 cache holds", BLOCK(256, 1), CHUNKS(256 * 4 * 4), AUTO(0), .auto_from_cc = 70, .at_once = true),
    LIBRARY(reduce, "cub", F64, "CUB", 75, ("reduce"), false, "NVIDIA's cub::DeviceReduce::Sum, in float64", cub_sum_f64),
    F64(reduce, one_pass_f64, "one-pass", 30, ("reduce"), false, "eight 16-byte loads in flight, partials added in a fixed order, one launch", BLOCK(256, 1), WAVES(4)),
};
/* clang-format on */
const size_t gpu_variant_count = sizeof gpu_variants / sizeof *gpu_variants;

static const struct device_facts *facts_of(const struct device *d)
{
    return &d->facts;
}

static const struct variant *auto_variant(const struct device *d, const struct problem *p,
                                          enum arithmetic arithmetic)
{
    return gpu_auto(gpu_variants, gpu_variant_count, d, p, arithmetic);
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
    .can_run = gpu_can_run,
    .cut = gpu_cut,
    .auto_variant = auto_variant,
    .plan = gpu_plan,
    .begin = gpu_begin,
    .end = gpu_end,
    .load = gpu_load,
    .run = gpu_run,
    .run_block = gpu_run_block,
    .block_grain = gpu_block_grain,
    .links = &ring_links,
    .answer = gpu_answer,
    .poison = gpu_poison,
    .scale_rows = gpu_scale_rows,
    .oracle_column_sums = gpu_column_sums,
    .oracle_columns_of = gpu_columns_of,
    .oracle_a_times = gpu_a_times,
    .oracle_dots = gpu_dots,
    .oracle_of_int8 = gpu_oracle_of_int8,
    .a_entries = gpu_a_entries,
    .c_row_sums = gpu_c_row_sums,
    .c_entries = gpu_c_entries,
    .c_block_errors = gpu_c_block_errors,
    .read_a = gpu_read_a,
    .go_cold = gpu_go_cold,
    .copy_in = gpu_copy_in,
    .copy_out = gpu_copy_out,
    .keep = compare_keep,
    .run_checked = gpu_run_checked,
    .try_sms = sms_try,
    .health = device_health,
    .telemetry_start = gpu_telemetry_start,
    .telemetry_stop = gpu_telemetry_stop,
};
