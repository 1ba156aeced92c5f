/* nvml.c - a libnvidia-ml.so.1 for the device of the fake driver, in the mood that $FAKENVML names:
 *
 *   ok             an idle, healthy card; the default, but of a GT 750M
 *   ramp           a healthy one that gets 20 degrees hotter each second, and from 70 on is held
 *                  back
 *   throttled      a hot one with a lowered power limit, and another process on it
 *   old            tells clocks' reasons by the function's older name only, a power cap
 *   absent-fields  every question is "not supported"; the default of a GT 750M
 *   failing        every question fails
 *   no-init        NVML does not start
 *   garbage        every number is one that no card can have
 *   hang:WHERE     a call of that name does not return: init, handle, version, power, clock
 *   slow:WHERE     it takes an eighth of a second
 *   crash:WHERE    it ends the process by a signal
 *   exit:WHERE     it ends the process by exit(0)
 *
 * $FAKENVML_SET says single numbers otherwise: "temperature:85,processes:3" */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    INVALID_ARGUMENT = 2,
    NOT_SUPPORTED = 3,
    INSUFFICIENT_SIZE = 7,
    DRIVER_NOT_LOADED = 9,
    FUNCTION_NOT_FOUND = 13,
    GPU_IS_LOST = 15
};

#define EXPORT __attribute__((visibility("default")))

/* Opaque, as NVML's own handle is. */
struct device {
    char unused;
};
static struct device only;

static int is(const char *mood)
{
    const char *profile = getenv("FAKECUDA_PROFILE"), *chosen = getenv("FAKENVML");
    if (!chosen)
        chosen = profile && strcmp(profile, "gt750m") ? "ok" : "absent-fields";
    return !strcmp(chosen, mood);
}

/* Hangs or ends the process if $FAKENVML names this call. */
static void fault(const char *where)
{
    const char *mood = getenv("FAKENVML"), *at = mood ? strchr(mood, ':') : NULL;
    if (!at || strcmp(at + 1, where) != 0)
        return;
    if (mood[0] == 's') {
        usleep(120000);
        return;
    }
    if (mood[0] == 'c')
        abort();
    if (mood[0] == 'e')
        exit(0);
    for (;;)
        pause();
}

static int trouble(const struct device *device)
{
    if (device != &only)
        return INVALID_ARGUMENT;
    return is("absent-fields") ? NOT_SUPPORTED : is("failing") ? GPU_IS_LOST : 0;
}

static int answer(const struct device *device, unsigned *out, unsigned value)
{
    const int error = trouble(device);
    if (!error)
        *out = is("garbage") ? 4000000000u : value;
    return error;
}

/* What $FAKENVML_SET says of a name, which is not the end of another one's. */
static unsigned chosen(const char *name, unsigned otherwise)
{
    const char *list = getenv("FAKENVML_SET"), *at = list ? strstr(list, name) : NULL;
    const size_t length = strlen(name);
    return at && at[length] == ':' ? (unsigned)strtoul(at + length + 1, NULL, 0) : otherwise;
}

static double started_s;

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Of "ramp", from the first question on; 0 in another mood. */
static unsigned ramp_c(void)
{
    if (started_s <= 0)
        started_s = seconds_now();
    const double c = 40 + 20 * (seconds_now() - started_s);
    return !is("ramp") ? 0 : c < 95 ? (unsigned)c : 95;
}

EXPORT int nvmlInit_v2(void)
{
    fault("init");
    return getenv("FAKE_NVML_INIT") ? atoi(getenv("FAKE_NVML_INIT"))
           : is("no-init")          ? DRIVER_NOT_LOADED
                                    : 0;
}

/* $FAKENVML_VERSION, of which "unknown" is an error; it is not ended if there is no room. */
EXPORT int nvmlSystemGetDriverVersion(char *text, unsigned bytes)
{
    fault("version");
    const char *chosen = getenv("FAKENVML_VERSION"), *version = chosen ? chosen : "580.00.00";
    memset(text, 'x', bytes);
    memcpy(text, version, strlen(version) < bytes ? strlen(version) + 1 : bytes);
    return strcmp(version, "unknown") ? 0 : NOT_SUPPORTED;
}

EXPORT int nvmlDeviceGetHandleByPciBusId_v2(const char *id, struct device **device)
{
    fault("handle");
    unsigned bus;
    if (sscanf(id, "0000:%2x:00.0", &bus) != 1 || bus < 1)
        return INVALID_ARGUMENT;
    *device = &only;
    return 0;
}

EXPORT int nvmlDeviceGetEnforcedPowerLimit(struct device *device, unsigned *mw)
{
    return answer(device, mw, chosen("enforced", is("throttled") ? 350000 : 700000));
}

EXPORT int nvmlDeviceGetPowerManagementDefaultLimit(struct device *device, unsigned *mw)
{
    return answer(device, mw, chosen("default", 700000));
}

EXPORT int nvmlDeviceGetPowerUsage(struct device *device, unsigned *mw)
{
    fault("power");
    return answer(device, mw, 123456);
}

