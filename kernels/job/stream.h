/* stream.h - computes sum-aat of an A that does not fit into the device's memory. The device fills
 * pairs of panels of rows when they are needed, or, for wgmma kernels (launchers/wgmma.c), panels
 * of columns. The run time is then the only limit on N.
 *
 * A job streams if the whole A needs more than the free memory (backend/plan.c decides this); then
 * job->panel_rows > 0. With panels of rows, the sum has the same bits as without streaming, because
 * every tile's partial sum goes into the same slot, and the last block adds the slots in their
 * order. With panels of columns, float64 sums are added in another order. */
#ifndef KERNELS_STREAM_H
#define KERNELS_STREAM_H

#include "kernels/job/job.h"

/* Bytes of a row of A in a panel. */
uint64_t stream_row_bytes(const struct problem *p);

/* Enqueues one run of a sum-aat kernel that takes ranges of tiles (kernels/interface/tile_range.h).
 */
enum status stream_launch(struct job *job, struct loaded *l, struct failure *why);

/* Enqueues one run of such a kernel over the device's share of the tiles, with A in memory or
 * streamed. gpu_cut() (backend/select.c) decides where shares begin. */
enum status stream_share(struct job *job, struct loaded *l, struct failure *why);

/* Prepares a sum over `of_share` of the `tiles` tiles of a triangle. Launches of ranges then add to
 * it. */
enum status stream_begin_share(struct job *job, uint64_t tiles, uint64_t of_share,
                               struct failure *why);

/* Must be called after every step (0, 1, …) of a stream. The host waits until it is at most two
 * steps ahead, so that the queue of launches stays short and Ctrl-C ends the run soon. */
enum status stream_keep_close(struct job *job, unsigned step, struct failure *why);

/* Fills one panel after the other in job->a and calls visit() for each: `rows` rows of A, starting
 * at first_row. Rows past n are zero. */
enum status stream_each_panel(struct job *job,
                              enum status (*visit)(struct job *job, unsigned first_row,
                                                   unsigned rows, void *context,
                                                   struct failure *why),
                              void *context, struct failure *why);

#endif
