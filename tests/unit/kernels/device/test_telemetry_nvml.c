/* test_telemetry_nvml.c - what is read of a simulated NVML, and what is kept of it. */
#include "kernels/device/telemetry.h"
#include "tests/unit/fake_library.h"

#include <criterion/criterion.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

static struct telemetry *of_simulated_gpu(const char *mood)
{
    setenv("FAKECUDA_PROFILE", "h100", 1);
    setenv("FAKENVML", mood, 1);
    fake_library_load("libnvidia-ml.so.1");
    return telemetry_new("0000:01:00.0");
}

/* The first sample in which there is a reading, which comes some milliseconds after the start. */
static struct sample first_sample(struct telemetry *t)
{
    const nanos begin = clock_now(), limit = begin + 10000000000;
    struct sample sample = {0};
    telemetry_start(t);
    while (sample.sm_mhz <= 0 && clock_now() < limit) {
        sched_yield(); /* to the thread that reads */
        telemetry_mark(t, begin, clock_now(), &sample);
    }
    return sample;
}

static int64_t number(const struct facts *f, const char *path)
{
    const struct fact *fact = facts_get(f, path);
    return fact ? fact->integer : -1;
}

Test(telemetry_nvml, a_sample_has_what_nvml_says)
{
    struct telemetry *t = of_simulated_gpu("ok");
    const struct sample sample = first_sample(t);
    cr_expect_eq(sample.sm_mhz, 1755);
    cr_expect_eq(sample.power_w, 123.456);
    cr_expect_eq(sample.power_limit_w, 700);
    cr_expect_eq(sample.temperature_c, 41);
    cr_expect_eq(sample.memory_c, 55);
    cr_expect_eq(sample.throttle, 0);
    telemetry_free(t);
}

Test(telemetry_nvml, a_card_that_is_held_back_says_so)
{
    struct telemetry *t = of_simulated_gpu("throttled");
    struct facts facts = {0};
    const struct sample sample = first_sample(t);
    cr_expect_eq(sample.sm_mhz, 1200);
    cr_expect_eq(sample.power_limit_w, 350);
    cr_expect_eq(sample.temperature_c, 92);
    cr_expect_eq(sample.throttle, 0x24);
    telemetry_stop(t);
    telemetry_facts(t, &facts);
    cr_expect_eq(number(&facts, "device.power_limit_w"), 350);
    cr_expect_eq(number(&facts, "device.temperature_c"), 92);
    cr_expect_eq(number(&facts, "device.persistence"), 0);
    cr_expect_eq(number(&facts, "device.pcie.generation"), 5);
    cr_expect_eq(number(&facts, "device.pcie.width"), 16);
    facts_free(&facts);
    telemetry_free(t);
}

/* A link slows down at rest; the driver is asked when telemetry begins, and with each reading. */
Test(telemetry_nvml, a_link_is_the_fastest_that_it_was)
{
    setenv("FAKE_GEN", "1,5,1", 1);
    setenv("FAKE_WIDTH", "4,16,4", 1);
    struct telemetry *t = of_simulated_gpu("ok");
    struct facts facts = {0};
    first_sample(t);
    telemetry_stop(t);
    telemetry_facts(t, &facts);
    cr_expect_eq(number(&facts, "device.pcie.generation"), 5);
    cr_expect_eq(number(&facts, "device.pcie.width"), 16);
    facts_free(&facts);
    telemetry_free(t);
}

Test(telemetry_nvml, what_the_driver_is_comes_from_nvml_if_nothing_else_says)
{
    struct telemetry *t = of_simulated_gpu("ok");
    struct facts facts = {0};
    telemetry_facts(t, &facts);
    cr_expect_str_eq(facts_get_text(&facts, "driver.version"), "580.00.00");
    cr_expect_eq(number(&facts, "device.power_w"), 123, "rounded from 123456 mW");
    facts_free(&facts);
    facts = (struct facts){0};
    facts_text(&facts, "driver.version", "1.2");
    telemetry_facts(t, &facts);
    cr_expect_str_eq(facts_get_text(&facts, "driver.version"), "1.2");
    facts_free(&facts);
    telemetry_free(t);
}

