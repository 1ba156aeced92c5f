/* tensor_sm90.cuh - A·Aᵀ on Hopper's tensor cores, in all of their arithmetics.
 *
 * The operands are planes of A, cut along k into chunks of 128 bytes: [chunk][row][128 bytes].
 * service/split_sm90.cu makes them; for tf32 the tensor map presents A itself in this layout. A
 * slot of the ring holds one chunk of 128 rows and of COLS columns of C, for every type. One thread
 * keeps the ring full. Two warpgroups multiply 64 rows each and take turns, so that one's additions
 * overlap the other's products. Two blocks form a cluster, which computes 256 rows and shares the
 * columns.
 *
 * A step is the work between two promotions, two slots, or one of e4m3, whose chunk has 128 k:
 *
 *   1 product   two chunks of A
 *   2 products  q·qᵀ + hi·hiᵀ of one chunk
 *   3 products  lo·hiᵀ + hi·loᵀ + hi·hiᵀ of one chunk; the small products come first, while the
 *               accumulator is small, so that they lose no bits
 *
 * Promotion: tensor cores truncate each time they add to the accumulator, and on data of one sign
 * this is a bias that grows with k. So after each step the accumulator is added to FP32 registers,
 * rounded to nearest, and restarts at zero. Sums of int8 are exact in int32 up to 133152 k and need
 * none of this. Sources: DeepGEMM (promotion); Ootomo & Yokota 2022 (split products);
 * docs/accuracy.md, docs/kernel-notebook.md. */
#ifndef KERNELS_SUPPORT_TENSOR_SM90_CUH
#define KERNELS_SUPPORT_TENSOR_SM90_CUH

#include "kernels/interface/tensor_work.h"
#include "kernels/support/sm90/hopper.cuh"
#include "kernels/support/sm90/wgmma.cuh"

/* Written by the host before the first launch (launchers/tensor.c): the planes, for a block's rows
 * and for its share of the columns, and the step at which each panel of k ends. */
enum { PLANE_HI = 0, PLANE_LO = 1 };
__constant__ struct tensor_map tensor_map_rows[2], tensor_map_cols[2];
__constant__ unsigned tensor_panel_end[TENSOR_PANELS_MAX];

template <enum operand_type TYPE_, int PRODUCTS_, int COLS_, bool PROMOTE_> struct tensor_shape {
    enum {
        products = PRODUCTS_,
        cols = COLS_,
        promote = PROMOTE_,
        scaled = TYPE_ == OPERAND_F16,
        accumulators = COLS_ / 2, /* per thread, of the 64 × COLS entries of a warpgroup */
        rows_bytes = 128 * 128,
        cols_bytes = COLS_ * 128,
        slot_bytes = rows_bytes + cols_bytes,
        slots = 226 * 1024 / slot_bytes,
        barriers = 2 * slots + 2,
        slots_a_step = PROMOTE_ && TYPE_ != OPERAND_E4M3 ? 2 : 1
    };
    static constexpr enum operand_type type = TYPE_;
    typedef typename accumulator_of<TYPE_>::type accumulator;
    static_assert(PROMOTE_ || PRODUCTS_ == 1, "split products are promoted");
};
enum { TENSOR_THREADS = 384, TENSOR_CONSUMERS = 256 };

struct tensor_unit {
    struct tensor_tile tile;
    unsigned panel, first, end; /* steps of k */
};

/* Unit u; units are numbered panel by panel. */
static __device__ __forceinline__ struct tensor_unit tensor_unit_of(const struct tensor_work &work,
                                                                    unsigned u)
{
    struct tensor_unit unit;
    unit.panel = u / work.tile_count;
    unit.tile = work.tiles[u - unit.panel * work.tile_count];
    unit.first = unit.panel ? tensor_panel_end[unit.panel - 1] : 0;
    unit.end = tensor_panel_end[unit.panel];
    return unit;
}

