/* oracle.c - references on the GPU: launches kernels/service/oracle.cu and reads back; for float64
 * entries kernels/service/f64/oracle_f64.cu, whose values are pairs of float64. */
#include "kernels/job/oracle.h"

#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "kernels/device/launch.h"
#include "kernels/job/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Device memory for the inputs and outputs of one call, freed together. */
struct scratch {
    struct job *job;
    CUdeviceptr pointer[3];
    int count;
};

static enum status take(struct scratch *s, size_t bytes, const void *from, CUdeviceptr *pointer,
                        struct failure *why)
{
    const struct driver *cu = &s->job->device->cu;
    CUresult error = cu->cuMemAlloc(pointer, bytes);
    if (error)
        return driver_fail(cu, error, why, "cannot allocate GPU memory for verification");
    s->pointer[s->count++] = *pointer;
    /* The copy is enqueued on the stream, because an ordinary copy may return before the data have
     * arrived, and a non-blocking stream would not wait for it. */
    if (from)
        error = cu->cuMemcpyHtoDAsync(*pointer, from, bytes, s->job->device->stream);
    return error ? driver_fail(cu, error, why, "copying to the GPU for verification") : STATUS_OK;
}

static void give_back(struct scratch *s)
{
    for (int i = 0; i < s->count; i++)
        s->job->device->cu.cuMemFree(s->pointer[i]);
}

/* A reference on the device: a float64, or the unevaluated sum of two. */
struct pair {
    double upper, lower;
};

static size_t value_bytes(const struct problem *p)
{
    return p->element == ELEMENT_F64 ? sizeof(struct pair) : sizeof(double);
}

static enum status oracle_launch(struct job *job, const char *symbol, struct shape shape,
                                 void **arguments, struct failure *why)
{
    char symbol_f64[40];
    if (job->problem.element != ELEMENT_F64)
        return launch_symbol(job->device, "service/oracle", symbol, shape, arguments, why);
    snprintf(symbol_f64, sizeof symbol_f64, "%s_f64", symbol);
    return launch_symbol(job->device, "service/f64/oracle_f64", symbol_f64, shape, arguments, why);
}

static enum status fetch(struct job *job, void *out, CUdeviceptr from, size_t bytes,
                         struct failure *why)
{
    enum status status = job_wait(job, "verifying", why);
    if (status)
        return status;
    CUresult error = job->device->cu.cuMemcpyDtoH(out, from, bytes);
    return error ? driver_fail(&job->device->cu, error, why, "reading a reference back")
                 : STATUS_OK;
}

/* Fetches `count` references. */
static enum status fetch_values(struct job *job, long double *out, CUdeviceptr from, size_t count,
                                struct failure *why)
{
    const bool are_pairs = job->problem.element == ELEMENT_F64;
    double *values = need_array(count, sizeof(struct pair));
    enum status status = fetch(job, values, from, count * value_bytes(&job->problem), why);
    for (size_t i = 0; i < count && !status; i++)
        out[i] = are_pairs ? (long double)values[2 * i] + (long double)values[2 * i + 1]
                           : (long double)values[i];
    free(values);
    return status;
}

void gpu_oracle_of_int8(struct job *job, bool is_rounded)
{
    job->oracle_levels = is_rounded ? 127 : 0;
}

/* Divides references that were computed from integers instead of entries of A. `factors` says how
 * many entries of A are in each product. */
static void divide(const struct job *job, int factors, long double *values, size_t count)
{
    for (size_t i = 0; i < count && job->oracle_levels > 0; i++)
        for (int f = 0; f < factors; f++)
            values[i] /= (long double)job->oracle_levels;
}

static unsigned blocks_of(size_t count, unsigned block)
{
    return (unsigned)((count + block - 1) / block);
}

/* Returns the number of bands of rows whose columns are added in parallel: many, but with little
 * memory. */
static unsigned bands_of(const struct problem *p, uint64_t rows)
{
    enum { MOST = 64, MOST_BYTES = 8 << 20 };
    const uint64_t by_memory = MOST_BYTES / (p->n * value_bytes(p)), by_rows = (rows + 63) / 64;
    const uint64_t bands = by_memory < by_rows ? by_memory : by_rows;
    return bands < 1 ? 1 : bands < MOST ? (unsigned)bands : MOST;
}

enum { ENTRIES_AT_ONCE = 4096 }; /* entries of a streamed A that are read in one call */

