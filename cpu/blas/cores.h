/* cores.h - OpenBLAS's core types: the library contains several sets of kernels and chooses one for
 * the CPU. A release that is older than the CPU may choose a much slower one. */
#ifndef CPU_BLAS_CORES_H
#define CPU_BLAS_CORES_H

#include "cpu/blas/trial.h"

enum { CORES_TRIALS = 5 };

/* The core type that runs, and the trials that led to it. trial[0] is OpenBLAS's own choice, or the
 * user's. */
struct core_choice {
    struct trial trial[CORES_TRIALS];
    int count;
    int chosen;      /* index of what runs */
    bool by_user;    /* OPENBLAS_CORETYPE names it */
    bool is_ignored; /* OPENBLAS_CORETYPE names none that the library has */
};

/* Vector instructions, as far as core types differ by them: of x86-64, and of 64-bit Arm, where
 * CORE_ARMV8 is NEON without kernels for any one CPU. */
enum core_level { CORE_SSE, CORE_AVX, CORE_AVX2, CORE_AVX512, CORE_ARMV8, CORE_NEON, CORE_SVE };

/* What this CPU has, within isa_limit(). */
enum core_level cores_level(void);

/* Whether a core type uses less than the CPU has. A name that is not known is taken to be newer
 * than this program, so it is not low. */
bool cores_is_low(const char *core, enum core_level level);

/* The name of the i-th core type worth a trial on a CPU of this level, the best first, other than
 * `own`; NULL at the end. */
const char *cores_candidate(int i, const char *own, enum core_level level);

/* The index of the trial to choose: the first, unless it is not right or a later one is faster by
 * more than noise; of two alike the earlier one. -1 if none is right. */
int cores_best(const struct trial *trials, int count);

/* The library's core type and, if it is low or fails, the others, tried in child processes. Each
 * may take so many seconds (0: no limit). Ends early if the first trial finds no library, hangs or
 * is interrupted: see trial[0].end. */
struct core_choice cores_choose(const struct blas_row *row, int threads, double seconds);

/* One sentence about a choice that is not the library's own, or that is low all the same; else "".
 * `version` is the library's. */
void cores_sentence(const struct core_choice *choice, const char *version, char *text,
                    size_t bytes);

#endif
