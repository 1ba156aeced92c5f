/* doctor.c - what `gpubench doctor` says about the driver, each GPU as deviceQuery describes it,
 * the variants that run on it, and NVIDIA's libraries (harness/doctor/doctor.h). */
#include "harness/doctor/doctor.h"

#include "harness/host/host.h"
#include "harness/text/append.h"
#include "kernels/backend/gpu.h"
#include "kernels/device/modules.h"
#include "kernels/doctor/sensors.h"
#include "kernels/driver/explain.h"
#include "kernels/driver/jit_cache.h"
#include "kernels/driver/open.h"
#include "kernels/libraries/cub.h"
#include "kernels/libraries/cublas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A size at which every variant fits into memory. */
enum { TRIAL_N = 1024, REASONS_MAX = 12 };

static int get(const struct device *d, CUdevice_attribute which)
{
    int value = 0;
    d->cu.cuDeviceGetAttribute(&value, which, d->handle);
    return value;
}

static void add_compute_mode(struct doctor_sheet *sheet, const struct device *d)
{
    enum { DEFAULT = 0, PROHIBITED = 2, EXCLUSIVE_PROCESS = 3 };
    const int mode = get(d, CU_DEVICE_ATTRIBUTE_COMPUTE_MODE);
    if (mode == PROHIBITED)
        doctor_add(sheet, "compute mode", DOCTOR_FAIL, "sudo nvidia-smi -c DEFAULT",
                   "prohibited: no program may use it");
    else
        doctor_add(sheet, "compute mode", DOCTOR_OK, "", "%s",
                   mode == DEFAULT             ? "default"
                   : mode == EXCLUSIVE_PROCESS ? "exclusive: one process at a time"
                                               : "exclusive: one thread at a time");
}

/* Whether CPU and GPU share memory: Jetson's is one, that of Grace and its GPU is two that each
 * reads through the CPU's page tables. */
static void add_sharing(struct doctor_sheet *sheet, const struct device *d)
{
    if (d->integrated)
        doctor_add(sheet, "unified memory", DOCTOR_OK, "",
                   "the GPU works in the CPU's memory: no copy is counted");
    else if (get(d, CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS_USES_HOST_PAGE_TABLES))
        doctor_add(sheet, "unified memory", DOCTOR_OK, "",
                   "coherent with the CPU's, through its page tables (NVLink-C2C on Grace)");
}

static void add_limits(struct doctor_sheet *sheet, const struct device *d)
{
    doctor_add(sheet, "a block", DOCTOR_OK, "",
               "%d threads, %d registers, %d KiB shared memory (%d if asked for), warps of %d",
               get(d, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK),
               get(d, CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK),
               get(d, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK) >> 10,
               d->shared_optin_bytes >> 10, get(d, CU_DEVICE_ATTRIBUTE_WARP_SIZE));
    doctor_add(sheet, "an SM", DOCTOR_OK, "", "%d threads, %d registers, %d KiB shared memory",
               get(d, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR),
               get(d, CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR),
               get(d, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR) >> 10);
    const int engines = get(d, CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT);
    doctor_add(sheet, "it can", DOCTOR_OK, "", "%s%s%s%d cop%s at a time%s",
               get(d, CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS) ? "run kernels side by side, " : "",
               get(d, CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING) ? "one address space, " : "",
               get(d, CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY) ? "managed memory, " : "", engines,
               engines == 1 ? "y" : "ies",
               get(d, CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY) ? ", host memory mapped" : "");
}

