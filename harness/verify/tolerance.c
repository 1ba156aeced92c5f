/* tolerance.c - the table of tolerances.
 *
 * Errors of correct kernels (H100; U = [0,1), S = [-1,1); u = 2^-24; relative to the scales of
 * oracle.c):
 *
 * - FP32, one accumulator: each entry walks at random by 0.25·sqrt(n)·u: relF 4.3e-7 at n = 1024,
 *   1.5e-6 at 10000, worst of 16384 entries 4 times that; the same on S. Bias and sum -3e-8
 *   (simulated: -9e-8), the roundings cancel.
 * - f32-3xf16, f32-3xtf32: promoted to FP32 every 64 k: relF 1.9e-7 at 1000 to 2.8e-7 at 16384, up
 *   to 6e-7 if every 128 k; bias and sum -1.2e-7 to -1.9e-7, on any n.
 * - f32-2xf16: as these on U; on S its 17 bits of operand show: relF 4.6e-6.
 * - f32-9xbf16: not measured; cuBLAS claims FP32's accuracy, so FP32's limits apply.
 * - tf32, f16, bf16: rounded operands: relF on U 3.3e-4/sqrt(n) (bf16: 8 times that), on S 2.6e-4
 *   (bf16: 2.1e-3) on any n. Promoted: bias and sum on U -3e-7 to -5.5e-7, on any n.
 * - int8, fp8: rounded operands too, 21 and 128 times tf32's errors: int8 has steps of 1/127
 *   (deviation 2.3e-3), fp8's e4m3 has 3 bits of fraction. Sums of int8 are exact, and also
 *   compared with the exact product of the rounded A (tolerance_of_int8). fp8's accumulators keep
 *   14 bits, so even promoted every 128 k they have a bias of -5e-4 on U, on any n.
 * - the same, not promoted: tensor cores round toward zero: on U a bias of -7e-9·n on Hopper, for
 *   entries, rows and sum alike (tf32: -6.9e-6 at 1024, -7.5e-5 at 10000, -1.1e-4 at 16384; f16
 *   -6.5e-5, bf16 -4.4e-5 at 10000). Volta, by the published models of its arithmetic, has 3.3
 *   times as much. On S it mostly cancels.
 * - reduce: a tree of at most 64 floats in float32, then float64: 3e-11 at 10000, 5e-8 at n = 5.
 *   CUB and cublasSasum, all in float32: 1e-7.
 *
 * Errors that must be found:
 *
 * - a k step of 8 left out of one tile (8/n in its entries, 8/n·128/n in its row sums: 8e-4 and
 *   1e-5 at n = 10000);
 * - misplaced tiles (sqrt(0.8/n): 1e-2);
 * - split products without promotion (8.5e-5 at 10000);
 * - tf32 operands truncated and not rounded (bias -6.5e-4 on U, relF 7.3e-4 on S).
 *
 * In tf32, f16 and bf16 a step left out shows only in single entries, and in bf16 only below n =
 * 8000. Truncation differs from Volta's bias only up to n = 16384.
 *
 * The limits are therefore 4 to 8 times the errors of correct kernels (2 times for relF of rounded
 * operands on S, which is a property of the format and hardly varies; 1.6 times for the bias of
 * accumulators that are not promoted, which is a property of the generation; where the generation
 * was not measured, 1.6 times Volta's). The limits of sums and rows on U are 5 to 1000 times what
 * FP32 shows, because its roundings cancel: 1e-6 finds what must be found, and holds for n up to
 * 10000 with any order of additions. The bias of the entries is what survives into the sum, so on U
 * it has the sum's limit: promoted f32-3xf16 shows -1.8e-7 of 1e-6, without promotion -8.5e-5;
 * promoted tf32 -5.5e-7 of 4e-6. Kernels are designed for less than the limits: a bias of 2.5e-7
 * and relF 5e-7 (docs/accuracy.md). On S neither correct nor wrong kernels are biased, so the bias
 * has the limit of relF, of which it is a part. The sum of sum-aat in FP32 has 1e-6: it finds a
 * lost or doubled tile, 3e-4 at n = 10000. A lost k step in one tile (1.3e-7) it cannot find; the
 * matmul variant of the same kernel, and smaller n, do. */
