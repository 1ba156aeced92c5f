/* dmma_sm80.cuh - A·Aᵀ in float64 on the tensor cores of compute capability 8.0: the ring of copies
 * of support/sm80/mma_sm80.cuh, mma.sync m8n8k4, IEEE multiply-adds.
 *
 * A stage is 128 bytes of k, 16 columns of A, of 128 rows and 128 columns of C. Eight warps have
 * 64×32 entries each and fetch the operands of the next 8 k while they multiply the present ones.
 * 96 KiB of shared memory, which every GPU from compute capability 8.0 on has; the GPUs for
 * displays among them have 1/64 of their FP32 rate in float64. Source: PTX ISA, "mma.m8n8k4 with
 * .f64". */
#ifndef KERNELS_SUPPORT_DMMA_SM80_CUH
#define KERNELS_SUPPORT_DMMA_SM80_CUH

#include "kernels/support/f64/double.cuh"
#include "kernels/support/sm80/mma_sm80.cuh"

#ifndef GPUBENCH_ON_CPU

/* d += a·b for 8 rows and 4 k of a, 4 k and 8 columns of b. Lane (g, q) = (lane / 4, lane % 4)
 * brings entry (g, q) of a and (q, g) of b; it has columns 2q and 2q + 1 of row g of d. */
static __device__ __forceinline__ void product_f64(double d[2], double a, double b)
{
    asm("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0,%1}, {%2}, {%3}, {%0,%1};"
        : "+d"(d[0]), "+d"(d[1])
        : "d"(a), "d"(b));
}

/* 16 bytes of shared memory. */
static __device__ __forceinline__ double2 load_shared_pair(unsigned address)
{
    double2 v;
    asm volatile("ld.shared.v2.f64 {%0, %1}, [%2];"
                 : "=d"(v.x), "=d"(v.y)
                 : "r"(address)
                 : "memory");
    return v;
}

#endif

/* The shape that support/sm80/mma_sm80.cuh and work_sm80.cuh want. TRIANGLE means tiles of the
 * lower triangle alone. */
template <bool TRIANGLE> struct dmma_shape {
    enum {
        triangle = TRIANGLE,
        in_parts = false,
        rows = 128,
        cols = 128,
        stages = 3,
        threads = 256,
        stage_bytes = (rows + cols) * MMA_ROW,
        shared = stages * stage_bytes,
        down = 8, /* products of a warp, one below the other */
        across = 4
    };
};
enum { DMMA_PARTS = 2 }; /* of a stage: 8 k each */

/* The operands of 8 k: of each row one 16-byte chunk, whose two numbers are of one k-step each. */
struct dmma_operands {
    double2 a[8], b[4];
};

/* Shared addresses of the first row and column of this lane; of parts 0 and 1 its chunks. Lane (g,
 * q) takes chunks 2q and 2q + 1 of row g, so that a quarter of a warp meets every bank once. k is
 * permuted alike in both operands, which changes no sum but its order. */
struct dmma_lane {
    unsigned row, col, chunk[DMMA_PARTS];
};

static __device__ __forceinline__ struct dmma_lane dmma_lane_of()
{
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32, g = lane / 4, q = lane % 4;
    const struct dmma_lane at = {(warp % 2 * 64 + g) * MMA_ROW,
                                 (128 + warp / 2 * 32 + g) * MMA_ROW,
                                 {(2 * q ^ g) * 16, ((2 * q + 1) ^ g) * 16}};
    return at;
}

static __device__ __forceinline__ void dmma_fetch(struct dmma_operands &o, unsigned stage,
                                                  const struct dmma_lane &at, unsigned part)
{
#pragma unroll
    for (unsigned i = 0; i < 8; i++)
        o.a[i] = load_shared_pair(stage + at.row + at.chunk[part] + i * 8 * MMA_ROW);
#pragma unroll
    for (unsigned j = 0; j < 4; j++)
        o.b[j] = load_shared_pair(stage + at.col + at.chunk[part] + j * 8 * MMA_ROW);
}