struct tensor_ring {
    unsigned data, full, empty, turn; /* shared addresses */
    unsigned slot, phase, turn_phase;
};

template <class S> static __device__ __forceinline__ void ring_next(struct tensor_ring &ring)
{
    if (++ring.slot == S::slots) {
        ring.slot = 0;
        ring.phase ^= 1;
    }
}

/* Initialises the ring.
 * - data: dynamic shared memory, S::slots * S::slot_bytes and up to 1023 bytes for alignment.
 * - barriers: S::barriers of them.
 * - All threads call it, and call cluster_wait() before they use the ring, because the other block
 *   may not have initialised its barriers yet. */
template <class S>
static __device__ __forceinline__ struct tensor_ring tensor_ring_make(const unsigned char *data,
                                                                      unsigned long long *barriers)
{
    const unsigned first = shared_address(barriers);
    struct tensor_ring ring = {(shared_address(data) + 1023) & ~1023u,
                               first,
                               first + 8 * S::slots,
                               first + 16 * S::slots,
                               0,
                               0,
                               0};
    if (threadIdx.x == 0) {
        for (unsigned plane = 0; plane < 2; plane++) {
            tma_prefetch(&tensor_map_rows[plane]);
            tma_prefetch(&tensor_map_cols[plane]);
        }
        for (unsigned s = 0; s < S::slots; s++) {
            barrier_init(ring.full + 8 * s, 1);
            barrier_init(ring.empty + 8 * s, 2 * 8); /* each consuming warp of both blocks */
        }
        for (unsigned warpgroup = 0; warpgroup < 2; warpgroup++)
            barrier_init(ring.turn + 8 * warpgroup, 4); /* the warps of the other warpgroup */
        barrier_init_fence();
    }
    cluster_arrive();
    return ring;
}

/* Loads the slots of a unit; called by one thread of each block. Each block loads its own rows, and
 * half of the columns for both blocks. */
template <class S>
static __device__ __forceinline__ void tensor_produce(struct tensor_ring &ring,
                                                      const struct tensor_unit &unit, unsigned rank)
{
    enum { HALF = S::cols / 2 };
    for (unsigned step = unit.first; step < unit.end; step++)
#pragma unroll
        for (unsigned s = 0; s < S::slots_a_step; s++) {
            const unsigned plane = S::products > 1 && s == 0 ? PLANE_LO : PLANE_HI;
            const int chunk = (int)(S::products > 1 ? step : step * S::slots_a_step + s);
            const unsigned to = ring.data + ring.slot * S::slot_bytes,
                           full = ring.full + 8 * ring.slot;
            barrier_wait(ring.empty + 8 * ring.slot, ring.phase ^ 1);
            barrier_expect(full, S::slot_bytes);
            tma_load_3d(to, &tensor_map_rows[plane], full, 0, unit.tile.row + (int)rank * 128,
                        chunk);
            tma_multicast_3d(to + S::rows_bytes + rank * HALF * 128, &tensor_map_cols[plane], full,
                             0, unit.tile.col + (int)rank * HALF, chunk, 3);
            ring_next<S>(ring);
        }
}

/* Returns a slot to the producers of both blocks, which both write to it; one lane arrives for
 * each. */
static __device__ __forceinline__ void tensor_release(const struct tensor_ring &ring, unsigned slot)
{
    if (threadIdx.x % 32 < 2)
        barrier_arrive_at(ring.empty + 8 * slot, threadIdx.x % 32);
}

/* The turns of the warpgroups: each has a barrier at which the warps of the other arrive. Warpgroup
 * 0 has the first turn: it waits for the phase before the first. */
static __device__ __forceinline__ void turn_wait(struct tensor_ring &ring, unsigned warpgroup)
{
    barrier_wait(ring.turn + 8 * warpgroup, ring.turn_phase ^ warpgroup ^ 1);
    ring.turn_phase ^= 1;
}
static __device__ __forceinline__ void turn_pass(const struct tensor_ring &ring, unsigned warpgroup)
{
    if (threadIdx.x % 32 == 0)
        barrier_arrive(ring.turn + 8 * (1 - warpgroup));
}

