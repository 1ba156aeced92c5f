/* residues_f64.cu - A as integers modulo each of 12 to 15 moduli, one plane of bytes a modulus,
 * [modulus][chunk of 128 columns][row][128 bytes] (support/f64/moduli.cuh).
 *
 * All in float64: adding 1.5·2^52 to a number below 2^51 rounds it to an integer, whose low bits
 * are then those of the sum. q - p·rint(q / p) takes three operations a residue. */
#include "kernels/support/f64/moduli.cuh"

enum { THREADS = 256, CHUNKS = 4, COLUMNS = 128 };
#define ROUNDER 6755399441055744.0 /* 1.5·2^52 */

static __device__ __forceinline__ unsigned low_word(double x)
{
    return (unsigned)(unsigned long long)__double_as_longlong(x);
}

/* The remainder of q modulo P, in 0 … P - 1; for P = 256 only its low byte. `rounded` is q +
 * ROUNDER. */
template <int P> static __device__ __forceinline__ unsigned remainder_of(double rounded)
{
    if (P == 256)
        return low_word(rounded);
    const double q = rounded - ROUNDER, times = __fma_rn(q, 1.0 / P, ROUNDER) - ROUNDER;
    const int r = (int)low_word(__fma_rn(-(double)P, times, rounded)); /* -P/2 … P/2 */
    return (unsigned)(r + (r >> 31 & P));
}

template <int COUNT, int M> struct planes_of {
    static __device__ __forceinline__ void store(const double (&rounded)[4], unsigned *to,
                                                 size_t plane)
    {
        enum { P = modulus_of(M) };
        *to = pack_bytes(remainder_of<P>(rounded[0]), remainder_of<P>(rounded[1]),
                         remainder_of<P>(rounded[2]), remainder_of<P>(rounded[3]));
        planes_of<COUNT, M + 1>::store(rounded, to + plane, plane);
    }
};
template <int COUNT> struct planes_of<COUNT, COUNT> {
    static __device__ __forceinline__ void store(const double (&)[4], unsigned *, size_t) {}
};

/* - A: kernels/job/job.h, float64, n columns.
 * - planes: of `rows` rows, from the one on that the first row of A becomes.
 * - A warp takes CHUNKS chunks of a row, a lane four entries of each.
 * - Grid: x over 8 rows, y over CHUNKS chunks. */
template <int COUNT>
static __device__ __forceinline__ void
residues(const double *__restrict__ A, unsigned rows, unsigned n, unsigned pitch, unsigned chunks,
         const struct integer_scale *scale, unsigned char *__restrict__ planes)
{
    const unsigned lane = threadIdx.x % 32, row = blockIdx.x * 8 + threadIdx.x / 32,
                   first = blockIdx.y * CHUNKS;
    if (row >= rows)
        return;
    const double2 none = make_double2(0.0, 0.0);
    double2 v[CHUNKS][2];
#pragma unroll
    for (unsigned i = 0; i < CHUNKS; i++) {
        const unsigned col = (first + i) * COLUMNS + lane * 4;
        const double2 *from = (const double2 *)(A + (size_t)row * pitch + col);
        v[i][0] = col < pitch ? load_streamed(from) : none; /* a multiple of 32 */
        v[i][1] = col < pitch ? load_streamed(from + 1) : none;
    }
    const double s = scale->s, rounder = ROUNDER - scale->h;
    const size_t plane = (size_t)chunks * rows * (COLUMNS / 4);
#pragma unroll
    for (unsigned i = 0; i < CHUNKS; i++) {
        const unsigned chunk = first + i, col = chunk * COLUMNS + lane * 4;
        if (chunk >= chunks)
            break;
        double rounded[4]; /* 0 past n, where centring would make -h of it */
        rounded[0] = col < n ? __fma_rn(v[i][0].x, s, rounder) : ROUNDER;
        rounded[1] = col + 1 < n ? __fma_rn(v[i][0].y, s, rounder) : ROUNDER;
        rounded[2] = col + 2 < n ? __fma_rn(v[i][1].x, s, rounder) : ROUNDER;
        rounded[3] = col + 3 < n ? __fma_rn(v[i][1].y, s, rounder) : ROUNDER;
        planes_of<COUNT, 0>::store(
            rounded, (unsigned *)(planes + ((size_t)chunk * rows + row) * COLUMNS) + lane, plane);
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    residues_12_f64(const double *__restrict__ A, unsigned rows, unsigned n, unsigned pitch,
                    unsigned chunks, const struct integer_scale *scale,
                    unsigned char *__restrict__ planes)
{
    residues<12>(A, rows, n, pitch, chunks, scale, planes);
}
extern "C" __global__ void __launch_bounds__(THREADS)
    residues_13_f64(const double *__restrict__ A, unsigned rows, unsigned n, unsigned pitch,
                    unsigned chunks, const struct integer_scale *scale,
                    unsigned char *__restrict__ planes)
{
    residues<13>(A, rows, n, pitch, chunks, scale, planes);
}
extern "C" __global__ void __launch_bounds__(THREADS)
    residues_14_f64(const double *__restrict__ A, unsigned rows, unsigned n, unsigned pitch,
                    unsigned chunks, const struct integer_scale *scale,
                    unsigned char *__restrict__ planes)
{
    residues<14>(A, rows, n, pitch, chunks, scale, planes);
}
extern "C" __global__ void __launch_bounds__(THREADS)
    residues_15_f64(const double *__restrict__ A, unsigned rows, unsigned n, unsigned pitch,
                    unsigned chunks, const struct integer_scale *scale,
                    unsigned char *__restrict__ planes)
{
    residues<15>(A, rows, n, pitch, chunks, scale, planes);
}
