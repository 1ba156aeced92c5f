/* openblas.c - see openblas.h. */
#include "cpu/blas/openblas.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSTALL "apt-get install libopenblas0-pthread"

static const char threads_variable[] = "OPENBLAS_NUM_THREADS";

int openblas_user_threads(void)
{
    const char *text = getenv(threads_variable);
    char *end;

    if (!text || !*text)
        return 0;
    long value = strtol(text, &end, 10);
    return *end || value < 1 || value > INT_MAX ? 0 : (int)value;
}

/* The library makes its threads while it loads, one for each core it sees unless the environment
 * says otherwise. The variable is taken back at once, so that a result records only what the user
 * had set. */
static void *load_with_threads(const char *const names[], int threads, struct failure *why)
{
    bool ours = openblas_user_threads() == 0;
    void *library = NULL;
    char count[16];

    if (ours) {
        snprintf(count, sizeof count, "%d", threads);
        setenv(threads_variable, count, 1);
    }
    for (const char *const *name = names; *name && !library; name++) {
        library = dlopen(*name, RTLD_NOW | RTLD_LOCAL);
        if (!library && name == names)
            fail(why, STATUS_FAILED, "OpenBLAS cannot be loaded (%s): %s", dlerror(), INSTALL);
    }
    if (ours)
        unsetenv(threads_variable);
    return library;
}

static enum status find_functions(const char *name, struct openblas *blas, struct failure *why)
{
#define X(function)                                                                                \
    *(void **)&blas->function = dlsym(blas->library, #function);                                   \
    if (!blas->function)                                                                           \
        return fail(why, STATUS_FAILED, "%s has no %s, so it is not OpenBLAS: %s", name,           \
                    #function, INSTALL);
    OPENBLAS_FUNCTIONS(X)
#undef X
    /* A build with 64-bit integers under the same name would read half of each argument from
     * nowhere. */
    bool wide = strstr(blas->openblas_get_config(), "USE64BITINT") != NULL;
    if (wide != (sizeof(blasint) == 8))
        return fail(why, STATUS_FAILED,
                    "%s uses %d-bit integers, this program was built for %d-bit ones: %s", name,
                    wide ? 64 : 32, (int)sizeof(blasint) * 8, INSTALL);
    return STATUS_OK;
}

enum status openblas_open(const char *const names[], int threads, struct openblas *blas,
                          struct failure *why)
{
    enum status status;

    blas->library = load_with_threads(names, threads, why);
    if (!blas->library)
        return STATUS_FAILED;
    status = find_functions(names[0], blas, why);
    if (status != STATUS_OK) {
        dlclose(blas->library);
        blas->library = NULL;
        return status;
    }
    blas->openblas_set_num_threads(threads);
    return STATUS_OK;
}

const struct openblas *openblas_load(int threads, struct failure *why)
{
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", NULL};
    static struct openblas blas; /* never unloaded: its threads outlive any device */

    if (blas.library)
        blas.openblas_set_num_threads(threads);
    else if (openblas_open(names, threads, &blas, why) != STATUS_OK)
        return NULL;
    return &blas;
}

void openblas_warning(const char *core, enum isa level, char *text, size_t bytes)
{
    static const char *const old[] = {"Prescott",  "Core2",   "Penryn",   "Dunnington",
                                      "Nehalem",   "Atom",    "Katmai",   "Bobcat",
                                      "Barcelona", "Opteron", "Northwood"};
    *text = '\0';
    if (level < ISA_AVX2 || getenv("OPENBLAS_CORETYPE"))
        return;
    for (size_t i = 0; i < sizeof old / sizeof *old; i++)
        if (!strcmp(core, old[i]))
            snprintf(text, bytes,
                     "this OpenBLAS does not know the CPU and runs %s kernels on it: install a "
                     "newer OpenBLAS, or set "
                     "OPENBLAS_CORETYPE=%s",
                     core, level == ISA_AVX512 ? "SkylakeX" : "Haswell");
}
