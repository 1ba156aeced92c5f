/* link.c - how fast a matrix moves between host and device. */
#include "harness/contract/guard.h"
#include "harness/soak/soak.h"

#include <math.h>

enum { COPIES = 3 };

/* The best of a few copies, in bytes per second; NaN if they cannot be made. */
static double rate(const struct soak *soak, bool is_out, bool pinned, enum status *status,
                   struct failure *why)
{
    const struct soak_load *load = &soak->loads[0];
    const struct backend *backend = soak->backend;
    enum status (*copy)(struct job *, bool, nanos *, size_t, struct failure *) =
        is_out ? backend->copy_out : backend->copy_in;
    const double bytes = (double)load->problem.n * (double)load->problem.n *
                         (double)element_bytes(load->problem.element);
    nanos taken[COPIES], best = 0;
    if (!copy || *status == STATUS_LOST)
        return NAN;
    guard_enter("copying between host and device");
    *status = copy(load->jobs[0].job, pinned, taken, COPIES, why);
    guard_leave();
    for (int i = 0; i < COPIES && *status == STATUS_OK; i++)
        best = best && best < taken[i] ? best : taken[i];
    return best ? bytes / ((double)best * 1e-9) : NAN;
}

enum status soak_measure_link(const struct soak *soak, struct soak_link *link, struct failure *why)
{
    enum status status = STATUS_OK;
    link->in_pinned = rate(soak, false, true, &status, why);
    link->in_pageable = rate(soak, false, false, &status, why);
    link->out_pinned = rate(soak, true, true, &status, why);
    link->out_pageable = rate(soak, true, false, &status, why);
    return status == STATUS_LOST ? status : STATUS_OK;
}

double soak_pcie_bytes(double generation, double width)
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
