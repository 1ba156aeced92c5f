/* backends.c - the places where work is done. */
#include "bench/backends.h"

#include "cpu/cpu_backend.h"
#include "kernels/gpu_backend.h"

#include <string.h>

const struct place places[] = {
    {&gpu_backend, "driver and context", "kernels"},
    {&cpu_backend, "threads and library", "library"},
};
const size_t place_count = sizeof places / sizeof *places;

const struct place *place_named(const char *name)
{
    for (size_t i = 0; i < place_count; i++)
        if (strcmp(places[i].backend->name, name) == 0)
            return &places[i];
    return NULL;
}
