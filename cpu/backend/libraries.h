/* libraries.h - the BLAS libraries of an open CPU: loading them, and what the output and the result
 * file show of them. */
#ifndef CPU_LIBRARIES_H
#define CPU_LIBRARIES_H

#include "cpu/backend/parts.h"

/* Loads OpenBLAS and the libraries of a request ("blis,mkl", "*", NULL). STATUS_OK also without any
 * of them, because the loops run without; STATUS_LOST or STATUS_INTERRUPTED as load_libraries(). */
enum status cpu_libraries_load(struct device *d, const char *names, struct failure *why);

/* The library of a variant, NULL if it is not loaded. */
const struct blas *cpu_library_of(const struct device *d, const struct variant *v);

/* See struct backend. */
enum library_state cpu_library_state(const struct device *d, const struct variant *v);
bool cpu_library_can_run(const struct device *d, const struct variant *v, const struct problem *p,
                         char *reason, size_t reason_bytes);

/* Appends " · OpenBLAS 0.3.26 SkylakeX · BLIS 0.9.0 zen3" to a line. */
void cpu_libraries_describe(const struct device *d, char *line, size_t bytes);

/* Adds a sentence to the warnings, which are one a line. */
void cpu_warn(struct device_facts *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Warns of libraries that are slower than they could be. */
void cpu_libraries_warn(struct device *d);

/* Adds blas.*. */
void cpu_libraries_facts(const struct device *d, struct facts *facts);

#endif
