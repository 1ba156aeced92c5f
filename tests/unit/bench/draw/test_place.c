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