Test(telemetry_nvml, a_card_without_sensors_has_no_facts_of_them)
{
    struct telemetry *t = of_simulated_gpu("absent-fields");
    struct facts facts = {0};
    telemetry_facts(t, &facts);
    cr_expect_eq(facts.count, 1);
    cr_expect_str_eq(facts_get_text(&facts, "driver.version"), "580.00.00");
    facts_free(&facts);
    telemetry_free(t);
}

Test(telemetry_nvml, faults_are_counted_and_xids_as_they_come)
{
    int64_t c[HEALTH_COUNT];
    setenv("FAKENVML_ROWS", "5,6,1,0", 1);
    setenv("FAKENVML_LINK_ERRORS", "1,10,100,1000", 1);
    setenv("FAKENVML_LINKS", "1", 1);
    setenv("FAKENVML_RISES", "ecc_corrected:7,ecc_uncorrected:2,pcie_replays:4,xid:79", 1);
    struct telemetry *t = of_simulated_gpu("ok");
    telemetry_health(t, c);
    cr_expect_eq(c[HEALTH_ECC_CORRECTED], 3);
    cr_expect_eq(c[HEALTH_ECC_UNCORRECTED], 3);
    cr_expect_eq(c[HEALTH_ROWS_REMAPPED], 5);
    cr_expect_eq(c[HEALTH_ROWS_REMAPPED_UNCORRECTED], 6);
    cr_expect_eq(c[HEALTH_REMAPPING_PENDING], 1);
    cr_expect_eq(c[HEALTH_REMAPPING_FAILED], 0);
    cr_expect_eq(c[HEALTH_PCIE_REPLAYS], 3);
    cr_expect_eq(c[HEALTH_NVLINK_ERRORS], 1111);
    cr_expect_eq(c[HEALTH_XIDS], 0);
    cr_expect_eq(c[HEALTH_LAST_XID], -1);
    telemetry_health(t, c);
    cr_expect_eq(c[HEALTH_ECC_CORRECTED], 10);
    cr_expect_eq(c[HEALTH_ECC_UNCORRECTED], 5);
    cr_expect_eq(c[HEALTH_PCIE_REPLAYS], 7);
    cr_expect_eq(c[HEALTH_XIDS], 1);
    cr_expect_eq(c[HEALTH_LAST_XID], 79);
    telemetry_health(t, c);
    cr_expect_eq(c[HEALTH_XIDS], 1);
    cr_expect_eq(c[HEALTH_LAST_XID], 79);
    telemetry_free(t);
}

Test(telemetry_nvml, the_xid_with_the_smallest_number_is_one)
{
    int64_t c[HEALTH_COUNT];
    setenv("FAKENVML_RISES", "xid:1", 1);
    struct telemetry *t = of_simulated_gpu("ok");
    telemetry_health(t, c);
    telemetry_health(t, c);
    cr_expect_eq(c[HEALTH_XIDS], 1);
    cr_expect_eq(c[HEALTH_LAST_XID], 1);
    telemetry_free(t);
}

Test(telemetry_nvml, without_a_device_no_fault_is_known)
{
    int64_t c[HEALTH_COUNT];
    telemetry_health(NULL, c);
    for (int i = 0; i < HEALTH_COUNT; i++)
        cr_expect_eq(c[i], -1, "%d", i);
}

Test(telemetry_nvml, the_newer_half_stays_where_there_is_no_room)
{
    static struct reading readings[TELEMETRY_READINGS_MAX];
    size_t count = 0;
    for (nanos when = 1; when <= TELEMETRY_READINGS_MAX; when++) {
        telemetry_keep(readings, &count, &(struct reading){.when = when});
        cr_assert_eq(count, when);
    }
    telemetry_keep(readings, &count, &(struct reading){.when = TELEMETRY_READINGS_MAX + 1});
    cr_expect_eq(count, TELEMETRY_READINGS_MAX / 2 + 1);
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(readings[i].when, TELEMETRY_READINGS_MAX / 2 + 1 + i, "%zu", i);
}
