/* job.c - a problem on the CPU: A, C and a little scratch memory. */
#include "cpu/backend/job.h"

#include "cpu/backend/libraries.h"
#include "cpu/backend/steps.h"
#include "cpu/fused/fused.h"
#include "cpu/loops/blocks.h"
#include "cpu/loops/fill.h"
#include "cpu/loops/sums.h"
#include "cpu/loops/sums_f64.h"
#include "cpu/strips/strips.h"
#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE_BYTES = 2 << 20 };

/* Untouched memory, aligned to 64 bytes or more, on huge pages if the system has them: the first
 * touch then takes half the time. Release it with free(); NULL if there is not enough. */
static void *memory_new(size_t bytes)
{
    void *memory;

    if (posix_memalign(&memory, bytes < HUGE_PAGE_BYTES ? 64 : HUGE_PAGE_BYTES, bytes))
        return NULL;
    if (bytes >= HUGE_PAGE_BYTES)
        madvise(memory, bytes, MADV_HUGEPAGE); /* without it, it is only slower */
    return memory;
}

static size_t row_bytes(const struct job *j)
{
    return j->n * (size_t)element_bytes(j->problem.element);
}

static bool is_f64(const struct job *j)
{
    return j->problem.element == ELEMENT_F64;
}

static void fill(struct job *j)
{
    if (is_f64(j))
        fill_matrix_f64(j->device->pool, &j->problem, j->first, j->held, j->a);
    else
        fill_matrix(j->device->pool, &j->problem, j->first, j->held, j->a);
}

void cpu_job_end(struct job *j)
{
    if (!j)
        return;
    for (int i = 0; i < 2; i++)
        free(j->panels[i]);
    free(j->a);
    free(j->c);
    free(j->rows);
    free(j->scratch);
    free(j);
}

static enum status refused(const struct job *j, const char *what, uint64_t bytes,
                           struct failure *why)
{
    char size[AMOUNT_BYTES], left[AMOUNT_BYTES];
    return fail(why, STATUS_NO_MEMORY,
                "the system refused %s for %s at N = %zu, and %s seemed free: take a smaller N",
                amount_of_bytes(size, bytes), what, j->n,
                amount_of_bytes(left, j->device->facts.memory_free));
}

enum status cpu_job_begin(struct device *d, const struct plan *plan, struct job **job,
                          struct failure *why)
{
    const struct problem *p = &plan->problem;
    struct job *j;

    if (p->n < 1 || p->n > PROBLEM_MAX_N)
        return fail(why, STATUS_USAGE, "N = %llu is not between 1 and %u", (unsigned long long)p->n,
                    PROBLEM_MAX_N);
    if (!plan->fits)
        return fail(why, STATUS_NO_MEMORY, "%s", plan->sentence);
    j = need(sizeof *j);
    *j = (struct job){.device = d,
                      .problem = *p,
                      .n = (size_t)p->n,
                      .first = (size_t)cpu_rows_of_a(d, p).first,
                      .held = (size_t)cpu_rows_of_a(d, p).count,
                      .of_c = cpu_rows_of_c(d, p),
                      .scalar = NAN};
    j->rows = need_array(j->n, sizeof *j->rows);
    const uint64_t rows = j->held + (uint64_t)d->share.panels * d->share.panel_rows;
    j->a = memory_new(j->held * row_bytes(j));
    bool has_room = j->a != NULL;
    for (uint32_t i = 0; i < d->share.panels && has_room; i++)
        has_room = (j->panels[i] = memory_new(d->share.panel_rows * row_bytes(j))) != NULL;
    if (!has_room) {
        refused(j, "A", rows * row_bytes(j), why);
        cpu_job_end(j);
        return why->status;
    }
    fill(j);
    *job = j;
    return STATUS_OK;
}

enum status cpu_job_load(struct job *j, const struct variant *v, struct failure *why)
{
    const struct cpu_variant *own = v->row;

    char reason[256];

    if (own->is_blas && !cpu_library_of(j->device, v)) {
        cpu_library_can_run(j->device, v, &j->problem, reason, sizeof reason);
        return fail(why, STATUS_FAILED, "%s", reason);
    }
    const size_t c_bytes = (size_t)j->of_c.count * row_bytes(j);
    if (own->stores_c && !j->c && !(j->c = memory_new(c_bytes)))
        return refused(j, "C", c_bytes, why);
    const size_t scratch_bytes =
        own->has_scratch && !j->scratch ? fused_scratch_bytes(j->problem.element, j->n) : 0;
    if (scratch_bytes && !(j->scratch = memory_new(scratch_bytes)))
        return refused(j, "the strips of A", scratch_bytes, why);
    return STATUS_OK;
}

/* Sets power and energy of a sample that lasted from `from` to now. Counters move once a
 * millisecond, so a short sample gets the mean power of the last 0.1 to 0.2 seconds. */
