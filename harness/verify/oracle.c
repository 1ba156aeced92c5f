/* oracle.c - computes the references of a job: the sum by the identity, row sums, scattered
 * entries.
 *
 * Rounding errors are proportional to the magnitudes that are added up. On [0,1) their sum is the
 * result itself. On [-1,1) results nearly cancel and errors do not, so errors are divided by the
 * expected sum of magnitudes. Then FP32 has the same relative errors on both ranges, and one
 * tolerance serves both:
 *
 *   scale of      [0,1)               [-1,1)
 *   sum           max(|want|, n³/16)  n(n-1)·m + n·n/3   with m = sqrt(2/pi)·sqrt(n)/3
 *   a row sum     mean |row sum|, or  (n-1)·m + n/3
 *                 n²/16 if it is less
 *   an entry      max(|want|, n/4)    max(|want|, sqrt(n)/3)
 *   sum (reduce)  |want|              n²/2
 *
 * (On [-1,1) an entry off the diagonal is a sum of n products of variance 1/9, so nearly normal
 * with deviation sqrt(n)/3 and mean magnitude m; on the diagonal it is n/3. The scale of an entry
 * is at least the usual size of an entry, so a small entry does not make its error look large. On
 * [0,1) a sum is about n³/4; only for n of 1 to 3 it may be less than a quarter of that, and int8
 * then has no digits of it.)
 *
 * If rows differ in size, the scales of [-1,1) are multiplied by the factors of the entry's row and
 * column, as C's entries are, so that a small row is not judged by the scale of a large one. */
#include "harness/verify/oracle.h"
#include "harness/base/interrupt.h"
#include "harness/base/need.h"
#include "harness/contract/philox.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ENTRIES = 8192,      /* entries of C that are compared */
    FILL_ENTRIES = 4096, /* entries of A that are compared, besides its corners */
    ALL_FILL_N = 64,     /* the largest n at which all entries of A are compared */
};

/* Places and signs are drawn from counters that A never uses, so they are independent of A. */

