/* tensor_feed_sm90.cuh - makes the planes of support/sm90/tensor_sm90.cuh in the same kernel that
 * multiplies them.
 *
 * All threads make the first panels of k before the first product. The three idle warps beside the
 * loading thread make every later panel while an earlier one is multiplied. Splitting A is bound by
 * memory and the product is not, so both together take hardly longer than the product alone. Blocks
 * wait for planes that other blocks make, so all blocks must run at the same time: the launch is
 * cooperative. Each panel has its own scale (support/sm90/split.cuh). */
#ifndef KERNELS_SUPPORT_TENSOR_FEED_SM90_CUH
#define KERNELS_SUPPORT_TENSOR_FEED_SM90_CUH

#include "kernels/support/sm90/split.cuh"
#include "kernels/support/sm90/tensor_sm90.cuh"

static __device__ __forceinline__ unsigned group_of(const struct tensor_source &source,
                                                    unsigned panel)
{
    return panel < source.upfront ? 0 : panel - source.upfront + 1;
}

template <class S, enum pieces P> struct tensor_feed {
    const struct tensor_work &work;
    const struct tensor_source &source;
    volatile unsigned *at_panel; /* shared: the current panel of this block */
    unsigned waited_for;         /* panels known to be complete */

    /* Makes this block's share of a group, one warp per row. HELD: see split_segment(). */
    template <int HELD>
    __device__ __forceinline__ void make(unsigned group, unsigned first_step, unsigned end_step,
                                         unsigned warp, unsigned warps)
    {
        enum {
            CHUNK = pieces_of<P>::chunk,
            STEP = CHUNK * (S::products > 1 ? 1 : S::slots_a_step)
        };
        const unsigned end = min(end_step * STEP, (work.k + CHUNK - 1) / CHUNK * CHUNK);
        float *scale = source.scale + (size_t)group * source.scale_stride;
        for (unsigned r = blockIdx.x * warps + warp; r < work.n; r += gridDim.x * warps)
            split_segment<P, HELD>(source.A, source.pitch, source.hi, source.lo, scale + r, work.n,
                                   r, first_step * STEP, end);
    }
    /* Called after a barrier of all threads that made the share, so this release covers their
     * stores too. */
    __device__ __forceinline__ void announce(unsigned group)
    {
        asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(source.ready + group)
                     : "memory");
    }

    __device__ __forceinline__ void all_threads()
    {
        make<4>(0, 0, tensor_panel_end[source.upfront - 1], threadIdx.x / 32, TENSOR_THREADS / 32);
        if (threadIdx.x == 0)
            *at_panel = 0;
        __syncthreads(); /* the block's share is made */
        if (threadIdx.x == 0)
            announce(0);
    }

    __device__ __forceinline__ void wait_for(unsigned panel)
    {
        if (panel < waited_for)
            return;
        waited_for = panel + 1;
        *at_panel = panel;
        const unsigned *ready = source.ready + group_of(source, panel);
        unsigned blocks;
        do
            asm volatile("ld.acquire.gpu.global.u32 %0, [%1];"
                         : "=r"(blocks)
                         : "l"(ready)
                         : "memory");
        while (blocks < gridDim.x);
        fence_async_proxy(); /* the planes are read by the copy engine */
    }

    /* Works at most AHEAD panels ahead, so that a panel is still in the L2 cache when it is
     * multiplied. */
    __device__ __forceinline__ void spare_warps()
    {
        enum { AHEAD = 2 };
        for (unsigned panel = source.upfront; panel < work.panels; panel++) {
            while (*at_panel + AHEAD < panel)
                asm volatile("nanosleep.u32 1000;");
            make<pieces_of<P>::scaled       ? 1
                 : pieces_of<P>::bytes == 1 ? 4
                                            : 2>(group_of(source, panel),
                                                 tensor_panel_end[panel - 1],
                                                 tensor_panel_end[panel], threadIdx.x / 32 - 1, 3);
            asm volatile("bar.sync 3, 96;" ::: "memory"); /* the block's share is made */
            if (threadIdx.x == 32)
                announce(group_of(source, panel));
        }
    }
};

#endif
