/* problem.h - the words of the benchmark: operation, arithmetic, problem, and the work each
 * operation stands for.
 *
 * A is the N×N matrix of philox.h, row-major. The operations are
 *   sum-aat   A -> the sum of all entries of A·Aᵀ       the main job
 *   matmul    A -> C = A·Aᵀ, every entry stored
 *   reduce    A -> the sum of all entries of A
 * FLOP and byte counts belong to the operation, never to a variant: they are what a speed is quoted
 * against. */
#ifndef HARNESS_PROBLEM_H
#define HARNESS_PROBLEM_H

#include <stdbool.h>
#include <stdint.h>

enum op { OP_SUM_AAT, OP_MATMUL, OP_REDUCE, OP_COUNT };

/* X(name, what the user types, one line) */
#define ARITHMETIC_LIST(X)                                                                         \
    X(F32, "f32", "IEEE FP32 multiply-add")                                                        \
    X(F32_3XF16, "f32-3xf16", "FP32-accurate, from three f16 tensor-core products")                \
    X(F32_2XF16, "f32-2xf16", "FP32-class on non-negative data only, two f16 products")            \
    X(F32_3XTF32, "f32-3xtf32", "FP32-accurate, from three tf32 tensor-core products")             \
    X(TF32, "tf32", "tensor cores, 10-bit fraction in, FP32 out")                                  \
    X(BF16, "bf16", "tensor cores, 7-bit fraction in, FP32 out")                                   \
    X(F16, "f16", "tensor cores, 10-bit fraction and small range in, FP32 out")                    \
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

/* The entries of A are uniform in [0,1) or in [-1,1), or in the latter times a power of two, or
 * zero, that differs from row to row (philox_row_factor). */
enum range { RANGE_UNIT, RANGE_SIGNED, RANGE_WIDE };

struct problem {
    enum op op;
    uint64_t n; /* order of A */
    uint64_t seed;
    enum range range;
    enum element element;
};

/* The largest n whose n·n numbers can be indexed by a size_t in bytes and whose n fits the kernels'
 * 32-bit indices. */
#define PROBLEM_MAX_N 2000000u

const char *op_name(enum op op);
const char *arithmetic_name(enum arithmetic arithmetic);
const char *arithmetic_note(enum arithmetic arithmetic);
const char *range_name(enum range range);       /* "[0,1)", "[-1,1)" or "wide" */
const char *element_name(enum element element); /* "f32" or "f64" */
uint64_t element_bytes(enum element element);

/* The type of the entries that an arithmetic multiplies. */
enum element element_of(enum arithmetic arithmetic);

/* The arithmetic that is nothing but the type's own: what is chosen if none is named. */
enum arithmetic plain_arithmetic(enum element element);

/* False if text names none. */
bool op_parse(const char *text, enum op *op);
bool arithmetic_parse(const char *text, enum arithmetic *arithmetic);

/* Nominal work: 2N³ for the products (as a full multiplication), N² for reduce. Speeds are quoted
 * against this. */
double problem_flop(const struct problem *p);

/* Work executed: N²(N+1) if only one triangle is computed (symmetric), else the nominal work. */
double problem_flop_done(const struct problem *p, bool symmetric);

/* The fewest bytes that must pass through the device's memory: each input read once, each output
 * written once. */
double problem_bytes(const struct problem *p);

#endif
