/* test_device.c - the NUMA node of a GPU, as the kernel lists it by its PCI address. */
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
