/* ampere.cc - models compute capability 8.0 as far as kernels/support/sm80/ampere.cuh uses it:
 * asynchronous copies, and operations of a whole warp. */
#include "tests/fakecuda/ampere_on_cpu.h"
#include "tests/fakecuda/runtime.h"

#include <deque>
#include <math.h>

/* ---- asynchronous copies: those of a thread that have not arrived, in the order of their start
 * ---- */
struct copy {
    unsigned to, group;
    const void *from;
};
static struct {
    std::deque<copy> under_way;
    unsigned group; /* the one not yet committed */
} copies[MAX_THREADS];
static bool any_copies; /* since they were last forgotten */

static unsigned number(void)
{
    return (unsigned)(self - fibers);
}

void copies_forget(unsigned count)
{
    if (!any_copies) /* the threads are many, and each has a queue of its own */
        return;
    any_copies = false;
    for (unsigned t = 0; t < count; t++) {
        copies[t].under_way.clear();
        copies[t].group = 0;
    }
}

bool copies_under_way(unsigned thread)
{
    return any_copies && !copies[thread].under_way.empty();
}

extern "C" void cuda_cpu_copy_start(unsigned to, const void *from)
{
    any_copies = true;
    copies[number()].under_way.push_back({to, copies[number()].group, from});
}

extern "C" void cuda_cpu_copy_commit(void)
{
    any_copies = true;
    copies[number()].group++;
}

extern "C" bool cuda_cpu_copy_arrived(unsigned pending, unsigned *to, const void **from)
{
    auto &mine = copies[number()];
    if (mine.under_way.empty() || mine.under_way.front().group + pending >= mine.group)
        return false;
    *to = mine.under_way.front().to;
    *from = mine.under_way.front().from;
    mine.under_way.pop_front();
    return true;
}

/* ---- matrices: lanes give the rows' addresses, each receives a word of every matrix ---- */
static void matrices(void *const lanes[WARP])
{
    for (unsigned lane = 0; lane < WARP; lane++)
        for (unsigned m = 0; m < 4; m++) {
            const auto *row = (const cuda_cpu_matrices *)lanes[8 * m + lane / 4];
            ((cuda_cpu_matrices *)lanes[lane])->word[m] = row->row + lane % 4 * 4;
        }
}

extern "C" void cuda_cpu_load_matrices(struct cuda_cpu_matrices *lane, const char *file, int line)
{
    cuda_cpu_together(lane, matrices, "load_matrices()", file, line);
}

/* ---- products of 16 rows of a and 8 rows of b, with K values each ---- */
static double tf32_at(const unsigned *words, unsigned)
{
    return (double)__uint_as_float(*words & ~0x1fffu); /* the hardware ignores the rest */
}

static double bf16_at(const unsigned *words, unsigned half)
{
    return (double)__uint_as_float(*words >> 16 * half << 16);
}

static double f16_at(const unsigned *words, unsigned half)
{
    const unsigned bits = *words >> 16 * half & 0xffffu, exponent = bits >> 10 & 31;
    /* A float with the same bits of exponent and fraction is 2^112 times smaller, also if it is
     * subnormal. */
    const double size = exponent == 31 ? (bits & 0x3ff ? NAN : INFINITY)
                                       : 0x1p112 * (double)__uint_as_float((bits & 0x7fff) << 13);
    return bits & 0x8000 ? -size : size;
}

static float truncated(double x)
{
    const float near = (float)x; /* the bits of the next float towards zero are one less */
    return fabs((double)near) > fabs(x) ? __uint_as_float(__float_as_uint(near) - 1) : near;
}

/* The values in a lane's words: K in each half of a row of 8 bytes. */
template <unsigned PER_WORD, double at(const unsigned *, unsigned)>
static void product(void *const lanes[WARP])
{
    enum { K = 8 * PER_WORD };
    double a[16][K], b[K][8]; /* b transposed: a row of eight sums is added to at once */
    for (unsigned lane = 0; lane < WARP; lane++) {
        const auto *l = (const cuda_cpu_product *)lanes[lane];
        const unsigned r = lane / 4, c = lane % 4;
        for (unsigned p = 0; p < PER_WORD; p++) {
            for (unsigned i = 0; i < 4; i++)
                a[r + i % 2 * 8][(c + i / 2 * 4) * PER_WORD + p] = at(&l->a[i], p);
            for (unsigned i = 0; i < 2; i++)
                b[(c + i * 4) * PER_WORD + p][r] = at(&l->b[i], p);
        }
    }
    for (unsigned row = 0; row < 16; row++) {
        double sums[8];
        float *d[8];
        for (unsigned col = 0; col < 8; col++) {
            const unsigned lane = row % 8 * 4 + col / 2;
            d[col] = &((const cuda_cpu_product *)lanes[lane])->d[row / 8 * 2 + col % 2];
            sums[col] = (double)*d[col];
        }
        for (unsigned k = 0; k < K; k++)
            for (unsigned col = 0; col < 8; col++)
                sums[col] += a[row][k] * b[k][col];
        for (unsigned col = 0; col < 8; col++)
            *d[col] = __uint_as_float(__float_as_uint(truncated(sums[col])) ^ cuda_cpu_sick);
    }
}

