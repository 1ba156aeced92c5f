/* nccl.c - loads NCCL. */
#include "kernels/ring/nccl.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY "libnccl.so.2"

enum { LEAST_VERSION = 21400 }; /* calls that return at once */

/* Major × 1000 + minor × 100 + patch up to 2.8, × 10000 since. */
static void name_version(char *text, size_t bytes, int version)
{
    const int unit = version < 10000 ? 1000 : 10000;
    snprintf(text, bytes, "NCCL %d.%d.%d", version / unit, version % unit / 100, version % 100);
}

static enum status look_up(void *library, struct nccl *nccl, struct failure *why)
{
    bool has_all = true;
    int version = 0;
#define LOOK_UP(name) *(void **)&nccl->name = dlsym(library, "nccl" #name)
#define X(name, parameters)                                                                        \
    LOOK_UP(name);                                                                                 \
    has_all = has_all && nccl->name;
    NCCL_SYMBOLS(X)
#undef X
    LOOK_UP(GetErrorString);
    LOOK_UP(GetLastError);
#undef LOOK_UP
    const int error = nccl->GetVersion ? nccl->GetVersion(&version) : 0;
    if (error)
        return nccl_fail(nccl, error, "asking NCCL for its version", why);
    name_version(nccl->name, sizeof nccl->name, version);
    if (has_all && version >= LEAST_VERSION)
        return STATUS_OK;
    return fail(why, STATUS_FAILED,
                "%s is too old for --exchange ring: install 2.14 or newer, or leave it out.",
                nccl->name);
}

/* NVLink's multicast, which NCCL sets up for sums over all GPUs, is of no use to a ring. */
enum status nccl_load(const struct nccl **out, struct failure *why)
{
    static struct nccl nccl;
    static void *library;
    *out = &nccl;
    if (library)
        return STATUS_OK;
    setenv("NCCL_NVLS_ENABLE", "0", 0);
    library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return fail(why, STATUS_FAILED,
                    "--exchange ring moves panels between GPUs by NCCL, which does not load "
                    "(%.300s): install it (libnccl2), set LD_LIBRARY_PATH to it, or leave out "
                    "--exchange ring.",
                    dlerror());
    const enum status status = look_up(library, &nccl, why);
    if (status) {
        dlclose(library);
        library = NULL;
    }
    return status;
}

int nccl_join(const struct nccl *nccl, ncclComm_t *comm, const char *id, int rank, int ranks)
{
    ncclUniqueId group;
    struct nccl_config config = {sizeof config, 0xcafebeef, LEAST_VERSION, 0};
    memcpy(group.internal, id, sizeof group.internal);
    return nccl->CommInitRankConfig(comm, ranks, group, rank, &config);
}

enum status nccl_fail(const struct nccl *nccl, int error, const char *what, struct failure *why)
{
    const char *words = nccl->GetErrorString ? nccl->GetErrorString(error) : NULL;
    const char *more = nccl->GetLastError ? nccl->GetLastError(NULL) : NULL;
    return fail(why, STATUS_FAILED,
                "%s: %s error %d (%.100s%s%.300s); NCCL_DEBUG=WARN makes it say more", what,
                nccl->name[0] ? nccl->name : "NCCL", error, words ? words : "no description",
                more && *more ? ": " : "", more ? more : "");
}
