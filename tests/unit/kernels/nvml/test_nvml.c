/* test_nvml.c - what is read through the server process, from the fake NVML that lies beside the
 * unit tests' program. */
#include "kernels/nvml/nvml.h"
#include "tests/unit/fake_library.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct nvml_device *open_fake(const char *mode)
{
    fake_library_load("libnvidia-ml.so.1");
    setenv("FAKENVML", mode, 1);
    struct nvml_device *device = nvml_open("0000:01:00.0");
    cr_assert_not_null(device);
    return device;
}

Test(nvml, processes_are_counted_though_there_is_no_room_for_their_list)
{
    cr_expect_eq(nvml_get(open_fake("fine"), NVML_PROCESSES), 1);
}

Test(nvml, all_processes_are_counted)
{
    cr_expect_eq(nvml_get(open_fake("throttled"), NVML_PROCESSES), 2);
}

Test(nvml, a_number_that_no_card_has_is_unknown)
{
    struct nvml_device *device = open_fake("garbage");
    cr_expect_eq(nvml_get(device, NVML_PROCESSES), -1);
    cr_expect_eq(nvml_get(device, NVML_TEMPERATURE_C), -1);
    cr_expect_eq(nvml_get(NULL, NVML_PROCESSES), -1);
}

Test(nvml, a_lost_device_has_no_number_of_processes)
{
    cr_expect_eq(nvml_get(open_fake("failing"), NVML_PROCESSES), -1);
}
