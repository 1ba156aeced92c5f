/* ranks.h - the processes that do one problem together, one per rank, and their messages.
 *
 * Rank 0 collects, decides and prints. Every exchange has a time limit, so that a rank that hangs
 * is named instead of waited for: as in harness/base/clock.h HANG_SECONDS, or
 * $GPUBENCH_HANG_SECONDS, and 20 times as long as this rank or rank 0 has worked between two
 * exchanges. After a failed exchange is_broken is set, and only ranks_end() may be called. In a
 * ring, a rank may wait for one that is itself waiting. When its limit has passed it reports to
 * rank 0, which waits longer, so that the rank that does not answer at all is named. */
#ifndef BENCH_RANKS_H
#define BENCH_RANKS_H

#include "bench/cli/options.h"
#include "bench/ranks/transfer.h"

/* Joins the ranks that a launcher (mpirun, srun) or --devices has started. *ranks is NULL if this
 * process works alone. Fails if a launcher is there and its MPI cannot be joined, or if the ranks
 * were not started alike. */
enum status ranks_join(const struct options *options, struct ranks **ranks, struct failure *why);

/* Prints why->text if the status is a failure, and leaves; after a failed exchange it ends all
 * ranks at once with the status's exit code. ranks may be NULL, then nothing happens. */
void ranks_end(struct ranks *ranks, enum status status, struct failure *why);

/* `bytes` of every rank to rank 0, where `all` has room for size × bytes; and from rank 0 to every
 * rank. `what` names the step for messages. */
enum status ranks_gather(struct ranks *r, const void *mine, size_t bytes, void *all,
                         const char *what, struct failure *why);
enum status ranks_broadcast(struct ranks *r, void *data, size_t bytes, const char *what,
                            struct failure *why);

/* From one rank to another; of any length. */
enum status ranks_send(struct ranks *r, int to, const void *data, size_t bytes, const char *what,
                       struct failure *why);
enum status ranks_receive(struct ranks *r, int from, void *data, size_t bytes, const char *what,
                          struct failure *why);

/* Exchanges how a step ended: all ranks return the worst status. On rank 0, why names the rank;
 * elsewhere it has no text, so that each failure is printed once. */
enum status ranks_agree(struct ranks *r, enum status status, const char *what, struct failure *why);

#endif
