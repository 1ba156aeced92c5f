/* stream_plan.c - chooses the sizes of panels. With a large panel of rows fewer strips are filled
 * again. But the last wave of a launch is rarely full, so the sizes are chosen to fill it. */
#include "kernels/job/stream_plan.h"

/* The fill reaches a quarter of the memory's speed (0.5 ms for 400 MB on an H100), the kernels
 * three quarters of the peak; the launches of a step take 10 µs. */
static const double fill_share = 0.25, kernel_share = 0.75, step_s = 10e-6;

struct stream_cost stream_cost_of(unsigned wave, unsigned tile, unsigned n, size_t entry_bytes,
                                  double flops, double bytes_per_s)
{
    if (!(flops > 0 && bytes_per_s > 0))
        return (struct stream_cost){.wave = wave, .strip = 0.01, .step = 0.001};
    const double row_flop = 2.0 * tile * n,
                 wave_s = row_flop * tile * wave / (kernel_share * flops);
    const double strip_s = (double)tile * n * (double)entry_bytes / (fill_share * bytes_per_s);
    return (struct stream_cost){.wave = wave, .strip = strip_s / wave_s, .step = step_s / wave_s};
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static double waves(const struct stream_plan *p, unsigned long long tiles)
{
    return (double)((tiles + p->cost.wave - 1) / p->cost.wave);
}

/* Returns the time for the columns left of a panel, `cols` at a time. */
static double cost_of_columns(const struct stream_plan *p, unsigned row, unsigned rows,
                              unsigned cols)
{
    const unsigned whole = row / cols, rest = row % cols;
    return whole * (waves(p, (unsigned long long)rows * cols) + p->cost.step) +
           (rest ? waves(p, (unsigned long long)rows * rest) + p->cost.step : 0) +
           row * p->cost.strip;
}

/* Returns the best number of columns to keep beside a panel of rows. */
static unsigned columns_beside(const struct stream_plan *p, unsigned row, unsigned rows,
                               double *cost)
{
    const unsigned most = least(p->capacity - rows, row);
    unsigned best = 0;
    *cost = 0;
    for (unsigned cols = 1; cols <= most; cols++) {
        const double now = cost_of_columns(p, row, rows, cols);
        if (!best || now <= *cost) {
            best = cols;
            *cost = now;
        }
    }
    return best;
}

double stream_plan_waves(const struct stream_plan *p)
{
    double sum = 0;
    for (unsigned row = 0; row < p->down; row += p->rows) {
        const unsigned rows = least(p->rows, p->down - row);
        double columns;
        columns_beside(p, row, rows, &columns);
        sum += waves(p, (unsigned long long)rows * (rows + 1) / 2) + rows * p->cost.strip +
               p->cost.step + columns;
    }
    return sum;
}

struct stream_plan stream_plan_make(unsigned down, unsigned capacity, struct stream_cost cost)
{
    struct stream_plan plan = {down, capacity, 1, cost}, best = plan;
    double best_waves = 0;
    for (plan.rows = (capacity + 1) / 2; plan.rows < capacity && plan.rows <= down; plan.rows++) {
        const double now = stream_plan_waves(&plan);
        if (best_waves == 0 || now < best_waves) {
            best = plan;
            best_waves = now;
        }
    }
    return best;
}

bool stream_plan_next(const struct stream_plan *p, struct tile_range *step)
{
    /* {0} is like a panel without strips, before the first one. */
    const unsigned col = step->row == step->col ? 0 : step->col + step->cols;
    unsigned row = step->row, rows = step->rows;
    if (col == row) { /* this panel was multiplied with all strips on its left */
        row += rows;
        rows = row < p->down ? least(p->rows, p->down - row) : 0;
        *step = (struct tile_range){row, rows, row, rows, 0, p->down};
        return rows > 0;
    }
    double cost;
    const unsigned cols = least(columns_beside(p, row, rows, &cost), row - col);
    *step = (struct tile_range){row, rows, col, cols, 0, p->down};
    return true;
}
