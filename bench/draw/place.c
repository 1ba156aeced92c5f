/* place.c - places labels beside points. */
#include "bench/draw/place.h"

static bool is_free(const struct places *p, const struct box *b)
{
    if (b->left < p->area.left || b->right > p->area.right || b->top < p->area.top ||
        b->bottom > p->area.bottom)
        return false;
    for (size_t i = 0; i < p->count; i++) {
        const struct box *t = &p->taken[i];
        if (b->left < t->right && t->left < b->right && b->top < t->bottom && t->top < b->bottom)
            return false;
    }
    return true;
}

static void take(struct places *p, struct box b)
{
    if (p->count < PLACES_MAX)
        p->taken[p->count++] = b;
}

void place_point(struct places *p, double x, double y, double radius)
{
    take(p, (struct box){x - radius, y - radius, x + radius, y + radius});
}

bool place_label(struct places *p, double x, double y, double width, double height,
                 struct place *out)
{
    const double gap = 8, lift = height / 2 + gap;
    const struct place candidates[] = {
        {x + gap, y, "left"},
        {x - gap, y, "right"},
        {x, y - lift, "center"},
        {x, y + lift, "center"},
        {x + gap / 2, y - lift, "left"},
        {x + gap / 2, y + lift, "left"},
        {x - gap / 2, y - lift, "right"},
        {x - gap / 2, y + lift, "right"},
    };
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        const struct place *c = &candidates[i];
        const double left = c->align[0] == 'l'   ? c->x
                            : c->align[0] == 'r' ? c->x - width
                                                 : c->x - width / 2;
        const struct box b = {left, c->middle - height / 2, left + width, c->middle + height / 2};
        if (!is_free(p, &b))
            continue;
        take(p, b);
        *out = *c;
        return true;
    }
    return false;
}
