/* gpu_backend.h - CUDA devices as a backend of the harness. */
#ifndef KERNELS_GPU_BACKEND_H
#define KERNELS_GPU_BACKEND_H

#include "harness/contract/backend.h"

extern const struct backend gpu_backend;

#endif
