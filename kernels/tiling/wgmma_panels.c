/* wgmma_panels.c - chooses, among the ways to cut k into panels that fit the L2 cache, the one that
 * leaves clusters idle for the shortest time. */
#include "kernels/tiling/wgmma_panels.h"

#include <math.h>

/* Cuts k into panels of at most `most` steps. The first has `first` steps, and each is at most
 * `growth` times as large as the one before. No size asked for makes TENSOR_PANELS_MAX of them. */
static struct wgmma_panels growing(unsigned steps, unsigned first, double growth, unsigned most)
{
    struct wgmma_panels p = {0};
    double size = first;
    for (unsigned end = 0; end < steps; size *= growth) {
        unsigned panel = (unsigned)ceil(fmin(size, most));
        const unsigned left = steps - end;
        /* The last panel also takes a short rest. */
        if (left <= panel + panel / 4)
            panel = left;
        end += panel;
        p.end[p.count++] = end;
    }
    return p;
}

/* A unit of work is one panel of one tile. Units are assigned to the clusters in turn, and a
 * cluster needs about half a step to change to its next unit. */
double wgmma_panels_cost(const struct wgmma_panels *p, unsigned tiles, unsigned clusters)
{
    double of_cluster[1024] = {0}, most = 0;
    clusters = clusters < 1024 ? clusters : 1024;
    for (unsigned i = 0, next = 0; i < p->count; i++) {
        const double unit = p->end[i] - (i ? p->end[i - 1] : 0) + 0.5;
        for (unsigned c = 0; c < clusters; c++)
            of_cluster[c] += unit * (tiles / clusters);
        for (unsigned left = tiles % clusters; left > 0; left--, next++)
            of_cluster[next % clusters] += unit;
    }
    for (unsigned c = 0; c < clusters; c++)
        most = fmax(most, of_cluster[c]);
    return most;
}

/* A kernel that splits A itself starts with a small panel, because no product runs while the first
 * panel is split. If A is small, all of it is split before the first product; also if there are
 * fewer tiles than clusters, because a block splits at most two panels ahead of its own products,
 * and a cluster without any would never split the last panels. */
struct wgmma_panels wgmma_panels(const struct wgmma_recipe *r, unsigned n, unsigned chunks,
                                 unsigned tiles, unsigned clusters)
{
    enum { SMALL_N = 3000, TRIES = 24 };
    const unsigned steps = (chunks + r->chunks_per_step - 1) / r->chunks_per_step;
    struct wgmma_panels best = {.count = 1, .upfront = 1, .end = {steps}};
    if (!r->panel_mib)
        return best;
    const double bytes = (double)r->planes * chunks * n * (double)WGMMA_CHUNK;
    unsigned most = (unsigned)((double)r->panel_mib * (1 << 20) / bytes * steps);
    /* Panels have at least so many steps, which limits their number. */
    const unsigned fewest = steps / (TENSOR_PANELS_MAX / 2) + 1;
    most = most < fewest ? fewest : most > steps ? steps : most;
    const bool grows = r->splits_itself && n > SMALL_N && tiles >= clusters;
    /* If the next panel were much larger, the products would end before it is split. */
    const double growth = r->planes > 1 ? 2 : r->element_bytes > 1 ? 1.3 : 1.15;
    const unsigned share = r->planes > 1 ? 20 : r->element_bytes > 1 ? 10 : 8;
    double best_cost = INFINITY;
    for (unsigned count = (steps + most - 1) / most, tries = 0; tries < TRIES && count <= steps;
         count++, tries++) {
        const unsigned size = (steps + count - 1) / count;
        if (size < fewest)
            break;
        const unsigned first = grows ? (steps + share - 1) / share : size;
        const struct wgmma_panels p = growing(steps, first, growth, size);
        const double cost = wgmma_panels_cost(&p, tiles, clusters);
        if (cost < best_cost) {
            best_cost = cost;
            best = p;
        }
    }
    best.upfront = grows ? 1 : best.count;
    return best;
}
