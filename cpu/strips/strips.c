/* strips.c - computes a rank's share in strips of rows of C. Left of the diagonal a product counts
 * twice, because C is symmetric. */
#include "cpu/strips/strips.h"

#include "cpu/loops/sums.h"
#include "cpu/loops/sums_f64.h"

struct cut strips_cut(uint64_t n, const struct share *share, uint32_t at)
{
    return cut_of_tiles(n, STRIPS_TILE, at, share->of);
}

uint64_t strips_rows_of_a(uint64_t n, const struct share *share)
{
    if (!share->of)
        return n;
    if (share->is_block)
        return share->end - share->begin;
    const struct cut end = strips_cut(n, share, share->end);
    return end.row + (end.col > 0 ? end.rows : 0);
}

/* A part while it is computed. */
struct work {
    const struct strips *s;
    long double sum;
    nanos *ns, last;
};

static void lap(struct work *w, int step)
{
    const nanos now = clock_now();
    w->ns[step] += now - w->last;
    w->last = now;
}

static const void *row_of_a(const struct strips *s, uint64_t row)
{
    return (const char *)s->a + row * s->n * element_bytes(s->element);
}

static void add_rectangle(struct work *w, uint64_t row, uint64_t rows, const void *right,
                          uint64_t cols)
{
    const struct strips *s = w->s;
    const int64_t m = (int64_t)rows, n = (int64_t)cols, k = (int64_t)s->n;
    const void *left = row_of_a(s, row);
    const bool is_f64 = s->element == ELEMENT_F64;
    if (is_f64)
        s->blas->dgemm(BLAS_ROW_MAJOR, BLAS_NO_TRANS, BLAS_TRANS, m, n, k, 1, left, k, right, k, 0,
                       s->c, n);
    else
        s->blas->sgemm(BLAS_ROW_MAJOR, BLAS_NO_TRANS, BLAS_TRANS, m, n, k, 1, left, k, right, k, 0,
                       s->c, n);
    lap(w, 0);
    w->sum += 2 * (long double)(is_f64 ? sums_f64_all(s->pool, s->c, rows, cols, false, s->rows)
                                       : sums_all(s->pool, s->c, rows, cols, s->rows));
    lap(w, 1);
}

static void add_diagonal(struct work *w, uint64_t row, uint64_t rows)
{
    const struct strips *s = w->s;
    const int64_t n = (int64_t)rows, k = (int64_t)s->n;
    const bool is_f64 = s->element == ELEMENT_F64;
    if (is_f64)
        s->blas->dsyrk(BLAS_ROW_MAJOR, BLAS_LOWER, BLAS_NO_TRANS, n, k, 1, row_of_a(s, row), k, 0,
                       s->c, n);
    else
        s->blas->ssyrk(BLAS_ROW_MAJOR, BLAS_LOWER, BLAS_NO_TRANS, n, k, 1, row_of_a(s, row), k, 0,
                       s->c, n);
    lap(w, 0);
    w->sum += (long double)(is_f64 ? sums_f64_all(s->pool, s->c, rows, rows, true, s->rows)
                                   : sums_symmetric(s->pool, s->c, rows, s->rows));
    lap(w, 1);
}

/* Rows of C from column `from` to before `to`, or to the diagonal if `to` is beyond it. */
static void add_rows(struct work *w, uint64_t row, uint64_t rows, uint64_t from, uint64_t to)
{
    const uint64_t end = to < row ? to : row;
    if (end > from)
        add_rectangle(w, row, rows, row_of_a(w->s, from), end - from);
    if (to > row)
        add_diagonal(w, row, rows);
}

double strips_block(const struct strips *s, uint64_t rows, const void *panel, uint64_t cols,
                    nanos ns[2])
{
    struct work w = {.s = s, .ns = ns, .last = clock_now()};
    for (uint64_t row = 0, now; row < rows; row += now) {
        now = rows - row < STRIPS_ROWS ? rows - row : STRIPS_ROWS;
        if (!panel)
            add_rows(&w, row, now, 0, s->n);
        else if (cols > 0)
            add_rectangle(&w, row, now, panel, cols);
    }
    return (double)w.sum;
}

double strips_sum(const struct strips *s, struct cut begin, struct cut end, nanos ns[2])
{
    struct work w = {.s = s, .ns = ns, .last = clock_now()};
    uint64_t row = begin.row;
    if (begin.col > 0) {
        add_rows(&w, row, begin.rows, begin.col, row == end.row ? end.col : s->n);
        row += begin.rows;
    }
    for (uint64_t rows; row < end.row; row += rows) {
        rows = end.row - row < STRIPS_ROWS ? end.row - row : STRIPS_ROWS;
        add_rows(&w, row, rows, 0, s->n);
    }
    if (row == end.row && end.col > 0)
        add_rows(&w, row, end.rows, 0, end.col);
    return (double)w.sum;
}
