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
    p = (struct link_pcie){5, 16, 5, 16, 16, 16};
    cr_expect(!link_is_degraded(&p, text, sizeof text));
    p = (struct link_pcie){NAN, NAN, NAN, NAN, NAN, NAN};
    cr_expect(!link_is_degraded(&p, text, sizeof text), "what is unknown is no fault");
}
