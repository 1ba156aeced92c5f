/* mma.c - launches the mma.sync kernels: makes rounded copies of A, and grids of persistent blocks.
 */
#include "kernels/launchers/mma.h"

#include "kernels/device/launch.h"
#include "kernels/job/job.h"
#include "kernels/tiling/panels.h"

/* Bytes of a row of A per stage (support/sm80/mma_sm80.cuh). */
enum { STAGE_BYTES = 128 };

static bool reads_copy(const struct variant *v)
{
    return v->steps[1] != NULL;
}

static unsigned value_bytes(enum arithmetic arithmetic)
{
    return arithmetic == ARITH_F64                               ? 8
           : arithmetic == ARITH_BF16 || arithmetic == ARITH_F16 ? 2
           : arithmetic == ARITH_INT8                            ? 1
                                                                 : 4;
}

uint64_t mma_row_bytes(enum arithmetic arithmetic, uint64_t n)
{
    return (n * value_bytes(arithmetic) + STAGE_BYTES - 1) / STAGE_BYTES * STAGE_BYTES;
}

uint64_t mma_copy_bytes(const struct variant *v, const struct problem *p)
{
    return reads_copy(v) ? job_rows(p) * mma_row_bytes(v->arithmetic, p->n) : 0;
}

/* There is one copy for each arithmetic. */
enum status mma_need_copy(struct job *job, const struct variant *v, CUdeviceptr *copy,
                          struct failure *why)
{
    const char *name = v->arithmetic == ARITH_BF16   ? "A rounded to bf16"
                       : v->arithmetic == ARITH_F16  ? "A rounded to f16"
                       : v->arithmetic == ARITH_INT8 ? "A rounded to int8"
                                                     : "A rounded to tf32";
    return job_buffer(job, NULL, name, mma_copy_bytes(v, &job->problem), copy, why);
}

static enum status prepare(struct job *job, struct loaded *l, struct failure *why)
{
    CUdeviceptr copy;
    return reads_copy(l->variant) ? mma_need_copy(job, l->variant, &copy, why) : STATUS_OK;
}

enum status mma_launch_copy(struct job *job, const struct variant *v, unsigned rows,
                            struct failure *why)
{
    const enum arithmetic arithmetic = v->arithmetic;
    CUdeviceptr copy;
    enum status status = mma_need_copy(job, v, &copy, why);
    if (status)
        return status;
    const char *symbol = arithmetic == ARITH_BF16   ? "copy_bf16"
                         : arithmetic == ARITH_F16  ? "copy_f16"
                         : arithmetic == ARITH_INT8 ? "copy_int8"
                                                    : "copy_tf32";
    unsigned values = (unsigned)mma_row_bytes(arithmetic, job->n) / value_bytes(arithmetic);
    void *arguments[] = {&job->a, &copy, &job->pitch, &values};
    return launch_symbol(job->device, "service/copy_sm80", symbol,
                         (struct shape){.grid_x = rows, .block_x = 256}, arguments, why);
}

/* Returns the tiles of the lower triangle; a tile may be twice as wide as high. */
static struct tiling tiling_of(const struct variant *v, unsigned n)
{
    const struct kernel *k = kernel_of(v);
    return (struct tiling){.rows = k->tile,
                           .cols = k->tile_cols ? k->tile_cols : k->tile,
                           .down = n,
                           .across = n,
                           .is_triangle = true,
                           .from_top = true};
}

static enum status launch_step(struct job *job, struct loaded *l, int step, struct failure *why)
{
    const struct device *d = job->device;
    const struct kernel *k = l->kernel;
    const bool is_sum = job->problem.op == OP_SUM_AAT;
    const struct tiling t = tiling_of(l->variant, job->n);
    const struct tile_span span = tile_span(&t, &d->share);
    struct triangle_part part = tile_part(&t, span.begin, span.end);
    /* Tiles on the diagonal may extend into the next row of tiles, where their entries have weight
     * zero. */
    const unsigned needed = (tile_rows(&t, span.end) + 255) / 256 * 256,
                   rows = is_sum && needed < job->rows ? needed : job->rows;
    if (reads_copy(l->variant) && step == 0)
        return mma_launch_copy(job, l->variant, rows, why);
    CUdeviceptr a = job->a;
    enum status status =
        reads_copy(l->variant) ? mma_need_copy(job, l->variant, &a, why) : STATUS_OK;
    if (status)
        return status;
    const enum arithmetic read =
        reads_copy(l->variant) ? l->variant->arithmetic : plain_arithmetic(job->problem.element);
    unsigned row_bytes = (unsigned)mma_row_bytes(read, job->n), stages = row_bytes / STAGE_BYTES;
    unsigned a_pitch =
        reads_copy(l->variant) ? row_bytes : job->pitch * (unsigned)job_entry_bytes(job);
    const unsigned blocks = (unsigned)d->sms * k->blocks_per_sm;
    /* All blocks together should read no more than four fifths of the L2 cache at a time. */
    const uint64_t l2_bytes = d->l2_bytes > 0 ? (uint64_t)d->l2_bytes : 1u << 22;
    const uint64_t share = l2_bytes * 4 / 5, least = ((uint64_t)rows * a_pitch + share - 1) / share;
    unsigned panels =
        panels_of((struct tile_work){.tiles = part.tiles}, stages, blocks, (unsigned)least);
    void *matmul[] = {&a, &job->c, &job->n, &job->pitch, &a_pitch, &stages};
    int bound = job_sum_bound(job);
    void *sum_aat[] = {&a,
                       k->at_once ? (void *)&bound : &job->partials,
                       &job->sum,
                       &job->ticket,
                       k->family->tiling ? (void *)&part : &job->n,
                       &a_pitch,
                       &stages,
                       &panels};
    const struct shape shape = {blocks, 1, k->block_x, k->block_y, k->shared_bytes};
    return launch(job->device, l->function, shape, is_sum ? sum_aat : matmul, k->symbol, why);
}

const struct family mma_sm80 = {
    .bytes = mma_copy_bytes, .tiling = tiling_of, .prepare = prepare, .launch = launch_step};
const struct family dmma_sm80 = {
    .bytes = mma_copy_bytes, .prepare = prepare, .launch = launch_step};
