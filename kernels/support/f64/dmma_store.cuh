/* dmma_store.cuh - what the float64 tensor-core kernels do with their entries where C is stored. */
#ifndef KERNELS_SUPPORT_DMMA_STORE_CUH
#define KERNELS_SUPPORT_DMMA_STORE_CUH

#include "kernels/support/f64/double.cuh"

/* C, n and pitch are those of kernels/job/job.h. Entries (row, col) and (row, col + 1), col even,
 * so that the pair is 16-byte aligned. */
static __device__ __forceinline__ void store_pair(double *C, unsigned n, unsigned pitch,
                                                  unsigned row, unsigned col, double x, double y)
{
    if (row >= n || col >= n)
        return;
    double *to = C + (size_t)row * pitch + col;
    if (col + 1 < n)
        *(double2 *)to = make_double2(x, y);
    else
        *to = x;
}

/* The same two entries on the other side of the diagonal. */
static __device__ __forceinline__ void store_mirrored(double *C, unsigned n, unsigned pitch,
                                                      unsigned row, unsigned col, double x,
                                                      double y)
{
    if (row >= n || col >= n)
        return;
    C[(size_t)col * pitch + row] = x;
    if (col + 1 < n)
        C[(size_t)(col + 1) * pitch + row] = y;
}

#endif