extern "C" void cuda_cpu_product_tf32(struct cuda_cpu_product *lane, const char *file, int line)
{
    cuda_cpu_together(lane, product<1, tf32_at>, "product_tf32()", file, line);
}
extern "C" void cuda_cpu_product_bf16(struct cuda_cpu_product *lane, const char *file, int line)
{
    cuda_cpu_together(lane, product<2, bf16_at>, "product_bf16()", file, line);
}
extern "C" void cuda_cpu_product_f16(struct cuda_cpu_product *lane, const char *file, int line)
{
    cuda_cpu_together(lane, product<2, f16_at>, "product_f16()", file, line);
}

/* The same of signed bytes, added to integers. */
static void product_of_bytes(void *const lanes[WARP])
{
    int a[16][32], b[8][32];
    for (unsigned lane = 0; lane < WARP; lane++) {
        const auto *l = (const cuda_cpu_product *)lanes[lane];
        const unsigned r = lane / 4, c = lane % 4;
        for (unsigned p = 0; p < 4; p++) {
            for (unsigned i = 0; i < 4; i++)
                a[r + i % 2 * 8][(c + i / 2 * 4) * 4 + p] = (signed char)(l->a[i] >> 8 * p);
            for (unsigned i = 0; i < 2; i++)
                b[r][(c + i * 4) * 4 + p] = (signed char)(l->b[i] >> 8 * p);
        }
    }
    for (unsigned lane = 0; lane < WARP; lane++)
        for (unsigned e = 0; e < 4; e++) {
            const unsigned row = lane / 4 + e / 2 * 8, col = lane % 4 * 2 + e % 2;
            int *d = (int *)&((const cuda_cpu_product *)lanes[lane])->d[e];
            for (unsigned k = 0; k < 32; k++)
                *d += a[row][k] * b[col][k];
            *d ^= (int)cuda_cpu_sick;
        }
}
extern "C" void cuda_cpu_product_s8(struct cuda_cpu_product *lane, const char *file, int line)
{
    cuda_cpu_together(lane, product_of_bytes, "product_s8()", file, line);
}

/* Multiplies 8 rows of a and 8 rows of b, with 4 values each, by multiply-adds in the order of
 * k. */
static void product_of_doubles(void *const lanes[WARP])
{
    double a[8][4], b[8][4];
    for (unsigned lane = 0; lane < WARP; lane++) {
        const auto *l = (const cuda_cpu_doubles *)lanes[lane];
        a[lane / 4][lane % 4] = l->a;
        b[lane / 4][lane % 4] = l->b;
    }
    for (unsigned lane = 0; lane < WARP; lane++)
        for (unsigned e = 0; e < 2; e++) {
            double *d = &((const cuda_cpu_doubles *)lanes[lane])->d[e];
            for (unsigned k = 0; k < 4; k++)
                *d = fma(a[lane / 4][k], b[lane % 4 * 2 + e][k], *d);
        }
}
extern "C" void cuda_cpu_product_f64(struct cuda_cpu_doubles *lane, const char *file, int line)
{
    cuda_cpu_together(lane, product_of_doubles, "product_f64()", file, line);
}

/* To nearest, ties to even, by the current rounding of ldexp's double: exact steps of the result's
 * last place. */
extern "C" unsigned cuda_cpu_round_f16(float x)
{
    const unsigned sign = signbit(x) ? 0x8000u : 0;
    const double size = fabs((double)x);
    if (x != x)
        return 0x7fffu;
    if (size >= 65520)
        return sign | 0x7c00u;
    int exponent = size < 0x1p-14 ? -14 : ilogb(size);
    const unsigned steps = (unsigned)nearbyint(ldexp(size, 10 - exponent)); /* 0 … 2048 */
    return sign | (((unsigned)(exponent + 14) << 10) + steps);
}
