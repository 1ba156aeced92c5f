#include "kernels/telemetry.h"

#include <criterion/criterion.h>

#define MS(x) ((nanos)(x) * 1000000)

/* Every 20 ms from 100 ms on. */
static const struct reading readings[] = {
    {.when = MS(100), .sm_mhz = 300, .clock_reasons = 0x1},
    {.when = MS(120), .sm_mhz = 1980, .clock_reasons = 0},
    {.when = MS(140), .sm_mhz = 1200, .clock_reasons = 0x20},
    {.when = MS(160), .sm_mhz = 1700, .clock_reasons = 0x4},
    {.when = MS(180), .sm_mhz = -1, .clock_reasons = -1},
};
enum { COUNT = sizeof readings / sizeof *readings };

static void expect(unsigned from_ms, unsigned to_ms, double mhz, uint32_t throttle)
{
    struct sample sample = {0};
    telemetry_mark_from(readings, COUNT, MS(from_ms), MS(to_ms), &sample);
    cr_expect_eq(sample.sm_mhz, mhz, "%u … %u ms: %g MHz, want %g", from_ms, to_ms, sample.sm_mhz,
                 mhz);
    cr_expect_eq(sample.throttle, throttle, "%u … %u ms: reasons %x, want %x", from_ms, to_ms,
                 sample.throttle, throttle);
}

Test(telemetry, a_sample_has_the_median_clock_and_all_reasons_of_the_readings_within)
{
    expect(110, 170, 1700, 0x24);
    expect(120, 140, 1590, 0x20);
    expect(100, 200, 1450, 0x24);
}

Test(telemetry, a_short_sample_has_what_was_read_last_before_it)
{
    expect(141, 142, 1200, 0x20);
    expect(121, 122, 1980, 0);
}

Test(telemetry, idle_is_no_reason)
{
    expect(99, 101, 300, 0);
}

Test(telemetry, nothing_is_known_before_the_first_reading_or_long_after_the_last)
{
    expect(50, 90, 0, 0);
    struct sample sample = {0};
    telemetry_mark_from(readings, COUNT - 1, MS(200), MS(201), &sample);
    cr_expect_eq(sample.sm_mhz, 1700);
    sample = (struct sample){0};
    telemetry_mark_from(readings, COUNT - 1, MS(201), MS(202), &sample);
    cr_expect_eq(sample.sm_mhz, 0);
    cr_expect_eq(sample.throttle, 0);
    telemetry_mark_from(NULL, 0, MS(1), MS(2), &sample);
    cr_expect_eq(sample.sm_mhz, 0);
}

Test(telemetry, what_nvml_does_not_say_is_unknown)
{
    expect(170, 190, 0, 0);
}

Test(telemetry, without_nvml_it_starts_and_stops_and_knows_nothing)
{
    struct telemetry *t = telemetry_new("0000:ff:00.0");
    struct sample sample = {0};
    struct facts facts = {0};
    cr_assert_not_null(t);
    telemetry_stop(t);
    for (int i = 0; i < 2; i++) {
        telemetry_start(t);
        telemetry_start(t);
        telemetry_mark(t, 0, clock_now(), &sample);
        telemetry_stop(t);
    }
    telemetry_start(t);
    telemetry_free(t);
    telemetry_facts(NULL, &facts);
    telemetry_start(NULL);
    telemetry_mark(NULL, 0, 1, &sample);
    telemetry_free(NULL);
    cr_expect_eq(sample.sm_mhz, 0);
    cr_expect_eq(facts.count, 0);
}
