/* job.c - allocates the memory of a job and makes the matrix A in it. */
#include "kernels/job/job.h"

#include "harness/base/need.h"
#include "harness/contract/philox.h"
#include "kernels/device/launch.h"
#include "kernels/device/modules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t round_up(uint64_t x, uint64_t to)
{
    return (x + to - 1) / to * to;
}

unsigned job_rows(const struct problem *p)
{
    return (unsigned)(p->op == OP_REDUCE ? p->n : round_up(p->n, 256));
}

unsigned job_pitch(const struct problem *p)
{
    return (unsigned)(p->op == OP_REDUCE ? p->n : round_up(p->n, 32));
}

/* Σ f·n of the rows' factors f bounds the sum of A, and n·(Σ f)² that of A·Aᵀ. */
int job_bound_of(const struct problem *p)
{
    const double n = (double)p->n;
    double factors = n;
    int exponent;
    if (p->range == RANGE_WIDE) {
        factors = 0;
        for (uint32_t row = 0; row < p->n; row++)
            factors += (double)philox_row_factor(row);
    }
    const double part = frexp(p->op == OP_REDUCE ? factors * n : factors * factors * n, &exponent);
    return part > 0.5 ? exponent : exponent - 1;
}

int job_sum_bound(const struct job *job)
{
    const bool is_product = job->problem.op != OP_REDUCE;
    return job->bound + (job->factors ? 1 + is_product : 0);
}

/* Returns the rows of A in memory: job_rows(), or a few more where the last tile of 96 rows ends
 * later; for a share of reduce, its rows. */
static unsigned rows_stored(const struct problem *p, const struct share *share)
{
    if (p->op == OP_REDUCE)
        return (unsigned)rows_of_share(p->n, 1, share).count;
    const unsigned rows = job_rows(p), of_96 = (unsigned)round_up(p->n, 96);
    return rows > of_96 ? rows : of_96;
}

unsigned job_panel_rows(const struct share *share)
{
    return (unsigned)round_up(share->panel_rows, RING_GRAIN);
}

static uint64_t panel_bytes(const struct problem *p, const struct share *share)
{
    return (uint64_t)job_panel_rows(share) * job_pitch(p) * element_bytes(p->element);
}

CUdeviceptr job_panel(const struct job *job, enum panel panel)
{
    const uint64_t bytes = panel_bytes(&job->problem, &job->device->share);
    return panel == PANEL_EVEN ? job->a - bytes : panel == PANEL_ODD ? job->a + bytes : job->a;
}

uint64_t job_a_bytes(const struct problem *p, const struct share *share)
{
    return share->is_block
               ? (1 + share->panels) * panel_bytes(p, share)
               : (uint64_t)rows_stored(p, share) * job_pitch(p) * element_bytes(p->element);
}

static struct buffer *find_buffer(const struct job *job, const void *owner, const char *name)
{
    struct buffer *b = job->buffers;
    while (b && (b->owner != owner || strcmp(b->name, name) != 0))
        b = b->next;
    return b;
}

bool job_has_buffer(const struct job *job, const void *owner, const char *name)
{
    const struct buffer *b = find_buffer(job, owner, name);
    return b && b->at;
}

enum status job_buffer(struct job *job, const void *owner, const char *name, size_t bytes,
                       CUdeviceptr *at, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    struct buffer *b = find_buffer(job, owner, name);
    if (!b) {
        b = need(sizeof *b);
        *b = (struct buffer){.owner = owner, .name = name, .next = job->buffers};
        job->buffers = b;
    }
    if (b->at && b->bytes < bytes) {
        cu->cuMemFree(b->at);
        b->at = 0;
    }
    CUresult error = b->at ? CUDA_SUCCESS : cu->cuMemAlloc(&b->at, bytes);
    *at = error ? 0 : b->at;
    if (error) {
        char sentence[160], size[AMOUNT_BYTES];
        b->at = 0;
        snprintf(sentence, sizeof sentence, "cannot allocate %s for %s on the GPU",
                 amount_of_bytes(size, bytes), name);
        return driver_fail(cu, error, why, sentence);
    }
    if (b->bytes < bytes)
        b->bytes = bytes;
    return STATUS_OK;
}

