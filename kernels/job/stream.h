/* stream.h - sum-aat of an A that does not fit into the device's memory: pairs of panels of its
 * rows, made on the device when they are needed, or, for wgmma kernels (launchers/wgmma.c), panels
 * of its columns. The run time is then the only limit on N.
 *
 * A job streams if A as a whole needs more than the free memory (backend/plan.c decides it);
 * job->panel_rows > 0 says so. By pairs of rows, the sum has the same bits as that of the same
 * variant in memory: every tile's partial sum goes into the same slot, and the last block adds the
 * slots in their order. By columns, float64 sums are added in another order. */
#ifndef KERNELS_STREAM_H
#define KERNELS_STREAM_H

#include "kernels/job/job.h"

/* Bytes of a row of A in a panel. */
uint64_t stream_row_bytes(const struct problem *p);

/* One run of a sum-aat kernel that takes ranges of tiles (kernels/interface/tile_range.h). */
enum status stream_launch(struct job *job, struct loaded *l, struct failure *why);

/* One run of such a kernel over the device's share of the tiles, of A in memory or streamed. Where
 * shares begin is gpu_cut()'s (backend/select.c). */
enum status stream_share(struct job *job, struct loaded *l, struct failure *why);

/* Prepares a sum over `of_share` of a triangle's tiles, which launches of ranges then add up. */
enum status stream_begin_share(struct job *job, uint64_t tiles, uint64_t of_share,
                               struct failure *why);

/* To be called after every step (0, 1, …) of a stream: the host waits until it is at most two steps
 * ahead, so that the queue of launches stays short, and Ctrl-C ends the run. */
enum status stream_keep_close(struct job *job, unsigned step, struct failure *why);

/* Calls visit() for one panel after the other, each made in job->a: `rows` rows of A from first_row
 * on, those past n zero. */
enum status stream_each_panel(struct job *job,
                              enum status (*visit)(struct job *job, unsigned first_row,
                                                   unsigned rows, void *context,
                                                   struct failure *why),
                              void *context, struct failure *why);

#endif
