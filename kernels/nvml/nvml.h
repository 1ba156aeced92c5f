/* nvml.h - sensors and settings from NVIDIA's management library. It is optional, and its errors
 * are never fatal.
 *
 * The library is loaded and started at the first nvml_open(), in a process of its own, which takes
 * 10 to 30 ms. A library that hangs or crashes is not asked again. All functions may be called from
 * any thread. */
#ifndef KERNELS_NVML_H
#define KERNELS_NVML_H

#include <stddef.h>
#include <stdint.h>

struct nvml_device; /* lives as long as the process */

enum nvml_quantity {
    NVML_POWER_LIMIT_MW, /* the one enforced */
    NVML_POWER_DEFAULT_MW,
    NVML_POWER_MW,
    NVML_ENERGY_MJ, /* since the driver was loaded; millijoules */
    NVML_TEMPERATURE_C,
    NVML_SM_MHZ,
    NVML_SM_MAX_MHZ,
    NVML_CLOCK_REASONS,   /* why clocks are held back: a mask, harness/result/contestant.h has
                             names */
    NVML_MIG,             /* 1 if the GPU is partitioned */
    NVML_PERSISTENCE,     /* 1 if the driver stays started without a client */
    NVML_PCIE_GENERATION, /* at this moment: idle links are slower */
    NVML_PCIE_WIDTH,
    NVML_PCIE_GENERATION_MAX, /* of this card in this slot */
    NVML_PCIE_WIDTH_MAX,
    NVML_PROCESSES, /* with a compute context on the device, including this one */
    NVML_MEMORY_TEMPERATURE_C,
    NVML_ECC_CORRECTED, /* since the driver was loaded */
    NVML_ECC_UNCORRECTED,
    NVML_ROWS_REMAPPED, /* after a corrected, an uncorrected error */
    NVML_ROWS_REMAPPED_UNCORRECTED,
    NVML_REMAPPING_PENDING, /* 1 until the GPU is reset */
    NVML_REMAPPING_FAILED,
    NVML_PCIE_REPLAYS,
    NVML_NVLINK_ERRORS, /* of all kinds and links */
    NVML_NEXT_XID       /* the next Xid since the first such question, 0 if there was none */
};

/* The device with this PCI bus id (CUDA's numbers are not NVML's), or NULL. */
struct nvml_device *nvml_open(const char *pci_bus_id);

/* Returns -1 if the library is too old, the card has no such sensor, the driver refuses, or the
 * value is none that a card can have; also if the device is NULL. */
int64_t nvml_get(struct nvml_device *device, enum nvml_quantity what);

/* Why nvml_open() found no library that starts, and what to do about it. */
const char *nvml_why_not(const char **advice);

/* The driver's version, "" if unknown. Only after nvml_open(). */
void nvml_driver_version(char *text, size_t bytes);

#endif
