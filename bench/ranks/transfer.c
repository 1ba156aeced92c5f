/* transfer.c - moves messages between ranks, and waits for them. */
#include "bench/ranks/transfer.h"

#include "harness/base/interrupt.h"

#include <sched.h>
#include <string.h>
#include <time.h>

/* Ranks have the same amount of work, but not the same speed. The limit is shortest in the ring,
 * longer on rank 0 and longest on the other ranks, so that rank 0 gets a neighbour's report before
 * it gives up, and prints the reason before the others give up. */
static const double patience = 20, later_seconds = 10;

nanos ranks_limit(const struct ranks *r, int channel)
{
    const double asked = clock_hang_seconds();
    double s = asked + patience * 1e-9 * (double)r->longest;
    int later = channel == CHANNEL_RING ? 0 : (r->rank > 0) + r->has_ring;
    if (!(asked > 0))
        return 0;
    while (later-- > 0)
        s = 1.5 * s + later_seconds;
    return (nanos)(s * 1e9);
}

/* Waits a little, longer the longer it has waited, because the ranks may share their CPUs. Not in a
 * ring, where a link that carries little at a time would wait for its rank. */
static void rest(nanos waited, int channel)
{
    enum { SPIN_NS = 20000, LEAST_NS = 10000, MOST_NS = 1000000, SHARE = 64 };
    const nanos share = channel == CHANNEL_RING ? 0 : waited / SHARE;
    const nanos pause = share < LEAST_NS ? LEAST_NS : share > MOST_NS ? MOST_NS : share;
    if (waited < SPIN_NS)
        sched_yield();
    else
        nanosleep(&(struct timespec){.tv_nsec = (long)pause}, NULL);
}

/* In pieces that the transport takes. Whether all of it has moved. */
static bool step(const struct transport *t, struct transfer *x)
{
    while (x->done < x->bytes && !x->is_lost) {
        if (!x->piece) {
            const size_t left = x->bytes - x->done;
            x->piece = left < TRANSPORT_BYTES_MAX ? left : TRANSPORT_BYTES_MAX;
            x->request = x->from ? t->send(x->from + x->done, x->piece, x->peer, x->channel)
                                 : t->receive(x->to + x->done, x->piece, x->peer, x->channel);
        }
        const int moved = x->request < 0 ? -1 : t->test(x->request);
        if (moved == 0)
            return false;
        if (moved > 0)
            x->done += x->piece;
        x->is_lost = moved < 0;
        x->piece = 0;
    }
    return !x->is_lost;
}

/* The first message that has not arrived; NULL if all have. */
static const struct transfer *move_on(const struct transport *t, struct transfer *list,
                                      size_t count)
{
    const struct transfer *left = NULL;
    for (size_t i = 0; i < count; i++)
        if (!step(t, &list[i]) && (!left || list[i].is_lost))
            left = &list[i];
    return left;
}

static enum status give_up(struct ranks *r, const struct transfer *x, nanos waited,
                           const char *what, struct failure *why)
{
    const char *name = r->info[x->peer].name;
    const int interrupted = interrupt_requested();
    if (x->channel == CHANNEL_RING && !interrupted)
        r->is_stuck = true;
    else
        r->is_broken = true;
    if (interrupted)
        return fail(why, STATUS_INTERRUPTED,
                    "ended by signal %d; a launcher sends it when another rank has failed, and "
                    "names that rank. Nothing was saved",
                    interrupted);
    if (x->is_lost)
        return fail(why, STATUS_FAILED,
                    "%s is gone (%s): its process ended, or its connection was lost; its own "
                    "messages say more, if there are any",
                    name, what);
    return fail(why, STATUS_FAILED,
                "%s has not answered for %.0f s (%s): it hangs, or its network does; all ranks are "
                "ended, look at that host",
                name, 1e-9 * (double)waited, what);
}

enum status ranks_wait(struct ranks *r, struct transfer *list, size_t count, const char *what,
                       struct failure *why)
{
    const nanos start = clock_now();
    r->longest = start - r->last > r->longest ? start - r->last : r->longest;
    const nanos limit = count ? ranks_limit(r, list->channel) : 0;
    const struct transfer *left;
    while ((left = move_on(r->transport, list, count))) {
        const nanos waited = clock_now() - start;
        if (left->is_lost || interrupt_requested() || (limit && waited > limit)) {
            r->last = clock_now(); /* this wait does not lengthen the next limit */
            return give_up(r, left, waited, what, why);
        }
        rest(waited, left->channel);
    }
    r->last = clock_now();
    return STATUS_OK;
}

enum status ranks_fail_alone(struct ranks *r, struct failure *why)
{
    r->is_broken = true;
    return fail(why, why->status, "%s: %.900s", r->info[r->rank].name, why->text);
}

enum status ranks_wait_until(struct ranks *r, int peer, ranks_look *look, void *context,
                             const char *what, struct failure *why)
{
    const struct transfer from_peer = {.peer = peer, .channel = CHANNEL_RING};
    const nanos start = clock_now();
    r->longest = start - r->last > r->longest ? start - r->last : r->longest;
    const nanos limit = ranks_limit(r, CHANNEL_RING);
    for (bool is_done = false;;) {
        if (look(context, &is_done, why) != STATUS_OK)
            return ranks_fail_alone(r, why);
        const nanos waited = clock_now() - start;
        r->last = clock_now();
        if (is_done)
            return STATUS_OK;
        if (interrupt_requested() || (limit && waited > limit))
            return give_up(r, &from_peer, waited, what, why);
        rest(waited, CHANNEL_RING);
    }
}

static void *move_meanwhile(void *context)
{
    struct movement *m = context;
    const nanos start = clock_now();
    while (!atomic_load(&m->ends)) {
        const struct transfer *left = move_on(m->ranks->transport, m->list, m->count);
        if (!left || left->is_lost)
            break;
        rest(clock_now() - start, left->channel);
    }
    return NULL;
}

enum status ranks_move(struct movement *m, struct failure *why)
{
    atomic_init(&m->ends, false);
    const int error = pthread_create(&m->thread, NULL, move_meanwhile, m);
    return error ? fail(why, STATUS_FAILED, "a thread for the exchange cannot be started: %s",
                        strerror(error))
                 : STATUS_OK;
}

enum status ranks_moved(struct movement *m, const char *what, struct failure *why)
{
    atomic_store(&m->ends, true);
    pthread_join(m->thread, NULL);
    return ranks_wait(m->ranks, m->list, m->count, what, why);
}
