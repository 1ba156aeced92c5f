/* arm.c - tables of Arm's cores and of the chips made of them. The numbers are those of Arm's
 * manuals and of Linux (arch/arm64/include/asm/cputype.h); util-linux's lscpu has more of them. */
#include "harness/chip/arm.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { ARM = 0x41, FUJITSU = 0x46, HISILICON = 0x48, NVIDIA = 0x4e, QUALCOMM = 0x51, APPLE = 0x61 };
enum { AMPERE = 0xc0, CAVIUM = 0x43 };

static const struct {
    unsigned implementer, part;
    const char *name;
} cores[] = {
    {ARM, 0xd03, "Cortex-A53"},
    {ARM, 0xd05, "Cortex-A55"},
    {ARM, 0xd07, "Cortex-A57"},
    {ARM, 0xd08, "Cortex-A72"},
    {ARM, 0xd09, "Cortex-A73"},
    {ARM, 0xd0a, "Cortex-A75"},
    {ARM, 0xd0b, "Cortex-A76"},
    {ARM, 0xd0c, "Neoverse N1"},
    {ARM, 0xd0d, "Cortex-A77"},
    {ARM, 0xd40, "Neoverse V1"},
    {ARM, 0xd41, "Cortex-A78"},
    {ARM, 0xd42, "Cortex-A78AE"},
    {ARM, 0xd44, "Cortex-X1"},
    {ARM, 0xd46, "Cortex-A510"},
    {ARM, 0xd47, "Cortex-A710"},
    {ARM, 0xd48, "Cortex-X2"},
    {ARM, 0xd49, "Neoverse N2"},
    {ARM, 0xd4a, "Neoverse E1"},
    {ARM, 0xd4b, "Cortex-A78C"},
    {ARM, 0xd4d, "Cortex-A715"},
    {ARM, 0xd4e, "Cortex-X3"},
    {ARM, 0xd4f, "Neoverse V2"},
    {ARM, 0xd80, "Cortex-A520"},
    {ARM, 0xd81, "Cortex-A720"},
    {ARM, 0xd82, "Cortex-X4"},
    {ARM, 0xd83, "Neoverse V3AE"},
    {ARM, 0xd84, "Neoverse V3"},
    {ARM, 0xd85, "Cortex-X925"},
    {ARM, 0xd87, "Cortex-A725"},
    {ARM, 0xd8e, "Neoverse N3"},
    {CAVIUM, 0x0af, "ThunderX2"},
    {FUJITSU, 0x001, "A64FX"},
    {HISILICON, 0xd01, "Kunpeng 920"},
    {NVIDIA, 0x003, "Denver 2"},
    {NVIDIA, 0x004, "Carmel"},
    {QUALCOMM, 0x001, "Oryon"},
    {APPLE, 0x022, "M1 Icestorm"},
    {APPLE, 0x023, "M1 Firestorm"},
    {APPLE, 0x024, "M1 Pro Icestorm"},
    {APPLE, 0x025, "M1 Pro Firestorm"},
    {APPLE, 0x028, "M1 Max Icestorm"},
    {APPLE, 0x029, "M1 Max Firestorm"},
    {APPLE, 0x032, "M2 Blizzard"},
    {APPLE, 0x033, "M2 Avalanche"},
    {AMPERE, 0xac3, "One"},
    {AMPERE, 0xac4, "One A"},
};

static const struct {
    unsigned implementer;
    const char *name;
} implementers[] = {
    {ARM, "Arm"},       {CAVIUM, "Cavium"},     {FUJITSU, "Fujitsu"}, {HISILICON, "HiSilicon"},
    {NVIDIA, "NVIDIA"}, {QUALCOMM, "Qualcomm"}, {APPLE, "Apple"},     {AMPERE, "Ampere"},
};

/* One core, several makers of chips. */
static const struct {
    unsigned part;            /* of Arm */
    const char *soc, *vendor; /* the start of either, NULL for any */
    const char *name;
} chips[] = {
    {0xd4f, "jep106:036b:0241", NULL, "NVIDIA Grace"},
    {0xd4f, NULL, "NVIDIA", "NVIDIA Grace"},
    {0xd85, NULL, "NVIDIA", "NVIDIA GB10"},
    {0xd87, NULL, "NVIDIA", "NVIDIA GB10"},
    {0xd08, NULL, "Amazon EC2", "AWS Graviton"},
    {0xd0c, "jep106:0a16:0001", NULL, "Ampere Altra"},
    {0xd0c, NULL, "Amazon EC2", "AWS Graviton2"},
    {0xd40, NULL, "Amazon EC2", "AWS Graviton3"},
    {0xd4f, NULL, "Amazon EC2", "AWS Graviton4"},
    {0xd4f, NULL, "Google", "Google Axion"},
    {0xd49, NULL, "Microsoft", "Azure Cobalt 100"},
};

void arm_core_name(unsigned implementer, unsigned part, char *name, size_t bytes)
{
    const char *maker = NULL, *core = NULL;
    for (size_t i = 0; i < sizeof implementers / sizeof *implementers; i++)
        if (implementers[i].implementer == implementer)
            maker = implementers[i].name;
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (cores[i].implementer == implementer && cores[i].part == part)
            core = cores[i].name;
    if (core && maker)
        snprintf(name, bytes, "%s %s", maker, core);
    else if (maker)
        snprintf(name, bytes, "%s core, part 0x%03x", maker, part);
    else
        snprintf(name, bytes, "Arm core, implementer 0x%02x, part 0x%03x", implementer, part);
}

static bool starts(const char *text, const char *start)
{
    return !start || strncmp(text, start, strlen(start)) == 0;
}

const char *arm_chip_name(unsigned part, const char *soc, const char *vendor)
{
    for (size_t i = 0; i < sizeof chips / sizeof *chips; i++)
        if (chips[i].part == part && starts(soc, chips[i].soc) && starts(vendor, chips[i].vendor))
            return chips[i].name;
    return NULL;
}
