/* residues.h - launching the kernels that make float64 products from int8 tensor cores
 * (support/f64/moduli.cuh). */
#ifndef KERNELS_RESIDUES_H
#define KERNELS_RESIDUES_H

#include "kernels/interface/f64_work.h"
#include "kernels/job/kernel.h"

/* kernel.recipe: the number of moduli, and the problems that it suffices for: those on which the
 * error of its entries does not exceed cublasDgemm's (docs/accuracy.md). */
struct residue_recipe {
    unsigned moduli;
    uint64_t unit_from_n; /* on [0,1) from this order on */
    bool for_signed;      /* on [-1,1) too */
};

extern const struct family residues_sm90;

/* The tiles of C, of each mirrored pair one. If the last row of tiles is thin, which a sum's may be
 * (t->thin), it comes as the columns of its tiles, at the end of the list. Writes those of a span
 * to `out` unless it is NULL; returns how many there are. */
struct tiling residue_tiling(unsigned n, bool is_sum);
/* Those of a block of a ring: the rows of a rank's own block are the first of the planes, and those
 * of the panel that it is multiplied with begin at row `panel`. */
struct tiling residue_tiling_of_block(const struct block *b, unsigned panel);
size_t residue_tiles(const struct tiling *t, const struct tile_span *span, struct tensor_tile *out);

/* The panels that k is cut into: so that 16 products of bytes over a panel fit 32 bits, and for a
 * sum three at least, which keeps a plane's panel in the L2 cache at N = 10000. */
unsigned residue_panels(unsigned n, bool is_sum);

#endif
