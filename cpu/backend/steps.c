/* steps.c - the steps of the CPU's variants. */
#include "cpu/backend/steps.h"

#include "cpu/fused/fused.h"
#include "cpu/loops/sums.h"
#include "cpu/loops/sums_f64.h"
#include "cpu/reference/reference.h"

#include <limits.h>

_Static_assert(PROBLEM_MAX_N <= INT_MAX, "n is passed to BLAS as an int");

enum { MIRROR_TILE = 64 };

/* A from the first row on that the job has in C. */
static const void *left_of_c(const struct job *j)
{
    return (const char *)j->a + j->of_c.first * j->n * element_bytes(j->problem.element);
}

#define MULTIPLY(letter)                                                                           \
    void cpu_step_multiply_##letter##gemm(struct job *j)                                           \
    {                                                                                              \
        const int64_t n = (int64_t)j->n, rows = (int64_t)j->of_c.count;                            \
        j->blas->letter##gemm(BLAS_ROW_MAJOR, BLAS_NO_TRANS, BLAS_TRANS, rows, n, n, 1,            \
                              left_of_c(j), n, j->a, n, 0, j->c, n);                               \
    }                                                                                              \
    void cpu_step_multiply_##letter##syrk(struct job *j)                                           \
    {                                                                                              \
        const int64_t n = (int64_t)j->n;                                                           \
        j->blas->letter##syrk(BLAS_ROW_MAJOR, BLAS_LOWER, BLAS_NO_TRANS, n, n, 1, j->a, n, 0,      \
                              j->c, n);                                                            \
    }
MULTIPLY(s)
MULTIPLY(d)
#undef MULTIPLY

void cpu_step_multiply_reference(struct job *j)
{
    reference_matmul(j->device->pool, j->problem.element, j->a, j->n, j->of_c, j->c);
}

void cpu_step_multiply_and_sum_reference(struct job *j)
{
    j->scalar = reference_sum_aat(j->device->pool, j->problem.element, j->a, j->n, j->rows);
}

void cpu_step_multiply_and_sum_fused(struct job *j)
{
    j->scalar = fused_sum_aat(j->device->pool, j->problem.element, j->a, j->n, j->scratch);
}

double cpu_sum_of(struct job *j, const void *matrix, size_t rows, bool lower_only)
{
    struct parallel *pool = j->device->pool;

    if (j->problem.element == ELEMENT_F64)
        return sums_f64_all(pool, matrix, rows, j->n, lower_only, j->rows);
    return lower_only ? sums_symmetric(pool, matrix, j->n, j->rows)
                      : sums_all(pool, matrix, rows, j->n, j->rows);
}

void cpu_step_sum_c(struct job *j)
{
    j->scalar = cpu_sum_of(j, j->c, j->n, false);
}

void cpu_step_sum_c_lower(struct job *j)
{
    j->scalar = cpu_sum_of(j, j->c, j->n, true);
}

void cpu_step_sum_a(struct job *j)
{
    j->scalar = cpu_sum_of(j, j->a, j->held, false);
}

/* Copies strips of MIRROR_TILE rows of the lower triangle to the upper one. In tiles, as one of the
 * two is walked down its columns. */
#define MIRROR(name, type)                                                                         \
    static void name(void *context, size_t begin, size_t end)                                      \
    {                                                                                              \
        struct job *j = context;                                                                   \
        size_t n = j->n;                                                                           \
        type *c = j->c;                                                                            \
                                                                                                   \
        for (size_t row0 = begin * MIRROR_TILE; row0 < end * MIRROR_TILE && row0 < n;              \
             row0 += MIRROR_TILE)                                                                  \
            for (size_t col0 = 0; col0 <= row0; col0 += MIRROR_TILE)                               \
                for (size_t col = col0; col < col0 + MIRROR_TILE && col < n; col++)                \
                    for (size_t row = row0 > col ? row0 : col + 1;                                 \
                         row < row0 + MIRROR_TILE && row < n; row++)                               \
                        c[col * n + row] = c[row * n + col];                                       \
    }
MIRROR(mirror_strips, float)
MIRROR(mirror_strips_f64, double)
#undef MIRROR

void cpu_step_mirror_c(struct job *j)
{
    const bool is_f64 = j->problem.element == ELEMENT_F64;
    parallel_for(j->device->pool, (j->n + MIRROR_TILE - 1) / MIRROR_TILE, 1,
                 is_f64 ? mirror_strips_f64 : mirror_strips, j);
}
