/* compare.cu - the answer of a launch compared with one that was kept, bit for bit, while it is in
 * the device's memory.
 *
 * After the comparison some words of the answer are overwritten with NaN, so that the next launch
 * differs if it leaves them out. */
#include "kernels/interface/difference.h"
#include "kernels/support/portable.cuh"

enum { POISON_EVERY = 16 }; /* rows and columns: no kernel has smaller tiles */

/* Raises *to, unless it is larger already. */
static __device__ void raise(unsigned long long *to, unsigned long long value)
{
    unsigned long long seen = *(volatile unsigned long long *)to;
    while (seen < value) {
        const unsigned long long before = atomicCAS(to, seen, value);
        if (before == seen)
            return;
        seen = before;
    }
}

static __device__ void set_bits(unsigned long long *to, unsigned bits)
{
    unsigned long long seen = *(volatile unsigned long long *)to;
    while ((seen | bits) != seen) {
        const unsigned long long before = atomicCAS(to, seen, seen | bits);
        if (before == seen)
            return;
        seen = before;
    }
}

static __device__ void compare(unsigned got, unsigned want, size_t index, difference_note *note)
{
    if (got == want)
        return;
    if (atomicAdd(&note->words, 1ULL) == 0) {
        note->want = want;
        note->got = got;
    }
    raise(&note->last, index + 1);
    raise(&note->inverted, ~(unsigned long long)index);
    set_bits(&note->bits, got ^ want);
}

/* - C, kept: `rows` rows of `pitch` words, a multiple of 4; the first `used` words of a row are
 *   entries. A poisoned entry has `words` words, 1 or 2.
 * - Any grid of one-dimensional blocks: block b takes the rows b, b + grid, … */
extern "C" __global__ void __launch_bounds__(256)
    compare_c(unsigned *C, const unsigned *__restrict__ kept, unsigned rows, unsigned pitch,
              unsigned used, unsigned words, difference_note *note)
{
    const unsigned apart = POISON_EVERY * words;
    for (unsigned row = blockIdx.x; row < rows; row += gridDim.x) {
        const size_t begin = (size_t)row * pitch;
#pragma unroll 4
        for (unsigned col = threadIdx.x * 4; col < pitch; col += blockDim.x * 4) {
            const uint4 got = *(const uint4 *)(C + begin + col);
            const uint4 want = *(const uint4 *)(kept + begin + col);
            if (((got.x ^ want.x) | (got.y ^ want.y) | (got.z ^ want.z) | (got.w ^ want.w)) != 0) {
                compare(got.x, want.x, begin + col, note);
                compare(got.y, want.y, begin + col + 1, note);
                compare(got.z, want.z, begin + col + 2, note);
                compare(got.w, want.w, begin + col + 3, note);
            }
            if (row % POISON_EVERY == 0 && col % apart == 0 && col < used)
                for (unsigned i = 0; i < words; i++)
                    C[begin + col + i] = 0xffffffffu;
        }
    }
}

/* The same of a sum of 1 or 2 words. One thread. */
extern "C" __global__ void compare_sum(unsigned *sum, const unsigned *kept, unsigned words,
                                       difference_note *note)
{
    for (unsigned i = 0; i < words; i++) {
        compare(sum[i], kept[i], i, note);
        sum[i] = 0xffffffffu;
    }
}

/* Copies `words` words. Any grid of one-dimensional blocks. */
extern "C" __global__ void keep_words(unsigned *__restrict__ to, const unsigned *__restrict__ from,
                                      size_t words)
{
    const size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < words; i += stride)
        to[i] = from[i];
}
