/* cub.c - a libgpubench-cub.so for simulated GPUs, which adds one number after the other.
 *
 *   FAKECUB_CUDA=14010    the CUDA that it says it was built with (default 13.0)
 *   FAKECUB_ERROR=size    asking for the scratch memory fails; "sum": a sum does */
#pragma GCC visibility push(default)
#include "kernels/plugin/cub.h"
#pragma GCC visibility pop

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SCRATCH = 768, INVALID_VALUE = 1 };

static bool fails(const char *what)
{
    const char *chosen = getenv("FAKECUB_ERROR");
    return chosen && !strcmp(chosen, what);
}

/* Whether a sum is asked for; else, or if it cannot be, *error is what to return. */
static bool is_sum(const void *scratch, size_t *scratch_bytes, const void *stream, int *error)
{
    *error = fails(scratch ? "sum" : "size") || !stream || (scratch && *scratch_bytes != SCRATCH)
                 ? INVALID_VALUE
                 : 0;
    if (!scratch)
        *scratch_bytes = SCRATCH;
    return scratch && !*error;
}

int gpubench_cub_sum(void *scratch, size_t *scratch_bytes, const float *x, size_t count, float *sum,
                     void *stream)
{
    int error;
    if (!is_sum(scratch, scratch_bytes, stream, &error))
        return error;
    *sum = 0;
    for (size_t i = 0; i < count; i++)
        *sum += x[i];
    return 0;
}

int gpubench_cub_sum_f64(void *scratch, size_t *scratch_bytes, const double *x, size_t count,
                         double *sum, void *stream)
{
    int error;
    if (!is_sum(scratch, scratch_bytes, stream, &error))
        return error;
    *sum = 0;
    for (size_t i = 0; i < count; i++)
        *sum += x[i];
    return 0;
}

const char *gpubench_cub_error(int error)
{
    return error == INVALID_VALUE ? "invalid argument" : "no error";
}

const char *gpubench_cub_version(void)
{
    return "3.0.1";
}

int gpubench_cub_cuda(void)
{
    const char *cuda = getenv("FAKECUB_CUDA");
    return cuda ? atoi(cuda) : 13000;
}
