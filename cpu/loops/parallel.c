/* parallel.c - the pool of threads and the division of a loop into shares and pieces. */
#include "cpu/loops/parallel.h"

#include "harness/base/need.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

/* The part of a loop that a thread begins with. */
struct share {
    _Alignas(64) size_t next; /* where its next piece begins; atomic, in a cache line of its own */
    size_t end;
};

struct worker {
    struct parallel *pool;
    size_t index; /* from 1 on; the caller of a loop is 0 */
    pthread_t thread;
};

struct parallel {
    pthread_mutex_t mutex;
    pthread_cond_t wake, done;
    pthread_barrier_t all_here; /* while parallel_keep() runs */
    struct worker *workers;
    int worker_count;

    /* The current loop. All members except share[].next are written under the mutex, while no
     * worker is in a loop. */
    unsigned long loop; /* counts loops: when it changes, workers begin a new one */
    parallel_body *body;
    void *context;
    size_t grain;
    struct share *shares; /* one for each thread */
    int unfinished;       /* workers still in this loop */
    bool closing;
};

/* Thread `index`'s own share, then what is left of the others'. */
static void do_pieces(struct parallel *p, size_t index)
{
    const size_t threads = (size_t)p->worker_count + 1;
    for (size_t i = 0; i < threads; i++) {
        struct share *s = &p->shares[(index + i) % threads];
        size_t begin;
        while ((begin = __atomic_fetch_add(&s->next, p->grain, __ATOMIC_RELAXED)) < s->end) {
            const size_t left = s->end - begin;
            p->body(p->context, begin, begin + (left < p->grain ? left : p->grain));
        }
    }
}

/* Shares of whole pieces, as equal as they can be. */
static void divide(struct parallel *p, size_t count)
{
    const size_t threads = (size_t)p->worker_count + 1, pieces = (count + p->grain - 1) / p->grain;
    for (size_t t = 0; t < threads; t++) {
        const size_t end = pieces * (t + 1) / threads * p->grain;
        p->shares[t].next = pieces * t / threads * p->grain;
        p->shares[t].end = end < count ? end : count;
    }
}

static void *worker_main(void *argument)
{
    struct worker *self = argument;
    struct parallel *p = self->pool;
    unsigned long seen = 0;

    pthread_mutex_lock(&p->mutex);
    for (;;) {
        while (p->loop == seen && !p->closing)
            pthread_cond_wait(&p->wake, &p->mutex);
        if (p->closing)
            break;
        seen = p->loop;
        pthread_mutex_unlock(&p->mutex);
        do_pieces(p, self->index);
        pthread_mutex_lock(&p->mutex);
        if (--p->unfinished == 0)
            pthread_cond_signal(&p->done);
    }
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

struct parallel *parallel_open(int threads)
{
    struct parallel *p = need(sizeof *p);
    size_t wanted = threads > 1 ? (size_t)threads - 1 : 0;

    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->wake, NULL);
    pthread_cond_init(&p->done, NULL);
    p->workers = need_array(wanted ? wanted : 1, sizeof *p->workers);
    p->shares = aligned_alloc(64, (wanted + 1) * sizeof *p->shares);
    if (!p->shares)
        need_failed((wanted + 1) * sizeof *p->shares);
    while ((size_t)p->worker_count < wanted) {
        struct worker *w = &p->workers[p->worker_count];
        *w = (struct worker){.pool = p, .index = (size_t)p->worker_count + 1};
        const int error = pthread_create(&w->thread, NULL, worker_main, w);
        if (error) {
            errno = error;
            break;
        }
        p->worker_count++;
    }
    return p;
}

void parallel_close(struct parallel *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->mutex);
    p->closing = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->mutex);
    for (int i = 0; i < p->worker_count; i++)
        pthread_join(p->workers[i].thread, NULL);
    pthread_cond_destroy(&p->done);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->mutex);
    free(p->workers);
    free(p->shares);
    free(p);
}

struct keeping {
    struct parallel *pool;
    const struct places *places;
    size_t count;
};

/* Piece i is thread i's own; none may take another's before all have begun. */
static void keep_thread(void *context, size_t begin, size_t end)
{
    const struct keeping *k = context;
    (void)end;
    pthread_barrier_wait(&k->pool->all_here);
    if (begin > 0)
        places_keep(k->places, k->count, 0, begin);
}

void parallel_keep(struct parallel *p, const struct places *places, size_t count)
{
    const size_t threads = (size_t)p->worker_count + 1;
    struct keeping keeping = {p, places, count};
    if (threads == 1)
        return;
    pthread_barrier_init(&p->all_here, NULL, (unsigned)threads);
    parallel_for(p, threads, 1, keep_thread, &keeping);
    pthread_barrier_destroy(&p->all_here);
}

int parallel_threads(const struct parallel *p)
{
    return p->worker_count + 1;
}

void parallel_for(struct parallel *p, size_t count, size_t grain, parallel_body *body,
                  void *context)
{
    if (p->worker_count == 0 || count <= grain) {
        for (size_t begin = 0; begin < count; begin += grain)
            body(context, begin, count - begin < grain ? count : begin + grain);
        return;
    }
    pthread_mutex_lock(&p->mutex);
    p->body = body;
    p->context = context;
    p->grain = grain;
    divide(p, count);
    p->unfinished = p->worker_count;
    p->loop++;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->mutex);

    do_pieces(p, 0);

    pthread_mutex_lock(&p->mutex);
    while (p->unfinished)
        pthread_cond_wait(&p->done, &p->mutex);
    pthread_mutex_unlock(&p->mutex);
}
