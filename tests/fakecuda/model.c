/* model.c - estimates the time of a launch from its arithmetic. */
#include "tests/fakecuda/model.h"
#include "tests/fakecuda/profiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double LIMIT_S = 2.0, OTHER_S = 10e-6;

/* Kernels with the tile of C that a block computes, and the index of the argument n. */
static const struct product {
    const char *kernel;
    unsigned rows, cols, n;
    double of_peak;
} products[] = {
    {"sum_aat_triangle", 64, 64, 5, 0.35},       {"sum_aat_kepler_triangle", 96, 96, 5, 0.45},
    {"sum_aat_warp_triangle", 128, 128, 5, 0.4}, {"matmul_naive", 16, 16, 2, 0.02},
    {"matmul_coalesced", 4, 8, 2, 0.02},         {"matmul_tile", 32, 32, 2, 0.15},
    {"matmul_register_tile", 64, 64, 2, 0.35},   {"matmul_vector_tile", 128, 128, 2, 0.4},
    {"matmul_kepler", 96, 96, 2, 0.45},          {"matmul_warp_tile", 128, 128, 2, 0.4},
    {"matmul_symmetric", 128, 128, 2, 0.4},      {"matmul_symmetric_small", 64, 64, 2, 0.35},
};

static double clock_s;

static unsigned argument(void *const *parameters, unsigned i)
{
    unsigned value;
    memcpy(&value, parameters[i], sizeof value);
    return value;
}

static double slowdown(void)
{
    const char *slow = getenv("FAKECUDA_SLOW");
    return slow ? strtod(slow, NULL) : 1;
}

double model_seconds(const char *kernel, unsigned blocks, void *const *parameters)
{
    const struct profile *p = profile_get();
    const double lanes = p->cc < 50 ? 192 : p->cc == 60 || (p->cc >= 70 && p->cc <= 80) ? 64 : 128;
    const double flops = 2 * lanes * p->sms * p->clock_khz * 1e3;
    const double bytes = 2e3 * p->memory_clock_khz * p->bus_bits / 8;
    if (!strcmp(kernel, "fill_philox"))
        return slowdown() * 4.0 * argument(parameters, 2) * argument(parameters, 3) /
               (0.25 * bytes);
    for (size_t i = 0; i < sizeof products / sizeof *products; i++) {
        const struct product *k = &products[i];
        if (!strcmp(kernel, k->kernel))
            return slowdown() * 2.0 * k->rows * k->cols * argument(parameters, k->n) * blocks /
                   (k->of_peak * flops);
    }
    return OTHER_S;
}

bool model_launch(const char *kernel, unsigned blocks, double seconds)
{
    const char *log = getenv("FAKECUDA_LOG");
    FILE *file = log ? fopen(log, "a") : NULL;
    if (file) {
        fprintf(file, "%s %u %.6f\n", kernel, blocks, seconds);
        fclose(file);
    }
    clock_s += seconds;
    return !profile_get()->kernel_timeout || seconds <= LIMIT_S;
}

double model_clock(void)
{
    const char *chosen = getenv("FAKECUDA_CLOCK");
    struct timespec now;
    if (chosen && !strcmp(chosen, "model"))
        return 1 + clock_s;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

bool model_tells_of_limit(void)
{
    const char *watchdog = getenv("FAKECUDA_WATCHDOG");
    return profile_get()->kernel_timeout && !(watchdog && !strcmp(watchdog, "hidden"));
}
