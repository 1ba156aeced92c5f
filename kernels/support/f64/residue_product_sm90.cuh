/* residue_product_sm90.cuh - the products of A's residues on Hopper's tensor cores, all moduli in
 * one launch: planes of bytes in, residues of products out (support/f64/moduli.cuh).
 *
 * A unit of work is a modulus, a panel of k and a tile of 256×256, taken in this order by clusters
 * of two blocks that share the columns; a plane's panel then stays in the L2 cache. One thread
 * keeps a ring of four slots full, 128 k of 128 rows and 256 columns each; two warpgroups multiply
 * 64 rows each. Sums of bytes' products are exact in 32 bits, read as unsigned: GROUP·255²·K < 2^32
 * for the K of a panel, which is 4096 columns where 16 entries are added before they are reduced.
 * What bounds it is power: 1500 TOP/s at 1.55 GHz on an H200 (docs/kernel-notebook.md). */
#ifndef KERNELS_SUPPORT_RESIDUE_PRODUCT_SM90_CUH
#define KERNELS_SUPPORT_RESIDUE_PRODUCT_SM90_CUH

#include "kernels/support/f64/integer_wgmma_sm90.cuh"
#include "kernels/support/f64/moduli.cuh"
#include "kernels/support/sm90/hopper.cuh"

enum {
    RESIDUE_THREADS = 384,
    RESIDUE_SLOTS = 4,
    RESIDUE_ROWS_BYTES = 128 * 128,
    RESIDUE_SLOT = 3 * RESIDUE_ROWS_BYTES,
    RESIDUE_SHARED = RESIDUE_SLOTS * RESIDUE_SLOT + 1024
};

/* The planes as {128, rows, moduli·chunks} bytes in boxes of 128 × 128 × 1; the host fills it in.
 */
__constant__ struct tensor_map residue_map;
__constant__ int residue_modulus[MODULI] = MODULUS_LIST;

struct residue_unit {
    struct tensor_tile at;
    unsigned modulus, panel, tile, first, end; /* chunks of 128 k */
};

static __device__ __forceinline__ struct residue_unit
residue_unit_of(const struct residue_work &work, unsigned u)
{
    const unsigned plane = u / work.tile_count;
    struct residue_unit unit;
    unit.modulus = plane / work.panels;
    unit.panel = plane - unit.modulus * work.panels;
    unit.tile = u - plane * work.tile_count;
    unit.at = work.tiles[unit.tile];
    unit.first = work.chunks * unit.panel / work.panels;
    unit.end = work.chunks * (unit.panel + 1) / work.panels;
    return unit;
}

struct residue_ring {
    unsigned data, full, empty; /* shared addresses */
    unsigned slot, phase;
};

static __device__ __forceinline__ void ring_next(struct residue_ring &ring)
{
    if (++ring.slot == RESIDUE_SLOTS) {
        ring.slot = 0;
        ring.phase ^= 1;
    }
}

/* `barriers` are 2·RESIDUE_SLOTS. All threads call. */
static __device__ __forceinline__ struct residue_ring
residue_ring_make(const unsigned char *data, unsigned long long *barriers)
{
    struct residue_ring ring = {(shared_address(data) + 1023) & ~1023u, shared_address(barriers),
                                shared_address(barriers) + 8 * RESIDUE_SLOTS, 0, 0};
    if (threadIdx.x == 0) {
        tma_prefetch(&residue_map);
        for (unsigned s = 0; s < RESIDUE_SLOTS; s++) {
            barrier_init(ring.full + 8 * s, 1);
            barrier_init(ring.empty + 8 * s, 2 * 8); /* each consuming warp of both blocks */
        }
        barrier_init_fence();
    }
    cluster_barrier(); /* nobody uses a barrier of either block before it is made */
    return ring;
}

