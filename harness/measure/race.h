/* race.h - what the parts of the measuring loop share: the contestants with the loop's own data
 * about each, and one timed run of one of them. */
#ifndef HARNESS_RACE_H
#define HARNESS_RACE_H

#include "harness/measure/contest.h"

/* The loop's own data about one contestant. */
struct lane {
    double *seconds;     /* device time of each sample, for stop_decide() */
    nanos spent_ns;      /* wall time of its samples, or of its warm-ups while warming up */
    nanos fastest_ns;    /* device time of the fastest warm-up, for one launch */
    double last_warm[4]; /* seconds of the last four warm-ups, the latest first */
    size_t turns;
    bool done;         /* warm, sampled enough, or failed */
    bool is_last;      /* its next run is the one after the last sample */
    bool was_poisoned; /* its last run started from a poisoned answer */
};

struct race {
    const struct backend *backend;
    struct job *job;
    struct contestant *contestants;
    struct lane *lanes;
    size_t count;
    const struct measure_plan *plan;
    nanos spent_ns;  /* wall time of all lanes */
    size_t runner;   /* whose runs were the last ones */
    nanos runner_ns; /* their wall time, without another contestant's run between them */
    bool is_hot;     /* a contestant came near the device's power limit */
    bool is_lost;    /* the device is lost; nothing more is run on it */
    uint64_t random; /* state of recheck_poisons() */
};

/* Makes one timed run, checked against the verified one. If the contestant fails, its lane is done,
 * *sample is not valid, and STATUS_OK is returned. */
enum status race_run(struct race *race, size_t i, struct sample *sample, struct failure *why);

/* Runs all contestants in turn until each is warm. */
enum status race_warm_up(struct race *race, struct failure *why);

/* Reports the completed share of all, 0 … 1, before contestant i's next run. */
void race_report(const struct race *race, size_t i, double done);

#endif
