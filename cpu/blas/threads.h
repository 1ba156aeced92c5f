/* threads.h - how many threads the user's environment allows OpenBLAS. */
#ifndef CPU_BLAS_THREADS_H
#define CPU_BLAS_THREADS_H

#include <stddef.h>

/* The value of the first of OPENBLAS_NUM_THREADS, GOTO_NUM_THREADS and OMP_NUM_THREADS (the order
 * in which OpenBLAS reads them) that holds a positive number, and *variable is its name; 0 if none
 * does. Of a list, as OpenMP allows it ("4,2"), the first number counts. `complaint` becomes a
 * sentence about the first variable whose value is not a number of threads, or "". */
int threads_of_user(const char **variable, char *complaint, size_t bytes);

#endif
