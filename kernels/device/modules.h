/* modules.h - the image ladder: native cubin, then the best PTX, then portable PTX; loaded on first
 * use. */
#ifndef KERNELS_MODULES_H
#define KERNELS_MODULES_H

#include "kernels/device/device.h"

/* The kernel `symbol` of module `name` ("matmul/tile"), from the best image that loads. */
enum status module_function(struct device *d, const char *name, const char *symbol,
                            CUfunction *function, struct failure *why);

/* Writes `bytes` bytes to a __constant__ or __device__ variable of a module, in the order of the
 * stream. Jobs share the modules of a device, and kernels may share one: use job_write(). */
enum status module_write(struct device *d, const char *name, const char *symbol, const void *from,
                         size_t bytes, struct failure *why);

/* Where a loaded module remembers who wrote its variables last. */
const void **module_writer(struct device *d, const char *name);

/* The family of the image that is tried first for this module on this device; NULL if there is
 * none. */
const char *module_family(const struct device *d, const char *name);

#endif
