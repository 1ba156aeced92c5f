/* panels.h - into how many panels the kernels that sum A·Aᵀ cut k: as many as make tiles × panels
 * fill whole waves of blocks. The sum can be cut anywhere along k, because the parts just add up.
 */
#ifndef KERNELS_PANELS_H
#define KERNELS_PANELS_H

#include <stdint.h>

/* The number of tiles of C, and of thin tiles, which take about a fifth of the time and are
 * computed by the blocks that have no tile in the last wave (sum_aat/sm90/ffma_sm90.cu). */
struct tile_work {
    uint64_t tiles, thin;
};

/* The time of all work, in stages of k, if k is cut into `panels`. A block needs about half a stage
 * to change from one unit of work, a panel of a tile, to the next. */
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

/* The best number of panels, at least `least`, for tiles whose k has `stages` stages, if `blocks`
 * blocks run at a time. */
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
