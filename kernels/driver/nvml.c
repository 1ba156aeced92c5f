/* nvml.c - loads NVML with dlopen. Its header is often missing, so the declarations are here. */
#include "kernels/driver/nvml.h"

#include "kernels/driver/explain.h"

#include <dlfcn.h>
#include <pthread.h>

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

static int started, init_error; /* of nvmlInit_v2() */

static void start(void)
{
    void *library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        library = dlopen(DRIVER_WSL_DIRECTORY "libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return;
#define X(name, symbol, parameters) *(void **)&nvml.name = dlsym(library, #symbol);
    NVML_SYMBOLS(X)
#undef X
    init_error = nvml.init ? nvml.init() : ERROR_FUNCTION_NOT_FOUND;
    started = init_error == 0;
}

struct nvml_device *nvml_open(const char *pci_bus_id)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct nvml_device *device = NULL;
    pthread_once(&once, start);
    return started && nvml.by_pci && nvml.by_pci(pci_bus_id, &device) == 0 ? device : NULL;
}

const char *nvml_why_not(const char **advice)
{
    *advice = "install libnvidia-ml1; in a container: NVIDIA_DRIVER_CAPABILITIES=compute,utility";
    if (init_error == ERROR_LIB_RM_VERSION_MISMATCH) {
        *advice = "the driver was updated while the old one runs: start the machine again, or "
                  "reload the nvidia modules; in a container, restart it";
        return "driver/library version mismatch: clocks stay unknown";
    }
    if (init_error == ERROR_DRIVER_NOT_LOADED)
        return "it does not reach the kernel module: clocks stay unknown";
    return init_error ? "it does not start: clocks stay unknown" : "not found: clocks stay unknown";
}

void nvml_driver_version(char *text, size_t bytes)
{
    if (!started || !nvml.driver_version || nvml.driver_version(text, (unsigned)bytes))
        *text = 0;
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

int64_t nvml_get(struct nvml_device *device, enum nvml_quantity what)
{
    unsigned value = 0, pending;
    int on = 0;
    if (!device)
        return -1;
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
