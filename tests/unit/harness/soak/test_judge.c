/* test_judge.c - what a verdict says of each kind of fault, and where its limits are. */
#include "harness/result/document.h"
#include "harness/soak/judge.h"
#include "harness/soak/soak_json.h"
#include "tests/unit/example_result.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct variant sum = {.op = OP_SUM_AAT, .name = "fast", .arithmetic = ARITH_F32};
static const struct variant stored = {.op = OP_MATMUL, .name = "fast", .arithmetic = ARITH_BF16};

static struct soak soak;
static struct soak_verdict v;

/* A hundred seconds in which nothing happened. */
static void begin(void)
{
    soak = (struct soak){.elapsed_s = 100, .launches = 1000};
    const struct problem p = {.n = 64};
    soak_add(&soak, &sum, &p);
    soak_add(&soak, &stored, &p);
    for (int i = 0; i < HEALTH_COUNT; i++)
        soak.before[i] = soak.after[i] = 0;
    soak.before[HEALTH_XIDS] = soak.after[HEALTH_XIDS] = -1;
}

static void end(void)
{
    soak_free(&soak);
}

TestSuite(judge, .init = begin, .fini = end);

static void expect(enum soak_outcome outcome, const char *reason, const char *remark)
{
    v = soak_judge(&soak);
    cr_expect_eq(v.outcome, outcome, "%s", soak_outcome_name(v.outcome));
    cr_expect_str_eq(v.reason, reason, "%s", v.reason);
    cr_expect_str_eq(v.remark, remark, "%s", v.remark);
}

static void add_error(size_t load, size_t job, struct mismatch what)
{
    soak.errors[soak.error_count++] =
        (struct soak_error){.at_s = 2.5, .load = load, .job = job, .what = what};
    soak.wrong++;
}

Test(judge, a_difference_names_its_place_address_and_whether_it_came_again)
{
    struct mismatch m = {.launch = 7,
                         .words = 1,
                         .first = {12, 34},
                         .last = {12, 34},
                         .first_address = 0xabc0,
                         .bits = 0x10};
    add_error(1, 3, m);
    expect(SOAK_FAULTY,
           "1 of 1000 launches left other bits, first after 2.5 s: launch 7 of matmul/bf16/fast on "
           "matrix 3, C[12][34] at 0xabc0, bits 0x00000010, once there",
           "");
    m.first.col = 35;
    add_error(1, 3, m);
    m.first.col = 34;
    add_error(1, 2, m);
    add_error(0, 3, m);
    v = soak_judge(&soak);
    cr_expect_not_null(strstr(v.reason, "once there"), "%s", v.reason);
    add_error(1, 3, m);
    soak.errors[0].what.words = 9;
    soak.errors[0].what.last = (struct entry){900, 1};
    expect(SOAK_FAULTY,
           "5 of 1000 launches left other bits, first after 2.5 s: launch 7 of matmul/bf16/fast on "
           "matrix 3, 9 words of C, from C[12][34] to C[900][1] at 0xabc0 and beyond, bits "
           "0x00000010, there again and again",
           "");
    soak.errors[0].load = 0;
    soak.errors[0].what.first_address = 0;
    v = soak_judge(&soak);
    cr_expect_not_null(strstr(v.reason, "of sum-aat/f32/fast on matrix 3, the sum, bits"), "%s",
                       v.reason);
}

/* What follows the first sentence. */
static void expect_trial(struct sm_trial trial, const char *want)
{
    soak.trial[SM_TENSOR_CORES] = trial;
    v = soak_judge(&soak);
    const char *got = strstr(v.reason, "there; ");
    cr_expect_str_eq(got ? got + 7 : "", want, "%s", v.reason);
}

Test(judge, trials_name_the_multiprocessors_that_differ)
{
    add_error(0, 0, (struct mismatch){.words = 1});
    expect_trial((struct sm_trial){.sms = 4}, "");
    expect_trial((struct sm_trial){.sms = 4, .launches = 8},
                 "all 4 SMs agreed in 8 trials of a tile on tensor cores");
    struct sm_trial t = {.sms = 4, .launches = 8, .suspects = 2};
    t.suspect[0].sm = 1;
    t.suspect[0].wrong = 5;
    t.suspect[1].sm = 3;
    t.suspect[1].wrong = 6;
    expect_trial(t, "SM 1 computed other bits than the others in 5 of 8 trials of a tile on tensor "
                    "cores; SM 3 computed other bits than the others in 6 of 8 trials of a tile on "
                    "tensor cores");
    t.suspects = t.sms = 2;
    expect_trial(t, "its 2 SMs disagreed in 5 of 8 trials of a tile on tensor cores");
    soak.trial[SM_MULTIPLY_ADDS] = (struct sm_trial){.sms = 4, .launches = 8};
    soak.trial[SM_TENSOR_CORES] = (struct sm_trial){0};
    v = soak_judge(&soak);
    cr_expect_not_null(strstr(v.reason, "; all 4 SMs agreed in 8 trials of a tile by "
                                        "multiply-adds"));
    soak.error_count = 0;
    expect(SOAK_OK, "", "");
}

