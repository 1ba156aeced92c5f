#include "kernels/device/telemetry.h"

#include "harness/base/need.h"
#include "harness/stats/stats.h"
#include "kernels/nvml/nvml.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REASON_IDLE = 1, SECOND_NS = 1000000000, ANSWER_NS = 200000000 };

struct telemetry {
    char pci[32];
    pthread_t thread;
    bool running; /* used by the calling thread only */

    /* Owned by the thread until it ends, then by the caller. */
    struct nvml_device *device;
    bool asked; /* whether there is NVML */
    int64_t power_limit_mw, mig, persistence;
    int64_t pcie_generation, pcie_width; /* the most that was seen: idle links are slower */
    int64_t pcie_generation_max, pcie_width_max;
    char driver[80];

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    bool has_asked; /* what the thread owns is known */
    bool stopping;
    struct reading readings[TELEMETRY_READINGS_MAX];
    size_t count;
};

struct telemetry *telemetry_new(const char *pci_bus_id)
{
    struct telemetry *t = need(sizeof *t);
    pthread_condattr_t monotonic;
    snprintf(t->pci, sizeof t->pci, "%s", pci_bus_id);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&t->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void telemetry_free(struct telemetry *t)
{
    if (!t)
        return;
    telemetry_stop(t);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static void look_at_link(struct telemetry *t)
{
    const int64_t generation = nvml_get(t->device, NVML_PCIE_GENERATION);
    const int64_t width = nvml_get(t->device, NVML_PCIE_WIDTH);
    if (generation > t->pcie_generation)
        t->pcie_generation = generation;
    if (width > t->pcie_width)
        t->pcie_width = width;
}

/* Opens NVML and reads what does not change during a measurement. */
static void ask_once(struct telemetry *t)
{
    if (t->asked)
        return;
    t->asked = true;
    t->device = nvml_open(t->pci);
    t->power_limit_mw = nvml_get(t->device, NVML_POWER_LIMIT_MW);
    t->mig = nvml_get(t->device, NVML_MIG);
    t->persistence = nvml_get(t->device, NVML_PERSISTENCE);
    t->pcie_generation_max = nvml_get(t->device, NVML_PCIE_GENERATION_MAX);
    t->pcie_width_max = nvml_get(t->device, NVML_PCIE_WIDTH_MAX);
    t->pcie_generation = t->pcie_width = -1;
    look_at_link(t);
    nvml_driver_version(t->driver, sizeof t->driver);
}

static struct reading read_now(const struct telemetry *t)
{
    return (struct reading){
        .when = clock_now(),
        .sm_mhz = nvml_get(t->device, NVML_SM_MHZ),
        .power_mw = nvml_get(t->device, NVML_POWER_MW),
        .energy_mj = nvml_get(t->device, NVML_ENERGY_MJ),
        .temperature_c = nvml_get(t->device, NVML_TEMPERATURE_C),
        .memory_c = nvml_get(t->device, NVML_MEMORY_TEMPERATURE_C),
        .clock_reasons = nvml_get(t->device, NVML_CLOCK_REASONS),
    };
}

void telemetry_keep(struct reading *readings, size_t *count, const struct reading *next)
{
    enum { HALF = TELEMETRY_READINGS_MAX / 2 };
    if (*count == TELEMETRY_READINGS_MAX) {
        memcpy(readings, readings + HALF, HALF * sizeof *readings);
        *count = HALF;
    }
    readings[(*count)++] = *next;
}

static void *watch(void *context)
{
    struct telemetry *t = context;
    ask_once(t);
    pthread_mutex_lock(&t->lock);
    t->has_asked = true;
    pthread_cond_broadcast(&t->wake);
    while (t->device && !t->stopping) {
        pthread_mutex_unlock(&t->lock);
        const struct reading reading = read_now(t);
        look_at_link(t);
        const nanos next = reading.when + TELEMETRY_PERIOD_NS;
        const struct timespec until = {(time_t)(next / SECOND_NS), (long)(next % SECOND_NS)};
        pthread_mutex_lock(&t->lock);
        telemetry_keep(t->readings, &t->count, &reading);
        while (!t->stopping && clock_now() < next)
            pthread_cond_timedwait(&t->wake, &t->lock, &until);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

/* The first samples need the power limit. A driver that never answers is not waited for. */
static void wait_for_answers(struct telemetry *t)
{
    const nanos until = clock_now() + ANSWER_NS;
    const struct timespec at = {(time_t)(until / SECOND_NS), (long)(until % SECOND_NS)};
    pthread_mutex_lock(&t->lock);
    while (!t->has_asked && clock_now() < until)
        pthread_cond_timedwait(&t->wake, &t->lock, &at);
    pthread_mutex_unlock(&t->lock);
}

void telemetry_start(struct telemetry *t)
{
    if (!t || t->running)
        return;
    /* Signals are for the main thread. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    t->stopping = false;
    t->running = pthread_create(&t->thread, NULL, watch, t) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (t->running)
        wait_for_answers(t);
}

void telemetry_stop(struct telemetry *t)
{
    if (!t || !t->running)
        return;
    pthread_mutex_lock(&t->lock);
    t->stopping = true;
    pthread_cond_signal(&t->wake);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->thread, NULL);
    t->running = false;
}

/* The median of one sensor's known readings; 0 if there are none. */
static double middle_of(const struct reading *readings, size_t count,
                        int64_t (*sensor)(const struct reading *))
{
    double known[TELEMETRY_READINGS_MAX];
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (sensor(&readings[i]) > 0)
            known[used++] = (double)sensor(&readings[i]);
    return used > 0 ? stats_median(known, used) : 0;
}

static int64_t sm_mhz(const struct reading *r)
{
    return r->sm_mhz;
}

static int64_t power_mw(const struct reading *r)
{
    return r->power_mw;
}

static int64_t temperature_c(const struct reading *r)
{
    return r->temperature_c;
}

static int64_t memory_c(const struct reading *r)
{
    return r->memory_c;
}

/* The last reading at or before a time whose energy is known, or NULL. */
static const struct reading *energy_at(const struct reading *readings, size_t count, nanos when)
{
    while (count > 0 && (readings[count - 1].when > when || readings[count - 1].energy_mj < 0))
        count--;
    return count > 0 ? &readings[count - 1] : NULL;
}

/* 0 (unknown) if the energy counter did not move or was reset. */
static double mean_power(const struct reading *readings, size_t count, nanos from, nanos to)
{
    const struct reading *last = energy_at(readings, count, to);
    if (!last || last->when < TELEMETRY_ENERGY_NS)
        return 0;
    const nanos earliest = last->when - TELEMETRY_ENERGY_NS;
    const struct reading *first = energy_at(readings, count, from < earliest ? from : earliest);
    if (!first || first->energy_mj >= last->energy_mj)
        return 0;
    return (double)(last->energy_mj - first->energy_mj) * 1e6 / (double)(last->when - first->when);
}

void telemetry_mark_from(const struct reading *readings, size_t count, nanos from, nanos to,
                         struct sample *sample)
{
    const unsigned launches = sample->launches > 0 ? sample->launches : 1;
    sample->energy_j =
        mean_power(readings, count, from, to) * (double)(to - from) * 1e-9 / launches;
    size_t first = count;
    while (first > 0 && readings[first - 1].when >= from)
        first--;
    while (count > first && readings[count - 1].when > to)
        count--;
    if (first == count && first > 0 &&
        from - readings[first - 1].when <= 2 * (nanos)TELEMETRY_PERIOD_NS)
        first--;
    const struct reading *chosen = count ? readings + first : NULL; /* C has no NULL + 0 */
    sample->sm_mhz = middle_of(chosen, count - first, sm_mhz);
    sample->power_w = middle_of(chosen, count - first, power_mw) / 1000;
    sample->temperature_c = middle_of(chosen, count - first, temperature_c);
    sample->memory_c = middle_of(chosen, count - first, memory_c);
    for (size_t i = first; i < count; i++)
        if (readings[i].clock_reasons > 0)
            sample->throttle |= (uint32_t)readings[i].clock_reasons & ~(uint32_t)REASON_IDLE;
}

void telemetry_mark(struct telemetry *t, nanos from, nanos to, struct sample *sample)
{
    if (!t || !t->running)
        return;
    pthread_mutex_lock(&t->lock);
    telemetry_mark_from(t->readings, t->count, from, to, sample);
    sample->power_limit_w =
        t->has_asked && t->power_limit_mw > 0 ? (double)t->power_limit_mw / 1000 : 0;
    pthread_mutex_unlock(&t->lock);
}

/* The Xids read so far of the one device that a process has open. */
static int64_t xids, last_xid;

void telemetry_health(struct telemetry *t, int64_t counters[HEALTH_COUNT])
{
    static const enum nvml_quantity quantities[] = {
        [HEALTH_ECC_CORRECTED] = NVML_ECC_CORRECTED,
        [HEALTH_ECC_UNCORRECTED] = NVML_ECC_UNCORRECTED,
        [HEALTH_ROWS_REMAPPED] = NVML_ROWS_REMAPPED,
        [HEALTH_ROWS_REMAPPED_UNCORRECTED] = NVML_ROWS_REMAPPED_UNCORRECTED,
        [HEALTH_REMAPPING_PENDING] = NVML_REMAPPING_PENDING,
        [HEALTH_REMAPPING_FAILED] = NVML_REMAPPING_FAILED,
        [HEALTH_PCIE_REPLAYS] = NVML_PCIE_REPLAYS,
        [HEALTH_NVLINK_ERRORS] = NVML_NVLINK_ERRORS,
    };
    struct nvml_device *device = t ? nvml_open(t->pci) : NULL;
    for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++)
        counters[i] = nvml_get(device, quantities[i]);
    int64_t xid;
    while ((xid = nvml_get(device, NVML_NEXT_XID)) > 0) {
        xids++;
        last_xid = xid;
    }
    counters[HEALTH_XIDS] = xid < 0 && !xids ? -1 : xids;
    counters[HEALTH_LAST_XID] = xids ? last_xid : -1;
}

static void add_integer(struct facts *facts, const char *path, int64_t value)
{
    if (value >= 0)
        facts_integer(facts, path, value);
}

static void add_boolean(struct facts *facts, const char *path, int64_t value)
{
    if (value >= 0)
        facts_boolean(facts, path, value != 0);
}

static void add_watts(struct facts *facts, const char *path, int64_t mw)
{
    add_integer(facts, path, mw < 0 ? -1 : (mw + 500) / 1000);
}

void telemetry_facts(struct telemetry *t, struct facts *facts)
{
    if (!t)
        return;
    ask_once(t);
    if (!t->device)
        return;
    const struct reading last = t->count ? t->readings[t->count - 1] : read_now(t);
    add_watts(facts, "device.power_limit_w", t->power_limit_mw);
    add_boolean(facts, "device.mig", t->mig);
    add_boolean(facts, "device.persistence", t->persistence);
    add_integer(facts, "device.pcie.generation", t->pcie_generation);
    add_integer(facts, "device.pcie.width", t->pcie_width);
    add_integer(facts, "device.pcie.generation_max", t->pcie_generation_max);
    add_integer(facts, "device.pcie.width_max", t->pcie_width_max);
    add_integer(facts, "device.temperature_c", last.temperature_c);
    add_watts(facts, "device.power_w", last.power_mw);
    if (*t->driver && !facts_get(facts, "driver.version"))
        facts_text(facts, "driver.version", t->driver);
}