/* Returns the first variable that was written for this kernel; its address identifies the writer.
 */
static const struct written *first_written(const struct job *job, const struct kernel *kernel)
{
    const struct written *w = job->written;
    while (w && w->kernel != kernel)
        w = w->next;
    return w;
}

enum status job_write(struct job *job, const struct kernel *kernel, const char *symbol,
                      const void *from, size_t bytes, struct failure *why)
{
    struct written **at = &job->written;
    while (*at && ((*at)->kernel != kernel || strcmp((*at)->symbol, symbol) != 0))
        at = &(*at)->next;
    if (!*at) {
        *at = need(sizeof **at + bytes);
        **at = (struct written){.kernel = kernel, .symbol = symbol, .bytes = bytes};
    }
    memcpy((*at)->value, from, bytes);
    const enum status status =
        module_write(job->device, kernel->module, symbol, (*at)->value, bytes, why);
    if (!status)
        *module_writer(job->device, kernel->module) = first_written(job, kernel);
    return status;
}

enum status job_write_again(struct job *job, const struct kernel *kernel, struct failure *why)
{
    enum status status = STATUS_OK;
    const struct written *first = first_written(job, kernel);
    if (!first || *module_writer(job->device, kernel->module) == first)
        return status;
    for (const struct written *w = first; w && !status; w = w->next)
        if (w->kernel == kernel)
            status = module_write(job->device, kernel->module, w->symbol, w->value, w->bytes, why);
    if (!status)
        *module_writer(job->device, kernel->module) = first;
    return status;
}

struct loaded *job_loaded(const struct job *job, const struct variant *v)
{
    struct loaded *l = job->loaded;
    while (l && l->variant != v)
        l = l->next;
    return l;
}

enum status job_wait(struct job *job, const char *what, struct failure *why)
{
    const struct driver *cu = &job->device->cu;
    CUresult error = cu->cuStreamSynchronize(job->device->stream);
    return error ? driver_fail(cu, error, why, what) : STATUS_OK;
}

enum status job_fill(struct job *job, CUdeviceptr to, struct part part, struct failure *why)
{
    unsigned long long seed = job->problem.seed;
    const bool is_unit = job->problem.range == RANGE_UNIT;
    const bool is_f64 = job->problem.element == ELEMENT_F64;
    float scale = is_unit ? 1.0f : 2.0f, offset = is_unit ? 0.0f : -1.0f;
    double scale_f64 = (double)scale, offset_f64 = (double)offset;
    unsigned by_row = job->problem.range == RANGE_WIDE, first_quad = part.first_col / 4;
    void *arguments[] = {&to,         &job->n, &part.rows, &part.pitch, &part.first_row,
                         &first_quad, &seed,   &scale,     &offset,     &by_row};
    if (is_f64)
        arguments[7] = &scale_f64, arguments[8] = &offset_f64;
    const struct shape shape = {.grid_x = (unsigned)job->device->sms * 16, .block_x = 256};
    const char *module = is_f64 ? "service/f64/fill_f64" : "service/fill";
    enum status status = launch_symbol(
        job->device, module, is_f64 ? "fill_philox_f64" : "fill_philox", shape, arguments, why);
    void *scale_arguments[] = {&to,         &job->n,         &part.rows,
                               &part.pitch, &part.first_row, &job->factors};
    if (status || !job->factors)
        return status;
    return launch_symbol(job->device, module, is_f64 ? "scale_rows_f64" : "scale_rows", shape,
                         scale_arguments, why);
}

