/* probes.c - see probes.h. */
#include "harness/measure/probes.h"

#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>

/* Columns of a block, and the time that float64 may take. */
enum { WIDTH_LEAST = 8, WIDTH_MOST = 128, WIDTH_OF_UNKNOWN = 8 };
static const double seconds_of_blocks = 0.02;

/* A run that takes longer than this is not repeated. */
static const nanos run_most_ns = 2000000000;

/* Indices of random words: signs of columns and of rows. */
enum { COLUMNS = 0x10000000, ROWS = 0x20000000, PLACES = 0x30000000 };

struct suspect suspect_of(const struct oracle *o, const struct verdict *v, struct entry at,
                          double got, long double want)
{
    const double scale = fmax(oracle_entry_scale(o, at), v->limit.tiny);
    const double error = (double)(got - want) / fmax(fabs((double)want), scale);
    return (struct suspect){.error = isnan(error) ? (double)INFINITY : fabs(error),
                            .at = at,
                            .got = got,
                            .want = (double)want};
}

static unsigned width_of(const struct oracle *o)
{
    const double n = (double)o->problem.n, flops = o->device ? o->device->f64_flops : 0;
    if (!(flops > 0))
        return WIDTH_OF_UNKNOWN;
    return (unsigned)fmin(fmax(ceil(2 * n * n * n / (flops * seconds_of_blocks)), WIDTH_LEAST),
                          WIDTH_MOST);
}

/* Rows smaller than this (denormal ones, zeros) are judged by absolute errors. */
static bool is_tiny(double factor)
{
    return factor < 0x1p-60;
}

/* The weights of a block of columns: sizes between 0.8 and 1.2, so that swapped columns show, with
 * random signs, half of either, so that a bias of all entries cancels. */
static void weigh_block(const struct oracle *o, uint64_t begin, unsigned width, double *x)
{
    unsigned positive = width / 2;
    for (unsigned i = 0; i < width; i++) {
        const uint32_t random = oracle_random(o, COLUMNS + (uint32_t)(begin + i));
        const bool is_positive = (random >> 16) * 0x1p-16 * (width - i) < positive;
        const double size = 0.8 + 0.4 * 0x1p-16 * (random & 0xffff);
        positive -= is_positive;
        x[i] = is_positive ? size : -size;
    }
}

/* All weights, divided by the factors of their columns. */
static void weigh(const struct oracle *o, unsigned width, double *x)
{
    const uint64_t n = o->problem.n;
    for (uint64_t begin = 0; begin < n; begin += width)
        weigh_block(o, begin, n - begin < width ? (unsigned)(n - begin) : width, x + begin);
    for (uint64_t j = 0; j < n; j++) {
        const double factor = oracle_row_factor(&o->problem, (uint32_t)j);
        x[j] /= is_tiny(factor) ? 1 : factor;
    }
}

/* The scale of the errors of row i in units of the weights. */
static double scale_of_row(const struct oracle *o, uint32_t i)
{
    const double n = (double)o->problem.n, factor = oracle_row_factor(&o->problem, i);
    return o->problem.range == RANGE_UNIT ? n / 4 : factor * sqrt(n) / 3;
}

/* The weighted errors that rows and columns below FP32's range may add to a block. */
static double tiny_of_block(const struct oracle *o, const struct verdict *v, unsigned width)
{
    return o->problem.range == RANGE_WIDE ? 0x1p32 * width * v->limit.tiny : 0;
}

/* By 8 deviations of a block, where the largest of a million is 5 and 40 of an entry must show; by
 * 11 where entries cancel and their errors differ in size: of 12 million blocks at N = 10000 on
 * [-1,1) the largest was 8.1 in f32-3xf16 and 7.5 in f32 (H200). And what a bias leaves, where half
 * of the signs is negative but for one. */
static double limit_of_blocks(const struct oracle *o, const struct verdict *v, unsigned width)
{
    const bool is_unit = o->problem.range == RANGE_UNIT;
    const double bias = is_unit ? fabs(v->bias) : 0, deviations = is_unit ? 8 : 11;
    const double deviation = fmax(sqrt(fmax(v->rel_f * v->rel_f - bias * bias, 0)), 0x1p-24);
    return deviations * sqrt(width) * deviation + (1.2 + 0.25 * sqrt(width)) * bias;
}

static bool can_probe(const struct backend *backend, const struct oracle *o)
{
    return backend->c_block_errors && o->problem.element == ELEMENT_F32 &&
           o->entry_count < o->problem.n * o->problem.n;
}

enum status probe_blocks(const struct backend *backend, struct job *job, const struct oracle *o,
                         struct verdict *verdict, struct entry *place, struct failure *why)
{
    const uint64_t n = o->problem.n;
    if (!can_probe(backend, o))
        return STATUS_OK;
    const unsigned width = width_of(o);
    double *x = need_array(n, sizeof *x), *error = need_array(n, sizeof *error);
    uint32_t *col = need_array(n, sizeof *col);
    weigh(o, width, x);
    const enum status status = backend->c_block_errors(job, x, width, error, col, why);
    const double tiny = tiny_of_block(o, verdict, width);
    double worst = -1;
    for (uint32_t i = 0; i < n && status == STATUS_OK; i++) {
        const double beyond = fmax(error[i] - tiny, 0), scale = scale_of_row(o, i);
        const double relative = beyond > 0 ? beyond / scale : 0;
        if (relative > worst) {
            worst = relative;
            *place = (struct entry){i, col[i]};
        }
    }
    verdict->block_error = status == STATUS_OK ? worst : NAN;
    verdict->limit.block = limit_of_blocks(o, verdict, width);
    free(x);
    free(error);
    free(col);
    return status;
}

