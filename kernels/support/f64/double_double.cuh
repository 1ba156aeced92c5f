/* double_double.cuh - numbers of 106 bits, each the unevaluated sum of two float64.
 * Source: T. J. Dekker, "A floating-point technique for extending the available precision", 1971;
 * D. E. Knuth, The Art of Computer Programming 2, 4.2.2. */
#ifndef KERNELS_SUPPORT_DOUBLE_DOUBLE_CUH
#define KERNELS_SUPPORT_DOUBLE_DOUBLE_CUH

#include "kernels/support/f64/double.cuh"

struct double_double {
    double hi, lo; /* |lo| is at most half a unit in the last place of hi */
};

static __device__ __forceinline__ struct double_double dd_of(double x)
{
    const struct double_double r = {x, 0.0};
    return r;
}

/* a + b, with an error of a few units of 2^-106 of |a| + |b|. */
static __device__ __forceinline__ struct double_double dd_add(struct double_double a,
                                                              struct double_double b)
{
    const double s = a.hi + b.hi, t = s - a.hi;
    const double e = (a.hi - (s - t)) + (b.hi - t) + (a.lo + b.lo);
    struct double_double r;
    r.hi = s + e;
    r.lo = e - (r.hi - s);
    return r;
}

/* a · b, with an error of a few units of 2^-106. */
static __device__ __forceinline__ struct double_double dd_mul(struct double_double a,
                                                              struct double_double b)
{
    const double p = a.hi * b.hi;
    const double e = __fma_rn(a.hi, b.hi, -p) + (a.hi * b.lo + a.lo * b.hi);
    struct double_double r;
    r.hi = p + e;
    r.lo = e - (r.hi - p);
    return r;
}

#endif
