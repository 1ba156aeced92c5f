/* wgmma_planes.h - the planes of A that the wgmma kernels read, or A itself, and their tensor maps.
 */
#ifndef KERNELS_WGMMA_PLANES_H
#define KERNELS_WGMMA_PLANES_H

#include "kernels/job/job.h"
#include "kernels/tiling/wgmma_recipe.h"

/* The rows and columns of A that a launch multiplies, and their planes, if the kernel has any. */
struct columns {
    CUdeviceptr a, hi, lo;
    unsigned rows, k, pitch;
};

/* columns_chunks() returns the number of chunks of WGMMA_CHUNK bytes along k; columns_plane_bytes()
 * the bytes of a plane of n rows. */
unsigned columns_chunks(unsigned k, unsigned element_bytes);
size_t columns_plane_bytes(unsigned n, unsigned k, unsigned element_bytes);
bool columns_have_planes(const struct wgmma_recipe *r);

/* Writes tensor maps of them, in boxes of `box_rows` rows, to a symbol of the kernel's module. */
enum status columns_write_maps(struct job *job, const struct loaded *l,
                               const struct columns *columns, const char *symbol, unsigned box_rows,
                               struct failure *why);

#endif
