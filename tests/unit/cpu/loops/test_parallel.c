/* The parallel for: every index once, and each thread at its own share. */
#include "cpu/loops/parallel.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>

struct counted {
    unsigned char *times;
    size_t grain;
    bool is_within;
};

static void count_piece(void *context, size_t begin, size_t end)
{
    struct counted *c = context;
    if (end - begin > c->grain || begin >= end)
        __atomic_store_n(&c->is_within, false, __ATOMIC_RELAXED);
    for (size_t i = begin; i < end; i++)
        __atomic_fetch_add(&c->times[i], 1, __ATOMIC_RELAXED);
}

Test(parallel, every_index_is_done_once)
{
    static const size_t counts[] = {1, 2, 3, 7, 64, 65, 1000}, grains[] = {1, 2, 3, 64, 2000};
    for (int threads = 1; threads <= 5; threads += 2) {
        struct parallel *pool = parallel_open(threads);
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            for (size_t g = 0; g < sizeof grains / sizeof *grains; g++) {
                struct counted c = {calloc(counts[i], 1), grains[g], true};
                parallel_for(pool, counts[i], grains[g], count_piece, &c);
                for (size_t k = 0; k < counts[i]; k++)
                    cr_expect_eq(c.times[k], 1, "%d threads, %zu of %zu by %zu: %d times", threads,
                                 k, counts[i], grains[g], c.times[k]);
                cr_expect(c.is_within);
                free(c.times);
            }
        parallel_close(pool);
    }
}

enum { THREADS = 4, PIECES = 5 }; /* pieces in each share */

struct owners {
    pthread_barrier_t begun;
    pthread_t first[THREADS];
};

/* The thread that takes the first piece of a share waits until the other shares have begun. */
static void note_owner(void *context, size_t begin, size_t end)
{
    struct owners *o = context;
    (void)end;
    if (begin % PIECES == 0) {
        o->first[begin / PIECES] = pthread_self();
        pthread_barrier_wait(&o->begun);
    }
}

Test(parallel, a_thread_begins_with_the_same_share_of_every_loop, .timeout = 60)
{
    struct parallel *pool = parallel_open(THREADS);
    struct owners fill, read;
    pthread_barrier_init(&fill.begun, NULL, THREADS);
    pthread_barrier_init(&read.begun, NULL, THREADS);
    parallel_for(pool, (size_t)THREADS * PIECES, 1, note_owner, &fill);
    parallel_for(pool, (size_t)THREADS * PIECES, 1, note_owner, &read);
    cr_expect(pthread_equal(fill.first[0], pthread_self()));
    for (size_t t = 0; t < THREADS; t++)
        cr_expect(pthread_equal(fill.first[t], read.first[t]), "share %zu", t);
    parallel_close(pool);
}
