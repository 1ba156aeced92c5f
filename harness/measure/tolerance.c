/* tolerance.c - the table of tolerances.
 *
 * Errors of correct kernels (H100; U = [0,1), S = [-1,1); u = 2^-24; relative to the scales of
 * oracle.c):
 *
 *   FP32, one accumulator    each entry walks at random by 0.25·sqrt(n)·u: relF 4.3e-7 at n = 1024,
 *                            1.5e-6 at 10000, worst of 16384 entries 4 times that; the same on S.
 *                            Bias and sum -3e-8 (simulated: -9e-8), the roundings cancel.
 *   f32-3xf16, f32-3xtf32    promoted to FP32 every 64 k: relF 1.9e-7 at 1000 to 2.8e-7 at 16384,
 *                            up to 6e-7 if every 128 k; bias and sum -1.2e-7 to -1.9e-7, on any n.
 *   f32-2xf16                as these on U; on S its 17 bits of operand show: relF 4.6e-6.
 *   tf32, f16, bf16          rounded operands: relF on U 3.3e-4/sqrt(n) (bf16: 8 times that), on S
 *                            2.6e-4 (bf16: 2.1e-3) on any n. Tensor cores that are not promoted
 *                            round towards zero: on U a bias of -7e-9·n, for entries, rows and sum
 *                            alike (tf32: -6.9e-6 at 1024, -7.5e-5 at 10000, -1.1e-4 at 16384).
 *                            Volta, by the published models of its arithmetic, has 3.3 times as
 *                            much. On S it mostly cancels.
 *
 * Errors that must be found: a k step of 8 left out of one tile (8/n in its entries, 8/n·128/n in
 * its row sums: 8e-4 and 1e-5 at n = 10000); misplaced tiles (sqrt(0.8/n): 1e-2); split products
 * without promotion (8.5e-5 at 10000); tf32 operands truncated and not rounded (bias -6.5e-4 on U,
 * relF 7.3e-4 on S). In tf32, f16 and bf16 a step left out shows only in single entries, and in
 * bf16 only below n = 8000. Truncation differs from Volta's bias only up to n = 16384.
 *
 * So the limits are 4 to 8 times the errors of correct kernels (2 times for relF of rounded
 * operands on S, which is a property of the format and hardly varies). The bias of the entries is
 * what survives into the sum, so on U it has the sum's limit: promoted f32-3xf16 shows -1.8e-7 of
 * 1e-6, without promotion -8.5e-5. Kernels are designed for less than the limits: a bias of 2.5e-7
 * and relF 5e-7 (docs/accuracy.md). On S neither correct nor wrong kernels are biased, so the bias
 * has the limit of relF, of which it is a part. The sum of sum-aat in FP32 has 1e-6:
 * it finds a lost or doubled tile, 3e-4 at n = 10000. A lost k step in one tile (1.3e-7) it cannot
 * find; the matmul variant of the same kernel, and smaller n, do. */
#include "harness/measure/tolerance.h"

#include <math.h>

/* u of FP32. */
static const double roundoff = 0x1p-24;

static const struct {
    double operand; /* rounding of the operands, in units of tf32's 2^-11 */
    double walk;    /* random part of the accumulation, in sqrt(n)·u */
    double floor;   /* what is left of it at n = 1 */
    double bias;    /* one-sided part of the accumulation, per n */
} arithmetics[ARITH_COUNT] = {
    /*               operand  walk  floor   bias */
    [ARITH_F32] = {0, 1.5, 2.4e-7, 0},          [ARITH_F32_3XF16] = {0.001, 0.1, 7e-7, 0},
    [ARITH_F32_3XTF32] = {0.001, 0.1, 7e-7, 0}, [ARITH_F32_2XF16] = {0.02, 0.1, 7e-7, 0},
    [ARITH_TF32] = {1, 1.5, 2.4e-7, 4e-8},      [ARITH_F16] = {1, 1.5, 2.4e-7, 4e-8},
    [ARITH_BF16] = {8, 1.5, 2.4e-7, 4e-8},
};

