/* series.c - adds samples to the points of a series, and merges points when there is no more room.
 */
#include "harness/soak/series.h"

#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>

struct soak_series soak_series_new(size_t room)
{
    return (struct soak_series){
        .points = need_array(room, sizeof(struct soak_point)), .room = room, .period_s = 1};
}

void soak_series_free(struct soak_series *s)
{
    free(s->points);
    *s = (struct soak_series){0};
}

double soak_mean(const struct soak_mean *m)
{
    return m->seconds > 0 ? m->sum / m->seconds : 0;
}

static void add_mean(struct soak_mean *to, const struct soak_mean *m)
{
    to->sum += m->sum;
    to->seconds += m->seconds;
}

static void merge(struct soak_point *to, const struct soak_point *p)
{
    to->to_s = p->to_s;
    to->flop += p->flop;
    to->device_s += p->device_s;
    to->wall_s += p->wall_s;
    to->launches += p->launches;
    to->wrong += p->wrong;
    to->throttle |= p->throttle;
    add_mean(&to->sm_mhz, &p->sm_mhz);
    add_mean(&to->power_w, &p->power_w);
    add_mean(&to->temperature_c, &p->temperature_c);
    add_mean(&to->memory_c, &p->memory_c);
}

/* The number of the period that a time falls into. */
static double period_of(const struct soak_series *s, double at_s)
{
    return floor(at_s / s->period_s);
}

/* Periods of twice the length: points of the same one become one. */
static void halve(struct soak_series *s)
{
    size_t count = 1;
    s->period_s *= 2;
    for (size_t i = 1; i < s->count; i++) {
        struct soak_point *last = &s->points[count - 1];
        if (period_of(s, last->from_s) == period_of(s, s->points[i].from_s))
            merge(last, &s->points[i]);
        else
            s->points[count++] = s->points[i];
    }
    s->count = count;
}

void soak_series_add(struct soak_series *s, const struct soak_point *p)
{
    struct soak_point *last = s->count ? &s->points[s->count - 1] : NULL;
    if (last && period_of(s, last->from_s) == period_of(s, p->from_s)) {
        merge(last, p);
        return;
    }
    while (s->count == s->room)
        halve(s);
    s->points[s->count++] = *p;
}

static struct soak_mean known(double value, double seconds)
{
    return value > 0 ? (struct soak_mean){value * seconds, seconds} : (struct soak_mean){0};
}

struct soak_point soak_point_of(const struct sample *sample, double to_s, double flop,
                                uint64_t wrong)
{
    const double wall_s = (double)sample->wall_ns * 1e-9 * sample->launches;
    return (struct soak_point){
        .from_s = fmax(to_s - wall_s, 0),
        .to_s = to_s,
        .flop = flop * sample->launches,
        .device_s = (double)sample->device_ns * 1e-9 * sample->launches,
        .wall_s = wall_s,
        .launches = sample->launches,
        .wrong = wrong,
        .sm_mhz = known(sample->sm_mhz, wall_s),
        .power_w = known(sample->power_w, wall_s),
        .temperature_c = known(sample->temperature_c, wall_s),
        .memory_c = known(sample->memory_c, wall_s),
        .throttle = sample->throttle,
    };
}
