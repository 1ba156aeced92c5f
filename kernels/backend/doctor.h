/* doctor.h - what one opened GPU adds to the lines of `gpubench doctor` (harness/doctor/doctor.h).
 */
#ifndef KERNELS_DOCTOR_H
#define KERNELS_DOCTOR_H

#include "harness/doctor/doctor.h"
#include "kernels/device/device.h"

/* What NVIDIA's deviceQuery shows of a device. */
void device_doctor(struct doctor_sheet *sheet, const struct device *d, const char *title);

/* Which image will run, which variants, and why others will not. */
void image_doctor(struct doctor_sheet *sheet, const struct device *d);

#endif
