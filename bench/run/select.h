/* select.h - from the words of --variant, --arith and --all to the variants that will run. */
#ifndef BENCH_SELECT_H
#define BENCH_SELECT_H

#include "harness/contract/backend.h"

/* Whether a name matches one word of a comma list of globs ("syrk-*,cublas"). */
bool select_matches(const char *list, const char *name);

/* Selects variants of an operation for entries of a type, by the words of the command line, in the
 * table's order. Bit a of *automatic is set if the backend is to choose a variant in arithmetic a:
 * in those that `arithmetics` names if the word "auto" is among the variants, in the type's own if
 * variants, arithmetics and libraries are NULL and all is false, when no variant is selected.
 * Without arithmetics, variants means the type's own one, all means every one of the type. chosen
 * has room for backend->variant_count. A word that names nothing is STATUS_USAGE, with the nearest
 * that does.
 *
 * libraries: a comma list of variant.blas; if it is not NULL, variants of other libraries are left
 * out, except, with all, the first one, which others are compared with. Alone it means the first
 * variant of each library. */
enum status select_variants(const struct backend *backend, enum op op, enum element element,
                            const char *variants, const char *arithmetics, const char *libraries,
                            bool all, const struct variant **chosen, size_t *count,
                            unsigned *automatic, struct failure *why);

#endif
