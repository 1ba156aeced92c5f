/* mma_sm80.cuh - A·Aᵀ on the tensor cores of compute capability 8.0 and later: a ring of
 * asynchronous copies that never drains, operands loaded from shared memory one k-step ahead, and
 * mma.sync.
 *
 * A stage holds 128 bytes of k for the rows and the columns of a tile: 32 float32 values (tf32), 64
 * values of 16 bits or 128 of 8 (int8, whose int32 sums are exact and never flushed). Both operands
 * of A·Aᵀ are read as they lie in memory, with k contiguous. A block treats its units of work as
 * one stream of stages: it loads the first stages of the next unit while it multiplies the last
 * ones of this unit. Source: CUTLASS, "mma_multistage.h", for the order of waits and loads. */
#ifndef KERNELS_SUPPORT_MMA_SM80_CUH
#define KERNELS_SUPPORT_MMA_SM80_CUH

#include "kernels/support/sm80/ampere.cuh"
#include "kernels/support/sm80/work_sm80.cuh"

enum {
    MMA_ROW = 128,              /* bytes of a row of a stage */
    MMA_CHUNKS = MMA_ROW / 16,  /* 16 bytes, the size of a copy */
    MMA_K_STEPS = MMA_ROW / 32, /* 32 bytes, the k of one product */
    MMA_FLUSH = 128 /* k between two flushes of the accumulator; the error by truncation is then a
                       few 1e-7 */
};

/* The arithmetics: the accumulator, k of a stage, the loads from shared memory that make one
 * operand, the conversion of a loaded word, and the product. */
struct in_tf32 {
    typedef float accumulator;
    enum { k = 32, loads = 1 };
    static __device__ __forceinline__ unsigned ready(unsigned word) { return round_tf32(word); }
    static __device__ __forceinline__ void product(float d[4], const unsigned a[4],
                                                   const unsigned b[2])
    {
        product_tf32(d, a, b);
    }
};
struct in_rounded_tf32 : in_tf32 { /* the copy of A is rounded already */
    static __device__ __forceinline__ unsigned ready(unsigned word) { return word; }
};
struct in_int8 {
    typedef int accumulator;
    enum { k = 128, loads = 1 };
    static __device__ __forceinline__ unsigned ready(unsigned word) { return word; }
    static __device__ __forceinline__ void product(int d[4], const unsigned a[4],
                                                   const unsigned b[2])
    {
        product_s8(d, a, b);
    }
};
struct in_bf16 {
    typedef float accumulator;
    enum { k = 64, loads = 1 };
    static __device__ __forceinline__ unsigned ready(unsigned word) { return word; }
    static __device__ __forceinline__ void product(float d[4], const unsigned a[4],
                                                   const unsigned b[2])
    {
        product_bf16(d, a, b);
    }
};
struct in_f16 : in_bf16 {
    static __device__ __forceinline__ void product(float d[4], const unsigned a[4],
                                                   const unsigned b[2])
    {
        product_f16(d, a, b);
    }
};
static __device__ __forceinline__ float float_of_bits(unsigned bits)
{
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}
/* A is float32 in memory, and rounded to 16 bits on its way into the product. A load brings word c
 * and word c + 4 of a row into one lane; they become one pair. The order of k within a product is
 * not the order in memory then, but it is the same for both operands, so the product is the same.
 */
struct in_bf16_of_f32 : in_bf16 {
    enum { k = 32, loads = 2 };
    static __device__ __forceinline__ unsigned pair(unsigned first, unsigned second)
    {
        return round_bf16(float_of_bits(first), float_of_bits(second));
    }
};
struct in_f16_of_f32 : in_f16 {
    enum { k = 32, loads = 2 };
    static __device__ __forceinline__ unsigned pair(unsigned first, unsigned second)
    {
        return round_f16(float_of_bits(first), float_of_bits(second));
    }
};

/* The shape of a block: a tile of ROWS×COLS entries, WARP_ROWS×WARP_COLS of them per warp, and
 * STAGES stages in the ring. TRIANGLE means only tiles of the lower triangle, whose columns are 1
 * or 2 times their rows. */
template <class ARITHMETIC, bool TRIANGLE, int ROWS, int COLS, int WARP_ROWS, int WARP_COLS,
          int STAGES>
struct mma_shape {
    typedef ARITHMETIC arithmetic;
    typedef typename ARITHMETIC::accumulator accumulator;
    enum {
        triangle = TRIANGLE,
        in_parts = false,
        rows = ROWS,
        cols = COLS,
        warp_rows = WARP_ROWS,
        warp_cols = WARP_COLS,
        stages = STAGES,
        down = WARP_ROWS / 16,  /* products of a warp, vertically */
        across = WARP_COLS / 8, /* and horizontally */
        threads = ROWS / WARP_ROWS * (COLS / WARP_COLS) * 32,
        stage_bytes = (ROWS + COLS) * MMA_ROW,
        shared = STAGES * stage_bytes,
        is_exact = ARITHMETIC::k == 128, /* integers, which are never flushed */
        flush = is_exact ? 1 << 30 : MMA_FLUSH / ARITHMETIC::k, /* stages */
        loads = ARITHMETIC::loads,
        k_steps = MMA_K_STEPS / ARITHMETIC::loads /* products along a stage */
    };
};