/* Neumaier's compensated sum, as accurate as twice the precision. */
long double oracle_sum(const long double *x, size_t n, bool squares)
{
    long double sum = 0, lost = 0;
    for (size_t i = 0; i < n; i++) {
        const long double term = squares ? x[i] * x[i] : x[i];
        const long double next = sum + term;
        lost += fabsl(sum) >= fabsl(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
    return sum + lost;
}

uint32_t oracle_random(const struct oracle *o, uint32_t index)
{
    return philox4x32((struct philox_block){{index, 0, 1, 2}}, o->salt[0], o->salt[1]).word[0];
}

/* Draws two numbers in [0,1) that depend only on the oracle's salt and the index. */
static void draw(const struct oracle *o, uint32_t index, double *u, double *v)
{
    const struct philox_block b =
        philox4x32((struct philox_block){{index, 0, 1, 1}}, o->salt[0], o->salt[1]);
    *u = b.word[0] * 0x1p-32;
    *v = b.word[1] * 0x1p-32;
}

static struct entry entry_at(uint64_t row, uint64_t col)
{
    return (struct entry){(uint32_t)row, (uint32_t)col};
}

static size_t every_entry(struct entry *e, uint64_t rows, uint64_t n)
{
    size_t count = 0;
    for (uint64_t row = 0; row < rows; row++)
        for (uint64_t col = 0; col < n; col++)
            e[count++] = entry_at(row, col);
    return count;
}

static size_t at_random(const struct oracle *o, struct entry *e, size_t count, uint64_t rows,
                        uint64_t n, uint32_t first_index)
{
    for (size_t i = 0; i < count; i++) {
        double u, v;
        draw(o, first_index + (uint32_t)i, &u, &v);
        e[i] = entry_at((uint64_t)(u * (double)rows), (uint64_t)(v * (double)n));
    }
    return count;
}

/* Draws one entry in each cell of a side × side grid. This covers C more evenly than independent
 * random entries, so that few tiles of a kernel are missed. */
static size_t one_in_each_cell(const struct oracle *o, struct entry *e, unsigned side)
{
    size_t count = 0;
    const double height = (double)o->rows.count / side, width = (double)o->problem.n / side;
    for (unsigned i = 0; i < side; i++)
        for (unsigned j = 0; j < side; j++) {
            double u, v;
            draw(o, (uint32_t)count, &u, &v);
            const double row = (i + u) * height, col = (j + v) * width;
            e[count++] = entry_at((uint64_t)row, (uint64_t)col);
        }
    return count;
}

/* Lists positions where kernels often fail: the first and last, and both sides of the first, second
 * and last border of tiles of 32 to 256. Returns at most EDGES_MAX positions below n. */
enum { EDGES_MAX = 4 + 4 * 3 * 3 };
static size_t edges(uint64_t edge[EDGES_MAX], uint64_t n)
{
    size_t count = 0;
    edge[count++] = 0;
    edge[count++] = n > 1 ? 1 : 0;
    edge[count++] = n > 1 ? n - 2 : 0;
    edge[count++] = n - 1;
    for (uint64_t tile = 32; tile <= 256; tile *= 2) {
        const uint64_t borders[] = {tile, 2 * tile, (n - 1) / tile * tile};
        for (int b = 0; b < 3; b++)
            for (uint64_t place = borders[b] - 1; place <= borders[b] + 1; place++)
                if (borders[b] > 0 && place < n)
                    edge[count++] = place;
    }
    return count;
}

/* Combines the edges: the diagonal, both triangles, first and last row and column. */
static size_t along_edges(const struct oracle *o, struct entry *e)
{
    const uint64_t first = o->rows.first, rows = o->rows.count, n = o->problem.n;
    uint64_t edge[EDGES_MAX], edge_of_rows[EDGES_MAX];
    const size_t across = edges(edge, n), down = edges(edge_of_rows, rows);
    size_t count = 0;
    for (size_t i = 0; i < across; i++) {
        const uint64_t row = edge_of_rows[i % down],
                       other_row = edge_of_rows[(i + down / 2) % down];
        const uint64_t col = edge[i], other_col = edge[(i + across / 2) % across];
        e[count++] = entry_at(row, first + row);
        e[count++] = entry_at(row, other_col);
        e[count++] = entry_at(other_row, col);
        e[count++] = entry_at(row, 0);
        e[count++] = entry_at(0, col);
        e[count++] = entry_at(row, n - 1);
        e[count++] = entry_at(rows - 1, col);
    }
    return count;
}

/* Fills e with ENTRIES entries and the diagonal, or with all entries if they are no more; returns
 * how many. */
static size_t scatter(const struct oracle *o, struct entry *e)
{
    const uint64_t n = o->problem.n, rows = o->rows.count;
    size_t count;
    if (rows * n <= ENTRIES + rows) {
        count = every_entry(e, rows, n);
    } else {
        count = along_edges(o, e);
        const unsigned side = (unsigned)sqrt((double)(ENTRIES - count));
        count += one_in_each_cell(o, e + count, side);
        count += at_random(o, e + count, ENTRIES - count, rows, n, ENTRIES);
        for (uint64_t i = 0; i < rows; i++)
            e[count++] = entry_at(i, o->rows.first + i);
    }
    for (size_t i = 0; i < count; i++)
        e[i].row += (uint32_t)o->rows.first;
    return count;
}

double oracle_row_factor(const struct problem *p, uint32_t row)
{
    if (p->range != RANGE_WIDE)
        return 1;
    return p->element == ELEMENT_F64 ? philox_row_factor_f64(row) : (double)philox_row_factor(row);
}

double oracle_entry_of_a(const struct problem *p, struct entry e)
{
    const uint32_t word = philox_quad(p->seed, e.row, e.col / 4).word[e.col % 4];
    const bool is_unit = p->range == RANGE_UNIT;
    if (p->element == ELEMENT_F64) {
        const uint32_t lower = philox_quad_lower(p->seed, e.row, e.col / 4).word[e.col % 4];
        return is_unit ? philox_entry_f64(word, lower, 1, 0)
                       : philox_entry_f64(word, lower, 2, -1) * oracle_row_factor(p, e.row);
    }
    return (double)(is_unit ? philox_entry(word, 1, 0)
                            : philox_entry(word, 2, -1) * (float)oracle_row_factor(p, e.row));
}

static struct oracle new_oracle(const struct problem *p)
{
    return (struct oracle){
        .problem = *p,
        .rows = {0, p->n},
        .salt = {(uint32_t)p->seed ^ (uint32_t)clock_now(), (uint32_t)getpid()},
    };
}

static enum status check_fill(const struct backend *backend, struct job *job,
                              const struct oracle *o, uint64_t first, uint64_t rows,
                              struct failure *why)
{
    const struct problem *p = &o->problem;
    const size_t room = FILL_ENTRIES + 4;
    struct entry *e = need_array(room, sizeof *e);
    double *a = need_array(room, sizeof *a);
    size_t count;
    if (p->n <= ALL_FILL_N) {
        count = every_entry(e, rows, p->n);
    } else {
        count = at_random(o, e, FILL_ENTRIES, rows, p->n, 2 * ENTRIES);
        e[count++] = entry_at(0, 0);
        e[count++] = entry_at(0, p->n - 1);
        e[count++] = entry_at(rows - 1, 0);
        e[count++] = entry_at(rows - 1, p->n - 1);
    }
    for (size_t i = 0; i < count; i++)
        e[i].row += (uint32_t)first;

    const int digits = p->element == ELEMENT_F64 ? 17 : 9;
    enum status status = backend->a_entries(job, e, count, a, why);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        const double want = oracle_entry_of_a(p, e[i]);
        if (memcmp(&a[i], &want, sizeof want) != 0)
            status = fail(why, STATUS_WRONG,
                          "wrong fill: A[%u][%u] is %.*g, want %.*g (seed %llu, range %s): the %s "
                          "makes another matrix than philox.h",
                          e[i].row, e[i].col, digits, a[i], digits, want,
                          (unsigned long long)p->seed, range_name(p->range), backend->name);
    }
    free(a);
    free(e);
    return status;
}

enum status oracle_check_fill(const struct backend *backend, struct job *job,
                              const struct problem *p, uint64_t first, uint64_t rows,
                              struct failure *why)
{
    const struct oracle o = new_oracle(p);
    return rows > 0 ? check_fill(backend, job, &o, first, rows, why) : STATUS_OK;
}

/* Returns the expected magnitude of an entry off the diagonal, on [-1,1). */
static double usual_magnitude(double n)
{
    return sqrt(2 / 3.14159265358979323846) * sqrt(n) / 3;
}

/* The sum of the rows' factors, and the sum of their squares. */
struct factors {
    double sum, squares;
};
static struct factors factors_of(const struct problem *p, struct rows rows)
{
    struct factors f = {0, 0};
    for (uint64_t row = rows.first; row < rows.first + rows.count; row++) {
        const double factor = oracle_row_factor(p, (uint32_t)row);
        f.sum += factor;
        f.squares += factor * factor;
    }
    return f;
}

static double mean_magnitude(const long double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs((double)x[i]);
    return sum / (double)n;
}

/* Returns the scale of the sum of some rows. `f` are the factors of these rows, and factor_sum is
 * the sum of the factors of all rows. */
static double sum_scale(const struct problem *p, struct rows rows, long double sum,
                        struct factors f, double factor_sum)
{
    const double n = (double)p->n;
    return p->range == RANGE_UNIT
               ? fmax(fabs((double)sum), p->op == OP_REDUCE ? 0 : (double)rows.count * n * n / 16)
           : p->op == OP_REDUCE
               ? f.sum * n / 2
               : (f.sum * factor_sum - f.squares) * usual_magnitude(n) + f.squares * n / 3;
}

double oracle_sum_scale(const struct problem *p, long double sum)
{
    const struct rows all = {0, p->n};
    const struct factors f = factors_of(p, all);
    return sum_scale(p, all, sum, f, f.sum);
}

static void set_scales(struct oracle *o)
{
    const struct problem *p = &o->problem;
    const double n = (double)p->n;
    o->factor_sum = factors_of(p, (struct rows){0, p->n}).sum;
    o->sum_scale = sum_scale(p, o->rows, o->sum, factors_of(p, o->rows), o->factor_sum);
    if (o->row_sums && p->range == RANGE_UNIT)
        o->mean_row = fmax(mean_magnitude(o->row_sums + o->rows.first, o->rows.count), n * n / 16);
}

double oracle_row_scale(const struct oracle *o, uint32_t row)
{
    const double n = (double)o->problem.n, factor = oracle_row_factor(&o->problem, row);
    if (o->problem.range == RANGE_UNIT)
        return o->mean_row;
    return factor * ((o->factor_sum - factor) * usual_magnitude(n) + factor * n / 3);
}

double oracle_entry_scale(const struct oracle *o, struct entry e)
{
    const double n = (double)o->problem.n;
    const double factor =
        oracle_row_factor(&o->problem, e.row) * oracle_row_factor(&o->problem, e.col);
    return o->problem.range == RANGE_UNIT ? n / 4 : factor * sqrt(n) / 3;
}

/* Makes the references that only matmul needs: row sums (A times the column sums) and scattered
 * entries. */
static enum status make_product(const struct backend *backend, struct job *job,
                                const long double *column_sums, struct oracle *o,
                                struct failure *why)
{
    o->row_sums = need_array(o->problem.n, sizeof *o->row_sums);
    o->entries = need_array(ENTRIES + o->problem.n, sizeof *o->entries);
    o->values = need_array(ENTRIES + o->problem.n, sizeof *o->values);
    o->entry_count = scatter(o, o->entries);

    enum status status = backend->oracle_a_times(job, column_sums, o->row_sums, why);
    if (status == STATUS_OK)
        status = interrupt_check(why);
    if (status == STATUS_OK)
        status = backend->oracle_dots(job, o->entries, o->entry_count, o->values, why);
    return status;
}

enum status oracle_make(const struct backend *backend, struct job *job, const struct problem *p,
                        struct oracle *oracle, struct failure *why)
{
    return oracle_make_rows(backend, job, p, (struct rows){0, p->n}, oracle, why);
}

enum status oracle_make_rows(const struct backend *backend, struct job *job,
                             const struct problem *p, struct rows rows, struct oracle *oracle,
                             struct failure *why)
{
    *oracle = new_oracle(p);
    oracle->rows = rows;
    if (backend->oracle_of_int8)
        oracle->of_int8 = need(sizeof *oracle->of_int8);

    long double *column_sums = need_array(p->n, sizeof *column_sums);
    enum status status = check_fill(backend, job, oracle, 0, p->n, why);
    if (status == STATUS_OK)
        status = interrupt_check(why);
    if (status == STATUS_OK)
        status = backend->oracle_column_sums(job, column_sums, why);
    if (status != STATUS_OK)
        goto out;
    oracle->sum = oracle_sum(column_sums, p->n, p->op != OP_REDUCE);

    if (p->op == OP_MATMUL) {
        status = interrupt_check(why);
        if (status == STATUS_OK)
            status = make_product(backend, job, column_sums, oracle, why);
        if (status != STATUS_OK)
            goto out;
        if (rows.count < p->n)
            oracle->sum = oracle_sum(oracle->row_sums + rows.first, rows.count, false);
    }
    set_scales(oracle);
out:
    free(column_sums);
    if (status != STATUS_OK)
        oracle_free(oracle);
    return status;
}

void oracle_free(struct oracle *oracle)
{
    free(oracle->row_sums);
    free(oracle->entries);
    free(oracle->values);
    if (oracle->of_int8)
        oracle_free(oracle->of_int8);
    free(oracle->of_int8);
    *oracle = (struct oracle){0};
}
