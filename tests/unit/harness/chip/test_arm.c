/* test_arm.c - the names of Arm cores and of chips made of them. */
#include "harness/chip/arm.h"

#include <criterion/criterion.h>

static void expect_core(unsigned implementer, unsigned part, const char *want)
{
    char name[64];
    arm_core_name(implementer, part, name, sizeof name);
    cr_expect_str_eq(name, want, "%s, not %s", name, want);
}

Test(arm, a_core_is_named_by_maker_and_part)
{
    expect_core(0x41, 0xd03, "Arm Cortex-A53");
    expect_core(0x41, 0xd4f, "Arm Neoverse V2");
    expect_core(0x43, 0x0af, "Cavium ThunderX2");
    expect_core(0x4e, 0x004, "NVIDIA Carmel");
    expect_core(0x51, 0x001, "Qualcomm Oryon");
    expect_core(0xc0, 0xac4, "Ampere One A");
    expect_core(0xc0, 0xd4f, "Ampere core, part 0xd4f");
    expect_core(0x41, 0x001, "Arm core, part 0x001");
    expect_core(0x42, 0xd4f, "Arm core, implementer 0x42, part 0xd4f");
}

static void expect_chip(unsigned part, const char *soc, const char *vendor, const char *want)
{
    const char *name = arm_chip_name(part, soc, vendor);
    if (want)
        cr_expect_str_eq(name ? name : "(none)", want);
    else
        cr_expect_null(name, "%s", name);
}

Test(arm, a_chip_is_named_by_its_core_and_soc_or_vendor)
{
    expect_chip(0xd4f, "jep106:036b:0241", "", "NVIDIA Grace");
    expect_chip(0xd4f, "", "NVIDIA Corporation", "NVIDIA Grace");
    expect_chip(0xd4f, "", "Amazon EC2", "AWS Graviton4");
    expect_chip(0xd40, "", "Amazon EC2", "AWS Graviton3");
    expect_chip(0xd0c, "jep106:0a16:0001", "", "Ampere Altra");
    expect_chip(0xd49, "", "Microsoft Corporation", "Azure Cobalt 100");
    expect_chip(0xd4f, "", "", 0);
    expect_chip(0xd49, "", "Google", 0);
    expect_chip(0xd03, "jep106:036b:0241", "NVIDIA", 0);
}