/* The unit of shared memory. Rows 0 … rows - 1 of a stage are the tile's rows, the others its
 * columns. */
struct __align__(128) mma_row {
    unsigned char bytes[MMA_ROW];
};

/* The offset of chunk c of row r in a stage. The same chunk of eight rows lies in eight different
 * groups of four banks, both for the copies and for the loads of matrices. The next k-step, two
 * chunks on, is at an exclusive or with 32; eight rows on is 8 * MMA_ROW further. */
static __device__ __forceinline__ unsigned mma_offset(unsigned row, unsigned chunk)
{
    return row * MMA_ROW + (chunk ^ row % 8) * 16;
}

/* The offset whose address a lane passes to load_matrices(). For a: rows 0-15 of chunk 0, then of
 * chunk 1. For b: chunks 0 and 1 of rows 0-7, then of rows 8-15. */
static __device__ __forceinline__ unsigned mma_offset_a(unsigned lane)
{
    return mma_offset(lane % 16, lane / 16);
}
static __device__ __forceinline__ unsigned mma_offset_b(unsigned lane)
{
    return mma_offset(lane / 16 * 8 + lane % 8, lane / 8 % 2);
}

/* A thread's view of the ring. Thread t copies chunk t % 8 of rows t / 8, t / 8 + threads / 8, … of
 * every stage. */
struct mma_ring {
    unsigned read, write, begin, end; /* shared addresses: of the current stages, and of the ring */
    unsigned to;                      /* offset in a stage of this thread's first copy */
    unsigned from_a, from_b;          /* offsets in a stage of this lane's matrices */
    const unsigned char *row, *col;   /* source of this thread's next copy */
    unsigned left;                    /* stages left to copy of the current unit */
    unsigned unit;                    /* the next unit to copy */
};

/* The operands of one k-step as they are loaded: rows as a, columns as pairs of b. */
template <class S> struct mma_operands {
    unsigned a[S::down][S::loads][4], b[S::across / 2][S::loads][4];
};

template <class S>
static __device__ __forceinline__ unsigned mma_next(const mma_ring &ring, unsigned stage)
{
    return stage + S::stage_bytes == ring.end ? ring.begin : stage + S::stage_bytes;
}

/* Starts the copies of the next stage and commits them; after the last unit, commits an empty
 * group. */
template <class S>
static __device__ __forceinline__ void mma_copy(struct mma_ring &ring, const struct work &work)
{
    enum { step = S::threads / MMA_CHUNKS };
    if (ring.left == 0 && ring.unit < work.tiles * work.panels) {
        const struct unit unit = unit_of<S>(work, ring.unit);
        const unsigned row = threadIdx.x / MMA_CHUNKS;
        const size_t k = (size_t)unit.first * MMA_ROW + threadIdx.x % MMA_CHUNKS * 16;
        ring.row = work.a + (size_t)(unit.tile.row * S::rows + row) * work.pitch + k;
        ring.col = work.a + (size_t)(unit.tile.col * S::cols + row) * work.pitch + k;
        ring.left = unit.end - unit.first;
        ring.unit += gridDim.x;
    }
    if (ring.left > 0) {
        const unsigned to = ring.write + ring.to;
        const size_t stride = (size_t)work.pitch * step;
#pragma unroll
        for (unsigned i = 0; i < S::rows / step; i++)
            copy_async_16(to + i * step * MMA_ROW, ring.row + i * stride);
#pragma unroll
        for (unsigned i = 0; i < S::cols / step; i++)
            copy_async_16(to + (S::rows + i * step) * MMA_ROW, ring.col + i * stride);
        ring.row += MMA_ROW;
        ring.col += MMA_ROW;
        ring.left--;
        ring.write = mma_next<S>(ring, ring.write);
    }
    copy_async_commit();
}

/* Loads the operands of a k-step of the current stage. */
template <class S>
static __device__ __forceinline__ void mma_load(struct mma_operands<S> &o,
                                                const struct mma_ring &ring, unsigned k_step)
{
#pragma unroll
    for (unsigned l = 0; l < S::loads; l++) {
        const unsigned chunks = (k_step * S::loads + l) * 32,
                       a = (ring.read + ring.from_a) ^ chunks,
                       b = (ring.read + ring.from_b) ^ chunks;
#pragma unroll
        for (unsigned i = 0; i < S::down; i++)
            load_matrices(o.a[i][l], a + i * 16 * MMA_ROW);
#pragma unroll
        for (unsigned j = 0; j < S::across / 2; j++)
            load_matrices(o.b[j][l], b + j * 16 * MMA_ROW);
    }
}

/* Prepares a loaded operand in place: four words of rows, or two words of each of two columns.
 */
