/* wgmma_planes.c - sizes of planes of A, and their tensor maps. */
#include "kernels/launchers/wgmma_planes.h"

#include "kernels/device/modules.h"
#include "kernels/tiling/wgmma_panels.h"

enum { CHUNK = WGMMA_CHUNK, MAPS = 2 };

unsigned columns_chunks(unsigned k, unsigned element_bytes)
{
    const unsigned chunk = CHUNK / element_bytes;
    return (k + chunk - 1) / chunk;
}

size_t columns_plane_bytes(unsigned n, unsigned k, unsigned element_bytes)
{
    return (size_t)columns_chunks(k, element_bytes) * n * CHUNK;
}

bool columns_have_planes(const struct wgmma_recipe *r)
{
    return r->split || r->splits_itself;
}

/* Writes a tensor map of a plane, or of A itself: chunks × rows × 128 bytes, in boxes of `box_rows`
 * rows. */
static enum status describe(struct job *job, const struct wgmma_recipe *r,
                            const struct columns *columns, unsigned plane, unsigned box_rows,
                            CUtensorMap *map, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    const unsigned k = CHUNK / r->element_bytes;
    const uint64_t row_bytes =
        columns_have_planes(r) ? CHUNK : (uint64_t)columns->pitch * sizeof(float);
    const uint64_t dim[3] = {k, columns->rows, columns_chunks(columns->k, r->element_bytes)};
    const uint64_t stride[2] = {row_bytes,
                                columns_have_planes(r) ? (uint64_t)columns->rows * CHUNK : CHUNK};
    const unsigned box[3] = {k, box_rows, 1}, element_stride[3] = {1, 1, 1};
    const CUdeviceptr data = !columns_have_planes(r) ? columns->a
                             : plane                 ? columns->lo
                                                     : columns->hi;
    CUresult error = cu->cuTensorMapEncodeTiled(
        map, r->type, 3, (void *)(uintptr_t)data, dim, stride, box, element_stride,
        CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    return error ? driver_fail(cu, error, why, "cannot describe A to the copy engine") : STATUS_OK;
}

enum status columns_write_maps(struct job *job, const struct loaded *l,
                               const struct columns *columns, const char *symbol, unsigned box_rows,
                               struct failure *why)
{
    const struct wgmma_recipe *r = l->kernel->recipe;
    CUtensorMap maps[MAPS];
    enum status status = STATUS_OK;
    for (unsigned plane = 0; plane < MAPS && !status; plane++)
        status =
            describe(job, r, columns, plane < r->planes ? plane : 0, box_rows, &maps[plane], why);
    return status ? status : job_write(job, l->kernel, symbol, maps, sizeof maps, why);
}
