/* select.h - selects variants by --variant, --arith, --all and --blas. */
#ifndef BENCH_SELECT_H
#define BENCH_SELECT_H

#include "harness/contract/backend.h"

/* Whether a name matches one word of a comma list of globs ("syrk-*,cublas"). */
bool select_matches(const char *list, const char *name);

/* Selects the variants of an operation, for entries of a type, that the options name. `chosen` gets
 * them in the table's order and has room for backend->variant_count. If `arithmetics` is NULL,
 * `variants` selects in the type's own arithmetic, and `all` in every arithmetic of the type. Bit a
 * of *automatic is set if the backend is to choose a variant in arithmetic a. With the word "auto"
 * in `variants`, these are the arithmetics named; if neither variants, arithmetics nor libraries
 * are given and `all` is false, it is the type's own, and no variant is selected. Returns
 * STATUS_USAGE for a word that matches nothing; the message suggests the most similar name.
 *
 * libraries: comma-separated values of variant.blas, or NULL. Variants of other libraries are left
 * out, except for the first library with `all`, because others are compared with it. If neither
 * variants, arithmetics nor `all` is given, the first variant of each library is selected. */
enum status select_variants(const struct backend *backend, enum op op, enum element element,
                            const char *variants, const char *arithmetics, const char *libraries,
                            bool all, const struct variant **chosen, size_t *count,
                            unsigned *automatic, struct failure *why);

#endif
