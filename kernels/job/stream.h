/* stream.h - sum-aat where A does not fit into the device's memory: pairs of panels of its rows,
 * made where and when they are wanted, or, for the tensor cores (tensor.c), panels of its columns.
 * N is then limited by time.
 *
 * A job streams if A, whole, needs more than device_facts.memory_free; job->stream_rows says so.
 * By pairs of rows, the sum has the same bits as of the same variant in memory: every tile's
 * partial sum goes into the slot it always has, and the last block adds the slots in their order.
 * By columns, float64 sums are added in another order. */
#ifndef KERNELS_STREAM_H
#define KERNELS_STREAM_H

#include "kernels/job/job.h"

/* Whether a variant can: those of sum-aat that take ranges of tiles
 * (kernels/interface/tile_range.h). */
bool stream_can(const struct variant *v);

/* The fewest bytes that v (NULL: the variant that needs least) can stream p in, all told. */
uint64_t stream_bytes_least(const struct variant *v, const struct problem *p);

/* Allocates the memory for panels, and sets job->stream_rows. */
enum status stream_begin(struct job *job, struct failure *why);

/* One run of k. */
enum status stream_launch(struct job *job, const struct kernel *k, CUfunction f,
                          struct failure *why);

/* So that Ctrl-C is heard, and the queue of launches stays short, the host is never more than two
 * steps ahead. Steps count from 0. */
enum status stream_keep_close(struct job *job, unsigned step, struct failure *why);

/* Calls visit() for one panel after the other, each made in job->a: `rows` rows of A from first_row
 * on, those past n zero. */
enum status stream_each_panel(struct job *job,
                              enum status (*visit)(struct job *job, unsigned first_row,
                                                   unsigned rows, void *context,
                                                   struct failure *why),
                              void *context, struct failure *why);

#endif
