/* ampere.h - what the kernels of compute capability 8.0 and up need from the host: copies of A
 * rounded for tensor cores, and grids of blocks that live through a launch. */
#ifndef KERNELS_AMPERE_H
#define KERNELS_AMPERE_H

#include "kernels/job/kernel.h"

/* Bytes of the copy of A that the kernel reads; 0: it reads A itself. */
uint64_t ampere_copy_bytes(const struct kernel *k, uint64_t n);

/* kernel.prepare: memory for that copy. */
enum status ampere_prepare(struct job *job, const struct kernel *k, struct failure *why);

/* kernel.launch of the kernels on tensor cores. Steps: the copy, if the kernel reads one, then the
 * kernel. */
enum status ampere_mma(struct job *job, const struct kernel *k, int step, struct failure *why);

/* kernel.prepare of the FFMA kernels: memory for Aᵀ. */
enum status ampere_prepare_transpose(struct job *job, const struct kernel *k, struct failure *why);

/* kernel.launch of the FFMA kernels: transposes A (part of every run's time), then multiplies. */
enum status ampere_ffma(struct job *job, const struct kernel *k, int step, struct failure *why);

#endif
