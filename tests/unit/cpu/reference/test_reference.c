/* test_reference.c - the plain loops against the definition, entry by entry. */
#include "cpu/reference/reference.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* Small whole numbers, whose products and sums are exact in either type. */
static int entry(size_t row, size_t k)
{
    return (int)((row * 7 + k * 13) % 5) - 1;
}

static double get(enum element element, const void *x, size_t i)
{
    return element == ELEMENT_F64 ? ((const double *)x)[i] : (double)((const float *)x)[i];
}

static void expect_products(struct parallel *pool, enum element element, size_t n)
{
    void *a = malloc(n * n * element_bytes(element)), *c = malloc(n * n * element_bytes(element));
    double *strips = calloc((n + 63) / 64, sizeof *strips), sum = 0;
    for (size_t i = 0; i < n * n; i++)
        if (element == ELEMENT_F64)
            ((double *)a)[i] = entry(i / n, i % n);
        else
            ((float *)a)[i] = (float)entry(i / n, i % n);
    reference_matmul(pool, element, a, n, (struct rows){0, n}, c);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double want = 0;
            for (size_t k = 0; k < n; k++)
                want += entry(i, k) * entry(j, k);
            cr_assert_eq(get(element, c, i * n + j), want, "n %zu: C[%zu][%zu]", n, i, j);
            sum += want;
        }
    cr_expect_eq(reference_sum_aat(pool, element, a, n, strips), sum, "n %zu", n);
    free(a);
    free(c);
    free(strips);
}

Test(reference, every_entry_and_the_sum_are_right_at_tile_and_panel_borders)
{
    static const size_t orders[] = {1, 2, 63, 64, 65, 129, 257};
    struct parallel *pool = parallel_open(2);
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        expect_products(pool, ELEMENT_F32, orders[o]);
        expect_products(pool, ELEMENT_F64, orders[o]);
    }
    parallel_close(pool);
}
