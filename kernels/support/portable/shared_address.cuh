/* shared_address.cuh - the 32-bit address of an object in shared memory, as the asynchronous copies
 * and barriers need it. On the CPU, tests/fakecuda/ampere_on_cpu.h provides it. */
#ifndef KERNELS_SUPPORT_SHARED_ADDRESS_CUH
#define KERNELS_SUPPORT_SHARED_ADDRESS_CUH

#include "kernels/support/portable.cuh"

#ifndef GPUBENCH_ON_CPU
static __device__ __forceinline__ unsigned shared_address(const void *p)
{
    unsigned long long address;
    asm("cvta.to.shared.u64 %0, %1;" : "=l"(address) : "l"(p));
    return (unsigned)address;
}
#endif

#endif
