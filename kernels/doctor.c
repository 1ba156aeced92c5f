/* doctor.c - what `gpubench doctor` can say about driver, devices, images and NVIDIA's libraries.
 */
#include "harness/doctor.h"

#include "harness/host.h"
#include "harness/result_parts.h"
#include "kernels/cub.h"
#include "kernels/cublas.h"
#include "kernels/images.h"
#include "kernels/jit_cache.h"
#include "kernels/modules.h"
#include "kernels/nvml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct report {
    struct doctor_line *lines;
    size_t count, max;
};

static struct doctor_line *add(struct report *r, const char *what, unsigned state)
{
    static struct doctor_line spare;
    struct doctor_line *line = r->count < r->max ? &r->lines[r->count++] : &spare;
    memset(line, 0, sizeof *line);
    snprintf(line->what, sizeof line->what, "%s", what);
    line->state = state;
    return line;
}

/* A line of a sensor; no line where the card does not have it. */
__attribute__((format(printf, 5, 6))) static void add_reading(struct report *r, const char *what,
                                                              bool is_well, const char *advice,
                                                              const char *found, ...)
{
    struct doctor_line *line = add(r, what, is_well ? DOCTOR_OK : DOCTOR_WARN);
    va_list arguments;
    va_start(arguments, found);
    vsnprintf(line->found, sizeof line->found, found, arguments);
    va_end(arguments);
    if (!is_well)
        snprintf(line->advice, sizeof line->advice, "%s", advice);
}

static void add_power_limit(struct report *r, struct nvml_device *nvml)
{
    const int64_t limit = nvml_get(nvml, NVML_POWER_LIMIT_MW);
    const int64_t usual = nvml_get(nvml, NVML_POWER_DEFAULT_MW);
    char note[48] = "";
    if (limit < 0)
        return;
    if (usual >= 0 && usual != limit)
        snprintf(note, sizeof note, ", the default is %lld W", (long long)usual / 1000);
    add_reading(r, "power limit", limit >= usual,
                "the card was told to use less: nvidia-smi -q -d POWER", "%lld W%s",
                (long long)limit / 1000, note);
}

static void add_clock_reasons(struct report *r, struct nvml_device *nvml)
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
    add_reading(r, "throttling", !(mask & FAULTS),
                "clocks are held back now: check cooling and power supply", "%s",
                used ? names : "none");
}

