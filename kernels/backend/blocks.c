/* blocks.c - launches kernels/service/blocks.cu for some blocks of columns at a time, and reads
 * back. */
#include "kernels/backend/gpu.h"

#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "kernels/device/launch.h"
#include "kernels/job/oracle.h"

#include <math.h>
#include <stdlib.h>

/* TILE: of the kernel. */
enum { TILE = 64, TILES_AT_ONCE = 4, AT_ONCE = TILE * TILES_AT_ONCE };

/* The most that a launch may take: a device that also drives a display stops one of seconds. */
static const double seconds_of_launch = 0.25;

/* Device memory, and memory of the host for what is read back: the worst errors and their columns
 * of each row and tile of blocks. */
struct memory {
    CUdeviceptr x, diagonal, g, worst, col;
    double *worst_here;
    uint32_t *col_here;
};

/* In doubles: x, diagonal (two of each row), g, worst, and col, of half their size. */
enum { DOUBLES_A_ROW = 3 + AT_ONCE + TILES_AT_ONCE + TILES_AT_ONCE / 2 };

uint64_t blocks_bytes(uint64_t n)
{
    return DOUBLES_A_ROW * n * sizeof(double);
}

/* The n diagonal entries as float64, and behind them what that rounding took off each. */
static enum status diagonal_of(struct job *job, double *out, struct failure *why)
{
    struct entry *e = need_array(job->n, sizeof *e);
    long double *values = need_array(job->n, sizeof *values);
    for (unsigned i = 0; i < job->n; i++)
        e[i] = (struct entry){i, i};
    const enum status status = gpu_dots(job, e, job->n, values, why);
    for (unsigned i = 0; i < job->n; i++) {
        out[i] = (double)values[i];
        out[job->n + i] = (double)(values[i] - (long double)out[i]);
    }
    free(e);
    free(values);
    return status;
}

/* Up to AT_ONCE blocks from `first` on; merges their errors into out and col. */
static enum status some_blocks(struct job *job, struct memory *m, unsigned width, unsigned first,
                               unsigned blocks, double *out, uint32_t *col, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    const unsigned n = job->n, tiles = (blocks + TILE - 1) / TILE;
    const unsigned rows = (unsigned)job->of_c.count;
    unsigned first_row = (unsigned)job->of_c.first, end_row = first_row + rows;
    CUdeviceptr c = job_c_at_row_0(job);
    void *weigh[] = {&job->a, &job->n, &job->pitch, &m->x,
                     &width,  &first,  &m->g,       &job->oracle_levels};
    void *compare[] = {&job->a,      &c,      &job->n,    &job->pitch, &m->x,
                       &m->diagonal, &width,  &first,     &blocks,     &m->g,
                       &m->worst,    &m->col, &first_row, &end_row,    &job->oracle_levels};
    const bool is_f64 = job->problem.element == ELEMENT_F64;
    enum status status =
        launch_symbol(job->device, "service/blocks", is_f64 ? "blocks_weigh_f64" : "blocks_weigh",
                      (struct shape){(n + 127) / 128, blocks, 128, 1, 0}, weigh, why);
    if (!status)
        status = launch_symbol(
            job->device, "service/blocks", is_f64 ? "blocks_compare_f64" : "blocks_compare",
            (struct shape){(rows + TILE - 1) / TILE, tiles, 256, 1, 0}, compare, why);
    if (!status)
        status = job_wait(job, "verifying", why);
    if (status)
        return status;
    const size_t count = (size_t)tiles * n;
    CUresult error = cu->cuMemcpyDtoH(m->worst_here, m->worst, count * sizeof *m->worst_here);
    if (!error)
        error = cu->cuMemcpyDtoH(m->col_here, m->col, count * sizeof *m->col_here);
    if (error)
        return driver_fail(cu, error, why, "reading a reference back");
    for (size_t i = 0; i < count; i++)
        if (i % n >= first_row && i % n < end_row && m->worst_here[i] > out[i % n]) {
            out[i % n] = m->worst_here[i] >= 1e300 ? (double)INFINITY : m->worst_here[i];
            col[i % n] = m->col_here[i];
        }
    return STATUS_OK;
}

/* The memory stays for the job's other variants. */
static enum status take_memory(struct job *job, struct memory *m, const double *x,
                               struct failure *why)
{
    const struct device *d = job->device;
    const size_t row = job->n * sizeof(double);
    enum status status =
        job_buffer(job, NULL, "verification", (size_t)blocks_bytes(job->n), &m->x, why);
    if (status)
        return status;
    m->diagonal = m->x + row;
    m->g = m->diagonal + 2 * row;
    m->worst = m->g + AT_ONCE * row;
    m->col = m->worst + TILES_AT_ONCE * row;
    double *diagonal = need_array(2 * (size_t)job->n, sizeof *diagonal);
    status = diagonal_of(job, diagonal, why);
    CUresult error = CUDA_SUCCESS;
    if (!status)
        error = d->cu.cuMemcpyHtoDAsync(m->diagonal, diagonal, 2 * row, d->stream);
    if (!status && !error)
        error = d->cu.cuMemcpyHtoDAsync(m->x, x, row, d->stream);
    if (error)
        status = driver_fail(&d->cu, error, why, "copying to the GPU for verification");
    else if (!status)
        status = job_wait(job, "verifying", why); /* the diagonal has been copied */
    free(diagonal);
    return status;
}

/* How many blocks a launch may do: 2·n² FLOP each. */
static unsigned blocks_at_once(const struct job *job)
{
    const double n = (double)job->n;
    const double most = job->device->facts.f64_flops * seconds_of_launch / (2 * n * n);
    return most < (double)TILE      ? TILE
           : most < (double)AT_ONCE ? (unsigned)most / TILE * TILE
                                    : AT_ONCE;
}

enum status gpu_c_block_errors(struct job *job, const double *x, unsigned width, double *out,
                               uint32_t *col, struct failure *why)
{
    const unsigned n = job->n, count = (n + width - 1) / width, at_once = blocks_at_once(job);
    struct memory m = {0};
    enum status status = take_memory(job, &m, x, why);
    m.worst_here = need_array((size_t)TILES_AT_ONCE * n, sizeof *m.worst_here);
    m.col_here = need_array((size_t)TILES_AT_ONCE * n, sizeof *m.col_here);
    for (unsigned i = 0; i < n; i++)
        out[i] = -1;
    for (unsigned first = 0; first < count && !status; first += at_once) {
        status = interrupt_check(why);
        if (!status)
            status = some_blocks(job, &m, width, first,
                                 count - first < at_once ? count - first : at_once, out, col, why);
    }
    free(m.worst_here);
    free(m.col_here);
    return status;
}
