/* link.h - how fast data moves between host and device, beside what the PCIe link can carry. */
#ifndef HARNESS_LINK_H
#define HARNESS_LINK_H

#include "harness/contract/backend.h"

#include <jansson.h>

/* Bytes per second, NaN if unknown: to the device, and from it. */
struct link_rates {
    double in_pinned, in_pageable, out_pinned, out_pageable;
};

/* How a PCIe link is trained, and what it could be; NaN where that is unknown. */
struct link_pcie {
    double generation, width, generation_max, width_max;
    double card_width, slot_width; /* lanes that the card and its slot have */
};

/* Measures copies of a job's matrix; fails only if the device is lost. */
enum status link_measure(const struct backend *backend, struct job *job, const struct problem *p,
                         struct link_rates *rates, struct failure *why);

/* Bytes per second of the fastest of `count` copies; NaN if `count` is 0. */
double link_best(uint64_t bytes, const nanos *taken, size_t count);

/* What a PCIe link can carry, in bytes per second; NaN if it is unknown. */
double link_pcie_bytes(double generation, double width);

/* The state of the link according to the facts of the device. */
struct link_pcie link_pcie_of(const struct facts *facts);

/* "to the device 55.3 GB/s pinned, 14.1 pageable; from it 53.8 and 11.2; PCIe 5 ×16 can carry 63";
 * "?" where it is unknown
 */
void link_words(const struct link_rates *rates, const struct link_pcie *pcie, char *text,
                size_t bytes);

/* Whether the link is trained below its maximum; then the text says how, with the lanes of card and
 * slot: "PCIe 5 ×8, card and slot can do 5 ×16". */
bool link_is_degraded(const struct link_pcie *pcie, char *text, size_t bytes);

/* An object; null for a copy that could not be made. */
json_t *link_to_json(const struct link_rates *rates);

#endif