/* The worst entry of each row by blocks of one column; then these are judged as sampled ones are.
 */
enum status probe_all(const struct backend *backend, struct job *job, const struct oracle *o,
                      struct verdict *verdict, struct suspect *worst, struct failure *why)
{
    const uint64_t n = o->problem.n;
    if (!o->is_full || !can_probe(backend, o))
        return STATUS_OK;
    double *x = need_array(n, sizeof *x), *error = need_array(n, sizeof *error);
    uint32_t *col = need_array(n, sizeof *col);
    struct entry *e = need_array(n, sizeof *e);
    long double *want = need_array(n, sizeof *want);
    double *got = need_array(n, sizeof *got);
    weigh(o, 1, x);
    enum status status = backend->c_block_errors(job, x, 1, error, col, why);
    for (uint32_t i = 0; i < n; i++)
        e[i] = (struct entry){i, col[i]};
    if (status == STATUS_OK)
        status = backend->oracle_dots(job, e, n, want, why);
    if (status == STATUS_OK)
        status = backend->c_entries(job, e, n, got, why);
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        const struct suspect s = suspect_of(o, verdict, e[i], got[i], want[i]);
        if (s.error > worst->error)
            *worst = s;
    }
    if (status == STATUS_OK)
        verdict->worst_entry = worst->error;
    free(x);
    free(error);
    free(col);
    free(e);
    free(want);
    free(got);
    return status;
}

/* Whether v computes non-negative data alone as well as it says. */
static bool needs_positive(const struct variant *v)
{
    return v->arithmetic == ARITH_F32_2XF16 || (v->op == OP_REDUCE && v->library);
}

/* Whether some entries of A are those of philox.h times the factors of their rows. */
static enum status check_scaled(const struct backend *backend, struct job *job,
                                const struct oracle *o, const float *factor, struct failure *why)
{
    enum { SOME = 64 };
    struct entry e[SOME];
    double a[SOME];
    for (uint32_t i = 0; i < SOME; i++)
        e[i] = (struct entry){
            (uint32_t)((uint64_t)oracle_random(o, PLACES + 2 * i) * o->problem.n >> 32),
            (uint32_t)((uint64_t)oracle_random(o, PLACES + 2 * i + 1) * o->problem.n >> 32)};
    enum status status = backend->a_entries(job, e, SOME, a, why);
    for (size_t i = 0; i < SOME && status == STATUS_OK; i++)
        if (a[i] != oracle_entry_of_a(&o->problem, e[i]) * (double)factor[e[i].row])
            status = fail(why, STATUS_WRONG, "A[%u][%u] is %.9g after its row was scaled by %g",
                          e[i].row, e[i].col, a[i], (double)factor[e[i].row]);
    return status;
}

static enum status run_scaled(const struct backend *backend, struct job *job,
                              const struct variant *v, const struct oracle *o, const float *factor,
                              bool is_signed, struct verdict *verdict, struct failure *why)
{
    long double *column_sums = need_array(o->problem.n, sizeof *column_sums);
    struct sample sample = {0};
    double sum = NAN;
    enum status status = check_scaled(backend, job, o, factor, why);
    if (status == STATUS_OK)
        status = backend->oracle_column_sums(job, column_sums, why);
    if (status == STATUS_OK)
        status = backend->poison(job, why);
    if (status == STATUS_OK)
        status = backend->run(job, v, 1, &sample, why);
    if (status == STATUS_OK)
        status = backend->answer(job, v, &sum, why);
    const double want = (double)oracle_sum(column_sums, o->problem.n, o->problem.op != OP_REDUCE);
    const double scale = is_signed ? o->sum_scale : fabs(want);
    if (status == STATUS_OK)
        verdict->weighted_error = isnan(sum) ? (double)INFINITY : (sum - want) / scale;
    free(column_sums);
    return status;
}

enum status probe_weights(const struct backend *backend, struct job *job, const struct variant *v,
                          const struct oracle *o, nanos run_ns, struct verdict *verdict,
                          struct failure *why)
{
    const bool is_signed = !(o->problem.range == RANGE_UNIT && needs_positive(v));
    if (!backend->scale_rows || o->problem.element != ELEMENT_F32 ||
        (run_ns > run_most_ns && !o->is_full))
        return STATUS_OK;
    float *factor = need_array(o->problem.n, sizeof *factor);
    for (uint32_t i = 0; i < o->problem.n; i++) {
        const bool is_high = oracle_random(o, ROWS + i) >> 31;
        factor[i] = is_signed ? (is_high ? -1.0f : 1.0f) : (is_high ? 2.0f : 1.0f);
    }
    if (!is_signed)
        verdict->limit.weighted = verdict->limit.sum;
    enum status status = backend->scale_rows(job, v, factor, why);
    if (status == STATUS_OK)
        status = run_scaled(backend, job, v, o, factor, is_signed, verdict, why);
    const enum status restored =
        status == STATUS_LOST ? status : backend->scale_rows(job, v, NULL, status ? NULL : why);
    free(factor);
    return status != STATUS_OK ? status : restored;
}