/* acc = rows · colsᵀ + (keep ? acc : 0) over one chunk: 4 instructions of 32 bytes. */
template <class S>
static __device__ __forceinline__ void
tensor_product(typename S::accumulator (&acc)[S::accumulators], unsigned long long rows,
               unsigned long long cols, int keep)
{
#pragma unroll
    for (int k = 0; k < 4; k++)
        wgmma<S::type>(acc, rows + 2 * k, cols + 2 * k, k ? 1 : keep);
}

/* result = this thread's entries of the product over the unit's steps, promoted. */
template <class S>
static __device__ __forceinline__ void
tensor_consume_promoted(struct tensor_ring &ring, const struct tensor_unit &unit,
                        unsigned warpgroup, bool turns, float (&result)[S::accumulators])
{
    float acc[S::accumulators];
#pragma unroll
    for (int i = 0; i < S::accumulators; i++)
        result[i] = 0.0f;
    for (unsigned step = unit.first; step < unit.end; step++) {
        const unsigned slot0 = ring.slot;
        barrier_wait(ring.full + 8 * slot0, ring.phase);
        ring_next<S>(ring);
        const unsigned slot1 = S::slots_a_step > 1 ? ring.slot : slot0;
        if (S::products == 3)
            barrier_wait(ring.full + 8 * slot1, ring.phase);
        if (turns)
            turn_wait(ring, warpgroup);
        const unsigned at0 = ring.data + slot0 * S::slot_bytes,
                       at1 = ring.data + slot1 * S::slot_bytes;
        const unsigned long long rows0 = wgmma_operand(at0 + warpgroup * 64 * 128),
                                 cols0 = wgmma_operand(at0 + S::rows_bytes),
                                 rows1 = wgmma_operand(at1 + warpgroup * 64 * 128),
                                 cols1 = wgmma_operand(at1 + S::rows_bytes);
        wgmma_pin(acc);
        wgmma_fence();
        tensor_product<S>(acc, rows0, S::products == 3 ? cols1 : cols0, 0);
        if constexpr (S::products == 3)
            tensor_product<S>(acc, rows1, cols0, 1);
        wgmma_commit();
        if constexpr (S::slots_a_step > 1) {
            if constexpr (S::products < 3) {
                barrier_wait(ring.full + 8 * slot1, ring.phase);
                wgmma_fence();
            }
            ring_next<S>(ring);
            tensor_product<S>(acc, rows1, cols1, 1);
            wgmma_commit();
        }
        if (turns)
            turn_pass(ring, warpgroup);
        if constexpr (S::slots_a_step > 1) {
            wgmma_wait<1>();
            tensor_release(ring, slot0);
        }
        wgmma_wait<0>();
        wgmma_pin(acc);
        tensor_release(ring, slot1);
#pragma unroll
        for (int i = 0; i < S::accumulators; i++)
            result[i] += acc[i];
    }
}

/* The same without promotion: the accumulator is the result. */
template <class S>
static __device__ __forceinline__ void
tensor_consume_plain(struct tensor_ring &ring, const struct tensor_unit &unit, unsigned warpgroup,
                     typename S::accumulator (&result)[S::accumulators])
{
    unsigned before = 0;
    for (unsigned step = unit.first; step < unit.end; step++) {
        const unsigned slot = ring.slot;
        barrier_wait(ring.full + 8 * slot, ring.phase);
        ring_next<S>(ring);
        const unsigned at = ring.data + slot * S::slot_bytes;
        wgmma_pin(result);
        wgmma_fence();
        tensor_product<S>(result, wgmma_operand(at + warpgroup * 64 * 128),
                          wgmma_operand(at + S::rows_bytes), step > unit.first);
        wgmma_commit();
        if (step > unit.first) {
            wgmma_wait<1>(); /* the step before has ended, this one is still running */
            tensor_release(ring, before);
        }
        before = slot;
    }
    wgmma_wait<0>();
    wgmma_pin(result);
    tensor_release(ring, before);
}