static void add_energy(struct device *d, const struct energy_reading *from, struct sample *sample)
{
    enum { OWN_NS = 50000000, WINDOW_NS = 100000000 };
    struct energy_reading now;
    energy_read(&d->energy, &now);
    const bool is_long = now.when - from->when >= OWN_NS || !d->marks[0].is_known;
    const struct energy_reading *since = is_long ? from : &d->marks[0];
    const double joules = energy_between(&d->energy, since, &now);
    const double watts = joules / ((double)(now.when - since->when) * 1e-9);
    if (isfinite(watts)) {
        sample->power_w = watts;
        sample->energy_j = watts * (double)sample->wall_ns * 1e-9;
    }
    if (!d->marks[1].is_known || now.when - d->marks[1].when >= WINDOW_NS) {
        d->marks[0] = d->marks[1].is_known ? d->marks[1] : now;
        d->marks[1] = now;
    }
}

static struct strips strips_of(const struct job *j)
{
    return (struct strips){j->device->pool, j->blas, j->problem.element, j->n, j->a, j->c, j->rows};
}

/* A share of sum-aat, whose products and sums are the variant's two steps. */
static void run_share(struct job *j, nanos ns[2])
{
    const struct problem *p = &j->problem;
    const struct share *share = &j->device->share;
    const struct strips strips = strips_of(j);
    j->scalar = strips_sum(&strips, strips_cut(p->n, share, share->begin),
                           strips_cut(p->n, share, share->end), ns);
}

enum status cpu_job_run(struct job *j, const struct variant *v, unsigned launches,
                        struct sample *sample, struct failure *why)
{
    const struct cpu_variant *own = v->row;
    const bool is_share = j->device->share.of && v->op == OP_SUM_AAT;
    nanos total[VARIANT_STEPS_MAX] = {0};
    struct energy_reading before = {0};
    struct blas_guest guest;

    (void)why;
    j->blas = cpu_library_of(j->device, v);
    const bool prints = j->blas && j->blas->prints; /* others need not wait for system calls */
    if (prints)
        blas_enter(&guest);
    if (j->device->energy.count)
        energy_read(&j->device->energy, &before);
    const nanos start = clock_now();
    nanos last = start;
    for (unsigned launch = 0; launch < launches && is_share; launch++) {
        run_share(j, total);
        last = clock_now();
    }
    for (unsigned launch = 0; launch < launches && !is_share; launch++)
        for (int s = 0; s < VARIANT_STEPS_MAX && own->step[s]; s++) {
            own->step[s](j);
            nanos now = clock_now();
            total[s] += now - last;
            last = now;
        }
    if (prints)
        blas_leave(&guest);
    *sample = (struct sample){.launches = launches};
    if (launches)
        sample->wall_ns = sample->device_ns = (last - start) / launches;
    for (int s = 0; s < VARIANT_STEPS_MAX && launches; s++)
        sample->step_ns[s] = total[s] / launches;
    if (before.is_known && launches)
        add_energy(j->device, &before, sample);
    return STATUS_OK;
}

enum status cpu_job_run_block(struct job *j, const struct variant *v, const struct block *b,
                              struct sample *sample, double *sum, struct failure *why)
{
    struct blas_guest guest;
    (void)why;
    j->blas = cpu_library_of(j->device, v);
    const struct strips strips = strips_of(j);
    blas_enter(&guest);
    const nanos start = clock_now();
    const size_t skip = b->col * j->n * (size_t)element_bytes(j->problem.element);
    const char *panel = b->panel == PANEL_OWN ? NULL : (char *)j->panels[b->panel] + skip;
    *sum = strips_block(&strips, b->rows, panel, b->cols, sample->step_ns);
    sample->wall_ns += clock_now() - start;
    blas_leave(&guest);
    return STATUS_OK;
}

void *cpu_job_host_panel(struct job *j, enum panel panel)
{
    return panel == PANEL_OWN ? j->a : j->panels[panel];
}

enum status cpu_job_answer(struct job *j, const struct variant *v, double *sum, struct failure *why)
{
    (void)why;
    *sum = v->op == OP_MATMUL ? cpu_sum_of(j, j->c, j->of_c.count, false) : j->scalar;
    return STATUS_OK;
}

/* Bytes of all ones are a NaN in either type. */
static void poison_rows(void *context, size_t begin, size_t end)
{
    const struct job *j = context;
    memset((char *)j->c + begin * row_bytes(j), 0xff, (end - begin) * row_bytes(j));
}

enum status cpu_job_poison(struct job *j, struct failure *why)
{
    (void)why;
    j->scalar = NAN;
    if (j->c)
        parallel_for(j->device->pool, j->of_c.count, (1 << 16) / j->n + 1, poison_rows, j);
    return STATUS_OK;
}

