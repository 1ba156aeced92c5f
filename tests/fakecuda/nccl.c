/* nccl.c - a libnccl.so.2 for rings of simulated GPUs, whose ranks are processes of one host.
 *
 * A rank sends to the next one alone, and receives from the one before. Nothing moves but while the
 * program asks for it, so a panel that is used too early still has what was there before; what a
 * rank sends must have been waited for. Sender and receiver have to agree on the bytes. A rank that
 * has ended is not noticed, as over NVLink.
 *
 *   FAKENCCL_VERSION=20604            what it says it is
 *   FAKENCCL_FAIL=ncclSend:2:3        the second call of ncclSend returns 3
 *   FAKENCCL_FLIP=2:4001:30           bit 30 of word 4001 of the second message arrives as another
 *   FAKENCCL_RANK=1                   FAIL and FLIP are for this rank alone */
#define _GNU_SOURCE 1 /* accept4 */

#include "tests/fakecuda/driver.h"

#include "kernels/ring/nccl.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { FAKE_INVALID_ARGUMENT = 4, FAKE_INVALID_USAGE = 5 };

/* One way of a link; the bytes of a message go before it. */
struct way {
    int socket;
    char *data;
    uint64_t bytes, head, done; /* done: of head and data */
};

struct ncclComm {
    int rank, ranks, listener, error;
    char name[128];
    struct way out, in;
    bool is_grouped, is_new; /* is_new: not on the stream yet */
    unsigned messages;
};

static struct ncclComm comm = {.rank = -1};

#pragma GCC visibility push(default)
#define X(name, parameters) int nccl##name parameters;
NCCL_SYMBOLS(X)
#undef X
const char *ncclGetErrorString(int error);
const char *ncclGetLastError(ncclComm_t which);
#pragma GCC visibility pop

static bool is_meant(void)
{
    const char *rank = getenv("FAKENCCL_RANK");
    return !rank || atoi(rank) == comm.rank;
}

static int fails(const char *name)
{
    static int calls;
    char wanted[40];
    int which, error;
    const char *rule = getenv("FAKENCCL_FAIL");
    return rule && sscanf(rule, "%39[^:]:%d:%d", wanted, &which, &error) == 3 && is_meant() &&
                   strcmp(wanted, name) == 0 && ++calls == which
               ? error
               : 0;
}
#define FAILS()                                                                                    \
    do {                                                                                           \
        const int failed = fails(__func__);                                                        \
        if (failed)                                                                                \
            return failed;                                                                         \
    } while (0)

static int version(void)
{
    const char *text = getenv("FAKENCCL_VERSION");
    return text ? atoi(text) : 22809;
}

int ncclGetVersion(int *out)
{
    FAILS();
    *out = version();
    return 0;
}

int ncclGetUniqueId(ncclUniqueId *id)
{
    FAILS();
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    memset(id, 0, sizeof *id);
    snprintf(id->internal, sizeof id->internal, "fakenccl %d %ld", (int)getpid(), now.tv_nsec);
    return 0;
}

static socklen_t address_of(struct sockaddr_un *address, int rank)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    const int length =
        snprintf(address->sun_path + 1, sizeof address->sun_path - 1, "%.90s %d", comm.name, rank);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
}

static int new_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int ncclCommInitRankConfig(ncclComm_t *out, int ranks, ncclUniqueId id, int rank,
                           struct nccl_config *config)
{
    struct sockaddr_un address;
    comm = (struct ncclComm){.rank = rank, .ranks = ranks, .out.socket = -1, .in.socket = -1};
    memcpy(comm.name, id.internal, sizeof comm.name);
    FAILS();
    if (config->size != sizeof *config || config->magic != 0xcafebeef || config->blocking != 0 ||
        config->version != 21400 || ranks < 2)
        return FAKE_INVALID_ARGUMENT;
    comm.listener = new_socket();
    const socklen_t length = address_of(&address, rank);
    if (comm.listener < 0 || bind(comm.listener, (struct sockaddr *)&address, length) != 0 ||
        listen(comm.listener, 1) != 0)
        return FAKE_INVALID_USAGE;
    *out = &comm;
    return NCCL_IN_PROGRESS;
}

