/* jit_cache.c - a directory that can be written: the usual one, or one among temporary files. */
#include "kernels/driver/jit_cache.h"

#include "harness/host/host.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes DIR/gpubench-cuda-UID, or takes an existing one if no other user can write to it, because
 * the code in it will run. */
static bool make_own(const char *directory, char *path)
{
    struct stat known;
    if (!directory || directory[0] != '/' ||
        snprintf(path, PATH_MAX, "%s/gpubench-cuda-%u", directory, (unsigned)geteuid()) >= PATH_MAX)
        return false;
    if (mkdir(path, 0700) == 0)
        return true;
    return errno == EEXIST && lstat(path, &known) == 0 && S_ISDIR(known.st_mode) &&
           known.st_uid == geteuid() && !(known.st_mode & (S_IWGRP | S_IWOTH)) &&
           access(path, W_OK | X_OK) == 0;
}

struct jit_cache jit_cache_prepare(void)
{
    static const char variable[] = "CUDA_CACHE_PATH";
    struct jit_cache cache = {.state = JIT_CACHE_USUAL};
    const char *chosen = getenv(variable), *home = getenv("HOME");
    const char *disabled = getenv("CUDA_CACHE_DISABLE");
    int length = 0;
    if (chosen && *chosen)
        length = snprintf(cache.usual, sizeof cache.usual, "%s", chosen);
    else if (home && *home)
        length = snprintf(cache.usual, sizeof cache.usual, "%s/.nv/ComputeCache", home);
    if (disabled && atoi(disabled)) {
        cache.state = JIT_CACHE_OFF;
        return cache;
    }
    if (length > 0 && (size_t)length < sizeof cache.usual && host_can_write(cache.usual)) {
        memcpy(cache.path, cache.usual, sizeof cache.path);
        return cache;
    }
    const char *const places[] = {getenv("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (make_own(places[i], cache.path)) {
            setenv(variable, cache.path, 1);
            cache.state = JIT_CACHE_MOVED;
            return cache;
        }
    cache.path[0] = '\0';
    cache.state = JIT_CACHE_NOWHERE;
    return cache;
}
