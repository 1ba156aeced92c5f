/* many.c - reads thousands of result files with a few threads. */
#include "harness/reading/readings.h"

#include "harness/base/need.h"
#include "harness/text/clean.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MAX = 8, FILES_A_THREAD = 64 };

/* The outcome of one file: its readings, or the message why it cannot be read. */
struct slot {
    struct readings readings;
    char *why;
};

struct work {
    char *const *paths;
    struct slot *slots;
    size_t count;
    enum read_flags flags;
    atomic_size_t next;
};

static void *read_files(void *shared)
{
    struct work *w = shared;
    for (size_t i; (i = atomic_fetch_add(&w->next, 1)) < w->count;) {
        struct failure why;
        if (readings_add_file(&w->slots[i].readings, w->paths[i], w->flags, &why) != STATUS_OK)
            w->slots[i].why = need_text(why.text);
    }
    return NULL;
}

static void read_all(struct work *w)
{
    pthread_t threads[THREADS_MAX];
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t others = online > 1 ? (size_t)online - 1 : 0; /* this thread reads too */
    size_t wanted = w->count / FILES_A_THREAD, started = 0;
    if (wanted > others)
        wanted = others;
    if (wanted > THREADS_MAX)
        wanted = THREADS_MAX;
    while (started < wanted && pthread_create(&threads[started], NULL, read_files, w) == 0)
        started++;
    read_files(w);
    while (started > 0)
        pthread_join(threads[--started], NULL);
}

void readings_add_files(struct readings *to, char *const *paths, size_t count,
                        enum read_flags flags)
{
    struct work w = {.paths = paths,
                     .slots = need_array(count, sizeof *w.slots),
                     .count = count,
                     .flags = flags};
    json_object_seed(0); /* once, before there are threads */
    read_all(&w);
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = &w.slots[i];
        for (size_t k = 0; k < slot->readings.count; k++)
            readings_take(to, &slot->readings.list[k]);
        to->copies += slot->readings.copies;
        if (slot->why && to->skipped++ == 0)
            clean_text(to->skipped_why, sizeof to->skipped_why, slot->why);
        free(slot->readings.list);
        free(slot->readings.digests);
        free(slot->why);
    }
    free(w.slots);
}
