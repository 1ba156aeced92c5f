/* server.c - loads NVML with dlopen and calls it. Its header is often missing, so the declarations
 * are here. */
#define _GNU_SOURCE 1 /* O_ASYNC */

#include "kernels/nvml/server.h"

#include "kernels/driver/explain.h"
#include "kernels/nvml/quantity.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

struct field { /* nvmlFieldValue_t */
    unsigned id, scope;
    long long when, latency;
    int type, error;
    union {
        unsigned of_32;
        unsigned long long of_64;
    } value;
};

struct event { /* nvmlEventData_t */
    struct nvml_device *device;
    unsigned long long type, data;
    unsigned gpu_instance, compute_instance;
};

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
    X(processes, nvmlDeviceGetComputeRunningProcesses, (DEVICE, unsigned *count, void *list))      \
    X(ecc, nvmlDeviceGetTotalEccErrors, (DEVICE, int kind, int since, unsigned long long *count))  \
    X(remapped, nvmlDeviceGetRemappedRows,                                                         \
      (DEVICE, unsigned *corrected, unsigned *uncorrected, unsigned *pending, unsigned *failed))   \
    X(pcie_replays, nvmlDeviceGetPcieReplayCounter, (DEVICE, unsigned *count))                     \
    X(nvlink_state, nvmlDeviceGetNvLinkState, (DEVICE, unsigned link, int *is_active))             \
    X(fields, nvmlDeviceGetFieldValues, (DEVICE, int count, struct field *values))                 \
    X(event_set, nvmlEventSetCreate, (void **set))                                                 \
    X(register_events, nvmlDeviceRegisterEvents, (DEVICE, unsigned long long types, void *set))    \
    X(event_wait, nvmlEventSetWait_v2, (void *set, struct event *event, unsigned timeout_ms))

enum {
    SENSOR_GPU = 0,
    CLOCK_SM = 1,
    ECC_VOLATILE = 0, /* since the driver was loaded */
    EVENT_XID = 8,
    FIELD_MEMORY_TEMPERATURE = 82,
    FIELD_NVLINK_MB_PER_S = 90,
    NVLINKS_MAX = 64,
    FIELD_UNSIGNED = 1,
    UNKNOWN = -1, /* no library, or an answer that there is not */
    ERROR_INSUFFICIENT_SIZE = 7,
    ERROR_TIMEOUT = 10,
    ERROR_FUNCTION_NOT_FOUND = 13
};

static struct {
#define X(name, symbol, parameters) int(*name) parameters;
    NVML_SYMBOLS(X)
#undef X
} nvml;

/* NVML's own devices, by the same index as the parent's list. */
static struct nvml_device *devices[NVML_DEVICES_MAX];

/* 0, UNKNOWN if there is no library, or the error of nvmlInit_v2(). */
static int start(void)
{
    void *library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        library = dlopen(DRIVER_WSL_DIRECTORY "libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return UNKNOWN;
#define X(name, symbol, parameters) *(void **)&nvml.name = dlsym(library, #symbol);
    NVML_SYMBOLS(X)
#undef X
    return nvml.init ? nvml.init() : ERROR_FUNCTION_NOT_FOUND;
}

static int64_t energy(struct nvml_device *device)
{
    unsigned long long mj;
    return nvml.energy && nvml.energy(device, &mj) == 0 ? (int64_t)mj : UNKNOWN;
}

static int64_t clock_reasons(struct nvml_device *device)
{
    unsigned long long mask;
    if (nvml.event_reasons && nvml.event_reasons(device, &mask) == 0)
        return (int64_t)mask;
    if (nvml.throttle_reasons && nvml.throttle_reasons(device, &mask) == 0)
        return (int64_t)mask;
    return UNKNOWN;
}

/* Given no room for entries, whose layout depends on the version, NVML returns their number. */
static int64_t processes(struct nvml_device *device)
{
    unsigned count = 0;
    const int error = nvml.processes ? nvml.processes(device, &count, NULL) : UNKNOWN;
    if (error && error != ERROR_INSUFFICIENT_SIZE)
        return UNKNOWN;
    return count;
}

static int64_t ecc_errors(struct nvml_device *device, int kind)
{
    unsigned long long count;
    return nvml.ecc && nvml.ecc(device, kind, ECC_VOLATILE, &count) == 0 ? (int64_t)count : UNKNOWN;
}

static int64_t remapped(struct nvml_device *device, int what)
{
    unsigned rows[4];
    if (!nvml.remapped || nvml.remapped(device, &rows[0], &rows[1], &rows[2], &rows[3]) != 0)
        return UNKNOWN;
    return rows[what - NVML_ROWS_REMAPPED];
}

/* The value of a field that is an unsigned number of any type. */
static int64_t field(struct nvml_device *device, unsigned id)
{
    struct field f = {.id = id};
    if (!nvml.fields || nvml.fields(device, 1, &f) != 0 || f.error)
        return UNKNOWN;
    return f.type == FIELD_UNSIGNED ? (int64_t)f.value.of_32 : (int64_t)f.value.of_64;
}

/* All kinds of errors of all links; a card without NVLink has none of them. */
static int64_t nvlink_errors(struct nvml_device *device)
{
    static const unsigned totals[] = {38, 45, 52, 59}; /* CRC of flits and data, replay, recovery */
    int64_t sum = 0;
    bool is_known = false;
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++) {
        const int64_t count = field(device, totals[i]);
        if (count == UNKNOWN)
            continue;
        sum += count;
        is_known = true;
    }
    return is_known ? sum : UNKNOWN;
}

