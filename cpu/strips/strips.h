/* strips.h - the part of sum(A·Aᵀ) that one of several ranks does: strips of rows of C by a BLAS
 * library, one in memory at a time. */
#ifndef CPU_STRIPS_H
#define CPU_STRIPS_H

#include "cpu/blas/library.h"
#include "cpu/loops/parallel.h"
#include "harness/base/clock.h"
#include "harness/contract/backend.h"

/* Parts begin and end at tiles of STRIPS_TILE rows and columns; STRIPS_ROWS rows of C are
 * multiplied at a time. */
enum { STRIPS_TILE = 64, STRIPS_ROWS = 256 };

struct strips {
    struct parallel *pool;
    const struct blas *blas;
    enum element element;
    size_t n;
    const void *a; /* the rows of A down to the end of the part, or of a block, of n entries */
    void *c;       /* scratch for STRIPS_ROWS × n entries */
    double *rows;  /* and for n sums */
};

/* Where part `at` of share->of begins; and how many rows of A, from the first one on, the share
 * needs: n if share->of is 0. */
struct cut strips_cut(uint64_t n, const struct share *share, uint32_t at);
uint64_t strips_rows_of_a(uint64_t n, const struct share *share);

/* The sum of a block of C, strip by strip: of the first `rows` rows with the rows of a panel, or,
 * if it is NULL, with themselves. Adds the times of products and of sums to ns. */
double strips_block(const struct strips *s, uint64_t rows, const void *panel, uint64_t cols,
                    nanos ns[2]);

/* The sum of C between two cuts. Adds the times of products and of sums to ns[0] and ns[1]. */
double strips_sum(const struct strips *s, struct cut begin, struct cut end, nanos ns[2]);

#endif
