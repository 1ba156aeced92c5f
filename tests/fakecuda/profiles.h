/* profiles.h - the devices the fake driver can play, chosen by $FAKECUDA_PROFILE (default: gt750m).
 */
#ifndef FAKECUDA_PROFILES_H
#define FAKECUDA_PROFILES_H

#include <stdbool.h>

struct profile {
    const char *word; /* what FAKECUDA_PROFILE says */
    const char *name; /* what cuDeviceGetName says: contains "(simulated)" */
    int cc, sms;      /* cc: 10 × major + minor */
    int clock_khz, memory_clock_khz, bus_bits, l2_kib, shared_optin_bytes;
    unsigned memory_mib;
    int driver,
        ptx; /* CUDA version of the driver API (10010), newest PTX its JIT knows (64: 6.4) */
    bool kernel_timeout, ecc;
    int init_error; /* what cuInit returns */
};

/* The chosen profile. An unknown word ends the process with a sentence. */
const struct profile *profile_get(void);

#endif