/* Widens `count` values to long double, and frees `from`. */
static enum status widened(double *from, size_t count, long double *to)
{
    for (size_t i = 0; i < count; i++)
        to[i] = (long double)from[i];
    free(from);
    return STATUS_OK;
}

enum status cpu_job_oracle_columns_of(struct job *j, uint64_t first_row, uint64_t rows,
                                      long double *out, struct failure *why)
{
    const size_t first = ((size_t)first_row - j->first) * j->n, count = (size_t)rows;
    if (first_row < j->first || first_row + rows > j->first + j->held)
        return fail(why, STATUS_FAILED, "this rank has the rows of A from %zu to %zu, not to %zu",
                    j->first, j->first + j->held, (size_t)first_row + count);
    if (is_f64(j)) {
        sums_f64_columns(j->device->pool, (double *)j->a + first, count, j->n, out);
        return STATUS_OK;
    }
    double *sums = need_array(j->n, sizeof *sums);
    sums_columns(j->device->pool, (float *)j->a + first, count, j->n, sums);
    return widened(sums, j->n, out);
}

enum status cpu_job_oracle_column_sums(struct job *j, long double *out, struct failure *why)
{
    return cpu_job_oracle_columns_of(j, 0, j->n, out, why);
}

enum status cpu_job_oracle_a_times(struct job *j, const long double *x, long double *out,
                                   struct failure *why)
{
    (void)why;
    if (is_f64(j)) {
        sums_f64_times(j->device->pool, j->a, j->n, x, out);
        return STATUS_OK;
    }
    double *sums = need_array(j->n, sizeof *sums), *factors = need_array(j->n, sizeof *factors);
    for (size_t i = 0; i < j->n; i++)
        factors[i] = (double)x[i];
    sums_times(j->device->pool, j->a, j->n, factors, sums);
    free(factors);
    return widened(sums, j->n, out);
}

enum status cpu_job_oracle_dots(struct job *j, const struct entry *e, size_t count,
                                long double *out, struct failure *why)
{
    (void)why;
    if (is_f64(j)) {
        sums_f64_dots(j->device->pool, j->a, j->n, e, count, out);
        return STATUS_OK;
    }
    double *dots = need_array(count, sizeof *dots);
    sums_dots(j->device->pool, j->a, j->n, e, count, dots);
    return widened(dots, count, out);
}

static void pick(const struct job *j, const void *matrix, size_t first, const struct entry *e,
                 size_t count, double *out)
{
    const float *f32 = matrix;
    const double *f64 = matrix;
    for (size_t i = 0; i < count; i++) {
        const size_t at = (e[i].row - first) * j->n + e[i].col;
        out[i] = is_f64(j) ? f64[at] : (double)f32[at];
    }
}

enum status cpu_job_a_entries(struct job *j, const struct entry *e, size_t count, double *out,
                              struct failure *why)
{
    (void)why;
    pick(j, j->a, j->first, e, count, out);
    return STATUS_OK;
}

static enum status no_c(struct failure *why)
{
    return fail(why, STATUS_FAILED, "no variant that stores C has been loaded: load one first");
}

enum status cpu_job_c_row_sums(struct job *j, long double *out, struct failure *why)
{
    if (!j->c)
        return no_c(why);
    out += j->of_c.first;
    if (is_f64(j)) {
        sums_f64_rows(j->device->pool, j->c, j->of_c.count, j->n, out);
        return STATUS_OK;
    }
    double *sums = need_array(j->n, sizeof *sums);
    sums_rows(j->device->pool, j->c, j->of_c.count, j->n, sums);
    return widened(sums, j->of_c.count, out);
}

enum status cpu_job_c_entries(struct job *j, const struct entry *e, size_t count, double *out,
                              struct failure *why)
{
    if (!j->c)
        return no_c(why);
    pick(j, j->c, j->of_c.first, e, count, out);
    return STATUS_OK;
}

enum status cpu_job_read_a(struct job *j, void *out, struct failure *why)
{
    (void)why;
    memcpy(out, j->a, j->n * row_bytes(j));
    return STATUS_OK;
}

enum status cpu_job_c_block_errors(struct job *j, const double *x, unsigned width, double *out,
                                   uint32_t *col, struct failure *why)
{
    if (!j->c)
        return no_c(why);
    blocks_errors(j->device->pool, j->problem.element, j->a, j->c, j->n, j->of_c, x, width, out,
                  col);
    return STATUS_OK;
}

enum status cpu_job_scale_rows(struct job *j, const struct variant *v, const float *factor,
                               struct failure *why)
{
    (void)v, (void)why;
    fill(j);
    for (size_t i = 0; i < j->held && factor; i++)
        for (size_t k = i * j->n; k < (i + 1) * j->n; k++)
            if (is_f64(j))
                ((double *)j->a)[k] *= (double)factor[j->first + i];
            else
                ((float *)j->a)[k] *= factor[j->first + i];
    return STATUS_OK;
}
