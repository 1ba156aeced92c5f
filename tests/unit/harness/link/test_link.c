/* test_link.c - what a PCIe link can carry, and when it is trained below its maximum. */
#include "harness/link/link.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

Test(link, a_link_carries_what_its_generation_and_width_allow)
{
    cr_expect_float_eq(link_pcie_bytes(3, 16), 15.75e9, 0.01e9);
    cr_expect_float_eq(link_pcie_bytes(5, 16), 63.0e9, 0.1e9);
    cr_expect_float_eq(link_pcie_bytes(1, 1), 250e6, 1);
    cr_expect(isnan(link_pcie_bytes(0, 16)) && isnan(link_pcie_bytes(99, 16)) &&
              isnan(link_pcie_bytes(NAN, 16)));
}

Test(link, the_best_of_no_copies_is_unknown)
{
    const nanos taken[] = {4000, 2000, 3000};
    cr_expect_float_eq(link_best(2000, taken, 3), 1e9, 1);
    cr_expect(isnan(link_best(2000, taken, 0)));
}

Test(link, a_link_below_its_maximum_is_degraded_and_names_the_lanes_of_card_and_slot)
{
    struct link_pcie p = {5, 8, 5, 16, NAN, NAN};
    char text[256];
    cr_expect(link_is_degraded(&p, text, sizeof text));
    cr_expect_str_eq(text, "PCIe 5 ×8, card and slot can do 5 ×16");
    p.card_width = 16;
    p.slot_width = 8;
    link_is_degraded(&p, text, sizeof text);
    cr_expect(strstr(text, "(the card has 16 lanes, the slot 8)"));
    p.slot_width = 1;
    link_is_degraded(&p, text, sizeof text);
    cr_expect(strstr(text, "(the card has 16 lanes, the slot 1)"));
    p = (struct link_pcie){5, 16, 5, 16, 16, 16};
    cr_expect(!link_is_degraded(&p, text, sizeof text));
    p = (struct link_pcie){NAN, NAN, NAN, NAN, NAN, NAN};
    cr_expect(!link_is_degraded(&p, text, sizeof text), "what is unknown is no fault");
}

Test(link, every_generation_has_the_rate_of_the_standard)
{
    static const double gigabytes_of_16_lanes[] = {4, 8, 15.754, 31.508, 63.015, 121};
    for (int i = 0; i < 6; i++)
        cr_expect_float_eq(link_pcie_bytes(i + 1, 16) / 1e9, gigabytes_of_16_lanes[i], 1e-3,
                           "generation %d", i + 1);
    cr_expect(isnan(link_pcie_bytes(7, 16)));
}

Test(link, words_name_each_direction_and_leave_out_what_is_unknown)
{
    const struct link_rates rates = {55.3e9, 14.1e9, 53.8e9, 0.5};
    struct link_pcie pcie = {.generation = 5, .width = 16};
    char text[256];
    link_words(&rates, &pcie, text, sizeof text);
    cr_expect_str_eq(text, "to the device 55.3 GB/s pinned, 14.1 pageable; from it 53.8 and 5e-10; "
                           "PCIe 5 ×16 can carry 63");
    const struct link_rates unknown = {NAN, NAN, NAN, 0};
    pcie.generation = NAN;
    link_words(&unknown, &pcie, text, sizeof text);
    cr_expect_str_eq(text, "to the device ? GB/s pinned, ? pageable; from it ? and ?");
}

Test(link, the_state_is_read_from_the_facts_of_the_device)
{
    struct facts facts = {0};
    facts_integer(&facts, "device.pcie.generation", 4);
    facts_integer(&facts, "device.pcie.width", 8);
    facts_integer(&facts, "device.pcie.generation_max", 5);
    facts_integer(&facts, "device.pcie.width_max", 16);
    facts_integer(&facts, "device.pcie.card_width", 12);
    facts_text(&facts, "device.pcie.slot_width", "16");
    const struct link_pcie p = link_pcie_of(&facts);
    cr_expect(p.generation == 4 && p.width == 8 && p.generation_max == 5 && p.width_max == 16 &&
              p.card_width == 12);
    cr_expect(isnan(p.slot_width), "a text is no number of lanes");
    facts_free(&facts);
}

/* A device whose pinned copies take 1 ms to it and 2 ms from it, pageable ones ten times as long.
 */
static enum status copied(nanos taken_ns, bool pinned, nanos *taken, size_t count)
{
    for (size_t i = 0; i < count; i++)
        taken[i] = taken_ns * (pinned ? 1 : 10) * (1 + i);
    return STATUS_OK;
}

static enum status copy_in(struct job *job, bool pinned, nanos *taken, size_t count,
                           struct failure *why)
{
    (void)job, (void)why;
    return copied(1000000, pinned, taken, count);
}

static enum status copy_out(struct job *job, bool pinned, nanos *taken, size_t count,
                            struct failure *why)
{
    (void)job, (void)why;
    return copied(2000000, pinned, taken, count);
}

static size_t copies;

static enum status copy_fails(struct job *job, bool pinned, nanos *taken, size_t count,
                              struct failure *why)
{
    (void)job, (void)pinned, (void)taken, (void)count;
    copies++;
    return fail(why, STATUS_FAILED, "no memory to pin");
}

static enum status copy_loses(struct job *job, bool pinned, nanos *taken, size_t count,
                              struct failure *why)
{
    (void)job, (void)pinned, (void)taken, (void)count;
    copies++;
    return fail(why, STATUS_LOST, "the device is gone");
}

Test(link, both_directions_are_measured_pinned_and_pageable)
{
    const struct backend backend = {.copy_in = copy_in, .copy_out = copy_out};
    const struct problem p = {.n = 500, .element = ELEMENT_F32}; /* 1 MB */
    struct link_rates rates;
    cr_assert_eq(link_measure(&backend, NULL, &p, &rates, NULL), STATUS_OK);
    cr_expect_float_eq(rates.in_pinned, 1e9, 1);
    cr_expect_float_eq(rates.in_pageable, 1e8, 1);
    cr_expect_float_eq(rates.out_pinned, 5e8, 1);
    cr_expect_float_eq(rates.out_pageable, 5e7, 1);
    json_t *json = link_to_json(&rates);
    cr_expect_float_eq(json_real_value(json_object_get(json, "out_pageable")), 5e7, 1);
    json_decref(json);
}

Test(link, a_copy_that_fails_is_unknown_and_a_lost_device_ends_the_copies)
{
    const struct problem p = {.n = 500};
    struct link_rates rates;
    struct backend backend = {.copy_in = copy_fails};
    cr_expect_eq(link_measure(&backend, NULL, &p, &rates, NULL), STATUS_OK);
    cr_expect_eq(copies, 2, "each copy is tried");
    cr_expect(isnan(rates.in_pinned) && isnan(rates.in_pageable) && isnan(rates.out_pinned) &&
              isnan(rates.out_pageable));
    json_t *json = link_to_json(&rates);
    cr_expect(json_is_null(json_object_get(json, "in_pinned")));
    json_decref(json);

    backend.copy_in = copy_loses;
    copies = 0;
    cr_expect_eq(link_measure(&backend, NULL, &p, &rates, NULL), STATUS_LOST);
    cr_expect_eq(copies, 1);
}
