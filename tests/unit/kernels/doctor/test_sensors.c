/* test_sensors.c - where doctor's lines about a GPU's sensors turn from well to not. */
#define _GNU_SOURCE 1 /* sched_setaffinity */
#include "kernels/doctor/sensors.h"

#include "harness/host/host.h"
#include "tests/unit/fake_library.h"
#include "tests/unit/host_tree.h"

#include <criterion/criterion.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 32 };

static struct doctor_line lines[LINES];
static struct doctor_sheet sheet;
static struct link_pcie pcie;

/* NVML is asked by a process of its own, which keeps the environment that it began with. */
static void look(const char *mood, const char *set, const struct file *files)
{
    struct device_request request = {0};
    struct device *d;
    struct failure why;
    setenv("FAKECUDA_PROFILE", "h100", 1);
    setenv("FAKENVML", mood, 1);
    setenv("FAKENVML_SET", set, 1);
    fake_library_load("libcuda.so.1");
    fake_library_load("libnvidia-ml.so.1");
    host_tree_make(files);
    cr_assert_eq(device_open(&request, &d, &why), STATUS_OK, "%s", why.text);
    sheet = (struct doctor_sheet){lines, 0, LINES};
    gpu_doctor_sensors(&sheet, d);
    pcie = sensors_pcie(d, nvml_open(d->pci));
    device_close(d);
    host_tree_remove();
}

static void look_at(const char *set)
{
    look("ok", set, (const struct file[]){{NULL, NULL}});
}

static const struct doctor_line *line_of(const char *what)
{
    for (size_t i = 0; i < sheet.count; i++)
        if (strcmp(lines[i].what, what) == 0)
            return &lines[i];
    return NULL;
}

static void expect(const char *what, const char *found, enum doctor_state state)
{
    const struct doctor_line *l = line_of(what);
    cr_assert_not_null(l, "%s", what);
    cr_expect_str_eq(l->found, found);
    cr_expect_eq(l->state, state, "%s", what);
    cr_expect_eq(*l->advice != '\0', state == DOCTOR_WARN, "%s: %s", what, l->advice);
}

Test(sensors, at_85_degrees_a_card_is_hot)
{
    look_at("temperature:85");
    expect("temperature", "85 °C", DOCTOR_WARN);
}

Test(sensors, at_84_degrees_it_is_not)
{
    look_at("temperature:84");
    expect("temperature", "84 °C", DOCTOR_OK);
}

Test(sensors, at_freezing_point_it_has_a_temperature)
{
    look_at("temperature:0");
    expect("temperature", "0 °C", DOCTOR_OK);
}

Test(sensors, a_limit_below_the_default_is_a_warning)
{
    look_at("enforced:699000");
    expect("power limit", "699 W, the default is 700 W", DOCTOR_WARN);
}

Test(sensors, a_limit_above_the_default_is_named)
{
    look_at("enforced:701999");
    expect("power limit", "701 W, the default is 700 W", DOCTOR_OK);
}

Test(sensors, the_default_limit_is_said_once)
{
    look_at("enforced:300000,default:300000");
    expect("power limit", "300 W", DOCTOR_OK);
}

Test(sensors, processes_are_those_beside_this_one)
{
    look_at("processes:3");
    expect("other processes", "2 computing", DOCTOR_WARN);
}

Test(sensors, without_a_process_there_is_no_other_one)
{
    look_at("processes:0");
    expect("other processes", "none", DOCTOR_OK);
}

/* As a driver tells of a GPU that sits on no slot. */
Test(sensors, a_link_of_generation_zero_is_unknown)
{
    setenv("FAKE_GEN", "0", 1);
    look_at("");
    cr_expect_null(line_of("PCIe"));
    cr_expect(isnan(pcie.generation), "%g", pcie.generation);
}

Test(sensors, a_link_of_the_first_generation_is_known)
{
    setenv("FAKE_GEN", "1", 1);
    look_at("");
    cr_expect_eq(pcie.generation, 1);
}

/* Idle, bit 0, is no reason. The first four after it are settings, all but one of them. */
Test(sensors, settings_that_hold_clocks_back_are_named_and_no_fault)
{
    look_at("reasons:0x17");
    expect("throttling", "applications_clocks, sw_power_cap, sync_boost", DOCTOR_OK);
}

