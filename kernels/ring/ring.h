/* ring.h - a rank's part of a ring of GPUs: blocks of C of two panels of A, and the transfer of
 * panels from GPU to GPU by NCCL. The memory of the panels is described in job.h. */
#ifndef KERNELS_RING_H
#define KERNELS_RING_H

#include "harness/contract/links.h"
#include "kernels/job/job.h"

/* Partial sums of a kernel of square tiles. */
uint64_t ring_partials(const struct share *share, unsigned tile);

/* Puts a variant's work for a block on the stream; the sum will be in job->sum. */
enum status ring_launch(struct job *job, struct loaded *l, const struct block *block,
                        struct failure *why);

extern const struct links ring_links;

#endif
