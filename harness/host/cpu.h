/* cpu.h - facts about the processor. */
#ifndef HARNESS_HOST_CPU_H
#define HARNESS_HOST_CPU_H

#include "harness/contract/facts.h"

/* Adds host.cpu.*, and host.virtualisation, which x86 processors have among their flags. */
void host_cpu_facts(struct facts *facts);

/* Writes the processor's name, "Arm Neoverse V2 (NVIDIA Grace)"; "" if unknown. */
void host_cpu_model(char *name, size_t bytes);

/* Writes the device tree's name of the board, "Raspberry Pi 5 Model B Rev 1.0"; "" if none. */
void host_board(char *name, size_t bytes);

#endif
