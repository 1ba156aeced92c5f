/* machine.h - doctor's lines about CPU, OpenBLAS, container, memory and the results' directory. */
#ifndef BENCH_DOCTOR_MACHINE_H
#define BENCH_DOCTOR_MACHINE_H

#include "harness/contract/facts.h"
#include "harness/doctor/doctor.h"

/* Adds lines about the CPU, its energy, OpenBLAS and OpenBLAS's product, from the facts of host and
 * backend, and one for each line of the device's warning. */
void cpu_doctor(struct doctor_sheet *sheet, const struct facts *facts, const char *warning);

/* Adds lines about container and memory, and one about other work if there is much. */
void machine_doctor(struct doctor_sheet *sheet, const struct facts *facts);

/* Adds a line that says whether results can be saved; `option` is the text of --results. */
void results_doctor(struct doctor_sheet *sheet, const char *option);

#endif