static __device__ __forceinline__ void residue_produce(struct residue_ring &ring,
                                                       const struct residue_work &work,
                                                       const struct residue_unit &unit,
                                                       unsigned rank)
{
    const int row = unit.at.row + (int)rank * 128, col = unit.at.col + (int)rank * 128;
    for (unsigned c = unit.first; c < unit.end; c++) {
        const unsigned to = ring.data + ring.slot * RESIDUE_SLOT, full = ring.full + 8 * ring.slot;
        const int z = (int)(unit.modulus * work.chunks + c);
        barrier_wait(ring.empty + 8 * ring.slot, ring.phase ^ 1);
        barrier_expect(full, RESIDUE_SLOT);
        tma_load_3d(to, &residue_map, full, 0, row, z);
        tma_multicast_3d(to + (1 + rank) * RESIDUE_ROWS_BYTES, &residue_map, full, 0, col, z, 3);
        ring_next(ring);
    }
}

/* x mod p in 0 … p - 1, of any unsigned x; inverse: ⌊2^32 / p⌋. */
static __device__ __forceinline__ unsigned reduce(unsigned x, unsigned p, unsigned inverse)
{
    const unsigned times = (unsigned)((unsigned long long)x * inverse >> 32);
    const unsigned r = x - p * times; /* below 2p */
    return min(r, r - p);
}

/* A consuming thread.
 * - GROUP: entries added before they are reduced, 16 or 1.
 * - NARROW: tiles on the diagonal, and those of whose columns 64 at most lie in the matrix, have
 *   instructions of their width. */
template <int GROUP, bool NARROW> struct residue_consumer {
    struct residue_ring ring;
    unsigned warpgroup;
    int acc[128];
    /* Of the unit before: reduced and stored behind this one's first products. p is 0 before the
     * first unit. */
    int held[8];
    unsigned held_p;
    unsigned char *held_to;

    __device__ __forceinline__ void release(unsigned slot)
    {
        if (threadIdx.x % 32 < 2)
            barrier_arrive_at(ring.empty + 8 * slot, threadIdx.x % 32);
    }

    __device__ __forceinline__ void flush()
    {
        if (GROUP == 1 || held_p == 0)
            return;
        const unsigned inverse = (unsigned)(0x100000000ull / held_p);
        unsigned byte[8];
#pragma unroll
        for (int i = 0; i < 8; i++)
            byte[i] = reduce((unsigned)held[i], held_p, inverse);
        *(uint2 *)(held_to + threadIdx.x % 128 * 8) =
            make_uint2(pack_bytes(byte[0], byte[1], byte[2], byte[3]),
                       pack_bytes(byte[4], byte[5], byte[6], byte[7]));
    }

    /* One chunk; before: the slot of the one before this, or RESIDUE_SLOTS. */
    template <int COLS, int STEPS> __device__ __forceinline__ void chunk(unsigned &before)
    {
        barrier_wait(ring.full + 8 * ring.slot, ring.phase);
        const unsigned at = ring.data + ring.slot * RESIDUE_SLOT;
        const unsigned long long rows = wgmma_operand(at + warpgroup * 64 * 128),
                                 cols = wgmma_operand(at + RESIDUE_ROWS_BYTES);
        wgmma_pin(acc);
        wgmma_fence();
#pragma unroll
        for (int k = 0; k < STEPS; k++)
            wgmma_u8<COLS>(acc, rows + 2 * k, cols + 2 * k, k ? 1 : before < RESIDUE_SLOTS);
        wgmma_commit();
        if (before < RESIDUE_SLOTS) {
            wgmma_wait<1>(); /* the chunk before has ended, this one goes on */
            release(before);
        }
        before = ring.slot;
        ring_next(ring);
    }

    /* acc = this thread's entries of 64 × COLS. */
    template <int COLS>
    __device__ __forceinline__ void multiply(unsigned first, unsigned end, bool short_end)
    {
        unsigned before = RESIDUE_SLOTS;
        const unsigned whole = end - (short_end ? 1 : 0);
        if (first < whole)
            chunk<COLS, 4>(before);
        flush();
        for (unsigned c = first + 1; c < whole; c++)
            chunk<COLS, 4>(before);
        if (short_end)
            chunk<COLS, 1>(before);
        wgmma_wait<0>();
        wgmma_pin(acc);
        release(before);
    }

    __device__ __forceinline__ void unit(const struct residue_work &work,
                                         const struct residue_unit &unit, unsigned rank)
    {
        const bool short_end = work.short_end && unit.panel == work.panels - 1;
        int live = 128; /* accumulators that the unit has */
        if (NARROW && work.n - (unsigned)unit.at.col <= 64) {
            live = 32;
            multiply<64>(unit.first, unit.end, short_end);
        } else if (NARROW && unit.at.row == unit.at.col && rank == 0) {
            live = 64;
            multiply<128>(unit.first, unit.end, short_end);
        } else {
            multiply<256>(unit.first, unit.end, short_end);
        }
        const unsigned p = (unsigned)residue_modulus[unit.modulus];
        const size_t plane = (size_t)unit.modulus * work.panels + unit.panel;
        unsigned char *to =
            work.residues + ((plane * work.tile_count + unit.tile) * 4 + rank * 2 + warpgroup) *
                                (RESIDUE_STRIP / GROUP);
        if constexpr (GROUP == RESIDUE_GROUP) {
            held_p = p;
            held_to = to;
#pragma unroll
            for (int i = 0; i < 8; i++) {
                int sum = 0;
#pragma unroll
                for (int e = 16 * i; e < 16 * i + 16; e += 4)
                    sum += (acc[e] + acc[e + 1]) + (acc[e + 2] + acc[e + 3]);
                held[i] = 16 * i < live ? sum : 0; /* accumulators that the unit lacks are old */
            }
        } else {
            const unsigned inverse = (unsigned)(0x100000000ull / p);
#pragma unroll
            for (int i = 0; i < 8; i++) {
                unsigned word[4];
#pragma unroll
                for (int w = 0; w < 4; w++) {
                    const int e = 16 * i + 4 * w;
                    word[w] = pack_bytes(reduce((unsigned)acc[e], p, inverse),
                                         reduce((unsigned)acc[e + 1], p, inverse),
                                         reduce((unsigned)acc[e + 2], p, inverse),
                                         reduce((unsigned)acc[e + 3], p, inverse));
                }
                *(uint4 *)(to + (i * 128 + threadIdx.x % 128) * 16) =
                    make_uint4(word[0], word[1], word[2], word[3]);
            }
        }
    }
};

