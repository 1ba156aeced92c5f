/* panels.h - the sum of a product can be cut anywhere along k. Chooses the number of panels so that
 * tiles × panels fill whole waves of blocks. */
#ifndef KERNELS_PANELS_H
#define KERNELS_PANELS_H

#include <stdint.h>

/* Tiles of C, and thin ones that take about a fifth of the time (sum_aat/sm90/ffma_sm90.cu) and go
 * to the blocks without a tile in the last wave. */
struct tile_work {
    uint64_t tiles, thin;
};

/* The time of all units of work, in stages, k cut into `panels`. Changing from one to the next
 * costs a block about half a stage. */
static inline double panels_cost(struct tile_work work, unsigned stages, unsigned blocks,
                                 unsigned panels)
{
    const double each = (stages + panels - 1) / panels; /* in whole stages */
    const uint64_t units = work.tiles * panels, idle = blocks - units % blocks;
    const double all = (double)((units + blocks - 1) / blocks) * (each + 0.5);
    const double thin = (double)((work.thin * panels + idle - 1) / idle) * (each / 5 + 0.5),
                 with_thin = (double)(units / blocks) * (each + 0.5) + thin;
    return all > with_thin ? all : with_thin;
}

/* The number of panels, from `least` on, to cut the k of these tiles into, `stages` of it, for
 * `blocks` blocks that run at a time. */
static inline unsigned panels_of(struct tile_work work, unsigned stages, unsigned blocks,
                                 unsigned least)
{
    enum { MORE = 24 };
    unsigned best = least < stages ? least : stages;
    double best_cost = 0;
    for (unsigned panels = best; panels < least + MORE && panels <= stages; panels++) {
        const double cost = panels_cost(work, stages, blocks, panels);
        if (best_cost == 0 || cost < best_cost) {
            best_cost = cost;
            best = panels;
        }
    }
    return best;
}

#endif
