/* residues.c - launches the kernels that turn A into residues modulo 12 to 15 numbers, multiply
 * these, and turn the products into float64.
 *
 * In a ring, the planes have the rows of a rank's own block, and behind them those of the panel
 * that it multiplies them with. Step 0 makes the former, and their scale; every panel gets a scale
 * that suits them. */
#include "kernels/doubles/residues.h"

#include "harness/base/need.h"
#include "kernels/device/launch.h"
#include "kernels/doubles/clusters.h"

#include <stdio.h>
#include <stdlib.h>

/* A last row of tiles is thin if at most so many rows of C are left for it; then its tiles take
 * about a quarter of the time (residue_product_sm90.cuh). */
enum { THIN_ROWS = 64, THIN = 4 };
enum { ENTRY_CHUNKS = 258, GROUP_CHUNKS = 32 };
enum { NORMS = 16, ROWS_PER_BLOCK = 8 };       /* service/f64/scale_f64.cu */
enum { SUM_BYTES = 1024, STORE_BYTES = 2048 }; /* residues a block: service/f64/crt_f64.cu */
enum { DOUBLE_DOUBLE = 2 * sizeof(double) };
enum { SCALES = 2 }; /* A's, or that of a rank's own block in a ring; that of another's panel */
static const char scale_module[] = "service/f64/scale_f64", list_name[] = "the list of tiles";

static const struct residue_recipe *recipe_of(const struct variant *v)
{
    return kernel_of(v)->recipe;
}

struct tiling residue_tiling(unsigned n, bool is_sum)
{
    const bool is_thin = is_sum && (n - 1) % RESIDUE_TILE < THIN_ROWS;
    return (struct tiling){.rows = RESIDUE_TILE,
                           .cols = RESIDUE_TILE,
                           .down = n,
                           .across = n,
                           .is_triangle = true,
                           .from_top = true,
                           .thin = is_thin ? THIN : 0};
}

static struct tiling tiling_of(const struct variant *v, unsigned n)
{
    return residue_tiling(n, v->op == OP_SUM_AAT);
}

struct tiling residue_tiling_of_block(const struct block *b, unsigned panel)
{
    if (b->panel == PANEL_OWN)
        return residue_tiling((unsigned)b->rows, true);
    return (struct tiling){.rows = RESIDUE_TILE,
                           .cols = RESIDUE_TILE,
                           .down = (unsigned)b->rows,
                           .col = panel,
                           .across = (unsigned)b->cols,
                           .from_top = true};
}

size_t residue_tiles(const struct tiling *t, const struct tile_span *span, struct tensor_tile *out)
{
    const unsigned down = tiling_down(t), last = t->thin ? down - 1 : down;
    const struct tile_place end = span->end, wide_end = {last, 0};
    size_t count = tile_list(t, span->begin, end.row < last ? end : wide_end, out);
    const unsigned to = tile_before(end, last);
    for (unsigned row = tile_before(span->begin, last); row < to; row++, count++)
        if (out)
            out[count] = (struct tensor_tile){(int)(row * t->rows), (int)(last * t->rows)};
    return count;
}

static unsigned chunks_of(uint64_t n)
{
    return (unsigned)((n + RESIDUE_K - 1) / RESIDUE_K);
}

unsigned residue_panels(unsigned n, bool is_sum)
{
    enum { FOR_THE_CACHE = 3 };
    const unsigned chunks = chunks_of(n), most = is_sum ? GROUP_CHUNKS : ENTRY_CHUNKS;
    const unsigned needed = (chunks + most - 1) / most;
    return !is_sum || chunks < FOR_THE_CACHE || needed > FOR_THE_CACHE ? needed : FOR_THE_CACHE;
}

/* The device memory of a variant. It is sized for the largest number of moduli, so that all
 * variants of a job share it. */
struct sizes {
    size_t tiles, plane; /* plane: bytes of the results of one modulus and panel */
    size_t planes, results, partials, norms, rows;
    unsigned panels;
    unsigned stride;    /* rows of A that the planes have room for */
    unsigned rows_of_a; /* that the tiles need */
};

/* The results of so many tiles. */
static size_t plane_of(size_t tiles, bool is_sum)
{
    return tiles * RESIDUE_TILE * RESIDUE_TILE / (is_sum ? RESIDUE_GROUP : 1);
}

/* The most tiles of a block of a ring. Of two ranks, each multiplies half of what their panels have
 * in common. */
