/* device.c - opens a GPU and reads its properties. */
#include "kernels/device/device.h"

#include "harness/base/need.h"
#include "harness/host/files.h"
#include "harness/text/append.h"
#include "kernels/driver/open.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int device_fp32_lanes(int cc)
{
    switch (cc) {
    case 60:
    case 70:
    case 72:
    case 75:
    case 80:
        return 64;
    default:
        return cc < 50 ? 192 : 128;
    }
}

/* Dense tensor-core FLOP a clock and SM for f16 or bf16 with FP32 accumulation; 0 where cards of
 * one compute capability differ (GeForce and data-centre parts of 8.6, 8.9 and 12.0) or without
 * tensor cores. tf32 runs at half of it. */
static int tensor_flop_per_clock(int cc)
{
    switch (cc) {
    case 70:
        return 1024;
    case 80:
        return 2048;
    case 90:
        return 4096;
    case 100:
    case 103:
        return 8192;
    default:
        return 0;
    }
}

/* Float64 FLOP a clock and SM, on tensor cores where they are faster. */
static int f64_flop_per_clock(int cc)
{
    switch (cc) {
    case 35:
    case 37:
    case 80:
    case 100:
        return 128;
    case 60:
    case 70:
        return 64;
    case 90:
        return 256;
    default:
        return cc < 50 ? 16 : cc < 70 ? 8 : 4;
    }
}

/* 0 without an error if the driver is too old to know the attribute. *error keeps the first error.
 */
static int attribute(const struct device *d, CUdevice_attribute which, CUresult *error)
{
    int value = 0;
    const CUresult own = d->cu.cuDeviceGetAttribute(&value, which, d->handle);
    if (own && own != CUDA_ERROR_INVALID_VALUE && !*error)
        *error = own;
    return own ? 0 : value;
}

static enum status read_attributes(struct device *d, struct failure *why)
{
    CUresult error = CUDA_SUCCESS;
    d->cc = 10 * attribute(d, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, &error) +
            attribute(d, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, &error);
    d->sms = attribute(d, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, &error);
    d->clock_khz = attribute(d, CU_DEVICE_ATTRIBUTE_CLOCK_RATE, &error);
    d->memory_clock_khz = attribute(d, CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, &error);
    d->bus_bits = attribute(d, CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, &error);
    d->l2_bytes = attribute(d, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, &error);
    d->shared_optin_bytes =
        attribute(d, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, &error);
    d->kernel_timeout = attribute(d, CU_DEVICE_ATTRIBUTE_KERNEL_EXEC_TIMEOUT, &error);
    d->ecc = attribute(d, CU_DEVICE_ATTRIBUTE_ECC_ENABLED, &error);
    d->integrated = attribute(d, CU_DEVICE_ATTRIBUTE_INTEGRATED, &error);
    return error ? driver_fail(&d->cu, error, why, "cannot ask the GPU for its attributes")
                 : STATUS_OK;
}

/* Writes the device's UUID, "GPU-…", whichever process asks; nothing if the driver does not say. */
static void read_uuid(const struct driver *cu, CUdevice device, char *text)
{
    CUuuid uuid;
    __typeof__(cu->cuDeviceGetUuid) get =
        cu->cuDeviceGetUuid_v2 ? cu->cuDeviceGetUuid_v2 : cu->cuDeviceGetUuid;
    if (!get || get(&uuid, device))
        return;
    text += sprintf(text, "GPU-");
    for (int i = 0; i < 16; i++)
        text += sprintf(text, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                        (unsigned char)uuid.bytes[i]);
}

static void find_cards(const struct driver *cu, struct cards *found)
{
    struct failure why;
    int count;
    if (driver_count(cu, &count, &why) != STATUS_OK)
        return;
    for (int i = 0; i < count && i < CARDS_MAX; i++) {
        CUdevice handle;
        found->uuid[i][0] = '\0';
        if (!cu->cuDeviceGet(&handle, i))
            read_uuid(cu, handle, found->uuid[i]);
        found->count = i + 1;
    }
}

