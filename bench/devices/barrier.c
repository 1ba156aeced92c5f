/* barrier.c - one socket pair per process: the child writes a byte when it is ready, the parent
 * writes one to start it, and each side notices when the other ends. */
#include "bench/devices/barrier.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The environment variable with "descriptor:processes", for barrier_enter(). */
static const char variable[] = "GPUBENCH_BARRIER";

static bool barrier_of(int *descriptor, int *count)
{
    const char *text = getenv(variable);
    return text && sscanf(text, "%d:%d", descriptor, count) == 2;
}

bool barrier_exists(void)
{
    int descriptor, count;
    return barrier_of(&descriptor, &count);
}

enum status barrier_wait(struct failure *why)
{
    static bool is_through;
    int descriptor, count;
    char byte = 'r';
    if (is_through || !barrier_of(&descriptor, &count))
        return STATUS_OK;
    is_through = true;
    ssize_t bytes = send(descriptor, &byte, 1, MSG_NOSIGNAL);
    while (bytes == 1 && (bytes = read(descriptor, &byte, 1)) < 0 && errno == EINTR)
        bytes = 1;
    /* The socket stays open until this process ends, which the parent notices because it closes. */
    if (bytes == 1)
        return STATUS_OK;
    return fail(why, STATUS_FAILED, "the process that started this one for its GPU is gone (%s).",
                bytes < 0 ? strerror(errno) : "end of file");
}

void barrier_facts(struct facts *facts)
{
    int descriptor, count;
    if (barrier_of(&descriptor, &count) && count > 1)
        facts_integer(facts, "device.at_once", count);
}

int barrier_make(int *child_end)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    *child_end = ends[1];
    return ends[0];
}

void barrier_enter(int child_end, int count)
{
    char text[32];
    snprintf(text, sizeof text, "%d:%d", child_end, count);
    setenv(variable, text, 1);
    fcntl(child_end, F_SETFD, 0);
}

int barrier_ready(int parent_end, int timeout_ms)
{
    struct pollfd wait = {.fd = parent_end, .events = POLLIN};
    char byte;
    if (poll(&wait, 1, timeout_ms) <= 0)
        return -1;
    return read(parent_end, &byte, 1) == 1;
}

void barrier_open(int parent_end)
{
    send(parent_end, "g", 1,
         MSG_NOSIGNAL); /* the child may have ended already; that is not an error here */
}
