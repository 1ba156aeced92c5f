/* openblas.h - OpenBLAS, loaded when the program runs: a machine without it still has the reference
 * variants.
 *
 * The functions keep the library's own names and, through __typeof__, the types of its headers. */
#ifndef CPU_OPENBLAS_H
#define CPU_OPENBLAS_H

#include "cpu/chip/isa.h"
#include "harness/base/status.h"

#include <cblas.h>

/* X(function) */
#define OPENBLAS_FUNCTIONS(X)                                                                      \
    X(cblas_sgemm)                                                                                 \
    X(cblas_ssyrk)                                                                                 \
    X(cblas_dgemm)                                                                                 \
    X(cblas_dsyrk)                                                                                 \
    X(openblas_set_num_threads)                                                                    \
    X(openblas_get_num_threads)                                                                    \
    X(openblas_get_config)                                                                         \
    X(openblas_get_corename)                                                                       \
    X(openblas_get_parallel)

struct openblas {
    void *library;
#define X(function) __typeof__(function) *function;
    OPENBLAS_FUNCTIONS(X)
#undef X
};

/* The library of this process, loaded by the first call and kept, set to that many threads (or as
 * many as it was built for: ask openblas_get_num_threads). NULL, and why, if it is not there. */
const struct openblas *openblas_load(int threads, struct failure *why);

/* Loads the first of the names (ended by NULL) that exists; for openblas_load and the tests. */
enum status openblas_open(const char *const names[], int threads, struct openblas *blas,
                          struct failure *why);

/* OPENBLAS_NUM_THREADS if the user has set it to a positive number, else 0. */
int openblas_user_threads(void);

/* One sentence if the library has fallen back to kernels older than AVX2 on a CPU that has it, as a
 * release does that is older than the CPU; "" if all is well or the user chose the kernels with
 * OPENBLAS_CORETYPE. */
void openblas_warning(const char *core, enum isa level, char *text, size_t bytes);

#endif
