/* trial.cu - the same tile of A·Aᵀ on every multiprocessor, by multiply-adds: all must get the same
 * bits. Run after a launch has left other bits than before, to find the multiprocessor that did. */
#include "kernels/service/sm/note.cuh"
#include "kernels/support/portable/register_tile.cuh"

/* A is that of kernels/job/job.h. Every block of 16×16 threads computes the 64×64 tile of C that
 * begins at (row, col), multiples of 64, and leaves a note of it. Any grid; a few blocks per
 * multiprocessor make it likely that each gets one. */
extern "C" __global__ void __launch_bounds__(256)
    trial_fma(const float *__restrict__ A, unsigned n, unsigned pitch, unsigned row, unsigned col,
              struct sm_note *notes)
{
    float acc[4][4];
    register_tile_product(A + (size_t)row * pitch, A + (size_t)col * pitch, n, pitch, acc);
    note_entries(&acc[0][0], 16, threadIdx.y * 16 + threadIdx.x, notes);
}