static void add_description(struct doctor_sheet *sheet, const struct device *d, const char *title)
{
    const double gib = 1u << 30;
    const int lanes = device_fp32_lanes(d->cc);
    doctor_add(sheet, title, DOCTOR_OK, "", "%.80s, cc %d.%d, %d SMs of %d cores, PCI %s%s%s",
               d->facts.name, d->cc / 10, d->cc % 10, d->sms, lanes, *d->pci ? d->pci : "unknown",
               *d->facts.uuid ? ", " : "", d->facts.uuid);
    doctor_add(sheet, "GPU memory", DOCTOR_OK, "",
               "%.1f GiB, %.1f free; %d bits at %d MHz, %.4g GB/s; ECC %s",
               (double)d->facts.memory_total / gib, (double)d->facts.memory_free / gib, d->bus_bits,
               d->memory_clock_khz / 1000, d->facts.peak_bytes / 1e9, d->ecc ? "on" : "off");
    doctor_add(sheet, "GPU peak", DOCTOR_OK, "", "%.4g TFLOP/s in f32 at %d MHz; L2 cache %.4g MiB",
               d->facts.peak_flops[ARITH_F32] / 1e12, d->clock_khz / 1000,
               (double)d->l2_bytes / (1 << 20));
    add_sharing(sheet, d);
    add_limits(sheet, d);
    add_compute_mode(sheet, d);
    doctor_add(sheet, "kernel time limit", DOCTOR_OK, "", "%s",
               d->kernel_timeout ? "yes, it drives a display: work goes in launches of 0.2 s"
                                 : "none");
}

/* The image that the portable kernels take, and if it is not the native one, why. */
static void add_image(struct doctor_sheet *sheet, const struct device *d)
{
    const char *family = module_family(d, "service/fill");
    if (!family)
        doctor_add(sheet, "image", DOCTOR_FAIL, "install a driver of CUDA 9.0 (384) or newer",
                   "none: this driver has CUDA %s", cuda_version(d->cu.version).text);
    else if (strcmp(family, "portable") != 0)
        doctor_add(sheet, "image", DOCTOR_OK, "", "%s; portable PTX as fallback", family);
    else if (d->cc >= 75 && d->cu.version < 13000)
        doctor_add(sheet, "image", DOCTOR_WARN,
                   "native code wants a driver of CUDA 13 (580 or newer); until then the driver "
                   "compiles each kernel at first use",
                   "portable: this driver has CUDA %s", cuda_version(d->cu.version).text);
    else
        doctor_add(sheet, "image", DOCTOR_WARN,
                   "the driver compiles each kernel at first use; its cache saves the next runs",
                   "portable");
}

/* Variants that cannot run for the same reason. */
struct waived {
    char reason[160], names[160];
    unsigned count;
    bool has_more; /* than there is room for */
};

/* Whether a name is in the list as a whole: "cub" is a part of "cublas-gemm". */
static bool is_named(const char *names, const char *name)
{
    const size_t length = strlen(name);
    for (const char *at = strstr(names, name); at; at = strstr(at + 1, name))
        if ((at == names || at[-1] == ' ') && (at[length] == ',' || !at[length]))
            return true;
    return false;
}

static void waive(struct waived *list, size_t *count, const char *name, const char *reason)
{
    size_t i = 0;
    while (i < *count && strcmp(list[i].reason, reason) != 0)
        i++;
    if (i == REASONS_MAX)
        return;
    if (i == *count) {
        list[(*count)++] = (struct waived){0};
        snprintf(list[i].reason, sizeof list[i].reason, "%s", reason);
    }
    const size_t used = strlen(list[i].names);
    list[i].count++;
    if (is_named(list[i].names, name))
        return;
    list[i].has_more = list[i].has_more || used + strlen(name) + 3 > sizeof list[i].names;
    if (!list[i].has_more)
        append_item(list[i].names, sizeof list[i].names, ", ", "%s", name);
}

