/* dmma.c - lists pairs of tiles, one pair per cluster of two blocks, and launches the kernels.
 *
 * In a ring, a block is a rectangle of tiles of two panels of A, one below the other, or a triangle
 * of its own. */
#include "kernels/doubles/dmma.h"

#include "harness/base/need.h"
#include "kernels/doubles/clusters.h"

#include <stdlib.h>

enum { TILE = 128, BAND = 8, BOX_COLUMNS = 16, BOX_ROWS = 64 }; /* dmma_sm90.cuh */

/* top, left: the tile of C that rows and columns are counted from. */
struct pairs {
    struct dmma_pair *out;
    size_t count;
    int top, left;
};

static void put(struct pairs *p, struct dmma_pair pair)
{
    if (p->out)
        p->out[p->count] = pair;
    p->count++;
}

static void add(struct pairs *p, int row0, int row1, int col)
{
    put(p, (struct dmma_pair){{p->top + row0, row1 < 0 ? row1 : p->top + row1}, p->left + col});
}

/* The mirror images of tiles (row, col0) and (row, col1). */
static void add_mirrored(struct pairs *p, int row, int col0, int col1)
{
    put(p, (struct dmma_pair){{p->left + col0, col1 < 0 ? col1 : p->left + col1}, p->top + row});
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

/* A column of a band may have an odd number of tiles. By symmetry, its last tile may also be
 * computed as (col, last row), so two such tiles make a pair that shares the last row as its
 * columns; but not where all of C is stored, which begins at the diagonal as no block of a ring
 * does. */
size_t dmma_pairs(const struct tiling *t, const struct tile_span *span, struct dmma_pair *out)
{
    const int across = (int)((t->across + TILE - 1) / TILE), first = (int)span->begin.row,
              last = (int)span->end.row, from = (int)span->begin.col, to = (int)span->end.col,
              below = last + (to > 0);
    const bool mirrors = t->is_triangle || t->row != t->col;
    struct pairs p = {.out = out, .top = (int)t->row / TILE, .left = (int)t->col / TILE};
    for (int band = first; band < below; band += BAND) {
        const int end = band + BAND < below ? band + BAND : below;
        int over = -1, over_row = -1; /* the tile of an odd column */
        for (int col = 0; col < (t->is_triangle ? end : across); col++) {
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
                add_mirrored(&p, over_row, over, -1), over = -1;
            if (!mirrors)
                add(&p, row, -1, col);
            else if (over < 0)
                over = col, over_row = row;
            else
                add_mirrored(&p, row, over, col), over = -1;
        }
        if (over >= 0)
            add_mirrored(&p, over_row, over, -1);
    }
    return p.count;
}

/* loaded.state */
struct ready {
    CUdeviceptr pairs, partials;
    unsigned count;
};

enum { PAIR_BYTES = sizeof(struct dmma_pair) + 2 * sizeof(double) };

static uint64_t bytes(const struct variant *v, const struct problem *p)
{
    const struct tiling t = tiling_of(v, (unsigned)p->n);
    const struct tile_span all = tile_span(&t, &(struct share){0});
    return dmma_pairs(&t, &all, NULL) * PAIR_BYTES;
}

/* The larger blocks are those of two panels, where one tile in a row may have no other. */
static uint64_t block_bytes(const struct variant *v, const struct problem *p,
                            const struct share *share)
{
    const uint64_t down = job_panel_rows(share) / TILE;
    (void)v, (void)p;
    return (down * down / 2 + down) * PAIR_BYTES;
}

/* Aims the kernel at tiles of `rows` rows of A. */
static enum status aim(struct job *job, struct loaded *l, const struct tiling *t,
                       const struct tile_span *span, CUdeviceptr a, unsigned rows,
                       struct failure *why)
{
    struct ready *ready = l->state;
    const size_t count = dmma_pairs(t, span, NULL);
    struct dmma_pair *pairs = need_array(count, sizeof *pairs);
    dmma_pairs(t, span, pairs);
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
                                       (struct described){CU_TENSOR_MAP_DATA_TYPE_FLOAT64, a,
                                                          job->pitch, rows, 1, row_bytes,
                                                          rows * row_bytes, BOX_COLUMNS, BOX_ROWS},
                                       "dmma_map", why);
}

/* In a ring, launch_block() aims the kernel. */
static enum status prepare(struct job *job, struct loaded *l, struct failure *why)
{
    const struct share *share = &job->device->share;
    l->state = need(sizeof(struct ready));
    if (share->is_block)
        return STATUS_OK;
    const struct tiling t = tiling_of(l->variant, job->n);
    const struct tile_span span = tile_span(&t, share);
    return aim(job, l, &t, &span, job->a, job->rows, why);
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

static enum status launch_block(struct job *job, struct loaded *l, const struct block *b,
                                struct failure *why)
{
    const unsigned panel = job_panel_rows(&job->device->share);
    const struct tiling t = tiling_of_block(b, panel, TILE, TILE);
    const struct tile_span all = {{0, 0}, {tiling_down(&t), 0}};
    const CUdeviceptr a = job_panel(job, b->panel == PANEL_ODD ? PANEL_OWN : b->panel);
    const unsigned rows = b->panel == PANEL_OWN ? panel : 2 * panel;
    const enum status status = aim(job, l, &t, &all, a, rows, why);
    return status ? status : launch_product(job, l, 0, why);
}

const struct family dmma_sm90 = {.available = clusters_available,
                                 .bytes = bytes,
                                 .tiling = tiling_of,
                                 .prepare = prepare,
                                 .launch = launch_product,
                                 .launch_block = launch_block,
                                 .block_bytes = block_bytes};