Test(judge, a_matrix_that_changed_names_its_entry)
{
    soak.changes[0] = (struct soak_change){.load = 1,
                                           .job = 2,
                                           .at = {5, 6},
                                           .want = 0x3f800000,
                                           .got = 0x3f800001,
                                           .rows = 1,
                                           .cols = 3};
    soak.change_count = 1;
    expect(SOAK_FAULTY,
           "A of matmul/bf16/fast, matrix 2, has changed in the device's memory: A[5][6] has the "
           "bits 0x3f800001, and 0x3f800000 is right (1 row and 3 columns differ, of 1 matrix)",
           "");
    soak.changes[0].rows = 2;
    soak.changes[0].cols = 1;
    soak.change_count = 2;
    v = soak_judge(&soak);
    cr_expect_not_null(strstr(v.reason, "(2 rows and 1 column differ, of 2 matrices)"), "%s",
                       v.reason);
}

Test(judge, failures_and_wrong_answers_are_faults)
{
    soak.wrong_again = 2;
    snprintf(soak.wrong_why, sizeof soak.wrong_why, "the sum is off");
    expect(SOAK_FAULTY, "2 answers were wrong at the end: the sum is off", "");
    soak.wrong_again = 1;
    expect(SOAK_FAULTY, "1 answer was wrong at the end: the sum is off", "");
    soak.wrong_again = 0;
    fail(&soak.failure, STATUS_FAILED, "out of luck");
    expect(SOAK_FAULTY, "a launch failed after 100.0 s: out of luck", "");
    fail(&soak.failure, STATUS_FAILED, "what\tthe driver\033[0m said");
    expect(SOAK_FAULTY, "a launch failed after 100.0 s: what the driver [0m said", "");
    fail(&soak.failure, STATUS_LOST, "gone");
    expect(SOAK_FAULTY, "the device was lost after 100.0 s: gone", "");
    soak.elapsed_s = 0;
    expect(SOAK_FAULTY, "the device was lost before the soak began: gone", "");
    fail(&soak.failure, STATUS_WRONG, "the sum is off");
    expect(SOAK_FAULTY, "an answer was wrong before the soak began: the sum is off", "");
}

