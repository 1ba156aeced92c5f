/* device.h - an open GPU: the driver, a context, a stream, its facts, and the loaded modules. */
#ifndef KERNELS_DEVICE_H
#define KERNELS_DEVICE_H

#include "harness/contract/backend.h"
#include "kernels/device/telemetry.h"
#include "kernels/driver/driver.h"

enum {
    DEVICE_MODULES_MAX = 128,
    PIECE_BEGIN =
        VARIANT_STEPS_MAX + 1, /* events: the first ones are before, between and after steps */
    PIECE_END,
    STREAM_EVEN, /* after every other step of a stream of panels */
    STREAM_ODD,
    DEVICE_EVENTS
};

struct module {
    char name[48];
    const char *family; /* which image was loaded */
    CUmodule handle;
    const void *written_by; /* identifies job and kernel that its variables are of (job_write) */
};

struct device {
    struct driver cu;
    CUdevice handle;
    CUcontext context;
    CUstream stream;
    CUevent event[DEVICE_EVENTS];
    int index, cc, sms; /* cc: 10 × major + minor */
    int clock_khz, memory_clock_khz, bus_bits, l2_bytes, shared_optin_bytes;
    bool kernel_timeout, ecc, integrated;
    const char *image_family; /* forced by --image, or NULL */
    struct share share;       /* this rank's share of a sum that several ranks do together */
    uint64_t memory_limit;    /* set by --memory-limit, or 0; within facts.memory_free */
    char kernel_version[32], pci[32];
    struct device_facts facts;
    struct telemetry *telemetry;
    struct module module[DEVICE_MODULES_MAX];
    size_t module_count;
    char image_note[256]; /* why a less preferred image was loaded; else "" */
};

enum status device_count(int *count, struct failure *why);
enum status device_open(const struct device_request *request, struct device **device,
                        struct failure *why);
void device_close(struct device *device);
/* FP32 multiply-add lanes ("cores") of an SM of this compute capability, 10 × major + minor. */
int device_fp32_lanes(int cc);
/* The NUMA node that the GPU is attached to, -1 if unknown or if there is one only. */
int device_numa_node(const struct device *device);
/* The lanes of the card's PCIe link, and those of the slot that it sits in, as the kernel knows
 * them; -1 if unknown. */
void device_pcie_widths(const struct device *device, int64_t *card, int64_t *slot);
/* Copies `bytes` bytes between host memory and device memory at `at` `count` times, and stores how
 * long each copy took by the host's clock in `taken`; zeros if both are one memory. The host memory
 * is page-locked if `pinned`, else from malloc(). The device's memory keeps its values. */
enum status device_copy(const struct device *device, CUdeviceptr at, size_t bytes, bool is_out,
                        bool pinned, nanos *taken, size_t count, struct failure *why);
void device_health(const struct device *device, int64_t counters[HEALTH_COUNT]);
void device_add_facts(const struct device *device, struct facts *facts);

#endif