uint64_t oracle_bytes(const struct problem *p)
{
    const uint64_t sums = (bands_of(p, p->n) + 1) * p->n * value_bytes(p);
    const uint64_t entries = ENTRIES_AT_ONCE * (sizeof(struct entry) + element_bytes(p->element));
    return sums > entries ? sums : entries;
}

/* Adds up the columns of `rows` rows at `a`. */
static enum status column_sums(struct job *job, CUdeviceptr a, unsigned rows, long double *out,
                               struct failure *why)
{
    enum { BLOCK = 128 };
    struct scratch s = {job, {0}, 0};
    unsigned bands = bands_of(&job->problem, rows);
    CUdeviceptr part, sums;
    enum status status =
        take(&s, (size_t)bands * job->n * value_bytes(&job->problem), NULL, &part, why);
    if (!status)
        status = take(&s, job->n * value_bytes(&job->problem), NULL, &sums, why);
    void *band_arguments[] = {&a, &rows, &job->n, &job->pitch, &part, &bands, &job->oracle_levels};
    if (!status)
        status = oracle_launch(
            job, "oracle_column_sums",
            (struct shape){.grid_x = blocks_of(job->n, BLOCK), .grid_y = bands, .block_x = BLOCK},
            band_arguments, why);
    void *add_arguments[] = {&part, &job->n, &bands, &sums};
    if (!status)
        status = oracle_launch(job, "oracle_add_bands",
                               (struct shape){.grid_x = blocks_of(job->n, BLOCK), .block_x = BLOCK},
                               add_arguments, why);
    if (!status)
        status = fetch_values(job, out, sums, job->n, why);
    if (!status)
        divide(job, 1, out, job->n);
    give_back(&s);
    return status;
}

/* context: n sums, followed by n values for one panel. */
static enum status add_panel(struct job *job, unsigned first_row, unsigned rows, void *context,
                             struct failure *why)
{
    (void)first_row;
    long double *out = context, *panel = out + job->n;
    enum status status = column_sums(job, job->a, rows, panel, why);
    for (unsigned k = 0; k < job->n && !status; k++)
        out[k] += panel[k];
    return status;
}

enum status gpu_column_sums(struct job *job, long double *out, struct failure *why)
{
    if (!job->panel_rows)
        return column_sums(job, job->a, job->n, out, why);
    long double *sums = need_array(2 * (size_t)job->n, sizeof *sums);
    enum status status = stream_each_panel(job, add_panel, sums, why);
    if (!status)
        memcpy(out, sums, job->n * sizeof *out);
    free(sums);
    return status;
}

enum status gpu_columns_of(struct job *job, uint64_t first_row, uint64_t rows, long double *out,
                           struct failure *why)
{
    const uint64_t before = first_row - job->first_row;
    if (!job->panel_rows)
        return column_sums(job, job->a + before * job->pitch * job_entry_bytes(job), (unsigned)rows,
                           out, why);
    long double *sums = need_array(2 * (size_t)job->n, sizeof *sums);
    enum status status = STATUS_OK;
    for (uint64_t done = 0, now; done < rows && !status; done += now) {
        now = rows - done < job->panel_rows ? rows - done : job->panel_rows;
        const struct part part = {
            .first_row = (unsigned)(first_row + done), .rows = (unsigned)now, .pitch = job->pitch};
        status = job_fill(job, job->a, part, why);
        if (!status)
            status = add_panel(job, part.first_row, part.rows, sums, why);
        if (!status)
            status = interrupt_check(why);
    }
    if (!status)
        memcpy(out, sums, job->n * sizeof *out);
    free(sums);
    return status;
}

enum status gpu_a_times(struct job *job, const long double *x, long double *out,
                        struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr vector, product;
    const size_t bytes = job->n * value_bytes(&job->problem);
    const bool are_pairs = job->problem.element == ELEMENT_F64;
    double *values = need_array(job->n, sizeof(struct pair));
    for (size_t i = 0; i < job->n; i++) {
        const double upper = (double)x[i];
        values[are_pairs ? 2 * i : i] = upper;
        if (are_pairs)
            values[2 * i + 1] = (double)(x[i] - upper);
    }
    enum status status = take(&s, bytes, values, &vector, why);
    if (!status)
        status = take(&s, bytes, NULL, &product, why);
    void *arguments[] = {&job->a, &job->n, &job->pitch, &vector, &product, &job->oracle_levels};
    if (!status)
        status = oracle_launch(job, "oracle_a_times",
                               (struct shape){.grid_x = job->n, .block_x = 256}, arguments, why);
    if (!status)
        status = fetch_values(job, out, product, job->n, why);
    if (!status)
        divide(job, 1, out, job->n);
    give_back(&s);
    free(values);
    return status;
}

