/* transport.h - what moves bytes between ranks: the interface of the plugin libgpubench-mpi-*.so,
 * which the processes of one host also fill in (bench/ranks/local.c).
 *
 * All calls return at once. Messages between two ranks arrive in the order in which they were sent
 * on their channel, and the receiver knows how long each is. A message has at most
 * TRANSPORT_BYTES_MAX bytes. */
#ifndef BENCH_TRANSPORT_H
#define BENCH_TRANSPORT_H

#include <stddef.h>

/* Between rank 0 and every other rank, and from each rank to the next and from the last to 0. */
enum { CHANNEL_STAR, CHANNEL_RING, CHANNELS };

enum { TRANSPORT_VERSION = 2, TRANSPORT_BYTES_MAX = 1 << 30, TRANSPORT_REQUESTS_MAX = 64 };

struct transport {
    int version;    /* TRANSPORT_VERSION of the plugin */
    char name[128]; /* "Open MPI 4.1.4" */
    int rank, size;
    int takes_threads; /* any thread may call it, one at a time */

    /* Begin to send or receive; the memory must stay until test() says that it is done. They return
     * a request, or -1 if it cannot be begun. */
    int (*send)(const void *data, size_t bytes, int to, int channel);
    int (*receive)(void *data, size_t bytes, int from, int channel);

    /* 1: done, and the request is free again; 0: not yet; -1: it failed. */
    int (*test)(int request);

    void (*leave)(void);       /* every rank calls it, at the end */
    void (*give_up)(int code); /* ends all ranks; does not return */
};

/* The plugin's only function: joins the job that the environment describes. Returns NULL with a
 * sentence in `why` if that fails. */
const struct transport *gpubench_transport(char *why, size_t why_bytes);
typedef const struct transport *gpubench_transport_function(char *why, size_t why_bytes);

#endif
