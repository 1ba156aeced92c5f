/* doctor.c - what `gpubench doctor` can say about driver, devices, images and NVIDIA's libraries.
 */
#include "harness/doctor.h"

#include "harness/host.h"
#include "kernels/cublas.h"
#include "kernels/images.h"
#include "kernels/modules.h"
#include "kernels/nvml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct report {
    struct doctor_line *lines;
    size_t count, max;
};

static struct doctor_line *add(struct report *r, const char *what, int state)
{
    static struct doctor_line spare;
    struct doctor_line *line = r->count < r->max ? &r->lines[r->count++] : &spare;
    memset(line, 0, sizeof *line);
    snprintf(line->what, sizeof line->what, "%s", what);
    line->state = state;
    return line;
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
    int persistence = nvml_persistence(d->pci);
    if (persistence >= 0) {
        line = add(r, "persistence", persistence ? DOCTOR_OK : DOCTOR_WARN);
        snprintf(line->found, sizeof line->found, "%s",
                 persistence ? "on" : "off: each start pays driver initialisation");
        if (!persistence)
            snprintf(line->advice, sizeof line->advice,
                     "enable nvidia-persistenced, or: sudo nvidia-smi -pm 1");
    }
    device_close(d);
}

static void add_jit_cache(struct report *r)
{
    char path[512];
    const char *cache = getenv("CUDA_CACHE_PATH"), *home = getenv("HOME");
    if (cache)
        snprintf(path, sizeof path, "%s", cache);
    else
        snprintf(path, sizeof path, "%s/.nv/ComputeCache", home ? home : "");
    char existing[512];
    snprintf(existing, sizeof existing, "%s", path);
    for (char *slash;
         access(existing, F_OK) && (slash = strrchr(existing, '/')) && slash != existing;)
        *slash = 0;
    const char *disabled = getenv("CUDA_CACHE_DISABLE");
    const bool off = disabled && atoi(disabled);
    const bool writable = !off && (cache || home) && access(existing, W_OK) == 0;
    struct doctor_line *line = add(r, "JIT cache", writable ? DOCTOR_OK : DOCTOR_WARN);
    snprintf(line->found, sizeof line->found, "%.100s%s", off ? "" : path,
             off        ? "disabled by CUDA_CACHE_DISABLE"
             : writable ? ""
                        : " is not writable");
    if (!writable)
        snprintf(line->advice, sizeof line->advice,
                 "set CUDA_CACHE_PATH to a writable directory, or mount a volume");
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

size_t gpu_doctor(struct doctor_line *lines, size_t max)
{
    struct report r = {lines, 0, max};
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
    add_jit_cache(&r);
    return r.count;
}
