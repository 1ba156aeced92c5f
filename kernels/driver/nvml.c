/* nvml.c - loads NVML with dlopen, in a process of its own: an NVML that hangs or crashes costs its
 * readings and nothing else. Its header is often missing, so the declarations are here. */
#define _GNU_SOURCE 1 /* SOCK_CLOEXEC */

#include "kernels/driver/nvml.h"

#include "harness/base/clock.h"
#include "harness/base/interrupt.h"
#include "kernels/driver/explain.h"

#include <ctype.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* X(name, exported symbol, parameters): all return nvmlReturn_t, 0 for success. Any may be missing.
 */
#define DEVICE struct nvml_device *device
#define NVML_SYMBOLS(X)                                                                            \
    X(init, nvmlInit_v2, (void))                                                                   \
    X(by_pci, nvmlDeviceGetHandleByPciBusId_v2, (const char *id, struct nvml_device **device))     \
    X(driver_version, nvmlSystemGetDriverVersion, (char *text, unsigned bytes))                    \
    X(power_limit, nvmlDeviceGetEnforcedPowerLimit, (DEVICE, unsigned *mw))                        \
    X(power_default, nvmlDeviceGetPowerManagementDefaultLimit, (DEVICE, unsigned *mw))             \
    X(power, nvmlDeviceGetPowerUsage, (DEVICE, unsigned *mw))                                      \
    X(energy, nvmlDeviceGetTotalEnergyConsumption, (DEVICE, unsigned long long *mj))               \
    X(temperature, nvmlDeviceGetTemperature, (DEVICE, int sensor, unsigned *celsius))              \
    X(clock, nvmlDeviceGetClockInfo, (DEVICE, int domain, unsigned *mhz))                          \
    X(clock_max, nvmlDeviceGetMaxClockInfo, (DEVICE, int domain, unsigned *mhz))                   \
    X(event_reasons, nvmlDeviceGetCurrentClocksEventReasons, (DEVICE, unsigned long long *mask))   \
    X(throttle_reasons, nvmlDeviceGetCurrentClocksThrottleReasons,                                 \
      (DEVICE, unsigned long long *mask))                                                          \
    X(mig, nvmlDeviceGetMigMode, (DEVICE, unsigned *current, unsigned *pending))                   \
    X(persistence, nvmlDeviceGetPersistenceMode, (DEVICE, int *on))                                \
    X(pcie_generation, nvmlDeviceGetCurrPcieLinkGeneration, (DEVICE, unsigned *generation))        \
    X(pcie_width, nvmlDeviceGetCurrPcieLinkWidth, (DEVICE, unsigned *lanes))                       \
    X(pcie_generation_max, nvmlDeviceGetMaxPcieLinkGeneration, (DEVICE, unsigned *generation))     \
    X(pcie_width_max, nvmlDeviceGetMaxPcieLinkWidth, (DEVICE, unsigned *lanes))                    \
    X(processes, nvmlDeviceGetComputeRunningProcesses, (DEVICE, unsigned *count, void *list))

enum {
    SENSOR_GPU = 0,
    CLOCK_SM = 1,
    ERROR_INSUFFICIENT_SIZE = 7,
    ERROR_DRIVER_NOT_LOADED = 9,
    ERROR_FUNCTION_NOT_FOUND = 13,
    ERROR_LIB_RM_VERSION_MISMATCH = 18
};

static struct {
#define X(name, symbol, parameters) int(*name) parameters;
    NVML_SYMBOLS(X)
#undef X
} nvml;

/* ---- in the process of NVML */

struct nvml_device {
    char pci[32];
    struct nvml_device *own; /* NVML's; only in its process */
};

enum { DEVICES_MAX = 64, ASK_START = -1, ASK_OPEN = -2, ASK_VERSION = -3 };
static struct nvml_device devices[DEVICES_MAX];
static size_t device_count;

struct question {
    int what; /* a quantity, or ASK_... */
    size_t device;
    char pci[32];
};

struct answer {
    int64_t value;
    char text[80];
};