static void add_variants(struct doctor_sheet *sheet, const struct device *d)
{
    struct waived waived[REASONS_MAX];
    size_t reasons = 0;
    unsigned here[OP_COUNT] = {0}, all[OP_COUNT] = {0};
    for (size_t i = 0; i < gpu_variant_count; i++) {
        const struct variant *v = &gpu_variants[i];
        const struct problem p = {.op = v->op,
                                  .n = TRIAL_N,
                                  .seed = 1,
                                  .range = RANGE_UNIT,
                                  .element = element_of(v->arithmetic)};
        char reason[160] = "";
        all[v->op]++;
        if (gpu_can_run(d, v, &p, reason, sizeof reason))
            here[v->op]++;
        else
            waive(waived, &reasons, v->name, reason);
    }
    doctor_add(sheet, "variants", DOCTOR_OK, "",
               "sum-aat %u of %u, matmul %u of %u, reduce %u of %u", here[OP_SUM_AAT],
               all[OP_SUM_AAT], here[OP_MATMUL], all[OP_MATMUL], here[OP_REDUCE], all[OP_REDUCE]);
    for (size_t i = 0; i < reasons; i++)
        doctor_add(sheet, "waived", DOCTOR_OK, "", "%.100s (%u): %s%s", waived[i].reason,
                   waived[i].count, waived[i].names, waived[i].has_more ? ", …" : "");
}

static void add_images(struct doctor_sheet *sheet, const struct device *d)
{
    add_image(sheet, d);
    add_variants(sheet, d);
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
    add_description(sheet, d, what);
    add_images(sheet, d);
    gpu_doctor_sensors(sheet, d);
    device_close(d);
}

/* If the cache has no room, the driver compiles at each start without a message. */
static bool add_jit_room(struct doctor_sheet *sheet, const struct jit_cache *cache)
{
    enum { ROOM_BYTES = 8 << 20 }; /* all our kernels for one GPU are less than half of it */
    const uint64_t room = *cache->path ? host_free_bytes(cache->path) : UINT64_MAX;
    if (room >= ROOM_BYTES)
        return false;
    doctor_add(
        sheet, "JIT cache", DOCTOR_WARN,
        "every start compiles again: set CUDA_CACHE_PATH to a place with 8 MiB, or give that "
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
            : "every start compiles again: set CUDA_CACHE_PATH to a writable directory, or mount a "
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

/* A library of CUDA N needs a driver of CUDA N or newer. */
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
                   "%s wants a driver of CUDA %d, this is %s", soname, major,
                   cuda_version(driver_version).text);
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

static void add_order(struct doctor_sheet *sheet, int devices)
{
    const char *order = getenv("CUDA_DEVICE_ORDER");
    if (devices < 2)
        return;
    if (order && *order)
        doctor_add(sheet, "GPU numbers", DOCTOR_OK, "", "CUDA_DEVICE_ORDER=%.40s", order);
    else
        doctor_add(sheet, "GPU numbers", DOCTOR_OK,
                   "export CUDA_DEVICE_ORDER=PCI_BUS_ID numbers them as nvidia-smi does",
                   "CUDA: the fastest first; nvidia-smi numbers them by PCI id");
}

void gpu_doctor(struct doctor_sheet *sheet)
{
    const struct jit_cache cache = jit_cache_prepare();
    struct driver cu;
    struct failure why;
    if (driver_open(&cu, &why)) {
        char *itself = strstr(why.text, DRIVER_ASK_DOCTOR);
        if (itself)
            memmove(itself, itself + strlen(DRIVER_ASK_DOCTOR),
                    strlen(itself + strlen(DRIVER_ASK_DOCTOR)) + 1);
        const char *rest = strstr(why.text, ". ");
        doctor_add(sheet, "driver", DOCTOR_FAIL, rest ? rest + 2 : "", "%.*s",
                   rest ? (int)(rest - why.text) : 150, why.text);
        return;
    }
    char version[32];
    int devices = 0;
    driver_kernel_version(version, sizeof version);
    doctor_add(sheet, "driver", DOCTOR_OK, "", "%s%sCUDA %s", version, *version ? " · " : "",
               cuda_version(cu.version).text);
    if (driver_count(&cu, &devices, &why))
        doctor_add(sheet, "devices", DOCTOR_FAIL, why.text, "cannot be counted");
    add_visible(sheet, devices);
    add_order(sheet, devices);
    for (int i = 0; i < devices; i++)
        add_device(sheet, i);
    add_cublas(sheet, cu.version);
    add_cub(sheet, cu.version);
    add_jit_cache(sheet, &cache);
}