static size_t most_tiles(const struct share *share)
{
    const size_t down = job_panel_rows(share) / RESIDUE_TILE,
                 half = down / 2 + RING_GRAIN / RESIDUE_TILE;
    return down * (share->panels > 1 || half > down ? down : half);
}

static struct sizes sizes_of(const struct variant *v, const struct problem *p,
                             const struct share *share)
{
    const bool is_sum = v->op == OP_SUM_AAT;
    const unsigned n = (unsigned)p->n;
    struct sizes s = {.panels = residue_panels(n, is_sum), .stride = n};
    if (share->is_block) {
        s.tiles = most_tiles(share);
        s.stride = 2 * job_panel_rows(share);
    } else {
        const struct tiling t = tiling_of(v, n);
        const struct tile_span span = tile_span(&t, share);
        s.tiles = residue_tiles(&t, &span, NULL);
        s.rows_of_a = tile_rows(&t, span.end);
    }
    s.plane = plane_of(s.tiles, is_sum);
    s.planes = (size_t)MODULI_MAX * chunks_of(n) * s.stride * RESIDUE_K;
    s.results = MODULI_MAX * s.panels * s.plane;
    s.partials = (s.plane + SUM_BYTES - 1) / SUM_BYTES * DOUBLE_DOUBLE;
    s.norms = ((size_t)s.stride + 31) / 32 * 4 * NORMS * sizeof(double);
    s.rows = is_sum ? 0 : 2 * ((size_t)n + 31) / 32 * 32 * DOUBLE_DOUBLE + 64;
    return s;
}

static uint64_t block_bytes(const struct variant *v, const struct problem *p,
                            const struct share *share)
{
    const struct sizes s = sizes_of(v, p, share);
    return s.tiles * sizeof(struct tensor_tile) + s.planes + s.results + s.partials + s.norms +
           s.rows + SCALES * sizeof(struct integer_scale);
}

static uint64_t bytes(const struct variant *v, const struct problem *p)
{
    return block_bytes(v, p, &(struct share){0});
}

static bool suits(const struct variant *v, const struct problem *p, char *reason,
                  size_t reason_bytes)
{
    const struct residue_recipe *r = recipe_of(v);
    if (p->range == RANGE_WIDE)
        snprintf(reason, reason_bytes,
                 "has one scale for all rows, and rows of this A differ by more than it resolves");
    else if (p->range == RANGE_SIGNED && !r->for_signed)
        snprintf(reason, reason_bytes,
                 "is less accurate than cublasDgemm on [-1,1): use moduli-14");
    else if (p->range == RANGE_UNIT && p->n < r->unit_from_n)
        snprintf(reason, reason_bytes,
                 "is less accurate than cublasDgemm below N = %llu: use moduli-13",
                 (unsigned long long)r->unit_from_n);
    else
        return true;
    return false;
}

/* loaded.state. sums, u: of rows, and what centring takes out of them; matmul alone. */
struct ready {
    struct sizes sizes;
    CUdeviceptr tiles, planes, results, partials, norms, sums, u, scale;
    unsigned own_blocks; /* of a ring: those that left the norms of the own block */
};

/* Rows of A, and the first row of the planes that they become. */
struct strip {
    CUdeviceptr a, scale;
    unsigned rows, to;
};

static enum status take_memory(struct job *job, struct ready *r, struct failure *why)
{
    const struct sizes *s = &r->sizes;
    enum status status = job_buffer(job, NULL, "A as residues", s->planes, &r->planes, why);
    if (!status)
        status = job_buffer(job, NULL, "residues of products", s->results, &r->results, why);
    if (!status)
        status = job_buffer(job, NULL, "partial sums of residues", s->partials, &r->partials, why);
    if (!status)
        status =
            job_buffer(job, NULL, "the norms of A's rows",
                       s->norms + s->rows + SCALES * sizeof(struct integer_scale), &r->norms, why);
    r->sums = r->norms + s->norms;
    r->u = r->sums + s->rows / 2;
    r->scale = r->sums + s->rows;
    return status;
}

static enum status describe_planes(struct job *job, struct loaded *l, struct failure *why)
{
    const struct ready *r = l->state;
    const unsigned stride = r->sizes.stride;
    const uint64_t chunk_bytes = (uint64_t)stride * RESIDUE_K;
    return clusters_write_map(job, l,
                              (struct described){CU_TENSOR_MAP_DATA_TYPE_UINT8, r->planes,
                                                 RESIDUE_K, stride,
                                                 (uint64_t)chunks_of(job->n) * MODULI_MAX,
                                                 RESIDUE_K, chunk_bytes, RESIDUE_K, RESIDUE_K},
                              "residue_map", why);
}

