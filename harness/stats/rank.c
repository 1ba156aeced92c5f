/* rank.c - the Mann-Whitney and signed-rank tests, and the shifts that they do not reject.
 *
 * The ends of the interval are order statistics of all differences y - x, or of all means of two
 * differences. For thousands of values these are too many to store. But in a matrix of them rows
 * and columns are sorted, so one walk along its edge counts the entries up to a limit, and
 * bisection over the doubles themselves finds the k-th smallest with 64 walks. */
#include "harness/stats/rank.h"

#include "harness/base/need.h"
#include "harness/stats/stats.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Distributions are exact up to 50 values on each side, or 200 pairs. */
enum { EXACT_U = 2500, EXACT_W = 200 };

static double normal_probability(double z)
{
    return 0.5 * erfc(-z / sqrt(2));
}

/* ---- distributions */

/* P(m, n, u) = m/(m+n) P(m-1, n, u-n) + n/(m+n) P(m, n-1, u): the largest of all values is one of
 * the m, and then exceeds n others, or one of the n. All terms are positive, so no digits cancel.
 * `rows` holds n + 1 distributions of width u + 1, for 0 … n values on the other side. */
static double exact_u(size_t m, size_t n, size_t u)
{
    const size_t width = u + 1;
    double *rows = need_array((n + 1) * width, sizeof *rows);
    for (size_t j = 0; j <= n; j++)
        rows[j * width] = 1;
    for (size_t i = 1; i <= m; i++)
        for (size_t j = 0; j <= n; j++) { /* row j holds the distribution for i - 1 values */
            double *now = rows + j * width;
            const double *fewer = j > 0 ? now - width : NULL;
            const double share = (double)i / (double)(i + j);
            for (size_t at = width; at-- > 0;)
                now[at] =
                    (at >= j ? share * now[at - j] : 0) + (fewer ? (1 - share) * fewer[at] : 0);
        }
    double sum = 0;
    for (size_t at = 0; at < width; at++)
        sum += rows[n * width + at];
    free(rows);
    return fmin(sum, 1);
}

double rank_u_probability(size_t m, size_t n, double u)
{
    const double most = (double)m * (double)n, whole = floor(u);
    if (u < 0)
        return 0;
    if (u >= most)
        return 1;
    if (most > (double)EXACT_U)
        return normal_probability((whole + 0.5 - most / 2) / sqrt(most * (double)(m + n + 1) / 12));
    if (whole > most / 2) /* by symmetry, the shorter tail: less work and no lost digits */
        return 1 - rank_u_probability(m, n, most - whole - 1);
    return exact_u(m, n, (size_t)whole);
}

/* Each rank 1 … n belongs to the sum with probability ½. */
static double exact_w(size_t n, size_t w)
{
    double *p = need_array(w + 1, sizeof *p);
    p[0] = 1;
    for (size_t rank = 1; rank <= n; rank++)
        for (size_t at = w + 1; at-- > 0;)
            p[at] = (p[at] + (at >= rank ? p[at - rank] : 0)) / 2;
    double sum = 0;
    for (size_t at = 0; at <= w; at++)
        sum += p[at];
    free(p);
    return fmin(sum, 1);
}

double rank_w_probability(size_t n, double w)
{
    const double count = (double)n, most = count * (count + 1) / 2, whole = floor(w);
    if (w < 0)
        return 0;
    if (w >= most)
        return 1;
    if (n > EXACT_W)
        return normal_probability((whole + 0.5 - most / 2) / sqrt(most * (2 * count + 1) / 12));
    if (whole > most / 2)
        return 1 - rank_w_probability(n, most - whole - 1);
    return exact_w(n, (size_t)whole);
}

/* ---- order statistics of a matrix that is not stored */

/* Row i, column j: y[j] - x[i], or the mean (x[i] + x[j]) / 2 of j >= i. Both sorted. */
struct matrix {
    const double *x, *y;
    size_t rows, columns;
    bool is_means;
};

static double entry(const struct matrix *m, size_t i, size_t j)
{
    return m->is_means ? (m->x[i] + m->x[j]) / 2 : m->y[j] - m->x[i];
}

/* The number of entries up to `limit`. From row to row, the border between smaller and larger
 * entries moves in one direction only: to the left for means, to the right for differences. */
static double count_up_to(const struct matrix *m, double limit)
{
    double count = 0;
    size_t edge = m->is_means ? m->columns : 0;
    for (size_t i = 0; i < m->rows; i++) {
        if (m->is_means) {
            while (edge > i && entry(m, i, edge - 1) > limit)
                edge--;
            count += edge > i ? (double)(edge - i) : 0;
            if (edge <= i)
                break;
        } else {
            while (edge < m->columns && entry(m, i, edge) <= limit)
                edge++;
            count += (double)edge;
        }
    }
    return count;
}