/* The entries of C that a thread computes: result[4·j + 2·h + e] is (row + 8·h, col + 8·j + e). */
struct tensor_place {
    int row, col;
};

static __device__ __forceinline__ struct tensor_place
tensor_place_of(const struct tensor_tile &tile, unsigned rank, unsigned warpgroup)
{
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x % 128 / 32;
    const struct tensor_place place = {
        tile.row + (int)(rank * 128 + warpgroup * 64 + warp * 16 + lane / 4),
        tile.col + (int)(lane % 4 * 2)};
    return place;
}

/* Consumes a unit in which this warpgroup has nothing to compute. */
template <class S>
static __device__ __forceinline__ void tensor_drain(struct tensor_ring &ring,
                                                    const struct tensor_unit &unit)
{
    for (unsigned s = unit.first * S::slots_a_step; s < unit.end * S::slots_a_step; s++) {
        barrier_wait(ring.full + 8 * ring.slot, ring.phase);
        tensor_release(ring, ring.slot);
        ring_next<S>(ring);
    }
}

/* The body of every kernel, over the units of its cluster.
 *
 * feed makes the planes: all_threads() runs first; wait_for(panel) is called by the loading thread
 * before it loads from a panel; spare_warps() by the three warps next to it. use receives the
 * result of every unit. TRIANGLE: the warpgroups above the diagonal have nothing to compute in a
 * tile that crosses it. */
template <class S, bool TRIANGLE, class Feed, class Use>
static __device__ __forceinline__ void
tensor_run(const struct tensor_work &work, const unsigned char *data, unsigned long long *barriers,
           Feed &feed, Use &use)
{
    struct tensor_ring ring = tensor_ring_make<S>(data, barriers);
    const unsigned rank = cluster_rank(), units = work.tile_count * work.panels;
    if (threadIdx.x == 0 && blockIdx.x / 2 < units)
        prefetch(&work.tiles[blockIdx.x / 2 % work.tile_count]);
    feed.all_threads();
    cluster_wait();
    if (threadIdx.x < 128) {
        registers_less<56>();
        if (threadIdx.x == 0)
            for (unsigned u = blockIdx.x / 2; u < units; u += gridDim.x / 2) {
                const struct tensor_unit unit = tensor_unit_of(work, u);
                feed.wait_for(unit.panel);
                tensor_produce<S>(ring, unit, rank);
            }
        else if (threadIdx.x >= 32)
            feed.spare_warps();
    } else {
        registers_more<224>();
        const unsigned warpgroup = threadIdx.x / 128 - 1;
        for (unsigned u = blockIdx.x / 2; u < units; u += gridDim.x / 2) {
            const struct tensor_unit unit = tensor_unit_of(work, u);
            const int first = unit.tile.row + (int)rank * 128;
            if (TRIANGLE && first + (int)warpgroup * 64 + 63 < unit.tile.col) {
                tensor_drain<S>(ring, unit);
                continue;
            }
            typename S::accumulator result[S::accumulators];
            if constexpr (S::promote)
                tensor_consume_promoted<S>(ring, unit, warpgroup,
                                           !(TRIANGLE && first + 63 < unit.tile.col), result);
            else
                tensor_consume_plain<S>(ring, unit, warpgroup, result);
            use(unit, tensor_place_of(unit.tile, rank, warpgroup), result);
        }
    }
    cluster_barrier(); /* no block exits while the other may still write to its shared memory */
}

/* For planes made by the previous kernel in the stream, which may still be running. */
struct tensor_planes_ahead {
    __device__ __forceinline__ void all_threads() const { wait_for_previous_kernel(); }
    __device__ __forceinline__ void wait_for(unsigned) const {}
    __device__ __forceinline__ void spare_warps() const {}
};

#endif
