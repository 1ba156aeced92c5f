/* test_place.c - labels beside points. */
#include "bench/draw/place.h"

#include <criterion/criterion.h>

Test(place, a_label_is_at_the_right_unless_something_is_there)
{
    struct places p = {.area = {0, 0, 200, 100}};
    struct place at;
    place_point(&p, 50, 50, 4);
    place_point(&p, 190, 50, 4);
    cr_assert(place_label(&p, 50, 50, 60, 16, &at));
    cr_expect_str_eq(at.align, "left");
    cr_assert(place_label(&p, 190, 50, 60, 16, &at), "at the edge it goes to the left");
    cr_expect_str_eq(at.align, "right");
    cr_assert(place_label(&p, 50, 50, 60, 16, &at), "the right is taken");
    cr_expect_str_eq(at.align, "center");
}

Test(place, a_label_without_a_free_place_is_left_out)
{
    struct places p = {.area = {0, 0, 60, 30}};
    struct place at;
    cr_expect(!place_label(&p, 30, 15, 80, 16, &at));
    cr_assert(place_label(&p, 5, 15, 40, 16, &at));
    cr_expect(!place_label(&p, 5, 15, 40, 16, &at));
}

/* A label of 40 × 16 beside the point (100, 50), with things of two units taken at these places,
 * which are next tried after each other. */
Test(place, eight_places_are_tried_in_order)
{
    static const struct {
        double x, y; /* what is taken, beside all before it */
        struct place want;
    } steps[] = {
        {0, 0, {108, 50, "left"}},      {146, 50, {92, 50, "right"}}, {54, 50, {100, 34, "center"}},
        {100, 34, {100, 66, "center"}}, {100, 66, {104, 34, "left"}}, {140, 34, {104, 66, "left"}},
        {140, 66, {96, 34, "right"}},   {60, 34, {96, 66, "right"}},
    };
    struct places p = {.area = {0, 0, 200, 100}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        place_point(&p, steps[i].x, steps[i].y, 1);
        struct places tried = p;
        struct place at;
        cr_assert(place_label(&tried, 100, 50, 40, 16, &at), "%zu", i);
        cr_expect_eq(at.x, steps[i].want.x, "%zu: %g", i, at.x);
        cr_expect_eq(at.middle, steps[i].want.middle, "%zu: %g", i, at.middle);
        cr_expect_str_eq(at.align, steps[i].want.align, "%zu", i);
        cr_expect_eq(tried.count, p.count + 1, "the label is taken too");
    }
    struct place at;
    place_point(&p, 60, 66, 1);
    cr_expect_not(place_label(&p, 100, 50, 40, 16, &at));
}

Test(place, a_label_may_touch_the_edges_and_what_is_taken)
{
    /* At the right it is 108 to 148 wide and 42 to 58 high. */
    static const struct box fits = {108, 42, 148, 58},
                            too_small[] =
                                {
                                    {109, 42, 148, 58},
                                    {108, 43, 148, 58},
                                    {108, 42, 147, 58},
                                    {108, 42, 148, 57},
                                },
                            beside[] = {
                                {148, 42, 150, 58},
                                {106, 42, 108, 58},
                                {108, 40, 148, 42},
                                {108, 58, 148, 60},
                            };
    struct place at;
    struct places p = {.area = fits};
    cr_expect(place_label(&p, 100, 50, 40, 16, &at));
    cr_expect_eq(p.taken[0].left, 108);
    cr_expect_eq(p.taken[0].right, 148);
    cr_expect_eq(p.taken[0].top, 42);
    cr_expect_eq(p.taken[0].bottom, 58);
    for (size_t i = 0; i < 4; i++) {
        p = (struct places){.area = too_small[i]};
        cr_expect_not(place_label(&p, 100, 50, 40, 16, &at), "%zu", i);
        p = (struct places){.area = {0, 0, 200, 100}, .taken = {beside[i]}, .count = 1};
        cr_assert(place_label(&p, 100, 50, 40, 16, &at));
        cr_expect_str_eq(at.align, "left", "%zu", i);
    }
}

Test(place, points_beyond_the_room_for_them_are_not_kept)
{
    struct places p = {.area = {0, 0, 200, 100}};
    for (int i = 0; i <= PLACES_MAX; i++)
        place_point(&p, 300 + i, 50, 3);
    cr_expect_eq(p.count, PLACES_MAX);
    cr_expect_eq(p.taken[PLACES_MAX - 1].left, 300 + PLACES_MAX - 1 - 3);
    cr_expect_eq(p.taken[PLACES_MAX - 1].bottom, 53);
}