static enum status write_tiles(struct job *job, const struct loaded *l, const struct tiling *t,
                               const struct tile_span *span, struct failure *why)
{
    struct ready *r = l->state;
    r->sizes.tiles = residue_tiles(t, span, NULL);
    r->sizes.plane = plane_of(r->sizes.tiles, job->problem.op == OP_SUM_AAT);
    struct tensor_tile *tiles = need_array(r->sizes.tiles, sizeof *tiles);
    residue_tiles(t, span, tiles);
    enum status status =
        clusters_upload(job, l, list_name, tiles, r->sizes.tiles * sizeof *tiles, &r->tiles, why);
    free(tiles);
    return status;
}

/* In a ring, launch_block() writes what depends on the block. */
static enum status prepare(struct job *job, struct loaded *l, struct failure *why)
{
    struct ready *r = l->state = need(sizeof *r);
    const struct share *share = &job->device->share;
    r->sizes = sizes_of(l->variant, &job->problem, share);
    enum status status = job_buffer(job, l->kernel, list_name,
                                    r->sizes.tiles * sizeof(struct tensor_tile), &r->tiles, why);
    if (!status)
        status = take_memory(job, r, why);
    if (status || share->is_block)
        return status;
    const struct tiling t = tiling_of(l->variant, job->n);
    const struct tile_span span = tile_span(&t, share);
    status = describe_planes(job, l, why);
    return status ? status : write_tiles(job, l, &t, &span, why);
}

static double product_of_moduli(unsigned moduli)
{
    static const int modulus[] = {256, 255, 253, 251, 247, 241, 239, 233,
                                  229, 227, 223, 217, 211, 199, 197};
    double product = 1;
    for (unsigned m = 0; m < moduli; m++)
        product *= modulus[m];
    return product;
}

static unsigned norm_blocks(unsigned rows)
{
    return (rows + 31) / 32 * 4;
}

static enum status launch_scale(struct job *job, struct loaded *l, const struct strip *x,
                                struct failure *why)
{
    struct ready *r = l->state;
    CUdeviceptr a = x->a;
    double M = product_of_moduli(recipe_of(l->variant)->moduli);
    void *sum_aat[] = {&a, &job->n, &job->pitch, &M, &r->norms, &r->scale, &job->ticket};
    void *matmul[] = {&a,       &job->n, &job->pitch, &M,          &r->norms,
                      &r->sums, &r->u,   &r->scale,   &job->ticket};
    const bool is_sum = job->problem.op == OP_SUM_AAT;
    const struct shape shape = {.grid_x = norm_blocks(x->rows), .block_x = 256};
    r->own_blocks = shape.grid_x;
    return launch_symbol(job->device, scale_module, is_sum ? "sum_scale_f64" : "matmul_scale_f64",
                         shape, is_sum ? sum_aat : matmul, why);
}

/* The norms of the panel's rows are behind those of the own block. */
static enum status launch_panel_scale(struct job *job, struct loaded *l, const struct strip *x,
                                      struct failure *why)
{
    struct ready *r = l->state;
    CUdeviceptr a = x->a, scale = x->scale, norms = r->norms + r->sizes.norms / 2;
    double M = product_of_moduli(recipe_of(l->variant)->moduli);
    void *arguments[] = {&a,        &job->n,        &job->pitch, &M,     &norms,
                         &r->norms, &r->own_blocks, &r->scale,   &scale, &job->ticket};
    const struct shape shape = {.grid_x = norm_blocks(x->rows), .block_x = 256};
    return launch_symbol(job->device, scale_module, "panel_scale_f64", shape, arguments, why);
}

