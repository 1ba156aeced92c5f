/* room.c - reserves, for a moment, all that OpenBLAS would take. This finds every limit (RLIMIT_AS,
 * RLIMIT_DATA, strict overcommit) without having to know it. */
#define _GNU_SOURCE 1 /* MAP_ANONYMOUS, pthread_getattr_default_np */

#include "cpu/blas/room.h"

#include "harness/base/need.h"
#include "harness/host/files.h"
#include "harness/host/limits.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#define MIB ((size_t)1 << 20)

enum { BUFFER_MIB = 128, LIBRARY_MIB = 48 };

static size_t stack_bytes(void)
{
    pthread_attr_t attributes;
    size_t bytes = 8 * MIB;
    if (pthread_getattr_default_np(&attributes) == 0) {
        pthread_attr_getstacksize(&attributes, &bytes);
        pthread_attr_destroy(&attributes);
    }
    return bytes;
}

static bool commits_strictly(void)
{
    FILE *file = host_open("/proc/sys/vm/overcommit_memory");
    const int mode = file ? fgetc(file) : EOF;
    if (file)
        fclose(file);
    return mode == '2';
}

int room_is_limited(void)
{
    struct process_limit limit;
    return host_process_limit(&limit) || commits_strictly();
}

void room_leave(size_t bytes)
{
    uint64_t kib = 0;
    host_read_keyed("/proc/self/status", "VmSize", &kib);
    const rlim_t most = kib * 1024 + bytes;
    setrlimit(RLIMIT_AS, &(struct rlimit){most, most});
}

static enum status refuse(int threads, size_t bytes, struct failure *why)
{
    struct process_limit limit;
    char needs[128];
    snprintf(needs, sizeof needs, "OpenBLAS needs %zu MiB for %d thread%s", bytes / MIB, threads,
             threads == 1 ? "" : "s");
    const char *const fewer = threads > 1 ? ", or take fewer threads with --threads" : "";
    if (host_process_limit(&limit) && limit.used + bytes > limit.bytes)
        return fail(why, STATUS_NO_MEMORY,
                    "%s, and of the %zu MiB of %s that this process may have, %zu MiB are in use: "
                    "raise the limit%s",
                    needs, (size_t)limit.bytes / MIB, limit.name, (size_t)limit.used / MIB, fewer);
    return fail(why, STATUS_NO_MEMORY,
                "%s, and the system commits no more memory (CommitLimit in /proc/meminfo, "
                "vm.overcommit_memory): raise that%s",
                needs, fewer);
}

/* The library, a buffer for each thread and, in builds for OpenMP, one more, and stacks for
 * OpenBLAS's threads and for gpubench's own, except for the calling thread, which has one. */
static size_t piece_bytes(size_t i, size_t threads)
{
    return i == 0 ? LIBRARY_MIB * MIB : i <= threads ? BUFFER_MIB * MIB : stack_bytes();
}

enum status room_check(int threads, struct failure *why)
{
    const size_t buffers = (size_t)threads + 1, count = 1 + buffers + 2 * (buffers - 2);
    void **taken = need_array(count, sizeof *taken);
    size_t got = 0, bytes = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t size = piece_bytes(i, buffers);
        bytes += size;
        if (got < i) /* after a refusal only the bytes are added up */
            continue;
        taken[i] = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        got += taken[i] != MAP_FAILED;
    }
    for (size_t i = 0; i < got; i++)
        munmap(taken[i], piece_bytes(i, buffers));
    free(taken);
    return got == count ? STATUS_OK : refuse(threads, bytes, why);
}
