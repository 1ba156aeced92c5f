/* sparkline.c - a row of numbers as block characters. */
#include "bench/terminal/sparkline.h"

#include <math.h>

void sparkline(FILE *to, const double *values, size_t count, size_t columns)
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    double least = INFINITY, most = -INFINITY;
    if (columns > count)
        columns = count;
    for (size_t i = 0; i < count; i++) { /* fmin() and fmax() ignore NaN */
        least = fmin(least, values[i]);
        most = fmax(most, values[i]);
    }
    for (size_t c = 0; c < columns; c++) {
        const size_t from = c * count / columns, until = (c + 1) * count / columns;
        double sum = 0;
        size_t known = 0;
        for (size_t i = from; i < until; i++)
            if (isfinite(values[i])) {
                sum += values[i];
                known++;
            }
        if (known == 0) {
            fputs(" ", to);
            continue;
        }
        const double share = (sum / (double)known - least) / (most - least);
        fputs(blocks[share > 0 && share < 1 ? (size_t)(share * 8) : share >= 1 ? 7 : 0], to);
    }
}
