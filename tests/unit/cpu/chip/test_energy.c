/* The energy counters of the processor, from trees of files. */
#include "cpu/chip/energy.h"
#include "harness/host/files.h"
#include "tests/unit/host_tree.h"
#include "tests/unit/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define RAPL "sys/class/powercap/intel-rapl:"

/* A server with two sockets; cores and the platform are not counted beside their packages. */
static const struct file intel[] = {
    {RAPL "0/name", "package-0\n"},
    {RAPL "0/energy_uj", "1000000\n"},
    {RAPL "0/max_energy_range_uj", "262143328850\n"},
    {RAPL "0:0/name", "dram\n"},
    {RAPL "0:0/energy_uj", "500000\n"},
    {RAPL "0:0/max_energy_range_uj", "65712999613\n"},
    {RAPL "0:1/name", "core\n"},
    {RAPL "0:1/energy_uj", "7\n"},
    {RAPL "1/name", "package-1\n"},
    {RAPL "1/energy_uj", "262143000000\n"},
    {RAPL "1/max_energy_range_uj", "262143328850\n"},
    {RAPL "2/name", "psys\n"},
    {RAPL "2/energy_uj", "9\n"},
    {"sys/class/powercap/intel-rapl-mmio:0/name", "package-0\n"},
    {"sys/class/powercap/intel-rapl-mmio:0/energy_uj", "1000000\n"},
    {NULL, NULL},
};

/* A reading `ms` milliseconds after the start of time. */
static struct energy_reading at(const struct energy *e, nanos ms)
{
    struct energy_reading now;
    energy_read(e, &now);
    now.when = 1000000 * (ms + 1);
    return now;
}

Test(energy, packages_and_their_memory_are_counted_once)
{
    struct energy e;
    host_tree_make(intel);
    energy_open(&e);
    cr_expect_eq(e.count, 3);
    cr_expect(strstr(e.state, "package-0") && strstr(e.state, "package-1") &&
                  strstr(e.state, "dram"),
              "%s", e.state);
    const struct energy_reading from = at(&e, 0);
    scratch_file(RAPL "0/energy_uj", "3500000\n");
    scratch_file(RAPL "0:0/energy_uj", "750000\n");
    const struct energy_reading to = at(&e, 500);
    cr_expect_float_eq(energy_between(&e, &from, &to), 2.75, 1e-9);
    host_tree_remove();
}

Test(energy, a_counter_that_begins_again_goes_on)
{
    struct energy e;
    host_tree_make(intel);
    energy_open(&e);
    const struct energy_reading from = at(&e, 0);
    scratch_file(RAPL "1/energy_uj", "671150\n");
    const struct energy_reading to = at(&e, 500);
    cr_expect_float_eq(energy_between(&e, &from, &to), 1.0, 1e-9);

    /* After so long it may have begun again more than once: 65713 J at 1500 W are 44 s. */
    const struct energy_reading late = at(&e, 60000);
    cr_expect(isnan(energy_between(&e, &from, &late)));
    host_tree_remove();
}

Test(energy, what_is_not_known_is_not_a_number)
{
    struct energy e;
    host_tree_make(intel);
    energy_open(&e);
    const struct energy_reading from = at(&e, 0), same = at(&e, 500);
    cr_expect(isnan(energy_between(&e, &from, &same)), "no counter moved");
    scratch_file(RAPL "0/energy_uj", "none\n");
    const struct energy_reading broken = at(&e, 600);
    cr_expect(isnan(energy_between(&e, &from, &broken)));
    host_tree_remove();
}

Test(energy, counters_that_cannot_be_read_or_are_not_there_are_said)
{
    struct energy e;
    static const struct file forbidden[] = {
        {RAPL "0/name", "package-0\n"}, {RAPL "0/energy_uj", NULL}, {NULL, NULL}};
    static const struct file none[] = {{"sys/class", NULL}, {NULL, NULL}};
    struct energy_reading now;
    host_tree_make(forbidden);
    energy_open(&e);
    cr_expect_eq(e.count, 0);
    cr_expect(strstr(e.state, "not readable: needs root, or sudo chmod a+r"), "%s", e.state);
    energy_read(&e, &now);
    cr_expect_not(now.is_known);
    host_tree_remove();
    host_tree_make(none);
    energy_open(&e);
    cr_expect(strstr(e.state, "no counter"), "%s", e.state);
    host_tree_remove();
}

Test(energy, a_part_of_the_counters_is_not_taken_for_all)
{
    struct energy e;
    static const struct file half[] = {{RAPL "0/name", "package-0\n"},
                                       {RAPL "0/energy_uj", "1000\n"},
                                       {RAPL "1/name", "package-1\n"},
                                       {RAPL "1/energy_uj", NULL},
                                       {NULL, NULL}};
    host_tree_make(half);
    energy_open(&e);
    cr_expect_eq(e.count, 0);
    cr_expect_str_eq(e.state, "not readable: needs root, or sudo chmod a+r "
                              "/sys/class/powercap/intel-rapl:*/energy_uj");
    scratch_file("sys/class/hwmon/hwmon3/energy1_label", "Esocket0\n");
    scratch_file("sys/class/hwmon/hwmon3/energy1_input", "1000000\n");
    energy_open(&e);
    cr_expect_str_eq(e.state, "amd_energy: Esocket0", "another source that is whole");
    host_tree_remove();
    static const struct file sockets[] = {{"sys/class/hwmon/hwmon3/energy1_label", "Esocket0\n"},
                                          {"sys/class/hwmon/hwmon3/energy1_input", "1000000\n"},
                                          {"sys/class/hwmon/hwmon3/energy2_label", "Esocket1\n"},
                                          {"sys/class/hwmon/hwmon3/energy2_input", NULL},
                                          {NULL, NULL}};
    host_tree_make(sockets);
    energy_open(&e);
    cr_expect_eq(e.count, 0);
    cr_expect_str_eq(e.state, "not readable: needs root, or sudo chmod a+r "
                              "/sys/class/hwmon/hwmon*/energy*_input");
    host_tree_remove();
}

