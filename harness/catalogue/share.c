/* share.c - a measured result as a share of what its model usually reaches, and what differs. */
#include "harness/base/need.h"
#include "harness/catalogue/catalogue.h"
#include "harness/result/contestant.h"
#include "harness/stats/stats.h"
#include "harness/text/append.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Below this share the differing conditions are printed. */
static const double usual_share = 0.95;

/* The median of a quantity of the samples; NaN if it is unknown. */
static double median_of(const struct contestant *c, double (*quantity)(const struct sample *))
{
    double *values = need_array(c->count, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        if (quantity(&c->samples[i]) > 0)
            values[count++] = quantity(&c->samples[i]);
    const double median = count ? stats_median(values, count) : NAN;
    free(values);
    return median;
}

static double seconds_of(const struct sample *s)
{
    return (double)s->device_ns * 1e-9;
}

static double clock_of(const struct sample *s)
{
    return s->sm_mhz * 1e6;
}

static double fact_of(const struct result *r, const char *path)
{
    const struct fact *fact = facts_get(&r->facts, path);
    return !fact || fact->type == FACT_TEXT ? NAN
           : fact->type == FACT_REAL        ? fact->real
                                            : (double)fact->integer;
}

/* Adds "; power limit 350 W, there 700 W" if both are known and this one is lower. */
static void add_lower(char *text, size_t bytes, const char *what, const char *unit, double here,
                      double there, double tolerance)
{
    if (here < there * (1 - tolerance))
        append_text(text, bytes, "; %s %.4g%s, there %.4g%s", what, here, unit, there, unit);
}

static void add_reasons(char *text, size_t bytes, const struct contestant *c)
{
    for (unsigned bit = 1; bit < 32; bit++) {
        size_t seen = 0;
        for (size_t i = 0; i < c->count; i++)
            seen += c->samples[i].throttle >> bit & 1;
        if (seen && throttle_name(bit))
            append_text(text, bytes, "; %s in %zu of %zu samples", throttle_name(bit), seen,
                        c->count);
    }
}

static void add_differences(char *text, size_t bytes, const struct result *r,
                            const struct contestant *c, const struct catalogue_entry *e)
{
    const size_t before = strlen(text);
    const double ecc = fact_of(r, "device.ecc");
    add_lower(text, bytes, "SM clock", " GHz", median_of(c, clock_of) / 1e9, e->sm_hz / 1e9, 0.02);
    add_lower(text, bytes, "power limit", " W", fact_of(r, "device.power_limit_w"),
              e->power_limit_w, 0.01);
    add_lower(text, bytes, "PCIe generation", "", fact_of(r, "device.pcie.generation"),
              e->pcie_generation, 0);
    add_lower(text, bytes, "PCIe width", "", fact_of(r, "device.pcie.width"), e->pcie_width, 0);
    if (!isnan(ecc) && !isnan(e->ecc) && (ecc > 0) != (e->ecc > 0))
        append_text(text, bytes, "; ECC %s, there %s", ecc > 0 ? "on" : "off",
                    e->ecc > 0 ? "on" : "off");
    add_reasons(text, bytes, c);
    if (strlen(text) == before)
        append_text(text, bytes,
                    "; clock, power limit, PCIe and ECC are not the reason, as far as known");
}

double catalogue_compare(const struct result *r, const struct contestant *c, char *text,
                         size_t bytes)
{
    char key[256];
    double share = NAN;
    *text = '\0';
    if (c->state != CONTESTANT_OK || c->count == 0 || c->is_first_run)
        return NAN;
    result_key(r, c->variant, key, sizeof key);
    struct catalogue catalogue = catalogue_load();
    const struct catalogue_entry *e = catalogue_find(&catalogue, r->device.name, key);
    if (e) {
        share = e->median_s / median_of(c, seconds_of);
        append_text(text, bytes, "%.2f of what %s reached (%u run%s, driver %.30s)", share,
                    e->device, e->runs, e->runs == 1 ? "" : "s", e->driver);
        if (share < usual_share)
            add_differences(text, bytes, r, c, e);
    }
    catalogue_free(&catalogue);
    return share;
}
