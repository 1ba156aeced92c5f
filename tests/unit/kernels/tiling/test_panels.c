/* test_panels.c - the cost estimate that decides how k is cut into panels, against the work that
 * sum_aat/sm90/ffma_sm90.cu hands to its blocks. */
#include "kernels/tiling/panels.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* What the block with most to do has, in stages: panels in turn, then thin ones to those that had
 * one less, or to all. */
static double dealt(struct tile_work work, unsigned stages, unsigned blocks, unsigned panels)
{
    double *load = calloc(blocks, sizeof *load), most = 0;
    const double each = (double)((stages + panels - 1) / panels);
    const uint64_t units = work.tiles * panels, from = units % blocks;
    for (uint64_t u = 0; u < units; u++)
        load[u % blocks] += each + 0.5;
    for (uint64_t u = 0; u < work.thin * panels; u++)
        load[from + u % (blocks - from)] += each / 5 + 0.5;
    for (unsigned b = 0; b < blocks; b++)
        most = load[b] > most ? load[b] : most;
    free(load);
    return most;
}

Test(panels, the_estimate_is_what_the_block_with_most_to_do_has)
{
    static const struct tile_work works[] = {{177, 79}, {256, 0},  {36, 0},
                                             {3160, 0}, {100, 33}, {0, 9}};
    for (size_t i = 0; i < sizeof works / sizeof *works; i++)
        for (unsigned panels = 1; panels <= 24; panels++) {
            const double want = dealt(works[i], 313, 264, panels);
            cr_expect_float_eq(panels_cost(works[i], 313, 264, panels), want, 1e-9,
                               "%u panels of %lu tiles and %lu thin ones", panels,
                               (unsigned long)works[i].tiles, (unsigned long)works[i].thin);
        }
}

Test(panels, no_number_of_panels_would_be_better)
{
    const struct tile_work work = {177, 79};
    const unsigned best = panels_of(work, 313, 264, 1);
    for (unsigned panels = 1; panels <= 24; panels++)
        cr_expect_leq(dealt(work, 313, 264, best), dealt(work, 313, 264, panels) + 1e-9);
}

Test(panels, k_is_never_cut_finer_than_its_stages_nor_less_often_than_asked)
{
    cr_expect_eq(panels_of((struct tile_work){7, 0}, 1, 264, 1), 1);
    cr_expect_leq(panels_of((struct tile_work){7, 0}, 3, 264, 1), 3);
    cr_expect_geq(panels_of((struct tile_work){4000, 0}, 313, 264, 5), 5);
    cr_expect_eq(panels_of((struct tile_work){256, 0}, 313, 256, 1), 1, "whole waves stay whole");
}
