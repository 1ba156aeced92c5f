/* readings_many.c - thousands of result files, read by a few threads at once. */
#include "harness/reading/readings.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MAX = 8, FILES_A_THREAD = 64 };

/* What became of one file; `why` if it was bad. */
struct slot {
    struct readings readings;
    enum status status;
    struct failure *why;
};

struct crowd {
    char *const *paths;
    struct slot *slots;
    size_t count;
    enum read_flags flags;
    atomic_size_t next;
};

static void read_one(struct crowd *c, size_t i)
{
    struct failure why = {0};
    struct slot *slot = &c->slots[i];
    slot->status = readings_add(&slot->readings, c->paths[i], c->flags, &why);
    if (slot->status == STATUS_OK)
        return;
    slot->why = malloc(sizeof *slot->why);
    if (slot->why)
        *slot->why = why;
}

static void *work(void *crowd)
{
    struct crowd *c = crowd;
    for (size_t i; (i = atomic_fetch_add(&c->next, 1)) < c->count;)
        read_one(c, i);
    return NULL;
}

static void read_all(struct crowd *c)
{
    pthread_t threads[THREADS_MAX];
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = c->count / FILES_A_THREAD, started = 0;
    if (wanted > (size_t)(online > 1 ? online : 1) - 1)
        wanted = (size_t)(online > 1 ? online : 1) - 1;
    if (wanted > THREADS_MAX)
        wanted = THREADS_MAX;
    while (started < wanted && pthread_create(&threads[started], NULL, work, c) == 0)
        started++;
    work(c); /* this thread too, and alone if there are no others */
    while (started > 0)
        pthread_join(threads[--started], NULL);
}

/* Moves what one file gave to the end of the list. */
static bool take_over(struct readings *to, struct readings *from)
{
    for (size_t i = 0; i < from->count; i++) {
        if (!readings_reserve(to))
            return false;
        to->list[to->count++] = from->list[i];
        from->list[i] = (struct reading){0};
    }
    return true;
}

enum status readings_add_files(struct readings *to, char *const *paths, size_t count,
                               enum read_flags flags, struct failure *why)
{
    struct crowd c = {.paths = paths,
                      .slots = calloc(count + 1, sizeof *c.slots),
                      .count = count,
                      .flags = flags};
    enum status status = STATUS_OK;
    if (!c.slots)
        return fail(why, STATUS_NO_MEMORY, "no memory to read %zu files.", count);
    json_object_seed(0); /* once, before there are threads */
    read_all(&c);
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = &c.slots[i];
        if (slot->status == STATUS_NO_MEMORY || !take_over(to, &slot->readings))
            status = fail(why, STATUS_NO_MEMORY, "no memory to read %zu files.", count);
        else if (slot->status != STATUS_OK && to->skipped++ == 0 && slot->why)
            memcpy(to->skipped_why, slot->why->text, sizeof to->skipped_why);
        readings_free(&slot->readings);
        free(slot->why);
    }
    free(c.slots);
    return status;
}
