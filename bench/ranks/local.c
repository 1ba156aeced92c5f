/* local.c - the processes, and the transport between them. */
#include "bench/ranks/local.h"

#include "bench/devices/children.h"
#include "bench/ranks/launcher.h"
#include "bench/terminal/words.h"
#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "harness/text/append.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 64, LOOK_NS = 20000000 };

/* The environment variable of a rank: "rank:size:device", and for each rank that it has a socket to
 * ":channel.rank=socket". */
static const char variable[] = "GPUBENCH_RANKS";

/* ---- in a rank: the transport; of a channel, one message at a time goes each way ---- */

static bool is_rank;
static int own_device = -1, sockets[CHANNELS][MOST];

static struct request {
    char *data;
    size_t left;
    int socket;
    bool sends, is_used;
} requests[TRANSPORT_REQUESTS_MAX];

static int begin(char *data, size_t bytes, int socket, bool sends)
{
    for (int i = 0; i < TRANSPORT_REQUESTS_MAX; i++)
        if (!requests[i].is_used) {
            requests[i] = (struct request){data, bytes, socket, sends, true};
            return i;
        }
    return -1;
}

static int start_send(const void *data, size_t bytes, int to, int channel)
{
    return begin((char *)(uintptr_t)data, bytes, sockets[channel][to], true);
}

static int start_receive(void *data, size_t bytes, int from, int channel)
{
    return begin(data, bytes, sockets[channel][from], false);
}

static int test(int request)
{
    struct request *r = &requests[request];
    while (r->left > 0) {
        const ssize_t moved = r->sends
                                  ? send(r->socket, r->data, r->left, MSG_DONTWAIT | MSG_NOSIGNAL)
                                  : recv(r->socket, r->data, r->left, MSG_DONTWAIT);
        if (moved < 0 && errno == EAGAIN)
            return 0;
        if (moved <= 0) {
            r->is_used = false;
            return -1;
        }
        r->data += moved;
        r->left -= (size_t)moved;
    }
    r->is_used = false;
    return 1;
}

static void leave(void) {}

static struct transport transport = {.version = TRANSPORT_VERSION,
                                     .name = "processes of one host",
                                     .takes_threads = 1,
                                     .send = start_send,
                                     .receive = start_receive,
                                     .test = test,
                                     .leave = leave,
                                     .give_up = _exit};

const struct transport *local_transport(void)
{
    const char *text = getenv(variable);
    int used = 0, channel, peer, descriptor;
    if (!text ||
        sscanf(text, "%d:%d:%d%n", &transport.rank, &transport.size, &own_device, &used) != 3 ||
        transport.size > MOST)
        return NULL;
    for (; sscanf(text += used, ":%d.%d=%d%n", &channel, &peer, &descriptor, &used) == 3;) {
        if (channel < 0 || channel >= CHANNELS || peer < 0 || peer >= MOST)
            return NULL;
        sockets[channel][peer] = descriptor;
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    is_rank = true;
    return &transport;
}

bool local_is_rank(void)
{
    return is_rank;
}

int local_device(void)
{
    return own_device;
}

/* ---- in the process that starts them ---- */

/* A pair of sockets, and the ranks that have its ends. */
struct link {
    int channel, rank[2], end[2];
};

struct group {
    int count, device[MOST]; /* -1: a CPU's rank */
    struct link links[2 * MOST];
    size_t link_count;
    pid_t pid[MOST]; /* 0: has ended */
    int code;        /* of rank 0 */
    bool is_unread;  /* standard output was closed by its reader, so rank 0 ended by SIGPIPE */
};

/* The number of --ranks. */
static enum status read_count(const char *text, struct group *g, struct failure *why)
{
    uint64_t count;
    if (words_parse_whole("ranks", text, 1, MOST, &count, why) != STATUS_OK)
        return why->status;
    for (g->count = 0; g->count < (int)count; g->count++)
        g->device[g->count] = -1;
    return STATUS_OK;
}

static enum status read_list(const char *list, struct group *g, struct failure *why)
{
    int all = 0;
    if (strcmp(list, "all") == 0) {
        if (children_count(&all, why) != STATUS_OK)
            return why->status;
        for (g->count = 0; g->count < all && g->count < MOST; g->count++)
            g->device[g->count] = g->count;
        return STATUS_OK;
    }
    for (const char *at = list; g->count < MOST; at++) {
        char *end;
        const long device = strtol(at, &end, 10);
        if (!isdigit((unsigned char)*at) || (*end && *end != ',') || device > 9999)
            break;
        g->device[g->count++] = (int)device;
        if (!*end)
            return STATUS_OK;
        at = end;
    }
    return fail(why, STATUS_USAGE,
                "--devices is a list of GPUs, at most %d, as in 0,1, or all; not \"%s\".", MOST,
                list);
}

/* Does not return. */
static void become(const struct options *o, const struct group *g, int rank)
{
    char text[32 + 24 * (MOST + 2)];
    snprintf(text, sizeof text, "%d:%d:%d", rank, g->count, g->device[rank]);
    for (size_t i = 0; i < 2 * g->link_count; i++) {
        const struct link *l = &g->links[i / 2];
        const size_t mine = i % 2;
        if (l->rank[mine] != rank)
            continue;
        fcntl(l->end[mine], F_SETFD, 0);
        append_text(text, sizeof text, ":%d.%d=%d", l->channel, l->rank[1 - mine], l->end[mine]);
    }
    setenv(variable, text, 1);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    execv("/proc/self/exe", o->argv);
    dprintf(STDERR_FILENO, "gpubench: cannot start itself again: %s\n", strerror(errno));
    _exit(1);
}

static void end_all(const struct group *g, int signal_number)
{
    for (int r = 0; r < g->count; r++)
        if (g->pid[r] > 0)
            kill(g->pid[r], signal_number);
}

static bool link_ranks(struct group *g, int channel, int a, int b)
{
    struct link *l = &g->links[g->link_count];
    *l = (struct link){.channel = channel, .rank = {a, b}};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, l->end) != 0)
        return false;
    g->link_count++;
    return true;
}

