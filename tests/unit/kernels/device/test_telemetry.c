#include "kernels/device/telemetry.h"

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

Test(telemetry, power_and_temperature_are_medians_too)
{
    static const struct reading warm[] = {
        {.when = MS(100), .power_mw = 600000, .temperature_c = 50},
        {.when = MS(120), .power_mw = 700500, .temperature_c = 60},
        {.when = MS(140), .power_mw = -1, .temperature_c = 61},
    };
    struct sample sample = {0};
    telemetry_mark_from(warm, 3, MS(100), MS(150), &sample);
    cr_expect_eq(sample.power_w, 650.25, "%g", sample.power_w);
    cr_expect_eq(sample.temperature_c, 60);
    sample = (struct sample){0};
    telemetry_mark_from(warm + 2, 1, MS(130), MS(150), &sample);
    cr_expect_eq(sample.power_w, 0);
    cr_expect_eq(sample.temperature_c, 61);
}

/* A counter read every 20 ms: 100 W up to 200 ms, then 500 W. */
static double energy(unsigned from_ms, unsigned to_ms, unsigned launches, int64_t broken_at)
{
    struct reading r[20];
    for (int i = 0; i < 20; i++)
        r[i] = (struct reading){.when = MS(20 * i + 20),
                                .energy_mj = i < 10 ? 2000 * i : 18000 + 10000 * (i - 9)};
    if (broken_at >= 0)
        r[broken_at].energy_mj = -1;
    struct sample sample = {.launches = launches};
    telemetry_mark_from(r, 20, MS(from_ms), MS(to_ms), &sample);
    return sample.energy_j;
}

Test(telemetry, the_energy_of_a_launch_is_its_time_at_the_mean_power)
{
    cr_expect_float_eq(energy(240, 400, 1, -1), 500 * 0.160, 1e-9);
    cr_expect_float_eq(energy(240, 400, 8, -1), 500 * 0.020, 1e-9);
    cr_expect_float_eq(energy(100, 300, 1, -1), 300 * 0.200, 1e-9);
}

Test(telemetry, a_short_sample_has_the_mean_power_of_the_last_tenth_of_a_second)
{
    cr_expect_float_eq(energy(390, 400, 1, -1), 500 * 0.010, 1e-9);
    cr_expect_float_eq(energy(245, 250, 1, -1), 260 * 0.005, 1e-9); /* 140 … 240 ms: 60 at 100 W */
}

Test(telemetry, an_energy_that_cannot_be_told_is_none)
{
    cr_expect_eq(energy(20, 60, 1, -1), 0, "not a tenth of a second yet");
    cr_expect_float_eq(energy(390, 400, 1, 19), 500 * 0.010, 1e-9, "one question unanswered");
    struct reading still[] = {{.when = MS(100), .energy_mj = 7}, {.when = MS(300), .energy_mj = 7}};
    struct sample sample = {0};
    telemetry_mark_from(still, 2, MS(100), MS(300), &sample);
    cr_expect_eq(sample.energy_j, 0, "a counter that stands still");
    still[1].energy_mj = 3;
    telemetry_mark_from(still, 2, MS(100), MS(300), &sample);
    cr_expect_eq(sample.energy_j, 0, "a counter that began anew");
    still[0].energy_mj = 0;
    telemetry_mark_from(still, 2, MS(100), MS(300), &sample);
    cr_expect_float_eq(sample.energy_j, 0.003, 1e-12, "a counter that begins with the sample");
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
    cr_expect_eq(sample.energy_j, 0);
    cr_expect_eq(facts.count, 0);
}
