/* series.h - what was seen over time: a point a second, and of a long run fewer points, each of
 * neighbours that were merged, so that a day takes no more room than an hour. */
#ifndef HARNESS_SOAK_SERIES_H
#define HARNESS_SOAK_SERIES_H

#include "harness/contract/backend.h"

/* A mean over the `seconds` in which the value was known. */
struct soak_mean {
    double sum, seconds;
};

struct soak_point {
    double from_s, to_s; /* since the start */
    double flop, device_s, wall_s;
    uint64_t launches, wrong; /* wrong: launches whose answer differs */
    struct soak_mean sm_mhz, power_w, temperature_c, memory_c;
    uint32_t throttle; /* all reasons seen */
};

struct soak_series {
    struct soak_point *points;
    size_t count, room;
    double period_s; /* of a point */
};

/* An empty series of at most `room` points, an even number. */
struct soak_series soak_series_new(size_t room);
void soak_series_free(struct soak_series *s);

/* Adds launches to the point of their period, the last one or a new one. */
void soak_series_add(struct soak_series *s, const struct soak_point *p);

/* The point of a sample, whose launches ended at to_s and did `flop` each. */
struct soak_point soak_point_of(const struct sample *sample, double to_s, double flop,
                                uint64_t wrong);

/* The mean; 0 if it is unknown. */
double soak_mean(const struct soak_mean *m);

#endif
