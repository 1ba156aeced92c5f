/* identity_diff.h - the facts in which two results differ, field by field. */
#ifndef HARNESS_IDENTITY_DIFF_H
#define HARNESS_IDENTITY_DIFF_H

#include "harness/reading/readings.h"
#include "harness/result/identity.h"

/* "-" is a value that one side lacks. Texts contain no control characters. */
struct difference {
    char path[96];
    char base[96], now[96];
};

/* The hard fields that differ between two identities (identity_text()). Returns how many differ and
 * writes the first `max`. */
size_t identity_hard_differences(const char *base, const char *now, struct difference *out,
                                 size_t max);

/* The soft facts that differ between two whole readings, in the same way. */
size_t identity_soft_differences(const struct reading *base, const struct reading *now,
                                 struct difference *out, size_t max);

#endif
