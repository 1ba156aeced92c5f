/* panels.h - a sum of a product may be cut anywhere along k: into how many panels, so that tiles ×
 * panels fill whole waves of blocks. */
#ifndef KERNELS_PANELS_H
#define KERNELS_PANELS_H

#include <stdint.h>

/* The number of panels, from `least` on, to cut the k of `tiles` tiles into, `stages` of it, for
 * `blocks` blocks that run at a time. Changing from one unit of work to the next costs a block
 * about half a stage. */
static inline unsigned panels_of(uint64_t tiles, unsigned stages, unsigned blocks, unsigned least)
{
    enum { MORE = 24 };
    unsigned best = least < stages ? least : stages;
    double best_cost = 0;
    for (unsigned panels = best; panels < least + MORE && panels <= stages; panels++) {
        const uint64_t waves = (tiles * panels + blocks - 1) / blocks;
        const double cost = (double)waves * ((stages + panels - 1) / panels + 0.5);
        if (best_cost == 0 || cost < best_cost) {
            best_cost = cost;
            best = panels;
        }
    }
    return best;
}

#endif