template <class S> static __device__ __forceinline__ void mma_ready_rows(unsigned v[S::loads][4])
{
    typedef typename S::arithmetic arithmetic;
    if constexpr (S::loads == 1) {
#pragma unroll
        for (unsigned w = 0; w < 4; w++)
            v[0][w] = arithmetic::ready(v[0][w]);
    } else {
        v[0][0] = arithmetic::pair(v[0][0], v[0][2]);
        v[0][1] = arithmetic::pair(v[0][1], v[0][3]);
        v[0][2] = arithmetic::pair(v[1][0], v[1][2]);
        v[0][3] = arithmetic::pair(v[1][1], v[1][3]);
    }
}
template <class S> static __device__ __forceinline__ void mma_ready_columns(unsigned v[S::loads][4])
{
    typedef typename S::arithmetic arithmetic;
    if constexpr (S::loads == 1) {
#pragma unroll
        for (unsigned w = 0; w < 4; w++)
            v[0][w] = arithmetic::ready(v[0][w]);
    } else {
        v[0][0] = arithmetic::pair(v[0][0], v[0][1]);
        v[0][1] = arithmetic::pair(v[1][0], v[1][1]);
        v[0][2] = arithmetic::pair(v[0][2], v[0][3]);
        v[0][3] = arithmetic::pair(v[1][2], v[1][3]);
    }
}

/* acc += the products of one k-step, down each column and back, so that each product shares an
 * operand with the one before. */
template <class S>
static __device__ __forceinline__ void
mma_multiply(typename S::accumulator acc[S::down][S::across][4], struct mma_operands<S> &o)
{
    typedef typename S::arithmetic arithmetic;
#pragma unroll
    for (unsigned i = 0; i < S::down; i++)
        mma_ready_rows<S>(o.a[i]);
#pragma unroll
    for (unsigned j = 0; j < S::across / 2; j++)
        mma_ready_columns<S>(o.b[j]);
#pragma unroll
    for (unsigned j = 0; j < S::across; j++)
#pragma unroll
        for (unsigned i = 0; i < S::down; i++) {
            const unsigned row = j % 2 ? S::down - 1 - i : i;
            arithmetic::product(acc[row][j], o.a[row][0], &o.b[j / 2][0][j % 2 * 2]);
        }
}

/* Fills the ring and loads the first operands; called before the first mma_stage(). `data` has
 * S::shared bytes. All threads call it. */
template <class S>
static __device__ __forceinline__ struct mma_ring
mma_begin(const mma_row *data, const struct work &work, struct mma_operands<S> &first)
{
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    struct mma_ring ring;
    ring.read = ring.write = ring.begin = shared_address(data);
    ring.end = ring.begin + S::shared;
    ring.to = mma_offset(threadIdx.x / MMA_CHUNKS, threadIdx.x % MMA_CHUNKS);
    ring.from_a = warp % (S::rows / S::warp_rows) * S::warp_rows * MMA_ROW + mma_offset_a(lane);
    ring.from_b =
        (S::rows + warp / (S::rows / S::warp_rows) * S::warp_cols) * MMA_ROW + mma_offset_b(lane);
    ring.row = ring.col = work.a;
    ring.left = 0;
    ring.unit = blockIdx.x;
#pragma unroll 1
    for (unsigned s = 0; s + 1 < S::stages; s++)
        mma_copy<S>(ring, work);
    copy_async_wait<S::stages - 2>();
    __syncthreads(); /* the first stage is complete */
    mma_load<S>(first, ring, 0);
    return ring;
}

/* acc += the product of the next stage. On entry, operands[0] holds its first k-step; on return,
 * that of the stage after it, or unused values after the last stage. */
template <class S>
static __device__ __forceinline__ void mma_stage(struct mma_ring &ring, const struct work &work,
                                                 struct mma_operands<S> operands[2],
                                                 typename S::accumulator acc[S::down][S::across][4])
{
#pragma unroll
    for (unsigned k = 0; k < S::k_steps; k++) {
        if (k + 1 == S::k_steps) {
            copy_async_wait<S::stages - 2>();
            /* the next stage is complete, and all threads have read this one, which the copies of
             * the next iteration overwrite */
            __syncthreads();
            ring.read = mma_next<S>(ring, ring.read);
        }
        mma_load<S>(operands[(k + 1) % 2], ring, (k + 1) % S::k_steps);
        if (k == 0)
            mma_copy<S>(ring, work);
        mma_multiply<S>(acc, operands[k % 2]);
    }
}

/* The entries of the tile that a thread computes: acc[i][j][e] is entry (row + 16·i + 8·(e / 2),
 * col + 8·j + e % 2). */
struct mma_place {
    unsigned row, col;
};

template <class S> static __device__ __forceinline__ struct mma_place mma_place()
{
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32, down = S::rows / S::warp_rows;
    const struct mma_place place = {warp % down * S::warp_rows + lane / 4,
                                    warp / down * S::warp_cols + lane % 4 * 2};
    return place;
}

template <class S>
static __device__ __forceinline__ void mma_clear(typename S::accumulator acc[S::down][S::across][4])
{
#pragma unroll
    for (unsigned i = 0; i < S::down; i++)
#pragma unroll
        for (unsigned j = 0; j < S::across; j++)
#pragma unroll
            for (unsigned e = 0; e < 4; e++)
                acc[i][j][e] = 0;
}

#endif