/* The body of a kernel. Grid: clusters of two blocks of RESIDUE_THREADS, all running at once. */
template <int GROUP, bool NARROW>
static __device__ __forceinline__ void residue_product(const struct residue_work &work)
{
    DYNAMIC_SHARED(unsigned char, data);
    __shared__ __align__(8) unsigned long long barriers[2 * RESIDUE_SLOTS];
    struct residue_ring ring = residue_ring_make(data, barriers);
    const unsigned rank = cluster_rank(), first = blockIdx.x / 2, clusters = gridDim.x / 2,
                   units = work.moduli * work.panels * work.tile_count;
    if (threadIdx.x < 128) {
        registers_less<40>();
        if (threadIdx.x == 0)
            for (unsigned u = first; u < units; u += clusters)
                residue_produce(ring, work, residue_unit_of(work, u), rank);
    } else {
        registers_more<232>();
        struct residue_consumer<GROUP, NARROW> consumer;
        consumer.ring = ring;
        consumer.warpgroup = threadIdx.x / 128 - 1;
        consumer.held_p = 0;
        struct residue_unit next = residue_unit_of(work, min(first, units - 1));
        for (unsigned u = first; u < units; u += clusters) {
            const struct residue_unit unit = next;
            next = residue_unit_of(work, min(u + clusters, units - 1)); /* fetched early */
            consumer.unit(work, unit, rank);
        }
        consumer.flush();
    }
    cluster_barrier(); /* no block leaves while the other may still write to it */
}

#endif