#include "harness/verify/tolerance.h"

#include "harness/contract/philox.h"

#include <math.h>

/* The unit roundoff of FP32. */
static const double roundoff = 0x1p-24;

static const struct {
    double operand; /* rounding of the operands, in units of tf32's 2^-11 */
    double walk;    /* random part of the accumulation, in sqrt(n)·u */
    double floor;   /* what is left of it at n = 1 */
} arithmetics[ARITH_COUNT] = {
    /*               operand  walk  floor */
    [ARITH_F32] = {0, 1.5, 2.4e-7},          [ARITH_F32_3XF16] = {0.001, 0.1, 7e-7},
    [ARITH_F32_3XTF32] = {0.001, 0.1, 7e-7}, [ARITH_F32_2XF16] = {0.02, 0.1, 7e-7},
    [ARITH_F32_9XBF16] = {0, 1.5, 2.4e-7},   [ARITH_TF32] = {1, 1.5, 2.4e-7},
    [ARITH_F16] = {1, 1.5, 2.4e-7},          [ARITH_BF16] = {8, 1.5, 2.4e-7},
    [ARITH_INT8] = {22, 0, 2.4e-7},          [ARITH_FP8] = {128, 1.5, 2.4e-7},
    [ARITH_F64] = {0, 1.5, 2.4e-7},          [ARITH_F64_INT8] = {0, 1.5, 2.4e-7},
};

bool tolerance_rounds(enum arithmetic a)
{
    return arithmetics[a].operand >= 1;
}

/* The bias of accumulators on Volta, per k. It is the largest that is known of any generation. */
static const double truncation_of_volta = 2.5e-8;

/* Returns the bias per k that v's accumulators may have on a device. */
static double bias_of(const struct variant *v, double truncation)
{
    if (v->adds != ADDS_TRUNCATED && v->adds != ADDS_TRUNCATED_BY_MMA)
        return 0;
    return 1.6 * (v->adds == ADDS_TRUNCATED && truncation > 0 ? truncation : truncation_of_volta);
}

/* Returns the bias that remains with promotion, which does not depend on n. It is smaller for split
 * products, because only one of them is large. fp8 shows -4.9e-4 promoted every 128 k, in our
 * kernel and in cublasLt (H200, N = 10000), and -1.7e-3 every 256 k, which exceeds the limit. */
static double left_by_promotion(const struct variant *v)
{
    if (v->adds != ADDS_PROMOTED || arithmetics[v->arithmetic].operand < 1)
        return 0;
    return v->arithmetic == ARITH_FP8 ? 1e-3 : 3e-6;
}

/* Returns the bias allowed for FP32 sums. It grows beyond n = 10000, where a random walk can exceed
 * 1e-6. */
static double unbiased(double n)
{
    return 1e-6 * fmax(1, n / 10000);
}

/* Returns the random part of the errors of an entry, relative to its scale. */
static double noise_on_unit(double n, enum arithmetic a)
{
    return arithmetics[a].operand * 1.3e-3 / sqrt(n) + arithmetics[a].walk * sqrt(n) * roundoff +
           arithmetics[a].floor;
}
static double noise_on_signed(double n, enum arithmetic a)
{
    return arithmetics[a].operand * 4.5e-4 * (1 + 4 / sqrt(n)) +
           arithmetics[a].walk * sqrt(n) * roundoff + arithmetics[a].floor;
}

/* Limits on [0,1). All values are positive, so biases add up, and independent roundings of operands
 * average out. */
static struct tolerance on_unit(double n, const struct variant *v, double truncation)
{
    const double operand = arithmetics[v->arithmetic].operand;
    const double noise = noise_on_unit(n, v->arithmetic);
    const double bias = unbiased(n) + left_by_promotion(v) + bias_of(v, truncation) * n;
    return (struct tolerance){
        .sum = operand * 4e-3 / n + bias,
        .row = operand * 3.2e-3 / sqrt(n) + bias,
        .rel_f = noise + bias,
        .bias = operand * 4e-3 / n + bias,
        .entry = 5 * noise + bias,
    };
}

/* Limits on [-1,1). Values cancel as much as their errors do, so nothing averages out in an entry.
 * In a row, the effect of rounding towards zero cancels except on the diagonal. */
