/* portable.cuh - the CUDA built-ins that the kernels use, for three compilers.
 *
 * nvcc defines them itself. For clang without a CUDA toolkit (-nocudainc -nocudalib) this file
 * defines them from compiler builtins, limited to those of compute capability 3.0 and PTX 6.0. For
 * a C++17 compiler with GPUBENCH_ON_CPU defined, a header of the tests defines them, and the
 * kernels run on the CPU.
 *
 * Kernels multiply and add only through __fmaf_rn and __fma_rn, and every compiler runs with
 * contraction off. So a kernel performs the same roundings, and gives the same bits, in every
 * image. */
#ifndef KERNELS_PORTABLE_CUH
#define KERNELS_PORTABLE_CUH

#if defined(GPUBENCH_ON_CPU) /* defined by the header that the tests include first */

#define DYNAMIC_SHARED(type, name) CUDA_DYNAMIC_SHARED(type, name)
static inline float __fsqrt_rn(float x)
{
    return sqrtf(x);
}

#elif defined(__NVCC__)

#define DYNAMIC_SHARED(type, name) extern __shared__ type name[]

#else /* clang */

#define __host__                   __attribute__((host))
#define __device__                 __attribute__((device))
#define __global__                 __attribute__((global))
#define __shared__                 __attribute__((shared))
#define __constant__               __attribute__((constant))
#define __forceinline__            inline __attribute__((always_inline))
#define __align__(bytes)           __attribute__((aligned(bytes)))
#define __launch_bounds__(...)     __attribute__((launch_bounds(__VA_ARGS__)))
#define DYNAMIC_SHARED(type, name) extern __shared__ type name[]
#define DEVICE_WORD                static __device__ __forceinline__

typedef __SIZE_TYPE__ size_t;

/* threadIdx and its siblings: each member reads a special register. */
#define SPECIAL_REGISTER(word, axis)                                                               \
    __declspec(property(get = get_##axis)) unsigned axis;                                          \
    __device__ __forceinline__ unsigned get_##axis() const                                         \
    {                                                                                              \
        return __nvvm_read_ptx_sreg_##word##_##axis();                                             \
    }
#define SPECIAL_REGISTERS(name, word)                                                              \
    struct special_##name {                                                                        \
        SPECIAL_REGISTER(word, x) SPECIAL_REGISTER(word, y) SPECIAL_REGISTER(word, z)              \
    };                                                                                             \
    extern const __device__ __attribute__((weak)) special_##name name;
SPECIAL_REGISTERS(threadIdx, tid)
SPECIAL_REGISTERS(blockIdx, ctaid)
SPECIAL_REGISTERS(blockDim, ntid)
SPECIAL_REGISTERS(gridDim, nctaid)

struct float2 {
    __align__(8) float x;
    float y;
};
struct float4 {
    __align__(16) float x;
    float y, z, w;
};
struct uint2 {
    __align__(8) unsigned x;
    unsigned y;
};
struct uint4 {
    __align__(16) unsigned x;
    unsigned y, z, w;
};
DEVICE_WORD uint2 make_uint2(unsigned x, unsigned y)
{
    return {x, y};
}
DEVICE_WORD uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w)
{
    return {x, y, z, w};
}
DEVICE_WORD float2 make_float2(float x, float y)
{
    return {x, y};
}
DEVICE_WORD float4 make_float4(float x, float y, float z, float w)
{
    return {x, y, z, w};
}

/* clang has __syncthreads() as a builtin. */
DEVICE_WORD void __threadfence()
{
    __nvvm_membar_gl();
}

DEVICE_WORD void __syncwarp()
{
    __nvvm_bar_warp_sync(0xffffffffu);
}

DEVICE_WORD float __fmaf_rn(float a, float b, float c)
{
    return __nvvm_fma_rn_f(a, b, c);
}
DEVICE_WORD double __fma_rn(double a, double b, double c)
{
    return __nvvm_fma_rn_d(a, b, c);
}
DEVICE_WORD float __fsqrt_rn(float x)
{
    return __nvvm_sqrt_rn_f(x);
}
DEVICE_WORD unsigned min(unsigned a, unsigned b)
{
    return a < b ? a : b;
}
DEVICE_WORD long long __double_as_longlong(double x)
{
    return __nvvm_bitcast_d2ll(x);
}
DEVICE_WORD double __longlong_as_double(long long x)
{
    return __nvvm_bitcast_ll2d(x);
}

DEVICE_WORD float __shfl_xor_sync(unsigned mask, float x, int lanes)
{
    return __nvvm_shfl_sync_bfly_f32(mask, x, lanes, 0x1f);
}
DEVICE_WORD long long __shfl_xor_sync(unsigned mask, long long x, int lanes)
{
    const int low = __nvvm_shfl_sync_bfly_i32(mask, (int)x, lanes, 0x1f);
    const int high = __nvvm_shfl_sync_bfly_i32(mask, (int)(x >> 32), lanes, 0x1f);
    return (long long)high << 32 | (unsigned)low;
}
DEVICE_WORD double __shfl_xor_sync(unsigned mask, double x, int lanes)
{
    return __longlong_as_double(__shfl_xor_sync(mask, __double_as_longlong(x), lanes));
}

DEVICE_WORD unsigned atomicAdd(unsigned *p, unsigned x)
{
    return (unsigned)__nvvm_atom_add_gen_i((int *)p, (int)x);
}
DEVICE_WORD unsigned long long atomicAdd(unsigned long long *p, unsigned long long x)
{
    return (unsigned long long)__nvvm_atom_add_gen_ll((long long *)p, (long long)x);
}
DEVICE_WORD unsigned long long atomicCAS(unsigned long long *p, unsigned long long expected,
                                         unsigned long long desired)
{
    return (unsigned long long)__nvvm_atom_cas_gen_ll((long long *)p, (long long)expected,
                                                      (long long)desired);
}

#undef SPECIAL_REGISTER
#undef SPECIAL_REGISTERS
#undef DEVICE_WORD

#endif
#endif
