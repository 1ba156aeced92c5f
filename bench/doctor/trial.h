/* trial.h - doctor runs the main job at a small order, because correct versions alone do not prove
 * that it works. */
#ifndef BENCH_DOCTOR_TRIAL_H
#define BENCH_DOCTOR_TRIAL_H

#include "harness/contract/backend.h"
#include "harness/contract/facts.h"
#include "harness/doctor/doctor.h"

/* Opens the backend, tries a job, and adds a line about it to the sheet and the device's facts to
 * `facts`; on the CPU also doctor.gemm_n and doctor.gemm_flops, the speed of a library's product.
 * What the harness needs to know of the device is copied to *device. STATUS_NO_DEVICE adds no line:
 * the backend's own lines have said so. */
enum status trial_of(struct doctor_sheet *sheet, const struct backend *backend, struct facts *facts,
                     struct device_facts *device);

#endif
