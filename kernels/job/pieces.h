/* pieces.h - a grid in several launches, where the driver ends a kernel that runs for seconds. */
#ifndef KERNELS_PIECES_H
#define KERNELS_PIECES_H

#include "kernels/job/job.h"

/* Launches the grid of k, x × y blocks, with these arguments. On a device with a kernel time limit
 * it goes in pieces of at most 0.2 s: of tiles of a triangle (along x), or of rows of tiles (along
 * y). *first is the argument that says where a piece begins; what it holds counts from there. */
enum status launch_pieces(struct job *job, const struct kernel *k, CUfunction f, unsigned x,
                          unsigned y, void **arguments, unsigned *first, struct failure *why);

#endif
