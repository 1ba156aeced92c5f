/* backends.h - the places where work is done, by verb. */
#ifndef BENCH_BACKENDS_H
#define BENCH_BACKENDS_H

#include "harness/contract/backend.h"

struct place {
    const struct backend *backend;
    const char *opens; /* the steps of opening a device and loading a variant, in words */
    const char *loads;
    double brief_s; /* seconds of sampling unless more are asked for, few beside the run itself */
    bool may_hang;  /* its calls go to a driver, which may never return */
};

extern const struct place places[];
extern const size_t place_count;

/* The backend of a place; calls that may hang are guarded (harness/contract/guard.h). */
const struct backend *place_backend(const struct place *place);

/* The same by name, "gpu" or "cpu"; NULL for any other name. */
const struct place *place_named(const char *name);

#endif