static struct tolerance on_signed(double n, const struct variant *v, double truncation)
{
    const double operand = arithmetics[v->arithmetic].operand, per_k = bias_of(v, truncation);
    const double noise = noise_on_signed(n, v->arithmetic);
    const double bias = unbiased(n) + per_k * sqrt(n);
    return (struct tolerance){
        .sum = operand * 4e-3 / n + bias,
        .row = operand * 3.2e-3 / sqrt(n) + bias,
        .rel_f = noise + unbiased(n) + per_k / 4 * n,
        .bias = noise + unbiased(n) + per_k / 4 * n,
        .entry = 5 * noise + unbiased(n) + per_k * n,
    };
}

/* Returns sqrt(Σ f²) / Σ f for the rows' factors f: 1 if one row dominates, 1/sqrt(n) if all are
 * equal. */
static double concentration(uint64_t n)
{
    double sum = 0, squares = 0;
    for (uint32_t row = 0; row < n; row++) {
        const double factor = (double)philox_row_factor(row);
        sum += factor;
        squares += factor * factor;
    }
    return sqrt(squares) / sum; /* the factor of row 0 is not zero */
}

/* Limits on the wide range. They are as on [-1,1), but the largest sixteenth of the rows dominates
 * the sum of all, so that less averages out. The sum of a row adds the errors of its entries in
 * proportion to their columns' factors f. Together these reach sqrt(Σ f²) times the noise of one
 * entry, while the scale of the row is Σ f times the mean magnitude of an entry, 0.81 of its scale.
 * Where one entry dominates the row, its error may be 5 times the noise at 4 times its usual size.
 */
static struct tolerance on_wide(uint64_t order, const struct variant *v, double truncation)
{
    const double n = (double)order, fewer = fmin(16, n), per_k = bias_of(v, truncation);
    const double operand = arithmetics[v->arithmetic].operand;
    struct tolerance t = on_signed(n, v, truncation);
    t.sum = unbiased(n) + fewer * (operand * 4e-3 / n + per_k * sqrt(n));
    t.row = unbiased(n) + sqrt(fewer) * operand * 3.2e-3 / sqrt(n) + fewer * per_k * sqrt(n) +
            8 / 0.81 * noise_on_signed(n, v->arithmetic) * concentration(order);
    return t;
}

/* Returns the limit for the sum with random signs of rows. Half of the signs are negative, so a
 * bias of all entries cancels. What remains is the random walk of the errors of n² entries, each of
 * the size of relF; because C is symmetric, these are n²/2 independent errors that count twice. The
 * limit is 3 standard deviations (12 for small n) at the limit of relF. The diagonal keeps its
 * signs: its n entries of n/3 have the bias, and the entries beside it compensate n/4. The two
 * products of f32-2xf16 leave 64 times the square of the error of rounding an entry to f16. Off the
 * diagonal that averages out, and on it it is 2.1e-6 of the entry of C. Where a few rows dominate,
 * the limit of the plain sum applies. */
static double of_weighted(const struct problem *p, const struct variant *v, double truncation,
                          struct tolerance t)
{
    const double n = (double)p->n;
    const double squares = v->arithmetic == ARITH_F32_2XF16 ? 3e-6 : 0;
    const double bias = unbiased(n) + left_by_promotion(v) + bias_of(v, truncation) * n + squares;
    const double walk = (n > 200 ? 3 : 12) * sqrt(2) / 0.81 * t.rel_f / n;
    const double diagonal = p->range == RANGE_UNIT ? 2 * bias / n : 1.25 * bias / sqrt(n);
    if (p->range == RANGE_WIDE)
        return t.sum;
    return fmin(t.sum, walk + diagonal + 1e-11 + (v->sums_in_f32 ? 1e-6 : 0));
}

/* Returns the limits of reduce. Trees of at most 64 floats are added in float32, and the results of
 * the trees in float64, so the errors of n²/64 trees (fewer dominate on the wide range) add up as a
 * random walk. */
static double of_reduce(const struct problem *p, const struct variant *v)
{
    if (element_of(v->arithmetic) == ELEMENT_F64)
        return 0x1p-29 * 1e-6;
    const double n = (double)p->n, trees = fmax(1, n / 8 / (p->range == RANGE_WIDE ? 4 : 1));
    return v->sums_in_f32 ? 1e-6 : 1e-9 + 5e-7 / trees;
}