/* NVML returns an error for a number that no link has. */
static int64_t active_nvlinks(struct nvml_device *device)
{
    int64_t count = 0;
    int is_active;
    if (!nvml.nvlink_state)
        return UNKNOWN;
    for (unsigned i = 0; i < NVLINKS_MAX && nvml.nvlink_state(device, i, &is_active) == 0; i++)
        count += is_active == 1;
    return count;
}

/* The next Xid since the first call, 0 if there was none. */
static int64_t next_xid(struct nvml_device *device)
{
    static struct nvml_device *watched;
    static void *set;
    struct event event = {0};
    if (!nvml.event_wait) /* the other two are older */
        return UNKNOWN;
    if (!set && nvml.event_set(&set) != 0)
        return UNKNOWN;
    if (watched != device && nvml.register_events(device, EVENT_XID, set) != 0)
        return UNKNOWN;
    watched = device;
    const int error = nvml.event_wait(set, &event, 0);
    if (error == ERROR_TIMEOUT)
        return 0;
    return error == 0 && event.type == EVENT_XID ? (int64_t)event.data : UNKNOWN;
}

/* The output of a function, an unsigned `value` as its last parameter. */
#define READ(function, ...)                                                                        \
    (nvml.function && nvml.function(device, __VA_ARGS__) == 0 ? (int64_t)value : UNKNOWN)

static int64_t get(struct nvml_device *device, int what)
{
    unsigned value, pending;
    int on;
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
        return nvml.persistence && nvml.persistence(device, &on) == 0 ? on : UNKNOWN;
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
    case NVML_MEMORY_TEMPERATURE_C:
        return field(device, FIELD_MEMORY_TEMPERATURE);
    case NVML_ECC_CORRECTED:
    case NVML_ECC_UNCORRECTED:
        return ecc_errors(device, what - NVML_ECC_CORRECTED);
    case NVML_ROWS_REMAPPED:
    case NVML_ROWS_REMAPPED_UNCORRECTED:
    case NVML_REMAPPING_PENDING:
    case NVML_REMAPPING_FAILED:
        return remapped(device, what);
    case NVML_PCIE_REPLAYS:
        return READ(pcie_replays, &value);
    case NVML_NVLINK_ERRORS:
        return nvlink_errors(device);
    case NVML_NVLINKS:
        return active_nvlinks(device);
    case NVML_NVLINK_MB_PER_S:
        return field(device, FIELD_NVLINK_MB_PER_S);
    case NVML_NEXT_XID:
        return next_xid(device);
    }
    return UNKNOWN;
}

static int64_t open_device(const struct nvml_question *q)
{
    return nvml.by_pci ? nvml.by_pci(q->pci, &devices[q->device]) : ERROR_FUNCTION_NOT_FOUND;
}

static int asker; /* the socket */

/* Ends the process with the one that asks, also while NVML hangs. */
static void look_at_asker(int number)
{
    (void)number;
    struct pollfd other = {.fd = asker};
    poll(&other, 1, 0);
    if (other.revents & (POLLHUP | POLLERR))
        _exit(0);
}

_Noreturn void nvml_serve(int socket)
{
    struct nvml_question q;
    const struct sigaction look = {.sa_handler = look_at_asker, .sa_flags = SA_RESTART};
    static const sigset_t none;
    const int nowhere = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= STDERR_FILENO;
         fd++) /* so that exit() in a library cannot write the parent's buffered output again */
        dup2(nowhere, fd);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    asker = socket;
    sigaction(SIGIO, &look, NULL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    fcntl(socket, F_SETOWN, getpid());
    fcntl(socket, F_SETFL, O_ASYNC);
    look_at_asker(SIGIO); /* it may have ended already */
    while (recv(socket, &q, sizeof q, 0) == sizeof q) {
        struct nvml_answer a = {0};
        if (q.what == ASK_START)
            a.value = start();
        else if (q.what == ASK_OPEN)
            a.value = open_device(&q);
        else if (q.what == ASK_VERSION)
            a.value = nvml.driver_version ? nvml.driver_version(a.text, sizeof a.text) : UNKNOWN;
        else
            a.value = get(devices[q.device], q.what);
        if (send(socket, &a, sizeof a, MSG_NOSIGNAL) != sizeof a)
            break;
    }
    _exit(0);
}
