/* kernel_arguments.h - what a launch passes to a kernel, as text. */
#ifndef TESTS_KERNEL_ARGUMENTS_H
#define TESTS_KERNEL_ARGUMENTS_H

#include <stdio.h>

/* Writes a line with the arguments of a launch of this kernel. Fails the test if the kernel is not
 * listed in kernel_arguments.c. */
void kernel_arguments_write(FILE *to, const char *kernel, void *const *parameters);

#endif
