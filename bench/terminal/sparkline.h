/* sparkline.h - a row of numbers as block characters: "▁▂▅▇". */
#ifndef BENCH_SPARKLINE_H
#define BENCH_SPARKLINE_H

#include <stddef.h>
#include <stdio.h>

/* Prints `count` values as at most `columns` blocks; each block shows the mean of its share of the
 * values, between the smallest and the largest value. A share without a finite value is a blank. */
void sparkline(FILE *to, const double *values, size_t count, size_t columns);

#endif
