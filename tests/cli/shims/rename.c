/* rename.c - a file system that lacks what durable files use: renameat2 with flags fails with
 * errno $RENAME_ERRNO, link with $LINK_ERRNO, fsync with $FSYNC_ERRNO and close, of what was
 * synchronised before, with $CLOSE_ERRNO, where these are not 0; fsync takes $FSYNC_SECONDS. Every
 * run starts at $SECOND. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int fails(const char *variable)
{
    const char *text = getenv(variable);
    errno = text ? atoi(text) : 0;
    return errno;
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    if (flags && fails("RENAME_ERRNO"))
        return -1;
    int (*next)(int, const char *, int, const char *, unsigned) = dlsym(RTLD_NEXT, "renameat2");
    return next(from, old, to, new, flags);
}

int link(const char *old, const char *new)
{
    int (*next)(const char *, const char *) = dlsym(RTLD_NEXT, "link");
    usleep(1000);
    return fails("LINK_ERRNO") ? -1 : next(old, new);
}

static int synchronised = -1;

int fsync(int fd)
{
    synchronised = fd;
    int (*next)(int) = dlsym(RTLD_NEXT, "fsync");
    for (int left = getenv("FSYNC_SECONDS") ? atoi(getenv("FSYNC_SECONDS")) : 0; left > 0;)
        left = (int)sleep((unsigned)left);
    return fails("FSYNC_ERRNO") ? -1 : next(fd);
}

int close(int fd)
{
    int (*next)(int) = dlsym(RTLD_NEXT, "close");
    const int rc = next(fd), is_it = fd == synchronised;
    synchronised = is_it ? -1 : synchronised;
    return is_it && fails("CLOSE_ERRNO") ? -1 : rc;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int (*next)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    const int rc = next(clock, time);
    if (clock == CLOCK_REALTIME && getenv("SECOND"))
        time->tv_sec = atol(getenv("SECOND"));
    return rc;
}
