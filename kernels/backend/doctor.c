/* doctor.c - what `gpubench doctor` can say about driver, devices, images and NVIDIA's libraries.
 */
#include "kernels/backend/doctor.h"

#include "harness/host/host.h"
#include "harness/result/contestant.h"
#include "kernels/driver/jit_cache.h"
#include "kernels/driver/nvml.h"
#include "kernels/libraries/cub.h"
#include "kernels/libraries/cublas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A line of a sensor that may want advice. */
#define ADD(sheet, what, is_well, advice, ...)                                                     \
    doctor_add(sheet, what, (is_well) ? DOCTOR_OK : DOCTOR_WARN, (is_well) ? "" : (advice),        \
               __VA_ARGS__)

static void add_power_limit(struct doctor_sheet *sheet, struct nvml_device *nvml)
{
    const int64_t limit = nvml_get(nvml, NVML_POWER_LIMIT_MW);
    const int64_t usual = nvml_get(nvml, NVML_POWER_DEFAULT_MW);
    char note[48] = "";
    if (limit < 0)
        return;
    if (usual >= 0 && usual != limit)
        snprintf(note, sizeof note, ", the default is %lld W", (long long)usual / 1000);
    ADD(sheet, "power limit", limit >= usual,
        "the card was told to use less: nvidia-smi -q -d POWER", "%lld W%s",
        (long long)limit / 1000, note);
}

static void add_pcie(struct doctor_sheet *sheet, struct nvml_device *nvml)
{
    const int64_t generation = nvml_get(nvml, NVML_PCIE_GENERATION);
    const int64_t lanes = nvml_get(nvml, NVML_PCIE_WIDTH);
    if (generation > 0 && lanes > 0)
        doctor_add(sheet, "PCIe", DOCTOR_OK, "", "generation %lld, %lld lanes, now (links sleep)",
                   (long long)generation, (long long)lanes);
}

static void add_clock_reasons(struct doctor_sheet *sheet, struct nvml_device *nvml)
{
    /* sw_power_cap and what somebody set are no fault of the card's: 8, 0x20, 0x40, 0x80 are. */
    enum { IDLE = 1, FAULTS = 0xe8 };
    const int64_t mask = nvml_get(nvml, NVML_CLOCK_REASONS);
    char names[128] = "";
    size_t used = 0;
    if (mask < 0)
        return;
    for (unsigned bit = 0; bit < 32; bit++)
        if ((mask & ~IDLE) >> bit & 1 && used < sizeof names - 1) {
            const char *name = throttle_name(bit);
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                                     name ? name : "unknown");
        }
    ADD(sheet, "throttling", !(mask & FAULTS),
        "clocks are held back now: check cooling and power supply", "%s", used ? names : "none");
}

static void add_sensors(struct doctor_sheet *sheet, const struct device *d)
{
    struct nvml_device *nvml = nvml_open(d->pci);
    if (!nvml) {
        ADD(sheet, "NVML", false,
            "install libnvidia-ml1; in a container: "
            "NVIDIA_DRIVER_CAPABILITIES=compute,utility",
            "not found, or it does not start: clocks stay unknown");
        return;
    }
    enum { HOT_C = 85 };
    const int64_t persistence = nvml_get(nvml, NVML_PERSISTENCE);
    const int64_t celsius = nvml_get(nvml, NVML_TEMPERATURE_C);
    const int64_t mhz = nvml_get(nvml, NVML_SM_MHZ), most = nvml_get(nvml, NVML_SM_MAX_MHZ);
    const int64_t processes = nvml_get(nvml, NVML_PROCESSES);
    if (persistence >= 0)
        ADD(sheet, "persistence", persistence,
            "enable nvidia-persistenced, or: sudo nvidia-smi -pm 1", "%s",
            persistence ? "on" : "off: each start pays driver initialisation");
    const int64_t mig = nvml_get(nvml, NVML_MIG);
    if (mig >= 0)
        doctor_add(sheet, "MIG", DOCTOR_OK, "", "%s", mig ? "on: this is a slice of a GPU" : "off");
    add_pcie(sheet, nvml);
    add_power_limit(sheet, nvml);
    if (celsius >= 0)
        ADD(sheet, "temperature", celsius < HOT_C, "it will throttle: check cooling", "%lld °C",
            (long long)celsius);
    if (mhz >= 0 && most >= 0)
        ADD(sheet, "SM clock", true, "", "%lld MHz now, %lld at most", (long long)mhz,
            (long long)most);
    add_clock_reasons(sheet, nvml);
    if (processes >= 0) { /* this one has a context too, where it is counted */
        const long long others = processes > 0 ? (long long)processes - 1 : 0;
        char count[32];
        snprintf(count, sizeof count, "%lld computing", others);
        ADD(sheet, "other processes", !others,
            "they share the GPU, times will vary: nvidia-smi shows them", "%s",
            others ? count : "none");
    }
}