/* Two ranks are neighbours of the ring on both sides, by one link. */
static bool link_all(struct group *g)
{
    const int last = g->count > 2 ? g->count : g->count - 1;
    bool is_made = true;
    for (int r = 1; r < g->count && is_made; r++)
        is_made = link_ranks(g, CHANNEL_STAR, 0, r);
    for (int r = 0; r < last && is_made; r++)
        is_made = link_ranks(g, CHANNEL_RING, r, (r + 1) % g->count);
    return is_made;
}

static enum status start_all(const struct options *o, struct group *g, struct failure *why)
{
    bool is_made = link_all(g);
    for (int r = 0; r < g->count && is_made; r++) {
        g->pid[r] = fork();
        if (g->pid[r] == 0)
            become(o, g, r);
        is_made = g->pid[r] > 0;
    }
    const int error = errno;
    for (size_t i = 0; i < 2 * g->link_count; i++)
        close(g->links[i / 2].end[i % 2]);
    if (is_made)
        return STATUS_OK;
    end_all(g, SIGKILL);
    return fail(why, STATUS_FAILED, "cannot start %d processes: %s", g->count, strerror(error));
}

/* Takes note of a rank that has ended. Returns whether it failed. */
static bool note_end(struct group *g, pid_t pid, int ended, struct failure *why)
{
    int rank = 0;
    while (rank + 1 < g->count && g->pid[rank] != pid)
        rank++;
    g->pid[rank] = 0;
    if (rank == 0 && WIFSIGNALED(ended) && WTERMSIG(ended) == SIGPIPE)
        g->is_unread = true;
    else if (WIFSIGNALED(ended) && !*why->text && WTERMSIG(ended) != SIGTERM)
        fail(why, STATUS_FAILED, "rank %d (/%s:%d) was ended by signal %d.", rank,
             g->device[rank] < 0 ? "cpu" : "gpu", g->device[rank] < 0 ? 0 : g->device[rank],
             WTERMSIG(ended));
    if (rank == 0)
        g->code = WIFEXITED(ended) ? WEXITSTATUS(ended) : 1;
    return !WIFEXITED(ended) || WEXITSTATUS(ended) != 0;
}

/* Waits for all. Once one has failed, the others get some seconds to say why. */
static void wait_for_all(struct group *g, struct failure *why)
{
    const nanos grace = 5000000000;
    nanos failed_at = 0;
    bool was_interrupted = false, was_killed = false;
    struct failure by_us = {.text = "-"}; /* no messages about ranks that were killed here */
    for (int left = g->count; left > 0;) {
        int ended;
        const pid_t pid = waitpid(-1, &ended, WNOHANG);
        if (pid > 0) {
            left--;
            if (note_end(g, pid, ended, was_killed ? &by_us : why) && !failed_at)
                failed_at = clock_now();
            continue;
        }
        if (interrupt_requested() && !was_interrupted) {
            end_all(g, SIGTERM);
            was_interrupted = true;
        }
        if (failed_at && !was_killed && clock_now() - failed_at > grace) {
            end_all(g, SIGKILL);
            was_killed = true;
        }
        nanosleep(&(struct timespec){.tv_nsec = LOOK_NS}, NULL);
    }
}

static enum status status_of(int code)
{
    static const enum status statuses[] = {STATUS_USAGE, STATUS_PUBLISH_FAILED, STATUS_NO_DEVICE};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (exit_code(statuses[i]) == code)
            return statuses[i];
    return code == 0 ? STATUS_OK : STATUS_FAILED;
}

enum status local_run(const struct options *options, bool *is_begun, struct failure *why)
{
    struct group group = {.code = 1};
    *is_begun = false;
    if (options->device_is_given || options->all_devices)
        return fail(why, STATUS_USAGE,
                    "--devices names the GPUs that do one problem together: leave out --device and "
                    "--all-devices.");
    enum status status = launcher_check_single(options->ranks ? "--ranks" : "--devices", why);
    if (status == STATUS_OK)
        status = options->ranks ? read_count(options->ranks, &group, why)
                                : read_list(options->together, &group, why);
    if (status == STATUS_OK)
        status = start_all(options, &group, why);
    if (status != STATUS_OK)
        return status;
    *is_begun = true;
    *why->text = '\0';
    wait_for_all(&group, why);
    if (interrupt_requested() && group.code != 0)
        return fail(why, STATUS_INTERRUPTED, "interrupted by signal %d, which ended all ranks",
                    interrupt_requested());
    if (group.is_unread) { /* end as a process without ranks does */
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    return why->status = *why->text ? STATUS_FAILED : status_of(group.code);
}
