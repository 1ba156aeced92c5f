/* sensors.c - turns NVML's readings of a GPU into lines of doctor. */
#include "kernels/doctor/sensors.h"

#include "harness/host/host.h"
#include "harness/result/contestant.h"
#include "harness/text/append.h"

#include <math.h>
#include <stdio.h>

/* Adds a line, with advice if all is not well. */
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

/* The link's generation while it copies, because an idle link is slower. */
static int64_t busy_generation(const struct device *d, struct nvml_device *nvml)
{
    enum { BYTES = 16 << 20, LONG_NS = 150000000 };
    const nanos start = clock_now();
    int64_t most = nvml_get(nvml, NVML_PCIE_GENERATION);
    CUdeviceptr to = 0;
    void *from = NULL;
    if (!d->cu.cuMemAlloc(&to, BYTES) && !d->cu.cuMemHostAlloc(&from, BYTES, 0))
        while (clock_now() - start < LONG_NS &&
               !d->cu.cuMemcpyHtoDAsync(to, from, BYTES, d->stream)) {
            const int64_t now = nvml_get(nvml, NVML_PCIE_GENERATION);
            most = now > most ? now : most;
            if (d->cu.cuStreamSynchronize(d->stream) ||
                most >= nvml_get(nvml, NVML_PCIE_GENERATION_MAX))
                break;
        }
    if (from)
        d->cu.cuMemFreeHost(from);
    if (to)
        d->cu.cuMemFree(to);
    return most;
}

static double known(int64_t value)
{
    return value > 0 ? (double)value : NAN;
}

struct link_pcie sensors_pcie(const struct device *d, struct nvml_device *nvml)
{
    int64_t card, slot;
    device_pcie_widths(d, &card, &slot);
    return (struct link_pcie){.generation = known(busy_generation(d, nvml)),
                              .width = known(nvml_get(nvml, NVML_PCIE_WIDTH)),
                              .generation_max = known(nvml_get(nvml, NVML_PCIE_GENERATION_MAX)),
                              .width_max = known(nvml_get(nvml, NVML_PCIE_WIDTH_MAX)),
                              .card_width = known(card),
                              .slot_width = known(slot)};
}

static void add_pcie(struct doctor_sheet *sheet, const struct device *d, struct nvml_device *nvml)
{
    const struct link_pcie pcie = sensors_pcie(d, nvml);
    char less[160];
    if (!(pcie.generation > 0 && pcie.width > 0))
        return;
    if (link_is_degraded(&pcie, less, sizeof less))
        doctor_add(sheet, "PCIe", DOCTOR_WARN,
                   "copies to the GPU are slower than they need be: seat the card again, try "
                   "another slot, look at risers and the BIOS's setting of the slot's link speed",
                   "%s", less + sizeof "PCIe");
    else
        doctor_add(sheet, "PCIe", DOCTOR_OK, "", "generation %.0f, %.0f lanes", pcie.generation,
                   pcie.width);
}

static void add_nvlink(struct doctor_sheet *sheet, struct nvml_device *nvml)
{
    const int64_t links = nvml_get(nvml, NVML_NVLINKS);
    const int64_t each = nvml_get(nvml, NVML_NVLINK_MB_PER_S);
    char speed[64] = "";
    if (links <= 0)
        return;
    if (each > 0)
        snprintf(speed, sizeof speed, " of %.3g GB/s each way, %.3g in all", (double)each / 1e3,
                 (double)(each * links) / 1e3);
    doctor_add(sheet, "NVLink", DOCTOR_OK, "", "%lld active link%s%s", (long long)links,
               links == 1 ? "" : "s", speed);
}

static void add_numa(struct doctor_sheet *sheet, const struct device *d)
{
    const int node = device_numa_node(d), here = host_numa_node();
    if (node < 0 || here < 0)
        return;
    ADD(sheet, "NUMA", here == node,
        "copies cross between sockets; to keep them near: numactl --cpunodebind=NODE "
        "--membind=NODE gpubench …",
        "the GPU is on node %d, this process on node %d", node, here);
}

static void add_clock_reasons(struct doctor_sheet *sheet, struct nvml_device *nvml)
{
    /* Faults are 8, 0x20, 0x40 and 0x80; sw_power_cap and settings of an administrator are not. */
    enum { IDLE = 1, FAULTS = 0xe8 };
    const int64_t mask = nvml_get(nvml, NVML_CLOCK_REASONS);
    char names[128] = "";
    if (mask < 0)
        return;
    for (unsigned bit = 0; bit < 32; bit++)
        if ((mask & ~IDLE) >> bit & 1) {
            const char *name = throttle_name(bit);
            append_item(names, sizeof names, ", ", "%s", name ? name : "unknown");
        }
    ADD(sheet, "throttling", !(mask & FAULTS),
        "clocks are held back now: check cooling and power supply", "%s", *names ? names : "none");
}

void gpu_doctor_sensors(struct doctor_sheet *sheet, const struct device *d)
{
    add_numa(sheet, d);
    struct nvml_device *nvml = nvml_open(d->pci);
    if (!nvml && d->integrated) {
        doctor_add(sheet, "NVML", DOCTOR_OK, "",
                   "none: a Jetson has tegrastats instead; power and clocks stay unknown");
        return;
    }
    if (!nvml) {
        const char *advice, *found = nvml_why_not(&advice);
        doctor_add(sheet, "NVML", DOCTOR_WARN, advice, "%s", found);
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
    add_pcie(sheet, d, nvml);
    add_nvlink(sheet, nvml);
    add_power_limit(sheet, nvml);
    if (celsius >= 0)
        ADD(sheet, "temperature", celsius < HOT_C, "it will throttle: check cooling", "%lld °C",
            (long long)celsius);
    if (mhz >= 0 && most >= 0)
        ADD(sheet, "SM clock", true, "", "%lld MHz now, %lld at most", (long long)mhz,
            (long long)most);
    add_clock_reasons(sheet, nvml);
    if (processes >= 0) { /* including this one */
        const long long others = processes > 0 ? (long long)processes - 1 : 0;
        char count[32];
        snprintf(count, sizeof count, "%lld computing", others);
        ADD(sheet, "other processes", !others,
            "they share the GPU, times will vary: nvidia-smi shows them", "%s",
            others ? count : "none");
    }
}