/* Maps doubles to integers in the same order, and back. */
static int64_t order_of(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits >= 0 ? bits : INT64_MIN - bits;
}

static double number_of(int64_t order)
{
    const int64_t bits = order >= 0 ? order : INT64_MIN - order;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* The k-th smallest entry, k from 1. */
static double smallest(const struct matrix *m, double k)
{
    const size_t last = m->columns - 1;
    int64_t low = order_of(m->is_means ? entry(m, 0, 0) : entry(m, m->rows - 1, 0));
    int64_t high = order_of(m->is_means ? entry(m, last, last) : entry(m, 0, last));
    while (low < high) {
        const int64_t middle = (low & high) + ((low ^ high) >> 1); /* the mean, rounded down */
        if (count_up_to(m, number_of(middle)) >= k)
            high = middle;
        else
            low = middle + 1;
    }
    return number_of(low);
}

/* ---- shifts */

/* A statistic's distribution: of U if `n` is not 0, else of W. */
static double probability(size_t m, size_t n, double at)
{
    return n ? rank_u_probability(m, n, at) : rank_w_probability(m, at);
}

/* The largest k for which the interval from the k-th smallest to the k-th largest entry has a
 * confidence of at least 1 - alpha, which means P(statistic <= k - 1) <= alpha / 2; 0 if there is
 * none. */
static double rank_for(size_t m, size_t n, double total, double alpha)
{
    double low = 0, high = floor(total / 2); /* the answer is in low … high */
    while (low < high) {
        const double middle = ceil((low + high) / 2);
        if (probability(m, n, middle - 1) <= alpha / 2)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* Estimate and interval from the matrix of all `total` differences or means. */
static struct shift shift_of(const struct matrix *matrix, size_t m, size_t n, double total,
                             double alpha)
{
    struct shift s = {.low = -INFINITY, .high = INFINITY};
    s.estimate =
        (smallest(matrix, floor((total + 1) / 2)) + smallest(matrix, floor(total / 2) + 1)) / 2;
    const double k = rank_for(m, n, total, alpha);
    if (k >= 1) {
        s.low = smallest(matrix, k);
        s.high = smallest(matrix, total + 1 - k);
    }
    s.smallest_p = fmin(1, 2 * probability(m, n, 0));
    return s;
}

static const struct shift nothing = {NAN, -INFINITY, INFINITY, 1, 1};

struct shift rank_independent(const double *x, size_t x_count, const double *y, size_t y_count,
                              double alpha)
{
    struct shift s = nothing;
    double *xs = stats_sorted(x, x_count), *ys = stats_sorted(y, y_count);
    if (x_count && y_count) {
        const struct matrix matrix = {xs, ys, x_count, y_count, false};
        const double total = (double)x_count * (double)y_count;
        s = shift_of(&matrix, x_count, y_count, total, alpha);
        /* U counts differences below 0, and half of those that are 0. */
        const double upper = count_up_to(&matrix, 0);
        const double lower = count_up_to(&matrix, -__DBL_DENORM_MIN__);
        const double u = lower + (upper - lower) / 2;
        const double tail =
            ceil(fmin(u, total - u)); /* rounded so that ties never make p smaller */
        s.p = fmin(1, 2 * rank_u_probability(x_count, y_count, tail));
    }
    free(xs);
    free(ys);
    return s;
}

struct shift rank_paired(const double *differences, size_t count, double alpha)
{
    struct shift s = nothing;
    double *d = stats_sorted(differences, count);
    if (count) {
        const struct matrix matrix = {d, NULL, count, count, true};
        const double pairs = (double)count, total = pairs * (pairs + 1) / 2;
        s = shift_of(&matrix, count, 0, total, alpha);
        /* W counts means above 0, by symmetry those below 0 (Tukey), and half of those that are 0.
         */
        const double upper = count_up_to(&matrix, 0);
        const double lower = count_up_to(&matrix, -__DBL_DENORM_MIN__);
        const double w = lower + (upper - lower) / 2;
        s.p = fmin(1, 2 * rank_w_probability(count, ceil(fmin(w, total - w))));
    }
    free(d);
    return s;
}

/* A p-value and its place. */
struct placed {
    double p;
    size_t place;
};

static int by_p(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    return x->p != y->p ? (x->p > y->p) - (x->p < y->p)
                        : (x->place > y->place) - (x->place < y->place);
}

void rank_holm(const double *p, size_t count, double *adjusted)
{
    struct placed *sorted = need_array(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct placed){p[i], i};
    qsort(sorted, count, sizeof *sorted, by_p);
    double least = 0; /* the i-th smallest is multiplied by count - i */
    for (size_t i = 0; i < count; i++) {
        least = fmax(least, fmin(1, sorted[i].p * (double)(count - i)));
        adjusted[sorted[i].place] = least;
    }
    free(sorted);
}