static enum status launch_residues(struct job *job, struct loaded *l, const struct strip *x,
                                   struct failure *why)
{
    struct ready *r = l->state;
    char symbol[40];
    snprintf(symbol, sizeof symbol, "residues_%u_f64", recipe_of(l->variant)->moduli);
    unsigned chunks = chunks_of(job->n);
    CUdeviceptr a = x->a, scale = x->scale, planes = r->planes + (uint64_t)x->to * RESIDUE_K;
    void *arguments[] = {&a, &r->sizes.stride, &job->n, &job->pitch, &chunks, &scale, &planes};
    const struct shape shape = {(x->rows + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK, (chunks + 3) / 4,
                                256, 1, 0};
    return launch_symbol(job->device, "service/f64/residues_f64", symbol, shape, arguments, why);
}

/* end: behind the last row of the planes that is not zero. */
static enum status launch_product(struct job *job, struct loaded *l, unsigned end,
                                  struct failure *why)
{
    struct ready *r = l->state;
    struct residue_work work = {.tiles = r->tiles,
                                .tile_count = (unsigned)r->sizes.tiles,
                                .moduli = recipe_of(l->variant)->moduli,
                                .panels = r->sizes.panels,
                                .chunks = chunks_of(job->n),
                                .n = end,
                                .short_end = (job->n - 1) % RESIDUE_K < 32,
                                .residues = r->results};
    void *arguments[] = {&work};
    return clusters_launch(job, l, (unsigned)job->device->sms / 2 * 2, arguments, why);
}

static enum status launch_crt(struct job *job, struct loaded *l, CUdeviceptr scale,
                              struct failure *why)
{
    struct ready *r = l->state;
    const bool is_sum = job->problem.op == OP_SUM_AAT;
    char symbol[40];
    snprintf(symbol, sizeof symbol, "crt_%s_%u_f64", is_sum ? "sum" : "store",
             recipe_of(l->variant)->moduli);
    struct crt_work work = {r->results, r->tiles, r->sizes.plane, scale, r->sizes.panels};
    void *sum_aat[] = {&work, &r->partials, &job->sum, &job->ticket};
    void *matmul[] = {&work, &r->u, &job->c, &job->n, &job->pitch};
    const size_t each = is_sum ? SUM_BYTES : STORE_BYTES;
    const struct shape shape = {.grid_x = (unsigned)((r->sizes.plane + each - 1) / each),
                                .block_x = is_sum ? 128 : 256};
    return launch_symbol(job->device, "service/f64/crt_f64", symbol, shape,
                         is_sum ? sum_aat : matmul, why);
}

static enum status launch_from_residues(struct job *job, struct loaded *l, const struct strip *x,
                                        unsigned end, struct failure *why)
{
    enum status status = launch_residues(job, l, x, why);
    if (!status)
        status = launch_product(job, l, end, why);
    return status ? status : launch_crt(job, l, x->scale, why);
}

/* Launches all kernels as one step, so that everything from A in float64 to the answer is timed. */
static enum status launch_all(struct job *job, struct loaded *l, int step, struct failure *why)
{
    const struct ready *r = l->state;
    const struct strip all = {job->a, r->scale, r->sizes.rows_of_a, 0};
    (void)step;
    const enum status status = launch_scale(job, l, &all, why);
    return status ? status : launch_from_residues(job, l, &all, job->n, why);
}

/* Rows up to whole tiles become residues, because those behind a block are zero in A alone. */
static enum status launch_block(struct job *job, struct loaded *l, const struct block *b,
                                struct failure *why)
{
    const struct ready *r = l->state;
    const bool is_own = b->panel == PANEL_OWN;
    const unsigned panel = is_own ? 0 : r->sizes.stride / 2,
                   rows = (unsigned)(is_own ? b->rows : b->cols);
    const struct strip x = {job_panel(job, b->panel) +
                                (is_own ? 0 : b->col * job->pitch * sizeof(double)),
                            r->scale + (is_own ? 0 : sizeof(struct integer_scale)),
                            (rows + RESIDUE_TILE - 1) / RESIDUE_TILE * RESIDUE_TILE, panel};
    const struct tiling t = residue_tiling_of_block(b, panel);
    const struct tile_span all = {{0, 0}, {tiling_down(&t), 0}};
    enum status status = describe_planes(job, l, why);
    if (!status)
        status = write_tiles(job, l, &t, &all, why);
    if (!status)
        status = is_own ? launch_scale(job, l, &x, why) : launch_panel_scale(job, l, &x, why);
    return status ? status : launch_from_residues(job, l, &x, panel + rows, why);
}

const struct family residues_sm90 = {.available = clusters_available,
                                     .suits = suits,
                                     .bytes = bytes,
                                     .tiling = tiling_of,
                                     .prepare = prepare,
                                     .launch = launch_all,
                                     .launch_block = launch_block,
                                     .block_bytes = block_bytes};