/* 0, -1 if there is no library, or the error of nvmlInit_v2(). */
static int start(void)
{
    void *library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        library = dlopen(DRIVER_WSL_DIRECTORY "libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return -1;
#define X(name, symbol, parameters) *(void **)&nvml.name = dlsym(library, #symbol);
    NVML_SYMBOLS(X)
#undef X
    return nvml.init ? nvml.init() : ERROR_FUNCTION_NOT_FOUND;
}

static int64_t energy(struct nvml_device *device)
{
    unsigned long long mj = 0;
    return nvml.energy && nvml.energy(device, &mj) == 0 ? (int64_t)mj : -1;
}

static int64_t clock_reasons(struct nvml_device *device)
{
    unsigned long long mask = 0;
    if (nvml.event_reasons && nvml.event_reasons(device, &mask) == 0)
        return (int64_t)mask;
    if (nvml.throttle_reasons && nvml.throttle_reasons(device, &mask) == 0)
        return (int64_t)mask;
    return -1;
}

/* Given no room for entries, whose layout depends on the version, NVML returns their number. */
static int64_t processes(struct nvml_device *device)
{
    unsigned count = 0;
    const int error = nvml.processes ? nvml.processes(device, &count, NULL) : -1;
    if (error && error != ERROR_INSUFFICIENT_SIZE)
        return -1;
    return count;
}

/* The output of a function, an unsigned `value` as its last parameter. */
#define READ(function, ...)                                                                        \
    (nvml.function && nvml.function(device, __VA_ARGS__) == 0 ? (int64_t)value : -1)

static int64_t get(struct nvml_device *device, int what)
{
    unsigned value = 0, pending;
    int on = 0;
    switch (what) {
    case NVML_POWER_LIMIT_MW:
        return READ(power_limit, &value);
    case NVML_POWER_DEFAULT_MW:
        return READ(power_default, &value);
    case NVML_POWER_MW:
        return READ(power, &value);
    case NVML_ENERGY_MJ:
        return energy(device);
    case NVML_TEMPERATURE_C:
        return READ(temperature, SENSOR_GPU, &value);
    case NVML_SM_MHZ:
        return READ(clock, CLOCK_SM, &value);
    case NVML_SM_MAX_MHZ:
        return READ(clock_max, CLOCK_SM, &value);
    case NVML_MIG:
        return READ(mig, &value, &pending);
    case NVML_PERSISTENCE:
        return nvml.persistence && nvml.persistence(device, &on) == 0 ? on : -1;
    case NVML_PCIE_GENERATION:
        return READ(pcie_generation, &value);
    case NVML_PCIE_WIDTH:
        return READ(pcie_width, &value);
    case NVML_PCIE_GENERATION_MAX:
        return READ(pcie_generation_max, &value);
    case NVML_PCIE_WIDTH_MAX:
        return READ(pcie_width_max, &value);
    case NVML_CLOCK_REASONS:
        return clock_reasons(device);
    case NVML_PROCESSES:
        return processes(device);
    }
    return -1;
}

static int64_t open_device(const struct question *q)
{
    return nvml.by_pci ? nvml.by_pci(q->pci, &devices[q->device].own) : ERROR_FUNCTION_NOT_FOUND;
}

static int asker; /* the socket */

/* Ends the process with the one that asks, also while NVML hangs. */
static void look_at_asker(int number)
{
    (void)number;
    struct pollfd other = {.fd = asker};
    if (poll(&other, 1, 0) > 0 && other.revents & (POLLHUP | POLLERR))
        _exit(0);
}

static _Noreturn void serve(int socket)
{
    struct question q;
    const struct sigaction look = {.sa_handler = look_at_asker, .sa_flags = SA_RESTART};
    sigset_t none;
    const int nowhere = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= STDERR_FILENO; fd++) /* what an exit() would write is the other's */
        dup2(nowhere, fd);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    asker = socket;
    sigaction(SIGIO, &look, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    fcntl(socket, F_SETOWN, getpid());
    fcntl(socket, F_SETFL, O_ASYNC);
    look_at_asker(SIGIO); /* it may have ended already */
    while (recv(socket, &q, sizeof q, 0) == sizeof q) {
        struct answer a = {0};
        if (q.what == ASK_START)
            a.value = start();
        else if (q.what == ASK_OPEN)
            a.value = open_device(&q);
        else if (q.what == ASK_VERSION)
            a.value = nvml.driver_version ? nvml.driver_version(a.text, sizeof a.text) : -1;
        else
            a.value = get(devices[q.device].own, q.what);
        if (send(socket, &a, sizeof a, MSG_NOSIGNAL) != sizeof a)
            break;
    }
    _exit(0);
}

/* ---- in the process that asks */

enum { START_SECONDS = 10, ANSWER_SECONDS = 2, LOOK_MS = 50 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static int server = -1;
static pid_t server_pid;
static bool is_tried, has_hung, has_crashed;
static int init_error;

static void end_server(void)
{
    int ended = 0;
    close(server);
    server = -1;
    kill(server_pid, SIGKILL);
    waitpid(server_pid, &ended, 0);
}

/* False if NVML does not answer in time, or its process has ended; it is not asked again. */
static bool ask(const struct question *q, struct answer *a, int seconds)
{
    const nanos until = clock_now() + (nanos)seconds * 1000000000;
    struct pollfd ready = {.fd = server, .events = POLLIN};
    if (server < 0)
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
    struct answer a;
    is_tried = true;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return;
    server_pid = fork();
    if (server_pid == 0) {
        close(ends[0]);
        serve(ends[1]);
    }
    close(ends[1]);
    server = ends[0];
    if (server_pid < 0) {
        close(server);
        server = -1;
    } else if (ask(&(struct question){.what = ASK_START}, &a, START_SECONDS) && a.value != 0) {
        init_error = (int)a.value;
        end_server();
    }
}

struct nvml_device *nvml_open(const char *pci_bus_id)
{
    struct nvml_device *device = NULL;
    struct question q = {.what = ASK_OPEN};
    struct answer a;
    pthread_mutex_lock(&lock);
    if (!is_tried)
        start_server();
    while (q.device < device_count && strcmp(devices[q.device].pci, pci_bus_id) != 0)
        q.device++;
    if (q.device < DEVICES_MAX) {
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
    struct answer a;
    pthread_mutex_lock(&lock);
    const bool ok = ask(&(struct question){.what = ASK_VERSION}, &a, ANSWER_SECONDS);
    pthread_mutex_unlock(&lock);
    a.text[sizeof a.text - 1] = '\0';
    bool is_version = ok && a.value == 0;
    for (const char *c = a.text; is_version && *c; c++)
        is_version = isalnum((unsigned char)*c) || *c == '.' || *c == '-';
    snprintf(text, bytes, "%s", is_version ? a.text : "");
}

/* More than this is no reading of any card. */
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
};

int64_t nvml_get(struct nvml_device *device, enum nvml_quantity what)
{
    struct question q = {.what = (int)what};
    struct answer a;
    if (!device)
        return -1;
    q.device = (size_t)(device - devices);
    pthread_mutex_lock(&lock);
    const bool ok = ask(&q, &a, ANSWER_SECONDS);
    pthread_mutex_unlock(&lock);
    return ok && a.value >= 0 && a.value <= most[what] ? a.value : -1;
}
