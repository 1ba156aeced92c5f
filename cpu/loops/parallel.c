/* parallel.c - see parallel.h. */
#include "cpu/loops/parallel.h"

#include "harness/base/need.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct parallel {
    pthread_mutex_t mutex;
    pthread_cond_t wake, done;
    pthread_t *workers;
    int worker_count;

    /* The current loop. All members except next are written under the mutex, while no worker is in
     * a loop. */
    unsigned long loop; /* counts loops: when it changes, workers begin a new one */
    parallel_body *body;
    void *context;
    size_t count, grain;
    size_t next;    /* where the next piece begins; atomic */
    int unfinished; /* workers still in this loop */
    bool closing;
};

static void do_pieces(struct parallel *p)
{
    for (;;) {
        size_t begin = __atomic_fetch_add(&p->next, p->grain, __ATOMIC_RELAXED);
        if (begin >= p->count)
            return;
        size_t left = p->count - begin;
        p->body(p->context, begin, begin + (left < p->grain ? left : p->grain));
    }
}

static void *worker_main(void *argument)
{
    struct parallel *p = argument;
    unsigned long seen = 0;

    pthread_mutex_lock(&p->mutex);
    for (;;) {
        while (p->loop == seen && !p->closing)
            pthread_cond_wait(&p->wake, &p->mutex);
        if (p->closing)
            break;
        seen = p->loop;
        pthread_mutex_unlock(&p->mutex);
        do_pieces(p);
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
    while ((size_t)p->worker_count < wanted) {
        const int error = pthread_create(&p->workers[p->worker_count], NULL, worker_main, p);
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
        pthread_join(p->workers[i], NULL);
    pthread_cond_destroy(&p->done);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->mutex);
    free(p->workers);
    free(p);
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
    p->count = count;
    p->grain = grain;
    p->next = 0;
    p->unfinished = p->worker_count;
    p->loop++;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->mutex);

    do_pieces(p);

    pthread_mutex_lock(&p->mutex);
    while (p->unfinished)
        pthread_cond_wait(&p->done, &p->mutex);
    pthread_mutex_unlock(&p->mutex);
}
