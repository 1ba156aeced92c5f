/* grid.h - launches kernels on grids that follow from their row in the table; in several launches
 * where the driver stops a kernel that runs for seconds. */
#ifndef KERNELS_GRID_H
#define KERNELS_GRID_H

#include "kernels/interface/tile_range.h"
#include "kernels/job/job.h"

/* Launches a kernel of the table that has no family, on A in memory. */
enum status grid_launch(struct job *job, struct loaded *l, struct failure *why);

/* Launches a sum-aat kernel on a range of tiles of C, the products of the panels `rows` and `cols`
 * of A. */
enum status grid_launch_range(struct job *job, struct loaded *l, CUdeviceptr rows, CUdeviceptr cols,
                              struct tile_range range, struct failure *why);

/* Writes the sum of C to job->sum: the sum of all entries, or that of a symmetric C of which only
 * the lower triangle is stored. */
enum status grid_sum_c(struct job *job, bool lower_only, struct failure *why);

#endif
