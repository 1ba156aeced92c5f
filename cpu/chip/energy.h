/* energy.h - the energy that the processors and their memory take, from the kernel's counters: RAPL
 * (Intel and AMD, /sys/class/powercap), amd_energy and the power meters of NVIDIA Grace
 * (/sys/class/hwmon).
 *
 * The counters are the machine's, so other programs' work is in them too. */
#ifndef CPU_ENERGY_H
#define CPU_ENERGY_H

#include "harness/base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ENERGY_COUNTERS_MAX = 32 };

struct energy {
    struct energy_counter {
        char path[128];
        uint64_t range_uj; /* after which the counter begins again at 0; 0: never */
        bool is_power;     /* the file has µW, not µJ */
    } counters[ENERGY_COUNTERS_MAX];
    size_t count;    /* 0 if nothing can be read */
    char state[192]; /* the counters that are read ("powercap: package-0, dram"), or why none is */
    const char *forbidden; /* files of counters that this user may not read; NULL if none */
};

struct energy_reading {
    nanos when;
    uint64_t value[ENERGY_COUNTERS_MAX];
    bool is_known;
};

/* Finds the counters. */
void energy_open(struct energy *e);

/* Reads them all. */
void energy_read(const struct energy *e, struct energy_reading *now);

/* The joules from one reading to a later one; NaN if they are not known, or if so much time lies
 * between that a counter may have begun again twice. */
double energy_between(const struct energy *e, const struct energy_reading *from,
                      const struct energy_reading *to);

#endif
