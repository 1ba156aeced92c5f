/* backends.c - the table of backends: the GPU and the CPU. */
#include "bench/devices/backends.h"

#include "cpu/backend/cpu_backend.h"
#include "harness/contract/guard.h"
#include "kernels/backend/gpu_backend.h"

#include <string.h>

const struct place places[] = {
    {&gpu_backend, "driver and context", "kernels", 0.05, true},
    {&cpu_backend, "threads and library", "library", 0.5, false},
};
const size_t place_count = sizeof places / sizeof *places;

const struct backend *place_backend(const struct place *place)
{
    return place->may_hang ? guard_backend(place->backend) : place->backend;
}

static const struct place *here(const struct place *place)
{
    static struct place guarded;
    if (!place->may_hang)
        return place;
    guarded = *place;
    guarded.backend = place_backend(place);
    return &guarded;
}

const struct place *place_named(const char *name)
{
    for (size_t i = 0; i < place_count; i++)
        if (strcmp(places[i].backend->name, name) == 0)
            return here(&places[i]);
    return NULL;
}
