/* gemm.h - doctor's line about OpenBLAS's product. */
#ifndef BENCH_DOCTOR_GEMM_H
#define BENCH_DOCTOR_GEMM_H

#include "harness/contract/facts.h"
#include "harness/doctor/doctor.h"

/* Adds OpenBLAS's product (the facts doctor.gemm_flops and doctor.gemm_n) as a share of the
 * measured FMA peak; nothing if one of them is unknown. Suitable kernels reach about 80 %; less
 * than half of that means kernels for another CPU, or too few threads. Nothing is said against a
 * slow one if a limit on processor time was seen to stop the process (is_stopped), which explains
 * it. */
void gemm_describe(struct doctor_sheet *sheet, const struct facts *facts, bool is_stopped);

#endif