Test(energy, a_value_beyond_its_range_is_not_known)
{
    struct energy e;
    host_tree_make(intel);
    scratch_file(RAPL "1/energy_uj", "3000000\n");
    scratch_file(RAPL "1/max_energy_range_uj", "2000000\n");
    energy_open(&e);
    const struct energy_reading from = at(&e, 0);
    scratch_file(RAPL "0/energy_uj", "9500000\n");
    scratch_file(RAPL "1/energy_uj", "10\n");
    const struct energy_reading to = at(&e, 1);
    cr_expect(isnan(energy_between(&e, &from, &to)));
    host_tree_remove();
}

Test(energy, amd_energy_and_the_power_meters_of_grace_are_read_where_powercap_is_not)
{
    struct energy e;
    static const struct file amd[] = {{"sys/class/hwmon/hwmon3/energy1_label", "Ecore000\n"},
                                      {"sys/class/hwmon/hwmon3/energy1_input", "5\n"},
                                      {"sys/class/hwmon/hwmon3/energy2_label", "Esocket0\n"},
                                      {"sys/class/hwmon/hwmon3/energy2_input", "1000000\n"},
                                      {NULL, NULL}};
    static const struct file grace[] = {
        {"sys/class/hwmon/hwmon1/device/power1_oem_info", "Grace Power Socket 0\n"},
        {"sys/class/hwmon/hwmon1/device/power1_average", "200000000\n"},
        {"sys/class/hwmon/hwmon2/device/power1_oem_info", "CPU Power Socket 0\n"},
        {"sys/class/hwmon/hwmon2/device/power1_average", "150000000\n"},
        {NULL, NULL}};
    host_tree_make(amd);
    energy_open(&e);
    cr_expect_str_eq(e.state, "amd_energy: Esocket0");
    const struct energy_reading from = at(&e, 0);
    scratch_file("sys/class/hwmon/hwmon3/energy2_input", "1250000\n");
    const struct energy_reading to = at(&e, 1);
    cr_expect_float_eq(energy_between(&e, &from, &to), 0.25, 1e-9);
    host_tree_remove();
    host_tree_make(grace);
    energy_open(&e);
    cr_expect_str_eq(e.state, "power meter: Grace Power Socket 0");
    const struct energy_reading start = at(&e, 0);
    scratch_file("sys/class/hwmon/hwmon1/device/power1_average", "300000000\n");
    const struct energy_reading end = at(&e, 2000);
    cr_expect_float_eq(energy_between(&e, &start, &end), 500.0, 1e-9);
    host_tree_remove();
}

/* Names of 60 letters fill the sentence with the third of them. */
Test(energy, names_of_counters_are_listed_as_far_as_there_is_room)
{
    struct energy e;
    char name[80], path[96];
    host_set_root(scratch_make());
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "package-%02d-%050d\n", i, 0);
        snprintf(path, sizeof path, RAPL "%d/name", i);
        scratch_file(path, name);
        snprintf(path, sizeof path, RAPL "%d/energy_uj", i);
        scratch_file(path, "1000000\n");
    }
    energy_open(&e);
    cr_expect_eq(e.count, 32);
    cr_expect_eq(strlen(e.state), sizeof e.state - 1);
    cr_expect_null(e.forbidden);
    host_set_root(NULL);
    scratch_remove();
}

/* A counter of 3 kJ goes around once in 2 s at the 1500 W that no processor exceeds. */
Test(energy, a_counter_is_believed_for_as_long_as_it_goes_around_once)
{
    struct energy e = {.count = 1, .counters = {{.range_uj = 3000000000}}};
    const struct energy_reading from = {.when = 1, .value = {2000000000}, .is_known = true};
    struct energy_reading to = {.when = 2000000001, .value = {1000000000}, .is_known = true};
    cr_expect_float_eq(energy_between(&e, &from, &to), 2000, 1e-9);
    to.when += 10;
    cr_expect(isnan(energy_between(&e, &from, &to)));
    e.counters[0].range_uj = 0;
    cr_expect(isnan(energy_between(&e, &from, &to)), "it never goes around");
    to.value[0] = 2000000001;
    cr_expect_float_eq(energy_between(&e, &from, &to), 1e-6, 1e-12);
    to.value[0] = 2000000000;
    cr_expect(isnan(energy_between(&e, &from, &to)), "it did not move");
    to.value[0]++;
    to.when = 1;
    cr_expect(isnan(energy_between(&e, &from, &to)), "no time passed");
    to.when = 2;
    to.is_known = false;
    cr_expect(isnan(energy_between(&e, &from, &to)));
    cr_expect(
        isnan(energy_between(&e, &to, &(struct energy_reading){.when = 3, .is_known = true})));
}

Test(energy, a_value_at_the_end_of_the_range_goes_on_from_zero)
{
    const struct energy e = {.count = 1, .counters = {{.range_uj = 3000000000}}};
    struct energy_reading from = {.when = 1, .value = {3000000000}, .is_known = true};
    const struct energy_reading to = {.when = 2, .value = {5}, .is_known = true};
    cr_expect_float_eq(energy_between(&e, &from, &to), 5e-6, 1e-12);
    from.value[0]++;
    cr_expect(isnan(energy_between(&e, &from, &to)), "it was reset");
}