/* A constant 500 W. */
EXPORT int nvmlDeviceGetTotalEnergyConsumption(struct device *device, unsigned long long *mj)
{
    struct timespec now;
    unsigned watts = 0;
    const int error = is("old") ? FUNCTION_NOT_FOUND : answer(device, &watts, 500);
    if (error)
        return error;
    clock_gettime(CLOCK_MONOTONIC, &now);
    *mj =
        watts * ((unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000);
    return 0;
}

EXPORT int nvmlDeviceGetTemperature(struct device *device, int sensor, unsigned *celsius)
{
    return sensor ? INVALID_ARGUMENT
                  : answer(device, celsius,
                           chosen("temperature", is("throttled") ? 92
                                                 : ramp_c()      ? ramp_c()
                                                                 : 41));
}

EXPORT int nvmlDeviceGetClockInfo(struct device *device, int domain, unsigned *mhz)
{
    fault("clock");
    return domain != 1 ? INVALID_ARGUMENT
                       : answer(device, mhz, is("throttled") || ramp_c() > 70 ? 1200 : 1755);
}

EXPORT int nvmlDeviceGetMaxClockInfo(struct device *device, int domain, unsigned *mhz)
{
    return domain != 1 ? INVALID_ARGUMENT : answer(device, mhz, chosen("most", 1980));
}

static int reasons(struct device *device, unsigned long long *mask, unsigned value)
{
    unsigned bits = 0;
    const int error = answer(device, &bits, value);
    if (!error)
        *mask = bits;
    return error;
}

EXPORT int nvmlDeviceGetCurrentClocksEventReasons(struct device *device, unsigned long long *mask)
{
    return is("old") ? FUNCTION_NOT_FOUND
                     : reasons(device, mask,
                               chosen("reasons", is("throttled") ? 0x24
                                                 : ramp_c() > 70 ? 0x40
                                                                 : 0x1));
}

EXPORT int nvmlDeviceGetCurrentClocksThrottleReasons(struct device *device,
                                                     unsigned long long *mask)
{
    return reasons(device, mask, is("old") ? 0x4 : 0x80);
}

EXPORT int nvmlDeviceGetMigMode(struct device *device, unsigned *current, unsigned *pending)
{
    const char *profile = getenv("FAKECUDA_PROFILE");
    *pending = 0;
    return answer(device, current, profile && !strcmp(profile, "mig"));
}

EXPORT int nvmlDeviceGetPersistenceMode(struct device *device, unsigned *on)
{
    return answer(device, on, !is("throttled"));
}

/* The numbers of a list, "1,5,1", one after the other; the last one again and again. */
static unsigned next_of(const char *variable, unsigned *asked, unsigned otherwise)
{
    const char *at = getenv(variable), *comma;
    for (unsigned i = 0; at && i < *asked && (comma = strchr(at, ',')); i++)
        at = comma + 1;
    ++*asked;
    return at ? (unsigned)atoi(at) : otherwise;
}

EXPORT int nvmlDeviceGetCurrPcieLinkGeneration(struct device *device, unsigned *generation)
{
    static unsigned asked;
    return answer(device, generation, next_of("FAKE_GEN", &asked, 5));
}

EXPORT int nvmlDeviceGetCurrPcieLinkWidth(struct device *device, unsigned *lanes)
{
    static unsigned asked;
    return answer(device, lanes, next_of("FAKE_WIDTH", &asked, 16));
}

EXPORT int nvmlDeviceGetComputeRunningProcesses(struct device *device, unsigned *count, void *list)
{
    const unsigned room = *count;
    const int error = room && !list
                          ? INVALID_ARGUMENT
                          : answer(device, count, chosen("processes", is("throttled") ? 2 : 1));
    return error ? error : list && room >= *count ? 0 : INSUFFICIENT_SIZE;
}
EXPORT int nvmlDeviceGetMaxPcieLinkWidth(struct device *device, unsigned *lanes)
{
    return answer(device, lanes, 16);
}
EXPORT int nvmlDeviceGetMaxPcieLinkGeneration(struct device *device, unsigned *g)
{
    return answer(device, g, 5);
}

/* ---- counters of faults: each is 3 at first, and more by what $FAKENVML_RISES says later:
 * "ecc_uncorrected:1,pcie_replays:5,xid:79" ---- */

static unsigned rise_of(const char *name)
{
    const char *rises = getenv("FAKENVML_RISES"), *at = rises ? strstr(rises, name) : NULL;
    return at ? (unsigned)atoi(at + strlen(name) + 1) : 0;
}

enum { COUNTERS = 8 };
static unsigned counter(int which, const char *name)
{
    static int is_asked[COUNTERS];
    return 3 + (is_asked[which]++ ? rise_of(name) : 0);
}

EXPORT int nvmlDeviceGetTotalEccErrors(struct device *device, int kind, int since,
                                       unsigned long long *count)
{
    unsigned value = 0;
    const int error = since ? INVALID_ARGUMENT : answer(device, &value, 0);
    if (!error)
        *count = is("garbage") ? ~0ULL : counter(kind, kind ? "ecc_uncorrected" : "ecc_corrected");
    return error;
}

/* $FAKENVML_ROWS=5,6,1,0: the four numbers, whatever rises. */
EXPORT int nvmlDeviceGetRemappedRows(struct device *device, unsigned *corrected,
                                     unsigned *uncorrected, unsigned *pending, unsigned *failed)
{
    static unsigned asked;
    const char *rows = getenv("FAKENVML_ROWS");
    const int error = trouble(device);
    if (error)
        return error;
    answer(device, corrected, asked++ / 4 ? rise_of("rows_corrected") : 0);
    answer(device, uncorrected, asked > 4 ? rise_of("rows_uncorrected") : 0);
    answer(device, pending, 0);
    answer(device, failed, 0);
    if (rows)
        sscanf(rows, "%u,%u,%u,%u", corrected, uncorrected, pending, failed);
    return 0;
}

EXPORT int nvmlDeviceGetPcieReplayCounter(struct device *device, unsigned *count)
{
    const int error = answer(device, count, 0);
    if (!error && !is("garbage"))
        *count = counter(2, "pcie_replays");
    return error;
}

struct field {
    unsigned id, scope;
    long long when, latency;
    int type, error;
    unsigned long long value;
};

/* $FAKENVML_LINKS active links of 26.562 GB/s, and inactive ones up to 18; none by default. */
EXPORT int nvmlDeviceGetNvLinkState(struct device *device, unsigned link, unsigned *is_active)
{
    const char *links = getenv("FAKENVML_LINKS");
    const unsigned active = links ? (unsigned)atoi(links) : 0;
    return !links || (link >= 18 && link >= active) ? INVALID_ARGUMENT
                                                    : answer(device, is_active, link < active);
}

/* The errors of NVLinks of the kind of this field: those that $FAKENVML_LINK_ERRORS=1,10,100,1000
 * says, or else recoveries alone. */
static unsigned link_errors(unsigned id)
{
    enum { FIRST = 38, STEP = 7, KINDS = 4, RECOVERIES = 59 };
    const char *list = getenv("FAKENVML_LINK_ERRORS");
    unsigned errors[KINDS] = {0};
    if (!list)
        return id == RECOVERIES ? counter(3, "nvlink_errors") : 0;
    sscanf(list, "%u,%u,%u,%u", &errors[0], &errors[1], &errors[2], &errors[3]);
    return id >= FIRST && id <= RECOVERIES ? errors[(id - FIRST) / STEP] : 0;
}

/* As NVML does, it leaves the upper half of the union as it is for an unsigned. With $FAKENVML_LONG
 * every number is an unsigned long long, and counters of errors exceed 32 bits. */
EXPORT int nvmlDeviceGetFieldValues(struct device *device, int count, struct field *f)
{
    enum { UNSIGNED = 1, UNSIGNED_LONG_LONG = 3 };
    enum { MEMORY_TEMPERATURE = 82, RECOVERIES = 59, NVLINK_MB_PER_S = 90 };
    const bool is_long = getenv("FAKENVML_LONG") != NULL;
    const unsigned long long above = 1ULL << 32;
    unsigned value = 0;
    if (count != 1)
        return INVALID_ARGUMENT;
    f->type = is_long ? UNSIGNED_LONG_LONG : UNSIGNED;
    f->error = answer(device, &value,
                      f->id == MEMORY_TEMPERATURE ? 55
                      : f->id == NVLINK_MB_PER_S  ? 26562
                                                  : link_errors(f->id));
    f->value = value + (!is_long || f->id == RECOVERIES ? above : 0);
    return 0;
}

struct event {
    struct device *device;
    unsigned long long type, data;
    unsigned gpu_instance, compute_instance;
};

EXPORT int nvmlEventSetCreate(void **set)
{
    *set = &only;
    return 0;
}

EXPORT int nvmlDeviceRegisterEvents(struct device *device, unsigned long long types, void *set)
{
    static bool is_registered; /* a second time is an error, as the Xids would be asked for twice */
    const bool is_again = is_registered;
    is_registered = true;
    return types != 8 || set != &only || is_again ? INVALID_ARGUMENT : trouble(device);
}

/* The Xid comes once, at the second question; before it an event of another kind if "event" is in
 * $FAKENVML_RISES. */
EXPORT int nvmlEventSetWait_v2(void *set, struct event *event, unsigned timeout_ms)
{
    enum { TIMEOUT = 10, XID = 8 };
    static int asked;
    if (set != &only || timeout_ms != 0)
        return INVALID_ARGUMENT;
    if (asked++ == 0 && rise_of("event")) {
        *event = (struct event){.device = &only, .type = 1, .data = rise_of("event")};
        return 0;
    }
    if (asked != 2 || !rise_of("xid"))
        return TIMEOUT;
    *event = (struct event){.device = &only, .type = XID, .data = rise_of("xid")};
    return 0;
}
