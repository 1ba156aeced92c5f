/* local.h - ranks on one host without MPI: this program again, for each GPU of --devices or --ranks
 * times, and sockets between rank 0 and every other rank, and between neighbours of the ring. */
#ifndef BENCH_LOCAL_H
#define BENCH_LOCAL_H

#include "bench/cli/options.h"
#include "bench/plugin/transport.h"

/* Starts a rank for each GPU that options->together names, or options->ranks of them, and waits for
 * them. Rank 0 prints; *why has a message only if rank 0 printed none, and if a signal ended them.
 * Returns the status that rank 0 ended with; *is_begun is false if there was no rank. */
enum status local_run(const struct options *options, bool *is_begun, struct failure *why);

/* The transport of a process that local_run() has started, else NULL; and its GPU. */
const struct transport *local_transport(void);
int local_device(void);
bool local_is_rank(void); /* this process was started by local_run() */

#endif
