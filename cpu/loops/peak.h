/* peak.h - measures the FP32 peak of the threads that this process may use. */
#ifndef CPU_PEAK_H
#define CPU_PEAK_H

#include "cpu/loops/parallel.h"

/* FLOP/s of a loop of independent multiply-adds (2 FLOP an entry) in the widest registers, on all
 * threads of the pool at once, as if each had a CPU for itself: the best of a few windows of a
 * millisecond. Takes about 5 ms on an idle machine. 0 if it cannot be measured. */
double peak_f32_flops(struct parallel *pool);

#endif
