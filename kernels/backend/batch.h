/* batch.h - launches back to back as one CUDA graph, for work so short that the host could not
 * launch it as fast as the device does it: then the device's time has no gaps that are the host's.
 */
#ifndef KERNELS_BATCH_H
#define KERNELS_BATCH_H

#include "kernels/job/kernel.h"

/* A graph of so many times `once`, for cuGraphLaunch(); made at the first call for this many,
 * launched once untimed, and the job's until it ends. NULL where there is none: one launch, very
 * many, a driver older than CUDA 11.4, or work that cannot be captured. */
CUgraphExec batch_graph(struct job *job, const struct variant *v, unsigned launches,
                        enum status (*once)(struct job *job, const struct variant *v,
                                            struct failure *why));

/* Frees the job's graphs. */
void batch_end(struct job *job);

#endif
