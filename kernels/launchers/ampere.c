/* ampere.c - preparing and launching the kernels of compute capability 8.0 and up. */
#include "kernels/launchers/ampere.h"

#include "kernels/device/modules.h"
#include "kernels/job/job.h"
#include "kernels/launchers/panels.h"

enum {
    STAGE_BYTES = 128, /* of k, of a row (support/sm80/mma_sm80.cuh) */
    FFMA_K = 16        /* of a stage (support/sm80/ffma_sm80.cuh) */
};

static unsigned value_bytes(enum arithmetic arithmetic)
{
    return arithmetic == ARITH_BF16 || arithmetic == ARITH_F16 ? 2 : 4;
}

/* Bytes of a row of A for the kernel: whole stages. */
static uint64_t row_bytes(const struct kernel *k, uint64_t n)
{
    return (n * value_bytes(k->arithmetic) + STAGE_BYTES - 1) / STAGE_BYTES * STAGE_BYTES;
}

uint64_t ampere_copy_bytes(const struct kernel *k, uint64_t n)
{
    return k->reads_copy ? (n + 255) / 256 * 256 * row_bytes(k, n) : 0;
}

enum status ampere_prepare(struct job *job, const struct kernel *k, struct failure *why)
{
    CUdeviceptr *copy = &job->rounded[k->arithmetic];
    const uint64_t bytes = ampere_copy_bytes(k, job->n);
    return bytes == 0 || *copy ? STATUS_OK
                               : gpu_allocate(job, copy, bytes, "A rounded for tensor cores", why);
}

static enum status copy(struct job *job, const struct kernel *k, struct failure *why)
{
    const char *symbol = k->arithmetic == ARITH_BF16  ? "copy_bf16"
                         : k->arithmetic == ARITH_F16 ? "copy_f16"
                                                      : "copy_tf32";
    CUfunction f;
    enum status status = module_function(job->device, "service/copy_sm80", symbol, &f, why);
    if (status)
        return status;
    unsigned values = (unsigned)row_bytes(k, job->n) / value_bytes(k->arithmetic);
    void *arguments[] = {&job->a, &job->rounded[k->arithmetic], &job->pitch, &values};
    return launch(job->device, f, job->rows, 1, 256, 1, 0, arguments, symbol, why);
}

/* Tiles of the product, or of its lower triangle, where tiles may be twice as wide as high. */
static uint64_t tiles_of(const struct job *job, const struct kernel *k)
{
    const uint64_t down = (job->n + k->tile - 1) / k->tile;
    if (k->tile_cols)
        return (down + 1) / 2 * (down / 2 + 1);
    return down * (down + 1) / 2;
}

enum status ampere_mma(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    if (k->reads_copy && step == 0)
        return copy(job, k, why);
    struct device *d = job->device;
    CUdeviceptr a = k->reads_copy ? job->rounded[k->arithmetic] : job->a;
    unsigned a_pitch = (unsigned)row_bytes(k, job->n), stages = a_pitch / STAGE_BYTES;
    unsigned blocks = (unsigned)d->sms * k->blocks_per_sm;
    /* What all blocks read at a time should leave a fifth of the L2 cache to what passes through.
     */
    const uint64_t l2_bytes = d->l2_bytes > 0 ? (uint64_t)d->l2_bytes : 1u << 22;
    const uint64_t least =
        ((uint64_t)job->rows * a_pitch + l2_bytes * 4 / 5 - 1) / (l2_bytes * 4 / 5);
    unsigned panels =
        panels_of((struct tile_work){tiles_of(job, k), 0}, stages, blocks, (unsigned)least);
    void *matmul[] = {&a, &job->c, &job->n, &job->pitch, &a_pitch, &stages};
    void *sum_aat[] = {&a,      &job->partials, &job->sum, &job->ticket,
                       &job->n, &a_pitch,       &stages,   &panels};
    return launch(d, gpu_function(job, k), blocks, 1, k->block_x, k->block_y, k->shared_bytes,
                  job->problem.op == OP_MATMUL ? matmul : sum_aat, k->symbol, why);
}

enum status ampere_prepare_transpose(struct job *job, const struct kernel *k, struct failure *why)
{
    (void)k;
    return gpu_need_transpose(job, why);
}

enum status ampere_ffma(struct job *job, const struct kernel *k, int step, struct failure *why)
{
    (void)step;
    struct device *d = job->device;
    enum status status = gpu_transpose(job, why);
    if (status)
        return status;
    unsigned stages = (job->n + FFMA_K - 1) / FFMA_K, blocks = (unsigned)d->sms * k->blocks_per_sm;
    unsigned panels = panels_of((struct tile_work){tiles_of(job, k), 0}, stages, blocks, 1);
    void *matmul[] = {&job->at, &job->c, &job->n, &job->pitch, &job->rows, &stages};
    void *sum_aat[] = {&job->at, &job->partials, &job->sum, &job->ticket,
                       &job->n,  &job->rows,     &stages,   &panels};
    return launch(d, gpu_function(job, k), blocks, 1, k->block_x, k->block_y, k->shared_bytes,
                  job->problem.op == OP_MATMUL ? matmul : sum_aat, k->symbol, why);
}