/* Fills the part of A that is in memory. */
static enum status fill_a(struct job *job, struct failure *why)
{
    const struct share *share = &job->device->share;
    const struct part all = {job->first_row, rows_stored(&job->problem, share), 0, job->pitch},
                      block = {share->begin, share->end - share->begin, 0, job->pitch};
    return job_fill(job, job->a, share->is_block ? block : all, why);
}

enum status job_scale_rows(struct job *job, const float *factor, struct failure *why)
{
    const struct device *d = job->device;
    const size_t bytes = job->n * sizeof *factor;
    enum status status = STATUS_OK;
    job->factors = 0;
    job->a_version = 0;
    if (factor) {
        status = job_buffer(job, NULL, "factors of the rows", bytes, &job->factors, why);
        const CUresult error =
            status ? CUDA_SUCCESS : d->cu.cuMemcpyHtoDAsync(job->factors, factor, bytes, d->stream);
        if (error)
            status = driver_fail(&d->cu, error, why, "copying to the GPU for verification");
        job->a_version = ++job->versions;
    }
    if (!status && !job->panel_rows)
        status = fill_a(job, why);
    return status ? status : job_wait(job, "making A with other rows", why);
}

static enum status make_a(struct job *job, struct failure *why)
{
    if (job->panel_rows)
        return job_buffer(job, NULL, "panels of A",
                          (size_t)job->panel_rows * job->pitch * job_entry_bytes(job), &job->a,
                          why);
    const struct device *d = job->device;
    const size_t bytes = (size_t)job_a_bytes(&job->problem, &d->share);
    enum status status = job_buffer(job, NULL, "A", bytes ? bytes : 1, &job->a, why);
    if (job->problem.op == OP_REDUCE)
        job->first_row = (unsigned)rows_of_share(job->n, 1, &d->share).first;
    if (!status && d->share.is_block) {
        const CUresult error = d->cu.cuMemsetD8Async(job->a, 0, bytes, d->stream);
        status = error ? driver_fail(&d->cu, error, why, "cannot clear the panels") : STATUS_OK;
        job->a += panel_bytes(&job->problem, &d->share);
        job->first_row = d->share.begin;
    }
    return status ? status : fill_a(job, why);
}

static enum status make_sum(struct job *job, struct failure *why)
{
    const struct device *d = job->device;
    const size_t bytes = 3 * sizeof(double);
    enum status status = job_buffer(job, NULL, "the sum", bytes, &job->sum, why);
    if (status)
        return status;
    job->sum_f32 = job->sum + sizeof(double);
    job->ticket = job->sum_f32 + sizeof(double);
    CUresult error = d->cu.cuMemsetD8Async(job->sum, 0, bytes, d->stream);
    return error ? driver_fail(&d->cu, error, why, "cannot clear the sum") : STATUS_OK;
}

enum status job_new(struct device *device, const struct problem *p, unsigned panel_rows,
                    struct job **out, struct failure *why)
{
    struct job *job = need(sizeof *job);
    *job = (struct job){.device = device,
                        .problem = *p,
                        .n = (unsigned)p->n,
                        .rows = job_rows(p),
                        .pitch = job_pitch(p),
                        .bound = job_bound_of(p),
                        .panel_rows = panel_rows};
    enum status status = make_a(job, why);
    if (!status)
        status = make_sum(job, why);
    if (!status)
        status = job_wait(job, "filling A", why);
    if (status)
        job_free(job), job = NULL;
    *out = job;
    return status;
}

void job_free(struct job *job)
{
    if (!job)
        return;
    for (struct loaded *l = job->loaded, *next; l; l = next) {
        next = l->next;
        free(l->state);
        free(l);
    }
    for (struct buffer *b = job->buffers, *next; b; b = next) {
        next = b->next;
        if (b->at)
            job->device->cu.cuMemFree(b->at);
        free(b);
    }
    for (struct written *w = job->written, *next; w; w = next) {
        const void **writer = module_writer(job->device, w->kernel->module);
        next = w->next;
        if (*writer == w) /* a later job's variable may get the same address */
            *writer = NULL;
        free(w);
    }
    free(job);
}
