/* mpi.c - the transport over MPI: a library of its own, built once against each MPI that is there,
 * so that the program itself needs none. */
#include "bench/plugin/transport.h"

#include <mpi.h>
#include <stdio.h>
#include <string.h>

static MPI_Request requests[TRANSPORT_REQUESTS_MAX];
static int is_used[TRANSPORT_REQUESTS_MAX];

static int take(void)
{
    for (int i = 0; i < TRANSPORT_REQUESTS_MAX; i++)
        if (!is_used[i]) {
            is_used[i] = 1;
            return i;
        }
    return -1;
}

static int begun(int request, int error)
{
    if (error == MPI_SUCCESS)
        return request;
    is_used[request] = 0;
    return -1;
}

static int start_send(const void *data, size_t bytes, int to, int channel)
{
    const int r = take();
    return r < 0 ? -1
                 : begun(r, MPI_Isend(data, (int)bytes, MPI_BYTE, to, channel, MPI_COMM_WORLD,
                                      &requests[r]));
}

static int start_receive(void *data, size_t bytes, int from, int channel)
{
    const int r = take();
    return r < 0 ? -1
                 : begun(r, MPI_Irecv(data, (int)bytes, MPI_BYTE, from, channel, MPI_COMM_WORLD,
                                      &requests[r]));
}

static int test(int request)
{
    int done = 0;
    const int error = MPI_Test(&requests[request], &done, MPI_STATUS_IGNORE);
    if (done || error != MPI_SUCCESS)
        is_used[request] = 0;
    return error != MPI_SUCCESS ? -1 : done;
}

static void leave(void)
{
    MPI_Finalize();
}

static void give_up(int code)
{
    MPI_Abort(MPI_COMM_WORLD, code);
}

static struct transport transport = {.version = TRANSPORT_VERSION,
                                     .send = start_send,
                                     .receive = start_receive,
                                     .test = test,
                                     .leave = leave,
                                     .give_up = give_up};

/* "Open MPI v4.1.4, package: …" or "MPICH Version:      4.0.2\n…" as name and version. */
static void name_library(void)
{
    char text[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0, part[3] = {0};
    MPI_Get_library_version(text, &length);
    const char *v = strpbrk(text, "0123456789");
    if (!v || sscanf(v, "%d.%d.%d", &part[0], &part[1], &part[2]) < 2)
        snprintf(transport.name, sizeof transport.name, "%.40s", text);
    else
        snprintf(transport.name, sizeof transport.name, "%s %d.%d.%d",
                 strncmp(text, "Open MPI", 8) == 0 ? "Open MPI"
                 : strncmp(text, "MPICH", 5) == 0  ? "MPICH"
                                                   : "MPI",
                 part[0], part[1], part[2]);
}

__attribute__((visibility("default"))) const struct transport *gpubench_transport(char *why,
                                                                                  size_t why_bytes)
{
    int has = 0;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &has) != MPI_SUCCESS) {
        snprintf(why, why_bytes, "MPI_Init failed");
        return NULL;
    }
    transport.takes_threads = has >= MPI_THREAD_SERIALIZED;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &transport.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &transport.size);
    name_library();
    return &transport;
}
