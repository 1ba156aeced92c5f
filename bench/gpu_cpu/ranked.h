/* ranked.h - a problem that several ranks do together: what its steps share. */
#ifndef BENCH_RANKED_H
#define BENCH_RANKED_H

#include "bench/ranks/ranks.h"
#include "bench/run/run.h"
#include "harness/parts/ring.h"

/* One run of one rank's share. */
struct moment {
    enum status status;
    double part;       /* of the sum */
    nanos wall_ns;     /* from the common start until it has its part */
    nanos exchange_ns; /* of it, waiting for panels of the ring */
    struct sample sample;
};

struct ranked {
    struct run *run;
    struct ranks *ranks;
    const struct variant *variant;
    bool is_ring;
    unsigned grain; /* rows that blocks of a ring are halved at */

    /* size + 1 boundaries of the shares, counted in parts or, if is_ring, in rows of A. */
    uint64_t *at;
    struct cut *cuts; /* the same in C or A; NULL if there is one rank, or a ring */

    struct moment *now; /* of all ranks in the last run, on rank 0; elsewhere its own */
    nanos total_ns;     /* of the last run, on rank 0: until it has all parts */
    double sum;         /* of the last run, on rank 0 */
    struct rank_results results;
};

/* Runs the whole command: rank 0 prints and saves, the others return its status. */
enum status ranked_run(struct run *run, struct ranks *ranks, struct failure *why);

/* shares.c: divides the work, by the speeds of the ranks or evenly if they are NULL; opens the
 * device for this rank's share; says how large the shares are. */
void shares_divide(struct ranked *k, const double *speed);
enum status shares_open(struct ranked *k, struct failure *why);
enum status shares_find(struct ranked *k, struct failure *why);

static inline struct ring ranked_ring(const struct ranked *k)
{
    return (struct ring){k->ranks->size, k->at, k->grain};
}

/* The rows of A that this rank has. */
void shares_rows(const struct ranked *k, uint64_t *first, uint64_t *rows);

/* Divides the work again, by what each rank reached in a run after the first, and opens the device
 * for it. */
enum status shares_measure(struct ranked *k, struct failure *why);
void shares_free(struct ranked *k);

/* ring.c: one run of a rank in a ring: products and exchange, products alone with the panels that
 * are already there, or exchange alone. Adds the times to *m. */
enum ring_work { RING_MULTIPLIES = 1, RING_MOVES = 2 };
enum status ring_run(struct ranked *k, int work, struct moment *m, struct failure *why);

/* Connects the devices whose links the backend offers. To be called when the job has begun. */
enum status ring_join(struct ranked *k, struct failure *why);

/* The bytes of panels that this rank receives in a run. */
double ring_bytes(const struct ranked *k);

/* One run of all ranks: they start together, and rank 0 gets the parts. All ranks return the same
 * status. */
enum status ranked_take(struct ranked *k, struct failure *why);

/* For how long it is sampled: as asked, else by how long the last run took. */
nanos ranked_budget(const struct ranked *k);

/* Runs until the stopping rule is satisfied, and rank 0 alone before that. Fills in the contestant
 * and the times of the results, on rank 0. */
enum status ranked_sample(struct ranked *k, struct contestant *c, struct failure *why);

/* Whether the parts of the first run, and their sum, are right: the same status on all ranks. Sets
 * the verdict, and part, want and error of each rank, on rank 0. */
enum status ranked_verify(struct ranked *k, struct verdict *verdict, struct failure *why);

/* verify_rows.c: the same for a matmul of several ranks, each of which verifies its rows of C. */
enum status ranked_verify_rows(struct ranked *k, struct verdict *verdict, struct failure *why);

/* verify.c: ranked_conclude() judges the errors of the whole result. ranked_announce() gives all
 * ranks rank 0's status; only rank 0 has the message. */
enum status ranked_conclude(const struct ranked *k, struct verdict *verdict, struct failure *why);
enum status ranked_announce(struct ranked *k, enum status status, struct failure *why);

/* verify.c: a verdict with the error of the sum of all parts, which should be `want`. The other
 * errors are still unknown. */
struct verdict ranked_verdict_of_sum(const struct ranked *k, long double want);

#endif
