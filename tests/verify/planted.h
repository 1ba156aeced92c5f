/* planted.h - a backend whose product has a fault of plants.h, for faults.c. A stays as it is;
 * where its rows are scaled (probes.h), the factors are multiplied in where it is read. What takes
 * long and does not depend on the fault is kept. */
#ifndef TESTS_VERIFY_PLANTED_H
#define TESTS_VERIFY_PLANTED_H

#include "cpu/backend/cpu_backend.h"
#include "cpu/backend/job.h"
#include "harness/base/need.h"
#include "tests/verify/plants.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct plant now; /* the fault planted, and the factors of A's rows */
static size_t fault;
static struct backend backend;
static struct job *job;

/* Every entry that the fault may have changed is right again. */
static void pull_out(void)
{
    const size_t n = now.n;
    if (!now.rows)
        memcpy(now.c, now.right, n * n * sizeof *now.c);
    for (size_t i = now.row; i < now.row + now.rows; i++)
        for (size_t j = now.col; j < now.col + now.cols; j++) {
            now.c[i * n + j] = now.right[i * n + j];
            now.c[j * n + i] = now.right[j * n + i];
        }
}

static double weight(size_t i)
{
    return now.factors ? (double)now.factors[i] : 1;
}

static wide weighted(const real *c)
{
    wide sum = 0;
    for (size_t i = 0; i < now.n; i++) {
        wide row = 0;
        for (size_t j = 0; j < now.n; j++)
            row += (wide)c[i * now.n + j] * weight(j);
        sum += row * weight(i);
    }
    return sum;
}

/* What takes long and is the same for every fault while the oracle is: the sums of the right
 * product and of A's columns, with the factors of an attempt. */
enum { KEPT = 4 };
static struct kept {
    float *factors;
    wide sum;
    long double *columns;
} kept[KEPT];
static size_t kept_count;

static void forget(void)
{
    for (size_t i = 0; i < kept_count; i++) {
        free(kept[i].factors);
        free(kept[i].columns);
    }
    kept_count = 0;
}

static const struct kept *sums_of_right(void)
{
    const size_t n = now.n;
    for (size_t i = 0; i < kept_count; i++)
        if (now.factors && kept[i].factors
                ? memcmp(kept[i].factors, now.factors, n * sizeof *now.factors) == 0
                : !now.factors && !kept[i].factors)
            return &kept[i];
    if (kept_count == KEPT)
        forget();
    struct kept *k = &kept[kept_count++];
    k->factors = NULL;
    if (now.factors) {
        k->factors = need_array(n, sizeof *k->factors);
        memcpy(k->factors, now.factors, n * sizeof *k->factors);
    }
    k->sum = weighted(now.right);
    k->columns = need_array(n, sizeof *k->columns);
    memset(k->columns, 0, n * sizeof *k->columns);
    for (size_t i = 0; i < n; i++)
        for (size_t col = 0; col < n; col++)
            k->columns[col] += (wide)((const real *)job->a)[i * n + col] * weight(i);
    return k;
}

static enum status column_sums(struct job *j, long double *out, struct failure *why)
{
    (void)j, (void)why;
    memcpy(out, sums_of_right()->columns, now.n * sizeof *out);
    return STATUS_OK;
}

/* The entry counts once, also if it and its mirror were changed. */
static wide change(size_t i, size_t j)
{
    const size_t at = i * now.n + j;
    return weight(i) * weight(j) * ((wide)now.c[at] - (wide)now.right[at]);
}

static bool is_confined(size_t i, size_t j)
{
    return i - now.row < now.rows && j - now.col < now.cols;
}

/* The sum of A, with a fault of sum_faults from the entry now.at on. */
static wide sum_of_a(void)
{
    const size_t n = now.n, count = sum_faults[fault].entries ? sum_faults[fault].entries : n;
    wide sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += (wide)sums_of_right()->columns[k];
    for (size_t i = now.at; i < now.at + count; i++)
        sum += sum_faults[fault].times * (wide)((const real *)job->a)[i] * weight(i / n);
    return sum;
}

static enum status answer(struct job *j, const struct variant *v, double *sum, struct failure *why)
{
    (void)j, (void)why;
    if (v->op == OP_REDUCE) {
        *sum = (double)sum_of_a();
        return STATUS_OK;
    }
    wide total = fault && !now.rows ? weighted(now.c) : sums_of_right()->sum;
    for (size_t i = now.row; i < now.row + now.rows; i++)
        for (size_t k = now.col; k < now.col + now.cols; k++)
            total += change(i, k) + (is_confined(k, i) ? 0 : change(k, i));
    *sum = (double)total;
    return STATUS_OK;
}

