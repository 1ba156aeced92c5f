/* launch.h - the host's side of kernels that run on the CPU: find one by name, launch it. C and
 * C++.
 *
 * Environment, read at each launch:
 *
 *   FAKECUDA_ORDER    forward (default), reverse or random[:SEED]: the order of threads and blocks.
 *                     A result that depends on it shows a missing barrier, or a race between
 *                     blocks.
 *   FAKECUDA_WORKERS  blocks are run by this many OS threads (default 1; needs a shared library,
 *                     see workers.cc) */
#ifndef FAKECUDA_LAUNCH_H
#define FAKECUDA_LAUNCH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FAKECUDA_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

struct cuda_cpu_kernel;
struct cuda_cpu_dim {
    unsigned x, y, z;
};

/* The kernel of that name, or NULL. */
FAKECUDA_API const struct cuda_cpu_kernel *cuda_cpu_find(const char *name);

/* The name of kernel number i, NULL after the last. */
FAKECUDA_API const char *cuda_cpu_name(size_t i);

/* Runs the whole grid before it returns. parameters[i] points at argument i, as for cuLaunchKernel.
 * 0, or the CUresult a driver would give: 1 (CUDA_ERROR_INVALID_VALUE) for dimensions beyond
 * compute capability 3.0, 719 (CUDA_ERROR_LAUNCH_FAILED) after a fault, which is described on
 * stderr. */
FAKECUDA_API int cuda_cpu_launch(const struct cuda_cpu_kernel *kernel, struct cuda_cpu_dim grid,
                                 struct cuda_cpu_dim block, size_t shared_bytes,
                                 void *const *parameters);

/* Runs only these blocks of the grid. */
FAKECUDA_API int cuda_cpu_launch_some(const struct cuda_cpu_kernel *kernel,
                                      struct cuda_cpu_dim grid, struct cuda_cpu_dim block,
                                      size_t shared_bytes, void *const *parameters,
                                      const uint64_t *blocks, uint64_t count);

/* How many multiprocessors later launches have (at first 1), and which of them is faulty: the last
 * bit of each of its multiply-adds is wrong; -1: none. */
FAKECUDA_API void cuda_cpu_set_sms(unsigned count, int sick);

/* The contents of uninitialised shared memory: a NaN as half, bfloat16, float and double, and a
 * large negative int. Arithmetic keeps the payload, so a result computed from it differs from an
 * ordinary NaN. */
#define CUDA_CPU_POISON 0xfffbfffbu

#ifdef __cplusplus
}
#endif
#endif
