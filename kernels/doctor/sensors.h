/* sensors.h - what `gpubench doctor` says about a GPU's surroundings: its place on the bus, NVLink,
 * power, temperature and clocks, by NVML. */
#ifndef KERNELS_DOCTOR_SENSORS_H
#define KERNELS_DOCTOR_SENSORS_H

#include "harness/doctor/doctor.h"
#include "harness/link/link.h"
#include "kernels/device/device.h"
#include "kernels/nvml/nvml.h"

void gpu_doctor_sensors(struct doctor_sheet *sheet, const struct device *device);

/* How the GPU's link is trained while it copies, because an idle link is slower. */
struct link_pcie sensors_pcie(const struct device *device, struct nvml_device *nvml);

#endif
