/* arm.h - the names of 64-bit Arm processors, whose registers and files hold numbers. */
#ifndef HARNESS_CHIP_ARM_H
#define HARNESS_CHIP_ARM_H

#include <stddef.h>

/* Writes "Arm Neoverse V2": the core with these numbers, which /proc/cpuinfo and MIDR_EL1 state. */
void arm_core_name(unsigned implementer, unsigned part, char *name, size_t bytes);

/* "NVIDIA Grace": the chip made of Arm's core `part`, which only SMCCC's SoC identity or the
 * machine's vendor tells apart; either may be "". NULL if unknown. */
const char *arm_chip_name(unsigned part, const char *soc, const char *vendor);

#endif
