/* ring.c - the blocks and panels of each rank in each step of a ring. */
#include "harness/parts/ring.h"

#include "harness/base/need.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

int ring_steps(int ranks)
{
    return ranks / 2;
}

static uint64_t rows_of(const struct ring *ring, int rank)
{
    return ring->first[rank + 1] - ring->first[rank];
}

uint64_t ring_half(const struct ring *ring, int rank)
{
    return (rows_of(ring, rank) / 2 + ring->grain / 2) / ring->grain * ring->grain;
}

static int before(int ranks, int rank, int step)
{
    return (rank - step + ranks) % ranks;
}

static bool is_shared(int ranks, int step)
{
    return step > 0 && 2 * step == ranks;
}

struct ring_part ring_part(const struct ring *ring, int rank, int step)
{
    const int of = before(ring->ranks, rank, step);
    struct ring_part p = {of, rows_of(ring, rank), 0, rows_of(ring, of)};
    if (is_shared(ring->ranks, step) && rank > of) {
        p.rows = ring_half(ring, rank);
    } else if (is_shared(ring->ranks, step)) {
        p.col = ring_half(ring, of);
        p.cols -= p.col;
    }
    return p;
}

double ring_entries(const struct ring *ring, int rank)
{
    double entries = 0;
    for (int step = 0; step <= ring_steps(ring->ranks); step++) {
        const struct ring_part p = ring_part(ring, rank, step);
        entries += (step ? 2.0 : 1.0) * (double)p.rows * (double)p.cols;
    }
    return entries;
}

/* The same of blocks whose number of rows is not whole. */
static double work_of(const double *rows, int ranks, int rank)
{
    double met = rows[rank];
    for (int step = 1; step <= ring_steps(ranks); step++)
        met += (is_shared(ranks, step) ? 1 : 2) * rows[before(ranks, rank, step)];
    return rows[rank] * met;
}

/* Repeatedly multiplies each block's rows by the square root of its wanted share of the work over
 * its present one. */
static void fit(const double *speed, int ranks, double n, double *rows)
{
    enum { TURNS = 300 };
    double *work = need_array((size_t)ranks, sizeof *work), all = 0;
    for (int r = 0; r < ranks; r++)
        all += speed[r];
    for (int turn = 0; turn < TURNS; turn++) {
        double sum = 0;
        for (int r = 0; r < ranks; r++)
            work[r] = work_of(rows, ranks, r);
        for (int r = 0; r < ranks; r++)
            sum += rows[r] *= sqrt(speed[r] / all * n * n / work[r]);
        for (int r = 0; r < ranks; r++)
            rows[r] *= n / sum;
    }
    free(work);
}

void ring_blocks(const double *speed, int ranks, uint64_t n, uint64_t *first)
{
    double *rows = need_array((size_t)ranks, sizeof *rows), end = 0;
    for (int r = 0; r <= ranks; r++)
        first[r] = (uint64_t)((unsigned __int128)n * (unsigned)r / (unsigned)ranks);
    for (int r = 0; r < ranks; r++)
        rows[r] = (double)n / ranks;
    if (speed) {
        fit(speed, ranks, (double)n, rows);
        for (int r = 1; r < ranks; r++)
            first[r] = (uint64_t)llround(fmin(end += rows[r - 1], (double)n));
    }
    free(rows);
}

/* Neumaier's compensated sum. */
static void add(long double *sum, long double *lost, long double term)
{
    const long double next = *sum + term;
    *lost += fabsl(*sum) >= fabsl(term) ? (*sum - next) + term : (term - next) + *sum;
    *sum = next;
}

void ring_expect(int ranks, const long double *sums, uint64_t columns, long double *want,
                 long double *lost)
{
    for (int r = 0; r < ranks; r++)
        for (int step = 0; step <= ring_steps(ranks); step++) {
            const int of = before(ranks, r, step);
            const bool has_half = is_shared(ranks, step) && r > of;
            const bool meets_half = is_shared(ranks, step) && r < of;
            const long double *own = sums + 2 * columns * (uint64_t)r;
            const long double *met = sums + 2 * columns * (uint64_t)of;
            for (uint64_t k = 0; k < columns; k++) {
                const long double left = own[k] + (has_half ? 0 : own[columns + k]);
                const long double right = (meets_half ? 0 : met[k]) + met[columns + k];
                add(&want[r], &lost[r], (step ? 2 : 1) * left * right);
            }
        }
}
