/* clusters.h - the host code that the float64 kernels of compute capability 9.0 share. */
#ifndef KERNELS_CLUSTERS_H
#define KERNELS_CLUSTERS_H

#include "kernels/job/job.h"

/* Whether the driver has clusters and tensor maps; if not, why. */
bool clusters_available(const struct device *d, char *reason, size_t reason_bytes);

/* Describes rows of `row_bytes` bytes to the copy engine, {width, rows, planes} elements of a type,
 * in boxes of width × height with the 128-byte swizzle, and writes the map to a variable of the
 * kernel's module. */
struct described {
    CUtensorMapDataType type;
    CUdeviceptr at;
    uint64_t width, rows, planes, row_bytes, plane_bytes;
    unsigned box_width, box_height;
};
enum status clusters_write_map(struct job *job, const struct loaded *l, struct described what,
                               const char *variable, struct failure *why);

/* Copies `bytes` bytes from host memory to a buffer that belongs to the kernel. */
enum status clusters_upload(struct job *job, const struct loaded *l, const char *name,
                            const void *from, size_t bytes, CUdeviceptr *at, struct failure *why);

/* Launches `blocks` blocks of the kernel in clusters of two. */
enum status clusters_launch(struct job *job, const struct loaded *l, unsigned blocks,
                            void **arguments, struct failure *why);

#endif