static enum status run(struct job *j, const struct variant *v, unsigned launches,
                       struct sample *sample, struct failure *why)
{
    (void)j, (void)v, (void)launches, (void)sample, (void)why;
    return STATUS_OK;
}

static enum status poison(struct job *j, struct failure *why)
{
    (void)j, (void)why;
    return STATUS_OK;
}

/* A stays as it is: its factors are multiplied in where it is read. */
static enum status scale_rows(struct job *j, const struct variant *v, const float *factor,
                              struct failure *why)
{
    (void)j, (void)why;
    now.factors = factor;
    if (v->op == OP_REDUCE)
        return STATUS_OK;
    pull_out();
    faults[fault].plant(&now);
    return STATUS_OK;
}

static enum status a_entries(struct job *j, const struct entry *e, size_t count, double *out,
                             struct failure *why)
{
    const enum status status = cpu_backend.a_entries(j, e, count, out, why);
    for (size_t i = 0; i < count; i++)
        out[i] *= weight(e[i].row);
    return status;
}

/* The rows whose blocks are compared where a comparison of all would take hours: those that a fault
 * changed, and others. */
static uint32_t *rows;
static size_t row_count;
static double *row_errors; /* of the last comparison */
enum { COMPARED_N = 2000 };

static wide dot(const real *a, const wide *g, size_t n)
{
    wide s[8] = {0}, sum = 0;
    for (size_t k = 0; k + 8 <= n; k += 8)
        for (size_t l = 0; l < 8; l++)
            s[l] += (wide)a[k + l] * g[k + l];
    for (size_t k = n / 8 * 8; k < n; k++)
        sum += (wide)a[k] * g[k];
    for (size_t l = 0; l < 8; l++)
        sum += s[l];
    return sum;
}

static void compare_row(size_t i, const wide *g, const double *x, size_t from, size_t end,
                        double *out, uint32_t *col)
{
    const size_t n = now.n;
    const real *a = (const real *)job->a + i * n;
    wide error = -dot(a, g, n);
    for (size_t j = from; j < end; j++) {
        wide entry = (wide)now.c[i * n + j];
        if (i == j) {
            entry = 0;
            for (size_t k = 0; k < n; k++)
                entry += (wide)a[k] * (wide)a[k];
        }
        error += x[j] * entry;
    }
    if (fabs((double)error) > out[i]) {
        out[i] = fabs((double)error);
        col[i] = (uint32_t)from;
    }
}

static void compare_rows(const double *x, unsigned width, double *out, uint32_t *col)
{
    const size_t n = now.n;
    wide *g = need_array(n, sizeof *g);
    for (size_t i = 0; i < n; i++)
        out[i] = -1;
    for (size_t from = 0; from < n; from += width) {
        const size_t end = from + width < n ? from + width : n;
        memset(g, 0, n * sizeof *g);
        for (size_t b = from; b < end; b++)
            for (size_t k = 0; k < n; k++)
                g[k] += x[b] * (wide)((const real *)job->a)[b * n + k];
        for (size_t r = 0; r < row_count; r++)
            compare_row(rows[r], g, x, from, end, out, col);
    }
    free(g);
}

static enum status block_errors(struct job *j, const double *x, unsigned width, double *out,
                                uint32_t *col, struct failure *why)
{
    enum status status = STATUS_OK;
    if (now.n <= COMPARED_N)
        status = cpu_backend.c_block_errors(j, x, width, out, col, why);
    else
        compare_rows(x, width, out, col);
    memcpy(row_errors, out, now.n * sizeof *out);
    return status;
}

/* Fills in `backend` once the CPU's job has been made. */
static void plant_backend(real *right, real *b, size_t n)
{
    backend = cpu_backend;
    backend.answer = answer;
    backend.run = run;
    backend.poison = poison;
    backend.scale_rows = scale_rows;
    backend.a_entries = a_entries;
    backend.oracle_column_sums = column_sums;
    rows = need_array(n + 100, sizeof *rows);
    row_errors = need_array(n, sizeof *row_errors);
    now = (struct plant){.right = right, .b = b, .n = n};
}

#endif