static enum status read_names(struct device *d, struct failure *why)
{
    const CUresult error = d->cu.cuDeviceGetName(d->facts.name, sizeof d->facts.name, d->handle);
    if (error)
        return driver_fail(&d->cu, error, why, "cannot ask the GPU for its name");
    facts_clean(d->facts.name, sizeof d->facts.name);
    d->facts.simulated = strstr(d->facts.name, "(simulated)") != NULL;
    if (d->cu.cuDeviceGetPCIBusId(d->pci, sizeof d->pci, d->handle))
        d->pci[0] = 0;
    facts_clean(d->pci, sizeof d->pci);
    read_uuid(&d->cu, d->handle, d->facts.uuid);
    driver_kernel_version(d->kernel_version, sizeof d->kernel_version);
    return STATUS_OK;
}

static void compute_peaks(struct device *d)
{
    const double clocks = (double)d->sms * (double)d->clock_khz * 1e3;
    const double tensor = clocks * tensor_flop_per_clock(d->cc);
    double *peak = d->facts.peak_flops;
    const bool is_fast_in_f64 = d->cc >= 60 && d->cc % 10 == 0 && d->cc < 120;
    d->facts.f64_flops = clocks * 2 * device_fp32_lanes(d->cc) / (is_fast_in_f64 ? 5 : 64);
    d->facts.truncation = d->cc == 90 ? 7.5e-9 : 0; /* docs/accuracy.md */
    peak[ARITH_F32] = clocks * 2 * device_fp32_lanes(d->cc);
    peak[ARITH_F64] = clocks * f64_flop_per_clock(d->cc);
    peak[ARITH_F16] = tensor;
    peak[ARITH_BF16] = d->cc >= 80 ? tensor : 0;
    peak[ARITH_TF32] = d->cc >= 80 ? tensor / 2 : 0;
    peak[ARITH_INT8] = d->cc >= 75 && d->cc < 120 ? 2 * tensor : 0;
    peak[ARITH_FP8] = d->cc >= 89 && d->cc < 120 ? 2 * tensor : 0;
    peak[ARITH_F32_3XF16] = tensor / 3;
    peak[ARITH_F32_2XF16] = tensor / 2;
    peak[ARITH_F32_3XTF32] = peak[ARITH_TF32] / 3;
    peak[ARITH_F32_9XBF16] = peak[ARITH_BF16] / 9;
    /* double data rate: two transfers per clock */
    d->facts.peak_bytes = 2.0 * (double)d->memory_clock_khz * 1e3 * (double)d->bus_bits / 8;
}

static enum status check_request(const struct driver *cu, const struct device_request *request,
                                 struct failure *why)
{
    static const char *const families[] = {"native", "hopper", "ampere", "portable"};
    int count = 0;
    const enum status counted = driver_count(cu, &count, why);
    if (counted != STATUS_OK)
        return counted;
    if (request->index < 0 || request->index >= count)
        return fail(why, STATUS_USAGE,
                    "there is no GPU %d: this machine shows %d, numbered from 0 (gpubench doctor "
                    "lists them)",
                    request->index, count);
    if (!request->image)
        return STATUS_OK;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (!strcmp(request->image, families[i]))
            return STATUS_OK;
    return fail(why, STATUS_USAGE,
                "unknown image \"%s\": there are native, hopper, ampere and portable",
                request->image);
}

static enum status open_context(struct device *d, struct failure *why)
{
    CUresult error = d->cu.cuDevicePrimaryCtxRetain(&d->context, d->handle);
    if (error)
        return driver_fail(&d->cu, error, why, "cannot open a context on the GPU");
    if ((error = d->cu.cuCtxSetCurrent(d->context)))
        return driver_fail(&d->cu, error, why, "cannot use the GPU's context");
    if ((error = d->cu.cuStreamCreate(&d->stream, CU_STREAM_NON_BLOCKING)))
        return driver_fail(&d->cu, error, why, "cannot make a stream");
    for (int i = 0; i < DEVICE_EVENTS; i++)
        if ((error = d->cu.cuEventCreate(&d->event[i], CU_EVENT_DEFAULT)))
            return driver_fail(&d->cu, error, why, "cannot make an event");
    size_t memory_free, memory_total;
    if ((error = d->cu.cuMemGetInfo(&memory_free, &memory_total)))
        return driver_fail(&d->cu, error, why, "cannot ask for the GPU's memory");
    d->facts.memory_free =
        d->memory_limit && d->memory_limit < memory_free ? d->memory_limit : memory_free;
    d->facts.memory_total = memory_total;
    return STATUS_OK;
}

