/* openblas.h - OpenBLAS, loaded when the program runs: a machine without it still has the reference
 * variants.
 *
 * The functions keep the library's own names and, through __typeof__, the types of its headers. */
#ifndef CPU_OPENBLAS_H
#define CPU_OPENBLAS_H

#include "harness/base/status.h"

#include <cblas.h>

/* X(function) */
#define OPENBLAS_FUNCTIONS(X)                                                                      \
    X(cblas_sgemm)                                                                                 \
    X(cblas_ssyrk)                                                                                 \
    X(openblas_set_num_threads)                                                                    \
    X(openblas_get_num_threads)                                                                    \
    X(openblas_get_config)                                                                         \
    X(openblas_get_corename)                                                                       \
    X(openblas_get_parallel)

/* Functions that a library built for single precision only lacks. */
#define OPENBLAS_F64_FUNCTIONS(X)                                                                  \
    X(cblas_dgemm)                                                                                 \
    X(cblas_dsyrk)

struct openblas {
    void *library;
#define X(function) __typeof__(function) *function;
    OPENBLAS_FUNCTIONS(X)
    OPENBLAS_F64_FUNCTIONS(X) /* both NULL if the library has not both */
#undef X
};

/* Loads the first of the names (ended by NULL) that exists, set to that many
 * threads. */
enum status openblas_open(const char *const names[], int threads, struct openblas *blas,
                          struct failure *why);

#endif
