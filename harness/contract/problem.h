/* problem.h - operations, arithmetics, problems, and how much work each operation is.
 *
 * A is the N×N matrix of philox.h, row-major. The operations are
 *   sum-aat   A -> the sum of all entries of A·Aᵀ       the main job
 *   matmul    A -> C = A·Aᵀ, every entry stored
 *   reduce    A -> the sum of all entries of A
 * FLOP and byte counts belong to the operation, not to a variant, so that the speeds of variants
 * can be compared. */
#ifndef HARNESS_PROBLEM_H
#define HARNESS_PROBLEM_H

#include <stdbool.h>
#include <stdint.h>

enum op { OP_SUM_AAT, OP_MATMUL, OP_REDUCE, OP_COUNT };

/* X(name, what the user types, description) */
#define ARITHMETIC_LIST(X)                                                                         \
    X(F32, "f32", "IEEE FP32 multiply-add")                                                        \
    X(F32_3XF16, "f32-3xf16", "FP32-accurate, from three f16 tensor-core products")                \
    X(F32_2XF16, "f32-2xf16", "FP32-class on non-negative data only, two f16 products")            \
    X(F32_3XTF32, "f32-3xtf32", "FP32-accurate, from three tf32 tensor-core products")             \
    X(F32_9XBF16, "f32-9xbf16", "FP32 emulated by nine bf16 tensor-core products")                 \
    X(TF32, "tf32", "tensor cores, 10-bit fraction in, FP32 out")                                  \
    X(BF16, "bf16", "tensor cores, 7-bit fraction in, FP32 out")                                   \
    X(F16, "f16", "tensor cores, 10-bit fraction and small range in, FP32 out")                    \
    X(INT8, "int8", "A rounded to 8 bits; integer products and sums, exact")                       \
    X(FP8, "fp8", "tensor cores, e4m3 (3-bit fraction) in, FP32 out")                              \
    X(F64, "f64", "IEEE FP64 multiply-add")                                                        \
    X(F64_INT8, "f64-int8", "FP64-accurate, from int8 tensor-core products")

enum arithmetic {
#define X(name, text, note) ARITH_##name,
    ARITHMETIC_LIST(X)
#undef X
        ARITH_COUNT
};

/* The type of A's and C's entries; it follows from the arithmetic. */
enum element { ELEMENT_F32, ELEMENT_F64 };

/* The entries of A are uniform: unit in [0,1), signed in [-1,1), wide in [-1,1) times a factor that
 * differs from row to row, a power of two or zero (philox_row_factor). */
enum range { RANGE_UNIT, RANGE_SIGNED, RANGE_WIDE };

struct problem {
    enum op op;
    uint64_t n; /* order of A */
    uint64_t seed;
    enum range range;
    enum element element;
};

/* The part of a problem that one of several ranks does: of the triangle of C (sum-aat), the rows of
 * C (matmul) or the rows of A (reduce), cut into `of` equal parts, those from `begin` to before
 * `end`. of = 0: all of it. */
struct share {
    uint32_t begin, end, of;
    bool is_block; /* of a ring: it has the rows of A from `begin` to before `end` alone, of n */
    uint32_t panels, panel_rows; /* and room for so many blocks of other ranks, of so many rows */
};

/* Where a share begins or ends: all of C's rows above `row` are before it, and of the next `rows`
 * rows the columns before `col`, which is at most `row`. Of matmul and reduce only `row` counts. */
struct cut {
    uint64_t row, rows, col;
};

/* Where part `at` of `of` begins if the triangle is divided into square tiles, which are numbered
 * row by row. */
struct cut cut_of_tiles(uint64_t n, uint64_t tile, uint32_t at, uint32_t of);

/* Where part `at` of `of` begins if n rows are divided at multiples of `grain`. */
struct cut cut_of_rows(uint64_t n, uint64_t grain, uint32_t at, uint32_t of);

/* Rows from `first` on. */
struct rows {
    uint64_t first, count;
};

/* The rows of a share of n rows that is divided so; all of them if share->of is 0. */
struct rows rows_of_share(uint64_t n, uint64_t grain, const struct share *share);

/* The largest order: the bytes of n·n entries fit a size_t, and n fits the kernels' 32-bit
 * indices. */
#define PROBLEM_MAX_N 2000000u

const char *op_name(enum op op);
const char *arithmetic_name(enum arithmetic arithmetic);
const char *arithmetic_note(enum arithmetic arithmetic);
const char *range_name(enum range range);       /* "[0,1)", "[-1,1)" or "wide" */
const char *element_name(enum element element); /* "f32" or "f64" */
uint64_t element_bytes(enum element element);

/* The type of the entries that an arithmetic multiplies. */
enum element element_of(enum arithmetic arithmetic);

/* The type's own arithmetic, f32 or f64, which is the default. */
enum arithmetic plain_arithmetic(enum element element);

/* Return false if text is not the name of one. */
bool op_parse(const char *text, enum op *op);
bool arithmetic_parse(const char *text, enum arithmetic *arithmetic);

/* The nominal work, from which speeds are computed: 2N³ for the products, as for a full
 * multiplication; N² for reduce. */
double problem_flop(const struct problem *p);

/* The work executed: N²(N+1) if only one triangle is computed (symmetric), else the nominal work.
 */
double problem_flop_done(const struct problem *p, bool symmetric);

/* The fewest bytes that must be read from and written to the device's memory: each input once, each
 * output once. */
double problem_bytes(const struct problem *p);

#endif
