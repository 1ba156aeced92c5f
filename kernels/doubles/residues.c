/* residues.c - launches the kernels that turn A into residues modulo 12 to 15 numbers, multiply
 * these, and turn the products into float64. */
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
static const char scale_module[] = "service/f64/scale_f64";

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
    unsigned rows_of_a; /* that the tiles need */
};

static struct sizes sizes_of(const struct variant *v, const struct problem *p,
                             const struct share *share)
{
    const bool is_sum = v->op == OP_SUM_AAT;
    const unsigned n = (unsigned)p->n;
    const struct tiling t = tiling_of(v, n);
    const struct tile_span span = tile_span(&t, share);
    struct sizes s = {.tiles = residue_tiles(&t, &span, NULL),
                      .panels = residue_panels(n, is_sum),
                      .rows_of_a = tile_rows(&t, span.end)};
    s.plane = s.tiles * RESIDUE_TILE * RESIDUE_TILE / (is_sum ? RESIDUE_GROUP : 1);
    s.planes = (size_t)MODULI_MAX * chunks_of(n) * n * RESIDUE_K;
    s.results = MODULI_MAX * s.panels * s.plane;
    s.partials = (s.plane + SUM_BYTES - 1) / SUM_BYTES * DOUBLE_DOUBLE;
    s.norms = ((size_t)n + 31) / 32 * 4 * NORMS * sizeof(double);
    s.rows = is_sum ? 0 : 2 * ((size_t)n + 31) / 32 * 32 * DOUBLE_DOUBLE + 64;
    return s;
}

static uint64_t bytes(const struct variant *v, const struct problem *p)
{
    const struct sizes s = sizes_of(v, p, &(struct share){0});
    return s.tiles * sizeof(struct tensor_tile) + s.planes + s.results + s.partials + s.norms +
           s.rows + sizeof(struct integer_scale);
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
        status = job_buffer(job, NULL, "the norms of A's rows",
                            s->norms + s->rows + sizeof(struct integer_scale), &r->norms, why);
    r->sums = r->norms + s->norms;
    r->u = r->sums + s->rows / 2;
    r->scale = r->sums + s->rows;
    return status;
}

static enum status describe_planes(struct job *job, struct loaded *l, struct failure *why)
{
    const struct ready *r = l->state;
    const uint64_t chunk_bytes = (uint64_t)job->n * RESIDUE_K;
    return clusters_write_map(job, l,
                              (struct described){CU_TENSOR_MAP_DATA_TYPE_UINT8, r->planes,
                                                 RESIDUE_K, job->n,
                                                 (uint64_t)chunks_of(job->n) * MODULI_MAX,
                                                 RESIDUE_K, chunk_bytes, RESIDUE_K, RESIDUE_K},
                              "residue_map", why);
}

static enum status prepare(struct job *job, struct loaded *l, struct failure *why)
{
    struct ready *r = l->state = need(sizeof *r);
    const struct tiling t = tiling_of(l->variant, job->n);
    const struct tile_span span = tile_span(&t, &job->device->share);
    r->sizes = sizes_of(l->variant, &job->problem, &job->device->share);
    struct tensor_tile *tiles = need_array(r->sizes.tiles, sizeof *tiles);
    residue_tiles(&t, &span, tiles);
    enum status status = clusters_upload(job, l, "the list of tiles", tiles,
                                         r->sizes.tiles * sizeof *tiles, &r->tiles, why);
    free(tiles);
    if (!status)
        status = take_memory(job, r, why);
    return status ? status : describe_planes(job, l, why);
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

static enum status launch_scale(struct job *job, struct loaded *l, struct failure *why)
{
    struct ready *r = l->state;
    double M = product_of_moduli(recipe_of(l->variant)->moduli);
    void *sum_aat[] = {&job->a, &job->n, &job->pitch, &M, &r->norms, &r->scale, &job->ticket};
    void *matmul[] = {&job->a,  &job->n, &job->pitch, &M,          &r->norms,
                      &r->sums, &r->u,   &r->scale,   &job->ticket};
    const bool is_sum = job->problem.op == OP_SUM_AAT;
    const struct shape shape = {.grid_x = (r->sizes.rows_of_a + 31) / 32 * 4, .block_x = 256};
    return launch_symbol(job->device, scale_module, is_sum ? "sum_scale_f64" : "matmul_scale_f64",
                         shape, is_sum ? sum_aat : matmul, why);
}

static enum status launch_residues(struct job *job, struct loaded *l, struct failure *why)
{
    struct ready *r = l->state;
    char symbol[40];
    snprintf(symbol, sizeof symbol, "residues_%u_f64", recipe_of(l->variant)->moduli);
    unsigned chunks = chunks_of(job->n);
    void *arguments[] = {&job->a, &job->n, &job->pitch, &chunks, &r->scale, &r->planes};
    const struct shape shape = {(r->sizes.rows_of_a + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK,
                                (chunks + 3) / 4, 256, 1, 0};
    return launch_symbol(job->device, "service/f64/residues_f64", symbol, shape, arguments, why);
}

static enum status launch_product(struct job *job, struct loaded *l, struct failure *why)
{
    struct ready *r = l->state;
    struct residue_work work = {.tiles = r->tiles,
                                .tile_count = (unsigned)r->sizes.tiles,
                                .moduli = recipe_of(l->variant)->moduli,
                                .panels = r->sizes.panels,
                                .chunks = chunks_of(job->n),
                                .n = job->n,
                                .short_end = (job->n - 1) % RESIDUE_K < 32,
                                .residues = r->results};
    void *arguments[] = {&work};
    return clusters_launch(job, l, (unsigned)job->device->sms / 2 * 2, arguments, why);
}

static enum status launch_crt(struct job *job, struct loaded *l, struct failure *why)
{
    struct ready *r = l->state;
    const bool is_sum = job->problem.op == OP_SUM_AAT;
    char symbol[40];
    snprintf(symbol, sizeof symbol, "crt_%s_%u_f64", is_sum ? "sum" : "store",
             recipe_of(l->variant)->moduli);
    struct crt_work work = {r->results, r->tiles, r->sizes.plane, r->scale, r->sizes.panels};
    void *sum_aat[] = {&work, &r->partials, &job->sum, &job->ticket};
    void *matmul[] = {&work, &r->u, &job->c, &job->n, &job->pitch};
    const size_t each = is_sum ? SUM_BYTES : STORE_BYTES;
    const struct shape shape = {.grid_x = (unsigned)((r->sizes.plane + each - 1) / each),
                                .block_x = is_sum ? 128 : 256};
    return launch_symbol(job->device, "service/f64/crt_f64", symbol, shape,
                         is_sum ? sum_aat : matmul, why);
}

/* Launches all kernels as one step, so that everything from A in float64 to the answer is timed. */
static enum status launch_all(struct job *job, struct loaded *l, int step, struct failure *why)
{
    (void)step;
    enum status status = launch_scale(job, l, why);
    if (!status)
        status = launch_residues(job, l, why);
    if (!status)
        status = launch_product(job, l, why);
    return status ? status : launch_crt(job, l, why);
}

const struct family residues_sm90 = {.available = clusters_available,
                                     .suits = suits,
                                     .bytes = bytes,
                                     .tiling = tiling_of,
                                     .prepare = prepare,
                                     .launch = launch_all};
