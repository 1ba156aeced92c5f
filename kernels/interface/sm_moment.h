/* sm_moment.h - what service/sm/clock.cu writes, for host and device. */
#ifndef KERNELS_SM_MOMENT_H
#define KERNELS_SM_MOMENT_H

struct sm_moment {
    unsigned long long cycles;   /* of the multiprocessor's clock */
    unsigned long long timer_ns; /* of the device's timer */
    unsigned sm, unused;         /* which multiprocessor */
};

#endif