static __device__ __forceinline__ void dmma_multiply(double acc[8][4][2],
                                                     const struct dmma_operands &o)
{
#pragma unroll
    for (unsigned k = 0; k < 2; k++)
#pragma unroll
        for (unsigned i = 0; i < 8; i++)
#pragma unroll
            for (unsigned j = 0; j < 4; j++)
                product_f64(acc[i][j], k ? o.a[i].y : o.a[i].x, k ? o.b[j].y : o.b[j].x);
}

/* Fills the ring and fetches the first operands. `data` has S::shared bytes. All threads call. */
template <class S>
static __device__ __forceinline__ struct mma_ring
dmma_begin(const mma_row *data, const struct work &work, const struct dmma_lane &at,
           struct dmma_operands &first)
{
    struct mma_ring ring;
    ring.read = ring.write = ring.begin = shared_address(data);
    ring.end = ring.begin + S::shared;
    ring.to = mma_offset(threadIdx.x / MMA_CHUNKS, threadIdx.x % MMA_CHUNKS);
    ring.from_a = ring.from_b = 0;
    ring.row = ring.col = work.a;
    ring.left = 0;
    ring.unit = blockIdx.x;
#pragma unroll 1
    for (unsigned s = 0; s + 1 < S::stages; s++)
        mma_copy<S>(ring, work);
    copy_async_wait<S::stages - 2>();
    __syncthreads(); /* the first stage is complete */
    dmma_fetch(first, ring.read, at, 0);
    return ring;
}

/* acc += the product of the next stage. operands[0] come fetched for its first part, and leave
 * fetched for the next stage's (with what lies there, if there is none). */
template <class S>
static __device__ __forceinline__ void
dmma_stage(struct mma_ring &ring, const struct work &work, const struct dmma_lane &at,
           struct dmma_operands operands[2], double acc[8][4][2])
{
    dmma_fetch(operands[1], ring.read, at, 1);
    mma_copy<S>(ring, work);
    dmma_multiply(acc, operands[0]);
    copy_async_wait<S::stages - 2>();
    /* the next stage is complete, and everyone has read all of this one, which the copies of the
     * next round overwrite */
    __syncthreads();
    ring.read = mma_next<S>(ring, ring.read);
    dmma_fetch(operands[0], ring.read, at, 0);
    dmma_multiply(acc, operands[1]);
}

static __device__ __forceinline__ void dmma_clear(double acc[8][4][2])
{
#pragma unroll
    for (unsigned i = 0; i < 8; i++)
#pragma unroll
        for (unsigned j = 0; j < 4; j++)
            acc[i][j][0] = acc[i][j][1] = 0.0;
}

/* Calls use(tile, acc) for every unit of work of this block. Entry acc[i][j][e] is row 8·i, column
 * 8·j + e from dmma_row(), dmma_col() on in the tile. */
static __device__ __forceinline__ unsigned dmma_row()
{
    return threadIdx.x / 32 % 2 * 64 + threadIdx.x % 32 / 4;
}
static __device__ __forceinline__ unsigned dmma_col()
{
    return threadIdx.x / 64 * 32 + threadIdx.x % 4 * 2;
}

template <class S, class Use>
static __device__ __forceinline__ void dmma_run(mma_row *data, const struct work &work, Use &use)
{
    const struct dmma_lane at = dmma_lane_of();
    struct dmma_operands operands[2];
    struct mma_ring ring = dmma_begin<S>(data, work, at, operands[0]);
    double acc[8][4][2];
    for (unsigned u = blockIdx.x; u < work.tiles * work.panels; u += gridDim.x) {
        const struct unit unit = unit_of<S>(work, u);
        dmma_clear(acc);
#pragma unroll 1
        for (unsigned s = unit.first; s < unit.end; s++)
            dmma_stage<S>(ring, work, at, operands, acc);
        use(unit.tile, acc);
    }
    copy_async_wait<0>();
}

#endif
