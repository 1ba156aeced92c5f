/* f64_work.h - what the host passes to the float64 kernels of support/f64/. */
#ifndef KERNELS_F64_WORK_H
#define KERNELS_F64_WORK_H

#include "kernels/interface/tensor_work.h"

/* Two 128×128 tiles of C that share their columns, for a cluster of two blocks; in units of tiles.
 * rows[1] is -1 if there is no second one. */
struct dmma_pair {
    int rows[2], cols;
};

/* float64 from int8 products (support/f64/moduli.cuh). */
enum { MODULI_MIN = 12, MODULI_MAX = 15, RESIDUE_TILE = 256, RESIDUE_GROUP = 16, RESIDUE_K = 128 };

/* The products of residues. A unit of work is a modulus, a panel of k and a tile of 256×256 entries
 * of C. */
struct residue_work {
    DEVICE_POINTER(const struct tensor_tile) tiles; /* in the order in which they are computed */
    unsigned tile_count, moduli, panels, chunks, n; /* chunks: of RESIDUE_K columns of A */
    unsigned short_end;                     /* not 0: the last chunk has 32 columns of A at most */
    DEVICE_POINTER(unsigned char) residues; /* `panels` planes per modulus */
};

/* How A becomes integers: q = rint(s·a) - h. */
struct integer_scale {
    double s, h;
    double inverse_upper, inverse_lower; /* 1 / s² in double-double, NaN if A is not finite */
};

/* The residues of all products, from which float64 values are computed. */
struct crt_work {
    DEVICE_POINTER(const unsigned char) residues;
    DEVICE_POINTER(const struct tensor_tile) tiles;
    unsigned long long plane; /* bytes of a modulus and panel */
    DEVICE_POINTER(const struct integer_scale) scale;
    unsigned panels;
};

#endif
