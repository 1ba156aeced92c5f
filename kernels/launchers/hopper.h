/* hopper.h - what the sm_90 kernels need from the host: Aᵀ, a tensor map over it, and grids of
 * blocks that live through a launch. */
#ifndef KERNELS_HOPPER_H
#define KERNELS_HOPPER_H

#include "kernels/job/kernel.h"

/* kernel.prepare: memory for Aᵀ, and the module's tensor_map over it. */
enum status hopper_prepare(struct job *job, const struct kernel *k, struct failure *why);

/* kernel.launch of the FFMA kernels: transposes A (part of every run's time), then multiplies. */
enum status hopper_ffma(struct job *job, const struct kernel *k, int step, struct failure *why);

#endif
