/* ranked.h - a problem that several ranks do together: what its steps share. */
#ifndef BENCH_RANKED_H
#define BENCH_RANKED_H

#include "bench/ranks/ranks.h"
#include "bench/run/run.h"

/* One run of one rank's share. */
struct moment {
    enum status status;
    double part;   /* of the sum */
    nanos wall_ns; /* from the common start until it has its part */
    struct sample sample;
};

struct ranked {
    struct run *run;
    struct ranks *ranks;
    const struct variant *variant;
    struct cut *cuts;   /* where shares begin, size + 1 entries; NULL if there is one rank */
    struct moment *now; /* of all ranks in the last run, on rank 0; elsewhere its own */
    nanos total_ns;     /* of the last run, on rank 0: until it has all parts */
    double sum;         /* of the last run, on rank 0 */
    struct rank_results results;
};

/* The whole of it: rank 0 prints and saves, the others return its status. */
enum status ranked_run(struct run *run, struct ranks *ranks, struct failure *why);

/* One run of all ranks: they start together, and rank 0 gets the parts. All ranks return the same
 * status. */
enum status ranked_take(struct ranked *k, struct failure *why);

/* Runs until the stopping rule is satisfied, and rank 0 alone before that. Fills in the contestant
 * and the times of the results, on rank 0. */
enum status ranked_sample(struct ranked *k, struct contestant *c, struct failure *why);

/* Whether the parts of the first run, and their sum, are right: the same status on all ranks. Sets
 * the verdict, and part, want and error of each rank, on rank 0. */
enum status ranked_verify(struct ranked *k, struct verdict *verdict, struct failure *why);

#endif
