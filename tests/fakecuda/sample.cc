/* sample.cc - large sum-aat launches in seconds: a few blocks are run, the others are reckoned.
 *
 * With $FAKECUDA_SAMPLE=K, a launch of a sum-aat kernel runs K of its blocks on the CPU, the last
 * one among them. Each other block leaves what it would leave, its ticket, and in its slot the sum
 * of its tile, but by the identity of harness/measure/verify.h, tile by tile in float64:
 *
 *   sum of the tile = Σ_k (Σ of column k over the tile's rows) · (the same over its columns' rows)
 *
 * Which tile a block takes, and which slot, is up to kernels/support/portable/tile_range.cuh as on
 * a device; so a tile that the launching code misses, takes twice or misplaces shows in the
 * answer. A block that ran has to agree with the reckoning, or the launch fails. A mistake inside a
 * kernel that spares the tiles which ran is not noticed. */
#include "tests/fakecuda/sample.h"

#define GPUBENCH_ON_CPU
#include "tests/fakecuda/cuda_on_cpu.h"

#include "kernels/support/portable/tile_range.cuh"

#include <map>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <vector>

static const struct {
    const char *kernel;
    unsigned tile;
} sampled[] = {
    {"sum_aat_triangle", 64}, {"sum_aat_kepler_triangle", 96}, {"sum_aat_warp_triangle", 128}};

/* Column sums of strips of A by the strip's position, kept until something else is launched. */
static std::map<const float *, std::vector<double>> strips;

extern "C" void sample_forget(void)
{
    strips.clear();
}

static const std::vector<double> &strip_at(const float *from, unsigned rows, unsigned n,
                                           unsigned pitch)
{
    std::vector<double> &sums = strips[from];
    if (sums.empty()) {
        sums.resize(n);
        for (unsigned r = 0; r < rows; r++)
            for (unsigned k = 0; k < n; k++)
                sums[k] += (double)from[(size_t)r * pitch + k];
    }
    return sums;
}

template <class T> static T argument(void *const *parameters, unsigned i)
{
    parameters += i;
    return cuda_cpu_parameter<T>(&parameters);
}

struct sum_aat {
    const float *rows, *cols;
    double *partials;
    unsigned *ticket;
    unsigned n, pitch, tile;
    struct tile_range range;

    sum_aat(void *const *p, unsigned tile_rows)
        : rows(argument<const float *>(p, 0)), cols(argument<const float *>(p, 1)),
          partials(argument<double *>(p, 2)), ticket(argument<unsigned *>(p, 4)),
          n(argument<unsigned>(p, 5)), pitch(argument<unsigned>(p, 6)), tile(tile_rows),
          range(argument<struct tile_range>(p, 7))
    {
    }
    double reckoned(const struct range_tile &t) const
    {
        const size_t strip = (size_t)tile * pitch;
        const std::vector<double> &left = strip_at(rows + t.row * strip, tile, n, pitch);
        const std::vector<double> &right = strip_at(cols + t.col * strip, tile, n, pitch);
        double sum = 0;
        for (unsigned k = 0; k < n; k++)
            sum += left[k] * right[k];
        return t.is_diagonal ? sum : 2 * sum;
    }
    bool agrees(unsigned block) const
    {
        const struct range_tile t = tile_in_range(range, block);
        const double want = reckoned(t), got = partials[t.slot];
        /* Rows with mixed signs cancel, but their rounding errors do not. */
        if (fabs(got - want) <= 1e-5 * fabs(want) + 1e-7 * tile * tile * n)
            return true;
        fprintf(stderr, "fakecuda: block %u left %.9g, reckoned %.9g\n", block, got, want);
        return false;
    }
};

extern "C" int sample_launch(const struct cuda_cpu_kernel *kernel, struct cuda_cpu_dim grid,
                             struct cuda_cpu_dim block, size_t shared_bytes,
                             void *const *parameters)
{
    const char *wanted = getenv("FAKECUDA_SAMPLE");
    const unsigned count = wanted ? (unsigned)strtoul(wanted, nullptr, 10) : 0;
    unsigned tile = 0;
    for (auto &s : sampled)
        if (!strcmp(kernel->name, s.kernel))
            tile = s.tile;
    if (!tile || !count || grid.x <= count) {
        if (!tile)
            sample_forget();
        return cuda_cpu_launch(kernel, grid, block, shared_bytes, parameters);
    }
    const struct sum_aat launch(parameters, tile);
    std::vector<uint64_t> run;
    for (unsigned i = 1; i <= count; i++)
        run.push_back((uint64_t)grid.x * i / count - 1);
    for (unsigned b = 0, next = 0; b < grid.x; b++) {
        if (run[next] == b) {
            next++;
            continue;
        }
        const struct range_tile t = tile_in_range(launch.range, b);
        launch.partials[t.slot] = launch.reckoned(t);
        ++*launch.ticket;
    }
    const int error =
        cuda_cpu_launch_some(kernel, grid, block, shared_bytes, parameters, run.data(), run.size());
    for (uint64_t b : run)
        if (!error && !launch.agrees((unsigned)b))
            return 719;
    return error;
}
