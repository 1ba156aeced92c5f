/* parts.c - goes through the rows of A once, adding them up, and takes the dot products that the
 * cuts need as it passes them. */
#include "harness/parts/parts.h"

#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The last rank whose share begins in or above a row. */
static int owner_of(const struct cut *cuts, int ranks, uint64_t row)
{
    int rank = 0;
    while (rank + 1 < ranks && cuts[rank + 1].row <= row)
        rank++;
    return rank;
}

size_t parts_segments(const struct cut *cuts, int ranks, struct segment *out)
{
    const size_t most = 3 * ((size_t)ranks + 1);
    uint64_t *points = need_array(most, sizeof *points);
    size_t count = 0;
    for (int b = 0; b <= ranks; b++) {
        points[count++] = cuts[b].row;
        points[count++] = cuts[b].row + (cuts[b].col > 0 ? cuts[b].rows : 0);
        points[count++] = cuts[b].col;
    }
    qsort(points, count, sizeof *points, by_value);
    size_t used = 0;
    for (size_t i = 0; i + 1 < count; i++)
        if (points[i] < points[i + 1])
            out[used++] = (struct segment){points[i], points[i + 1] - points[i],
                                           owner_of(cuts, ranks, points[i])};
    free(points);
    return used;
}

/* Neumaier's compensated sum of products. */
static long double dot(const long double *x, const long double *y, uint64_t n)
{
    long double sum = 0, lost = 0;
    for (uint64_t k = 0; k < n; k++) {
        const long double term = x[k] * y[k], next = sum + term;
        lost += fabsl(sum) >= fabsl(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
    return sum + lost;
}

/* A pass over the rows. */
struct pass {
    const struct cut *cuts;
    int ranks;
    uint64_t n;
    long double *rows;   /* the sum of the rows so far */
    long double **above; /* of each cut, what `rows` was at its column, while it is needed */
    long double *before; /* of each cut, the sum of C before it */
};

/* What the cuts need where the first `row` rows have been added up. */
static void stop_at(struct pass *p, uint64_t row)
{
    for (int b = 0; b <= p->ranks; b++) {
        const struct cut *c = &p->cuts[b];
        if (c->col == row) /* never 0 */
            p->above[b] = need_copy(p->rows, p->n * sizeof *p->rows);
        if (c->row == row) {
            p->before[b] = dot(p->rows, p->rows, p->n);
            if (c->col > 0)
                p->before[b] -= 2 * dot(p->rows, p->above[b], p->n);
        }
        if (c->col > 0 && c->row + c->rows == row) {
            p->before[b] += 2 * dot(p->rows, p->above[b], p->n);
            free(p->above[b]);
            p->above[b] = NULL;
        }
    }
}

enum status parts_expect(const struct cut *cuts, int ranks, uint64_t n, parts_row_sum *sum,
                         void *context, long double *want, struct failure *why)
{
    const size_t room = (size_t)ranks + 1;
    struct segment *segments = need_array(3 * room, sizeof *segments);
    struct pass p = {cuts,
                     ranks,
                     n,
                     need_array(n, sizeof(long double)),
                     need_array(room, sizeof(long double *)),
                     need_array(room, sizeof(long double))};
    long double *more = need_array(n, sizeof *more);
    const size_t count = parts_segments(cuts, ranks, segments);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && !status; i++) {
        status = sum(context, &segments[i], more, why);
        for (uint64_t k = 0; k < n && !status; k++)
            p.rows[k] += more[k];
        if (!status)
            stop_at(&p, segments[i].first + segments[i].rows);
    }
    for (int r = 0; r < ranks; r++)
        want[r] = p.before[r + 1] - p.before[r];
    for (int b = 0; b <= ranks; b++)
        free(p.above[b]);
    free(p.above);
    free(p.before);
    free(p.rows);
    free(more);
    free(segments);
    return status;
}