static void add_device(struct doctor_sheet *sheet, int index)
{
    char what[24];
    snprintf(what, sizeof what, "device %d", index);
    struct device_request request = {.index = index};
    struct device *d = NULL;
    struct failure why;
    if (device_open(&request, &d, &why)) {
        doctor_add(sheet, what, DOCTOR_FAIL, "", "%.150s", why.text);
        return;
    }
    device_doctor(sheet, d, what);
    image_doctor(sheet, d);
    add_sensors(sheet, d);
    device_close(d);
}

/* Where the cache has no room the driver compiles at each start and says nothing. */
static bool add_jit_room(struct doctor_sheet *sheet, const struct jit_cache *cache)
{
    enum { ROOM_BYTES = 8 << 20 }; /* all our kernels for one GPU are less than half of it */
    const uint64_t room = *cache->path ? host_free_bytes(cache->path) : UINT64_MAX;
    if (room >= ROOM_BYTES)
        return false;
    doctor_add(sheet, "JIT cache", DOCTOR_WARN,
               "every start compiles anew: set CUDA_CACHE_PATH to a place with 8 MiB, or give that "
               "one more (in a container --shm-size, or a volume)",
               "%.200s has only %llu KiB free", cache->path, (unsigned long long)room >> 10);
    return true;
}

static void add_jit_cache(struct doctor_sheet *sheet, const struct jit_cache *cache)
{
    if (add_jit_room(sheet, cache))
        return;
    const bool is_kept = cache->state == JIT_CACHE_USUAL || cache->state == JIT_CACHE_MOVED;
    const char *advice =
        is_kept
            ? "it lasts as long as that place: mount a volume and set CUDA_CACHE_PATH to it"
            : "every start compiles anew: set CUDA_CACHE_PATH to a writable directory, or mount a "
              "volume";
    if (cache->state == JIT_CACHE_OFF)
        doctor_add(sheet, "JIT cache", DOCTOR_WARN, advice, "disabled by CUDA_CACHE_DISABLE");
    else if (cache->state == JIT_CACHE_USUAL)
        doctor_add(sheet, "JIT cache", DOCTOR_OK, "", "%.200s", cache->path);
    else
        doctor_add(sheet, "JIT cache", DOCTOR_WARN, advice, "%.120s%s%.120s",
                   cache->usual[0] ? cache->usual : "no home",
                   is_kept ? (cache->usual[0] ? " is not writable: " : ": ") : " is not writable",
                   cache->path);
}

/* A library of CUDA N wants a driver of CUDA N. */
static void add_cublas(struct doctor_sheet *sheet, int driver_version)
{
    char soname[64];
    cublas_version(soname, sizeof soname);
    const char *dot = strrchr(soname, '.');
    const int major = dot ? atoi(dot + 1) : 0;
    if (!major)
        doctor_add(sheet, "cuBLAS", DOCTOR_WARN,
                   "install it, or set LD_LIBRARY_PATH, to compare against it",
                   "not found; its variants are waived");
    else if (major > driver_version / 1000)
        doctor_add(sheet, "cuBLAS", DOCTOR_WARN,
                   "install cuBLAS of the driver's CUDA, or a newer driver",
                   "%s wants a driver of CUDA %d, this is %d.%d", soname, major,
                   driver_version / 1000, driver_version % 1000 / 10);
    else
        doctor_add(sheet, "cuBLAS", DOCTOR_OK, "", "%s", soname);
}

static void add_cub(struct doctor_sheet *sheet, int driver_version)
{
    char version[64], reason[160] = "";
    const bool loads = cub_loads(driver_version, reason, sizeof reason);
    cub_version(version, sizeof version);
    doctor_add(sheet, "CUB", loads ? DOCTOR_OK : DOCTOR_WARN, reason, "%s",
               *version ? version : "not found; its variants are waived");
}

static void add_visible(struct doctor_sheet *sheet, int devices)
{
    const char *visible = getenv("CUDA_VISIBLE_DEVICES");
    if (visible)
        doctor_add(sheet, "CUDA_VISIBLE_DEVICES", DOCTOR_OK, "", "\"%.60s\": %d GPU%s", visible,
                   devices, devices == 1 ? "" : "s");
}

void gpu_doctor(struct doctor_sheet *sheet)
{
    const struct jit_cache cache = jit_cache_prepare();
    struct driver cu;
    struct failure why;
    if (driver_open(&cu, &why)) {
        const char *rest = strstr(why.text, ". ");
        doctor_add(sheet, "driver", DOCTOR_FAIL, rest ? rest + 2 : "", "%.*s",
                   rest ? (int)(rest - why.text) : 150, why.text);
        return;
    }
    char version[32];
    int devices = 0;
    driver_kernel_version(version, sizeof version);
    doctor_add(sheet, "driver", DOCTOR_OK, "", "%s%sCUDA %d.%d", version, *version ? " · " : "",
               cu.version / 1000, cu.version % 1000 / 10);
    cu.cuDeviceGetCount(&devices);
    add_visible(sheet, devices);
    for (int i = 0; i < devices; i++)
        add_device(sheet, i);
    add_cublas(sheet, cu.version);
    add_cub(sheet, cu.version);
    add_jit_cache(sheet, &cache);
}
