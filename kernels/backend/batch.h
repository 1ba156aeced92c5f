/* batch.h - several launches as one CUDA graph, for work that is shorter than the host's time to
 * launch it: then the device's time has no gaps in which it waits for the host. */
#ifndef KERNELS_BATCH_H
#define KERNELS_BATCH_H

#include "kernels/job/job.h"

/* A graph of `launches` calls of once(), for cuGraphLaunch(). The first call for a number of
 * launches makes it and launches it once, untimed; it lives as long as the job. NULL if there is no
 * graph: for one launch, more than a thousand, a driver older than CUDA 11.4, or work that cannot
 * be captured. */
CUgraphExec batch_graph(struct job *job, struct loaded *l, unsigned launches,
                        enum status (*once)(struct job *job, struct loaded *l,
                                            struct failure *why));

/* Frees the job's graphs. */
void batch_end(struct job *job);

#endif
