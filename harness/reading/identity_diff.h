/* identity_diff.h - in which facts two results differ, field by field. */
#ifndef HARNESS_IDENTITY_DIFF_H
#define HARNESS_IDENTITY_DIFF_H

#include "harness/reading/readings.h"
#include "harness/result/identity.h"

/* A value that one side does not have is "-". Texts are free of control characters. */
struct difference {
    char path[96];
    char base[96], now[96];
};

/* The hard fields that differ, out of the two identities (a line each, path=value). Returns how
 * many there are; the first `max` are written. */
size_t identity_hard_differences(const char *base, const char *now, struct difference *out,
                                 size_t max);

/* The soft facts of two whole readings that differ: worth knowing, no reason to refuse. */
size_t identity_soft_differences(const struct reading *base, const struct reading *now,
                                 struct difference *out, size_t max);

#endif
