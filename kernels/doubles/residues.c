/* residues.c - launches the kernels that turn A into residues modulo 12 to 15 numbers, multiply
 * these, and turn the products into float64. */
#include "kernels/doubles/residues.h"

#include "harness/base/need.h"
#include "kernels/device/launch.h"
#include "kernels/doubles/clusters.h"

#include <stdio.h>
#include <stdlib.h>

enum { BAND = 8, THIN = 64, ENTRY_CHUNKS = 258, GROUP_CHUNKS = 32 };
enum { NORMS = 16, ROWS_PER_BLOCK = 8 };       /* service/f64/scale_f64.cu */
enum { SUM_BYTES = 1024, STORE_BYTES = 2048 }; /* residues a block: service/f64/crt_f64.cu */
enum { DOUBLE_DOUBLE = 2 * sizeof(double) };
static const char scale_module[] = "service/f64/scale_f64";

static const struct residue_recipe *recipe_of(const struct variant *v)
{
    return kernel_of(v)->recipe;
}

size_t residue_tiles(unsigned n, bool is_thin_last, struct residue_tile *out)
{
    const int down = (int)((n + RESIDUE_TILE - 1) / RESIDUE_TILE);
    const bool is_thin = is_thin_last && n - (unsigned)(down - 1) * RESIDUE_TILE <= THIN;
    size_t count = 0;
    for (int band = 0; band < down; band += BAND) {
        const int end = band + BAND < down ? band + BAND : down;
        for (int col = 0; col < end; col++)
            for (int row = col > band ? col : band; row < end; row++)
                if (!is_thin || row < down - 1) {
                    if (out)
                        out[count] = (struct residue_tile){row * RESIDUE_TILE, col * RESIDUE_TILE};
                    count++;
                }
    }
    for (int row = 0; is_thin && row < down; row++, count++)
        if (out)
            out[count] = (struct residue_tile){row * RESIDUE_TILE, (down - 1) * RESIDUE_TILE};
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
};

static struct sizes sizes_of(const struct variant *v, const struct problem *p)
{
    const bool is_sum = v->op == OP_SUM_AAT;
    const unsigned n = (unsigned)p->n;
    struct sizes s = {.tiles = residue_tiles(n, is_sum, NULL), .panels = residue_panels(n, is_sum)};
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
    const struct sizes s = sizes_of(v, p);
    return s.tiles * sizeof(struct residue_tile) + s.planes + s.results + s.partials + s.norms +
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
    r->sizes = sizes_of(l->variant, &job->problem);
    struct residue_tile *tiles = need_array(r->sizes.tiles, sizeof *tiles);
    residue_tiles(job->n, job->problem.op == OP_SUM_AAT, tiles);
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
    const struct shape shape = {.grid_x = (job->n + 31) / 32 * 4, .block_x = 256};
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
    const struct shape shape = {(job->n + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK, (chunks + 3) / 4,
                                256, 1, 0};
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
                                     .prepare = prepare,
                                     .launch = launch_all};