Test(judge, counters_that_rose_are_faults_or_remarks)
{
    static const struct {
        enum health counter;
        enum soak_outcome outcome;
        const char *one, *two;
    } cases[] = {
        {HEALTH_ECC_UNCORRECTED, SOAK_FAULTY, "1 uncorrectable memory error (ECC)",
         "2 uncorrectable memory errors (ECC)"},
        {HEALTH_ROWS_REMAPPED_UNCORRECTED, SOAK_FAULTY,
         "1 memory row remapped after uncorrectable errors",
         "2 memory rows remapped after uncorrectable errors"},
        {HEALTH_REMAPPING_FAILED, SOAK_FAULTY, "1 failure to remap a memory row",
         "2 failures to remap a memory row"},
        {HEALTH_ECC_CORRECTED, SOAK_OK, "1 memory error that ECC corrected",
         "2 memory errors that ECC corrected"},
        {HEALTH_ROWS_REMAPPED, SOAK_OK, "1 memory row remapped", "2 memory rows remapped"},
        {HEALTH_PCIE_REPLAYS, SOAK_OK, "1 PCIe replay", "2 PCIe replays"},
        {HEALTH_NVLINK_ERRORS, SOAK_OK, "1 NVLink error", "2 NVLink errors"},
        {HEALTH_REMAPPING_PENDING, SOAK_OK, "a memory row waits to be remapped: reset the GPU",
         "a memory row waits to be remapped: reset the GPU"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const bool is_fault = cases[i].outcome == SOAK_FAULTY;
        for (int more = 1; more <= 2; more++) {
            const char *text = more == 1 ? cases[i].one : cases[i].two;
            soak.after[cases[i].counter] = more;
            expect(cases[i].outcome, is_fault ? text : "", is_fault ? "" : text);
        }
        soak.after[cases[i].counter] = 0;
    }
    soak.before[HEALTH_XIDS] = 0;
    soak.after[HEALTH_XIDS] = 1;
    soak.after[HEALTH_LAST_XID] = 79;
    expect(SOAK_FAULTY, "the driver reported a fault, Xid 79", "");
    soak.after[HEALTH_XIDS] = 2;
    expect(SOAK_FAULTY, "the driver reported 2 faults, the last one Xid 79", "");
}

Test(judge, a_counter_that_was_unknown_before_has_not_risen)
{
    soak.before[HEALTH_ECC_UNCORRECTED] = -1;
    soak.after[HEALTH_ECC_UNCORRECTED] = 5;
    expect(SOAK_OK, "", "");
    soak.before[HEALTH_ECC_UNCORRECTED] = 5;
    expect(SOAK_OK, "", "");
    soak.after[HEALTH_ECC_UNCORRECTED] = 7;
    expect(SOAK_FAULTY, "2 uncorrectable memory errors (ECC)", "");
}

Test(judge, clocks_held_back_count_from_one_percent_of_the_time)
{
    soak.reason_s[2] = 1; /* power cap */
    expect(SOAK_OK, "", "");
    soak.reason_s[2] = 50;
    expect(SOAK_OK, "", "power cap in 50 % of the time");
    cr_expect_eq(soak_throttled_share(&soak), 0);
    soak.reason_s[2] = 0;
    soak.reason_s[6] = 0.99;
    expect(SOAK_OK, "", "");
    soak.reason_s[6] = 1;
    const struct soak_point p = {.from_s = 0, .temperature_c = {180, 2}};
    soak.series = soak_series_new(4);
    soak_series_add(&soak.series, &p);
    expect(SOAK_THROTTLED, "hw_thermal_slowdown in 1 % of the time; up to 90 °C", "");
    soak.reason_s[6] = 40;
    expect(SOAK_THROTTLED, "hw_thermal_slowdown in 40 % of the time; up to 90 °C", "");
    soak.series.points[0].temperature_c.sum = 0;
    expect(SOAK_THROTTLED, "hw_thermal_slowdown in 40 % of the time", "");
    soak.reason_s[6] = 0;
    soak.reason_s[3] = 25;
    cr_expect_eq(soak_throttled_share(&soak), 0.25);
    soak.reason_s[3] = 200;
    cr_expect_eq(soak_throttled_share(&soak), 1);
    soak.elapsed_s = 0.5;
    cr_expect_eq(soak_throttled_share(&soak), 1);
    soak.elapsed_s = 0;
    cr_expect_eq(soak_throttled_share(&soak), 0);
    for (unsigned bit = 0; bit < 32; bit++)
        cr_expect_eq(soak_is_throttling(bit), bit == 3 || bit == 5 || bit == 6 || bit == 7, "%u",
                     bit);
}

/* Points of one launch each, of 1 s and then of last_s, of which `held` of the last half were held
 * back. */
static void expect_halves(size_t points, double last_s, size_t held, enum soak_outcome outcome)
{
    struct soak_series *s = &soak.loads[1].series;
    s->count = points;
    for (size_t i = 0; i < points; i++)
        s->points[i] = (struct soak_point){.launches = 2,
                                           .device_s = 2 * (i < points / 2 ? 1 : last_s),
                                           .throttle = i >= points - held ? 4 : 1};
    v = soak_judge(&soak);
    cr_expect_eq(v.outcome, outcome, "%zu points, %g s, %zu held: %s", points, last_s, held,
                 v.reason);
}

Test(judge, a_slower_half_needs_enough_points_2_percent_and_clocks_that_were_free)
{
    expect_halves(16, 1.05, 0, SOAK_SLOW);
    cr_expect_str_eq(v.reason, "matmul/bf16/fast was 4.8 % slower in the last half than in the "
                               "first, and nothing held clocks back");
    expect_halves(15, 1.05, 0, SOAK_OK);
    expect_halves(16, 1.021, 0, SOAK_SLOW);
    expect_halves(16, 1.0199, 0, SOAK_OK);
    expect_halves(16, 0.9, 0, SOAK_OK);
    expect_halves(16, 1.05, 3, SOAK_SLOW);
    expect_halves(16, 1.05, 4, SOAK_OK);
    soak.loads[1].series.count = 0;
}

Test(judge, the_document_has_errors_changes_trials_and_health)
{
    static const struct backend backend = {.name = "gpu"};
    struct result r = {.problem = {.n = 64}, .backend_name = "gpu"};
    soak.backend = &backend;
    soak.seconds = 120;
    soak.check_s = 2;
    soak.before[HEALTH_ECC_CORRECTED] = 3;
    soak.reason_s[2] = 5;
    soak.reason_s[31] = 6;
    add_error(1, 3,
              (struct mismatch){
                  .launch = 7, .words = 2, .first = {12, 34}, .last = {13, 35}, .bits = 16});
    add_error(0, 3, (struct mismatch){.first_address = 16, .last_address = 32});
    soak.changes[0] = (struct soak_change){.load = 1, .job = 2, .at = {5, 6}, .got = 1};
    soak.change_count = 1;
    soak.trial[SM_MULTIPLY_ADDS] = (struct sm_trial){.sms = 4, .launches = 8, .suspects = 1};
    soak.trial[SM_MULTIPLY_ADDS].suspect[0].sm = 3;
    soak.series = soak_series_new(4);
    const struct soak_point p = {.from_s = 0.00049,
                                 .to_s = 1.4996,
                                 .flop = 3e9,
                                 .wall_s = 1.5,
                                 .throttle = 5,
                                 .power_w = {300.54, 1},
                                 .sm_mhz = {3510.08, 2},
                                 .memory_c = {55.04, 1}};
    soak_series_add(&soak.series, &p);
    v = soak_judge(&soak);
    json_t *json = soak_to_json(&soak, &v, &r);
    static const struct {
        const char *path, *want;
    } cases[] = {
        {"verdict", "\"FAULTY\""},
        {"asked_s", "120.0"},
        {"check_share", "0.02"},
        {"wrong_launches", "2"},
        {"flops", "2000000000.0"},
        {"reasons_s", "{\"sw_power_cap\":5.0,\"bit_31\":6.0}"},
        {"verified", "{\"start\":0,\"end\":0,\"wrong_at_end\":0}"},
        {"health.before.ecc_corrected", "3"},
        {"errors.0.first", "[12,34]"},
        {"errors.0.last", "[13,35]"},
        {"errors.0.bits", "\"0x00000010\""},
        {"errors.1.first_address", "\"0x00000010\""},
        {"errors.1.last_address", "\"0x00000020\""},
        {"changes_of_a.0.at", "[5,6]"},
        {"changes_of_a.0.got", "\"0x00000001\""},
        {"sm_trials.multiply_adds.suspects", "[{\"sm\":3,\"wrong\":0}]"},
        {"loads.1.matrices", "0"},
        {"loads.1.checked_launch_s", "null"},
        {"series.from_s", "[0.0]"},
        {"series.to_s", "[1.5]"},
        {"series.flops", "[2000000000.0]"},
        {"series.throttle", "[4]"},
        {"series.power_w", "[300.5]"},
        {"series.sm_hz", "[1755000000.0]"},
        {"series.memory_c", "[55.0]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const json_t *value = json_value(json, cases[i].path);
        char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
        cr_expect_str_eq(text ? text : "(none)", cases[i].want, "%s: %s", cases[i].path,
                         text ? text : "(none)");
        free(text);
    }
    static const char *const absent[] = {"errors.1.first", "errors.0.first_address",
                                         "link_bytes_per_s", "health.before.xids",
                                         "series.temperature_c"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        cr_expect_null(json_value(json, absent[i]), "%s", absent[i]);
    json_decref(json);
}

Test(judge, an_interrupted_soak_says_how_many_answers_were_verified_again)
{
    soak.is_interrupted = true;
    soak.verified = 5;
    expect(SOAK_OK, "", "interrupted, so 0 of 5 answers were verified again at the end");
    soak.verified_again = 3;
    soak.not_again = 1;
    snprintf(soak.not_again_why, sizeof soak.not_again_why, "full");
    expect(SOAK_OK, "",
           "1 answer could not be verified again: full; interrupted, so 4 of 5 answers were "
           "verified again at the end");
    soak.not_again = 0;
    soak.verified_again = 5; /* it came after the last of them */
    expect(SOAK_OK, "", "");
}
