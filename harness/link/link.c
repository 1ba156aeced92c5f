/* link.c - rates of copies, and the state of a PCIe link. */
#include "harness/link/link.h"

#include "harness/contract/guard.h"
#include "harness/text/json_text.h"

#include <math.h>
#include <stdio.h>

enum { COPIES = 3 };

double link_best(uint64_t bytes, const nanos *taken, size_t count)
{
    nanos best = 0;
    for (size_t i = 0; i < count; i++)
        best = best && best < taken[i] ? best : taken[i];
    return best ? (double)bytes / ((double)best * 1e-9) : NAN;
}

static double rate(const struct backend *backend, struct job *job, const struct problem *p,
                   bool is_out, bool pinned, enum status *status, struct failure *why)
{
    enum status (*copy)(struct job *, bool, nanos *, size_t, struct failure *) =
        is_out ? backend->copy_out : backend->copy_in;
    nanos taken[COPIES];
    if (!copy || *status == STATUS_LOST)
        return NAN;
    guard_enter("copying between host and device");
    *status = copy(job, pinned, taken, COPIES, why);
    guard_leave();
    return *status == STATUS_OK
               ? link_best(p->n * p->n * (uint64_t)element_bytes(p->element), taken, COPIES)
               : NAN;
}

enum status link_measure(const struct backend *backend, struct job *job, const struct problem *p,
                         struct link_rates *rates, struct failure *why)
{
    enum status status = STATUS_OK;
    rates->in_pinned = rate(backend, job, p, false, true, &status, why);
    rates->in_pageable = rate(backend, job, p, false, false, &status, why);
    rates->out_pinned = rate(backend, job, p, true, true, &status, why);
    rates->out_pageable = rate(backend, job, p, true, false, &status, why);
    return status == STATUS_LOST ? status : STATUS_OK;
}

double link_pcie_bytes(double generation, double width)
{
    /* Transfers per second of a lane times what the encoding leaves of them, in bytes. */
    static const double lane[] = {NAN,
                                  2.5e9 * 0.8 / 8,
                                  5e9 * 0.8 / 8,
                                  8e9 * 128 / 130 / 8,
                                  16e9 * 128 / 130 / 8,
                                  32e9 * 128 / 130 / 8,
                                  64e9 * 242 / 256 / 8};
    const double most = sizeof lane / sizeof *lane - 1;
    return generation >= 1 && generation <= most ? lane[(int)generation] * width : NAN;
}

static double fact(const struct facts *facts, const char *path)
{
    const struct fact *f = facts_get(facts, path);
    return f && f->type == FACT_INTEGER ? (double)f->integer : NAN;
}

struct link_pcie link_pcie_of(const struct facts *facts)
{
    return (struct link_pcie){.generation = fact(facts, "device.pcie.generation"),
                              .width = fact(facts, "device.pcie.width"),
                              .generation_max = fact(facts, "device.pcie.generation_max"),
                              .width_max = fact(facts, "device.pcie.width_max"),
                              .card_width = fact(facts, "device.pcie.card_width"),
                              .slot_width = fact(facts, "device.pcie.slot_width")};
}

/* A rate in GB/s with three digits, for example "55.3"; "?" if it is not known. */
static const char *gigabytes(char out[16], double bytes_per_s)
{
    if (bytes_per_s > 0)
        snprintf(out, 16, "%.3g", bytes_per_s / 1e9);
    else
        snprintf(out, 16, "?");
    return out;
}

void link_words(const struct link_rates *r, const struct link_pcie *pcie, char *text, size_t bytes)
{
    const double most = link_pcie_bytes(pcie->generation, pcie->width);
    char carries[64] = "", figure[4][16];
    if (most > 0)
        snprintf(carries, sizeof carries, "; PCIe %.0f ×%.0f can carry %.3g", pcie->generation,
                 pcie->width, most / 1e9);
    snprintf(text, bytes, "to the device %s GB/s pinned, %s pageable; from it %s and %s%s",
             gigabytes(figure[0], r->in_pinned), gigabytes(figure[1], r->in_pageable),
             gigabytes(figure[2], r->out_pinned), gigabytes(figure[3], r->out_pageable), carries);
}

bool link_is_degraded(const struct link_pcie *p, char *text, size_t bytes)
{
    char lanes[64] = "";
    if (p->card_width > 0 && p->slot_width > 0)
        snprintf(lanes, sizeof lanes, " (the card has %.0f lanes, the slot %.0f)", p->card_width,
                 p->slot_width);
    snprintf(text, bytes, "PCIe %.0f ×%.0f, card and slot can do %.0f ×%.0f%s", p->generation,
             p->width, p->generation_max, p->width_max, lanes);
    return p->generation < p->generation_max || p->width < p->width_max;
}

static json_t *known_or_null(double s)
{
    return json_number(isfinite(s) && s > 0 ? s : NAN);
}

json_t *link_to_json(const struct link_rates *l)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "in_pinned", known_or_null(l->in_pinned),
                     "in_pageable", known_or_null(l->in_pageable), "out_pinned",
                     known_or_null(l->out_pinned), "out_pageable", known_or_null(l->out_pageable));
}
