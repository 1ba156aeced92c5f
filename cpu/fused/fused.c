/* fused.c - the sum of all entries of A·Aᵀ without storing the product.
 *
 * C = A·Aᵀ is symmetric, so only tiles on and below its diagonal are computed. The sum of C is the
 * sum of what each panel of k adds to each tile: a tile is summed over one panel in registers,
 * added to a float64 sum and forgotten. Rounding errors are those of PANEL_BYTES of products.
 *
 * The steps follow Goto and van de Geijn, "Anatomy of high-performance matrix multiplication"
 * (2008). A slab of k is copied into strips: ROWS rows side by side, so that the innermost loop
 * (kernel.h) reads memory in order. BLOCK_BYTES of strips stay in the L2 cache while they meet the
 * columns of another strip, a few of which stay in L1. Both factors are the same packed copy. */
#include "cpu/fused/fused.h"

#include "cpu/chip/isa.h"

#include <string.h>

enum {
    PANEL_BYTES = 1024,      /* of a row: 256 float32 or 128 float64 are summed in registers */
    SLAB_PANELS = 4,         /* packed at once: fewer waits, and memory of 4 KiB a row */
    BLOCK_BYTES = 192 * 1024 /* of strips that stay in L2 */
};

/* The inner loops for one type and vector width. */
struct kernel {
    size_t rows, entry_bytes;
    void (*pack)(const void *matrix, size_t n, size_t row0, size_t k0, size_t depth, void *strip);
    double (*multiply)(const void *packed, size_t stride, size_t first, size_t end, size_t column,
                       size_t depth);
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

#if defined(__x86_64__)
#define NAME(x)      x##_avx512_f32
#define TARGET       ISA_TARGET_AVX512
#define ENTRY        float
#define VECTOR_BYTES 64
#define COLUMNS      8
#include "cpu/fused/kernel.h"
#define NAME(x)      x##_avx512_f64
#define TARGET       ISA_TARGET_AVX512
#define ENTRY        double
#define VECTOR_BYTES 64
#define COLUMNS      8
#include "cpu/fused/kernel.h"
#define NAME(x)      x##_avx2_f32
#define TARGET       ISA_TARGET_AVX2
#define ENTRY        float
#define VECTOR_BYTES 32
#define COLUMNS      4
#include "cpu/fused/kernel.h"
#define NAME(x)      x##_avx2_f64
#define TARGET       ISA_TARGET_AVX2
#define ENTRY        double
#define VECTOR_BYTES 32
#define COLUMNS      4
#include "cpu/fused/kernel.h"
#endif
/* 16 bytes: SSE2, and NEON, whose 32 registers hold more columns. SVE would multiply no more in a
 * cycle on the Arm cores that serve GPUs: Neoverse V1 has two pipes of 256 bits for NEON's four of
 * 128, and N2, V2 and V3 have 128 bits in both. Of this loop's 29 instructions 18 multiply. */
#if defined(__aarch64__)
#define BASELINE_COLUMNS 6
#else
#define BASELINE_COLUMNS 3
#endif
#define NAME(x) x##_baseline_f32
#define TARGET
#define ENTRY        float
#define VECTOR_BYTES 16
#define COLUMNS      BASELINE_COLUMNS
#include "cpu/fused/kernel.h"
#define NAME(x) x##_baseline_f64
#define TARGET
#define ENTRY        double
#define VECTOR_BYTES 16
#define COLUMNS      BASELINE_COLUMNS
#include "cpu/fused/kernel.h"

static const struct kernel *kernel_for(enum element element)
{
    const bool is_f64 = element == ELEMENT_F64;
#if defined(__x86_64__)
    if (isa_level() == ISA_AVX512)
        return is_f64 ? &kernel_avx512_f64 : &kernel_avx512_f32;
    if (isa_level() == ISA_AVX2)
        return is_f64 ? &kernel_avx2_f64 : &kernel_avx2_f32;
#endif
    return is_f64 ? &kernel_baseline_f64 : &kernel_baseline_f32;
}

/* A sum in the making. Panel p of strip s begins at packed + (p·strips + s)·panel_bytes. */
struct fused {
    const struct kernel *kernel;
    const void *a;
    size_t n, strips, block;   /* strips of all of A, and of a block */
    size_t panel, panel_bytes; /* k of a panel, and bytes of a strip's panel */
    size_t k0, panels;         /* of this slab */
    char *packed;
    double *sums; /* one for each block and column, counted by item_of() */
};

static struct fused plan(enum element element, size_t n)
{
    const struct kernel *kernel = kernel_for(element);
    struct fused f = {.kernel = kernel, .n = n, .strips = (n + kernel->rows - 1) / kernel->rows};
    f.panel = PANEL_BYTES / kernel->entry_bytes;
    f.panel_bytes = PANEL_BYTES * kernel->rows;
    f.block = BLOCK_BYTES / f.panel_bytes;
    return f;
}

/* How many (block, column) pairs the blocks before this one have: block b meets the columns up to
 * its last strip. */
static size_t items_before(const struct fused *f, size_t block)
{
    return f->block * block * (block + 1) / 2;
}

static size_t item_count(const struct fused *f)
{
    const size_t blocks = (f->strips + f->block - 1) / f->block;
    return items_before(f, blocks); /* the last block may have fewer columns */
}

static size_t slab_panels(const struct fused *f)
{
    return least(SLAB_PANELS, (f->n + f->panel - 1) / f->panel);
}

size_t fused_scratch_bytes(enum element element, size_t n)
{
    const struct fused f = plan(element, n);
    return slab_panels(&f) * f.strips * f.panel_bytes + item_count(&f) * sizeof *f.sums;
}

static size_t depth_of(const struct fused *f, size_t panel)
{
    return least(f->panel, f->n - f->k0 - panel * f->panel);
}

static char *strip_at(const struct fused *f, size_t panel, size_t strip)
{
    return f->packed + (panel * f->strips + strip) * f->panel_bytes;
}

static void pack_strips(void *context, size_t begin, size_t end)
{
    const struct fused *f = context;
    for (size_t s = begin; s < end; s++)
        for (size_t p = 0; p < f->panels; p++)
            f->kernel->pack(f->a, f->n, s * f->kernel->rows, f->k0 + p * f->panel, depth_of(f, p),
                            strip_at(f, p, s));
}

static void multiply_items(void *context, size_t begin, size_t end)
{
    const struct fused *f = context;
    const size_t stride = f->panel_bytes / f->kernel->entry_bytes;
    size_t block = 0;
    for (size_t item = begin; item < end; item++) {
        while (items_before(f, block + 1) <= item)
            block++;
        const size_t column = item - items_before(f, block), first = block * f->block;
        const size_t last = least(first + f->block, f->strips);
        const size_t from = first > column ? first : column;
        for (size_t p = 0; p < f->panels && from < last; p++)
            f->sums[item] +=
                f->kernel->multiply(strip_at(f, p, 0), stride, from, last, column, depth_of(f, p));
    }
}

/* By halves, so that rounding errors grow with the logarithm of the count. */
static double add_up(const double *x, size_t count)
{
    if (count == 1)
        return x[0];
    return add_up(x, count / 2) + add_up(x + count / 2, count - count / 2);
}

double fused_sum_aat(struct parallel *pool, enum element element, const void *a, size_t n,
                     void *scratch)
{
    struct fused f = plan(element, n);
    const size_t items = item_count(&f);
    f.a = a;
    f.packed = scratch;
    f.sums = (double *)(void *)(f.packed + slab_panels(&f) * f.strips * f.panel_bytes);
    memset(f.sums, 0, items * sizeof *f.sums);
    for (; f.k0 < n; f.k0 += SLAB_PANELS * f.panel) {
        f.panels = least(SLAB_PANELS, (n - f.k0 + f.panel - 1) / f.panel);
        parallel_for(pool, f.strips, 1, pack_strips, &f);
        parallel_for(pool, items, 1, multiply_items, &f);
    }
    return add_up(f.sums, items);
}
