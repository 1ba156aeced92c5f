/* sample.h - launches of which only some blocks are run (sample.cc). */
#ifndef FAKECUDA_SAMPLE_H
#define FAKECUDA_SAMPLE_H

#include "tests/fakecuda/launch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* As cuda_cpu_launch(), or fewer blocks of it where $FAKECUDA_SAMPLE says so. */
int sample_launch(const struct cuda_cpu_kernel *kernel, struct cuda_cpu_dim grid,
                  struct cuda_cpu_dim block, size_t shared_bytes, void *const *parameters);

/* Device memory has changed. */
void sample_forget(void);

#ifdef __cplusplus
}
#endif
#endif
