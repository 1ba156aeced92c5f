/* nvml.c - asks NVML in a process of its own (server.h): if NVML hangs or crashes, only its
 * readings are lost. */
#define _GNU_SOURCE 1 /* SOCK_CLOEXEC */

#include "kernels/nvml/nvml.h"

#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "kernels/nvml/server.h"

#include <ctype.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A device by its place in the list, which the server knows too. */
struct nvml_device {
    char pci[32];
};

static struct nvml_device devices[NVML_DEVICES_MAX];
static size_t device_count;

enum { START_SECONDS = 10, ANSWER_SECONDS = 2, LOOK_MS = 50 };
enum { END_LOOKS = 10, END_LOOK_MS = 5 };
enum { NONE = -1 }; /* no socket, no process */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static int server = NONE;
static pid_t server_pid;
static bool is_tried, has_hung, has_crashed;
static int init_error;

/* Does not wait long for the end of the process, because a call into a broken kernel module cannot
 * be killed. */
static void end_server(void)
{
    close(server);
    server = NONE;
    kill(server_pid, SIGKILL);
    for (int looks = END_LOOKS; looks > 0 && waitpid(server_pid, NULL, WNOHANG) == 0; looks--)
        poll(NULL, 0, END_LOOK_MS);
}

/* False if NVML does not answer in time, or its process has ended; it is not asked again. */
static bool ask(const struct nvml_question *q, struct nvml_answer *a, int seconds)
{
    const nanos until = clock_now() + (nanos)seconds * 1000000000;
    struct pollfd ready = {.fd = server, .events = POLLIN};
    if (server == NONE)
        return false;
    bool ok = send(server, q, sizeof *q, MSG_NOSIGNAL) == sizeof *q;
    while (ok && poll(&ready, 1, LOOK_MS) <= 0)
        if (clock_now() > until || interrupt_requested()) {
            has_hung = true;
            ok = false;
        }
    ok = ok && recv(server, a, sizeof *a, MSG_DONTWAIT) == sizeof *a;
    if (ok)
        return true;
    has_crashed = !has_hung;
    end_server();
    return false;
}

static void start_server(void)
{
    int ends[2];
    struct nvml_answer a;
    is_tried = true;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return;
    server_pid = fork();
    if (server_pid == 0) {
        close(ends[0]);
        nvml_serve(ends[1]);
    }
    close(ends[1]);
    if (server_pid == NONE) {
        close(ends[0]);
        return;
    }
    server = ends[0];
    if (ask(&(struct nvml_question){.what = ASK_START}, &a, START_SECONDS) && a.value != 0) {
        init_error = (int)a.value;
        end_server();
    }
}

struct nvml_device *nvml_open(const char *pci_bus_id)
{
    struct nvml_device *device = NULL;
    struct nvml_question q = {.what = ASK_OPEN};
    struct nvml_answer a;
    pthread_mutex_lock(&lock);
    if (!is_tried)
        start_server();
    while (q.device < device_count && strcmp(devices[q.device].pci, pci_bus_id) != 0)
        q.device++;
    if (q.device < NVML_DEVICES_MAX) {
        snprintf(q.pci, sizeof q.pci, "%s", pci_bus_id);
        if (ask(&q, &a, ANSWER_SECONDS) && a.value == 0) {
            device = &devices[q.device];
            memcpy(device->pci, q.pci, sizeof device->pci);
            device_count += q.device == device_count;
        }
    }
    pthread_mutex_unlock(&lock);
    return device;
}

const char *nvml_why_not(const char **advice)
{
    *advice = "install libnvidia-ml1; in a container: NVIDIA_DRIVER_CAPABILITIES=compute,utility";
    if (has_hung || has_crashed) {
        *advice = "nvidia-smi uses the same library: if it fails too, install the driver again";
        return has_hung ? "it does not answer: clocks stay unknown"
                        : "it crashed: clocks stay unknown";
    }
    if (init_error == ERROR_LIB_RM_VERSION_MISMATCH) {
        *advice = "the driver was updated while the old one runs: start the machine again, or "
                  "reload the nvidia modules; in a container, restart it";
        return "driver/library version mismatch: clocks stay unknown";
    }
    if (init_error == ERROR_DRIVER_NOT_LOADED)
        return "it does not reach the kernel module: clocks stay unknown";
    return init_error > 0 ? "it does not start: clocks stay unknown"
                          : "not found: clocks stay unknown";
}

void nvml_driver_version(char *text, size_t bytes)
{
    struct nvml_answer a;
    pthread_mutex_lock(&lock);
    const bool ok = ask(&(struct nvml_question){.what = ASK_VERSION}, &a, ANSWER_SECONDS);
    pthread_mutex_unlock(&lock);
    a.text[sizeof a.text - 1] = '\0';
    bool is_version = ok && a.value == 0;
    for (const char *c = a.text; is_version && *c; c++)
        is_version = isalnum((unsigned char)*c) || *c == '.' || *c == '-';
    snprintf(text, bytes, "%s", is_version ? a.text : "");
}

/* No card has readings above these. */
static const int64_t most[] = {
    [NVML_POWER_LIMIT_MW] = 10000000,
    [NVML_POWER_DEFAULT_MW] = 10000000,
    [NVML_POWER_MW] = 10000000,
    [NVML_ENERGY_MJ] = INT64_C(1) << 50, /* ten years at 3 kW */
    [NVML_TEMPERATURE_C] = 200,
    [NVML_SM_MHZ] = 10000,
    [NVML_SM_MAX_MHZ] = 10000,
    [NVML_CLOCK_REASONS] = 0xffff,
    [NVML_MIG] = 1,
    [NVML_PERSISTENCE] = 1,
    [NVML_PCIE_GENERATION] = 16,
    [NVML_PCIE_WIDTH] = 64,
    [NVML_PCIE_GENERATION_MAX] = 16,
    [NVML_PCIE_WIDTH_MAX] = 64,
    [NVML_PROCESSES] = 100000,
    [NVML_MEMORY_TEMPERATURE_C] = 200,
    [NVML_ECC_CORRECTED] = INT64_MAX,
    [NVML_ECC_UNCORRECTED] = INT64_MAX,
    [NVML_ROWS_REMAPPED] = 1000000,
    [NVML_ROWS_REMAPPED_UNCORRECTED] = 1000000,
    [NVML_REMAPPING_PENDING] = 1,
    [NVML_REMAPPING_FAILED] = 1,
    [NVML_PCIE_REPLAYS] = INT64_MAX,
    [NVML_NVLINK_ERRORS] = INT64_MAX,
    [NVML_NVLINKS] = 64,
    [NVML_NVLINK_MB_PER_S] = 10000000,
    [NVML_NEXT_XID] = 100000,
};

int64_t nvml_get(struct nvml_device *device, enum nvml_quantity what)
{
    struct nvml_question q = {.what = (int)what};
    struct nvml_answer a;
    if (!device)
        return -1;
    q.device = (size_t)(device - devices);
    pthread_mutex_lock(&lock);
    const bool ok = ask(&q, &a, ANSWER_SECONDS);
    pthread_mutex_unlock(&lock);
    return ok && a.value >= 0 && a.value <= most[what] ? a.value : -1;
}
