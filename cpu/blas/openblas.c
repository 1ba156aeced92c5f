/* openblas.c - see openblas.h. */
#include "cpu/blas/openblas.h"

#include "harness/base/need.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSTALL "apt-get install libopenblas0-pthread"

/* The library makes its threads while it loads, one for each core it sees unless the environment
 * says otherwise. The variable is put back at once, so that a result records what the user had set.
 */
static void *load_with_threads(const char *const names[], int threads, struct failure *why)
{
    static const char variable[] = "OPENBLAS_NUM_THREADS";
    char *before = getenv(variable), count[16];
    void *library = NULL;

    if (before)
        before = need_text(before);
    snprintf(count, sizeof count, "%d", threads);
    setenv(variable, count, 1);
    for (const char *const *name = names; *name && !library; name++) {
        library = dlopen(*name, RTLD_NOW | RTLD_LOCAL);
        if (!library && name == names)
            fail(why, STATUS_FAILED, "OpenBLAS cannot be loaded (%s): %s", dlerror(), INSTALL);
    }
    if (before)
        setenv(variable, before, 1);
    else
        unsetenv(variable);
    free(before);
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
#define X(function) *(void **)&blas->function = dlsym(blas->library, #function);
    OPENBLAS_F64_FUNCTIONS(X)
#undef X
    if (!blas->cblas_dgemm || !blas->cblas_dsyrk) {
        blas->cblas_dgemm = NULL;
        blas->cblas_dsyrk = NULL;
    }
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
