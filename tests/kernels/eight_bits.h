/* eight_bits.h - the roundings of int8 and fp8, apart from those of the kernels: the nearest of all
 * values of the format, in float64. */
#ifndef TESTS_KERNELS_EIGHT_BITS_H
#define TESTS_KERNELS_EIGHT_BITS_H

#include <math.h>

/* The value of a code of e4m3 without its sign; 127 is NaN. */
static inline double e4m3_at(unsigned code)
{
    const unsigned exponent = code >> 3, fraction = code & 7;
    return exponent ? ldexp(8 + fraction, (int)exponent - 10) : ldexp(fraction, -9);
}

/* The code nearest to x, the even one of two as near; the largest, 448, for all beyond. */
static inline unsigned nearest_e4m3(double x)
{
    const unsigned sign = signbit(x) ? 0x80 : 0;
    unsigned best = 0;
    if (isnan(x))
        return 0x7f;
    for (unsigned code = 1; code < 127; code++) {
        const double off = fabs(e4m3_at(code) - fabs(x)), least = fabs(e4m3_at(best) - fabs(x));
        if (off < least || (off == least && code % 2 == 0))
            best = code;
    }
    return sign | (isinf(x) ? 126 : best);
}

static inline double rounded_to_e4m3(float a)
{
    const unsigned code = nearest_e4m3(256 * (double)a);
    return copysign(e4m3_at(code & 127), a) / 256;
}

static inline double rounded_to_int8(float a)
{
    return nearbyint(127 * (double)a) / 127;
}

#endif
