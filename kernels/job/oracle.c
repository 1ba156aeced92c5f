/* oracle.c - float64 references on the GPU: launches kernels/service/oracle.cu and reads back. */
#include "kernels/job/oracle.h"

#include "harness/base/need.h"
#include "kernels/device/launch.h"
#include "kernels/job/stream.h"

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
    /* On the stream: an ordinary copy may return before the data have arrived, and a non-blocking
     * stream would not wait for it. */
    if (from)
        error = cu->cuMemcpyHtoDAsync(*pointer, from, bytes, s->job->device->stream);
    return error ? driver_fail(cu, error, why, "copying to the GPU for verification") : STATUS_OK;
}

static void give_back(struct scratch *s)
{
    for (int i = 0; i < s->count; i++)
        s->job->device->cu.cuMemFree(s->pointer[i]);
}

static enum status oracle_launch(struct job *job, const char *symbol, struct shape shape,
                                 void **arguments, struct failure *why)
{
    return launch_symbol(job->device, "service/oracle", symbol, shape, arguments, why);
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

static unsigned blocks_of(size_t count, unsigned block)
{
    return (unsigned)((count + block - 1) / block);
}

/* Bands of rows whose columns are added at the same time: many, but in little memory. */
static unsigned bands_of(uint64_t n, uint64_t rows)
{
    enum { MOST = 64, MOST_BYTES = 8 << 20 };
    const uint64_t by_memory = MOST_BYTES / (n * sizeof(double)), by_rows = (rows + 63) / 64;
    const uint64_t bands = by_memory < by_rows ? by_memory : by_rows;
    return bands < 1 ? 1 : bands < MOST ? (unsigned)bands : MOST;
}

enum { ENTRIES_AT_ONCE = 4096 }; /* of a streamed A */

uint64_t oracle_bytes(uint64_t n)
{
    const uint64_t sums = (bands_of(n, n) + 1) * n * sizeof(double);
    const uint64_t entries = ENTRIES_AT_ONCE * (sizeof(struct entry) + sizeof(float));
    return sums > entries ? sums : entries;
}

/* The column sums of the first `rows` rows at job->a. */
static enum status column_sums(struct job *job, unsigned rows, double *out, struct failure *why)
{
    enum { BLOCK = 128 };
    struct scratch s = {job, {0}, 0};
    unsigned bands = bands_of(job->n, rows);
    CUdeviceptr part, sums;
    enum status status = take(&s, (size_t)bands * job->n * sizeof(double), NULL, &part, why);
    if (!status)
        status = take(&s, job->n * sizeof(double), NULL, &sums, why);
    void *band_arguments[] = {&job->a, &rows, &job->n, &job->pitch, &part, &bands};
    if (!status)
        status = oracle_launch(job, "oracle_column_sums",
                               (struct shape){blocks_of(job->n, BLOCK), bands, BLOCK, 1, 0},
                               band_arguments, why);
    void *add_arguments[] = {&part, &job->n, &bands, &sums};
    if (!status)
        status = oracle_launch(job, "oracle_add_bands",
                               (struct shape){blocks_of(job->n, BLOCK), 1, BLOCK, 1, 0},
                               add_arguments, why);
    if (!status)
        status = fetch(job, out, sums, job->n * sizeof(double), why);
    give_back(&s);
    return status;
}

/* context: n sums, and n more values for one panel. */
static enum status add_panel(struct job *job, unsigned first_row, unsigned rows, void *context,
                             struct failure *why)
{
    (void)first_row;
    double *out = context, *panel = out + job->n;
    enum status status = column_sums(job, rows, panel, why);
    for (unsigned k = 0; k < job->n && !status; k++)
        out[k] += panel[k];
    return status;
}

enum status gpu_column_sums(struct job *job, double *out, struct failure *why)
{
    if (!job->panel_rows)
        return column_sums(job, job->n, out, why);
    double *sums = need_array(2 * (size_t)job->n, sizeof *sums);
    enum status status = stream_each_panel(job, add_panel, sums, why);
    if (!status)
        memcpy(out, sums, job->n * sizeof *out);
    free(sums);
    return status;
}

enum status gpu_a_times(struct job *job, const double *x, double *out, struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr vector, product;
    enum status status = take(&s, job->n * sizeof(double), x, &vector, why);
    if (!status)
        status = take(&s, job->n * sizeof(double), NULL, &product, why);
    void *arguments[] = {&job->a, &job->n, &job->pitch, &vector, &product};
    if (!status)
        status = oracle_launch(job, "oracle_a_times", (struct shape){job->n, 1, 256, 1, 0},
                               arguments, why);
    if (!status)
        status = fetch(job, out, product, job->n * sizeof(double), why);
    give_back(&s);
    return status;
}

enum status gpu_dots(struct job *job, const struct entry *e, size_t count, double *out,
                     struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr entries, values;
    unsigned how_many = (unsigned)count;
    enum status status = take(&s, count * sizeof *e, e, &entries, why);
    if (!status)
        status = take(&s, count * sizeof(double), NULL, &values, why);
    void *arguments[] = {&job->a, &job->n, &job->pitch, &entries, &how_many, &values};
    if (!status)
        status = oracle_launch(job, "oracle_dots", (struct shape){how_many, 1, 256, 1, 0},
                               arguments, why);
    if (!status)
        status = fetch(job, out, values, count * sizeof(double), why);
    give_back(&s);
    return status;
}

static enum status gather(struct job *job, CUdeviceptr matrix, const struct entry *e, size_t count,
                          float *out, struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr entries, values;
    unsigned how_many = (unsigned)count;
    enum status status = take(&s, count * sizeof *e, e, &entries, why);
    if (!status)
        status = take(&s, count * sizeof(float), NULL, &values, why);
    void *arguments[] = {&matrix, &job->pitch, &entries, &how_many, &values};
    if (!status)
        status = oracle_launch(job, "gather", (struct shape){blocks_of(count, 256), 1, 256, 1, 0},
                               arguments, why);
    if (!status)
        status = fetch(job, out, values, count * sizeof(float), why);
    give_back(&s);
    return status;
}

/* Entries wanted of a streamed A. */
struct wanted {
    const struct entry *entries;
    size_t count;
    float *out;
};

/* Gathers the wanted entries that lie in a panel, some at a time. */
static enum status gather_panel(struct job *job, unsigned first_row, unsigned rows, void *context,
                                struct failure *why)
{
    const struct wanted *wanted = context;
    struct entry *here = need_array(ENTRIES_AT_ONCE, sizeof *here);
    size_t *which = need_array(ENTRIES_AT_ONCE, sizeof *which), found = 0;
    float *values = need_array(ENTRIES_AT_ONCE, sizeof *values);
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

enum status gpu_a_entries(struct job *job, const struct entry *e, size_t count, float *out,
                          struct failure *why)
{
    struct wanted wanted = {e, count, out};
    return job->panel_rows ? stream_each_panel(job, gather_panel, &wanted, why)
                           : gather(job, job->a, e, count, out, why);
}

enum status gpu_c_entries(struct job *job, const struct entry *e, size_t count, float *out,
                          struct failure *why)
{
    return gather(job, job->c, e, count, out, why);
}

enum status gpu_c_row_sums(struct job *job, double *out, struct failure *why)
{
    struct scratch s = {job, {0}, 0};
    CUdeviceptr sums;
    enum status status = take(&s, job->n * sizeof(double), NULL, &sums, why);
    void *arguments[] = {&job->c, &job->n, &job->pitch, &sums};
    if (!status)
        status = oracle_launch(job, "oracle_row_sums", (struct shape){job->n, 1, 256, 1, 0},
                               arguments, why);
    if (!status)
        status = fetch(job, out, sums, job->n * sizeof(double), why);
    give_back(&s);
    return status;
}
