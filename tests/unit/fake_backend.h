/* fake_backend.h - a backend in host memory for the harness's tests: small matrices, real
 * arithmetic, faults on demand, and sample times from a script instead of a clock. */
#ifndef TESTS_UNIT_FAKE_BACKEND_H
#define TESTS_UNIT_FAKE_BACKEND_H

#include "harness/contract/backend.h"

enum fake_fault {
    FAULT_NONE,
    FAULT_DROPPED_STEP,  /* one tile of C lacks 8 of its n products */
    FAULT_SWAPPED_TILES, /* two tiles of C have changed places */
    FAULT_MIRRORED_TILE, /* one tile off the diagonal is written transposed */
    FAULT_NAN_ENTRY,     /* the entry at `place` is computed as NaN */
    FAULT_UNWRITTEN,     /* the entry at `place` is not written */
    FAULT_TRUNCATED,     /* operands are truncated, not rounded */
    FAULT_LOST_TILE,     /* one tile of C is zero */
    FAULT_WRONG_FILL,    /* one entry of A, at `place`, differs in its last bit */
    FAULT_NO_ANSWER,     /* answer() fails */
    FAULT_NO_ENTRIES,    /* c_entries() fails */
};

enum { FAKE_TILE = 32 };

struct job {
    struct problem problem;
    enum fake_fault fault;
    struct entry place;
    float *a, *c; /* n·n; c for every operation, made by run() */
    double sum;
    bool of_int8; /* references are of A rounded to 8 bits */
    void (*spoil)(struct job *job,
                  void *context); /* what is done to C after a run; NULL: nothing */
    void *spoil_context;
    char order[4096]; /* the first letter of each variant run, in order */
    size_t runs;
};

/* The script that a variant's `row` points to if its times are scripted; no work is done then. */
struct fake_pace {
    nanos (*launch_ns)(unsigned run, unsigned launches); /* per launch; run counts from 0 */
    unsigned fails_at;                                   /* the run that fails, from 1; 0: none */
    unsigned interrupts_at; /* the run during which SIGINT comes, from 1; 0: none */
    bool loses_device;      /* the run that fails says that all later ones would */
    bool dies_of_interrupt; /* … and run() itself reports it */
    unsigned
        idle_from; /* from this run on, from 1, nothing is done and the answer stays; 0: none */
    unsigned differs_at; /* the run whose answer differs in its last bit, from 1; 0: none */
    nanos busy_ns;       /* time that each run takes in addition to the time it reports */
    uint32_t throttle;   /* of each sample, as the next two */
    double power_w, power_limit_w;
    nanos wall_ns; /* the host's time per launch; 0: the same as the device's */
    unsigned runs; /* so far */
};

/* The answer of scripted variants. */
#define FAKE_ANSWER 1.5

extern const struct backend fake_backend;

/* The entry of A that philox.h defines. */
float fake_entry_of_a(const struct problem *p, struct entry e);

/* A job with A filled (and the fault of a wrong fill in it). Freed by fake_backend.end(). */
struct job *fake_job(struct problem problem, enum fake_fault fault, struct entry place);

#endif
