/* transfer.h - the ranks, and messages on their way between them: moved by a thread or by the
 * waiting rank, for a limited time. */
#ifndef BENCH_TRANSFER_H
#define BENCH_TRANSFER_H

#include "bench/plugin/transport.h"
#include "harness/base/clock.h"
#include "harness/base/status.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { RANK_NAME_BYTES = 96 };

/* Who a rank is; all ranks know it of all. */
struct rank_info {
    char host[64];
    char name[RANK_NAME_BYTES]; /* "rank 3 on node1" */
    int on_host;                /* its place among the ranks of its host, */
    int same_cpus;              /* and how many of them may use the same CPUs */
};

struct ranks {
    const struct transport *transport;
    int rank, size, hosts;
    struct rank_info *info;
    nanos last;    /* when the last exchange ended */
    nanos longest; /* that this rank has worked between two exchanges, or rank 0 */
    bool has_ring;
    bool is_stuck;  /* a message of the ring did not arrive; rank 0 can be reached */
    bool is_broken; /* nothing can be exchanged any more */
};

/* A message that moves while the rank works. */
struct transfer {
    int peer, channel;
    char *to; /* one of them is NULL */
    const char *from;
    size_t bytes, done, piece; /* piece: bytes of the request under way, or 0 */
    int request;
    bool is_lost;
};

/* Messages that a thread moves, from ranks_move() until ranks_moved(), which waits for the rest.
 * Meanwhile nothing else may be exchanged. The memory must stay, also after a failure. */
struct movement {
    struct ranks *ranks;
    struct transfer *list;
    size_t count;
    pthread_t thread;
    atomic_bool ends;
};
enum status ranks_move(struct movement *m, struct failure *why);
enum status ranks_moved(struct movement *m, const char *what, struct failure *why);

/* How long this rank waits for a message on a channel before it gives up; 0: for ever. */
nanos ranks_limit(const struct ranks *r, int channel);

/* This rank has failed with *why while the others wait for it: puts its name before the message,
 * with which it will end all ranks. Returns the status. */
enum status ranks_fail_alone(struct ranks *r, struct failure *why);

/* Waits for data from a peer in the ring that move without the transport, until *is_done. If look()
 * fails, this rank has failed alone. */
typedef enum status ranks_look(void *context, bool *is_done, struct failure *why);
enum status ranks_wait_until(struct ranks *r, int peer, ranks_look *look, void *context,
                             const char *what, struct failure *why);

/* Moves them while the caller waits. */
enum status ranks_wait(struct ranks *r, struct transfer *list, size_t count, const char *what,
                       struct failure *why);

#endif
