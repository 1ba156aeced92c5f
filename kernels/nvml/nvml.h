/* nvml.h - sensors and settings from NVIDIA's management library. It is optional, and its errors
 * are never fatal.
 *
 * The library is loaded and started at the first nvml_open(), in a process of its own, which takes
 * 10 to 30 ms. A library that hangs or crashes is not asked again. All functions may be called from
 * any thread. */
#ifndef KERNELS_NVML_H
#define KERNELS_NVML_H

#include "kernels/nvml/quantity.h"

#include <stddef.h>
#include <stdint.h>

struct nvml_device; /* lives as long as the process */

/* The device with this PCI bus id (CUDA's numbers are not NVML's), or NULL. */
struct nvml_device *nvml_open(const char *pci_bus_id);

/* Returns -1 if the library is too old, the card has no such sensor, the driver refuses, or the
 * value is impossible; also if the device is NULL. */
int64_t nvml_get(struct nvml_device *device, enum nvml_quantity what);

/* Why nvml_open() found no library that starts, and what to do about it. */
const char *nvml_why_not(const char **advice);

/* The driver's version, "" if unknown. Only after nvml_open(). */
void nvml_driver_version(char *text, size_t bytes);

#endif
