/* example_rows.h - a comparison with a row of every kind, made by hand. */
#ifndef TESTS_EXAMPLE_ROWS_H
#define TESTS_EXAMPLE_ROWS_H

#include "bench/terminal/words.h"
#include "bench/verdict/verdicts.h"

/* A comparison of two machines of one class, which a test may change; it is made anew by each call.
 */
struct verdicts *example_verdicts(void);

/* The row of that key in it. */
struct compare_row *example_row(const char *key);

/* What print(to, v) writes; to be freed. */
char *example_printed(void (*print)(FILE *to, const struct verdicts *v));

#endif
