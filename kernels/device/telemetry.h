/* telemetry.h - readings of NVML while samples are taken.
 *
 * From start to stop a thread reads clock, power, temperature and the reasons for held-back clocks
 * every 20 ms. Starting NVML takes longer than most samples, so the thread does that first,
 * and the caller waits for it only in stop. Everything is optional: without NVML or a sensor,
 * samples have no clock and facts are not added. */
#ifndef KERNELS_TELEMETRY_H
#define KERNELS_TELEMETRY_H

#include "harness/contract/backend.h"

/* Sensors at one moment; -1 is unknown. energy_mj counts from the loading of the driver. */
struct reading {
    nanos when;
    int64_t sm_mhz, power_mw, energy_mj, temperature_c, memory_c, clock_reasons;
};

enum {
    TELEMETRY_PERIOD_NS = 20000000,
    TELEMETRY_ENERGY_NS = 100000000, /* drivers update the counter less often than it is read */
    TELEMETRY_READINGS_MAX = 512
};

/* Loads nothing yet. Freeing it also stops it. The functions below accept NULL: a GPU without
 * NVML. */
struct telemetry *telemetry_new(const char *pci_bus_id);
void telemetry_free(struct telemetry *t);

void telemetry_start(struct telemetry *t);
void telemetry_stop(struct telemetry *t);

/* Sets clock, power, temperature, energy and throttle reasons of a sample that lasted from … to;
 * nothing while stopped. */
void telemetry_mark(struct telemetry *t, nanos from, nanos to, struct sample *sample);

/* The same of readings in the order of time, at most TELEMETRY_READINGS_MAX: the medians and all
 * reasons (but "idle") of those within the sample; if it was too short for any, of the last one
 * before it, if that is at most two periods old. The energy of one of its launches is the sample's
 * time times the mean power, which the energy counter gives from the sample's start, or from
 * TELEMETRY_ENERGY_NS ago if that is earlier. */
void telemetry_mark_from(const struct reading *readings, size_t count, nanos from, nanos to,
                         struct sample *sample);

/* Adds a reading to the `count` that there are, room for TELEMETRY_READINGS_MAX; the older half
 * goes if there is no room. */
void telemetry_keep(struct reading *readings, size_t *count, const struct reading *next);

/* The counters of the device's faults; -1 for each that is unknown. */
void telemetry_health(struct telemetry *t, int64_t counters[HEALTH_COUNT]);

/* Power limit, MIG, the link, and the last reading; while stopped. If it was never started this
 * starts NVML, and takes that long. */
void telemetry_facts(struct telemetry *t, struct facts *facts);

#endif
