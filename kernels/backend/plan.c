/* plan.c - how a device does a problem: how much memory it takes, and whether A is streamed. */
#include "harness/text/append.h"
#include "kernels/backend/gpu.h"

#include "kernels/job/oracle.h"
#include "kernels/job/stream.h"
#include "kernels/launchers/wgmma.h"
#include "kernels/ring/ring.h"

#include <inttypes.h>
#include <stdio.h>

enum { LEAST_TILE = 64, MOST_BLOCKS_PER_SM = 16 };

bool gpu_stores_c(const struct variant *v)
{
    return v->op == OP_MATMUL || (v->op == OP_SUM_AAT && v->library);
}

/* Libraries take any number of rows. */
unsigned gpu_row_grain(const struct variant *v)
{
    return v && v->op == OP_MATMUL && kernel_of(v)->tile ? kernel_of(v)->tile : 1;
}

struct rows gpu_rows_of_c(const struct device *d, const struct variant *v, const struct problem *p)
{
    const struct share all = {0};
    return rows_of_share(p->n, gpu_row_grain(v), p->op == OP_MATMUL ? &d->share : &all);
}

static uint64_t triangle_of(uint64_t n, unsigned tile)
{
    const uint64_t down = (n + tile - 1) / tile;
    return down * (down + 1) / 2;
}

/* One per tile of the triangle, per chunk of A, or per block of any other grid. */
size_t gpu_partials(const struct device *device, const struct problem *p, const struct variant *v)
{
    const struct kernel *k = v ? kernel_of(v) : NULL;
    if (device->share.is_block && !(k && k->family))
        return (size_t)ring_partials(&device->share, k ? k->tile : LEAST_TILE);
    if (k && k->grid == GRID_CHUNKS)
        return (size_t)((p->n * p->n + k->tile - 1) / k->tile);
    if (p->op != OP_SUM_AAT || (k && k->grid != GRID_TRIANGLE))
        return (size_t)device->sms * MOST_BLOCKS_PER_SM;
    return (size_t)triangle_of(p->n, k ? k->tile : LEAST_TILE);
}

static uint64_t bytes_in_memory(const struct device *device, const struct variant *v,
                                const struct problem *p)
{
    const uint64_t c_bytes =
        gpu_rows_of_c(device, v, p).count * job_pitch(p) * element_bytes(p->element);
    const struct family *family = v ? kernel_of(v)->family : NULL;
    uint64_t bytes = job_a_bytes(p, &device->share) + oracle_bytes(p) + (1u << 20) +
                     gpu_partials(device, p, v) * sizeof(double);
    if (v ? gpu_stores_c(v) : p->op == OP_MATMUL)
        bytes += c_bytes;
    if (p->op == OP_MATMUL)
        bytes += blocks_bytes(p->n);
    if (device->share.is_block)
        return family ? bytes + family->block_bytes(v, p, &device->share) : bytes;
    return family && family->bytes ? bytes + family->bytes(v, p) : bytes;
}

/* The variants of sum-aat that take ranges of tiles (kernels/interface/tile_range.h), and families
 * that stream in their own way. */
static bool can_stream(const struct variant *v)
{
    const struct kernel *k = kernel_of(v);
    return v->op == OP_SUM_AAT &&
           (k->family ? k->family->stream_bytes != NULL : k->grid == GRID_TRIANGLE);
}

/* Bytes in addition to the panels: partial sums, the sum itself, and scratch memory to verify. */
static uint64_t bytes_beside_panels(const struct problem *p)
{
    return triangle_of(p->n, LEAST_TILE) * sizeof(double) + 64 + oracle_bytes(p);
}

/* The least bytes in which v can stream: two strips of rows, or what its family asks for. */
static uint64_t bytes_to_stream(const struct variant *v, const struct problem *p)
{
    const struct kernel *k = kernel_of(v);
    const struct family *family = k->family;
    const uint64_t rows = 2 * (family ? LEAST_TILE : k->tile) * stream_row_bytes(p),
                   own = family ? family->stream_bytes(v, p) : 0;
    return bytes_beside_panels(p) + (rows > own ? rows : own);
}

/* A streamed job: two strips of rows at least, as many as fit at most. Without --memory-limit, a
 * sixteenth of the memory is left to the driver. */
static void plan_panels(const struct device *d, struct plan *plan)
{
    const struct problem *p = &plan->problem;
    const uint64_t available = d->facts.memory_free, row = stream_row_bytes(p);
    const uint64_t beside = bytes_beside_panels(p) + (d->cc == 90 ? wgmma_beside_bytes(p->n) : 0) +
                            (d->memory_limit ? 0 : available - available / 16 * 15);
    const uint64_t rows = available > beside ? (available - beside) / row : 0,
                   all = (p->n + 383) / 384 * 384;
    plan->bytes = beside + 2 * LEAST_TILE * row;
    plan->panel_rows = (unsigned)(rows < all ? rows : all);
    plan_judge(plan, &d->facts, NULL, NULL);
    if (plan->fits)
        snprintf(plan->sentence, sizeof plan->sentence, "A streamed, %u rows in memory",
                 plan->panel_rows);
}

/* If matmul or reduce does not fit, sum-aat may, because it can stream. */
static const char *way_out(const struct device *d, const struct problem *p, char *text,
                           size_t bytes)
{
    struct plan sum = {.problem = *p};
    sum.problem.op = OP_SUM_AAT;
    plan_panels(d, &sum);
    snprintf(text, bytes, "sum-aat %sstreams A: gpubench gpu %" PRIu64 " --op sum-aat",
             p->op == OP_MATMUL ? "needs no C and " : "", p->n);
    return sum.fits ? text : NULL;
}

static void plan_job(const struct device *d, struct plan *plan)
{
    const struct problem *p = &plan->problem;
    char advice[160];
    plan->bytes = bytes_in_memory(d, NULL, p);
    if (plan->bytes <= d->facts.memory_free)
        plan->fits = true;
    else if (p->op == OP_SUM_AAT && !d->share.is_block)
        plan_panels(d, plan);
    else if (d->share.is_block)
        plan_judge(plan, &d->facts, NULL,
                   "a ring takes less with more ranks, and --exchange none streams A");
    else
        plan_judge(plan, &d->facts, NULL, way_out(d, p, advice, sizeof advice));
}

void gpu_plan(const struct device *d, const struct variant *v, const struct problem *p,
              struct plan *plan)
{
    *plan = (struct plan){.problem = *p};
    plan_job(d, plan);
    if (!v)
        return;
    const uint64_t bytes_of_a = plan->bytes;
    const bool is_streamed = plan->panel_rows > 0;
    *plan->sentence = '\0';
    plan->bytes = is_streamed && can_stream(v) ? bytes_to_stream(v, p) : bytes_in_memory(d, v, p);
    /* The other memory may leave room for fewer than the two strips that streaming needs. */
    const unsigned strips = kernel_of(v)->family ? 0 : 2 * kernel_of(v)->tile;
    if (is_streamed && can_stream(v) && plan->panel_rows < strips)
        plan->bytes = d->facts.memory_free + (strips - plan->panel_rows) * stream_row_bytes(p);
    plan_judge(plan, &d->facts, v, NULL);
    /* A may fit although A and the variant's copies of it do not. */
    if (!plan->fits && !is_streamed && can_stream(v) && bytes_of_a >> 30)
        append_text(plan->sentence, sizeof plan->sentence,
                    "; with --memory-limit %" PRIu64 "G it streams A", (bytes_of_a - 1) >> 30);
}