enum status device_count(int *count, struct failure *why)
{
    struct driver cu;
    const enum status status = driver_open(&cu, why);
    return status ? status : driver_count(&cu, count, why);
}

enum status device_open(const struct device_request *request, struct device **device,
                        struct failure *why)
{
    struct device *d = need(sizeof *d);
    enum status status = driver_open(&d->cu, why);
    if (!status && request->found)
        find_cards(&d->cu, request->found);
    if (!status)
        status = check_request(&d->cu, request, why);
    if (status)
        goto out;
    d->index = request->index;
    d->image_family = request->image;
    d->memory_limit = request->memory_limit;
    d->share = request->share;
    CUresult error = d->cu.cuDeviceGet(&d->handle, request->index);
    if (error) {
        status = driver_fail(&d->cu, error, why, "cannot get the GPU");
        goto out;
    }
    status = read_attributes(d, why);
    if (!status)
        status = read_names(d, why);
    if (status)
        goto out;
    if (d->cc < 30) {
        status = fail(why, STATUS_NO_DEVICE,
                      "%s has compute capability %d.%d; gpubench needs 3.0 or newer", d->facts.name,
                      d->cc / 10, d->cc % 10);
        goto out;
    }
    if ((status = open_context(d, why)))
        goto out;
    compute_peaks(d);
    d->facts.cache_bytes = (uint64_t)(d->l2_bytes > 0 ? d->l2_bytes : 0);
    d->telemetry = telemetry_new(d->pci);
    snprintf(d->facts.place, sizeof d->facts.place, "/gpu:%d", d->index);
    snprintf(d->facts.summary, sizeof d->facts.summary, "cc %d.%d · ", d->cc / 10, d->cc % 10);
    if (*d->kernel_version)
        append_text(d->facts.summary, sizeof d->facts.summary, "driver %s · ", d->kernel_version);
    append_text(d->facts.summary, sizeof d->facts.summary, "CUDA %s",
                cuda_version(d->cu.version).text);
out:
    if (status)
        device_close(d), d = NULL;
    *device = d;
    return status;
}

/* The context is released when the process ends: releasing it here takes the same time again. */
void device_close(struct device *d)
{
    if (!d)
        return;
    if (d->context)
        for (size_t i = 0; i < d->module_count; i++)
            d->cu.cuModuleUnload(d->module[i].handle);
    telemetry_free(d->telemetry);
    free(d);
}

