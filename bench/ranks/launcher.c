/* launcher.c - finds the launcher by its environment variables. */
#include "bench/ranks/launcher.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* What launchers set, and which MPI they belong to. PMIx servers say only which rank it is; srun,
 * which may be one, says how many there are. */
static const struct launcher launchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "Open MPI's mpirun", "openmpi", 1},
    {"PMI_SIZE", "PMI_RANK", "mpiexec", "mpich", 1},
    {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "Slurm's srun", "openmpi", 2},
    {NULL, "PMIX_RANK", "a PMIx server", "openmpi", 0},
};

int launcher_number(const char *variable)
{
    const char *text = variable ? getenv(variable) : NULL;
    char *end;
    const long number = text ? strtol(text, &end, 10) : -1;
    return text && *text && *end == '\0' && number >= 0 && number < INT_MAX ? (int)number : -1;
}

const struct launcher *launcher_find(void)
{
    for (size_t i = 0; i < sizeof launchers / sizeof *launchers; i++) {
        const struct launcher *l = &launchers[i];
        if (l->size ? launcher_number(l->size) >= l->least_size
                    : launcher_number(l->rank) >= 0 && launcher_number("SLURM_STEP_NUM_TASKS") != 1)
            return l;
    }
    return NULL;
}

const char *launcher_of(int *rank, int *size)
{
    const struct launcher *l = launcher_find();
    *rank = l ? launcher_number(l->rank) : -1;
    *size = l ? launcher_number(l->size) : -1;
    return l ? l->name : NULL;
}

enum status launcher_check_single(const char *what, struct failure *why)
{
    const struct launcher *l = launcher_find();
    const int size = l ? launcher_number(l->size) : 1;
    const char *variable = l ? (l->size ? l->size : l->rank) : "";
    char processes[32] = "this process";
    if (size == 1)
        return STATUS_OK;
    if (size > 1)
        snprintf(processes, sizeof processes, "%d processes", size);
    return fail(why, STATUS_USAGE,
                "%s started %s, and %s is for one: start it without a launcher (gpubench gpu and "
                "cpu do one problem in several processes), or unset %s for separate runs.",
                l->name, processes, what, variable);
}
