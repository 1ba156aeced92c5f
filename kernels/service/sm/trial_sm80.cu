/* trial_sm80.cu - trial.cu on tensor cores: A is rounded to bf16 on the way, whatever its type.
 *
 * mma.sync uses the tensor cores from Ampere to the newest GPU. It is not how Hopper's fastest
 * kernels feed them (wgmma), so a fault of that way does not show here. */
#include "kernels/service/sm/note.cuh"
#include "kernels/support/sm80/ampere.cuh"

/* Rows of the tile, columns of A at a time, words of two bf16 in a row of shared memory: 4 more
 * than needed, so that the 8 rows which a warp reads lie in different banks. */
enum { TILE = 64, STEP = 32, ROW_WORDS = STEP / 2 + 4, THREADS = 256 };

/* 64 rows of 32 columns; a thread rounds 8 entries. */
template <class T>
static __device__ __forceinline__ void stage(unsigned to[TILE][ROW_WORDS], const T *from,
                                             unsigned pitch)
{
    const unsigned row = threadIdx.x / 4, first = threadIdx.x % 4 * 8;
    const T *entry = from + (size_t)row * pitch + first;
#pragma unroll
    for (unsigned i = 0; i < 8; i += 2)
        to[row][(first + i) / 2] = round_bf16((float)entry[i], (float)entry[i + 1]);
}

/* A block computes the tile at (row, col); of its 8 warps each has 16 rows and 32 columns. */
template <class T>
static __device__ __forceinline__ void trial(const T *A, unsigned n, unsigned pitch, unsigned row,
                                             unsigned col, struct sm_note *notes)
{
    __shared__ unsigned a[TILE][ROW_WORDS], b[TILE][ROW_WORDS];
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const unsigned r = warp % 4 * 16 + lane / 4, c = warp / 4 * 32 + lane / 4, word = lane % 4;
    float acc[4][4];
#pragma unroll
    for (unsigned i = 0; i < 4; i++)
#pragma unroll
        for (unsigned j = 0; j < 4; j++)
            acc[i][j] = 0.0f;
    for (unsigned k = 0; k < n; k += STEP) {
        stage(a, A + (size_t)row * pitch + k, pitch);
        stage(b, A + (size_t)col * pitch + k, pitch);
        __syncthreads(); /* both are complete before any thread reads them */
#pragma unroll
        for (unsigned w = word; w < STEP / 2; w += 8) {
            const unsigned rows[4] = {a[r][w], a[r + 8][w], a[r][w + 4], a[r + 8][w + 4]};
#pragma unroll
            for (unsigned i = 0; i < 4; i++) {
                const unsigned cols[2] = {b[c + 8 * i][w], b[c + 8 * i][w + 4]};
                product_bf16(acc[i], rows, cols);
            }
        }
        __syncthreads(); /* all threads have read them before they are overwritten */
    }
    note_entries(&acc[0][0], 16, threadIdx.x, notes);
}

/* - A: kernels/job/job.h.
 * - row, col, notes, grid: trial.cu.
 * - 10 KiB of shared memory. */
extern "C" __global__ void __launch_bounds__(THREADS)
    trial_tensor_sm80(const float *__restrict__ A, unsigned n, unsigned pitch, unsigned row,
                      unsigned col, struct sm_note *notes)
{
    trial(A, n, pitch, row, col, notes);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    trial_tensor_f64_sm80(const double *__restrict__ A, unsigned n, unsigned pitch, unsigned row,
                          unsigned col, struct sm_note *notes)
{
    trial(A, n, pitch, row, col, notes);
}
