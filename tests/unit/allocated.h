/* allocated.h - finds what keeps memory that it should give back. */
#ifndef TESTS_ALLOCATED_H
#define TESTS_ALLOCATED_H

#include <stdbool.h>

/* Whether each of some calls leaves more memory behind than the one before. Under a sanitizer,
 * which looks for leaks by itself, the answer is no. */
bool allocated_grows(void (*work)(void *context), void *context);

#endif
