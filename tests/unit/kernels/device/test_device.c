/* test_device.c - the NUMA node of a GPU, as the kernel lists it by its PCI address, and its facts.
 */
#include "harness/host/host.h"
#include "kernels/device/device.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <string.h>

Test(device, its_numa_node_is_that_of_its_pci_address_and_minus_one_where_none_is_listed)
{
    static const struct {
        const char *pci;
        int node;
    } cases[] = {{"0000:AF:00.0", 1},
                 {"0000:01:00.0", 0},
                 {"0000:02:00.0", -1},
                 {"0000:03:00.0", -1},
                 {"", -1}};
    host_set_root(scratch_make());
    scratch_file("sys/bus/pci/devices/0000:af:00.0/numa_node", "1\n");
    scratch_file("sys/bus/pci/devices/0000:01:00.0/numa_node", "0\n");
    scratch_file("sys/bus/pci/devices/0000:02:00.0/numa_node", "-1\n");
    scratch_file("sys/bus/pci/devices/numa_node", "7\n");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct device d = {0};
        strcpy(d.pci, cases[i].pci);
        cr_expect_eq(device_numa_node(&d), cases[i].node, "%s: %d", cases[i].pci,
                     device_numa_node(&d));
    }
    host_set_root(NULL);
    scratch_remove();
}

/* The kernel lists the port below which the card sits as the parent of the card. */
Test(device, its_widths_are_those_of_the_card_and_of_the_port_above_it)
{
    struct device d = {.pci = "0000:AF:00.0"};
    int64_t card, slot;
    host_set_root(scratch_make());
    scratch_file("sys/bus/pci/devices/0000:af:00.0/max_link_width", "16\n");
    scratch_file("sys/bus/pci/devices/max_link_width", "8\n");
    device_pcie_widths(&d, &card, &slot);
    cr_expect_eq(card, 16);
    cr_expect_eq(slot, 8);
    strcpy(d.pci, "0000:b0:00.0");
    device_pcie_widths(&d, &card, &slot);
    cr_expect_eq(card, -1);
    cr_expect_eq(slot, -1);
    host_set_root(NULL);
    scratch_remove();
}

static void expect_number(const struct facts *f, const char *path, int64_t value)
{
    const struct fact *fact = facts_get(f, path);
    cr_assert_not_null(fact, "%s", path);
    cr_expect_eq(fact->integer, value, "%s", path);
}

Test(device, its_facts_are_what_is_known_of_it)
{
    struct device d = {.cc = 89,
                       .sms = 128,
                       .clock_khz = 2520000,
                       .memory_clock_khz = 10501000,
                       .bus_bits = 384,
                       .l2_bytes = 72 << 20,
                       .memory_limit = 1 << 30,
                       .image_family = "portable",
                       .image_note = "no native image",
                       .module = {{.name = "service/fill", .family = "portable"}},
                       .module_count = 1,
                       .cu = {.version = 12080}};
    struct facts f = {0};
    device_add_facts(&d, &f);
    cr_expect_str_eq(facts_get_text(&f, "device.compute_capability"), "8.9");
    expect_number(&f, "device.sms", 128);
    expect_number(&f, "device.clock_max_hz", INT64_C(2520000000));
    expect_number(&f, "device.memory.clock_max_hz", INT64_C(10501000000));
    expect_number(&f, "device.memory.limit", 1 << 30);
    expect_number(&f, "driver.cuda_api", 12080);
    cr_expect_str_eq(facts_get_text(&f, "images.forced"), "portable");
    cr_expect_str_eq(facts_get_text(&f, "images.loaded.service/fill"), "portable");
    cr_expect_str_eq(facts_get_text(&f, "images.note"), "no native image");
    facts_free(&f);
    f = (struct facts){0};
    d = (struct device){.cc = 30};
    device_add_facts(&d, &f);
    cr_expect_null(facts_get(&f, "images.note"));
    cr_expect_null(facts_get(&f, "images.forced"));
    cr_expect_null(facts_get(&f, "device.memory.limit"));
    facts_free(&f);
}

/* NUMA node 0 is reported too; without a node in /sys the fact is absent. */
Test(device, its_node_and_its_widths_are_facts_where_the_kernel_lists_them)
{
    struct device d = {.pci = "0000:AF:00.0"};
    struct facts f = {0};
    host_set_root(scratch_make());
    scratch_file("sys/bus/pci/devices/0000:af:00.0/numa_node", "0\n");
    scratch_file("sys/bus/pci/devices/0000:af:00.0/max_link_width", "1\n");
    scratch_file("sys/bus/pci/devices/max_link_width", "1\n");
    device_add_facts(&d, &f);
    cr_expect_str_eq(facts_get_text(&f, "device.pci"), "0000:AF:00.0");
    expect_number(&f, "device.numa_node", 0);
    expect_number(&f, "device.pcie.card_width", 1);
    expect_number(&f, "device.pcie.slot_width", 1);
    facts_free(&f);
    f = (struct facts){0};
    scratch_file("sys/bus/pci/devices/0000:af:00.0/numa_node", "-1\n");
    scratch_file("sys/bus/pci/devices/0000:af:00.0/max_link_width", "0\n");
    scratch_file("sys/bus/pci/devices/max_link_width", "0\n");
    device_add_facts(&d, &f);
    cr_expect_null(facts_get(&f, "device.numa_node"));
    cr_expect_null(facts_get(&f, "device.pcie.card_width"));
    cr_expect_null(facts_get(&f, "device.pcie.slot_width"));
    facts_free(&f);
    host_set_root(NULL);
    scratch_remove();
}