enum status gpu_dots(struct job *job, const struct entry *e, size_t count, long double *out,
                     struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr entries, values;
    unsigned how_many = (unsigned)count;
    enum status status = take(&s, count * sizeof *e, e, &entries, why);
    if (!status)
        status = take(&s, count * value_bytes(&job->problem), NULL, &values, why);
    void *arguments[] = {&job->a,   &job->n, &job->pitch,        &entries,
                         &how_many, &values, &job->oracle_levels};
    if (!status)
        status = oracle_launch(job, "oracle_dots",
                               (struct shape){.grid_x = how_many, .block_x = 256}, arguments, why);
    if (!status)
        status = fetch_values(job, out, values, count, why);
    if (!status)
        divide(job, 2, out, count);
    give_back(&s);
    return status;
}

static enum status gather(struct job *job, CUdeviceptr matrix, const struct entry *e, size_t count,
                          double *out, struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr entries, values;
    unsigned how_many = (unsigned)count;
    const size_t bytes = count * job_entry_bytes(job);
    const bool is_f64 = job->problem.element == ELEMENT_F64;
    float *floats = is_f64 ? NULL : need_array(count, sizeof *floats);
    enum status status = take(&s, count * sizeof *e, e, &entries, why);
    if (!status)
        status = take(&s, bytes, NULL, &values, why);
    void *arguments[] = {&matrix, &job->pitch, &entries, &how_many, &values};
    if (!status)
        status = oracle_launch(job, "gather",
                               (struct shape){.grid_x = blocks_of(count, 256), .block_x = 256},
                               arguments, why);
    if (!status)
        status = fetch(job, is_f64 ? (void *)out : floats, values, bytes, why);
    for (size_t i = 0; i < count && !is_f64 && !status; i++)
        out[i] = (double)floats[i];
    free(floats);
    give_back(&s);
    return status;
}

/* The entries that a caller requested of an A that is streamed. */
struct wanted {
    const struct entry *entries;
    size_t count;
    double *out;
};

/* Gathers the requested entries that lie in a panel, ENTRIES_AT_ONCE at a time. */
static enum status gather_panel(struct job *job, unsigned first_row, unsigned rows, void *context,
                                struct failure *why)
{
    const struct wanted *wanted = context;
    struct entry *here = need_array(ENTRIES_AT_ONCE, sizeof *here);
    size_t *which = need_array(ENTRIES_AT_ONCE, sizeof *which), found = 0;
    double *values = need_array(ENTRIES_AT_ONCE, sizeof *values);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < wanted->count && !status; i++) {
        const struct entry e = wanted->entries[i];
        if (e.row >= first_row && e.row - first_row < rows) {
            here[found] = (struct entry){e.row - first_row, e.col};
            which[found++] = i;
        }
        if (found == ENTRIES_AT_ONCE || (found && i + 1 == wanted->count)) {
            status = gather(job, job->a, here, found, values, why);
            while (found > 0 && !status) {
                found--;
                wanted->out[which[found]] = values[found];
            }
        }
    }
    free(here);
    free(which);
    free(values);
    return status;
}

enum status gpu_a_entries(struct job *job, const struct entry *e, size_t count, double *out,
                          struct failure *why)
{
    struct wanted wanted = {e, count, out};
    const uint64_t missing = (uint64_t)job->first_row * stream_row_bytes(&job->problem);
    return job->panel_rows ? stream_each_panel(job, gather_panel, &wanted, why)
                           : gather(job, job->a - missing, e, count, out, why);
}

enum status gpu_c_entries(struct job *job, const struct entry *e, size_t count, double *out,
                          struct failure *why)
{
    return gather(job, job_c_at_row_0(job), e, count, out, why);
}

enum status gpu_c_row_sums(struct job *job, long double *out, struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr sums;
    const unsigned rows = (unsigned)job->of_c.count;
    if (!rows)
        return STATUS_OK;
    enum status status = take(&s, rows * value_bytes(&job->problem), NULL, &sums, why);
    void *arguments[] = {&job->c, &job->n, &job->pitch, &sums};
    if (!status)
        status = oracle_launch(job, "oracle_row_sums",
                               (struct shape){.grid_x = rows, .block_x = 256}, arguments, why);
    if (!status)
        status = fetch_values(job, out + job->of_c.first, sums, rows, why);
    give_back(&s);
    return status;
}
