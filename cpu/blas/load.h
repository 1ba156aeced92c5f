/* load.h - the OpenBLAS of this process: enough room for it, the best of its core types, loaded. */
#ifndef CPU_BLAS_LOAD_H
#define CPU_BLAS_LOAD_H

#include "cpu/blas/cores.h"
#include "cpu/blas/openblas.h"

/* STATUS_NO_MEMORY if there is an OpenBLAS, and that many threads of it find too little room. To be
 * asked before anything takes memory. */
enum status load_has_room(int threads, struct failure *why);

/* The library, loaded by the first call and kept, set to that many threads (or as many as it was
 * built for: ask openblas_get_num_threads). STATUS_FAILED if there is none that works, and all that
 * does not need it can go on. STATUS_LOST or STATUS_INTERRUPTED if there is, but it hangs, or
 * somebody interrupts. */
enum status load_openblas(int threads, const struct openblas **blas, struct failure *why);

/* How its core type was chosen. */
const struct core_choice *load_choice(void);

#endif