/* The smallest scale of an error. FP32 loses digits below 2^-126. tf32, bf16 and a split into tf32
 * lose whole operands there. A split into two f16 cannot scale such rows up far enough for its
 * second product. cuBLAS's fixed point, the only f64-int8 on the range `wide`, keeps fewer bits
 * near 2^-1022: an entry of 1e-307 is off by up to 4e-320, one of 1e-306 by 2e-319 (cuBLAS 13.0,
 * H200). */
static double tiny_of(enum arithmetic a)
{
    if (a == ARITH_F64_INT8)
        return 0x1p-1000;
    if (element_of(a) == ELEMENT_F64)
        return 0x1p-1018;
    return a == ARITH_F32 || a == ARITH_F32_3XF16 || a == ARITH_F32_9XBF16 || a == ARITH_F16
               ? 0x1p-122
               : 0x1p-90;
}

/* The limits of float64 are those of FP32 times 2^-29, because its errors are as many roundings:
 * relF 2.9e-15 at 10000 of cublasDgemm and of every kernel of ours. */
static struct tolerance in_float64(struct tolerance t)
{
    const double unit = 0x1p-29;
    return (struct tolerance){
        .tiny = t.tiny,
        .sum = unit * t.sum,
        .row = unit * t.row,
        .rel_f = unit * t.rel_f,
        .bias = unit * t.bias,
        .entry = unit * t.entry,
        .block = NAN,
        .weighted = unit * t.weighted,
    };
}

/* Returns the limits for what int8 rounds after its exact sums of integers. A sum becomes a float64
 * and is divided by 127², and sums of panels of a streamed A are added. That is a few roundings to
 * 2^-53; 0.3 of one was measured, and 16 are allowed, which at n = 10000 are 7 units of the
 * integer. An entry of C becomes a float32 and is multiplied by the float32 nearest to 1/127²,
 * which is 0.31 roundings off. That is 2.31 roundings to 2^-24 of the entry's own size, which on
 * [-1,1) is up to 6 times the scale. Row sums and the sum of C add those errors with one sign; at
 * small n their entries may be larger than the scales assume. */
struct tolerance tolerance_of_int8(const struct problem *p)
{
    const double small = 1 + 8 / sqrt((double)p->n);
    const bool is_product = p->op == OP_MATMUL;
    return (struct tolerance){
        .tiny = tiny_of(ARITH_INT8),
        .sum = small * (is_product ? 3 * roundoff : 16 * 0x1p-53),
        .row = is_product ? small * 3 * roundoff : NAN,
        .rel_f = is_product ? 3 * roundoff : NAN,
        .bias = is_product ? 3 * roundoff : NAN,
        .entry = !is_product ? NAN : (p->range == RANGE_UNIT ? 4 : 20) * roundoff,
        .block = NAN,
        .weighted = is_product ? NAN : small * 16 * 0x1p-53,
    };
}

struct tolerance verify_tolerance(const struct problem *p, const struct variant *v,
                                  double truncation)
{
    const double n = (double)p->n;
    if (p->op == OP_REDUCE)
        return (struct tolerance){.sum = of_reduce(p, v),
                                  .row = NAN,
                                  .rel_f = NAN,
                                  .bias = NAN,
                                  .entry = NAN,
                                  .block = NAN,
                                  .weighted = of_reduce(p, v)};

    struct tolerance t = p->range == RANGE_UNIT     ? on_unit(n, v, truncation)
                         : p->range == RANGE_SIGNED ? on_signed(n, v, truncation)
                                                    : on_wide(p->n, v, truncation);
    t.tiny = tiny_of(v->arithmetic);
    t.weighted = p->op == OP_SUM_AAT ? of_weighted(p, v, truncation, t) : NAN;
    t.block = NAN;
    if (element_of(v->arithmetic) == ELEMENT_F64)
        t = in_float64(t);
    if (p->op == OP_SUM_AAT)
        t.row = t.rel_f = t.bias = t.entry = NAN; /* no entries are stored, so none are checked */
    return t;
}