static void add_sensors(struct report *r, const struct device *d)
{
    struct nvml_device *nvml = nvml_open(d->pci);
    if (!nvml) {
        add_reading(r, "NVML", false,
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
        add_reading(r, "persistence", persistence,
                    "enable nvidia-persistenced, or: sudo nvidia-smi -pm 1", "%s",
                    persistence ? "on" : "off: each start pays driver initialisation");
    add_power_limit(r, nvml);
    if (celsius >= 0)
        add_reading(r, "temperature", celsius < HOT_C, "it will throttle: check cooling", "%lld °C",
                    (long long)celsius);
    if (mhz >= 0 && most >= 0)
        add_reading(r, "SM clock", true, "", "%lld MHz now, %lld at most", (long long)mhz,
                    (long long)most);
    add_clock_reasons(r, nvml);
    if (processes >= 0) { /* this one has a context too, where it is counted */
        const long long others = processes > 0 ? (long long)processes - 1 : 0;
        char count[32];
        snprintf(count, sizeof count, "%lld computing", others);
        add_reading(r, "other processes", !others,
                    "they share the GPU, times will vary: nvidia-smi shows them", "%s",
                    others ? count : "none");
    }
}

static void add_device(struct report *r, int index)
{
    char what[24];
    snprintf(what, sizeof what, "device %d", index);
    struct device_request request = {.index = index};
    struct device *d = NULL;
    struct failure why;
    if (device_open(&request, &d, &why)) {
        struct doctor_line *line = add(r, what, DOCTOR_MISSING);
        snprintf(line->found, sizeof line->found, "%.150s", why.text);
        return;
    }
    struct doctor_line *line = add(r, what, DOCTOR_OK);
    snprintf(line->found, sizeof line->found, "%.80s, cc %d.%d, %d SMs, %.1f GiB%s%s",
             d->facts.name, d->cc / 10, d->cc % 10, d->sms,
             (double)d->facts.memory_total / (1u << 30), d->ecc ? ", ECC on" : "",
             d->kernel_timeout ? ", kernel time limit" : "");
    const char *family = module_family(d, "support/fill");
    line = add(r, "image", family ? DOCTOR_OK : DOCTOR_MISSING);
    snprintf(line->found, sizeof line->found, "%s%s",
             family ? family : "no image runs on this device",
             family && strcmp(family, "portable") ? "; portable PTX as fallback" : "");
    if (family && !strcmp(family, "portable")) {
        line->state = DOCTOR_WARN;
        snprintf(line->advice, sizeof line->advice,
                 "the driver compiles each kernel at first use; its cache saves the next runs");
    }
    add_sensors(r, d);
    device_close(d);
}

static void add_jit_cache(struct report *r, const struct jit_cache *cache)
{
    const bool is_kept = cache->state == JIT_CACHE_USUAL || cache->state == JIT_CACHE_MOVED;
    struct doctor_line *line =
        add(r, "JIT cache", cache->state == JIT_CACHE_USUAL ? DOCTOR_OK : DOCTOR_WARN);
    if (cache->state == JIT_CACHE_OFF)
        snprintf(line->found, sizeof line->found, "disabled by CUDA_CACHE_DISABLE");
    else if (cache->state == JIT_CACHE_USUAL)
        snprintf(line->found, sizeof line->found, "%.100s", cache->path);
    else
        snprintf(line->found, sizeof line->found, "%.70s%s%.60s",
                 cache->usual[0] ? cache->usual : "no home",
                 is_kept ? (cache->usual[0] ? " is not writable: " : ": ") : " is not writable",
                 cache->path);
    if (cache->state != JIT_CACHE_USUAL)
        snprintf(
            line->advice, sizeof line->advice, "%s",
            is_kept ? "it lasts as long as that place: mount a volume and set CUDA_CACHE_PATH to it"
                    : "every start compiles anew: set CUDA_CACHE_PATH to a writable directory, or "
                      "mount a volume");
}

static void add_cublas(struct report *r)
{
    char soname[64];
    cublas_version(soname, sizeof soname);
    struct doctor_line *line = add(r, "cuBLAS", *soname ? DOCTOR_OK : DOCTOR_WARN);
    snprintf(line->found, sizeof line->found, "%s",
             *soname ? soname : "not found; its variants are waived");
    if (!*soname)
        snprintf(line->advice, sizeof line->advice,
                 "install it, or set LD_LIBRARY_PATH, to compare against it");
}

static void add_cub(struct report *r, int driver_version)
{
    char version[64], reason[160] = "";
    const bool loads = cub_loads(driver_version, reason, sizeof reason);
    cub_version(version, sizeof version);
    struct doctor_line *line = add(r, "CUB", loads ? DOCTOR_OK : DOCTOR_WARN);
    snprintf(line->found, sizeof line->found, "%s",
             *version ? version : "not found; its variants are waived");
    snprintf(line->advice, sizeof line->advice, "%s", reason);
}

size_t gpu_doctor(struct doctor_line *lines, size_t max)
{
    struct report r = {lines, 0, max};
    const struct jit_cache cache = jit_cache_prepare();
    struct driver cu;
    struct failure why;
    enum status status = driver_open(&cu, &why);
    struct doctor_line *line = add(&r, "driver", status ? DOCTOR_MISSING : DOCTOR_OK);
    if (status) {
        const char *rest = strstr(why.text, ". ");
        snprintf(line->found, sizeof line->found, "%.*s", rest ? (int)(rest - why.text) : 150,
                 why.text);
        snprintf(line->advice, sizeof line->advice, "%.250s", rest ? rest + 2 : "");
        return r.count;
    }
    char version[32];
    int devices = 0;
    driver_kernel_version(version, sizeof version);
    snprintf(line->found, sizeof line->found, "%s%sCUDA %d.%d", version, *version ? " · " : "",
             cu.version / 1000, cu.version % 1000 / 10);
    cu.cuDeviceGetCount(&devices);
    for (int i = 0; i < devices; i++)
        add_device(&r, i);
    add_cublas(&r);
    add_cub(&r, cu.version);
    add_jit_cache(&r, &cache);
    return r.count;
}
