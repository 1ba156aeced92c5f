/* probes.c - draws random weights, and compares weighted sums and entries of C with float64. */
#include "harness/verify/probes.h"

#include "harness/base/interrupt.h"
#include "harness/base/need.h"

#include <math.h>
#include <stdlib.h>

/* Limits of the number of columns in a block. */
enum { WIDTH_LEAST = 8, WIDTH_MOST = 128, WIDTH_OF_UNKNOWN = 8 };

enum { AT_ONCE = 1 << 15 }; /* how many listed entries are compared in one call */
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

double probe_seconds(const struct problem *p, const struct device_facts *device)
{
    const double n = (double)p->n, f64 = device->f64_flops, f32 = device->peak_flops[ARITH_F32];
    if (p->op == OP_MATMUL)
        return f64 > 0 ? 2 * n * n * n / f64 : 0;
    return f32 > 0 ? (double)PROBE_FULL_RUNS * problem_flop(p) / f32 : 0;
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

/* Draws one of the `left` remaining signs, of which *positive must be positive. */
static bool draws_positive(uint32_t random, uint64_t *positive, uint64_t left)
{
    const bool is_positive = (random >> 16) * 0x1p-16 * (double)left < (double)*positive;
    *positive -= is_positive;
    return is_positive;
}

/* Returns a number near 3/8 of width that has no common factor with it. Its multiples modulo width
 * are all different, and successive ones are far apart. */
static unsigned stride_of(unsigned width)
{
    for (unsigned stride = 3 * width / 8; stride > 1; stride--) {
        unsigned a = width, b = stride;
        while (b > 0) {
            const unsigned rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1)
            return stride;
    }
    return 1;
}

/* Draws the weights of a block of columns. Each has another size, between 0.8 and 1.2, so that
 * swapped columns are noticed. Half of the signs are negative, at random places, so that a bias of
 * all entries cancels. */
static void weigh_block(const struct oracle *o, uint64_t begin, unsigned width, double *x)
{
    const unsigned stride = stride_of(width);
    uint64_t positive = width / 2;
    for (unsigned i = 0; i < width; i++) {
        const uint32_t random = oracle_random(o, COLUMNS + (uint32_t)(begin + i));
        const double size = 0.8 + 0.4 * (i * stride % width + 0.5) / width;
        x[i] = draws_positive(random, &positive, width - i) ? size : -size;
    }
}

/* Draws all weights and divides them by the factors of their columns. Returns the largest sum of
 * the weights of a block. */
static double weigh(const struct oracle *o, unsigned width, double *x)
{
    const uint64_t n = o->problem.n;
    double most = 0;
    for (uint64_t begin = 0; begin < n; begin += width) {
        const unsigned columns = n - begin < width ? (unsigned)(n - begin) : width;
        double sum = 0;
        weigh_block(o, begin, columns, x + begin);
        for (unsigned i = 0; i < columns; i++)
            sum += x[begin + i];
        most = fmax(most, fabs(sum));
    }
    for (uint64_t j = 0; j < n; j++) {
        const double factor = oracle_row_factor(&o->problem, (uint32_t)j);
        x[j] /= is_tiny(factor) ? 1 : factor;
    }
    return most;
}

/* Returns the scale of the errors of row i in units of the weights. */
static double scale_of_row(const struct oracle *o, uint32_t i)
{
    const double n = (double)o->problem.n, factor = oracle_row_factor(&o->problem, i);
    return o->problem.range == RANGE_UNIT ? n / 4 : factor * sqrt(n) / 3;
}

/* Returns the weighted error that rows and columns below FP32's range may add to a block. */
static double tiny_of_block(const struct oracle *o, const struct verdict *v, unsigned width)
{
    return o->problem.range == RANGE_WIDE ? 0x1p32 * width * v->limit.tiny : 0;
}

/* Returns by which factor, at most, a bias of all entries appears in the error of a block on [0,1).
 * An entry of C is n/4 times (1 + r_i + r_j + c_ij), random numbers with deviations of
 * 0.58/sqrt(n), the same and 0.33/sqrt(n). r_i belongs to the whole row and goes with the sum of
 * the weights, the rest adds up at random over a block; each by six deviations. On the diagonal C
 * is a third larger, within 0.30/sqrt(n), and weighs up to 1.2. */
static double bias_in_a_block(double n, unsigned width, double sum_of_weights)
{
    const double row = 6 * 0.58 / sqrt(n), rest = 6 * sqrt(width * 4 / 9.0 / n);
    return sum_of_weights * (1 + row) + rest + 1.2 * (1 / 3.0 + 6 * 0.30 / sqrt(n));
}

/* Returns the limit for the error of a block: 8 standard deviations, because the largest of a
 * million normal blocks is 5 and an entry that is off by 40 must be found. Where entries cancel and
 * their errors differ in size it is 11: of 12 million blocks at N = 10000 on [-1,1) the largest was
 * 8.1 in f32-3xf16 and 7.5 in f32 (H200). The share of a bias, bias_in_a_block(), is added. */
static double limit_of_blocks(const struct oracle *o, const struct verdict *v, unsigned width,
                              double sum_of_weights)
{
    const bool is_unit = o->problem.range == RANGE_UNIT;
    const double bias = is_unit ? fabs(v->bias) : 0, deviations = is_unit ? 8 : 11;
    const double roundoff = o->problem.element == ELEMENT_F64 ? 0x1p-53 : 0x1p-24;
    const double deviation = fmax(sqrt(fmax(v->rel_f * v->rel_f - bias * bias, 0)), roundoff);
    return deviations * sqrt(width) * deviation +
           bias_in_a_block((double)o->problem.n, width, sum_of_weights) * bias;
}

static bool can_probe(const struct backend *backend, const struct oracle *o)
{
    return backend->c_block_errors && o->entry_count < o->rows.count * o->problem.n;
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
    const double most = weigh(o, width, x);
    const enum status status = backend->c_block_errors(job, x, width, error, col, why);
    const double tiny = tiny_of_block(o, verdict, width);
    double worst = -1;
    for (uint64_t r = 0; r < o->rows.count && status == STATUS_OK; r++) {
        const uint32_t i = (uint32_t)(o->rows.first + r);
        const double beyond = fmax(error[i] - tiny, 0), scale = scale_of_row(o, i);
        const double relative = beyond > 0 ? beyond / scale : 0;
        if (relative > worst) {
            worst = relative;
            *place = (struct entry){i, col[i]};
        }
    }
    verdict->block_error = status == STATUS_OK ? worst : NAN;
    verdict->limit.block = limit_of_blocks(o, verdict, width, most);
    free(x);
    free(error);
    free(col);
    return status;
}

/* Entries of C to be compared individually, collected so that one call reads many. */
struct listed {
    const struct backend *backend;
    struct job *job;
    const struct oracle *o;
    const struct verdict *verdict;
    struct suspect *worst;
    struct entry *e;
    long double *want;
    double *got;
    size_t count;
};

static enum status compare_listed(struct listed *l, struct failure *why)
{
    enum status status = interrupt_check(why);
    if (status != STATUS_OK || l->count == 0)
        return status;
    status = l->backend->oracle_dots(l->job, l->e, l->count, l->want, why);
    if (status == STATUS_OK)
        status = l->backend->c_entries(l->job, l->e, l->count, l->got, why);
    for (size_t i = 0; i < l->count && status == STATUS_OK; i++) {
        const struct suspect s = suspect_of(l->o, l->verdict, l->e[i], l->got[i], l->want[i]);
        if (s.error > l->worst->error)
            *l->worst = s;
    }
    l->count = 0;
    return status;
}

static enum status list_entry(struct listed *l, uint32_t row, uint64_t col, struct failure *why)
{
    l->e[l->count++] = (struct entry){row, (uint32_t)col};
    return l->count == AT_ONCE ? compare_listed(l, why) : STATUS_OK;
}

/* Lists the entries of row i whose errors a block of one column cannot judge: all entries of a tiny
 * row, or of a row with a column that is off by more than its usual size allows; else those in tiny
 * columns. Then the entry with the largest error. */
static enum status list_row(struct listed *l, uint32_t i, double error, uint32_t col,
                            const bool *tiny, struct failure *why)
{
    const bool is_doubtful = tiny[i] || !(error <= l->verdict->limit.entry * scale_of_row(l->o, i));
    enum status status = STATUS_OK;
    for (uint64_t j = 0; j < l->o->problem.n && status == STATUS_OK; j++)
        if (is_doubtful || tiny[j])
            status = list_entry(l, i, j, why);
    return status == STATUS_OK ? list_entry(l, i, col, why) : status;
}

/* Blocks of one column give the error of every entry relative to the size of its row and column.
 * The verdict needs the error relative to the entry's own size, which may be larger. So rows with a
 * doubtful error are compared entry by entry, until one is wrong. */
enum status probe_all(const struct backend *backend, struct job *job, const struct oracle *o,
                      struct verdict *verdict, struct suspect *worst, struct failure *why)
{
    const uint64_t n = o->problem.n;
    if (!o->is_full || !can_probe(backend, o))
        return STATUS_OK;
    double *x = need_array(n, sizeof *x), *error = need_array(n, sizeof *error);
    uint32_t *col = need_array(n, sizeof *col);
    bool *tiny = need_array(n, sizeof *tiny);
    struct listed l = {.backend = backend, .job = job, .o = o, .verdict = verdict, .worst = worst};
    l.e = need_array(AT_ONCE, sizeof *l.e);
    l.want = need_array(AT_ONCE, sizeof *l.want);
    l.got = need_array(AT_ONCE, sizeof *l.got);
    for (uint32_t j = 0; j < n; j++) {
        const double factor = oracle_row_factor(&o->problem, j);
        tiny[j] = is_tiny(factor);
        x[j] = tiny[j] ? 0 : 1 / factor;
    }
    enum status status = backend->c_block_errors(job, x, 1, error, col, why);
    for (uint64_t r = 0;
         r < o->rows.count && status == STATUS_OK && worst->error <= verdict->limit.entry; r++) {
        const uint32_t i = (uint32_t)(o->rows.first + r);
        status = list_row(&l, i, error[i], col[i], tiny, why);
    }
    if (status == STATUS_OK)
        status = compare_listed(&l, why);
    if (status == STATUS_OK)
        verdict->worst_entry = worst->error;
    verdict->is_full = status == STATUS_OK;
    free(x);
    free(error);
    free(col);
    free(tiny);
    free(l.e);
    free(l.want);
    free(l.got);
    return status;
}

/* Whether v has its accuracy on non-negative data only. */
static bool needs_positive(const struct variant *v)
{
    return v->arithmetic == ARITH_F32_2XF16 || (v->op == OP_REDUCE && v->library);
}

/* Compares some entries of A with those of philox.h times the factors of their rows. */
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

/* Draws the factors of the rows. Half of the signs are negative, so that a bias of all entries
 * cancels. */
static void draw_factors(const struct oracle *o, bool is_signed, uint32_t vector, float *factor)
{
    uint64_t positive = o->problem.n / 2;
    for (uint32_t i = 0; i < o->problem.n; i++) {
        const uint32_t random = oracle_random(o, ROWS + (vector << 24) + i);
        const bool is_positive = draws_positive(random, &positive, o->problem.n - i);
        factor[i] = is_positive ? 1.0f : is_signed ? -1.0f : 2.0f;
    }
}

/* Runs v over the scaled A. Keeps the larger of this error and the one in the verdict. */
static enum status run_scaled(const struct backend *backend, struct job *job,
                              const struct variant *v, const struct oracle *o, const float *factor,
                              bool is_signed, struct verdict *verdict, struct failure *why)
{
    long double *column_sums = need_array(o->problem.n, sizeof *column_sums);
    struct sample sample = {0};
    double sum = NAN;
    enum status status = interrupt_check(why);
    if (status == STATUS_OK)
        status = backend->scale_rows(job, v, factor, why);
    if (status == STATUS_OK)
        status = check_scaled(backend, job, o, factor, why);
    if (status == STATUS_OK)
        status = backend->oracle_column_sums(job, column_sums, why);
    if (status == STATUS_OK)
        status = backend->poison(job, why);
    if (status == STATUS_OK)
        status = backend->run(job, v, 1, &sample, why);
    if (status == STATUS_OK)
        status = backend->answer(job, v, &sum, why);
    const double want = (double)oracle_sum(column_sums, o->problem.n, o->problem.op != OP_REDUCE);
    const double error = (sum - want) / (is_signed ? o->sum_scale : fabs(want));
    if (status == STATUS_OK && !(fabs(error) <= fabs(verdict->weighted_error)))
        verdict->weighted_error = isnan(error) ? (double)INFINITY : error;
    free(column_sums);
    return status;
}

/* Returns how often a run is repeated. A tile taken from other columns cannot be noticed if the
 * signs of its rows, or of its columns, happen to add up to zero, which is so in one of 8 cases;
 * where errors are as small as FP32's, the different entries are noticed nevertheless. Beyond n =
 * 4000 FP32's limit hides one such difference in 8, so there are two runs. */
static uint32_t vectors_of(const struct variant *v, const struct oracle *o, bool is_signed)
{
    if (o->is_full)
        return PROBE_FULL_RUNS;
    if (o->problem.op != OP_SUM_AAT)
        return 1;
    const bool is_close = o->problem.n <= 4000 || o->problem.element == ELEMENT_F64;
    return !is_signed || tolerance_rounds(v->arithmetic) ? 3 : is_close ? 1 : 2;
}

enum status probe_weights(const struct backend *backend, struct job *job, const struct variant *v,
                          const struct oracle *o, nanos run_ns, struct verdict *verdict,
                          struct failure *why)
{
    const bool is_signed = !(o->problem.range == RANGE_UNIT && needs_positive(v));
    if (!backend->scale_rows || (run_ns > run_most_ns && !o->is_full))
        return STATUS_OK;
    float *factor = need_array(o->problem.n, sizeof *factor);
    enum status status = STATUS_OK;
    if (!is_signed)
        verdict->limit.weighted = verdict->limit.sum;
    verdict->weighted_error = 0;
    for (uint32_t i = 0; i < vectors_of(v, o, is_signed) && status == STATUS_OK; i++) {
        draw_factors(o, is_signed, i, factor);
        status = run_scaled(backend, job, v, o, factor, is_signed, verdict, why);
    }
    const enum status restored =
        status == STATUS_LOST ? status : backend->scale_rows(job, v, NULL, status ? NULL : why);
    verdict->is_full = o->is_full && status == STATUS_OK;
    free(factor);
    if (restored == STATUS_OK)
        return status;
    /* A no longer matches the references, so no other variant may run on it. */
    return why->status = STATUS_LOST;
}
