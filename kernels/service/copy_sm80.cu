/* copy_sm80.cu - makes a copy of A for tensor cores, rounded to tf32, bf16, f16 or int8, in one
 * pass that is bound by memory. */
#include "kernels/support/eight_bits.cuh"
#include "kernels/support/sm80/ampere.cuh"

enum { THREADS = 256 };

/* Four 16-bit values. */
static __device__ __forceinline__ unsigned long long four_of(unsigned low, unsigned high)
{
    return (unsigned long long)high << 32 | low;
}

/* - from: rows of `pitch` floats, here as bits.
 * - to: the same number of rows of to_pitch ≥ pitch values, padded with zeros. Both pitches are
 *   multiples of 32.
 * - Grid: one block of 256 threads per row; a thread copies four neighbours at a time. */
extern "C" __global__ void __launch_bounds__(THREADS)
    copy_tf32(const uint4 *__restrict__ from, uint4 *__restrict__ to, unsigned pitch,
              unsigned to_pitch)
{
    from += (size_t)blockIdx.x * pitch / 4;
    to += (size_t)blockIdx.x * to_pitch / 4;
    for (unsigned quad = threadIdx.x; quad < to_pitch / 4; quad += THREADS) {
        const uint4 v = quad < pitch / 4 ? from[quad] : make_uint4(0, 0, 0, 0);
        to[quad] = make_uint4(round_tf32(v.x), round_tf32(v.y), round_tf32(v.z), round_tf32(v.w));
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    copy_bf16(const float4 *__restrict__ from, unsigned long long *__restrict__ to, unsigned pitch,
              unsigned to_pitch)
{
    from += (size_t)blockIdx.x * pitch / 4;
    to += (size_t)blockIdx.x * to_pitch / 4;
    for (unsigned quad = threadIdx.x; quad < to_pitch / 4; quad += THREADS) {
        const float4 v = quad < pitch / 4 ? from[quad] : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        to[quad] = four_of(round_bf16(v.x, v.y), round_bf16(v.z, v.w));
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    copy_f16(const float4 *__restrict__ from, unsigned long long *__restrict__ to, unsigned pitch,
             unsigned to_pitch)
{
    from += (size_t)blockIdx.x * pitch / 4;
    to += (size_t)blockIdx.x * to_pitch / 4;
    for (unsigned quad = threadIdx.x; quad < to_pitch / 4; quad += THREADS) {
        const float4 v = quad < pitch / 4 ? from[quad] : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        to[quad] = four_of(round_f16(v.x, v.y), round_f16(v.z, v.w));
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    copy_int8(const float4 *__restrict__ from, unsigned *__restrict__ to, unsigned pitch,
              unsigned to_pitch)
{
    from += (size_t)blockIdx.x * pitch / 4;
    to += (size_t)blockIdx.x * to_pitch / 4;
    for (unsigned quad = threadIdx.x; quad < to_pitch / 4; quad += THREADS)
        to[quad] = quad < pitch / 4 ? four_int8(from[quad]) : 0;
}
