/* profiles.h - the devices that the fake driver can simulate, chosen by $FAKECUDA_PROFILE (default:
 * gt750m). */
#ifndef FAKECUDA_PROFILES_H
#define FAKECUDA_PROFILES_H

#include <stdbool.h>

struct profile {
    const char *word; /* the value of FAKECUDA_PROFILE */
    const char *name; /* the name from cuDeviceGetName, with "(simulated)" */
    int cc, sms;      /* cc: 10 × major + minor */
    int clock_khz, memory_clock_khz, bus_bits, l2_kib, shared_optin_bytes;
    unsigned memory_mib;
    int driver,
        ptx; /* CUDA version of the driver API (10010), newest PTX its JIT knows (64: 6.4) */
    bool kernel_timeout, ecc;
    int init_error; /* the status that cuInit returns */
};

/* The chosen profile. An unknown name ends the process with a message. */
const struct profile *profile_get(void);

#endif
