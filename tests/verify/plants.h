/* plants.h - the faults that faults.c plants in right products, in float32 or, with FLOAT64, in
 * float64. */
#ifndef TESTS_VERIFY_PLANTS_H
#define TESTS_VERIFY_PLANTS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef FLOAT64
typedef double real;
typedef long double wide; /* what sums of a reference are made in */
#else
typedef float real;
typedef double wide;
#endif

/* One fault in a product. Where a fault is confined to some rows and columns, those: `at` and
 * `at_col` are random numbers below n. */
struct plant {
    real *c;
    const real *right, *b; /* the product without it, and the rounded operands */
    const float *factors;  /* of the rows of A; NULL: none */
    size_t n, at, at_col, row, rows, col, cols;
    double size; /* the relative error of a single entry */
};

static void nothing(struct plant *p)
{
    (void)p;
}

static void last_k_lost(struct plant *p)
{
    const size_t n = p->n, k = n - 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            p->c[i * n + j] -= p->b[i * n + k] * p->b[j * n + k];
}

enum { TILE = 128 };

static size_t tile_of(const struct plant *p, size_t place)
{
    return place % (p->n / TILE) * TILE;
}

static void confine(struct plant *p, size_t row, size_t rows, size_t col, size_t cols)
{
    p->row = row, p->rows = rows, p->col = col, p->cols = cols;
}

static void tile_lost(struct plant *p)
{
    confine(p, tile_of(p, p->at), TILE, tile_of(p, p->at_col), TILE);
    for (size_t i = p->row; i < p->row + TILE; i++)
        for (size_t j = p->col; j < p->col + TILE; j++)
            p->c[i * p->n + j] = p->c[j * p->n + i] = 0;
}

static void row_and_column_lost(struct plant *p)
{
    confine(p, p->at, 1, 0, p->n);
    for (size_t j = 0; j < p->n; j++)
        p->c[p->at * p->n + j] = p->c[j * p->n + p->at] = 0;
}

static void diagonal_lost(struct plant *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->c[i * p->n + i] = 0;
}

static void diagonal_doubled(struct plant *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->c[i * p->n + i] *= 2;
}

static void columns_swapped(struct plant *p)
{
    confine(p, p->at % (p->n - 64), 64, p->at_col % (p->n - 1), 2);
    for (size_t i = p->row; i < p->row + 64; i++) {
        real *c = p->c + i * p->n + p->col, kept = c[0];
        c[0] = c[1];
        c[1] = kept;
    }
}

/* C is the product without the factors of its rows and columns, which are multiplied in when it is
 * added up; these columns come with their own. */
static void tile_from_elsewhere(struct plant *p)
{
    confine(p, tile_of(p, p->at), TILE, tile_of(p, p->at_col), TILE);
    const size_t from = tile_of(p, p->at_col + 1);
    for (size_t i = p->row; i < p->row + TILE; i++)
        for (size_t j = 0; j < TILE; j++) {
            const real by = p->factors ? (real)p->factors[from + j] / p->factors[p->col + j] : 1;
            p->c[i * p->n + p->col + j] = p->c[(p->col + j) * p->n + i] =
                p->right[i * p->n + from + j] * by;
        }
}

static void one_entry(struct plant *p)
{
    confine(p, p->at, 1, p->at_col == p->at ? (p->at + 1) % p->n : p->at_col, 1);
    real *c = p->c + p->row * p->n + p->col;
    *c = (real)((wide)*c * (1 + p->size));
}

static const struct {
    const char *name;
    void (*plant)(struct plant *p);
    bool of_sums; /* it changes a sum */
} faults[] = {
    {"none: called wrong", nothing, true},
    {"last k lost everywhere", last_k_lost, true},
    {"tile and its mirror lost", tile_lost, true},
    {"row and column lost", row_and_column_lost, true},
    {"diagonal lost", diagonal_lost, true},
    {"diagonal doubled", diagonal_doubled, true},
    {"tile computed from other columns", tile_from_elsewhere, true},
    {"two columns of a tile swapped", columns_swapped, false},
    {"one entry, 10 x the worst error", one_entry, false},
};
enum { FAULTS = sizeof faults / sizeof *faults };

/* Faults in a sum of A: entries in a row, from a random place on, that are lost or added twice. */
static const struct {
    const char *name;
    size_t entries; /* 0: a row */
    int times;      /* how often they are added beyond once */
} sum_faults[] = {
    {"none: called wrong", 1, 0},    {"one entry lost", 1, -1}, {"one entry twice", 1, 1},
    {"100 entries lost", 100, -1},   {"a row lost", 0, -1},     {"a row twice", 0, 1},
    {"1024 entries lost", 1024, -1},
};
enum { SUM_FAULTS = sizeof sum_faults / sizeof *sum_faults };

#endif
