/* hopper.cuh - the instructions of Hopper (compute capability 9.0a) that portable CUDA C does not
 * offer: barriers in shared memory that count bytes, the bulk copy engine (TMA) that completes on
 * them, and the transfer of registers between warpgroups.
 *
 * The usual pattern is a ring of stages, each with a `full` barrier (1 arrival and the bytes of the
 * stage) and an `empty` barrier (an arrival of each consuming warp). A wait names the parity of a
 * phase, which flips on each trip round the ring. Source: PTX ISA, "Asynchronous copy", "mbarrier",
 * "setmaxnreg". */
#ifndef KERNELS_SUPPORT_HOPPER_CUH
#define KERNELS_SUPPORT_HOPPER_CUH

#include "kernels/support/portable/shared_address.cuh"

/* A tensor map, encoded by cuTensorMapEncodeTiled. The host copies it to __constant__ memory of the
 * module. A kernel parameter would work with nvcc, but clang copies parameters to the stack, where
 * the copy engine cannot read them. */
struct __align__(128) tensor_map {
    unsigned long long opaque[16];
};

static __device__ __forceinline__ void barrier_init(unsigned barrier, unsigned arrivals)
{
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals)
                 : "memory");
}

/* Makes the initialised barriers visible to the copy engine; called before the __syncthreads() that
 * lets others use them. */
static __device__ __forceinline__ void barrier_init_fence()
{
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

/* Arrives, and adds `bytes` to what the phase waits for. */
static __device__ __forceinline__ void barrier_expect(unsigned barrier, unsigned bytes)
{
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes)
                 : "memory");
}

static __device__ __forceinline__ void barrier_arrive(unsigned barrier)
{
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory");
}

/* Waits until the phase of this parity is complete. */
static __device__ __forceinline__ void barrier_wait(unsigned barrier, unsigned parity)
{
    asm volatile("{\n"
                 ".reg .pred done;\n"
                 "again_%=:\n"
                 "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
                 "@!done bra again_%=;\n"
                 "}" ::"r"(barrier),
                 "r"(parity)
                 : "memory");
}

/* Prefetches the cache line of an ordinary load. */
static __device__ __forceinline__ void prefetch(const void *global)
{
    asm volatile("prefetch.global.L1 [%0];" ::"l"(global) : "memory");
}

/* Prefetches a tensor map for the copy engine. */
static __device__ __forceinline__ void tma_prefetch(const struct tensor_map *map)
{
    asm volatile("prefetch.tensormap [%0];" ::"l"(map) : "memory");
}

/* Starts copying the box at (x, y) of the map's matrix to shared address `to`; its bytes arrive at
 * the barrier. */
static __device__ __forceinline__ void tma_load(unsigned to, const struct tensor_map *map,
                                                unsigned barrier, unsigned x, unsigned y)
{
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes "
                 "[%0], [%1, {%2, %3}], [%4];" ::"r"(to),
                 "l"(map), "r"(x), "r"(y), "r"(barrier)
                 : "memory");
}

/* tma_load() to every block of the cluster whose bit is set in `blocks`: to the same offset of its
 * shared memory, completing on the same barrier there. */
static __device__ __forceinline__ void tma_multicast(unsigned to, const struct tensor_map *map,
                                                     unsigned barrier, unsigned x, unsigned y,
                                                     unsigned short blocks)
{
    asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes"
                 ".multicast::cluster [%0], [%1, {%2, %3}], [%4], %5;" ::"r"(to),
                 "l"(map), "r"(x), "r"(y), "r"(barrier), "h"(blocks)
                 : "memory");
}

/* Starts copying `bytes` from global memory to shared address `to`; both ends are 16-byte aligned.
 */
static __device__ __forceinline__ void bulk_load(unsigned to, const void *from, unsigned bytes,
                                                 unsigned barrier)
{
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], "
                 "%2, [%3];" ::"r"(to),
                 "l"(from), "r"(bytes), "r"(barrier)
                 : "memory");
}

/* tma_load() from a three-dimensional map. The multicast form copies to every block of the cluster
 * whose bit is set in `blocks`: to the same offset of its shared memory, completing on the same
 * barrier there. */
static __device__ __forceinline__ void tma_load_3d(unsigned to, const struct tensor_map *map,
                                                   unsigned barrier, int x, int y, int z)
{
    asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes "
                 "[%0], [%1, {%2, %3, %4}], [%5];" ::"r"(to),
                 "l"(map), "r"(x), "r"(y), "r"(z), "r"(barrier)
                 : "memory");
}
static __device__ __forceinline__ void tma_multicast_3d(unsigned to, const struct tensor_map *map,
                                                        unsigned barrier, int x, int y, int z,
                                                        unsigned short blocks)
{
    asm volatile("cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes"
                 ".multicast::cluster [%0], [%1, {%2, %3, %4}], [%5], %6;" ::"r"(to),
                 "l"(map), "r"(x), "r"(y), "r"(z), "r"(barrier), "h"(blocks)
                 : "memory");
}

/* Functions for the blocks of a cluster: the rank of this block, a barrier over all threads of all
 * blocks, and an arrival at the barrier at the same offset of another block's shared memory. */
static __device__ __forceinline__ unsigned cluster_rank()
{
    unsigned rank;
    asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
    return rank;
}
static __device__ __forceinline__ void cluster_arrive()
{
    asm volatile("barrier.cluster.arrive.release.aligned;" ::: "memory");
}
static __device__ __forceinline__ void cluster_wait()
{
    asm volatile("barrier.cluster.wait.acquire.aligned;" ::: "memory");
}
static __device__ __forceinline__ void cluster_barrier()
{
    cluster_arrive();
    cluster_wait();
}
static __device__ __forceinline__ void barrier_arrive_at(unsigned barrier, unsigned rank)
{
    asm volatile("{\n"
                 ".reg .b32 there;\n"
                 "mapa.shared::cluster.u32 there, %0, %1;\n"
                 "mbarrier.arrive.shared::cluster.b64 _, [there];\n"
                 "}" ::"r"(barrier),
                 "r"(rank)
                 : "memory");
}

/* Orders this thread's accesses, and those it has acquired, before accesses by the copy engine and
 * by wgmma, which have a path of their own to memory (the async proxy). */
static __device__ __forceinline__ void fence_async_proxy()
{
    asm volatile("fence.proxy.async;" ::: "memory");
}

/* Programmatic dependent launch: a kernel may start before its predecessor in the stream has ended,
 * and waits here for the predecessor's results; the predecessor allows the early start. */
static __device__ __forceinline__ void wait_for_previous_kernel()
{
    asm volatile("griddepcontrol.wait;" ::: "memory");
}
static __device__ __forceinline__ void let_next_kernel_start()
{
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
}

/* Gives registers of this warpgroup back, or takes more; all its 128 threads, in one branch of the
 * kernel. */
template <int registers> static __device__ __forceinline__ void registers_less()
{
    asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(registers));
}
template <int registers> static __device__ __forceinline__ void registers_more()
{
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(registers));
}

#endif
