/* add_double.cuh - an atomic add in float64 for every GPU; the hardware has one only from compute
 * capability 6.0.
 *
 * A compare-and-swap loop repeats the addition until no other thread wrote in between. Under
 * contention every successful add costs a round trip to the L2 cache. Source: CUDA C++ Programming
 * Guide, "Atomic Functions". */
#ifndef KERNELS_SUPPORT_ADD_DOUBLE_CUH
#define KERNELS_SUPPORT_ADD_DOUBLE_CUH

#include "kernels/support/portable.cuh"

static __device__ void add_double(double *to, double x)
{
    unsigned long long *word = (unsigned long long *)to;
    unsigned long long seen = 0, expected; /* a guess; a failed swap returns the true value */
    do {
        expected = seen;
        const double now = __longlong_as_double((long long)expected) + x;
        seen = atomicCAS(word, expected, (unsigned long long)__double_as_longlong(now));
    } while (seen != expected);
}

#endif