/* The bias allowed for FP32 sums; it grows beyond n = 10000, where a random walk may drift that
 * far. */
static double unbiased(double n)
{
    return 1e-6 * fmax(1, n / 10000);
}

/* All values are positive: biases add up, and independent roundings of operands average out. */
static struct tolerance on_unit(double n, enum arithmetic a)
{
    const double operand = arithmetics[a].operand;
    const double noise = operand * 1.3e-3 / sqrt(n) + arithmetics[a].walk * sqrt(n) * roundoff +
                         arithmetics[a].floor;
    const double bias = unbiased(n) + arithmetics[a].bias * n;
    return (struct tolerance){
        .sum = operand * 4e-3 / n + bias,
        .row = operand * 3.2e-3 / sqrt(n) + bias,
        .rel_f = noise + bias,
        .bias = operand * 4e-3 / n + bias,
        .entry = 5 * noise + bias,
    };
}

/* Values cancel as their errors do, so nothing averages out in an entry. In a row, the effect of
 * rounding towards zero cancels except on the diagonal. */
static struct tolerance on_signed(double n, enum arithmetic a)
{
    const double operand = arithmetics[a].operand;
    const double noise = operand * 4.5e-4 * (1 + 4 / sqrt(n)) +
                         arithmetics[a].walk * sqrt(n) * roundoff + arithmetics[a].floor;
    const double bias = unbiased(n) + arithmetics[a].bias * sqrt(n);
    return (struct tolerance){
        .sum = operand * 4e-3 / n + bias,
        .row = operand * 3.2e-3 / sqrt(n) + bias,
        .rel_f = noise + unbiased(n) + arithmetics[a].bias / 4 * n,
        .bias = noise + unbiased(n) + arithmetics[a].bias / 4 * n,
        .entry = 5 * noise + unbiased(n) + arithmetics[a].bias * n,
    };
}

/* As on [-1,1), but the largest sixteenth of the rows decides the sum of a row and the sum of all,
 * so that less averages out. */
static struct tolerance on_wide(double n, enum arithmetic a)
{
    const double operand = arithmetics[a].operand, fewer = fmin(16, n);
    struct tolerance t = on_signed(n, a);
    t.sum = unbiased(n) + fewer * (operand * 4e-3 / n + arithmetics[a].bias * sqrt(n));
    t.row = unbiased(n) + sqrt(fewer) * operand * 3.2e-3 / sqrt(n) +
            fewer * arithmetics[a].bias * sqrt(n);
    return t;
}

/* The smallest scale of an error. FP32 loses digits below 2^-126. tf32, bf16 and a split into tf32
 * lose whole operands there. A split into two f16 cannot scale such rows up far enough for its
 * second product. */
static double tiny_of(enum arithmetic a)
{
    return a == ARITH_F32 || a == ARITH_F32_3XF16 || a == ARITH_F16 ? 0x1p-122 : 0x1p-90;
}

struct tolerance verify_tolerance(const struct problem *p, enum arithmetic arithmetic)
{
    const double n = (double)p->n;

    /* A sum of N² floats, in a tree or in float64, so the tolerance does not depend on the
     * arithmetic. */
    if (p->op == OP_REDUCE)
        return (struct tolerance){.sum = 1e-6, .row = NAN, .rel_f = NAN, .bias = NAN, .entry = NAN};

    struct tolerance t = p->range == RANGE_UNIT     ? on_unit(n, arithmetic)
                         : p->range == RANGE_SIGNED ? on_signed(n, arithmetic)
                                                    : on_wide(n, arithmetic);
    t.tiny = tiny_of(arithmetic);
    if (p->op == OP_SUM_AAT)
        t.row = t.rel_f = t.bias = t.entry = NAN; /* no entries are stored, so none are checked */
    return t;
}
