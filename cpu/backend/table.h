/* table.h - the table of the CPU's variants: one row each of our own loops, eight of each library.
 */
#ifndef CPU_TABLE_H
#define CPU_TABLE_H

#include "cpu/blas/library.h"
#include "harness/contract/backend.h"

enum { CPU_OWN_ROWS = 8, CPU_LIBRARY_ROWS = 8 };

/* For each operation and type the fastest variant that `auto` may take comes first: OpenBLAS, our
 * own loops, the other libraries in the order of blas_rows. Those of files come last, and do not
 * count until the file has been added. */
extern const struct variant cpu_variants[CPU_OWN_ROWS + CPU_LIBRARY_ROWS * BLAS_MAX];

/* Gives the rows of a file that has been added its names. */
void cpu_variants_add(size_t library);

#endif
