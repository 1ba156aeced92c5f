/* dmma.c - lists pairs of tiles, one pair per cluster of two blocks, and launches the kernels. */
#include "kernels/doubles/dmma.h"

#include "harness/base/need.h"
#include "kernels/doubles/clusters.h"

#include <stdlib.h>

enum { TILE = 128, BAND = 8, BOX_COLUMNS = 16, BOX_ROWS = 64 }; /* dmma_sm90.cuh */

struct pairs {
    struct dmma_pair *out;
    size_t count;
};

static void add(struct pairs *p, int row0, int row1, int col)
{
    if (p->out)
        p->out[p->count] = (struct dmma_pair){{row0, row1}, col};
    p->count++;
}

struct tiling dmma_tiling(unsigned n, bool is_triangle)
{
    return (struct tiling){.rows = TILE,
                           .cols = TILE,
                           .down = n,
                           .across = n,
                           .is_triangle = is_triangle,
                           .from_top = true};
}

static struct tiling tiling_of(const struct variant *v, unsigned n)
{
    return dmma_tiling(n, v->symmetric);
}

/* Within the triangle, a column of a band may have an odd number of tiles. By symmetry, its last
 * tile may also be computed as (col, last row), so two such tiles make a pair that shares the last
 * row as its columns. */
size_t dmma_pairs(const struct tiling *t, const struct tile_span *span, struct dmma_pair *out)
{
    const int down = (int)tiling_down(t), first = (int)span->begin.row, last = (int)span->end.row,
              from = (int)span->begin.col, to = (int)span->end.col, below = last + (to > 0);
    struct pairs p = {.out = out};
    for (int band = first; band < below; band += BAND) {
        const int end = band + BAND < below ? band + BAND : below;
        int over = -1, over_row = -1; /* the tile of an odd column */
        for (int col = 0; col < (t->is_triangle ? end : down); col++) {
            int row = t->is_triangle && col > band ? col : band, until = end;
            if (row == first && col < from)
                row++; /* in the share before */
            if (until > last && col >= to)
                until--; /* in the share behind */
            for (; row + 1 < until; row += 2)
                add(&p, row, row + 1, col);
            if (row >= until)
                continue;
            if (over >= 0 && over_row != row)
                add(&p, over, -1, over_row), over = -1;
            if (!t->is_triangle)
                add(&p, row, -1, col);
            else if (over < 0)
                over = col, over_row = row;
            else
                add(&p, over, col, row), over = -1;
        }
        if (over >= 0)
            add(&p, over, -1, over_row);
    }
    return p.count;
}

/* loaded.state */
struct ready {
    CUdeviceptr pairs, partials;
    unsigned count;
};

static uint64_t bytes(const struct variant *v, const struct problem *p)
{
    const struct tiling t = tiling_of(v, (unsigned)p->n);
    const struct tile_span all = tile_span(&t, &(struct share){0});
    return dmma_pairs(&t, &all, NULL) * (sizeof(struct dmma_pair) + 2 * sizeof(double));
}

static enum status prepare(struct job *job, struct loaded *l, struct failure *why)
{
    struct ready *ready = l->state = need(sizeof *ready);
    const struct tiling t = tiling_of(l->variant, job->n);
    const struct tile_span span = tile_span(&t, &job->device->share);
    const size_t count = dmma_pairs(&t, &span, NULL);
    struct dmma_pair *pairs = need_array(count, sizeof *pairs);
    dmma_pairs(&t, &span, pairs);
    ready->count = (unsigned)count;
    enum status status = clusters_upload(job, l, "the list of tiles", pairs, count * sizeof *pairs,
                                         &ready->pairs, why);
    free(pairs);
    if (!status)
        status = job_buffer(job, l->kernel, "partial sums of tiles", 2 * count * sizeof(double),
                            &ready->partials, why);
    const uint64_t row_bytes = job->pitch * sizeof(double);
    return status ? status
                  : clusters_write_map(job, l,
                                       (struct described){CU_TENSOR_MAP_DATA_TYPE_FLOAT64, job->a,
                                                          job->pitch, job->rows, 1, row_bytes,
                                                          job->rows * row_bytes, BOX_COLUMNS,
                                                          BOX_ROWS},
                                       "dmma_map", why);
}

static enum status launch_product(struct job *job, struct loaded *l, int step, struct failure *why)
{
    (void)step;
    struct ready *ready = l->state;
    void *matmul[] = {&ready->pairs, &job->n, &job->c, &job->n, &job->pitch};
    void *sum_aat[] = {&ready->pairs, &job->n, &ready->partials, &job->sum, &job->ticket};
    return clusters_launch(job, l, 2 * ready->count,
                           job->problem.op == OP_MATMUL ? matmul : sum_aat, why);
}

const struct family dmma_sm90 = {.available = clusters_available,
                                 .bytes = bytes,
                                 .tiling = tiling_of,
                                 .prepare = prepare,
                                 .launch = launch_product};
