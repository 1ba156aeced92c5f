/* soak.h - a sustained run in which every launch is checked.
 *
 * Many matrices fill the device's memory, and variants take turns over them. The first answer on
 * each matrix is verified against float64 and kept; every later launch must leave the same bits.
 * Where comparing takes more than a small share of the time, as with a stored C on tensor cores,
 * such variants get fewer turns than those whose answer is one number. At the end the answers are
 * verified again, and the matrices are compared with what they were. */
#ifndef HARNESS_SOAK_H
#define HARNESS_SOAK_H

#include "harness/link/link.h"
#include "harness/soak/series.h"
#include "harness/verify/verify.h"

enum { SOAK_LOADS_MAX = 16, SOAK_JOBS_MAX = 1024, SOAK_ERRORS_MAX = 64 };

/* The largest share of the time that comparing should take. */
#define SOAK_CHECK_SHARE 0.02

/* After so many batches with differences, every multiprocessor is tried. */
enum { SOAK_TRIALS = 3 };

/* A matrix, and the answer of its variant. */
struct soak_job {
    struct job *job;
    struct verdict verdict; /* of the first answer */
    double *rows, *cols;    /* sums of A's rows and columns at the start */
    uint64_t launches, wrong;
};

/* A variant and its matrices. */
struct soak_load {
    const struct variant *variant;
    struct problem problem;
    struct soak_job *jobs;
    size_t job_count, next;
    double plain_s, checked_s; /* a launch, without and with its comparison */
    double spent_s;
    uint64_t launches, wrong;
    struct soak_series series;
};

struct soak_error {
    double at_s; /* since the start */
    size_t load, job;
    struct mismatch what; /* what.launch: counted on that matrix, from 1 */
};

/* An entry of A that has changed. */
struct soak_change {
    size_t load, job;
    struct entry at; /* the first row and the first column whose sums differ */
    uint32_t want, got;
    uint64_t rows, cols; /* how many sums differ */
};

struct soak {
    /* Set by the caller. */
    const struct backend *backend;
    struct device *device;
    double seconds;      /* how long */
    uint64_t memory;     /* bytes that the matrices may take */
    size_t jobs_max;     /* matrices of each variant; 0: as many as fit */
    double prepare_s;    /* a variant gets no more matrices after so long; 0: until all are made */
    bool stops_on_error; /* ends at the first difference */
    nanos (*now)(void);  /* NULL: clock_now() */
    void (*tick)(void *context, const struct soak *soak); /* after every batch; may be NULL */
    void (*say)(void *context, double share, const char *what, size_t done, size_t total);
    void *context;

    struct link_rates link; /* set by the caller, by link_measure() */
    struct soak_load loads[SOAK_LOADS_MAX];
    size_t load_count;
    uint64_t memory_used;

    /* What the soak found. */
    struct soak_series series;
    struct sample last; /* the latest batch */
    double elapsed_s, check_s;
    double reason_s[32]; /* how long each reason for held-back clocks was seen */
    uint64_t launches, wrong;
    struct soak_error errors[SOAK_ERRORS_MAX];
    size_t error_count;
    struct soak_change changes[SOAK_ERRORS_MAX];
    size_t change_count;
    struct sm_trial trial[SM_UNITS]; /* of the multiprocessors, after the first differences */
    unsigned trials;
    nanos aside_ns; /* time of the trials, which does not count */
    size_t verified, verified_again, wrong_again, not_again; /* not_again: too little memory */
    char wrong_why[512]; /* of the first answer that was wrong at the end */
    char not_again_why[512];
    struct failure failure; /* why it ended early; STATUS_OK: it did not */
    bool is_interrupted;
    int64_t before[HEALTH_COUNT], after[HEALTH_COUNT];
};

/* Adds a variant that will take turns, before soak_prepare(). */
void soak_add(struct soak *soak, const struct variant *v, const struct problem *p);

/* Makes the matrices, at least one for each variant, verifies and keeps the first answers.
 * STATUS_WRONG with a message if one is wrong. */
enum status soak_prepare(struct soak *soak, struct failure *why);

/* The time, by soak->now() if there is one. */
nanos soak_now(const struct soak *soak);

/* The loop, until its time is over, it is interrupted, or it cannot go on (soak->failure). */
void soak_run(struct soak *soak);

/* Verifies the answers and A once more (again.c). Does nothing after a failure of the device or an
 * interruption. */
void soak_verify_again(struct soak *soak);

/* The sums of A's rows and columns, as float64 (again.c). */
enum status soak_sums_of_a(const struct soak *soak, const struct soak_load *load, struct job *job,
                           double *rows, double *cols, struct failure *why);

/* Records launches of a matrix that left other bits, and looks for the multiprocessor (loop.c). */
void soak_note_errors(struct soak *soak, struct soak_load *load, struct soak_job *j,
                      const struct mismatches *found);

/* Reads the counters of faults into soak->before or after; -1 if one is unknown. */
void soak_read_health(const struct soak *soak, int64_t counters[HEALTH_COUNT]);

/* Frees everything but the device. */
void soak_free(struct soak *soak);

/* Work per second over the whole run, as the full product; 0 before the first launch. */
double soak_flops(const struct soak *soak);

/* The share of a load's time that its comparisons take. */
double soak_check_share(const struct soak_load *load);

#endif
