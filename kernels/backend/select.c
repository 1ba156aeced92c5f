/* select.c - which variants can run on a device, and which one `auto` chooses. */
#include "kernels/backend/gpu.h"
#include "kernels/device/images.h"
#include "kernels/device/modules.h"

#include <math.h>
#include <stdio.h>

static bool has_memory(const struct device *d, const struct variant *v, const struct problem *p,
                       char *reason, size_t bytes)
{
    struct plan plan;
    gpu_plan(d, v, p, &plan);
    if (!plan.fits)
        snprintf(reason, bytes, "%s", plan.sentence);
    return plan.fits;
}

/* Tensor cores of an unknown peak are taken to be as fast as FP32. */
static double expected_seconds(const struct device *d, const struct variant *v,
                               const struct problem *p)
{
    const double *peaks = d->facts.peak_flops;
    const double plain = peaks[plain_arithmetic(p->element)],
                 known = peaks[v->arithmetic] > 0 ? peaks[v->arithmetic] : plain,
                 peak = known > 0 ? known : peaks[ARITH_F32];
    return problem_flop_done(p, v->symmetric) / (0.5 * peak);
}

/* Kernels of the lower triangle that take ranges of tiles (kernels/interface/tile_range.h), and
 * families that divide their tiles themselves. Of matmul, kernels that take rows of tiles, and
 * families that take rows; of reduce our own kernels, which take any number of entries. */
static bool can_share(const struct variant *v)
{
    const struct kernel *k = kernel_of(v);
    if (v->op == OP_REDUCE)
        return !k->family;
    if (v->op == OP_MATMUL)
        return k->family ? k->family->takes_rows : k->grid == GRID_TILES;
    return v->op == OP_SUM_AAT &&
           (k->family ? k->family->tiling != NULL : k->grid == GRID_TRIANGLE);
}

bool gpu_cut(const struct device *d, const struct variant *v, const struct problem *p, uint32_t at,
             struct cut *cut)
{
    const struct kernel *k = kernel_of(v);
    if (!can_share(v))
        return false;
    if (v->op != OP_SUM_AAT) {
        *cut = cut_of_rows(p->n, gpu_row_grain(v), at, d->share.of);
    } else if (k->family) {
        const struct tiling t = k->family->tiling(v, (unsigned)p->n);
        *cut = tile_cut(&t, tile_share(&t, at, d->share.of));
    } else {
        *cut = cut_of_tiles(p->n, k->tile, at, d->share.of);
    }
    return true;
}

bool gpu_can_run(const struct device *d, const struct variant *v, const struct problem *p,
                 char *reason, size_t bytes)
{
    const struct kernel *k = kernel_of(v);
    const struct family *family = k->family;
    const int needed_cc = k->only_cc ? k->only_cc : k->least_cc;
    if (element_of(v->arithmetic) != p->element) {
        const char *type = element_name(element_of(v->arithmetic));
        snprintf(reason, bytes, "multiplies %s entries: add --type %s", type, type);
        return false;
    }
    if (d->share.is_block && family && !family->launch_block) {
        snprintf(reason, bytes, "cannot do blocks of a ring");
        return false;
    }
    if (d->share.of && !can_share(v)) {
        snprintf(reason, bytes, "cannot be divided among ranks%s",
                 v->op != OP_MATMUL
                     ? ""
                     : ", as the portable kernels that make all of C can, and cuBLAS's gemm");
        return false;
    }
    if (k->only_cc ? d->cc != k->only_cc : d->cc < k->least_cc) {
        snprintf(reason, bytes, "needs cc %d.%d, this is %d.%d", needed_cc / 10, needed_cc % 10,
                 d->cc / 10, d->cc % 10);
        return false;
    }
    if (k->module && !module_family(d, k->module)) {
        if (d->image_family)
            snprintf(reason, bytes, "has no %s image", d->image_family);
        else
            snprintf(reason, bytes, "needs a newer driver than CUDA %s",
                     cuda_version(d->cu.version).text);
        return false;
    }
    if (d->facts.simulated && k->module && image_find(k->module, "hopper")) {
        snprintf(reason, bytes, "the simulated GPU runs no kernels of Hopper alone");
        return false;
    }
    if ((int)k->shared_bytes > d->shared_optin_bytes) {
        snprintf(reason, bytes, "needs %u KiB of shared memory a block, this has %d",
                 k->shared_bytes >> 10, d->shared_optin_bytes >> 10);
        return false;
    }
    /* Only grids of grid.h are launched in pieces, and the driver's time limit ends the run. */
    const double longest_s = 1, seconds = expected_seconds(d, v, p);
    if (family && d->kernel_timeout && seconds > longest_s) {
        snprintf(reason, bytes,
                 "is one launch of some %.0f s, and this GPU stops a kernel that takes seconds",
                 seconds);
        return false;
    }
    const uint64_t blocks_most = 4095; /* of finish_at_once() */
    if (kernel_of(v)->at_once && kernel_of(v)->grid == GRID_CHUNKS &&
        p->n * p->n > blocks_most * kernel_of(v)->tile) {
        snprintf(reason, bytes, "is for small matrices, at most N = %.0f",
                 floor(sqrt((double)(blocks_most * kernel_of(v)->tile))));
        return false;
    }
    if (p->range == RANGE_WIDE && v->arithmetic == ARITH_F16 && !(family && family->scales_rows)) {
        snprintf(reason, bytes,
                 "f16 holds at most 65504, entries of this A are larger, and this variant does not "
                 "scale rows");
        return false;
    }
    const bool is_int8 = v->arithmetic == ARITH_INT8;
    if (p->range == RANGE_WIDE && (is_int8 || v->arithmetic == ARITH_FP8)) {
        snprintf(reason, bytes,
                 "rounds A to 8 bits with one factor for all rows, and rows of this A differ by "
                 "more than 8 bits resolve");
        return false;
    }
    const uint64_t exact_most = 130000; /* the sum, 127²·N³/4, and 127²·N fit 64 and 32 bits */
    if (is_int8 && p->n > exact_most) {
        snprintf(reason, bytes, "adds integers exactly, which fit up to N = %llu",
                 (unsigned long long)exact_most);
        return false;
    }
    if (family && family->available && !family->available(d, reason, bytes))
        return false;
    if (family && family->suits && !family->suits(v, p, reason, bytes))
        return false;
    return has_memory(d, v, p, reason, bytes);
}

const struct variant *gpu_auto(const struct variant *table, size_t count, const struct device *d,
                               const struct problem *p, enum arithmetic arithmetic)
{
    char reason[160];
    /* All of C is slower than a triangle, so only a share leaves no other choice. */
    const bool is_block = d->share.of && p->op == OP_MATMUL;
    for (size_t i = count; i-- > 0;) {
        const struct variant *v = &table[i];
        if (v->op == p->op && v->arithmetic == arithmetic && !v->library &&
            (is_block || p->n >= kernel_of(v)->auto_from_n) &&
            d->cc >= kernel_of(v)->auto_from_cc && gpu_can_run(d, v, p, reason, sizeof reason))
            return v;
    }
    return NULL;
}
