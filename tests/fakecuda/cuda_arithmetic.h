/* cuda_arithmetic.h - CUDA's vector types and arithmetic, for cuda_on_cpu.h. The file is to be
 * compiled with contraction off. */
#ifndef FAKECUDA_CUDA_ARITHMETIC_H
#define FAKECUDA_CUDA_ARITHMETIC_H

#include <stdint.h>
#include <string.h>

/* What kernels use of <math.h>, which in C++ takes longer to compile than a kernel. */
extern "C" {
float fmaf(float, float, float) noexcept;
double fma(double, double, double) noexcept;
float sqrtf(float) noexcept;
double sqrt(double) noexcept;
double rint(double) noexcept;
}

/* ---- vectors ---- */
struct uint3 {
    unsigned x, y, z;
};
struct dim3 {
    unsigned x, y, z;
};
#define CUDA_CPU_VECTOR(type, name)                                                                \
    struct alignas(2 * sizeof(type)) name##2                                                       \
    {                                                                                              \
        type x, y;                                                                                 \
    };                                                                                             \
    struct alignas(sizeof(type) > 4 ? 16 : 4 * sizeof(type)) name##4                               \
    {                                                                                              \
        type x, y, z, w;                                                                           \
    };                                                                                             \
    inline name##2 make_##name##2(type x, type y)                                                  \
    {                                                                                              \
        return {x, y};                                                                             \
    }                                                                                              \
    inline name##4 make_##name##4(type x, type y, type z, type w)                                  \
    {                                                                                              \
        return {x, y, z, w};                                                                       \
    }
CUDA_CPU_VECTOR(float, float)
CUDA_CPU_VECTOR(double, double)
CUDA_CPU_VECTOR(int, int)
CUDA_CPU_VECTOR(unsigned, uint)

/* ---- arithmetic ---- */
template <class To, class From> To cuda_cpu_bits(From from)
{
    static_assert(sizeof(To) == sizeof(From), "same size");
    To to;
    memcpy(&to, &from, sizeof to);
    return to;
}

/* Bits that every multiply-add of this block gets wrong: 0, unless its multiprocessor is faulty. */
extern "C" unsigned cuda_cpu_sick;

inline float __fmaf_rn(float a, float b, float c)
{
    return cuda_cpu_bits<float>(cuda_cpu_bits<uint32_t>(fmaf(a, b, c)) ^ cuda_cpu_sick);
}
inline double __fma_rn(double a, double b, double c)
{
    return cuda_cpu_bits<double>(cuda_cpu_bits<uint64_t>(fma(a, b, c)) ^ cuda_cpu_sick);
}
inline float __fadd_rn(float a, float b)
{
    return a + b;
}
inline float __fmul_rn(float a, float b)
{
    return a * b;
}
inline double __dadd_rn(double a, double b)
{
    return a + b;
}
inline double __dmul_rn(double a, double b)
{
    return a * b;
}
inline float __uint2float_rn(unsigned v)
{
    return (float)v;
}
inline float __double2float_rn(double v)
{
    return (float)v;
}
inline unsigned __umulhi(unsigned a, unsigned b)
{
    return (unsigned)((uint64_t)a * b >> 32);
}
inline int __popc(unsigned v)
{
    return __builtin_popcount(v);
}
inline int __clz(int v)
{
    return v ? __builtin_clz((unsigned)v) : 32;
}
inline int __ffs(int v)
{
    return __builtin_ffs(v);
}
inline float rsqrtf(float x)
{
    return 1.0f / sqrtf(x);
}
inline unsigned __float_as_uint(float v)
{
    return cuda_cpu_bits<unsigned>(v);
}
inline int __float_as_int(float v)
{
    return cuda_cpu_bits<int>(v);
}
inline float __uint_as_float(unsigned v)
{
    return cuda_cpu_bits<float>(v);
}
inline float __int_as_float(int v)
{
    return cuda_cpu_bits<float>(v);
}
inline long long __double_as_longlong(double v)
{
    return cuda_cpu_bits<long long>(v);
}
inline double __longlong_as_double(long long v)
{
    return cuda_cpu_bits<double>(v);
}
#define CUDA_CPU_MIN_MAX(type)                                                                     \
    inline type min(type a, type b)                                                                \
    {                                                                                              \
        return b < a ? b : a;                                                                      \
    }                                                                                              \
    inline type max(type a, type b)                                                                \
    {                                                                                              \
        return a < b ? b : a;                                                                      \
    }
CUDA_CPU_MIN_MAX(int)
CUDA_CPU_MIN_MAX(unsigned)
CUDA_CPU_MIN_MAX(long long)
CUDA_CPU_MIN_MAX(unsigned long long)
CUDA_CPU_MIN_MAX(float)
CUDA_CPU_MIN_MAX(double)

#endif