/* A number that the kernel knows about the GPU as a PCI device; -1 if unknown. */
static int64_t pci_number(const struct device *d, const char *file)
{
    char path[128];
    uint64_t value;
    int used = snprintf(path, sizeof path, "/sys/bus/pci/devices/%s/", d->pci);
    for (char *c = path; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    snprintf(path + used, sizeof path - (size_t)used, "%s", file);
    return *d->pci && host_read_number(path, &value) ? (int64_t)value : -1;
}

int device_numa_node(const struct device *d)
{
    return (int)pci_number(d, "numa_node"); /* one node: the file has -1 */
}

void device_pcie_widths(const struct device *d, int64_t *card, int64_t *slot)
{
    *card = pci_number(d, "max_link_width");
    *slot = pci_number(d, "../max_link_width"); /* of the port above it */
}

enum status device_copy(const struct device *d, CUdeviceptr at, size_t bytes, bool is_out,
                        bool pinned, nanos *taken, size_t count, struct failure *why)
{
    const struct driver *cu = &d->cu;
    void *host = NULL;
    CUresult error = CUDA_SUCCESS;
    memset(taken, 0, count * sizeof *taken);
    if (d->integrated) /* the GPU works in the CPU's memory: no copy is counted */
        return STATUS_OK;
    if (pinned)
        error = cu->cuMemHostAlloc(&host, bytes, 0);
    else
        host = malloc(bytes);
    if (error)
        return driver_fail(cu, error, why, "cannot pin host memory for a copy");
    if (!host)
        return fail(why, STATUS_NO_MEMORY, "no host memory for a copy (%zu bytes)", bytes);

    error = cu->cuMemcpyDtoH(host, at, bytes);
    /* The first copy also makes the driver's staging buffers; it does not count. */
    for (size_t i = 0; i <= count && !error; i++) {
        const nanos start = clock_now();
        error = is_out ? cu->cuMemcpyDtoH(host, at, bytes)
                       : cu->cuMemcpyHtoDAsync(at, host, bytes, d->stream);
        if (!error)
            error = cu->cuStreamSynchronize(d->stream); /* its last piece has arrived */
        if (i > 0)
            taken[i - 1] = clock_now() - start;
    }
    if (pinned)
        cu->cuMemFreeHost(host);
    else
        free(host);
    return error ? driver_fail(cu, error, why, "copying between host and GPU") : STATUS_OK;
}

void device_health(const struct device *d, int64_t counters[HEALTH_COUNT])
{
    telemetry_health(d->telemetry, counters);
}

void device_add_facts(const struct device *d, struct facts *f)
{
    char cc[16];
    snprintf(cc, sizeof cc, "%d.%d", d->cc / 10, d->cc % 10);
    facts_text(f, "device.name", d->facts.name);
    facts_text(f, "device.compute_capability", cc);
    facts_integer(f, "device.sms", d->sms);
    facts_integer(f, "device.clock_max_hz", (int64_t)d->clock_khz * 1000);
    facts_integer(f, "device.memory.total", (int64_t)d->facts.memory_total);
    facts_integer(f, "device.memory.free", (int64_t)d->facts.memory_free);
    if (d->memory_limit)
        facts_integer(f, "device.memory.limit", (int64_t)d->memory_limit);
    facts_integer(f, "device.memory.clock_max_hz", (int64_t)d->memory_clock_khz * 1000);
    facts_integer(f, "device.memory.bus_bits", d->bus_bits);
    facts_integer(f, "device.l2_bytes", d->l2_bytes);
    facts_boolean(f, "device.ecc", d->ecc);
    facts_boolean(f, "device.kernel_timeout", d->kernel_timeout);
    facts_boolean(f, "device.integrated", d->integrated);
    facts_text(f, "device.pci", *d->pci ? d->pci : NULL);
    const int node = device_numa_node(d);
    if (node >= 0)
        facts_integer(f, "device.numa_node", node);
    int64_t card, slot;
    device_pcie_widths(d, &card, &slot);
    if (card > 0)
        facts_integer(f, "device.pcie.card_width", card);
    if (slot > 0)
        facts_integer(f, "device.pcie.slot_width", slot);
    facts_text(f, "device.uuid", *d->facts.uuid ? d->facts.uuid : NULL);
    facts_integer(f, "device.index", d->index);
    facts_real(f, "device.peak.f32_flops", d->facts.peak_flops[ARITH_F32]);
    facts_real(f, "device.peak.memory_bytes_per_s", d->facts.peak_bytes);
    facts_boolean(f, "device.simulated", d->facts.simulated);
    facts_text(f, "driver.version", *d->kernel_version ? d->kernel_version : NULL);
    facts_integer(f, "driver.cuda_api", d->cu.version);
    telemetry_facts(d->telemetry, f);
    if (d->image_family)
        facts_text(f, "images.forced", d->image_family);
    for (size_t i = 0; i < d->module_count; i++) {
        char path[80];
        snprintf(path, sizeof path, "images.loaded.%s", d->module[i].name);
        facts_text(f, path, d->module[i].family);
    }
    if (*d->image_note)
        facts_text(f, "images.note", d->image_note);
}
