/* energy.c - reads the energy counters of processors. */
#include "cpu/chip/energy.h"

#include "harness/host/files.h"
#include "harness/text/append.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* No processor takes more, so in range / most_watts seconds a counter begins again at most once. */
static const double most_watts = 1500;

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Adds a counter if it can be read, and its name to the state. `files` are all of its kind. */
static void add(struct energy *e, const char *source, const char *name, const char *path,
                const char *files, uint64_t range_uj, bool is_power)
{
    uint64_t value;
    if (e->count == ENERGY_COUNTERS_MAX || !host_exists(path))
        return;
    if (!host_read_number(path, &value)) {
        e->forbidden = files;
        return;
    }
    struct energy_counter *c = &e->counters[e->count++];
    snprintf(c->path, sizeof c->path, "%s", path);
    c->range_uj = range_uj;
    c->is_power = is_power;
    append_text(e->state, sizeof e->state, "%s%s%s", *e->state ? "" : source,
                *e->state ? ", " : ": ", name);
}

/* A zone of powercap: a package, or the memory of one. Cores are a part of their package. */
static void add_zone(struct energy *e, const char *zone)
{
    char path[128], name[64];
    uint64_t range = 0;
    snprintf(path, sizeof path, "/sys/class/powercap/%.40s/name", zone);
    if (!host_read(path, name, sizeof name) || (!starts(name, "package") && strcmp(name, "dram")))
        return;
    snprintf(path, sizeof path, "/sys/class/powercap/%.40s/max_energy_range_uj", zone);
    host_read_number(path, &range);
    snprintf(path, sizeof path, "/sys/class/powercap/%.40s/energy_uj", zone);
    add(e, "powercap", name, path, "/sys/class/powercap/intel-rapl:*/energy_uj", range, false);
}

/* A monitor of hwmon: amd_energy counts each socket, Grace's meters have the power of each. */
static void add_monitor(struct energy *e, const char *monitor)
{
    char path[128], text[64];
    for (int i = 1; i <= ENERGY_COUNTERS_MAX; i++) {
        snprintf(path, sizeof path, "/sys/class/hwmon/%.40s/energy%d_label", monitor, i);
        if (!host_read(path, text, sizeof text) || !starts(text, "Esocket"))
            continue;
        snprintf(path, sizeof path, "/sys/class/hwmon/%.40s/energy%d_input", monitor, i);
        add(e, "amd_energy", text, path, "/sys/class/hwmon/hwmon*/energy*_input", 0, false);
    }
    snprintf(path, sizeof path, "/sys/class/hwmon/%.40s/device/power1_oem_info", monitor);
    if (!host_read(path, text, sizeof text) || !starts(text, "Grace Power Socket"))
        return;
    snprintf(path, sizeof path, "/sys/class/hwmon/%.40s/device/power1_average", monitor);
    add(e, "power meter", text, path, "/sys/class/hwmon/hwmon*/device/power1_average", 0, true);
}

static void each(struct energy *e, const char *directory, const char *prefix,
                 void (*take)(struct energy *e, const char *name))
{
    DIR *list = host_opendir(directory);
    for (const struct dirent *entry; list && (entry = readdir(list));)
        if (starts(entry->d_name, prefix))
            take(e, entry->d_name);
    if (list)
        closedir(list);
}

/* Whether every counter can be read. The energy of one of two packages would be only half of the
 * whole. */
static bool is_complete(const struct energy *e)
{
    return e->count > 0 && !e->forbidden;
}

void energy_open(struct energy *e)
{
    *e = (struct energy){0};
    each(e, "/sys/class/powercap", "intel-rapl:", add_zone); /* AMD's too */
    if (is_complete(e))
        return;
    const char *forbidden = e->forbidden;
    *e = (struct energy){0};
    each(e, "/sys/class/hwmon", "hwmon", add_monitor);
    if (is_complete(e))
        return;
    e->count = 0;
    e->forbidden = e->forbidden ? e->forbidden : forbidden;
    if (e->forbidden)
        snprintf(e->state, sizeof e->state, "not readable: needs root, or sudo chmod a+r %s",
                 e->forbidden);
    else
        snprintf(e->state, sizeof e->state,
                 "no counter: virtual machines, containers and small "
                 "Arm boards often have none");
}

void energy_read(const struct energy *e, struct energy_reading *now)
{
    now->is_known = e->count > 0;
    for (size_t i = 0; i < e->count; i++)
        now->is_known = host_read_number(e->counters[i].path, &now->value[i]) && now->is_known;
    now->when = clock_now();
}

double energy_between(const struct energy *e, const struct energy_reading *from,
                      const struct energy_reading *to)
{
    const double seconds = (double)(to->when - from->when) * 1e-9;
    double joules = 0;
    if (!from->is_known || !to->is_known || to->when <= from->when)
        return NAN;
    for (size_t i = 0; i < e->count; i++) {
        const struct energy_counter *c = &e->counters[i];
        const double a = (double)from->value[i], b = (double)to->value[i];
        if (c->range_uj && seconds * most_watts * 1e6 > (double)c->range_uj)
            return NAN;
        if (c->is_power)
            joules += (a + b) / 2 * seconds * 1e-6;
        else if (b >= a)
            joules += (b - a) * 1e-6;
        else if (a <= (double)c->range_uj)
            joules += (b - a + (double)c->range_uj) * 1e-6;
        else
            return NAN; /* it was reset */
    }
    return joules > 0 ? joules : NAN;
}
