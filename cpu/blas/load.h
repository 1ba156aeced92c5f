/* load.h - the BLAS libraries of this process: each tried in a child process, then loaded; of
 * OpenBLAS the best of its core types, and enough room for it. */
#ifndef CPU_BLAS_LOAD_H
#define CPU_BLAS_LOAD_H

#include "cpu/blas/cores.h"
#include "cpu/blas/library.h"
#include "cpu/chip/places.h"

/* Returns STATUS_NO_MEMORY if OpenBLAS is installed and that many threads of it do not fit into
 * memory. Call it before anything takes memory. */
enum status load_has_room(int threads, struct failure *why);

/* Loads OpenBLAS, and the rows that are wanted, once, and sets them to that many threads (or as
 * many as they were built for: ask blas_threads). All are tried before the first is loaded, because
 * the threads of a loaded library do not survive in a child process. One that fails is left out:
 * ask load_state. `places` are the CPUs on which their threads are to be kept, each on its own;
 * NULL means anywhere. A library that starts its threads anew for each product, as BLIS does, has
 * them on all of these CPUs. STATUS_LOST or STATUS_INTERRUPTED if OpenBLAS hangs, or somebody
 * interrupts. */
enum status load_libraries(const bool wanted[BLAS_MAX], int threads, const struct places *places,
                           struct failure *why);

enum load_state {
    LOAD_UNASKED, /* nobody asked for it */
    LOAD_ABSENT,  /* not installed, or the same file as an earlier row */
    LOAD_BROKEN,  /* installed, but it fails */
    LOAD_READY
};
enum load_state load_state(size_t row);

/* The library of a row, NULL unless it is ready; why not, in a sentence; and the FLOP/s of its
 * sgemm in one thread, 0 if unknown. */
const struct blas *load_get(size_t row);
const char *load_reason(size_t row);
double load_flops(size_t row);

/* How OpenBLAS's core type was chosen. */
const struct core_choice *load_choice(void);

#endif
