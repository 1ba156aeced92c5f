/* place.h - places labels beside the points of a picture so that nothing covers anything else. */
#ifndef BENCH_PLACE_H
#define BENCH_PLACE_H

#include <stdbool.h>
#include <stddef.h>

enum { PLACES_MAX = 256 };

struct box {
    double left, top, right, bottom;
};

/* The area in which labels must stay, and the parts of it that are occupied. */
struct places {
    struct box area, taken[PLACES_MAX];
    size_t count;
};

/* Marks a point as taken. Call it for all points before the first place_label(). */
void place_point(struct places *places, double x, double y, double radius);

/* Where a label is drawn: the end at `x` is its left end, its middle or its right end. */
struct place {
    double x, middle;  /* middle: of its height */
    const char *align; /* "left", "center", "right" */
};

/* Finds a place for a label of that size beside the point at (x, y): at its right, its left, above
 * or below. Returns false if all of them are taken. */
bool place_label(struct places *places, double x, double y, double width, double height,
                 struct place *out);

#endif