Test(sensors, each_slowdown_is_a_fault)
{
    look_at("reasons:0x808");
    expect("throttling", "hw_slowdown, unknown", DOCTOR_WARN);
}

Test(sensors, heat_is_a_fault)
{
    look_at("reasons:0x40");
    expect("throttling", "hw_thermal_slowdown", DOCTOR_WARN);
}

Test(sensors, all_reasons_at_once_are_as_many_as_fit)
{
    look_at("reasons:0xfff");
    cr_assert_not_null(line_of("throttling"));
    cr_expect_eq(strncmp(line_of("throttling")->found, "applications_clocks, ", 21), 0);
    cr_expect_eq(line_of("throttling")->state, DOCTOR_WARN);
}

Test(sensors, one_link_is_no_plural)
{
    setenv("FAKENVML_LINKS", "1", 1);
    look_at("");
    expect("NVLink", "1 active link of 26.6 GB/s each way, 26.6 in all", DOCTOR_OK);
}

Test(sensors, without_links_nothing_is_said_of_them)
{
    setenv("FAKENVML_LINKS", "0", 1);
    look_at("");
    cr_expect_null(line_of("NVLink"));
}

Test(sensors, a_link_below_what_card_and_slot_can_do_is_slow)
{
    setenv("FAKE_WIDTH", "8", 1);
    look_at("");
    cr_assert_not_null(line_of("PCIe"));
    cr_expect_str_eq(line_of("PCIe")->found, "5 ×8, card and slot can do 5 ×16");
    cr_expect_eq(line_of("PCIe")->state, DOCTOR_WARN);
}

/* An idle link is slower, so it is asked again while something is copied. */
Test(sensors, a_link_that_wakes_up_while_it_copies_is_fast)
{
    setenv("FAKE_GEN", "1,5", 1);
    look_at("");
    expect("PCIe", "generation 5, 16 lanes", DOCTOR_OK);
}

Test(sensors, a_link_that_takes_more_than_one_copy_to_wake_up_is_fast)
{
    setenv("FAKE_GEN", "1,1,2,5", 1);
    look_at("");
    expect("PCIe", "generation 5, 16 lanes", DOCTOR_OK);
}

Test(sensors, a_card_without_sensors_has_only_what_is_known)
{
    look("absent-fields", "", (const struct file[]){{NULL, NULL}});
    cr_expect_eq(sheet.count, 0, "%s", lines[0].what);
}

Test(sensors, a_driver_whose_nvml_does_not_start_is_said_once)
{
    look("no-init", "", (const struct file[]){{NULL, NULL}});
    cr_expect_eq(sheet.count, 1);
    cr_assert_not_null(line_of("NVML"));
    cr_expect_eq(line_of("NVML")->state, DOCTOR_WARN);
    cr_expect_neq(line_of("NVML")->advice[0], '\0');
}

/* ---- the node of the GPU, beside that of this process, which stays on one CPU meanwhile */

static int stay_here(void)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
    return host_numa_node();
}

static void look_at_node(int node)
{
    char text[16];
    snprintf(text, sizeof text, "%d\n", node);
    look("ok", "",
         (const struct file[]){{"sys/bus/pci/devices/0000:01:00.0/numa_node", text}, {NULL, NULL}});
}

Test(sensors, a_gpu_on_this_node_is_near)
{
    char found[80];
    const int here = stay_here();
    look_at_node(here);
    snprintf(found, sizeof found, "the GPU is on node %d, this process on node %d", here, here);
    expect("NUMA", found, DOCTOR_OK);
}

Test(sensors, a_gpu_on_another_node_is_far)
{
    char found[80];
    const int here = stay_here();
    look_at_node(here + 1);
    snprintf(found, sizeof found, "the GPU is on node %d, this process on node %d", here + 1, here);
    expect("NUMA", found, DOCTOR_WARN);
}

Test(sensors, a_gpu_on_no_node_has_no_line)
{
    look_at_node(-1);
    cr_expect_null(line_of("NUMA"));
}
