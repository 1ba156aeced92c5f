/* backends.h - the places where work is done, by verb. */
#ifndef BENCH_BACKENDS_H
#define BENCH_BACKENDS_H

#include "harness/contract/backend.h"

struct place {
    const struct backend *backend;
    const char *opens; /* what opening a device consists of, and loading a variant */
    const char *loads;
    double brief_s; /* sampling without a wish for more: it must not be what a run spends its time
                       on */
    bool may_hang;  /* its calls go to a driver and a card, which may never answer */
};

extern const struct place places[];
extern const size_t place_count;

/* A place's backend, guarded (harness/contract/guard.h) if its calls may hang. */
const struct backend *place_backend(const struct place *place);

/* The place whose backend is called name ("gpu", "cpu"), so guarded, or NULL. */
const struct place *place_named(const char *name);

#endif
