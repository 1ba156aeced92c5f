/* modules.h - the image ladder: native cubin, then the best PTX, then portable PTX; loaded on first
 * use. */
#ifndef KERNELS_MODULES_H
#define KERNELS_MODULES_H

#include "kernels/device/device.h"

/* The kernel `symbol` of module `name` ("matmul/tile"), from the best image that loads. */
enum status module_function(struct device *d, const char *name, const char *symbol,
                            CUfunction *function, struct failure *why);

/* A __constant__ or __device__ variable of a module. */
enum status module_global(struct device *d, const char *name, const char *symbol,
                          CUdeviceptr *pointer, size_t *bytes, struct failure *why);

/* The family of the image that would be tried first for this module on this device, or NULL if
 * there is none; and the one that was loaded, or NULL before it is. */
const char *module_family(const struct device *d, const char *name);
const char *module_loaded_family(const struct device *d, const char *name);

#endif
