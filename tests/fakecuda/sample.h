/* sample.h - launches of which only some blocks are run (sample.cc). */
#ifndef FAKECUDA_SAMPLE_H
#define FAKECUDA_SAMPLE_H

#include "tests/fakecuda/launch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Like cuda_cpu_launch(), but runs only some of the blocks if $FAKECUDA_SAMPLE is set. */
int sample_launch(const struct cuda_cpu_kernel *kernel, struct cuda_cpu_dim grid,
                  struct cuda_cpu_dim block, size_t shared_bytes, void *const *parameters);

/* Discards the kept sums, because device memory has changed. */
void sample_forget(void);

#ifdef __cplusplus
}
#endif
#endif
