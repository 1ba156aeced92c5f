/* Panels of k for the tensor-core kernels: all of k once, within the L2 cache, no cluster idle for
 * want of a better cut. */
#include "kernels/tiling/wgmma_panels.h"

#include <criterion/criterion.h>

static const struct wgmma_recipe whole = {.element_bytes = 2, .planes = 2, .chunks_per_step = 1},
                                 split = {.element_bytes = 2,
                                          .planes = 2,
                                          .chunks_per_step = 1,
                                          .panel_mib = 24,
                                          .splits_itself = true},
                                 given = {.element_bytes = 4,
                                          .planes = 1,
                                          .chunks_per_step = 2,
                                          .panel_mib = 20};

static unsigned size_of(const struct wgmma_panels *p, unsigned i)
{
    return p->end[i] - (i ? p->end[i - 1] : 0);
}

Test(wgmma_panels, every_step_of_k_is_in_one_panel)
{
    static const struct wgmma_recipe *const recipes[] = {&whole, &split, &given};
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++)
        for (unsigned n = 1; n < 2100000; n = n * 3 / 2 + 1) {
            const struct wgmma_recipe *r = recipes[i];
            const unsigned chunks = (n * r->element_bytes + WGMMA_CHUNK - 1) / WGMMA_CHUNK;
            const struct wgmma_panels p = wgmma_panels(r, n, chunks, 100, 66);
            cr_assert(p.count >= 1 && p.count <= TENSOR_PANELS_MAX && p.upfront <= p.count);
            for (unsigned panel = 0; panel < p.count; panel++)
                cr_expect_gt(p.end[panel], panel ? p.end[panel - 1] : 0, "n = %u", n);
            cr_expect_eq(p.end[p.count - 1], (chunks + r->chunks_per_step - 1) / r->chunks_per_step,
                         "n = %u", n);
        }
}

Test(wgmma_panels, a_kernel_without_a_bound_is_not_cut)
{
    const struct wgmma_panels p = wgmma_panels(&whole, 10000, 157, 820, 66);
    cr_expect_eq(p.count, 1);
    cr_expect_eq(p.end[0], 157);
}

Test(wgmma_panels, a_panel_fits_the_cache)
{
    const struct wgmma_panels p = wgmma_panels(&given, 10000, 313, 1600, 66);
    cr_expect_gt(p.count, 1);
    for (unsigned i = 0; i < p.count; i++) /* the last may be a quarter larger */
        cr_expect_leq((double)size_of(&p, i) * 2 * 10000 * (double)WGMMA_CHUNK,
                      1.25 * 20 * (1 << 20));
}

Test(wgmma_panels, what_is_split_on_the_way_starts_small_and_grows)
{
    const struct wgmma_panels p = wgmma_panels(&split, 10000, 157, 820, 66);
    cr_expect_eq(p.upfront, 1);
    cr_expect_leq(p.end[0], 157 / 20 + 1);
    for (unsigned i = 1; i + 1 < p.count; i++)
        cr_expect_leq(size_of(&p, i), 2 * size_of(&p, i - 1) + 1, "panel %u", i);
    const struct wgmma_panels small = wgmma_panels(&split, 1024, 16, 12, 66);
    cr_expect_eq(small.upfront, small.count, "a small A is split before the first product");
}

/* The larger an entry, the longer splitting it takes beside its product. */
Test(wgmma_panels, the_first_is_a_share_of_k_that_hangs_on_what_is_split)
{
    static const struct {
        unsigned element_bytes, planes, share;
    } cases[] = {{2, 2, 20}, {2, 1, 10}, {1, 1, 8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct wgmma_recipe r = {.element_bytes = cases[i].element_bytes,
                                       .planes = cases[i].planes,
                                       .chunks_per_step = 1,
                                       .panel_mib = 24,
                                       .splits_itself = true};
        const struct wgmma_panels p = wgmma_panels(&r, 4000, 80, 820, 66);
        cr_expect_eq(p.end[0], 80 / cases[i].share, "%u", p.end[0]);
    }
}

/* One plane of 2 bytes takes less time to split than its products: panels grow by less than a
 * third.
 */
Test(wgmma_panels, one_plane_grows_slowly)
{
    const struct wgmma_recipe one = {.element_bytes = 2,
                                     .planes = 1,
                                     .chunks_per_step = 1,
                                     .panel_mib = 24,
                                     .splits_itself = true};
    unsigned grown = 0;
    for (unsigned n = 3008; n < 100000; n = n * 5 / 4) {
        const unsigned across = (n + 255) / 256;
        const struct wgmma_panels p =
            wgmma_panels(&one, n, (n + 63) / 64, across * (across + 1), 66);
        for (unsigned i = 1; i + 1 < p.count; i++)
            cr_expect_leq(size_of(&p, i), 1.3 * size_of(&p, i - 1) + 1, "n = %u, panel %u", n, i);
        grown += p.count > 2 && size_of(&p, 1) > size_of(&p, 0);
    }
    cr_expect_gt(grown, 2);
}

Test(wgmma_panels, the_cost_is_that_of_the_cluster_with_most_to_do)
{
    const struct wgmma_panels p = {.count = 2, .end = {10, 16}};
    /* Five units of 10 and five of 6, dealt to four clusters in turn: the first has units 0, 4
     * and 8. */
    cr_expect_float_eq(wgmma_panels_cost(&p, 5, 4), 10.5 + 10.5 + 6.5, 1e-12);
    cr_expect_float_eq(wgmma_panels_cost(&p, 1, 4), 10.5, 1e-12);
}

Test(wgmma_panels, tiles_that_fill_no_wave_are_cut_finer)
{
    /* 12 tiles for 66 clusters: as many panels as leave few of them without. */
    const struct wgmma_panels p = wgmma_panels(&split, 1024, 16, 12, 66);
    const struct wgmma_panels one = {.count = 1, .end = {16}};
    cr_expect_lt(wgmma_panels_cost(&p, 12, 66), wgmma_panels_cost(&one, 12, 66) / 3);
}

Test(wgmma_panels, few_tiles_wait_for_no_panel_that_an_idle_cluster_would_split)
{
    /* A share of a large matrix: a cluster without tiles splits at most two panels ahead. */
    for (unsigned tiles = 0; tiles < 66; tiles++) {
        const struct wgmma_panels p = wgmma_panels(&split, 10000, 157, tiles, 66);
        cr_expect_eq(p.upfront, p.count, "%u tiles", tiles);
    }
    const struct wgmma_panels p = wgmma_panels(&split, 10000, 157, 66, 66);
    cr_expect_eq(p.upfront, 1);
}
