/* ring.h - A·Aᵀ by ranks that have a block of rows of A each, while panels go round a ring.
 *
 * In step s a rank multiplies its own block with that of the rank s places before it, which the
 * ranks between have passed on, and in step 0 with itself. After half the way round every two
 * blocks have met. With an even number of ranks, two blocks meet twice in the last step, and each
 * rank does one half. */
#ifndef HARNESS_RING_H
#define HARNESS_RING_H

#include <stdint.h>

struct ring {
    int ranks;
    const uint64_t *first; /* where the block of each rank begins; ranks + 1 entries */
    uint64_t grain;        /* blocks are halved at a multiple of so many rows */
};

/* What a rank multiplies in a step: `rows` of its own rows, from the first one on, with `cols` rows
 * of the block of rank `of`, from its row `col` on. */
struct ring_part {
    int of;
    uint64_t rows, col, cols;
};

/* The number of steps after step 0. */
int ring_steps(int ranks);

struct ring_part ring_part(const struct ring *ring, int rank, int step);

/* The entries of C that a rank does, those above the diagonal too. */
double ring_entries(const struct ring *ring, int rank);

/* Divides n rows so that the shares of the work are as the speeds; equal speeds if it is NULL, and
 * then the shares differ by one row of C at most, or by the grain. */
void ring_blocks(const double *speed, int ranks, uint64_t n, uint64_t *first);

/* The rows of a rank whose sums ring_expect() wants: the first half, then the rest. */
uint64_t ring_half(const struct ring *ring, int rank);

/* Adds the products of some columns to want[r], the expected part of rank r. `sums` has, of each
 * rank, the sums of these columns over both halves of its rows. lost[r] is what was rounded away;
 * both begin as zeros, and their sum is the answer. */
void ring_expect(int ranks, const long double *sums, uint64_t columns, long double *want,
                 long double *lost);

#endif
