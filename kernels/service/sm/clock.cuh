/* clock.cuh - reads the device's clocks, in PTX because portable.cuh has no function for them. */
#ifndef KERNELS_SUPPORT_CLOCK_CUH
#define KERNELS_SUPPORT_CLOCK_CUH

#include "kernels/interface/sm_moment.h"
#include "kernels/support/portable.cuh"

#if defined(GPUBENCH_ON_CPU) /* SMs with a clock of 1 GHz, as the CPU's timer */

static inline unsigned long long global_timer_ns()
{
    return (unsigned long long)cuda_cpu_clock();
}
static inline unsigned long long sm_cycles()
{
    return (unsigned long long)cuda_cpu_clock();
}
static inline unsigned sm_number()
{
    return cuda_cpu_sm();
}

#else

#define READ_REGISTER(name, type, width, constraint, reg)                                          \
    static __device__ __forceinline__ type name()                                                  \
    {                                                                                              \
        type x;                                                                                    \
        asm volatile("mov." width " %0, %%" reg ";" : "=" constraint(x));                          \
        return x;                                                                                  \
    }
READ_REGISTER(global_timer_ns, unsigned long long, "u64", "l", "globaltimer")
READ_REGISTER(sm_cycles, unsigned long long, "u64", "l", "clock64")
READ_REGISTER(sm_number, unsigned, "u32", "r", "smid")

#endif
#endif
