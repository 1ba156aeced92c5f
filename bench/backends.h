/* backends.h - the places where work is done, by verb. */
#ifndef BENCH_BACKENDS_H
#define BENCH_BACKENDS_H

#include "harness/backend.h"

struct place {
    const struct backend *backend;
    const char *opens; /* what opening a device consists of, and loading a variant */
    const char *loads;
};

extern const struct place places[];
extern const size_t place_count;

/* The place whose backend is called name ("gpu", "cpu"), or NULL. */
const struct place *place_named(const char *name);

#endif