/* Whether both neighbours are connected. */
static bool connects(void)
{
    struct sockaddr_un address;
    const socklen_t length = address_of(&address, (comm.rank + 1) % comm.ranks);
    if (comm.out.socket < 0) {
        comm.out.socket = new_socket();
        if (connect(comm.out.socket, (struct sockaddr *)&address, length) != 0) {
            close(comm.out.socket);
            comm.out.socket = -1;
        }
    }
    if (comm.in.socket < 0)
        comm.in.socket = accept4(comm.listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    return comm.out.socket >= 0 && comm.in.socket >= 0;
}

int ncclCommGetAsyncError(ncclComm_t which, int *error)
{
    FAILS();
    *error = which->error ? which->error : !connects() || which->is_new ? NCCL_IN_PROGRESS : 0;
    which->is_new = false;
    return 0;
}

int ncclCommAbort(ncclComm_t which)
{
    FAILS();
    close(which->listener);
    close(which->out.socket);
    close(which->in.socket);
    fakecuda_put_beside(NULL);
    return 0;
}

int ncclGroupStart(void)
{
    FAILS();
    comm.is_grouped = true;
    comm.out.bytes = comm.in.bytes = 0;
    comm.out.done = comm.out.head = comm.in.done = comm.in.head = 0;
    return 0;
}

static int add(struct way *way, const void *data, size_t bytes, int type, int peer, int neighbour)
{
    if (!comm.is_grouped || type != NCCL_INT8 || peer != neighbour || way->bytes ||
        !fakecuda_is_allocated(data, bytes))
        return FAKE_INVALID_ARGUMENT;
    way->data = (char *)(uintptr_t)data;
    way->bytes = bytes;
    return NCCL_IN_PROGRESS;
}

int ncclSend(const void *from, size_t count, int type, int peer, ncclComm_t which, CUstream stream)
{
    FAILS();
    return fakecuda_is_beside(stream)
               ? add(&which->out, from, count, type, peer, (which->rank + 1) % which->ranks)
               : FAKE_INVALID_ARGUMENT;
}

int ncclRecv(void *to, size_t count, int type, int peer, ncclComm_t which, CUstream stream)
{
    FAILS();
    const int before = (which->rank + which->ranks - 1) % which->ranks;
    return fakecuda_is_beside(stream) ? add(&which->in, to, count, type, peer, before)
                                      : FAKE_INVALID_ARGUMENT;
}

/* Moves what can be moved at once, of the head and then of the data. Whether that was all. */
static bool move(struct way *way, bool sends)
{
    const uint64_t head_bytes = sizeof way->head;
    while (way->bytes && way->done < head_bytes + way->bytes) {
        const bool is_head = way->done < head_bytes;
        char *at = is_head ? (char *)&way->head + way->done : way->data + (way->done - head_bytes);
        const size_t left = (size_t)((is_head ? head_bytes : head_bytes + way->bytes) - way->done);
        const ssize_t moved = sends ? send(way->socket, at, left, MSG_NOSIGNAL | MSG_DONTWAIT)
                                    : recv(way->socket, at, left, MSG_DONTWAIT);
        if (moved <= 0)
            return false;
        way->done += (uint64_t)moved;
        if (!sends && way->done == head_bytes && way->head != way->bytes) {
            comm.error = FAKE_INVALID_ARGUMENT;
            return false;
        }
    }
    return true;
}

static void flip(void)
{
    unsigned which;
    uint64_t word, bit;
    const char *rule = getenv("FAKENCCL_FLIP");
    if (rule && sscanf(rule, "%u:%lu:%lu", &which, &word, &bit) == 3 && is_meant() &&
        ++comm.messages == which)
        ((uint32_t *)(void *)comm.in.data)[word] ^= (uint32_t)1 << bit;
}

static bool exchange(void)
{
    const bool was_done = comm.in.done > 0 && comm.in.done == sizeof comm.in.head + comm.in.bytes;
    const bool is_sent = move(&comm.out, true), is_received = move(&comm.in, false);
    if (is_received && !was_done && comm.in.bytes)
        flip();
    return is_sent && is_received;
}

int ncclGroupEnd(void)
{
    FAILS();
    if (!comm.is_grouped || !fakecuda_is_idle())
        return FAKE_INVALID_USAGE;
    comm.is_grouped = false;
    comm.is_new = true;
    comm.out.head = comm.out.bytes;
    fakecuda_put_beside(exchange);
    return NCCL_IN_PROGRESS;
}

const char *ncclGetErrorString(int error)
{
    return error == FAKE_INVALID_ARGUMENT ? "invalid argument"
           : error == FAKE_INVALID_USAGE  ? "invalid usage"
           : error == 6                   ? "remote process exited or there was a network error"
                                          : "unhandled error";
}

const char *ncclGetLastError(ncclComm_t which)
{
    (void)which;
    return "";
}
