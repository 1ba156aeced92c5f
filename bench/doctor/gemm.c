/* gemm.c - doctor's line about OpenBLAS's product. */
#include "bench/doctor/gemm.h"

#include "bench/terminal/words.h"
#include "harness/result/contestant.h"

#include <string.h>

void gemm_describe(struct doctor_sheet *sheet, const struct facts *facts, bool is_stopped)
{
    const struct fact *flops = facts_get(facts, "doctor.gemm_flops");
    const struct fact *n = facts_get(facts, "doctor.gemm_n");
    const struct fact *peak = facts_get(facts, "cpu.peak_f32_flops");
    char rate[WORDS_BYTES], share[WORDS_BYTES];
    if (!flops || !n || !peak || !(peak->real > 0))
        return;
    const double reached = flops->real / peak->real;
    const bool is_slow = reached < 0.5 && !is_stopped;
    const bool by_user = strcmp(facts_get_text(facts, "blas.core_by"), "OPENBLAS_CORETYPE") == 0;
    if (peak_share_is_withheld("cpu", reached)) {
        doctor_add(sheet, "sgemm", DOCTOR_WARN, "other programs use the CPU: try again when idle",
                   "%s, N = %d; %s", words_rate(rate, flops->real, "FLOP/s"), (int)n->integer,
                   PEAK_WITHHELD_WHY);
        return;
    }
    doctor_add(
        sheet, "sgemm", is_slow ? DOCTOR_WARN : DOCTOR_OK,
        !is_slow  ? ""
        : by_user ? "OPENBLAS_CORETYPE may name kernels below this CPU: unset it"
                  : "OpenBLAS may have no kernels for this CPU, or too few threads, or other "
                    "programs use the CPU: install a newer OpenBLAS, or try again when idle",
        "%s, %s of the measured multiply-adds, N = %d", words_rate(rate, flops->real, "FLOP/s"),
        words_percent(share, reached), (int)n->integer);
}
