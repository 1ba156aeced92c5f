/* test_identity_diff.c - in which fields two machines differ. */
#include "harness/reading/identity_diff.h"
#include "harness/reading/readings.h"
#include "tests/unit/harness/compare/run_of.h"

#include <criterion/criterion.h>

Test(identity_diff, hard_fields_are_told_one_by_one_with_values_to_read)
{
    struct difference d[4];
    cr_assert_eq(identity_hard_differences("gpubench-identity/1\nbackend=gpu\ndevice.name=A=B\n"
                                           "device.sms=132000000e-6\ndevice.ecc=true\n",
                                           "gpubench-identity/1\nbackend=gpu\ndevice.name=A=B\n"
                                           "device.sms=114000000e-6\n"
                                           "device.memory.total=2^(108/3)\n",
                                           d, 4),
                 3);
    cr_expect_str_eq(d[0].path, "device.sms");
    cr_expect_str_eq(d[0].base, "132");
    cr_expect_str_eq(d[0].now, "114");
    cr_expect_str_eq(d[1].path, "device.ecc");
    cr_expect_str_eq(d[1].now, "-");
    cr_expect_str_eq(d[2].base, "-");
    cr_expect_str_eq(d[2].now, "about 64 GiB");
    cr_expect_eq(identity_hard_differences("a=1\n", "a=1\n", d, 4), 0);
    cr_expect_eq(identity_hard_differences("a=1\nb=1\n", "a=2\nb=2\n", d, 1), 2, "all are counted");
}

Test(identity_diff, soft_fields_are_told_and_volatile_ones_are_not)
{
    struct readings r = {0};
    struct difference d[4];
    add(&r, ",\"driver\":1,\"temperature_c\":40,\"sms\":1", "one", 1);
    add(&r, ",\"driver\":2,\"temperature_c\":70,\"sms\":2", "one", 1);
    cr_assert_eq(identity_soft_differences(&r.list[0], &r.list[1], d, 4), 1);
    cr_expect_str_eq(d[0].path, "device.driver");
    cr_expect_str_eq(d[0].base, "1");
    cr_expect_str_eq(d[0].now, "2");
    readings_free(&r);
}

Test(identity_diff, what_was_measured_is_no_fact_of_the_machine)
{
    static const char *const parts[] = {"problem", "job", "results", "cpu"};
    struct readings r = {0};
    struct difference d[4];
    add(&r, "", "one", 1);
    add(&r, "", "one", 2);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 4; k++)
            json_object_set_new(r.list[i].document, parts[k], json_pack("{s:i}", "value", (int)i));
    cr_assert_eq(identity_soft_differences(&r.list[0], &r.list[1], d, 4), 1);
    cr_expect_str_eq(d[0].path, "cpu.value");
    readings_free(&r);
}
